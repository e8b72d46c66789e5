package server_test

import (
	"fmt"
	"strings"
	"testing"

	"rowhouse/graph/server"
	"rowhouse/graph/servertest"
)

// TestLargeRequestsAreRejected sends a document or variables beyond each limit of preparation.
func TestLargeRequestsAreRejected(t *testing.T) {
	s := servertest.NewStateless(func(o *server.Options) { o.Limits.Tokens, o.Limits.Depth, o.Limits.Cost = 10, 2, 50 })
	for _, test := range []struct{ name, body, want string }{
		{name: "tokens", body: "{ a: __typename b: __typename c: __typename d: __typename }", want: "more than 10 tokens"},
		{name: "depth", body: "{ books { nodes { id } } }", want: "deep"},
		{
			name: "variables",
			body: `{"query": "{ __typename }", "variables": {"a": [` + strings.Repeat("1, ", 60) + `1]}}`,
			want: "the variables hold more than 50 values",
		},
	} {
		_, response := s.Post(t, "acme", test.body)
		if !strings.Contains(response, `"code":"COMPLEXITY_LIMIT_EXCEEDED"`) || !strings.Contains(response, test.want) ||
			strings.Contains(response, `"data":{`) {
			t.Errorf("%s: %s", test.name, response)
		}
	}
}

// TestManyValidationErrorsHaveNoSuggestion repeats mistakes beyond the limit of errors. The server
// looks for no similar names, which takes a millisecond for each error.
func TestManyValidationErrorsHaveNoSuggestion(t *testing.T) {
	s := servertest.NewStateless()
	for name, field := range map[string]string{
		"a field":        "a%d: bookz { totalCount } ",
		"no selection":   "a%d: tenant ",
		"an argument":    "a%d: books(wher: {}) { totalCount } ",
		"an input field": "a%d: books(where: {titl: {}}) { totalCount } ",
		"an enum":        "a%d: tags(orderBy: NAM) { totalCount } ",
		"a type":         "a%d: node(id: 1) { ... on Bok { id } } ",
	} {
		document := "{ "
		for i := range 20 {
			document += fmt.Sprintf(field, i)
		}
		if _, response := s.Post(t, "acme", document+"}"); strings.Count(response, "GRAPHQL_VALIDATION_FAILED") != 20 {
			t.Errorf("%s, 20 times: %s", name, response)
		}
		_, response := s.Post(t, "acme", document+fmt.Sprintf(field, 20)+"}")
		if !strings.Contains(response, "the document has 21 validation errors; the first: ") || strings.Contains(response, "Did you mean") {
			t.Errorf("%s: %s", name, response)
		}
	}
}

// TestCoercedVariablesAreUsed sends a float with the value of an integer, which gqlgen rejects.
func TestCoercedVariablesAreUsed(t *testing.T) {
	s := servertest.New(t)
	s.Fill(servertest.Acme)
	_, response := s.Post(t, "acme", `{"query": "query($n: Int) { books(first: $n) { nodes { id } } }", "variables": {"n": 1.0}}`)
	if strings.Count(response, `"id"`) != 1 {
		t.Error(response)
	}
}
