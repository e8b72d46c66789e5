package server_test

import (
	"crypto/sha256"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"rowhouse/graph/servertest"
	"rowhouse/tenancy"
)

// TestVariablesAreCoercedOverEachTransport sends the same invalid variable over each transport. No
// operation may begin, and the error has the path to the value.
func TestVariablesAreCoercedOverEachTransport(t *testing.T) {
	s := servertest.New(t)
	const (
		mutation = `mutation($at: DateTime) { createTag(input: {name: "first", color: "#ffffff"}) { tag { id } } ` +
			`createBook(input: {shelfId: "x", title: "second", publishedAt: $at}) { book { id } } }`
		query        = `query($at: DateTime) { tags { nodes { id } } books(where: {publishedAt: {lt: $at}}) { totalCount } }`
		subscription = `subscription($at: Boolean! = true) { shelfChanged { shelfId @skip(if: $at) } }`
		variables    = `{"at": "2026-11-23T9:30:00Z"}`
	)
	body := func(document, more string) string {
		return fmt.Sprintf(`{"query": %q, "variables": %s%s}`, document, variables, more)
	}
	hashed := func(document string) string {
		return fmt.Sprintf(`{"persistedQuery": {"version": 1, "sha256Hash": "%x"}}`, sha256.Sum256([]byte(document)))
	}
	get := func(parameters ...string) string {
		values := url.Values{"variables": {variables}}
		for i := 0; i < len(parameters); i += 2 {
			values.Set(parameters[i], parameters[i+1])
		}
		return "/graphql?" + values.Encode()
	}
	const wrong, status400 = `"path":["at"]`, "application/graphql-response+json"
	for _, test := range []struct {
		name, method, target, body, accept, contains string
		status                                       int
	}{
		{
			name:     "POST",
			method:   "POST",
			target:   "/graphql",
			body:     body(mutation, ""),
			accept:   "application/json",
			contains: wrong,
			status:   200,
		},
		{
			name:     "POST of a query",
			method:   "POST",
			target:   "/graphql",
			body:     body(query, ""),
			accept:   status400,
			contains: wrong,
			status:   400,
		},
		{
			name:   "POST in parts",
			method: "POST",
			target: "/graphql",
			body: body("query($at: DateTime) { tenant { ... @defer { slug } } books(where: {publishedAt: {lt: $at}}) "+
				"{ totalCount } }", ""),
			accept:   "multipart/mixed; deferSpec=20220824, application/json",
			contains: wrong,
			status:   200,
		},
		{
			name:     "POST of one of several operations",
			method:   "POST",
			target:   "/graphql",
			body:     body("query A { tenant { slug } } "+strings.Replace(mutation, "(", " B(", 1), `, "operationName": "B"`),
			accept:   status400,
			contains: wrong,
			status:   400,
		},
		{
			name:     "GET",
			method:   "GET",
			target:   get("query", query),
			accept:   status400,
			contains: wrong,
			status:   400,
		},
		{
			name:     "a document with its hash",
			method:   "POST",
			target:   "/graphql",
			body:     body(mutation, `, "extensions": `+hashed(mutation)),
			accept:   status400,
			contains: wrong,
			status:   400,
		},
		{
			name:     "a document by its hash",
			method:   "POST",
			target:   "/graphql",
			body:     fmt.Sprintf(`{"variables": %s, "extensions": %s}`, variables, hashed(mutation)),
			accept:   status400,
			contains: wrong,
			status:   400,
		},
		{
			name:     "a document by its documentId",
			method:   "POST",
			target:   "/graphql",
			body:     fmt.Sprintf(`{"variables": %s, "documentId": "sha256:%x"}`, variables, sha256.Sum256([]byte(mutation))),
			accept:   status400,
			contains: wrong,
			status:   400,
		},
		{
			name:     "a document with its hash by GET",
			method:   "GET",
			target:   get("query", query, "extensions", hashed(query)),
			accept:   status400,
			contains: wrong,
			status:   400,
		},
		{
			name:     "a document by its hash by GET",
			method:   "GET",
			target:   get("extensions", hashed(query)),
			accept:   status400,
			contains: wrong,
			status:   400,
		},
		{
			name:     "events of a mutation",
			method:   "POST",
			target:   "/graphql",
			body:     body(mutation, ""),
			accept:   "text/event-stream",
			contains: wrong,
			status:   200,
		},
		{
			name:     "events of a subscription",
			method:   "POST",
			target:   "/graphql",
			body:     body(subscription, ""),
			accept:   "text/event-stream",
			contains: wrong,
			status:   200,
		},
		{
			name:     "a list of operations",
			method:   "POST",
			target:   "/graphql",
			body:     "[" + body(mutation, "") + "]",
			accept:   status400,
			contains: "batches are not supported",
			status:   400,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := s.Do(servertest.NewRequest(t, test.method, test.target, test.body,
				"Content-Type", "application/json", "Accept", test.accept, tenancy.HeaderName, "acme"))
			got := w.Body.String()
			if w.Code != test.status || !strings.Contains(got, test.contains) || strings.Contains(got, `"data"`) ||
				!strings.Contains(got, "BAD_USER_INPUT") {
				t.Errorf("%d %s", w.Code, got)
			}
		})
	}
	socket := servertest.Connect(t, s.Listen(t), "acme")
	for _, document := range []string{mutation, query, subscription} {
		socket.Send(fmt.Sprintf(`{"id": "1", "type": "subscribe", "payload": %s}`, body(document, "")))
		socket.Expect("error", wrong)
	}
	socket.Send(`{"id": "1", "type": "subscribe", "payload": {` +
		`"query": "query($id: ID!) { node(id: $id) { id } }", "variables": {"id": "half \ud83d"}}}`)
	socket.Expect("error", `unpaired surrogate`)
	socket.Send(`{"id": "1", "type": "subscribe", "payload": {"query": "{ tenant { slug } }"}}`)
	socket.Expect("next", "acme") // the socket lasts
	if n := s.Subscriptions(servertest.Acme); n != 0 {
		t.Errorf("%d subscriptions", n)
	}
	var got struct{ Tags struct{ TotalCount int } }
	s.Query(t, "acme", "{ tags { totalCount } }", &got)
	if got.Tags.TotalCount != 0 {
		t.Error("the first mutation was committed")
	}
}

