package server

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"
)

// SDL returns the schema for clients in the schema definition language. Types, fields and arguments
// are sorted by name, so the difference of two versions is small.
func SDL(schema *ast.Schema) string {
	// Clients' tools have the directives of the specification, and @defer is not yet one.
	deferred := *schema.Directives["defer"]
	deferred.Position = nil
	parts := []string{formatDocument(&ast.SchemaDocument{Directives: ast.DirectiveDefinitionList{&deferred}})}
	for _, name := range slices.Sorted(maps.Keys(schema.Types)) {
		d := *schema.Types[name]
		if d.BuiltIn {
			continue
		}
		d.Fields = sortByName(d.Fields, func(f *ast.FieldDefinition) string { return f.Name })
		for i, f := range d.Fields {
			field := *f
			field.Arguments = sortByName(f.Arguments, func(a *ast.ArgumentDefinition) string { return a.Name })
			d.Fields[i] = &field
		}
		d.EnumValues = sortByName(d.EnumValues, func(v *ast.EnumValueDefinition) string { return v.Name })
		parts = append(parts, formatDocument(&ast.SchemaDocument{Definitions: ast.DefinitionList{&d}}))
	}
	return strings.Join(parts, "\n")
}

func formatDocument(document *ast.SchemaDocument) string {
	var text strings.Builder
	formatter.NewFormatter(&text, formatter.WithIndent("  ")).FormatSchemaDocument(document)
	return text.String()
}

// sortByName returns a sorted list.
func sortByName[L ~[]T, T any](list L, name func(T) string) L {
	return slices.SortedFunc(slices.Values(list), func(a, b T) int { return cmp.Compare(name(a), name(b)) })
}
