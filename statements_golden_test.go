package main

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestSQLMatchesGoldenFile compares the statements of the front pages with testdata/statements.sql.
func TestSQLMatchesGoldenFile(t *testing.T) {
	s := newTestServer(t)
	item := fillTenant(s.Acme, t, s, "acme")
	project := s.findProject(t, string(item))
	checkStatements(t, s, "testdata/statements.sql", []frontPage{
		{
			name:  "a point",
			query: fmt.Sprintf(pointQuery, item),
		},
		{
			name:  "a page with two relations",
			query: pageQuery,
		},
		{
			name:  "pages in pages",
			query: deepQuery,
		},
		{
			name:  "a total",
			query: `{ items { totalCount } }`,
		},
		{
			name:  "totals in a page",
			query: `{ projects { nodes { items { totalCount } } } }`,
		},
		{
			name:  "create",
			query: fmt.Sprintf(`mutation { createItem(input: {projectId: %q, name: "x"}) { item { key } } }`, project),
		},
		{
			name:  "update",
			query: fmt.Sprintf(`mutation { updateItem(input: {id: %q, name: "y", status: DONE}) { item { key } } }`, item),
		},
		{
			name:  "delete",
			query: fmt.Sprintf(`mutation { deleteItem(input: {id: %q}) { deletedId } }`, item),
		},
	})
}

// frontPage is a named query or mutation.
type frontPage struct{ name, query string }

// checkStatements compares the statements of pages with a golden file, which shows only the first arm of a
// UNION.
func checkStatements(t *testing.T, s *testServer, file string, pages []frontPage) {
	t.Helper()
	var b strings.Builder
	for _, page := range pages {
		s.Reset()
		s.query(t, "acme", page.query, nil)
		fmt.Fprintf(&b, "-- %s\n", page.name)
		ran := s.Ran()
		if !strings.HasPrefix(page.query, "mutation") {
			slices.Sort(ran) // relations of one row are loaded concurrently
		}
		for _, statement := range ran {
			arms := strings.Split(statement, " UNION ALL ")
			b.WriteString(inList.ReplaceAllString(arms[0], "IN (?, …)"))
			if len(arms) > 1 {
				fmt.Fprintf(&b, " UNION ALL … (%d arms)", len(arms))
			}
			b.WriteString(";\n")
		}
		b.WriteString("\n")
	}
	if *update {
		if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got := b.String(); got != string(want) {
		t.Errorf("if the change is correct, run the test with -update: %s", firstDifference(got, string(want)))
	}
}

// inList matches a list of placeholders.
var inList = regexp.MustCompile(`IN \([?,]+\)`)
