package server

import (
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"

	"rowhouse/graph/limits"
)

// TestSmallDocumentsAreCached prepares documents of 16 KiB and of one byte more, and documents of
// fewer and of more than 1024 selections and values.
func TestSmallDocumentsAreCached(t *testing.T) {
	for _, test := range []struct {
		name, text string
		cached     bool
	}{
		{name: "16 KiB", text: "{ int }" + strings.Repeat(" ", 16<<10-7), cached: true},
		{name: "one byte more", text: "{ int }" + strings.Repeat(" ", 16<<10-6)},
		{name: "few values", text: "{ ints(v: [" + strings.Repeat("1 ", 1000) + "]) }", cached: true},
		{name: "many values", text: "{ ints(v: [" + strings.Repeat("1 ", 1024) + "]) }"},
	} {
		p := preparation{limits.DefaultLimits(), smallSchema, newDocumentCache(), nil}
		if err := p.prepareOperation(t.Context(), &graphql.OperationContext{}, &graphql.RawParams{Query: test.text}); err != nil {
			t.Errorf("%s: %v", test.name, err)
		}
		first, cached := p.documents.Get(t.Context(), test.text)
		if cached != test.cached {
			t.Errorf("%s: cached: %t, want %t", test.name, cached, test.cached)
		}
		_ = p.prepareOperation(t.Context(), &graphql.OperationContext{}, &graphql.RawParams{Query: test.text})
		if again, _ := p.documents.Get(t.Context(), test.text); again != first {
			t.Errorf("%s: it was parsed twice", test.name)
		}
	}
}
