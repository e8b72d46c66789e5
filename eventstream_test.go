package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"rowhouse/model"
	"rowhouse/tenancy"
)

const tokenHeader = "X-GraphQL-Event-Stream-Token"

// many is a client of graphql-sse's single connection mode.
type many struct {
	t           *testing.T
	url, tenant string
	token       string
}

// reserve reserves an event stream.
func reserve(t *testing.T, url, tenant string) *many {
	t.Helper()
	response := call(t, http.MethodPut, url, tenant, "")
	token := read(t, response)
	if response.StatusCode != http.StatusCreated || !regexp.MustCompile("^[A-Z2-7]{26}$").MatchString(token) || !strings.HasPrefix(response.Header.Get("Content-Type"), "text/plain") {
		t.Fatal(response.Status, token)
	}
	return &many{t, url, tenant, token}
}

// call sends a request with the token, and returns the status and the body.
func (m *many) call(method, parameters, body string) (int, string) {
	m.t.Helper()
	response := call(m.t, method, m.url+parameters, m.tenant, body, tokenHeader, m.token)
	return response.StatusCode, read(m.t, response)
}

// start starts an operation.
func (m *many) start(id, query string) {
	m.t.Helper()
	if status, text := m.call(http.MethodPost, "", bodyOf(m.t, query, map[string]any{"operationId": id})); status != 202 || text != "" {
		m.t.Fatal(id, status, text)
	}
}

// opened is an open event stream.
type opened struct {
	*many
	response reply
	lines    *bufio.Scanner
}

// open opens the event stream.
func (m *many) open() *opened {
	m.t.Helper()
	response := call(m.t, http.MethodGet, m.url, m.tenant, "", "Accept", "text/event-stream", tokenHeader, m.token)
	if kind := response.Header.Get("Content-Type"); response.StatusCode != http.StatusOK || kind != "text/event-stream; charset=utf-8" {
		m.t.Fatal(response.Status, kind, read(m.t, response))
	}
	lines := bufio.NewScanner(response.Body)
	lines.Buffer(nil, 32<<20)
	return &opened{m, response, lines}
}

// next returns the next event and its data, or "" at the end.
func (o *opened) next() (event string) {
	for o.lines.Scan() {
		if name, ok := strings.CutPrefix(o.lines.Text(), "event: "); ok && o.lines.Scan() {
			return name + " " + strings.TrimPrefix(o.lines.Text(), "data: ")
		}
	}
	return ""
}

func (o *opened) expect(events ...string) {
	o.t.Helper()
	for _, want := range events {
		if got := o.next(); got != want {
			o.t.Errorf("%s: %.500s, want %s", o.tenant, got, want)
		}
	}
}

