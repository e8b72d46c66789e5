package transport_test

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"rowhouse/graph/server"
	"rowhouse/graph/servertest"
	"rowhouse/tenancy"
)

// TestEventStreamHasManyOperations sends the requests of graphql-sse's single connection mode,
// as either tenant.
func TestEventStreamHasManyOperations(t *testing.T) {
	t.Parallel() // it waits for timeouts
	s, address, stop := listenStoppable(t, func(*server.Options) {})
	streams := map[string]*openStream{}
	for _, tenant := range []string{"acme", "globex"} {
		m := reserve(t, address, tenant)
		m.start("early", "{ tenant { slug } }") // waits until the stream is open
		streams[tenant] = m.open()
		streams[tenant].Expect(`next {"id":"early","payload":{"data":{"tenant":{"slug":"`+tenant+`"}}}}`, `complete {"id":"early"}`)
		m.start("early", "{ tenant { slug } }") // its id is free again
		streams[tenant].Expect(`next {"id":"early","payload":{"data":{"tenant":{"slug":"`+tenant+`"}}}}`, `complete {"id":"early"}`)
	}
	acme, globex := streams["acme"], streams["globex"]
	time.Sleep(2 * shortTimeout) // the server's timeouts are for other responses
	acme.start("a", onShelves)
	acme.start("b", `subscription { shelfChanged { shelfId } }`)
	globex.start("a", onShelves)
	s.WaitSubscriptions(t, servertest.Acme, 2)
	s.WaitSubscriptions(t, servertest.Globex, 1)
	if status, text := acme.call(http.MethodDelete, "?operationId=b", ""); status != 200 || text != "" {
		t.Error(status, text)
	}
	s.WaitSubscriptions(t, servertest.Acme, 1)
	for _, tenant := range []tenancy.Tenant{servertest.Acme, servertest.Globex} {
		s.PublishShelf(tenant, s.AddShelf(tenant, "WEB", "of "+tenant.Slug))
		streams[tenant.Slug].Expect(`next {"id":"a","payload":{"data":{"shelfChanged":{"shelf":{"name":"of ` + tenant.Slug + `"}}}}}`)
	}
	acme.start("m", `mutation { createTag(input: {name: "bug", color: "#000000"}) { tag { name } } }`)
	acme.Expect(`next {"id":"m","payload":{"data":{"createTag":{"tag":{"name":"bug"}}}}}`, `complete {"id":"m"}`)
	acme.start("b", "{ tenant { slug } }")
	acme.Expect(`next {"id":"b","payload":{"data":{"tenant":{"slug":"acme"}}}}`, `complete {"id":"b"}`)

	// A query by GET, with the token in the URL, as EventSource sends it.
	parameters := url.Values{"token": {acme.token}, "query": {"{ tenant { slug } }"}, "extensions": {`{"operationId": "g"}`}}
	response := servertest.Call(t, http.MethodGet, address+"?"+parameters.Encode(), "acme", "")
	if response.StatusCode != http.StatusAccepted {
		t.Error(response.Status, response.Read(t))
	}
	acme.Expect(`next {"id":"g","payload":{"data":{"tenant":{"slug":"acme"}}}}`, `complete {"id":"g"}`)
	// An operation of a client that accepts one event stream per operation.
	body := bodyOf("{ tenant { slug } }", map[string]any{"operationId": "p"})
	response = servertest.Call(t, http.MethodPost, address, "acme", body, tokenHeader, acme.token, "Accept", "text/event-stream")
	if response.StatusCode != http.StatusAccepted {
		t.Error(response.Status, response.Read(t))
	}
	acme.Expect(`next {"id":"p","payload":{"data":{"tenant":{"slug":"acme"}}}}`, `complete {"id":"p"}`)

	// The client disconnects, and then the server stops.
	_ = globex.response.Body.Close()
	s.WaitSubscriptions(t, servertest.Globex, 0)
	servertest.WaitUntil(t, "the token is unknown", func() bool {
		status, _ := globex.call(http.MethodPost, "", bodyOf("{ tenant { slug } }", map[string]any{"operationId": "z"}))
		return status == 404
	})
	stop()
	if rest, _ := io.ReadAll(acme.response.Body); strings.Contains(string(rest), "complete") {
		t.Errorf("at the server's end: %s", rest)
	}
	s.WaitSubscriptions(t, servertest.Acme, 0)
}

