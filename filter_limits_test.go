package main

import (
	"strings"
	"testing"
)

// TestOversizedFiltersAreRefused sends filters and lists of ids that exceed a limit of the API.
func TestOversizedFiltersAreRefused(t *testing.T) {
	s := newTestServer(t)
	item := string(fillTenant(s.Acme, t, s, "acme"))
	for _, test := range []struct{ name, query, message string }{
		{
			name:    "51 conditions",
			query:   "{ items(where: {or: [" + strings.Repeat("{number: {eq: 1}} ", 51) + "]}) { totalCount } }",
			message: "at most 50 conditions",
		},
		{
			name:    "17 nested filters",
			query:   "{ items(where: " + strings.Repeat("{not: ", 17) + "{}" + strings.Repeat("}", 17) + ") { totalCount } }",
			message: "exceeds the depth limit of nested filters",
		},
		{
			name:    "101 values",
			query:   "{ items(where: {number: {in: [" + strings.Repeat("1 ", 101) + "]}}) { totalCount } }",
			message: "at most 100 entries",
		},
		{
			name:    "101 ids",
			query:   "{ nodes(ids: [" + strings.Repeat(`"`+item+`" `, 101) + "]) { id } }",
			message: "at most 100",
		},
		{
			name:    "a page of a negative size for each of 100 rows",
			query:   `{ items(first: 100) { nodes { comments(first: -1) { totalCount } } } }`,
			message: "must be 0 to 100",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, response := s.post(t, "acme", test.query)
			if !strings.Contains(response, "BAD_USER_INPUT") || !strings.Contains(response, test.message) || len(response) > 32<<10 {
				t.Errorf("%.600s", response)
			}
		})
	}
}
