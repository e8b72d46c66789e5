package relay

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm/schema"
)

// Scalar is the kind of a field's values. It determines the type of the column.
type Scalar string

// The kinds of values. NewType finds the kind by the Go type, if the field does not state it.
const (
	ScalarString   Scalar = "String"
	ScalarInt      Scalar = "Int"
	ScalarFloat    Scalar = "Float"
	ScalarBoolean  Scalar = "Boolean"
	ScalarDateTime Scalar = "DateTime"
	ScalarDate     Scalar = "Date"
	ScalarDecimal  Scalar = "Decimal"
	ScalarBigInt   Scalar = "BigInt"
	ScalarJSON     Scalar = "JSON"
	ScalarUUID     Scalar = "UUID"
	ScalarURL      Scalar = "URL"
	ScalarEmail    Scalar = "Email"
	ScalarEnum     Scalar = "Enum"
	ScalarCustom   Scalar = "Custom" // a scalar of the application
	ScalarID       Scalar = "ID"     // a reference, see Relation
)

// Format is a format of strings.
type Format string

// FormatEmail is an e-mail address without a display name.
const FormatEmail Format = "EMAIL"

// Field describes a field of a type as data: its column, and the rules for its values.
type Field struct {
	// Name is the name in the API: dueAt. A reference has the name of its id: assigneeId.
	Name string
	// Column is the name of the column. NewType computes it if it is empty: due_at.
	Column string
	// Scalar is the kind of the values. NewType computes it from the Go type if it is empty.
	Scalar Scalar
	// Enum has the values of an enum, and is nil for other fields.
	Enum *Enum
	// Nullable states that the value can be null. NewType computes it: the Go type is a pointer.
	Nullable bool
	// List states that the field has a list of values, stored as JSON. NewType computes it.
	List bool

	// MinLength and MaxLength bound the number of characters; a MaxLength of 0 is no bound.
	MinLength, MaxLength int
	// Pattern is a regular expression (RE2) for the whole string. Message describes it, as in Validation.Add.
	Pattern, Message string
	// Format is the format of a string, or empty.
	Format Format
	// Min and Max are literals that bound a number, or empty.
	Min, Max string
	// Multiline strings can have line breaks and tabs.
	Multiline bool
	// Exact strings have ASCII characters only, and are compared byte by byte.
	Exact bool

	// Unique values are different in all rows of a tenant.
	Unique bool
	// Sortable states that an order of the type is by the field alone. NewType computes it.
	Sortable bool
	// Immutable values never change after creation.
	Immutable bool
	// Computed values are set by hooks: no input has them.
	Computed bool
	// Private values are not readable by clients.
	Private bool
	// Default is the literal of the value of new rows, if the input has none, or empty.
	Default string
	// RenamedFrom is the earlier name of the field, until a migration has renamed the column.
	RenamedFrom string
	// RenamedValues maps values of the enum to their earlier names, until a migration has changed the rows.
	RenamedValues map[string]string
}

// KeyColumn returns the column with the UniqueKey of a unique string, or "" for other fields. Unique
// strings that are exact have none.
func (f Field) KeyColumn() string {
	if f.Unique && !f.Exact && (f.Scalar == ScalarString || f.Scalar == ScalarEmail || f.Scalar == ScalarURL) {
		return f.Column + "_key"
	}
	return ""
}

// Fields describes the fields of a type, for NewType. Columns without a Field get one with the facts
// of the Go type alone.
type Fields []Field

func (f Fields) applyTo(o *options) { o.fields = append(o.fields, f...) }

// column is a column of a type's rows: a field or a reference.
type column struct {
	Field
	schema *schema.Field
	index  []int
	value  valueType
	// keyIndex is the index of the field of KeyColumn, or nil.
	keyIndex []int
	// automatic columns are set by GORM: the times of creation and of the last update.
	automatic bool
	check     func(v *Validation, value any)
}

// newColumns returns the columns of a model without tenant_id, id and the columns of UniqueKeys. It
// panics for a field without a column, and for contradictions between a field and its Go type.
func newColumns(s *schema.Schema, fields Fields) (columns []*column) {
	described := map[string]Field{}
	keys := []string{"tenant_id", "id"}
	for _, f := range fields {
		if f.Column == "" {
			f.Column = columnName(f.Name)
		}
		described[columnOf(s, f.Column).DBName] = f
	}
	for _, name := range s.DBNames {
		if slices.Contains(keys, name) {
			continue
		}
		f, ok := described[name]
		if !ok {
			f = Field{Column: name, Name: lowerFirst(s.FieldsByDBName[name].Name)}
		}
		c := newColumn(s, f)
		if key := c.KeyColumn(); key != "" {
			c.keyIndex = columnOf(s, key).StructField.Index
			keys = append(keys, key)
		}
		columns = append(columns, c)
	}
	return slices.DeleteFunc(columns, func(c *column) bool { return slices.Contains(keys, c.Column) })
}

