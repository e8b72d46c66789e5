package codegen

import (
	_ "embed" // for directives.graphqls
	"maps"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

//go:embed directives.graphqls
var directivesSource string

// directives are the definitions of directives.graphqls by name. directiveEnums are the enums of their
// arguments.
var directives, directiveEnums = parseDirectives()

// parseDirectives parses directives.graphqls. It panics on a syntax error.
func parseDirectives() (map[string]*ast.DirectiveDefinition, map[string]*ast.Definition) {
	doc, err := parser.ParseSchema(&ast.Source{Name: "directives.graphqls", Input: directivesSource})
	if err != nil {
		panic(err)
	}
	directives := map[string]*ast.DirectiveDefinition{}
	for _, d := range doc.Directives {
		directives[d.Name] = d
	}
	enums := map[string]*ast.Definition{}
	for _, d := range doc.Definitions {
		if d.Kind == ast.Enum {
			enums[d.Name] = d
		}
	}
	return directives, enums
}

// builtinDirectives are the directives of GraphQL that a schema can use.
var builtinDirectives = []string{"deprecated", "oneOf", "specifiedBy"}

// valueNames returns the names of an enum's values.
func valueNames(enum *ast.Definition) []string {
	names := make([]string, len(enum.EnumValues))
	for i, v := range enum.EnumValues {
		names[i] = v.Name
	}
	return names
}

// sortedKeys returns the keys of m in alphabetical order.
func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
