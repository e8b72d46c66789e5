package server_test

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
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
			body: body("query($at: DateTime) { library { ... @defer { slug } } books(where: {publishedAt: {lt: $at}}) "+
				"{ totalCount } }", ""),
			accept:   "multipart/mixed; deferSpec=20220824, application/json",
			contains: wrong,
			status:   200,
		},
		{
			name:     "POST of one of several operations",
			method:   "POST",
			target:   "/graphql",
			body:     body("query A { library { slug } } "+strings.Replace(mutation, "(", " B(", 1), `, "operationName": "B"`),
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
	socket.Send(`{"id": "1", "type": "subscribe", "payload": {"query": "{ library { slug } }"}}`)
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

// TestOnlyUnicodeIsRead sends invalid Unicode in each parameter, which encoding/json would replace
// by U+FFFD, and similar valid strings.
func TestOnlyUnicodeIsRead(t *testing.T) {
	s := servertest.New(t)
	const create = `mutation($name: String!) { createTag(input: {name: $name, color: \"#ffffff\"}) { tag { name } } }`
	variable := func(name string) string {
		return `{"query": "` + create + `", "variables": {"name": "` + name + `"}}`
	}
	const halves = `"path":["name"],"message":"String cannot represent a string with an unpaired surrogate or invalid UTF-8`
	for i, test := range []struct{ name, body, contains string }{
		{
			name:     "the first half",
			body:     variable(`\ud83d`),
			contains: halves,
		},
		{
			name:     "the second half",
			body:     variable(`a\uDE00`),
			contains: halves,
		},
		{
			name:     "the halves in the wrong order",
			body:     variable(`\ude00\ud83d`),
			contains: halves,
		},
		{
			name:     "the first half twice",
			body:     variable(`\ud83d\ud83d\ude00`),
			contains: halves,
		},
		{
			name:     "the first half before an escape",
			body:     variable(`\ud83d\u0041`),
			contains: halves,
		},
		{
			name:     "the first half before a backslash",
			body:     variable(`\ud83d\\ude00`),
			contains: halves,
		},
		{
			name:     "half a surrogate, as it is printed",
			body:     variable(`a\ud83db`),
			contains: halves + `: \"a�b\""`,
		},
		{
			name:     "invalid UTF-8",
			body:     variable("a\xff"),
			contains: halves,
		},
		{
			name:     "a surrogate in UTF-8",
			body:     variable("\xed\xa0\x80"),
			contains: halves,
		},
		{
			name:     "an overlong form",
			body:     variable("\xc0\xaf"),
			contains: halves,
		},
		{
			name:     "a pair",
			body:     variable(`\ud83d\ude00`),
			contains: `"name":"😀"`,
		},
		{
			name:     "UTF-8",
			body:     variable("\U0001F601"),
			contains: `"name":"😁"`,
		},
		{
			name:     "the replacement character",
			body:     variable(`\ufffd 1`),
			contains: `"name":"� 1"`,
		},
		{
			name:     "the replacement character in UTF-8",
			body:     variable("\ufffd 2"),
			contains: `"name":"� 2"`,
		},
		{
			name:     "a backslash and letters",
			body:     variable(`\\ud83d`),
			contains: `"name":"\\ud83d"`,
		},
		{
			name:     "two backslashes",
			body:     variable(`\\\\ude00`),
			contains: `"name":"\\\\ude00"`,
		},
		{
			name:     "the name of an undeclared variable",
			body:     `{"query": "{ library { slug } }", "variables": {"\ud83d": 1}}`,
			contains: `"acme"`,
		},
		{
			name:     "the name of a field",
			body:     `{"query": "query($w: TagFilter) { tags(where: $w) { totalCount } }", "variables": {"w": {"\ud83d": 1}}}`,
			contains: "is not defined by type",
		},
		{
			name:     "a value of an undeclared variable",
			body:     `{"query": "{ library { slug } }", "variables": {"x": ["\ud83d"]}}`,
			contains: `"acme"`,
		},
		{
			name: "inside lists and objects",
			body: `{"query": "query($w: TagFilter) { tags(where: $w) { totalCount } }", "variables": {"w": {"or": ` +
				`[{"name": {"eq": "a"}}, {"name": {"in": ["b", "\ud83d", 1.0]}}]}}}`,
			contains: `"path":["w","or",1,"name","in",1]`,
		},
		{
			name:     "an id",
			body:     `{"query": "query($id: ID!) { node(id: $id) { id } }", "variables": {"id": "\ud83d"}}`,
			contains: "ID cannot represent a string with an unpaired surrogate",
		},
		{
			name: "a DateTime",
			body: `{"query": "query($at: DateTime) { books(where: {publishedAt: {lt: $at}}) { totalCount } }", ` +
				`"variables": {"at": "\ud83d"}}`,
			contains: "DateTime cannot represent",
		},
		{
			name:     "an enum",
			body:     `{"query": "query($o: TagOrder) { tags(orderBy: $o) { totalCount } }", "variables": {"o": "NAME\ud83d"}}`,
			contains: "does not exist in",
		},
		{
			name:     "the query",
			body:     `{"query": "{ node(id: \"\ud83d\") { id } }"}`,
			contains: "the parameter query has an unpaired surrogate or invalid UTF-8",
		},
		{
			name:     "the query in invalid UTF-8",
			body:     "{\"query\": \"{ library { slug } } # \xff\"}",
			contains: "the parameter query has an unpaired surrogate",
		},
		{
			name:     "an escape in the query",
			body:     `{"query": "{ node(id: \"\\ud83d\") { id } }"}`,
			contains: "GRAPHQL_VALIDATION_FAILED",
		},
		{
			name:     "an escape of a pair in the query",
			body:     `{"query": "{ tag: node(id: \"\\ud83d\\ude00\") { id } }"}`,
			contains: "is not an id",
		},
		{
			name: "a mutation with the escape",
			body: `{"query": "mutation { a: createTag(input: {name: \"a\", color: \"#ffffff\"}) { tag { id } } b: ` +
				`createTag(input: {name: \"\\ude00\", color: \"#ffffff\"}) { tag { id } } }"}`,
			contains: "GRAPHQL_VALIDATION_FAILED",
		},
		{
			name:     "the name of the operation",
			body:     `{"query": "{ library { slug } }", "operationName": "\ud83d"}`,
			contains: "the parameter operationName has",
		},
		{
			name:     "the extensions",
			body:     `{"query": "{ library { slug } }", "extensions": {"a": "\ud83d"}}`,
			contains: "the parameter extensions has",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, got := s.Post(t, "acme", test.body)
			var compact strings.Builder
			encoder := json.NewEncoder(&compact)
			encoder.SetEscapeHTML(false)
			var response struct {
				Errors []struct {
					Message    string
					Extensions struct {
						Code   string `json:"code"`
						Fields []struct {
							Path    []any  `json:"path"`
							Message string `json:"message"`
						} `json:"fields"`
					} `json:"extensions"`
				} `json:"errors,omitempty"`
				Data any `json:"data,omitempty"`
			}
			if err := json.Unmarshal([]byte(got), &response); err != nil {
				t.Fatal(err)
			}
			if err := encoder.Encode(response); err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(compact.String(), test.contains) {
				t.Errorf("%d %s: %s", i, test.body, got)
			}
		})
	}
	for _, target := range []string{
		"/graphql?query=%7Blibrary%7Bslug%7D%7D%23%FF",
		"/graphql?query=query(%24id:ID!)%7Bnode(id:%24id)%7Bid%7D%7D&variables=%7B%22id%22:%22%FF%22%7D",
		"/graphql?query=query(%24id:ID!)%7Bnode(id:%24id)%7Bid%7D%7D&variables=%7B%22id%22:%22%5Cud800%22%7D",
	} {
		w := s.Do(servertest.NewRequest(t, http.MethodGet, target, "", "Content-Type", "application/json", tenancy.HeaderName, "acme"))
		if !strings.Contains(w.Body.String(), "invalid UTF-8") {
			t.Errorf("%s: %s", target, w.Body)
		}
	}
	var got struct{ Tags struct{ TotalCount int } }
	s.Query(t, "acme", "{ tags { totalCount } }", &got)
	if got.Tags.TotalCount != 6 {
		t.Errorf("%d tags", got.Tags.TotalCount)
	}
}

// TestFragmentsAreCheckedOnce uses a fragment with an invalid null twice. The response has one error.
func TestFragmentsAreCheckedOnce(t *testing.T) {
	s := servertest.New(t)
	const document = `query($x: Boolean = true) { library { ...f } b: library { ...f } } fragment f on Library { slug @skip(if: $x) }`
	_, response := s.Post(t, "acme", servertest.Body(map[string]any{"query": document, "variables": map[string]any{"x": nil}}))
	if strings.Count(response, `"path":["x"]`) != 1 || !strings.Contains(response, "BAD_USER_INPUT") {
		t.Error(response)
	}
}