// TestAnEventStreamHasManyOperations sends the requests of graphql-sse's single connection mode,
// as either tenant.
func TestAnEventStreamHasManyOperations(t *testing.T) {
	s := newTestServer(t)
	address, stop := s.stoppable(t, func(*apiOptions) {})
	streams := map[string]*opened{}
	for _, tenant := range []string{"acme", "globex"} {
		m := reserve(t, address, tenant)
		m.start("early", "{ tenant { slug } }") // waits until the stream is open
		streams[tenant] = m.open()
		streams[tenant].expect(`next {"id":"early","payload":{"data":{"tenant":{"slug":"`+tenant+`"}}}}`, `complete {"id":"early"}`)
		m.start("early", "{ tenant { slug } }") // its id is free again
		streams[tenant].expect(`next {"id":"early","payload":{"data":{"tenant":{"slug":"`+tenant+`"}}}}`, `complete {"id":"early"}`)
	}
	acme, globex := streams["acme"], streams["globex"]
	time.Sleep(2 * shortTimeout) // the server's timeouts are for other responses
	acme.start("a", onProjects)
	acme.start("b", `subscription { projectChanged { projectId } }`)
	globex.start("a", onProjects)
	s.listening(s.Acme, t, 2)
	s.listening(s.Globex, t, 1)
	if status, text := acme.call(http.MethodDelete, "?operationId=b", ""); status != 200 || text != "" {
		t.Error(status, text)
	}
	s.listening(s.Acme, t, 1)
	for tenant, ctx := range map[string]context.Context{"acme": s.Acme, "globex": s.Globex} {
		if _, err := model.CreateProject(ctx, s.DB, model.CreateProjectInput{Key: "WEB", Name: "of " + tenant}); err != nil {
			t.Fatal(err)
		}
		streams[tenant].expect(`next {"id":"a","payload":{"data":{"projectChanged":{"change":"CREATED","project":{"name":"of ` + tenant + `"}}}}}`)
	}
	acme.start("m", `mutation { createLabel(input: {name: "bug", color: "#000000"}) { label { name } } }`)
	acme.expect(`next {"id":"m","payload":{"data":{"createLabel":{"label":{"name":"bug"}}}}}`, `complete {"id":"m"}`)
	acme.start("b", "{ tenant { slug } }")
	acme.expect(`next {"id":"b","payload":{"data":{"tenant":{"slug":"acme"}}}}`, `complete {"id":"b"}`)

	// A query by GET, with the token in the URL, as EventSource sends it.
	parameters := url.Values{"token": {acme.token}, "query": {"{ tenant { slug } }"}, "extensions": {`{"operationId": "g"}`}}
	if response := call(t, http.MethodGet, address+"?"+parameters.Encode(), "acme", ""); response.StatusCode != http.StatusAccepted {
		t.Error(response.Status, read(t, response))
	}
	acme.expect(`next {"id":"g","payload":{"data":{"tenant":{"slug":"acme"}}}}`, `complete {"id":"g"}`)
	// An operation of a client that accepts one event stream per operation.
	body := bodyOf(t, "{ tenant { slug } }", map[string]any{"operationId": "p"})
	if response := call(t, http.MethodPost, address, "acme", body, tokenHeader, acme.token, "Accept", "text/event-stream"); response.StatusCode != http.StatusAccepted {
		t.Error(response.Status, read(t, response))
	}
	acme.expect(`next {"id":"p","payload":{"data":{"tenant":{"slug":"acme"}}}}`, `complete {"id":"p"}`)

	// The client disconnects, and then the server stops.
	_ = globex.response.Body.Close()
	s.listening(s.Globex, t, 0)
	waitUntil(t, "the token is unknown", func() bool {
		status, _ := globex.call(http.MethodPost, "", bodyOf(t, "{ tenant { slug } }", map[string]any{"operationId": "z"}))
		return status == 404
	})
	stop()
	if rest, _ := io.ReadAll(acme.response.Body); strings.Contains(string(rest), "complete") {
		t.Errorf("at the server's end: %s", rest)
	}
	s.listening(s.Acme, t, 0)
}

