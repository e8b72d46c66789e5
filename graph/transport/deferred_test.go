package transport_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"rowhouse/graph/server"
	"rowhouse/graph/servertest"
	"rowhouse/tenancy"
)

// The same response, in parts and in one piece.
const (
	wholeQuery = `{ books(first: 5) { nodes { key summary reviews(first: 2) { nodes { body reader { name } } } } totalCount } ` +
		`tags { nodes { name } } }`
	deferQuery = `query Q($later: Boolean = true) { books(first: 5) { nodes { key ...Said @defer(label: "said", if: ` +
		`$later) } totalCount } ` +
		`... @defer { tags { nodes { name } } } } ` +
		`fragment Said on Book { summary reviews(first: 2) { nodes { body ... @defer { reader { name } } } } }`
)

// queryBody returns the body of a request with a document.
func queryBody(document string) string { return servertest.Body(map[string]string{"query": document}) }

// postDeferred returns acme's response to a document, in parts if it defers fragments.
func postDeferred(t *testing.T, s *servertest.Server, document string) (contentType, body string) {
	t.Helper()
	w := s.Do(servertest.NewRequest(t, http.MethodPost, "/graphql", queryBody(document),
		"Content-Type", "application/json", "Accept", servertest.AcceptParts, tenancy.HeaderName, "acme"))
	return w.Header().Get("Content-Type"), w.Body.String()
}

// TestDeferredFragmentsAreSentInLaterPayloads merges the payloads into the response without parts.
// Each list is read once.
func TestDeferredFragmentsAreSentInLaterPayloads(t *testing.T) {
	s := servertest.New(t)
	for _, tenant := range []tenancy.Tenant{servertest.Acme, servertest.Globex} {
		s.Fill(tenant)
		var whole any
		s.Query(t, tenant.Slug, wholeQuery, &whole)
		s.Reset()
		parts := s.PostDeferred(t, tenant.Slug, deferQuery)
		if ran := s.Ran(); len(ran) != 5 { // books, their number, tags, reviews, readers
			t.Errorf("%d statements: %s", len(ran), strings.Join(ran, "\n"))
		}
		first := servertest.Body(parts[0].Data)
		for _, deferred := range []string{"reviews", "summary", "tags"} {
			if strings.Contains(first, deferred) {
				t.Errorf("the first part has %s: %s", deferred, first)
			}
		}
		if len(parts) != 2 || !strings.Contains(first, `"totalCount":110`) {
			t.Fatalf("%d parts, the first: %s", len(parts), first)
		}
		merged, labels := parts[0].Data, map[string]int{}
		for i, part := range parts {
			if part.Errors != nil || part.HasNext == nil || *part.HasNext != (i < len(parts)-1) {
				t.Errorf("part %d: %+v", i, part)
			}
			for _, payload := range part.Incremental {
				merged = servertest.Merge(merged, payload.Path, payload.Data)
				labels[payload.Label]++
			}
		}
		if !reflect.DeepEqual(merged, whole) {
			t.Errorf("%s: merged %v, whole %v", tenant.Slug, merged, whole)
		}
		if labels["said"] != 5 || labels[""] != 11 { // each review has a fragment of its own
			t.Errorf("labels %v", labels)
		}
	}
}

