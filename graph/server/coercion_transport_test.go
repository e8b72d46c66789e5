package server_test

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"rowhouse/tenancy"
)

// TestVariablesAreCoercedOverEachTransport sends the same invalid variable over each transport. No
// operation may begin, and the error has the path to the value.
func TestVariablesAreCoercedOverEachTransport(t *testing.T) {
	s := servertest.New(t)
	const (
		mutation     = `mutation($at: DateTime) { createTag(input: {name: "first", color: "#ffffff"}) { tag { id } } createBook(input: {shelfId: "x", name: "second", publishedAt: $at}) { book { id } } }`
		query        = `query($at: DateTime) { tags { nodes { id } } books(where: {publishedAt: {lt: $at}}) { totalCount } }`
		subscription = `subscription($at: Boolean! = true) { shelfChanged { change @skip(if: $at) } }`
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
		name, method, target, body, accept, holds string
		status                                    int
	}{
		{"POST", "POST", "/graphql", body(mutation, ""), "application/json", wrong, 200},
		{"POST of a query", "POST", "/graphql", body(query, ""), status400, wrong, 400},
		{"POST in parts", "POST", "/graphql", body("query($at: DateTime) { library { ... @defer { slug } } books(where: {publishedAt: {lt: $at}}) { totalCount } }", ""), "multipart/mixed; deferSpec=20220824, application/json", wrong, 200},
		{"POST of one of several operations", "POST", "/graphql", body("query A { library { slug } } "+strings.Replace(mutation, "(", " B(", 1), `, "operationName": "B"`), status400, wrong, 400},
		{"GET", "GET", get("query", query), "", status400, wrong, 400},
		{"a document with its hash", "POST", "/graphql", body(mutation, `, "extensions": `+hashed(mutation)), status400, wrong, 400},
		{"a document by its hash", "POST", "/graphql", fmt.Sprintf(`{"variables": %s, "extensions": %s}`, variables, hashed(mutation)), status400, wrong, 400},
		{"a document by its documentId", "POST", "/graphql", fmt.Sprintf(`{"variables": %s, "documentId": "sha256:%x"}`, variables, sha256.Sum256([]byte(mutation))), status400, wrong, 400},
		{"a document with its hash by GET", "GET", get("query", query, "extensions", hashed(query)), "", status400, wrong, 400},
		{"a document by its hash by GET", "GET", get("extensions", hashed(query)), "", status400, wrong, 400},
		{"events of a mutation", "POST", "/graphql", body(mutation, ""), "text/event-stream", wrong, 200},
		{"events of a subscription", "POST", "/graphql", body(subscription, ""), "text/event-stream", wrong, 200},
		{"a list of operations", "POST", "/graphql", "[" + body(mutation, "") + "]", status400, "batches are not supported", 400},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := s.Do(servertest.NewRequest(t, test.method, test.target, test.body, "Content-Type", "application/json", "Accept", test.accept, tenancy.HeaderName, "acme"))
			if got := w.Body.String(); w.Code != test.status || !strings.Contains(got, test.holds) || strings.Contains(got, `"data"`) || !strings.Contains(got, "BAD_USER_INPUT") {
				t.Errorf("%d %s", w.Code, got)
			}
		})
	}
	socket := servertest.Connect(t, s.Listen(t), "acme")
	for _, document := range []string{mutation, query, subscription} {
		socket.Send(fmt.Sprintf(`{"id": "1", "type": "subscribe", "payload": %s}`, body(document, "")))
		socket.Expect("error", wrong)
	}
	socket.Send(`{"id": "1", "type": "subscribe", "payload": {"query": "query($id: ID!) { node(id: $id) { id } }", "variables": {"id": "half \ud83d"}}}`)
	socket.Expect("error", `unpaired surrogate`)
	socket.Send(`{"id": "1", "type": "subscribe", "payload": {"query": "{ library { slug } }"}}`)
	socket.Expect("next", "acme") // the others did it no harm
	if n, err := s.Subscriptions(s.Acme); n != 0 || err != nil {
		t.Errorf("%d subscriptions, %v", n, err)
	}
	var got struct{ Labels struct{ TotalCount int } }
	s.Query(t, "acme", "{ tags { totalCount } }", &got)
	if got.Labels.TotalCount != 0 {
		t.Error("the first mutation was committed")
	}
}

