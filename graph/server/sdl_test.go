package server_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"rowhouse/graph/server"
	"rowhouse/graph/servertest"
)

// TestSDLIsTheSchemaOfClients parses the SDL. It has all types, sorted by name, and no directive of
// the code generator.
func TestSDLIsTheSchemaOfClients(t *testing.T) {
	schema := servertest.NewSchema(nil).Schema()
	sdl := server.SDL(schema)
	parsed, err := gqlparser.LoadSchema(&ast.Source{Input: sdl})
	if err != nil {
		t.Fatal(err)
	}
	last := -1
	for _, name := range []string{
		"type Book implements", "type BookConnection", "input BookFilter", "enum Genre", "type Query {", "union SearchResult",
	} {
		at := strings.Index(sdl, "\n"+name)
		if at <= last {
			t.Errorf("%s is at %d, and the type before at %d", name, at, last)
		}
		last = at
	}
	for name, d := range schema.Types {
		if d.BuiltIn {
			continue
		}
		got := parsed.Types[name]
		if got == nil || len(got.Fields) != len(d.Fields) || got.Description != d.Description {
			t.Errorf("%s: %+v", name, got)
		}
		var names []string
		for _, f := range got.Fields {
			if !strings.HasPrefix(f.Name, "__") { // LoadSchema adds them
				names = append(names, f.Name)
			}
			arguments := func(a, b *ast.ArgumentDefinition) int { return strings.Compare(a.Name, b.Name) }
			if !slices.IsSortedFunc(f.Arguments, arguments) {
				t.Errorf("the arguments of %s.%s are not sorted", name, f.Name)
			}
		}
		for _, v := range got.EnumValues {
			names = append(names, v.Name)
		}
		if !slices.IsSorted(names) {
			t.Errorf("%s has the unsorted names %q", name, names)
		}
	}
	if strings.Contains(sdl, "@go") || !strings.Contains(sdl, "directive @defer(") || strings.Contains(sdl, "__Schema") ||
		strings.Contains(sdl, "\n\n\n") {
		t.Error("the SDL has directives of gqlgen, or lacks @defer:", sdl[:300])
	}
	if again := server.SDL(servertest.NewSchema(nil).Schema()); again != sdl {
		t.Error("the SDL differs from call to call")
	}
}

// TestSchemaIsHiddenWithoutIntrospection sends introspection, and documents with spelling mistakes,
// to which other servers add suggestions.
func TestSchemaIsHiddenWithoutIntrospection(t *testing.T) {
	hidden := servertest.NewStateless(func(o *server.Options) { o.Introspection = false })
	shown := servertest.NewStateless()
	for _, document := range []string{"{ __schema { queryType { name } } }", `{ __type(name: "Book") { name } }`} {
		if _, response := hidden.Post(t, "acme", document); !strings.Contains(response, "FORBIDDEN") ||
			strings.Contains(response, "INTERNAL") {
			t.Error(response)
		}
		shown.Query(t, "acme", document, nil)
	}
	suggestions := 0
	for _, document := range []string{
		"{ book { nam } }", "{ books(wher: {}) { totalCount } }", "{ books(where: {titl: {}}) { totalCount } }", "{ tenant }",
		"{ tags(orderBy: NAM) { totalCount } }", `{ tags(orderBy: "NAME") { totalCount } }`, "{ node(id: 1) { ... on Bok { id } } }",
		"query($x: BookFilte) { books(where: $x) { totalCount } }", "{ tenant { ...f } } fragment f on Tenan { slug }",
		"{ tenant @skp(if: true) { slug } }", "{ tenant @skip(f: true) { slug } }",
	} {
		if _, response := shown.Post(t, "acme", document); strings.Contains(response, "Did you mean") {
			suggestions++
		}
		_, response := hidden.Post(t, "acme", document)
		if !strings.Contains(response, "GRAPHQL_VALIDATION_FAILED") || strings.Contains(response, "Did you mean") {
			t.Errorf("%s: %s", document, response)
		}
	}
	if suggestions < 5 {
		t.Errorf("only %d suggestions with introspection", suggestions)
	}
}