// TestInvalidRequestsToEventStreamsAreRefused sends invalid requests, requests of another tenant, and duplicates.
func TestInvalidRequestsToEventStreamsAreRefused(t *testing.T) {
	s, address, _ := listenStoppable(t, func(o *server.Options) { o.Limits.Sockets, o.Limits.Subscriptions = 2, 1 })
	acme, idle := reserve(t, address, "acme"), reserve(t, address, "acme")
	stream := acme.open()
	theirs, unknown := *acme, *acme
	theirs.tenant, unknown.token = "globex", strings.Repeat("A", 26)
	const query = "{ tenant { slug } }"
	operation := func(id any) string { return bodyOf(query, map[string]any{"operationId": id}) }
	acme.start("running", onShelves)
	s.WaitSubscriptions(t, servertest.Acme, 1)
	for _, test := range []struct {
		name                     string
		as                       *streamClient
		method, parameters, body string
		accept                   string
		status                   int
		contains                 string
	}{
		{
			name:     "a third stream",
			as:       acme,
			method:   "PUT",
			status:   429,
			contains: "the tenant has 2 sockets",
		},
		{
			name:     "open twice",
			as:       acme,
			method:   "GET",
			accept:   "text/event-stream",
			status:   409,
			contains: "already open",
		},
		{
			name:     "open a stream of another tenant",
			as:       &theirs,
			method:   "GET",
			accept:   "text/event-stream",
			status:   404,
			contains: "no event stream",
		},
		{
			name:     "open an unknown stream",
			as:       &unknown,
			method:   "GET",
			accept:   "text/event-stream",
			status:   404,
			contains: "no event stream",
		},
		{
			name:     "run in a stream of another tenant",
			as:       &theirs,
			method:   "POST",
			body:     operation("x"),
			status:   404,
			contains: "no event stream",
		},
		{
			name:     "run in an unknown stream",
			as:       &unknown,
			method:   "POST",
			body:     operation("x"),
			status:   404,
			contains: "no event stream",
		},
		{
			name:       "stop in a stream of another tenant",
			as:         &theirs,
			method:     "DELETE",
			parameters: "?operationId=running",
			status:     404,
			contains:   "no event stream",
		},
		{
			name:       "stop in an unknown stream",
			as:         &unknown,
			method:     "DELETE",
			parameters: "?operationId=running",
			status:     404,
			contains:   "no event stream",
		},
		{
			name:     "stop without an id",
			as:       acme,
			method:   "DELETE",
			status:   400,
			contains: "needs the parameter operationId",
		},
		{
			name:       "stop an operation that has ended",
			as:         acme,
			method:     "DELETE",
			parameters: "?operationId=gone",
			status:     200,
		},
		{
			name:     "no id",
			as:       acme,
			method:   "POST",
			body:     bodyOf(query, nil),
			status:   400,
			contains: "extensions.operationId",
		},
		{
			name:     "an empty id",
			as:       acme,
			method:   "POST",
			body:     operation(""),
			status:   400,
			contains: "extensions.operationId",
		},
		{
			name:     "a number for an id",
			as:       acme,
			method:   "POST",
			body:     operation(1),
			status:   400,
			contains: "extensions.operationId",
		},
		{
			name:     "a long id",
			as:       acme,
			method:   "POST",
			body:     operation(strings.Repeat("x", 129)),
			status:   400,
			contains: "extensions.operationId",
		},
		{
			name:     "an id that runs",
			as:       acme,
			method:   "POST",
			body:     operation("running"),
			status:   409,
			contains: "is already running",
		},
		{
			name:     "no document",
			as:       acme,
			method:   "POST",
			body:     bodyOf("{", map[string]any{"operationId": "x"}),
			status:   400,
			contains: "GRAPHQL_PARSE_FAILED",
		},
		{
			name:     "no document, to a client that accepts events",
			as:       acme,
			method:   "POST",
			accept:   "text/event-stream",
			body:     bodyOf("{", map[string]any{"operationId": "x"}),
			status:   400,
			contains: "GRAPHQL_PARSE_FAILED",
		},
		{
			name:     "no JSON, to a client that accepts events",
			as:       acme,
			method:   "POST",
			accept:   "text/event-stream",
			body:     "{",
			status:   400,
			contains: "one JSON object",
		},
		{
			name:     "no JSON",
			as:       acme,
			method:   "POST",
			body:     "{",
			status:   400,
			contains: "one JSON object",
		},
		{
			name:       "a mutation by GET",
			as:         acme,
			method:     "GET",
			parameters: "?query=mutation%7BcreateTag(input:%7Bname:%22x%22%7D)%7Btag%7Bid%7D%7D%7D",
			status:     405,
			contains:   "use POST",
		},
		{
			name:     "a second subscription",
			as:       acme,
			method:   "POST",
			body:     bodyOf(onShelves, map[string]any{"operationId": "x"}),
			status:   429,
			contains: "RATE_LIMITED",
		},
		{
			name:     "a large subscription",
			as:       acme,
			method:   "POST",
			body:     bodyOf(onShelves+strings.Repeat(" ", 65<<10), map[string]any{"operationId": "x"}),
			status:   400,
			contains: "BAD_USER_INPUT",
		},
	} {
		response := servertest.Call(t, test.method, address+
			test.parameters, test.as.tenant, test.body, tokenHeader, test.as.token, "Accept", test.accept)
		if text := response.Read(t); response.StatusCode != test.status || !strings.Contains(text, test.contains) {
			t.Errorf("%s: %s %s", test.name, response.Status, text)
		}
		if kind := response.Header.Get("Content-Type"); test.contains != "" && kind != "application/json; charset=utf-8" {
			t.Errorf("%s: %s", test.name, kind)
		}
	}
	// The failures have no effect: the ids are free, and the stream is open.
	acme.start("x", query)
	stream.Expect(`next {"id":"x","payload":{"data":{"tenant":{"slug":"acme"}}}}`, `complete {"id":"x"}`)
	// An event stream that has ended releases its quota.
	_ = stream.response.Body.Close()
	servertest.WaitUntil(t, "another stream can be reserved", func() bool {
		return servertest.Call(t, http.MethodPut, address, "acme", "").StatusCode == http.StatusCreated
	})
	idle.open().Expect()
	response := servertest.Call(t, http.MethodDelete, address+"?operationId=x", "acme", "")
	if text := response.Read(t); response.StatusCode != http.StatusBadRequest ||
		!strings.Contains(text, "in the header X-GraphQL-Event-Stream-Token or the parameter token") {
		t.Error("without a token:", response.Status, text)
	}
}

