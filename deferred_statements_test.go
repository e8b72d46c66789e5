package main

import (
	"net/http"
	"strings"
	"testing"

	"rowhouse/graph/servertest"
	"rowhouse/tenancy"
)

// TestDeferredQueriesRunTheSameStatements sends queries in parts and in one piece. Deferred and
// overlapping fragments run no further statements, batches load relations of all rows, and plans read the selected columns.
func TestDeferredQueriesRunTheSameStatements(t *testing.T) {
	s := newTestServer(t)
	fillTenant(s.Acme, t, s, "acme")
	for _, test := range []struct {
		name, query string
		statements  int
	}{
		{
			name: "nested fragments", // items, their number, comments, authors, members
			query: `{ items(first: 5) { nodes { key ...Said @defer } totalCount } ... @defer { members { nodes { name } } } } ` +
				`fragment Said on Item { description comments(first: 2) { nodes { body ... @defer { author { name } } } } }`,
			statements: 5,
		},
		{
			name: "overlapping fragments", // items, comments, authors
			query: `{ items(first: 2) { nodes { ... @defer(label: "a") { comments(first: 2) { nodes { body } } } ` +
				`... @defer(label: "b") { comments(first: 2) { nodes { body author { name } } } } } } }`,
			statements: 3,
		},
		{
			name: "a relation in both responses, with more columns in the second", // items, comments
			query: `{ items(first: 2) { nodes { comments(first: 2) { nodes { id ... @defer { body } } } ` +
				`... @defer { key comments(first: 2) { edges { node { createdAt } } } } } } }`,
			statements: 2,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			s.query(t, "acme", `{ tenant { slug } }`, nil)
			s.Reset()
			s.query(t, "acme", test.query, nil)
			if n := len(s.Ran()); n != test.statements {
				t.Errorf("%d statements in one piece:\n%s", n, shortenStatements(s.Ran()))
			}
			s.Reset()
			w := s.do(servertest.NewRequest(t, http.MethodPost, "/graphql", servertest.Body(map[string]string{"query": test.query}),
				"Content-Type", "application/json", "Accept", servertest.AcceptParts, tenancy.HeaderName, "acme"))
			if n := len(s.Ran()); n != test.statements {
				t.Errorf("%d statements in parts:\n%s", n, shortenStatements(s.Ran()))
			}
			for _, statement := range s.Ran() {
				if strings.Contains(statement, "SELECT *") && !strings.Contains(statement, "`members`") { // names are indexed
					t.Errorf("a plan reads all columns: %s", statement)
				}
			}
			if body := w.Body.String(); !strings.Contains(body, `"incremental":[`) || strings.Contains(body, `"errors"`) {
				t.Error(body)
			}
		})
	}
}
