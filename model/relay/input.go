package relay

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/99designs/gqlgen/graphql"
)

// inputPlan reads the struct of an input into a row. It is compiled once for each struct.
type inputPlan struct {
	fields []inputField
	nested []nestedField
	// id and expectedVersion are the indexes of these fields of an update, where is that of an update of
	// several rows, and by that of an upsert. Each is -1 without the field.
	id, expectedVersion, where, by int
}

// nestedField is a field of an input with inputs of new rows that refer to the input's row.
type nestedField struct {
	index   int
	name    string
	newRows func() nestedRows
}

// inputField is a field of an input with the value of a column.
type inputField struct {
	index  int
	name   string
	column *column
	read   func(address any) (value any, isSet bool)
	// convert checks a value other than null, and returns the column's value.
	convert func(v *Validation, value any) any
}

// planOf returns the plan of an input's struct. It panics for a field that fits no column.
func (t *Type[T]) planOf(of reflect.Type) *inputPlan {
	if p, ok := t.inputs.Load(of); ok {
		return p.(*inputPlan)
	}
	p := &inputPlan{id: -1, expectedVersion: -1, where: -1, by: -1}
	for i := range of.NumField() {
		field := of.Field(i)
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		switch {
		case name == "id" && field.Type == reflect.TypeFor[GlobalID]():
			p.id = i
		case name == "expectedVersion" && t.version != nil && field.Type == reflect.TypeFor[graphql.Omittable[*int]]():
			p.expectedVersion = i
		case name == "where" && field.Type == reflect.PointerTo(t.filter.t):
			p.where = i
		case name == "by" && field.Type.Kind() == reflect.String && !t.hasField("by"):
			p.by = i
		case t.nested[name] != nil:
			p.nested = append(p.nested, nestedField{i, name, t.nested[name]})
		default:
			f := t.planField(field, name)
			if f.index = i; f.read == nil {
				panic(fmt.Sprintf("relay: the field %s of the input %s fits no field of %s", field.Name, of, t.name))
			}
			p.fields = append(p.fields, f)
		}
	}
	t.inputs.Store(of, p)
	return p
}

// planField returns the plan of one field. Its read is nil if the field fits no column.
func (t *Type[T]) planField(field reflect.StructField, name string) inputField {
	for _, c := range t.columns {
		if c.Name != name {
			continue
		}
		if c.Scalar == ScalarID {
			target := t.referenceBy(c.Column)
			return inputField{
				name: name, column: c, read: newValues[GlobalID](nil).newReader(field.Type),
				convert: func(v *Validation, value any) any {
					id := v.ID(name, *value.(*GlobalID), target)
					return &id
				},
			}
		}
		return inputField{name: name, column: c, read: c.value.newReader(field.Type), convert: func(v *Validation, value any) any {
			c.check(v, value)
			return value
		}}
	}
	return inputField{}
}

// referenceBy returns the type to which a column refers. It panics if there is no NewBelongsTo.
func (t *Type[T]) referenceBy(column string) Named {
	for _, p := range t.parents {
		if p.column == column {
			return p.to
		}
	}
	panic(fmt.Sprintf("relay: the column %s of the type %s has no NewBelongsTo", column, t.name))
}

// readInto checks the fields of an input, and stores their values in a row. It returns the columns of
// the fields that the input has.
func (p *inputPlan) readInto(v *Validation, input, row reflect.Value) []*column {
	set := make([]*column, 0, len(p.fields))
	for i := range p.fields {
		f := &p.fields[i]
		value, isSet := f.read(input.Field(f.index).Addr().Interface())
		switch {
		case !isSet:
			continue
		case value != nil:
			value = f.convert(v, value)
		case !f.column.Nullable:
			v.Add("must not be null; leave it out to keep it as it is", f.name)
			continue
		}
		f.column.value.store(value, f.column.of(row))
		set = append(set, f.column)
	}
	return set
}

// nestedInputs returns the structs of a field with the inputs of nested rows: a list, one, or null.
func nestedInputs(field reflect.Value) (inputs []reflect.Value, isList bool) {
	field = omittableValue(field)
	switch {
	case field.IsNil():
		return nil, false
	case field.Kind() == reflect.Pointer:
		return []reflect.Value{field.Elem()}, false
	}
	for i := range field.Len() {
		inputs = append(inputs, field.Index(i).Elem())
	}
	return inputs, true
}

// listOf returns the structs of an input's only field, a list of pointers, and the field's name.
func listOf(input any) (inputs []reflect.Value, name string) {
	in := reflect.ValueOf(input).Elem()
	name, _, _ = strings.Cut(in.Type().Field(0).Tag.Get("json"), ",")
	inputs, _ = nestedInputs(in.Field(0))
	return inputs, name
}