// TestDefaultsBelongToTheirOperation runs one of two operations with a common fragment. The other
// operation has another default for the fragment's variable.
func TestDefaultsBelongToTheirOperation(t *testing.T) {
	s := servertest.New(t)
	s.Query(t, "acme", `mutation { createReader(input: {name: "Ada"}) { reader { id } } }`, nil)
	const shared = "query A($role: ReaderRole) { ...f } query B($role: ReaderRole = OWNER) { ...f } fragment f on " +
		"Query { readers(where: {role: {eq: $role}}) { totalCount } }"
	for _, document := range []string{shared, shared + strings.Repeat(" ", 20_000)} { // too long for the cache
		for name, want := range map[string]string{"A": `"totalCount":1`, "B": `"totalCount":0`} {
			_, got := s.Post(t, "acme", fmt.Sprintf(`{"query": %q, "operationName": %q}`, document, name))
			if !strings.Contains(got, want) {
				t.Errorf("%s: %s", name, got)
			}
		}
	}
}

// TestFragmentsAreCheckedOnce uses a fragment with an invalid null twice. The response has one error.
func TestFragmentsAreCheckedOnce(t *testing.T) {
	s := servertest.NewStateless()
	const document = `query($x: Boolean = true) { tenant { ...f } b: tenant { ...f } } fragment f on Tenant { slug @skip(if: $x) }`
	_, response := s.Post(t, "acme", servertest.Body(map[string]any{"query": document, "variables": map[string]any{"x": nil}}))
	if strings.Count(response, `"path":["x"]`) != 1 || !strings.Contains(response, "BAD_USER_INPUT") {
		t.Error(response)
	}
}