// TestResponsesAreWholeWithoutParts sends @defer over each transport without parts, and accepts parts
// for documents that defer nothing.
func TestResponsesAreWholeWithoutParts(t *testing.T) {
	s := servertest.New(t)
	book := s.Fill(servertest.Acme)
	_, whole := s.Post(t, "acme", wholeQuery)
	expectWhole := func(name, response string) {
		t.Helper()
		var want, got any
		err := errors.Join(json.Unmarshal([]byte(whole), &want), json.Unmarshal([]byte(response), &got))
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v %s", name, err, response)
		}
	}
	_, response := s.Post(t, "acme", deferQuery)
	expectWhole("POST", response)
	post := func(accept string) string {
		return s.Do(servertest.NewRequest(t, http.MethodPost, "/graphql", queryBody(deferQuery),
			"Content-Type", "application/json", "Accept", accept, tenancy.HeaderName, "acme")).Body.String()
	}
	for _, accept := range []string{
		"application/json", "*/*", "multipart/mixed;q=0, application/json", "multipart/mixed;deferSpec=20990101, application/json",
		"multipart/mixed;incrementalSpec=v0.2,application/json", "multipart/mixed;subscriptionSpec=1.0;q=0, */*",
	} {
		expectWhole(accept, post(accept))
	}
	get := servertest.NewRequest(t, http.MethodGet, "/graphql?query="+url.QueryEscape(deferQuery), "", tenancy.HeaderName, "acme")
	expectWhole("GET", s.Do(get).Body.String())
	_, event, _ := strings.Cut(post("text/event-stream"), "data: ")
	event, _, _ = strings.Cut(event, "\n")
	expectWhole("an event stream", event)
	c := servertest.Connect(t, s.Listen(t), "acme")
	c.Subscribe("a", deferQuery)
	m, err := c.Next()
	if err != nil {
		t.Fatal(err)
	}
	expectWhole("a socket", string(m.Payload))
	c.Expect("complete", "")
	for _, test := range []struct{ query, contains string }{
		{
			query: `mutation { updateBook(input: {id: "` + string(book) + `", title: "new"}) { book { ... @defer(if: false) ` +
				`{ title } } } }`,
			contains: `{"data":{"updateBook":{"book":{"title":"new"}}}}`,
		},
		{
			query:    `{ tenant { slug } } # defer nothing`,
			contains: `{"data":{"tenant":{"slug":"acme"}}}`,
		},
		{
			query:    `{ tenant { ... @defer(if: false) { slug } } }`,
			contains: `{"data":{"tenant":{"slug":"acme"}}}`,
		},
		{
			query:    `{ tenant { slug @defer } }`,
			contains: "GRAPHQL_VALIDATION_FAILED",
		},
		{
			query:    `{ tenant { ... @defer(if: 1) { slug } } }`,
			contains: "GRAPHQL_VALIDATION_FAILED",
		},
	} {
		contentType, body := postDeferred(t, s, test.query)
		if !strings.Contains(body, test.contains) || !strings.HasPrefix(contentType, "application/graphql-response+json") {
			t.Errorf("%s: %s %s", test.query, contentType, body)
		}
	}
}

// TestErrorsBelongToTheirPayload has errors in deferred fragments, which make a field or the payload
// null, and in the first part.
func TestErrorsBelongToTheirPayload(t *testing.T) {
	s := servertest.New(t)
	s.Fill(servertest.Acme)
	shelf := string(s.AddShelf(servertest.Acme, "WEB", "acme").GlobalID())
	countErrors := func(errs any) int { return strings.Count(servertest.Body(errs), "BAD_USER_INPUT") }
	const failing = `book(id: "nonsense") { id }`
	parts := s.PostDeferred(t, "acme",
		`{ tenant { slug } ... @defer(label: "bad") { `+failing+` } ... @defer(label: "good") { tags { totalCount } } }`)
	if parts[0].Errors != nil || len(parts) != 2 || len(parts[1].Incremental) != 2 {
		t.Fatalf("%s", servertest.Body(parts))
	}
	for _, payload := range parts[1].Incremental {
		if failed := countErrors(payload.Errors) > 0; failed != (payload.Label == "bad") || payload.Data == nil {
			t.Errorf("%s", servertest.Body(payload))
		}
	}
	parts = s.PostDeferred(t, "acme",
		`{ books(first: 2) { nodes { key ... @defer { reviews(first: -1) { totalCount } } } } ... @defer { tenant { slug } } }`)
	for _, payload := range parts[1].Incremental {
		if failed := countErrors(payload.Errors) == 1; failed != (len(payload.Path) == 3) || failed != (payload.Data == nil) {
			t.Errorf("%s", servertest.Body(payload))
		}
	}
	if parts[0].Errors != nil || len(parts[1].Incremental) != 3 {
		t.Errorf("%s", servertest.Body(parts))
	}
	// A field that fails makes only its own fragment null.
	parts = s.PostDeferred(t, "acme", `{ shelf(id: "`+shelf+`") { key ... @defer(label: "bad") { books(first: -1) { totalCount } } `+
		`... @defer(label: "good") { name } } tenant { slug ... @defer(label: "other") { name } } }`)
	found := map[string]string{}
	for _, payload := range parts[1].Incremental {
		found[payload.Label] = fmt.Sprint(servertest.Body(payload.Path), servertest.Body(payload.Data), countErrors(payload.Errors))
	}
	want := map[string]string{"bad": `["shelf"]null1`, "good": `["shelf"]{"name":"acme"}0`, "other": `["tenant"]{"name":"Acme Ltd"}0`}
	if !maps.Equal(found, want) {
		t.Errorf("%v, want %v", found, want)
	}
	// Errors beyond the limit are cut, and make no payload null.
	many := ""
	for i := range 23 {
		many += fmt.Sprintf(" a%d: %s", i, failing)
	}
	for range 10 {
		parts = s.PostDeferred(t, "acme", `{`+many+` ... @defer { tenant { slug } } }`)
		for _, payload := range parts[1].Incremental {
			if payload.Data == nil {
				t.Fatalf("a payload without an error is null: %s", servertest.Body(parts[1]))
			}
		}
	}
	parts = s.PostDeferred(t, "acme", `{ `+failing+` ... @defer { tenant { slug } } }`)
	if all := parts[1].Incremental; countErrors(parts[0].Errors) == 0 || len(all) != 1 || all[0].Errors != nil {
		t.Errorf("an error of the first part is repeated: %s", servertest.Body(parts))
	}
}

