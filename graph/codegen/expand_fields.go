package codegen

import (
	"fmt"

	"github.com/vektah/gqlparser/v2/ast"
)

// isInput reports whether clients set the field: of a new row, or in an update.
func isInput(f *Field, update bool) bool {
	if f.Computed || f.Private || f.CreatedAt || f.UpdatedAt || update && f.Immutable {
		return false
	}
	return f.Relation == nil || f.Relation.Kind == BelongsTo
}

// isNested reports whether the input of a new row has the new rows of the field, too.
func isNested(f *Field) bool { return f.Relation != nil && f.Relation.Create && !f.Private }

// nestedInput returns the name of the input for the rows that are created with their parent.
func nestedInput(f *Field) string {
	name := f.Name
	if f.List {
		name = singularOf(f.Name)
	}
	return "Create" + f.Of.Name + upperName(name) + "Input"
}

// newRowFields returns the fields of the input of a new row, without the reference to its parent.
func newRowFields(t *Type, parent *Field) []*ast.FieldDefinition {
	var list []*ast.FieldDefinition
	for _, f := range t.Fields {
		switch {
		case f == parent:
		case isNested(f):
			list = append(list, nestedField(f))
		case isInput(f, false):
			list = append(list, newRowField(f))
		}
	}
	return list
}

func newRowField(f *Field) *ast.FieldDefinition {
	def := inputField(f, f.Required, describeInput(f, false))
	def.DefaultValue = f.Default
	return def
}

func nestedField(f *Field) *ast.FieldDefinition {
	label := nameWords(f.Name)
	if !f.List {
		return field(f.Name, nestedInput(f), fmt.Sprintf("The new %s, created with the %s.", label, one(f.Of)))
	}
	text := fmt.Sprintf("The new %s, created with the %s. A mutation creates at most 100 rows.", label, one(f.Of))
	return field(f.Name, "["+nestedInput(f)+"!]", text)
}

// changedFields returns the fields of the input of an update, apart from those that select the row. None is
// required.
func changedFields(t *Type) []*ast.FieldDefinition {
	var list []*ast.FieldDefinition
	for _, f := range t.Fields {
		if isInput(f, true) {
			list = append(list, inputField(f, false, describeInput(f, true)))
		}
	}
	return list
}

// inputField returns a field of an input. A field that is required can't be deprecated there.
func inputField(f *Field, require bool, text string) *ast.FieldDefinition {
	name, of := f.Name, valueType(f, require)
	if f.Relation != nil {
		name, of = f.Name+"Id", required("ID", require)
	}
	def := field(name, of, text)
	if !require || f.Default != nil {
		def.Directives = deprecatedFor(f.Deprecated)
	}
	return def
}
