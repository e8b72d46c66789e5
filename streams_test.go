package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"rowhouse/model"
	"rowhouse/tenancy"
)

const (
	inSubscriptionParts = `multipart/mixed;boundary="graphql";subscriptionSpec=1.0,application/graphql-response+json,application/json;q=0.9`
	onProjects          = `subscription { projectChanged { change project { name } } }`
)

// reply is a response, whose body may be a stream. The test closes it at its end.
type reply struct{ *http.Response }

// call sends a request.
func call(t *testing.T, method, url, tenant, body string, headers ...string) reply {
	t.Helper()
	r := request(t, method, url, body, append([]string{"Content-Type", "application/json", tenancy.HeaderName, tenant}, headers...)...)
	r.RequestURI = ""
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = response.Body.Close() })
	return reply{response}
}

// bodyOf returns a query as the body of a request, with extensions if there are any.
func bodyOf(t *testing.T, query string, extensions map[string]any) string {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": query, "extensions": extensions})
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// read returns the rest of a response.
func read(t *testing.T, response reply) string {
	t.Helper()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// stoppable starts the server, and returns a function that stops it.
func (s *testServer) stoppable(t *testing.T, change func(*apiOptions)) (url string, stop func()) {
	t.Helper()
	options, stopping := defaults, make(chan struct{})
	options.Stopping = stopping
	change(&options)
	return s.listenFor(t, options, shortTimeout), func() { close(stopping) }
}

// partsOf reads the parts of a subscription one by one, each as soon as its delimiter is
// there, as clients do. (Go's multipart.Reader waits for what follows the delimiter.)
func partsOf(t *testing.T, response reply) (next func() string) {
	t.Helper()
	if kind := response.Header.Get("Content-Type"); response.StatusCode != http.StatusOK || kind != `multipart/mixed;boundary="graphql";subscriptionSpec=1.0` {
		t.Fatal(response.Status, kind, read(t, response))
	}
	r := bufio.NewReader(response.Body)
	part := func() (text string) {
		for !strings.HasSuffix(text, "\r\n--graphql") {
			c, err := r.ReadByte()
			if err != nil {
				return fmt.Sprintf("%q %v", text, err)
			}
			text += string(c)
		}
		return strings.TrimSuffix(text, "\r\n--graphql")
	}
	if preamble := part(); preamble != "" {
		t.Fatal(preamble)
	}
	return func() string {
		text, ok := strings.CutPrefix(part(), "\r\nContent-Type: application/json; charset=utf-8\r\n\r\n")
		if !ok && text == `"--\r\n" EOF` {
			return "the end"
		}
		return text
	}
}

// TestSubscriptionsComeInParts follows Apollo's multipart protocol for clients of either tenant,
// until the server stops, and sends requests that are refused before the first part.
func TestSubscriptionsComeInParts(t *testing.T) {
	s := newTestServer(t)
	url, stop := s.stoppable(t, func(o *apiOptions) { o.Limits.Subscriptions = 1 })
	ask := func(tenant, query, accept string) reply {
		t.Helper()
		return call(t, http.MethodPost, url, tenant, bodyOf(t, query, nil), "Accept", accept)
	}
	theirs := partsOf(t, ask("globex", onProjects, "multipart/mixed;subscriptionSpec=1.0"))
	ours := partsOf(t, ask("acme", onProjects, inSubscriptionParts))
	if ours() != "{}" || theirs() != "{}" {
		t.Error("it does not begin with a heartbeat")
	}
	time.Sleep(2 * shortTimeout) // the server's timeouts are for other responses
	for tenant, ctx := range map[string]context.Context{"acme": s.Acme, "globex": s.Globex} {
		if _, err := model.CreateProject(ctx, s.DB, model.CreateProjectInput{Key: "WEB", Name: "of " + tenant}); err != nil {
			t.Fatal(err)
		}
	}
	const event = `{"payload":{"data":{"projectChanged":{"change":"CREATED","project":{"name":"of %s"}}}}}`
	if got := ours(); got != fmt.Sprintf(event, "acme") {
		t.Error(got)
	}
	if got := theirs(); got != fmt.Sprintf(event, "globex") {
		t.Error(got)
	}

	for _, test := range []struct {
		name, query, accept string
		status              int
		kind, holds         string
	}{
		{name: "one too many", query: onProjects, accept: inSubscriptionParts, status: 429, kind: "application/graphql-response+json", holds: "RATE_LIMITED"},
		{name: "one too many, of an old client", query: onProjects, accept: "multipart/mixed;subscriptionSpec=1.0", status: 429, kind: "application/json", holds: "RATE_LIMITED"},
		{name: "one too large", query: onProjects + strings.Repeat(" ", 65<<10), accept: inSubscriptionParts, status: 400, kind: "application/graphql-response+json", holds: "BAD_USER_INPUT"},
		{name: "no such field", query: "subscription { nothing }", accept: inSubscriptionParts, status: 400, kind: "application/graphql-response+json", holds: "GRAPHQL_VALIDATION_FAILED"},
		{name: "no such field, of an old client", query: "subscription { nothing }", accept: "multipart/mixed;subscriptionSpec=1.0, application/json", status: 200, kind: "application/json", holds: "GRAPHQL_VALIDATION_FAILED"},
		{name: "a query", query: "{ tenant { slug } }", accept: inSubscriptionParts, status: 200, kind: "application/graphql-response+json", holds: `"acme"`},
		{name: "a query with @defer", query: "{ tenant { slug ... @defer { name } } }", accept: inSubscriptionParts, status: 200, kind: "application/graphql-response+json", holds: `"name":`},
		{name: "another version", query: onProjects, accept: "multipart/mixed;subscriptionSpec=2.0, application/json", status: 405, kind: "application/json", holds: "multipart/mixed;subscriptionSpec=1.0"},
		{name: "parts for @defer", query: onProjects, accept: "multipart/mixed;deferSpec=20220824, application/json", status: 405, kind: "application/json", holds: "subscriptionSpec=1.0"},
		{name: "not at all", query: onProjects, accept: "multipart/mixed;subscriptionSpec=1.0;q=0, application/json", status: 405, kind: "application/json", holds: "subscriptionSpec=1.0"},
		{name: "nothing but another version", query: onProjects, accept: "multipart/mixed;subscriptionSpec=2.0", status: 406, kind: "application/json", holds: "subscriptionSpec=1.0"},
	} {
		response := ask("acme", test.query, test.accept)
		kind, _, _ := strings.Cut(response.Header.Get("Content-Type"), ";")
		if text := read(t, response); response.StatusCode != test.status || kind != test.kind || !strings.Contains(text, test.holds) {
			t.Errorf("%s: %s %s %.500s", test.name, response.Status, kind, text)
		}
		if (response.Header.Get("Retry-After") != "") != (test.status == 429) {
			t.Errorf("%s: Retry-After %q", test.name, response.Header.Get("Retry-After"))
		}
	}

	stop()
	if got := ours(); !strings.HasPrefix(got, `{"payload":null,"errors":[{"message":"the server is shutting down`) || !strings.Contains(got, `"code":"SUBSCRIPTION_INTERRUPTED"`) {
		t.Error("at the server's end:", got)
	}
	if got := ours(); got != "the end" {
		t.Error("at the server's end:", got)
	}
}

// TestASubscriptionThatCannotBeginEndsInParts checks that the error is in the payload, as an error
// of the operation and not of the transport.
func TestASubscriptionThatCannotBeginEndsInParts(t *testing.T) {
	s := newTestServer(t)
	url := s.listen(t, defaults)
	query := `subscription { itemChanged(projectId: "UHJvamVjdDowMTk2ZWY0NC0xYzAwLTcwMDAtODAwMC0wMDAwMDAwMDAwMDA") { itemId } }`
	next := partsOf(t, call(t, http.MethodPost, url, "acme", bodyOf(t, query, nil), "Accept", inSubscriptionParts))
	if got := next(); got != "{}" {
		t.Error(got)
	}
	if got := next(); !strings.HasPrefix(got, `{"payload":{"errors":[`) || !strings.Contains(got, "NOT_FOUND") {
		t.Error(got)
	}
	if got := next(); got != "the end" {
		t.Error(got)
	}
	s.listening(s.Acme, t, 0)
}

// TestTheBestLikedStreamIsTaken sends subscriptions that accept several kinds of stream. The server
// is stopping, so that each stream ends.
func TestTheBestLikedStreamIsTaken(t *testing.T) {
	s := newTestServer(t)
	options, stopping := defaults, make(chan struct{})
	options.Stopping = stopping
	close(stopping)
	handler := newHandler(s.DB, tenancy.NewDirectory(s.DB), options, corsFlags{}, newLog(io.Discard, logFlags{}))
	const events, parts = "text/event-stream; charset=utf-8", `multipart/mixed;boundary="graphql";subscriptionSpec=1.0`
	for accept, want := range map[string]string{
		"text/event-stream": events,
		"multipart/mixed;boundary=graphql;subscriptionSpec=1.0":       parts,
		`Multipart/Mixed; SubscriptionSpec="1.0"; boundary="graphql"`: parts,
		inSubscriptionParts: parts,
		"text/event-stream, multipart/mixed;subscriptionSpec=1.0":                   events,
		"multipart/mixed;subscriptionSpec=1.0, text/event-stream":                   parts,
		"text/event-stream;q=0.5, multipart/mixed;subscriptionSpec=1.0":             parts,
		"multipart/mixed;subscriptionSpec=1.0;q=0.5, text/event-stream;q=0.6":       events,
		"application/json, text/event-stream;q=0.1":                                 events,
		"multipart/mixed, application/json, text/event-stream":                      events,
		"multipart/mixed;deferSpec=20220824;subscriptionSpec=1.0, application/json": parts,
		"application/json, multipart/mixed":                                         "application/json; charset=utf-8",
		"application/json":                                                          "application/json; charset=utf-8",
		"*/*":                                                                       "application/json; charset=utf-8",
	} {
		w := (&testServer{s.Database, handler}).do(request(t, http.MethodPost, "/graphql", bodyOf(t, onProjects, nil),
			"Content-Type", "application/json", tenancy.HeaderName, "acme", "Accept", accept))
		if got := w.Header().Get("Content-Type"); got != want || (w.Code == 200) == strings.HasPrefix(want, "application/json") {
			t.Errorf("%s: %d %s", accept, w.Code, got)
		}
		if (w.Header().Get("X-Accel-Buffering") == "no") != (w.Code == 200) {
			t.Errorf("%s: whether nginx may buffer: %s", accept, w.Header().Get("X-Accel-Buffering"))
		}
	}
}

// TestAQueryThatTakesTooLongSaysSoInEvents blocks a query by a lock.
func TestAQueryThatTakesTooLongSaysSoInEvents(t *testing.T) {
	s := newTestServer(t)
	options := defaults
	options.Limits.Time = 100 * time.Millisecond
	url := s.listen(t, options)
	lock, err := s.SQL.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Close()
	if _, err := lock.ExecContext(t.Context(), "LOCK TABLES labels WRITE"); err != nil {
		t.Fatal(err)
	}
	for range 5 {
		text := read(t, call(t, http.MethodPost, url, "acme", bodyOf(t, "{ labels { totalCount } }", nil), "Accept", "text/event-stream"))
		if !strings.Contains(text, "event: next\n") || !strings.Contains(text, "COMPLEXITY_LIMIT_EXCEEDED") || !strings.HasSuffix(text, "event: complete\ndata: \n\n") {
			t.Error(text)
		}
	}
	if _, err := lock.ExecContext(t.Context(), "UNLOCK TABLES"); err != nil {
		t.Fatal(err)
	}
}