func newColumn(s *schema.Schema, f Field) *column {
	of := columnOf(s, f.Column)
	c := &column{
		Field: f, schema: of, index: of.StructField.Index, value: valueTypeOf(of.IndirectFieldType, f.Enum),
		automatic: of.AutoCreateTime > 0 || of.AutoUpdateTime > 0,
	}
	c.List = isList(of.IndirectFieldType)
	c.Nullable = of.FieldType.Kind() == reflect.Pointer || c.List && f.Nullable
	c.Exact = c.Exact || isASCII(of) && f.Enum == nil
	if c.Scalar == "" {
		c.Scalar = scalarOf(of.IndirectFieldType, f.Enum)
	}
	if f.Enum != nil && f.Enum.goType != elementType(of.IndirectFieldType) {
		panic(fmt.Sprintf("relay: the field %s of the model %s has the type %s, not the enum %s",
			f.Name, s.Name, of.FieldType, f.Enum.goType))
	}
	if want := serializerOf(of.IndirectFieldType, f.Enum); want != of.TagSettings["SERIALIZER"] && want != "" {
		panic(fmt.Sprintf("relay: the field %s of the model %s needs the tag `gorm:\"serializer:%s\"`", f.Name, s.Name, want))
	}
	c.check = newCheck(c.Field)
	if f.Default != "" {
		c.value.parse(f.Default) // it panics here rather than at the first use
	}
	return c
}

// isList reports whether a column has a list. Bytes are no list.
func isList(t reflect.Type) bool {
	return t.Kind() == reflect.Slice && t.Elem().Kind() != reflect.Uint8
}

// elementType returns the type of a list's elements, or another type itself.
func elementType(t reflect.Type) reflect.Type {
	if isList(t) {
		return t.Elem()
	}
	return t
}

// serializerOf returns the name of GORM's serializer for a list, or "".
func serializerOf(t reflect.Type, enum *Enum) string {
	switch {
	case isList(t) && enum != nil:
		return "enums"
	case t == reflect.TypeFor[[]int64]():
		return "bigints"
	case isList(t):
		return "json"
	}
	return ""
}

// scalars are the kinds of values by Go type. A field states another kind, such as ScalarEmail.
var scalars = map[reflect.Type]Scalar{
	reflect.TypeFor[ID]():        ScalarID,
	reflect.TypeFor[string]():    ScalarString,
	reflect.TypeFor[int]():       ScalarInt,
	reflect.TypeFor[int64]():     ScalarBigInt,
	reflect.TypeFor[float64]():   ScalarFloat,
	reflect.TypeFor[bool]():      ScalarBoolean,
	reflect.TypeFor[time.Time](): ScalarDateTime,
	reflect.TypeFor[Date]():      ScalarDate,
	reflect.TypeFor[Decimal]():   ScalarDecimal,
	reflect.TypeFor[JSON]():      ScalarJSON,
	reflect.TypeFor[UUID]():      ScalarUUID,
}

// scalarOf returns the kind of values of a Go type.
func scalarOf(t reflect.Type, enum *Enum) Scalar {
	if enum != nil {
		return ScalarEnum
	}
	if s, ok := scalars[elementType(t)]; ok {
		return s
	}
	return ScalarCustom
}

// of returns the column's field of a row.
func (c *column) of(row reflect.Value) reflect.Value { return row.FieldByIndex(c.index) }

// stored returns the column's value of a row for the database. A list needs its serializer: GORM would
// write its elements, separated by commas.
func (c *column) stored(ctx context.Context, row reflect.Value) any {
	if !c.List {
		return c.of(row).Interface()
	}
	value, _ := c.schema.ValueOf(ctx, row)
	return value
}

// columnName returns a field's name in the API as a column's name, as GORM does: dueAt is due_at, and homeURL is
// home_url.
func columnName(field string) string { return schema.NamingStrategy{}.ColumnName("", field) }

// lowerFirst returns a Go name as a name in the API: DueAt is dueAt, and AssigneeID is assigneeId.
func lowerFirst(name string) string {
	if base, ok := strings.CutSuffix(name, "ID"); ok && base != "" {
		name = base + "Id"
	}
	return strings.ToLower(name[:1]) + name[1:]
}
