package main

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

// TestGraphQLOverHTTP is what clients' tools ask of a server, and what browsers must not
// be made to do.
func TestGraphQLOverHTTP(t *testing.T) {
	s := newTestServer(t)
	const plain, typed = "application/json; charset=utf-8", "application/graphql-response+json; charset=utf-8"
	good := `{"query": "{ tenant { slug } }"}`
	get := func(query string) string { return "/graphql?query=" + url.QueryEscape(query) }
	for _, test := range []struct {
		name, method, target, body string
		headers                    []string
		status                     int
		kind, holds                string
	}{
		{"POST", "POST", "", good, nil, 200, plain, `{"data":{"tenant":{"slug":"acme"}}}`},
		{"any type", "POST", "", good, []string{"Accept", "*/*"}, 200, plain, `"acme"`},
		{"any of a family", "POST", "", good, []string{"Accept", "application/*;q=0.1, text/html"}, 200, plain, `"acme"`},
		{"the new type", "POST", "", good, []string{"Accept", "application/graphql-response+json"}, 200, typed, `"acme"`},
		{"both, the new one first", "POST", "", good, []string{"Accept", "application/graphql-response+json, application/json;q=0.9"}, 200, typed, `"acme"`},
		{"both, the new one second", "POST", "", good, []string{"Accept", "application/json, application/graphql-response+json;q=0.9"}, 200, plain, `"acme"`},
		{"all that urql sends", "POST", "", good, []string{"Accept", "application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed"}, 200, typed, `"acme"`},
		{"events, if need be", "POST", "", good, []string{"Accept", "text/event-stream;q=0.1, application/json"}, 200, plain, `"acme"`},
		{"rather events", "POST", "", good, []string{"Accept", "application/json;q=0.9, text/event-stream"}, 200, "text/event-stream; charset=utf-8", `"acme"`},
		{"no events", "POST", "", `{"query": "subscription { projectChanged { change } }"}`, []string{"Accept", "text/event-stream;q=0, application/json"}, 405, plain, "text/event-stream"},
		{"two streams of one field", "POST", "", `{"query": "subscription { projectChanged { change } a: projectChanged { change } }"}`, nil, 200, plain, "GRAPHQL_VALIDATION_FAILED"},
		{"no stream", "POST", "", `{"query": "subscription { projectChanged @skip(if: true) { change } }"}`, nil, 200, plain, "GRAPHQL_VALIDATION_FAILED"},
		{"another type", "POST", "", good, []string{"Accept", "text/html"}, 406, plain, "the Accept header must allow"},
		{"not one of ours, by weight", "POST", "", good, []string{"Accept", "application/json;q=0"}, 406, plain, "the Accept header must allow"},
		{"no document, plain", "POST", "", `{"query": "{"}`, nil, 200, plain, "GRAPHQL_PARSE_FAILED"},
		{"no document", "POST", "", `{"query": "{"}`, []string{"Accept", "application/graphql-response+json"}, 400, typed, "GRAPHQL_PARSE_FAILED"},
		{"not of the schema", "POST", "", `{"query": "{ slug }"}`, []string{"Accept", "application/graphql-response+json"}, 400, typed, "GRAPHQL_VALIDATION_FAILED"},
		{"a variable that is missing", "POST", "", `{"query": "query($id: ID!) { item(id: $id) { id } }"}`, []string{"Accept", "application/graphql-response+json"}, 400, typed, "BAD_USER_INPUT"},
		{"an operation that is not there", "POST", "", `{"query": "query A { tenant { slug } }", "operationName": "B"}`, nil, 200, plain, "GRAPHQL_VALIDATION_FAILED"},
		{"two operations and no name", "POST", "", `{"query": "query A { tenant { slug } } query B { tenant { slug } }"}`, nil, 200, plain, "name one in operationName"},
		{"nulls and what we do not know", "POST", "", `{"query": "{ tenant { slug } }", "operationName": null, "variables": null, "extensions": null, "id": 1}`, nil, 200, plain, `"acme"`},
		{"variables that are a list", "POST", "", `{"query": "{ tenant { slug } }", "variables": []}`, nil, 400, plain, "variables must not be a JSON array"},
		{"a query that is a boolean", "POST", "", `{"query": true}`, nil, 400, plain, "query must not be a JSON boolean"},
		{"extensions that are a text", "POST", "", `{"query": "{ tenant { slug } }", "extensions": "a"}`, nil, 400, plain, "extensions must not be a JSON string"},
		{"an empty body", "POST", "", "", nil, 400, plain, "one JSON object"},
		{"two objects", "POST", "", good + good, nil, 400, plain, "one JSON object"},
		{"no query", "POST", "", "{}", nil, 400, plain, "there is neither"},
		{"a form", "POST", "", "query={tenant{slug}}", []string{"Content-Type", "application/x-www-form-urlencoded"}, 415, plain, "Content-Type"},
		{"no type", "POST", "", good, []string{"Content-Type", ""}, 415, plain, "Content-Type"},
		{"a type that a browser sends unasked", "POST", "", good, []string{"Content-Type", "text/plain"}, 415, plain, "Content-Type"},
		{"another charset", "POST", "", good, []string{"Content-Type", "application/json; charset=latin1"}, 415, plain, "utf-8"},
		{"a subscription by POST", "POST", "", `{"query": "subscription { tenant { slug } }"}`, nil, 200, plain, "GRAPHQL_VALIDATION_FAILED"},
		{"PATCH", "PATCH", "", good, nil, 405, plain, "POST or GET"},

		{"GET", "GET", get("{ tenant { slug } }"), "", nil, 200, plain, `"acme"`},
		{"GET with variables", "GET", get("query($id: ID!) { node(id: $id) { id } }") + "&variables=" + url.QueryEscape(`{"id": "VGVuYW50OjE"}`), "", nil, 200, plain, `"VGVuYW50OjE"`},
		{"GET with two queries", "GET", get("{ tenant { slug } }") + "&query=x", "", nil, 400, plain, "query was sent 2 times"},
		{"GET with bad variables", "GET", get("{ tenant { slug } }") + "&variables={", "", nil, 400, plain, "variables must be a JSON object"},
		{"a mutation by GET", "GET", get(`mutation { deleteLabel(input: {id: "x"}) { deletedId } }`), "", nil, 405, plain, "use POST"},
	} {
		t.Run(test.name, func(t *testing.T) {
			target := test.target
			if target == "" {
				target = "/graphql"
			}
			r := request(t, test.method, target, test.body, append([]string{"Content-Type", "application/json", tenancy.HeaderName, "acme"}, test.headers...)...)
			w := s.do(r)
			if w.Code != test.status || w.Header().Get("Content-Type") != test.kind || !strings.Contains(w.Body.String(), test.holds) {
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

// TestPersistedQueries sends a hash, then the document with it, then the hash again.
func TestPersistedQueries(t *testing.T) {
	s := newTestServer(t)
	const query = "{ tenant { slug } }"
	hash := fmt.Sprintf("%x", sha256.Sum256([]byte(query)))
	ask := func(tenant, query, hash string) string {
		body, err := json.Marshal(map[string]any{"query": query, "extensions": map[string]any{"persistedQuery": map[string]any{"version": 1, "sha256Hash": hash}}})
		if err != nil {
			t.Fatal(err)
		}
		_, answer := s.ask(t, tenant, string(body))
		return answer
	}
	for _, step := range []struct{ tenant, query, hash, holds string }{
		{"acme", "", hash, "PERSISTED_QUERY_NOT_FOUND"},
		{"acme", query + " ", hash, "provided APQ hash does not match query"},
		{"acme", "", hash, "PersistedQueryNotFound"},
		{"acme", query, hash, `"acme"`},
		{"globex", "", hash, "PERSISTED_QUERY_NOT_FOUND"}, // nobody learns what another tenant sends
		{"globex", query, hash, `"globex"`},
		{"globex", "", hash, `"globex"`},
	} {
		if answer := ask(step.tenant, step.query, step.hash); !strings.Contains(answer, step.holds) || strings.Contains(answer, "INTERNAL") {
			t.Errorf("%+v: %s", step, answer)
		}
	}
	r := request(t, http.MethodGet, "/graphql?extensions="+url.QueryEscape(`{"persistedQuery": {"version": 1, "sha256Hash": "`+hash+`"}}`), "", tenancy.HeaderName, "acme")
	if w := s.do(r); !strings.Contains(w.Body.String(), `"acme"`) {
		t.Error(w.Body)
	}
}
