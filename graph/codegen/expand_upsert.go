package codegen

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// addUpsert adds the input of a type's upsert. The client names the unique key that identifies the row, since
// a row can conflict by several.
func (e *expander) addUpsert(t *Type) {
	keyType := t.Name + "UniqueKey"
	keys := newEnum(keyType, fmt.Sprintf("A unique key of %s.", pluralWords(t)))
	for _, key := range listUpsertKeys(t) {
		keys.EnumValues = append(keys.EnumValues, newKeyValue(t, key))
	}
	if len(keys.EnumValues) == 0 {
		return // Read refuses UPSERT without a key
	}
	fields := []*ast.FieldDefinition{
		newField("by", keyType+"!", fmt.Sprintf("The unique key that identifies the %s.", singularWords(t))),
	}
	for _, f := range t.Fields {
		if isNewInput(f) {
			fields = append(fields, newUpsertField(f))
		}
	}
	created := newField("created", "Boolean!", fmt.Sprintf("Whether the %s is new.", singularWords(t)))
	e.add(keys,
		newInput("Upsert"+t.Name+"Input",
			fmt.Sprintf("The fields of %s. If it exists, fields that are left out do not change.", articleWords(t)), fields...),
		newPayload("Upsert"+t.Name, newRowResult(t), created))
}

// listUpsertKeys returns the unique keys with input fields only, which are never null.
func listUpsertKeys(t *Type) [][]*Field {
	return slices.DeleteFunc(listKeys(t, isNewInput), func(key []*Field) bool {
		return slices.ContainsFunc(key, func(f *Field) bool { return !isNewInput(f) || !f.Required })
	})
}

// newKeyValue returns the enum's value of a unique key, such as PROJECT_NAME.
func newKeyValue(t *Type, key []*Field) *ast.EnumValueDefinition {
	names, fields := make([]string, len(key)), make([]string, len(key))
	for i, f := range key {
		names[i], fields[i] = constantCase(f.Name), fmt.Sprintf("`%s.%s`", t.Name, f.Name)
	}
	return newValue(strings.Join(names, "_"), "By "+joinWords(fields, "and")+".")
}

// newUpsertField returns a field of an upsert's input. It has no default value there, which would overwrite the
// value of an existing row.
func newUpsertField(f *Field) *ast.FieldDefinition {
	text := describeInput(f, true)
	if f.Default != nil {
		text += fmt.Sprintf(" A new %s has the default `%s`.", singularWords(f.Of), f.Default)
	}
	if f.Immutable {
		text += fmt.Sprintf(" It does not change if the %s exists.", singularWords(f.Of))
	}
	return newInputField(f, f.Required && f.Default == nil, text)
}