// TestDefaultsBelongToTheirOperation runs one of two operations with a common fragment. The other
// operation has another default for the fragment's variable.
func TestDefaultsBelongToTheirOperation(t *testing.T) {
	s := servertest.New(t)
	s.Query(t, "acme", `mutation { createReader(input: {name: "Ada", email: "ada@example.com"}) { reader { id } } }`, nil)
	const shared = "query A($role: ReaderRole) { ...f } query B($role: ReaderRole = OWNER) { ...f } fragment f on Query { readers(where: {role: {eq: $role}}) { totalCount } }"
	for _, document := range []string{shared, shared + strings.Repeat(" ", 20_000)} { // too long to be kept
		for name, want := range map[string]string{"A": `"totalCount": 1`, "B": `"totalCount": 0`} {
			if _, got := s.Post(t, "acme", fmt.Sprintf(`{"query": %q, "operationName": %q}`, document, name)); !strings.Contains(got, want) {
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
	for i, test := range []struct{ name, body, holds string }{
		{"the first half", variable(`\ud83d`), halves},
		{"the second half", variable(`a\uDE00`), halves},
		{"the halves in the wrong order", variable(`\ude00\ud83d`), halves},
		{"the first half twice", variable(`\ud83d\ud83d\ude00`), halves},
		{"the first half before an escape", variable(`\ud83d\u0041`), halves},
		{"the first half before a backslash", variable(`\ud83d\\ude00`), halves},
		{"half a surrogate, as it is printed", variable(`a\ud83db`), halves + `: \"a�b\""`},
		{"invalid UTF-8", variable("a\xff"), halves},
		{"a surrogate in UTF-8", variable("\xed\xa0\x80"), halves},
		{"an overlong form", variable("\xc0\xaf"), halves},
		{"a pair", variable(`\ud83d\ude00`), `"name":"😀"`},
		{"UTF-8", variable("\U0001F601"), `"name":"😁"`},
		{"the replacement character", variable(`\ufffd 1`), `"name":"� 1"`},
		{"the replacement character in UTF-8", variable("\ufffd 2"), `"name":"� 2"`},
		{"a backslash and letters", variable(`\\ud83d`), `"name":"\\ud83d"`},
		{"two backslashes", variable(`\\\\ude00`), `"name":"\\\\ude00"`},
		{"the name of a variable that nobody declared", `{"query": "{ library { slug } }", "variables": {"\ud83d": 1}}`, `"acme"`},
		{"the name of a field", `{"query": "query($w: TagFilter) { tags(where: $w) { totalCount } }", "variables": {"w": {"\ud83d": 1}}}`, "is not defined by type"},
		{"a value that nobody declared", `{"query": "{ library { slug } }", "variables": {"x": ["\ud83d"]}}`, `"acme"`},
		{"inside lists and objects", `{"query": "query($w: TagFilter) { tags(where: $w) { totalCount } }", "variables": {"w": {"or": [{"name": {"eq": "a"}}, {"name": {"in": ["b", "\ud83d", 1.0]}}]}}}`, `"path":["w","or",1,"name","in",1]`},
		{"an id", `{"query": "query($id: ID!) { node(id: $id) { id } }", "variables": {"id": "\ud83d"}}`, "ID cannot represent a string with an unpaired surrogate"},
		{"a DateTime", `{"query": "query($at: DateTime) { books(where: {publishedAt: {lt: $at}}) { totalCount } }", "variables": {"at": "\ud83d"}}`, "DateTime cannot represent"},
		{"an enum", `{"query": "query($o: TagOrder) { tags(orderBy: $o) { totalCount } }", "variables": {"o": "NAME\ud83d"}}`, "does not exist in"},
		{"the query", `{"query": "{ node(id: \"\ud83d\") { id } }"}`, "the parameter query has an unpaired surrogate or invalid UTF-8"},
		{"the query in invalid UTF-8", "{\"query\": \"{ library { slug } } # \xff\"}", "the parameter query has an unpaired surrogate"},
		{"an escape in the query", `{"query": "{ node(id: \"\\ud83d\") { id } }"}`, "GRAPHQL_VALIDATION_FAILED"},
		{"an escape of a pair in the query", `{"query": "{ label: node(id: \"\\ud83d\\ude00\") { id } }"}`, "is not an id"},
		{"a mutation with the escape", `{"query": "mutation { a: createTag(input: {name: \"a\", color: \"#ffffff\"}) { tag { id } } b: createTag(input: {name: \"\\ude00\", color: \"#ffffff\"}) { tag { id } } }"}`, "GRAPHQL_VALIDATION_FAILED"},
		{"the name of the operation", `{"query": "{ library { slug } }", "operationName": "\ud83d"}`, "the parameter operationName has"},
		{"the extensions", `{"query": "{ library { slug } }", "extensions": {"a": "\ud83d"}}`, "the parameter extensions has"},
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
			if !strings.Contains(compact.String(), test.holds) {
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
	var got struct{ Labels struct{ TotalCount int } }
	s.Query(t, "acme", "{ tags { totalCount } }", &got)
	if got.Labels.TotalCount != 6 {
		t.Errorf("%d tags", got.Labels.TotalCount)
	}
}
