package codegen

import (
	"fmt"
	"strings"
)

// goTypes are the types in Go of scalars. None is an alias: see relay.DecimalFilter.
var goTypes = map[string]string{
	"String": "string", "Email": "string", "URL": "string", "Int": "int", "BigInt": "int64", "Float": "float64", "Boolean": "bool",
	"DateTime": "time.Time", "Date": "relay.Date", "Decimal": "decimal.Decimal", "JSON": "relay.JSON", "UUID": "relay.UUID",
}

// needsScalar reports whether the type in Go leaves the scalar open, so that relay.Field must state it.
func needsScalar(scalar string) bool { return scalar == "Email" || scalar == "URL" }

// isColumn reports whether a field is a column of its type's table.
func isColumn(f *Field) bool { return f.Relation == nil || f.Relation.Kind == BelongsTo }

// Columns returns the fields of the struct, each with its comment.
func (t *goType) Columns() (columns []string) {
	for _, f := range t.Fields {
		if !isColumn(f) {
			continue
		}
		columns = append(columns, formatComment(describeField(f))+"\n"+goColumn(f))
		if hasKey(f) {
			columns = append(columns, keyColumn(f))
		}
	}
	if t.Versioned {
		columns = append(columns, "// Version counts the changes, from 1.\nVersion int")
	}
	return columns
}

// keyColumn returns the field of the struct for the relay.UniqueKey of a string.
func keyColumn(f *Field) string {
	name, tag := f.GoName+"Key", ""
	if column := f.Column + "_key"; column != snakeCase(name) {
		tag = fmt.Sprintf(" `gorm:\"column:%s\"`", column)
	}
	return name + " []byte" + tag + " // the relay.UniqueKey of " + f.GoName
}

// goColumn returns the field of the struct for a column.
func goColumn(f *Field) string {
	name := columnGoName(f)
	var tags []string
	if f.Column != snakeCase(name) {
		tags = append(tags, "column:"+f.Column)
	}
	switch {
	case !f.List && (f.Constraint.Exact || f.Kind == KindEnum && !f.Enum.Ranked):
		tags = append(tags, "charset:ascii")
	case f.List && f.Scalar == "BigInt":
		tags = append(tags, "serializer:bigints") // of package relay
	case f.List:
		tags = append(tags, "serializer:"+serializerOf(f))
	}
	tag := ""
	if len(tags) > 0 {
		tag = fmt.Sprintf(" `gorm:%q`", strings.Join(tags, ";"))
	}
	return name + " " + goTypeOfField(f, !f.Required) + tag
}

// serializerOf returns the name of GORM's serializer for a list: package relay stores 64-bit integers as
// strings, and reads enums with unknown values.
func serializerOf(f *Field) string {
	switch {
	case f.Scalar == "BigInt":
		return "bigints"
	case f.Kind == KindEnum:
		return "enums"
	}
	return "json"
}

// columnGoName returns the name in Go of a column: DueAt, or AssigneeID of a reference.
func columnGoName(f *Field) string {
	if f.Relation != nil {
		return goID(f.Name)
	}
	return f.GoName
}

// goTypeOfField returns the type in Go of a column. Lists have no pointer: nil is null.
func goTypeOfField(f *Field, nullable bool) string {
	name := goTypes[f.Scalar]
	switch f.Kind {
	case KindRelation:
		name = "relay.ID"
	case KindEnum:
		name = goName(f.TypeName)
	default:
	}
	switch {
	case f.List:
		return "[]" + name
	case nullable:
		return "*" + name
	}
	return name
}

// hasKey reports whether a unique string has a column with its relay.UniqueKey.
func hasKey(f *Field) bool {
	return f.Unique && !f.Constraint.Exact && !f.List && f.Kind == KindScalar && scalarTypes[f.Scalar].isString
}

// DescribedFields returns the relay.Fields of the type.
func (t *goType) DescribedFields() (fields []string) {
	for _, f := range t.Fields {
		if isColumn(f) {
			fields = append(fields, "{"+wrapList(describeRules(f), 110)+"},")
		}
	}
	return fields
}

// describeRules returns the elements of a relay.Field.
func describeRules(f *Field) (elements []string) {
	add := func(condition bool, format string, args ...any) {
		if condition {
			elements = append(elements, fmt.Sprintf(format, args...))
		}
	}
	name, c := f.Name, f.Constraint
	if f.Relation != nil {
		name += "Id"
	}
	add(true, "Name: %q", name)
	add(f.Column != columnOf(name), "Column: %q", f.Column)
	add(needsScalar(f.Scalar), "Scalar: relay.Scalar%s", f.Scalar)
	add(f.List && !f.Required, "Nullable: true")
	add(f.Unique, "Unique: true")
	add(f.Immutable, "Immutable: true")
	add(f.Computed, "Computed: true")
	add(f.Private, "Private: true")
	add(c.Format == "EMAIL", "Format: relay.FormatEmail")
	add(c.MinLength != nil, "MinLength: %d", valueOf(c.MinLength))
	add(c.MaxLength != nil, "MaxLength: %d", valueOf(c.MaxLength))
	add(c.Exact, "Exact: true")
	add(c.Multiline, "Multiline: true")
	add(c.Min != nil, "Min: %q", rawOf(c.Min))
	add(c.Max != nil, "Max: %q", rawOf(c.Max))
	add(c.Pattern != "", "Pattern: %q", c.Pattern)
	add(c.Message != "", "Message: %q", c.Message)
	add(f.Default != nil, "Default: %q", formatDefault(f))
	add(f.Kind == KindEnum, "Enum: %s", enumVariable(f.Enum))
	add(f.RenamedFrom != "", "RenamedFrom: %q", f.RenamedFrom)
	values := renamedValues(f)
	add(values != "", "RenamedValues: map[string]string{%s}", values)
	return elements
}

// renamedValues returns the values of an enum with earlier names as elements of a map, or "".
func renamedValues(f *Field) string {
	if f.Kind != KindEnum {
		return ""
	}
	var elements []string
	for _, v := range f.Enum.Values {
		if v.RenamedFrom != "" {
			elements = append(elements, fmt.Sprintf("%q: %q", v.Name, v.RenamedFrom))
		}
	}
	return strings.Join(elements, ", ")
}

func valueOf(n *int) int {
	if n == nil {
		return 0
	}
	return *n
}

// enumVariable returns the description of an enum's values.
func enumVariable(e *Enum) string {
	switch {
	case e == nil:
		return ""
	case e.Ranked:
		return rankVariable(e)
	}
	return "relay.EnumOf(All" + goName(e.Name) + ")"
}