// TestEventStreamsRefuse sends invalid requests, requests of another tenant, and duplicates.
func TestEventStreamsRefuse(t *testing.T) {
	s := newTestServer(t)
	address, _ := s.stoppable(t, func(o *apiOptions) { o.Limits.Sockets, o.Limits.Subscriptions = 2, 1 })
	acme, idle := reserve(t, address, "acme"), reserve(t, address, "acme")
	stream := acme.open()
	theirs, unknown := *acme, *acme
	theirs.tenant, unknown.token = "globex", strings.Repeat("A", 26)
	const query = "{ tenant { slug } }"
	operation := func(id any) string { return bodyOf(t, query, map[string]any{"operationId": id}) }
	acme.start("running", onProjects)
	s.listening(s.Acme, t, 1)
	for _, test := range []struct {
		name                     string
		as                       *many
		method, parameters, body string
		accept                   string
		status                   int
		holds                    string
	}{
		{name: "a third", as: acme, method: "PUT", status: 429, holds: "the tenant has 2 sockets"},
		{name: "open twice", as: acme, method: "GET", accept: "text/event-stream", status: 409, holds: "already open"},
		{name: "open what is another tenant's", as: &theirs, method: "GET", accept: "text/event-stream", status: 404, holds: "no event stream"},
		{name: "open what is unknown", as: &unknown, method: "GET", accept: "text/event-stream", status: 404, holds: "no event stream"},
		{name: "run in what is another tenant's", as: &theirs, method: "POST", body: operation("x"), status: 404, holds: "no event stream"},
		{name: "run in what is unknown", as: &unknown, method: "POST", body: operation("x"), status: 404, holds: "no event stream"},
		{name: "stop what is another tenant's", as: &theirs, method: "DELETE", parameters: "?operationId=running", status: 404, holds: "no event stream"},
		{name: "stop what is unknown", as: &unknown, method: "DELETE", parameters: "?operationId=running", status: 404, holds: "no event stream"},
		{name: "stop nothing", as: acme, method: "DELETE", status: 400, holds: "needs the parameter operationId"},
		{name: "stop what has ended", as: acme, method: "DELETE", parameters: "?operationId=gone", status: 200},
		{name: "no id", as: acme, method: "POST", body: bodyOf(t, query, nil), status: 400, holds: "extensions.operationId"},
		{name: "an empty id", as: acme, method: "POST", body: operation(""), status: 400, holds: "extensions.operationId"},
		{name: "a number for an id", as: acme, method: "POST", body: operation(1), status: 400, holds: "extensions.operationId"},
		{name: "a long id", as: acme, method: "POST", body: operation(strings.Repeat("x", 129)), status: 400, holds: "extensions.operationId"},
		{name: "an id that runs", as: acme, method: "POST", body: operation("running"), status: 409, holds: "is already running"},
		{name: "no document", as: acme, method: "POST", body: bodyOf(t, "{", map[string]any{"operationId": "x"}), status: 400, holds: "GRAPHQL_PARSE_FAILED"},
		{name: "no document, to a client that accepts events", as: acme, method: "POST", accept: "text/event-stream", body: bodyOf(t, "{", map[string]any{"operationId": "x"}), status: 400, holds: "GRAPHQL_PARSE_FAILED"},
		{name: "no JSON, to a client that accepts events", as: acme, method: "POST", accept: "text/event-stream", body: "{", status: 400, holds: "one JSON object"},
		{name: "no JSON", as: acme, method: "POST", body: "{", status: 400, holds: "one JSON object"},
		{name: "a mutation by GET", as: acme, method: "GET", parameters: "?query=mutation%7BdeleteLabel(input:%7Bid:%22x%22%7D)%7BdeletedId%7D%7D", status: 405, holds: "use POST"},
		{name: "a second subscription", as: acme, method: "POST", body: bodyOf(t, onProjects, map[string]any{"operationId": "x"}), status: 429, holds: "RATE_LIMITED"},
		{name: "a large subscription", as: acme, method: "POST", body: bodyOf(t, onProjects+strings.Repeat(" ", 65<<10), map[string]any{"operationId": "x"}), status: 400, holds: "BAD_USER_INPUT"},
	} {
		response := call(t, test.method, address+test.parameters, test.as.tenant, test.body, tokenHeader, test.as.token, "Accept", test.accept)
		if text := read(t, response); response.StatusCode != test.status || !strings.Contains(text, test.holds) {
			t.Errorf("%s: %s %s", test.name, response.Status, text)
		}
		if kind := response.Header.Get("Content-Type"); test.holds != "" && kind != "application/json; charset=utf-8" {
			t.Errorf("%s: %s", test.name, kind)
		}
	}
	// The failures have no effect: the ids are free, and the stream is open.
	acme.start("x", query)
	stream.expect(`next {"id":"x","payload":{"data":{"tenant":{"slug":"acme"}}}}`, `complete {"id":"x"}`)
	// An event stream that has ended releases its quota.
	_ = stream.response.Body.Close()
	waitUntil(t, "another stream can be reserved", func() bool {
		return call(t, http.MethodPut, address, "acme", "").StatusCode == http.StatusCreated
	})
	idle.open().expect()
	response := call(t, http.MethodDelete, address+"?operationId=x", "acme", "")
	if text := read(t, response); response.StatusCode != http.StatusBadRequest || !strings.Contains(text, "in the header X-GraphQL-Event-Stream-Token or the parameter token") {
		t.Error("without a token:", response.Status, text)
	}
}

