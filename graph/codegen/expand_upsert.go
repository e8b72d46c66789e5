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
	keys := enum(keyType, fmt.Sprintf("A unique key of %s.", many(t)))
	for _, key := range upsertKeys(t) {
		keys.EnumValues = append(keys.EnumValues, keyValue(t, key))
	}
	if len(keys.EnumValues) == 0 {
		return // Read refuses UPSERT without a key
	}
	fields := []*ast.FieldDefinition{
		field("by", keyType+"!", fmt.Sprintf("The unique key that identifies the %s.", one(t))),
	}
	for _, f := range t.Fields {
		if isNewInput(f) {
			fields = append(fields, upsertField(f))
		}
	}
	e.add(keys,
		input("Upsert"+t.Name+"Input",
			fmt.Sprintf("The fields of %s. If it exists, fields that are left out do not change.", aOne(t)), fields...),
		payload("Upsert"+t.Name, changedRow(t), field("created", "Boolean!", fmt.Sprintf("Whether the %s is new.", one(t)))))
}

// upsertKeys returns the unique keys whose fields are all in inputs and never null.
func upsertKeys(t *Type) [][]*Field {
	return slices.DeleteFunc(clientKeys(t, isNewInput), func(key []*Field) bool {
		return slices.ContainsFunc(key, func(f *Field) bool { return !isNewInput(f) || !f.Required })
	})
}

// keyValue returns the enum's value of a unique key, such as PROJECT_NAME.
func keyValue(t *Type, key []*Field) *ast.EnumValueDefinition {
	names, fields := make([]string, len(key)), make([]string, len(key))
	for i, f := range key {
		names[i], fields[i] = constantCase(f.Name), fmt.Sprintf("`%s.%s`", t.Name, f.Name)
	}
	return value(strings.Join(names, "_"), "By "+joinWords(fields, "and")+".")
}

// upsertField returns a field of an upsert's input. It has no default value there, which would overwrite the
// value of a row that exists.
func upsertField(f *Field) *ast.FieldDefinition {
	text := describeInput(f, true)
	if f.Default != nil {
		text += fmt.Sprintf(" A new %s has the default `%s`.", one(f.Of), f.Default)
	}
	if f.Immutable {
		text += fmt.Sprintf(" It does not change if the %s exists.", one(f.Of))
	}
	return inputField(f, f.Required && f.Default == nil, text)
}
