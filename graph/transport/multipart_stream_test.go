package transport_test

import (
	"bufio"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"rowhouse/graph/server"
	"rowhouse/graph/servertest"
	"rowhouse/graph/servertest/model"
	"rowhouse/model/relay"
	"rowhouse/tenancy"
)

const (
	inSubscriptionParts = `multipart/mixed;boundary="graphql";subscriptionSpec=1.0,application/graphql-response+json,application/json;q=0.9`
	onShelves           = `subscription { shelfChanged { shelf { name } } }`
)

// bodyOf returns a query as the body of a request, with extensions if there are any.
func bodyOf(query string, extensions map[string]any) string {
	return servertest.Body(map[string]any{"query": query, "extensions": extensions})
}

// shortTimeout is for tests that outlast the server's timeouts.
const shortTimeout = 2 * time.Second

// listenStoppable starts a server, and returns a function that stops it.
func listenStoppable(t *testing.T, set func(*server.Options)) (s *servertest.Server, url string, stop func()) {
	t.Helper()
	stopping := make(chan struct{})
	s = servertest.New(t, set, func(o *server.Options) { o.Stopping = stopping })
	return s, s.ListenFor(t, shortTimeout), func() { close(stopping) }
}

// readParts reads the parts of a subscription one by one, each as soon as its delimiter comes, as
// clients do. (Go's multipart.Reader waits for the text after the delimiter.)
func readParts(t *testing.T, response servertest.Response) (next func() string) {
	t.Helper()
	kind := response.Header.Get("Content-Type")
	if response.StatusCode != http.StatusOK || kind != `multipart/mixed;boundary="graphql";subscriptionSpec=1.0` {
		t.Fatal(response.Status, kind, response.Read(t))
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

// TestSubscriptionsAreSentInParts follows Apollo's multipart protocol for clients of either tenant,
// until the server stops, and sends requests that are refused before the first part.
func TestSubscriptionsAreSentInParts(t *testing.T) {
	t.Parallel() // it waits for timeouts
	s, url, stop := listenStoppable(t, func(o *server.Options) { o.Limits.Subscriptions = 1 })
	send := func(tenant, query, accept string) servertest.Response {
		t.Helper()
		return servertest.Call(t, http.MethodPost, url, tenant, bodyOf(query, nil), "Accept", accept)
	}
	theirs := readParts(t, send("globex", onShelves, "multipart/mixed;subscriptionSpec=1.0"))
	ours := readParts(t, send("acme", onShelves, inSubscriptionParts))
	if ours() != "{}" || theirs() != "{}" {
		t.Error("it does not begin with a heartbeat")
	}
	time.Sleep(2 * shortTimeout) // the server's timeouts are for other responses
	for _, tenant := range []tenancy.Tenant{servertest.Acme, servertest.Globex} {
		s.PublishShelf(tenant, s.AddShelf(tenant, "WEB", "of "+tenant.Slug))
	}
	const event = `{"payload":{"data":{"shelfChanged":{"shelf":{"name":"of %s"}}}}}`
	if got := ours(); got != fmt.Sprintf(event, "acme") {
		t.Error(got)
	}
	if got := theirs(); got != fmt.Sprintf(event, "globex") {
		t.Error(got)
	}

	for _, test := range []struct {
		name, query, accept string
		status              int
		kind, contains      string
	}{
		{
			name:     "one too many",
			query:    onShelves,
			accept:   inSubscriptionParts,
			status:   429,
			kind:     "application/graphql-response+json",
			contains: "RATE_LIMITED",
		},
		{
			name:     "one too many, of an old client",
			query:    onShelves,
			accept:   "multipart/mixed;subscriptionSpec=1.0",
			status:   429,
			kind:     "application/json",
			contains: "RATE_LIMITED",
		},
		{
			name:     "one too large",
			query:    onShelves + strings.Repeat(" ", 65<<10),
			accept:   inSubscriptionParts,
			status:   400,
			kind:     "application/graphql-response+json",
			contains: "BAD_USER_INPUT",
		},
		{
			name:     "no such field",
			query:    "subscription { nothing }",
			accept:   inSubscriptionParts,
			status:   400,
			kind:     "application/graphql-response+json",
			contains: "GRAPHQL_VALIDATION_FAILED",
		},
		{
			name:     "no such field, of an old client",
			query:    "subscription { nothing }",
			accept:   "multipart/mixed;subscriptionSpec=1.0, application/json",
			status:   200,
			kind:     "application/json",
			contains: "GRAPHQL_VALIDATION_FAILED",
		},
		{
			name:     "a query",
			query:    "{ tenant { slug } }",
			accept:   inSubscriptionParts,
			status:   200,
			kind:     "application/graphql-response+json",
			contains: `"acme"`,
		},
		{
			name:     "a query with @defer",
			query:    "{ tenant { slug ... @defer { name } } }",
			accept:   inSubscriptionParts,
			status:   200,
			kind:     "application/graphql-response+json",
			contains: `"name":`,
		},
		{
			name:     "another version",
			query:    onShelves,
			accept:   "multipart/mixed;subscriptionSpec=2.0, application/json",
			status:   405,
			kind:     "application/json",
			contains: "multipart/mixed;subscriptionSpec=1.0",
		},
		{
			name:     "parts for @defer",
			query:    onShelves,
			accept:   "multipart/mixed;deferSpec=20220824, application/json",
			status:   405,
			kind:     "application/json",
			contains: "subscriptionSpec=1.0",
		},
		{
			name:     "not at all",
			query:    onShelves,
			accept:   "multipart/mixed;subscriptionSpec=1.0;q=0, application/json",
			status:   405,
			kind:     "application/json",
			contains: "subscriptionSpec=1.0",
		},
		{
			name:     "nothing but another version",
			query:    onShelves,
			accept:   "multipart/mixed;subscriptionSpec=2.0",
			status:   406,
			kind:     "application/json",
			contains: "subscriptionSpec=1.0",
		},
	} {
		response := send("acme", test.query, test.accept)
		kind, _, _ := strings.Cut(response.Header.Get("Content-Type"), ";")
		if text := response.Read(t); response.StatusCode != test.status || kind != test.kind || !strings.Contains(text, test.contains) {
			t.Errorf("%s: %s %s %.500s", test.name, response.Status, kind, text)
		}
		if (response.Header.Get("Retry-After") != "") != (test.status == 429) {
			t.Errorf("%s: Retry-After %q", test.name, response.Header.Get("Retry-After"))
		}
	}

	stop()
	if got := ours(); !strings.HasPrefix(got, `{"payload":null,"errors":[{"message":"the server is shutting down`) ||
		!strings.Contains(got, `"code":"SUBSCRIPTION_INTERRUPTED"`) {
		t.Error("at the server's end:", got)
	}
	if got := ours(); got != "the end" {
		t.Error("at the server's end:", got)
	}
}

// TestErrorsOfSubscriptionsAreSentInParts checks that the error is in the payload, as an error
// of the operation and not of the transport.
func TestErrorsOfSubscriptionsAreSentInParts(t *testing.T) {
	s := servertest.New(t)
	url := s.Listen(t)
	query := fmt.Sprintf(`subscription { bookChanged(shelfId: %q) { bookId } }`, model.Shelves.GlobalID(relay.NewID()))
	next := readParts(t, servertest.Call(t, http.MethodPost, url, "acme", bodyOf(query, nil), "Accept", inSubscriptionParts))
	if got := next(); got != "{}" {
		t.Error(got)
	}
	if got := next(); !strings.HasPrefix(got, `{"payload":{"errors":[`) || !strings.Contains(got, "NOT_FOUND") {
		t.Error(got)
	}
	if got := next(); got != "the end" {
		t.Error(got)
	}
	s.WaitSubscriptions(t, servertest.Acme, 0)
}

// TestPreferredStreamIsSent sends subscriptions that accept several kinds of stream. The server
// is stopping, so that each stream ends.
func TestPreferredStreamIsSent(t *testing.T) {
	stopping := make(chan struct{})
	close(stopping)
	s := servertest.New(t, func(o *server.Options) { o.Stopping = stopping })
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
		w := s.Do(servertest.NewRequest(t, http.MethodPost, "/graphql", bodyOf(onShelves, nil),
			"Content-Type", "application/json", tenancy.HeaderName, "acme", "Accept", accept))
		if got := w.Header().Get("Content-Type"); got != want || (w.Code == 200) == strings.HasPrefix(want, "application/json") {
			t.Errorf("%s: %d %s", accept, w.Code, got)
		}
		if (w.Header().Get("X-Accel-Buffering") == "no") != (w.Code == 200) {
			t.Errorf("%s: whether nginx may buffer: %s", accept, w.Header().Get("X-Accel-Buffering"))
		}
	}
}

// TestEventStreamReportsTheTimeLimit blocks a query until its time limit.
func TestEventStreamReportsTheTimeLimit(t *testing.T) {
	s := servertest.New(t, func(o *server.Options) { o.Limits.Time = 100 * time.Millisecond })
	url := s.Listen(t)
	defer s.Hold("tags")()
	for range 5 {
		response := servertest.Call(t, http.MethodPost, url, "acme", bodyOf("{ tags { totalCount } }", nil), "Accept", "text/event-stream")
		text := response.Read(t)
		if !strings.Contains(text, "event: next\n") || !strings.Contains(text, "COMPLEXITY_LIMIT_EXCEEDED") ||
			!strings.HasSuffix(text, "event: complete\ndata: \n\n") {
			t.Error(text)
		}
	}
}
