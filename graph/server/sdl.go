package server

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"
)

// SDL returns the schema as clients see it, in the schema definition language: sorted by
// name throughout, so that two versions differ only in what changed.
func SDL(schema *ast.Schema) string {
	// Clients' tools bring the directives of the specification, which this is not yet.
	deferred := *schema.Directives["defer"]
	deferred.Position = nil
	parts := []string{format(&ast.SchemaDocument{Directives: ast.DirectiveDefinitionList{&deferred}})}
	for _, name := range slices.Sorted(maps.Keys(schema.Types)) {
		d := *schema.Types[name]
		if d.BuiltIn {
			continue
		}
		d.Fields = sorted(d.Fields, func(f *ast.FieldDefinition) string { return f.Name })
		for i, f := range d.Fields {
			field := *f
			field.Arguments = sorted(f.Arguments, func(a *ast.ArgumentDefinition) string { return a.Name })
			d.Fields[i] = &field
		}
		d.EnumValues = sorted(d.EnumValues, func(v *ast.EnumValueDefinition) string { return v.Name })
		parts = append(parts, format(&ast.SchemaDocument{Definitions: ast.DefinitionList{&d}}))
	}
	return strings.Join(parts, "\n")
}

func format(document *ast.SchemaDocument) string {
	var text strings.Builder
	formatter.NewFormatter(&text, formatter.WithIndent("  ")).FormatSchemaDocument(document)
	return text.String()
}

// sorted returns a list in the order of names.
func sorted[L ~[]T, T any](list L, name func(T) string) L {
	return slices.SortedFunc(slices.Values(list), func(a, b T) int { return cmp.Compare(name(a), name(b)) })
}
