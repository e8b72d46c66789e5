package server_test

import (
	"fmt"
	"strings"
	"testing"

	"rowhouse/graph/servertest"
)

// TestNullInIntrospectionIsNoArgument gives null to the arguments of introspection. The responses
// equal those without the arguments.
func TestNullInIntrospectionIsNoArgument(t *testing.T) {
	s := servertest.NewStateless()
	for _, test := range []struct{ name, query string }{
		{name: "fields", query: `{ __type(name: "Book") { fields%s { name } } }`},
		{name: "fields of all types", query: `{ __schema { types { fields%s { name } } } }`},
		{name: "arguments", query: `{ __type(name: "Book") { fields { args%s { name } } } }`},
		{name: "values", query: `{ __type(name: "Genre") { enumValues%s { name } } }`},
		{name: "input fields", query: `{ __type(name: "BookFilter") { inputFields%s { name } } }`},
		{name: "arguments of directives", query: `{ __schema { directives { args%s { name } } } }`},
	} {
		t.Run(test.name, func(t *testing.T) {
			status, without := s.Post(t, "acme", fmt.Sprintf(test.query, ""))
			if status != 200 || strings.Contains(without, "errors") {
				t.Fatal(without)
			}
			variable := fmt.Sprintf(test.query, "(includeDeprecated: $v)")
			for _, with := range []map[string]any{
				{"query": fmt.Sprintf(test.query, "(includeDeprecated: null)")},
				{"query": "query ($v: Boolean) " + variable, "variables": map[string]any{"v": nil}},
				{"query": "query ($v: Boolean) " + variable},
				{"query": "query ($v: Boolean = null) " + variable},
			} {
				if _, got := s.Post(t, "acme", servertest.Body(with)); got != without {
					t.Errorf("%s: %.300s", with["query"], got)
				}
			}
		})
	}
}
