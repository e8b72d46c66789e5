package server_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"rowhouse/graph/servertest"
	"rowhouse/tenancy"
)

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
			body:     `{"query": "{ tenant { slug } }", "variables": {"\ud83d": 1}}`,
			contains: `"acme"`,
		},
		{
			name:     "the name of a field",
			body:     `{"query": "query($w: TagFilter) { tags(where: $w) { totalCount } }", "variables": {"w": {"\ud83d": 1}}}`,
			contains: "is not defined by type",
		},
		{
			name:     "a value of an undeclared variable",
			body:     `{"query": "{ tenant { slug } }", "variables": {"x": ["\ud83d"]}}`,
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
			body:     "{\"query\": \"{ tenant { slug } } # \xff\"}",
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
			body:     `{"query": "{ tenant { slug } }", "operationName": "\ud83d"}`,
			contains: "the parameter operationName has",
		},
		{
			name:     "the extensions",
			body:     `{"query": "{ tenant { slug } }", "extensions": {"a": "\ud83d"}}`,
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
