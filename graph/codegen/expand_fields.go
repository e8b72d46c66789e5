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

// nestedInput returns the name of the input for the rows that are created with their parent.
func nestedInput(f *Field) string {
	name := f.Name
	if f.List {
		name = singularOf(f.Name)
	}
	return "Create" + f.Of.Name + upperName(name) + "Input"
}

// newRowFields returns the fields of the input of a new row. With a parent that is created, too, they lack the
// reference to it, and those that must share it: a new parent has no rows yet to refer to.
func newRowFields(t *Type, parent *Field) []*ast.FieldDefinition {
	var list []*ast.FieldDefinition
	for _, f := range t.Fields {
		switch {
		case parent != nil && (f == parent || f.Relation != nil && slices.Contains(f.Relation.Within, parent)):
		case isNested(f):
			list = append(list, nestedField(f))
		case isNewInput(f):
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
	label := relationLabel(f)
	if !f.List {
		return field(f.Name, nestedInput(f), fmt.Sprintf("The new %s, created with the %s.", label, one(f.Of)))
	}
	text := fmt.Sprintf("The new %s, created with the %s. A mutation creates at most 100 rows.", label, one(f.Of))
	return field(f.Name, "["+nestedInput(f)+"!]", text)
}

// changedFields returns the fields of the input of an update, apart from those that select the rows. None is
// required.
func changedFields(t *Type, isSet func(*Field) bool) []*ast.FieldDefinition {
	var list []*ast.FieldDefinition
	for _, f := range t.Fields {
		if isSet(f) {
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
