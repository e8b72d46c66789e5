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
	s := servertest.New(t)
	for _, test := range []struct{ name, query string }{
		{"fields", `{ __type(name: "Book") { fields%s { name } } }`},
		{"fields of all types", `{ __schema { types { fields%s { name } } } }`},
		{"arguments", `{ __type(name: "Book") { fields { args%s { name } } } }`},
		{"values", `{ __type(name: "Genre") { enumValues%s { name } } }`},
		{"input fields", `{ __type(name: "BookFilter") { inputFields%s { name } } }`},
		{"arguments of directives", `{ __schema { directives { args%s { name } } } }`},
	} {
		t.Run(test.name, func(t *testing.T) {
			status, without := s.Post(t, "acme", fmt.Sprintf(test.query, ""))
			if status != 200 || strings.Contains(without, "errors") {
				t.Fatal(without)
			}
			for _, with := range []map[string]any{
				{"query": fmt.Sprintf(test.query, "(includeDeprecated: null)")},
				{"query": "query ($v: Boolean) " + fmt.Sprintf(test.query, "(includeDeprecated: $v)"), "variables": map[string]any{"v": nil}},
				{"query": "query ($v: Boolean) " + fmt.Sprintf(test.query, "(includeDeprecated: $v)")},
				{"query": "query ($v: Boolean = null) " + fmt.Sprintf(test.query, "(includeDeprecated: $v)")},
			} {
				if _, got := s.Post(t, "acme", servertest.Body(with)); got != without {
					t.Errorf("%s: %.300s", with["query"], got)
				}
			}
		})
	}
}