// postAndLeave sends a deferred query, and disconnects when ctx ends or read has returned.
func postAndLeave(ctx context.Context, t *testing.T, address, document string, read func(io.Reader)) {
	t.Helper()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(queryBody(document)))
	if err != nil {
		t.Fatal(err)
	}
	r.Header = http.Header{"Content-Type": {"application/json"}, "Accept": {servertest.AcceptParts}, tenancy.HeaderName: {"acme"}}
	if response, err := http.DefaultClient.Do(r); err == nil {
		read(response.Body)
		_ = response.Body.Close()
	}
}

// TestDisconnectedClientsLeaveNoGoroutines disconnects repeatedly while deferred fields are blocked.
func TestDisconnectedClientsLeaveNoGoroutines(t *testing.T) {
	s := servertest.New(t)
	s.Fill(servertest.Acme)
	address := s.Listen(t)
	release := s.Hold("reviews")
	defer release()
	before := runtime.NumGoroutine()
	for range 20 {
		ctx, leave := context.WithCancel(t.Context())
		postAndLeave(ctx, t, address, deferQuery, func(body io.Reader) {
			defer leave()
			if _, err := io.ReadFull(body, make([]byte, 100)); err != nil { // the first part has been sent
				t.Error(err)
			}
		})
	}
	release()
	http.DefaultClient.CloseIdleConnections()
	for end := time.Now().Add(2 * time.Minute); runtime.NumGoroutine() > before+10; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			stacks := make([]byte, 1<<20)
			t.Fatalf("%d goroutines, and %d before:\n%s", runtime.NumGoroutine(), before, stacks[:runtime.Stack(stacks, true)])
		}
	}
	s.Query(t, "acme", wholeQuery, nil)
}

