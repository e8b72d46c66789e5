package transport_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"rowhouse/graph/servertest"
	"rowhouse/tenancy"
)

// TestResponsesFollowGraphQLOverHTTP sends requests of clients' tools, and requests that a page in a
// browser could send to another origin.
func TestResponsesFollowGraphQLOverHTTP(t *testing.T) {
	s := servertest.New(t)
	book := string(s.Fill(servertest.Acme))
	const plain, typed = "application/json; charset=utf-8", "application/graphql-response+json; charset=utf-8"
	good := `{"query": "{ tenant { slug } }"}`
	get := func(query string) string { return "/graphql?query=" + url.QueryEscape(query) }
	for _, test := range []struct {
		name, method, target, body string
		headers                    []string
		status                     int
		kind, contains             string
	}{
		{
			name:     "POST",
			method:   "POST",
			body:     good,
			status:   200,
			kind:     plain,
			contains: `{"data":{"tenant":{"slug":"acme"}}}`,
		},
		{
			name:     "any type",
			method:   "POST",
			body:     good,
			headers:  []string{"Accept", "*/*"},
			status:   200,
			kind:     plain,
			contains: `"acme"`,
		},
		{
			name:     "any of a family",
			method:   "POST",
			body:     good,
			headers:  []string{"Accept", "application/*;q=0.1, text/html"},
			status:   200,
			kind:     plain,
			contains: `"acme"`,
		},
		{
			name:     "the new type",
			method:   "POST",
			body:     good,
			headers:  []string{"Accept", "application/graphql-response+json"},
			status:   200,
			kind:     typed,
			contains: `"acme"`,
		},
		{
			name:     "both, the new one first",
			method:   "POST",
			body:     good,
			headers:  []string{"Accept", "application/graphql-response+json, application/json;q=0.9"},
			status:   200,
			kind:     typed,
			contains: `"acme"`,
		},
		{
			name:     "both, the new one second",
			method:   "POST",
			body:     good,
			headers:  []string{"Accept", "application/json, application/graphql-response+json;q=0.9"},
			status:   200,
			kind:     plain,
			contains: `"acme"`,
		},
		{
			name:   "all that urql sends",
			method: "POST",
			body:   good,
			headers: []string{"Accept", "application/graphql-response+json, application/graphql+json, application/json, " +
				"text/event-stream, multipart/mixed"},
			status:   200,
			kind:     typed,
			contains: `"acme"`,
		},
		{
			name:     "events, if need be",
			method:   "POST",
			body:     good,
			headers:  []string{"Accept", "text/event-stream;q=0.1, application/json"},
			status:   200,
			kind:     plain,
			contains: `"acme"`,
		},
		{
			name:     "rather events",
			method:   "POST",
			body:     good,
			headers:  []string{"Accept", "application/json;q=0.9, text/event-stream"},
			status:   200,
			kind:     "text/event-stream; charset=utf-8",
			contains: `"acme"`,
		},
		{
			name:     "no events",
			method:   "POST",
			body:     `{"query": "subscription { shelfChanged { shelfId } }"}`,
			headers:  []string{"Accept", "text/event-stream;q=0, application/json"},
			status:   405,
			kind:     plain,
			contains: "text/event-stream",
		},
		{
			name:     "two streams of one field",
			method:   "POST",
			body:     `{"query": "subscription { shelfChanged { shelfId } a: shelfChanged { shelfId } }"}`,
			status:   200,
			kind:     plain,
			contains: "GRAPHQL_VALIDATION_FAILED",
		},
		{
			name:     "no stream",
			method:   "POST",
			body:     `{"query": "subscription { shelfChanged @skip(if: true) { shelfId } }"}`,
			status:   200,
			kind:     plain,
			contains: "GRAPHQL_VALIDATION_FAILED",
		},
		{
			name:     "another type",
			method:   "POST",
			body:     good,
			headers:  []string{"Accept", "text/html"},
			status:   406,
			kind:     plain,
			contains: "the Accept header must allow",
		},
		{
			name:     "not one of ours, by weight",
			method:   "POST",
			body:     good,
			headers:  []string{"Accept", "application/json;q=0"},
			status:   406,
			kind:     plain,
			contains: "the Accept header must allow",
		},
		{
			name:     "no document, plain",
			method:   "POST",
			body:     `{"query": "{"}`,
			status:   200,
			kind:     plain,
			contains: "GRAPHQL_PARSE_FAILED",
		},
		{
			name:     "no document",
			method:   "POST",
			body:     `{"query": "{"}`,
			headers:  []string{"Accept", "application/graphql-response+json"},
			status:   400,
			kind:     typed,
			contains: "GRAPHQL_PARSE_FAILED",
		},
		{
			name:     "not of the schema",
			method:   "POST",
			body:     `{"query": "{ slug }"}`,
			headers:  []string{"Accept", "application/graphql-response+json"},
			status:   400,
			kind:     typed,
			contains: "GRAPHQL_VALIDATION_FAILED",
		},
		{
			name:     "a variable that is missing",
			method:   "POST",
			body:     `{"query": "query($id: ID!) { book(id: $id) { id } }"}`,
			headers:  []string{"Accept", "application/graphql-response+json"},
			status:   400,
			kind:     typed,
			contains: "BAD_USER_INPUT",
		},
		{
			name:     "an operation that is not there",
			method:   "POST",
			body:     `{"query": "query A { tenant { slug } }", "operationName": "B"}`,
			status:   200,
			kind:     plain,
			contains: "GRAPHQL_VALIDATION_FAILED",
		},
		{
			name:     "two operations and no name",
			method:   "POST",
			body:     `{"query": "query A { tenant { slug } } query B { tenant { slug } }"}`,
			status:   200,
			kind:     plain,
			contains: "name one in operationName",
		},
		{
			name:     "nulls and what we do not know",
			method:   "POST",
			body:     `{"query": "{ tenant { slug } }", "operationName": null, "variables": null, "extensions": null, "id": 1}`,
			status:   200,
			kind:     plain,
			contains: `"acme"`,
		},
		{
			name:     "variables that are a list",
			method:   "POST",
			body:     `{"query": "{ tenant { slug } }", "variables": []}`,
			status:   400,
			kind:     plain,
			contains: "variables must not be a JSON array",
		},
		{
			name:     "a query that is a boolean",
			method:   "POST",
			body:     `{"query": true}`,
			status:   400,
			kind:     plain,
			contains: "query must not be a JSON boolean",
		},
		{
			name:     "extensions that are a text",
			method:   "POST",
			body:     `{"query": "{ tenant { slug } }", "extensions": "a"}`,
			status:   400,
			kind:     plain,
			contains: "extensions must not be a JSON string",
		},
		{
			name:     "an empty body",
			method:   "POST",
			status:   400,
			kind:     plain,
			contains: "one JSON object",
		},
		{
			name:     "two objects",
			method:   "POST",
			body:     good + good,
			status:   400,
			kind:     plain,
			contains: "one JSON object",
		},
		{
			name:     "no query",
			method:   "POST",
			body:     "{}",
			status:   400,
			kind:     plain,
			contains: "there is neither",
		},
		{
			name:     "a form",
			method:   "POST",
			body:     "query={tenant{slug}}",
			headers:  []string{"Content-Type", "application/x-www-form-urlencoded"},
			status:   415,
			kind:     plain,
			contains: "Content-Type",
		},
		{
			name:     "no type",
			method:   "POST",
			body:     good,
			headers:  []string{"Content-Type", ""},
			status:   415,
			kind:     plain,
			contains: "Content-Type",
		},
		{
			name:     "a type that a browser sends unasked",
			method:   "POST",
			body:     good,
			headers:  []string{"Content-Type", "text/plain"},
			status:   415,
			kind:     plain,
			contains: "Content-Type",
		},
		{
			name:     "another charset",
			method:   "POST",
			body:     good,
			headers:  []string{"Content-Type", "application/json; charset=latin1"},
			status:   415,
			kind:     plain,
			contains: "utf-8",
		},
		{
			name:     "a subscription by POST",
			method:   "POST",
			body:     `{"query": "subscription { tenant { slug } }"}`,
			status:   200,
			kind:     plain,
			contains: "GRAPHQL_VALIDATION_FAILED",
		},
		{
			name:     "PATCH",
			method:   "PATCH",
			body:     good,
			status:   405,
			kind:     plain,
			contains: "POST or GET",
		},

		{
			name:     "GET",
			method:   "GET",
			target:   get("{ tenant { slug } }"),
			status:   200,
			kind:     plain,
			contains: `"acme"`,
		},
		{
			name:     "GET with variables",
			method:   "GET",
			target:   get("query($id: ID!) { node(id: $id) { id } }") + "&variables=" + url.QueryEscape(`{"id": "`+book+`"}`),
			status:   200,
			kind:     plain,
			contains: book,
		},
		{
			name:     "GET with two queries",
			method:   "GET",
			target:   get("{ tenant { slug } }") + "&query=x",
			status:   400,
			kind:     plain,
			contains: "query was sent 2 times",
		},
		{
			name:     "GET with bad variables",
			method:   "GET",
			target:   get("{ tenant { slug } }") + "&variables={",
			status:   400,
			kind:     plain,
			contains: "variables must be a JSON object",
		},
		{
			name:     "a mutation by GET",
			method:   "GET",
			target:   get(`mutation { createTag(input: {name: "x"}) { tag { id } } }`),
			status:   405,
			kind:     plain,
			contains: "use POST",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			target := test.target
			if target == "" {
				target = "/graphql"
			}
			headers := append([]string{"Content-Type", "application/json", tenancy.HeaderName, "acme"}, test.headers...)
			r := servertest.NewRequest(t, test.method, target, test.body, headers...)
			w := s.Do(r)
			if w.Code != test.status || w.Header().Get("Content-Type") != test.kind || !strings.Contains(w.Body.String(), test.contains) {
				t.Errorf("%d %s %s", w.Code, w.Header().Get("Content-Type"), w.Body)
			}
			if strings.Contains(w.Body.String(), `"errors"`) && strings.Contains(w.Body.String(), `"data"`) {
				t.Errorf("data where nothing was executed: %s", w.Body)
			}
			if w.Code == http.StatusMethodNotAllowed && w.Header().Get("Allow") == "" {
				t.Error("405 without Allow")
			}
		})
	}
}
