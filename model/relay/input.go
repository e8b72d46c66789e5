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
	// id and expectedVersion are the indexes of these fields of an update, or -1.
	id, expectedVersion int
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

// planOf returns the plan of an input, given as a pointer to its struct. It panics for a field that
// fits no column.
func (t *Type[T]) planOf(input any) *inputPlan {
	of := reflect.TypeOf(input).Elem()
	if p, ok := t.inputs.Load(of); ok {
		return p.(*inputPlan)
	}
	p := &inputPlan{id: -1, expectedVersion: -1}
	for i := range of.NumField() {
		field := of.Field(i)
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		switch {
		case name == "id" && field.Type == reflect.TypeFor[GlobalID]():
			p.id = i
		case name == "expectedVersion" && t.version != nil && field.Type == reflect.TypeFor[graphql.Omittable[*int]]():
			p.expectedVersion = i
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