// TestDeferredQueriesEndForEachClient sends queries for which gqlgen's own @defer waits forever. The
// clients disconnect at different times, and the servers have different time limits.
func TestDeferredQueriesEndForEachClient(t *testing.T) {
	s := servertest.New(t)
	s.Fill(servertest.Acme)
	queries := []string{
		deferQuery,
		`{ books(first: 1) { nodes { ... @defer { reviews { totalCount } } ... @defer { reviews { totalCount } } } } }`,
		`{ books(first: 1) { nodes { ... @defer { ... @defer { reviews { totalCount } } } } } }`,
		`{ books(first: 1) { nodes { ...A @defer ...B @defer } } } ` +
			`fragment A on Book { reviews { totalCount } } fragment B on Book { reviews { totalCount } }`,
		`{ books(first: 20) { nodes { ... @defer(label: "a") { reviews { nodes { id ... @defer(label: "b") { reader { id } } } } } ` +
			`... @defer(label: "c") { tags { nodes { name } } shelf { key } } } } }`,
		`{ books(first: 1) { ... @defer { totalCount } nodes { id } } }`,
		`{ books(first: 100) { nodes { reviews(first: 100) { nodes { ` +
			strings.Repeat(`... @defer { `, 45) + `reader { id }` + strings.Repeat(` }`, 45) + ` } } } } }`,
	}
	for _, limit := range []time.Duration{time.Millisecond, 5 * time.Millisecond, 20 * time.Millisecond, 30 * time.Second} {
		address := s.With(func(o *server.Options) { o.Limits.Time = limit }).Listen(t)
		for i := range 60 {
			ctx, leave := context.WithTimeout(t.Context(), time.Duration(1+i%20)*time.Millisecond)
			if limit < time.Second {
				leave()
				ctx, leave = context.WithTimeout(t.Context(), 2*time.Minute)
			}
			query := queries[i%len(queries)]
			postAndLeave(ctx, t, address, query, func(body io.Reader) { _, _ = io.Copy(io.Discard, body) })
			if limit < time.Second && ctx.Err() != nil {
				t.Errorf("with %s: no response to %s", limit, query)
			}
			leave()
		}
	}
	for _, query := range queries {
		if parts := s.PostDeferred(t, "acme", query); len(parts) != 2 || parts[1].HasNext == nil || *parts[1].HasNext {
			t.Errorf("%s: %d parts", query, len(parts))
		}
	}
}

// TestPayloadsBelongToTheFirstPart adds books all the time. Each payload belongs to the book at its
// path in the first part. Lists below a root field are read once because rows of package relay are
// batches: see TestDeferredQueriesRunTheSameStatements.
func TestPayloadsBelongToTheFirstPart(t *testing.T) {
	s := servertest.New(t)
	shelf := s.AddShelf(servertest.Acme, "WEB", "web")
	add := func(i int) { s.AddBook(servertest.Acme, shelf, fmt.Sprint("w", i), fmt.Sprint("w", i)) }
	for i := range 10 {
		add(i)
	}
	done := make(chan struct{})
	var wait sync.WaitGroup
	wait.Go(func() {
		for i := 10; i < 10_000; i++ { // each query reads all books
			select {
			case <-done:
				return
			default:
				add(i)
			}
		}
	})
	defer wait.Wait()
	defer close(done)
	for range 120 {
		parts := s.PostDeferred(t, "acme",
			`{ books(last: 5) { nodes { title ... @defer { summary } } ... @defer { pageInfo { hasNextPage } } } }`)
		merged := parts[0].Data
		for _, payload := range parts[1].Incremental {
			merged = servertest.Merge(merged, payload.Path, payload.Data)
		}
		for _, node := range merged.(map[string]any)["books"].(map[string]any)["nodes"].([]any) {
			if book := node.(map[string]any); book["title"] != book["summary"] {
				t.Fatal(book)
			}
		}
	}
}

// TestPayloadsOfDisconnectedClientsEnd stops reading in the middle of the payloads. The operation
// keeps the tenant's only slot until the client disconnects.
func TestPayloadsOfDisconnectedClientsEnd(t *testing.T) {
	s := servertest.New(t, func(o *server.Options) { o.Limits.Operations = 1 })
	body, url := s.AddOverlapping(), s.Listen(t)
	status := func(tenant string) int {
		return servertest.Call(t, http.MethodPost, url, tenant, queryBody("{ tenant { slug } }")).StatusCode
	}
	for range 3 {
		conn := servertest.DialTCP(t, url)
		servertest.PostTCP(conn, "acme", servertest.AcceptParts, body)
		servertest.ReadUntil(t, conn, `"incremental":[`)
		if got := status("acme"); got != http.StatusTooManyRequests {
			t.Errorf("while payloads are buffered: %d", got)
		}
		if got := status("globex"); got != http.StatusOK {
			t.Errorf("another tenant: %d", got)
		}
		_ = conn.Close()
		servertest.WaitUntil(t, "the tenant's slot is free", func() bool { return status("acme") == http.StatusOK })
	}
}