// TestEventStreamIsOpenedOnce opens one stream from many connections concurrently.
func TestEventStreamIsOpenedOnce(t *testing.T) {
	s := servertest.NewStateless()
	m := reserve(t, s.Listen(t), "acme")
	codes := make(chan int, 20)
	var wait sync.WaitGroup
	for range cap(codes) {
		wait.Go(func() {
			codes <- servertest.Call(t, http.MethodGet, m.url+"?token="+m.token, "acme", "", "Accept", "text/event-stream").StatusCode
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

// TestIDsOfStoppedOperationsAreFree reuses an id immediately, while events
// are published.
func TestIDsOfStoppedOperationsAreFree(t *testing.T) {
	s := servertest.New(t)
	stream, shelf := reserve(t, s.Listen(t), "acme").open(), s.AddShelf(servertest.Acme, "WEB", "web")
	for range 20 {
		stream.start("a", onShelves)
		s.PublishShelf(servertest.Acme, shelf)
		if status, text := stream.call(http.MethodDelete, "?operationId=a", ""); status != 200 {
			t.Fatal(status, text)
		}
	}
	stream.start("b", "{ tenant { slug } }")
	for event := ""; event != `complete {"id":"b"}`; event = stream.Next() {
		if strings.HasPrefix(event, "complete") {
			t.Fatal(event)
		}
	}
	s.WaitSubscriptions(t, servertest.Acme, 0)
}

// TestBufferedEventsCountForTheQuota buffers a large response in a stream that is not open.
// The response counts for the quota until it is read.
func TestBufferedEventsCountForTheQuota(t *testing.T) {
	s, address, _ := listenStoppable(t, func(o *server.Options) { o.Limits.Buffered = 1_500 })
	s.AddBooks(servertest.Acme, 100, strings.Repeat("x", 10_000))
	m := reserve(t, address, "acme")
	const query = "{ books(first: 100) { nodes { summary } } }" // of 1 MB
	refused := func() bool {
		return strings.Contains(servertest.Call(t, http.MethodPost, address, "acme", bodyOf(query, nil)).Read(t), "RATE_LIMITED")
	}
	if refused() {
		t.Fatal("the first response is refused")
	}
	started := 0
	servertest.WaitUntil(t, "another response is refused", func() bool { // of two concurrent responses, either may be refused
		m.start(fmt.Sprint(started), query)
		started++
		time.Sleep(50 * time.Millisecond)
		return refused()
	})
	stream, large := m.open(), 0
	for range 2 * started {
		if len(stream.Next()) > 1_000_000 {
			large++
		}
	}
	if large == 0 {
		t.Error("no response was buffered")
	}
	servertest.WaitUntil(t, "another response is accepted", func() bool { return !refused() })
}
