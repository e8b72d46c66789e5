package codegen

import (
	"fmt"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
)

// isNewInput reports whether clients set the field of a new row.
func isNewInput(f *Field) bool {
	if f.Computed || f.Private || f.CreatedAt || f.UpdatedAt {
		return false
	}
	return f.Relation == nil || f.Relation.Kind == BelongsTo
}

// isChangeInput reports whether clients set the field in an update of one row.
func isChangeInput(f *Field) bool { return isNewInput(f) && !f.Immutable }

// isSharedInput reports whether clients set the field in an update of several rows, which then have the same
// value.
func isSharedInput(f *Field) bool { return isChangeInput(f) && !f.Unique }

// isNested reports whether the input of a new row has the new rows of the field, too.
func isNested(f *Field) bool { return f.Relation != nil && f.Relation.Create && !f.Private }

// nestedInput returns the name of the input of rows created with their parent.
func nestedInput(f *Field) string {
	name := f.Name
	if f.List {
		name = singularOf(f.Name)
	}
	return "Create" + f.Of.Name + upperName(name) + "Input"
}

// listCreateFields returns the fields of the input of a new row. With a parent that is created, too, they lack the
// reference to it, and those that must share it: a new parent has no rows yet to refer to.
func listCreateFields(t *Type, parent *Field) []*ast.FieldDefinition {
	var list []*ast.FieldDefinition
	for _, f := range t.Fields {
		switch {
		case parent != nil && (f == parent || f.Relation != nil && slices.Contains(f.Relation.Within, parent)):
		case isNested(f):
			list = append(list, newNestedField(f))
		case isNewInput(f):
			list = append(list, newCreateField(f))
		}
	}
	return list
}

func newCreateField(f *Field) *ast.FieldDefinition {
	def := newInputField(f, f.Required, describeInput(f, false))
	def.DefaultValue = f.Default
	return def
}

func newNestedField(f *Field) *ast.FieldDefinition {
	label := relationLabel(f)
	if !f.List {
		return newField(f.Name, nestedInput(f), fmt.Sprintf("The new %s, created with the %s.", label, singularWords(f.Of)))
	}
	text := fmt.Sprintf("The new %s, created with the %s. A mutation creates at most 100 rows.", label, singularWords(f.Of))
	return newField(f.Name, "["+nestedInput(f)+"!]", text)
}

// listChangeFields returns the fields of the input of an update, apart from those that select the rows. None is
// required.
func listChangeFields(t *Type, isSet func(*Field) bool) []*ast.FieldDefinition {
	var list []*ast.FieldDefinition
	for _, f := range t.Fields {
		if isSet(f) {
			list = append(list, newInputField(f, false, describeInput(f, true)))
		}
	}
	return list
}

// newInputField returns a field of an input. A required one can't be deprecated there.
func newInputField(f *Field, require bool, text string) *ast.FieldDefinition {
	name, of := f.Name, valueType(f, require)
	if f.Relation != nil {
		name, of = f.Name+"Id", markRequired("ID", require)
	}
	def := newField(name, of, text)
	if !require || f.Default != nil {
		def.Directives = newDeprecation(f.Deprecated)
	}
	return def
}