// TestOneOfManyOpensAnEventStream opens one stream from many connections concurrently.
func TestOneOfManyOpensAnEventStream(t *testing.T) {
	s := newTestServer(t)
	m := reserve(t, s.listen(t, defaults), "acme")
	codes := make(chan int, 20)
	var wait sync.WaitGroup
	for range cap(codes) {
		wait.Go(func() {
			codes <- call(t, http.MethodGet, m.url+"?token="+m.token, "acme", "", "Accept", "text/event-stream").StatusCode
		})
	}
	wait.Wait()
	close(codes)
	count := map[int]int{}
	for code := range codes {
		count[code]++
	}
	if fmt.Sprint(count) != "map[200:1 409:19]" {
		t.Error(count)
	}
}

// TestAnIDOfAnEventStreamIsFreeAsSoonAsItsOperationIsStopped reuses an id immediately, while events
// are published.
func TestAnIDOfAnEventStreamIsFreeAsSoonAsItsOperationIsStopped(t *testing.T) {
	s := newTestServer(t)
	stream := reserve(t, s.listen(t, defaults), "acme").open()
	for range 20 {
		stream.start("a", onProjects)
		s.Publish(s.Acme, tenancy.Event{Topic: "projects", Kind: "DELETED", Key: strings.Repeat("k", 16)})
		if status, text := stream.call(http.MethodDelete, "?operationId=a", ""); status != 200 {
			t.Fatal(status, text)
		}
	}
	stream.start("b", "{ tenant { slug } }")
	for event := ""; event != `complete {"id":"b"}`; event = stream.next() {
		if strings.HasPrefix(event, "complete") {
			t.Fatal(event)
		}
	}
	s.listening(s.Acme, t, 0)
}

// TestAnEventStreamThatNobodyReadsKeepsLittle buffers a large response in a stream that is not open.
// The response counts for the quota until it is read.
func TestAnEventStreamThatNobodyReadsKeepsLittle(t *testing.T) {
	s := newTestServer(t)
	project, err := model.CreateProject(s.Acme, s.DB, model.CreateProjectInput{Key: "WEB", Name: "web"})
	if err != nil {
		t.Fatal(err)
	}
	for range 100 {
		in := model.CreateItemInput{ProjectID: project.GlobalID(), Name: "x", Description: text(strings.Repeat("x", 10_000)), Status: model.ItemStatusTodo, Priority: model.ItemPriorityLow}
		if _, err := model.CreateItem(s.Acme, s.DB, in); err != nil {
			t.Fatal(err)
		}
	}
	address, _ := s.stoppable(t, func(o *apiOptions) { o.Limits.Buffered = 1_500 })
	m := reserve(t, address, "acme")
	const query = "{ items(first: 100) { nodes { description } } }" // of 1 MB
	refused := func() bool {
		return strings.Contains(read(t, call(t, http.MethodPost, address, "acme", bodyOf(t, query, nil))), "RATE_LIMITED")
	}
	if refused() {
		t.Fatal("it is more than may wait")
	}
	started := 0
	waitUntil(t, "another response is one too many", func() bool { // of those that run at once, either may be refused
		m.start(fmt.Sprint(started), query)
		started++
		time.Sleep(50 * time.Millisecond)
		return refused()
	})
	stream, large := m.open(), 0
	for range 2 * started {
		if len(stream.next()) > 1_000_000 {
			large++
		}
	}
	if large == 0 {
		t.Error("none has waited")
	}
	waitUntil(t, "another response is not too many", func() bool { return !refused() })
}
