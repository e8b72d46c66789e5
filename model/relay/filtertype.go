package relay

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"

	"gorm.io/gorm/schema"
)

// filterType is the struct of a type's filter, with the conditions of its fields.
type filterType struct {
	t         reflect.Type
	name      string // of the filtered type
	schema    *schema.Schema
	columns   []*column
	relations []*relation
	// references has the GraphQL types of the rows that columns refer to. The column id refers to
	// its own row.
	references map[string]string

	once   sync.Once
	fields []filterField
}

// filterField is a field of a filter.
type filterField struct {
	index int
	name  string // in the API
	add   func(c *conditions, v reflect.Value)
}

// relation is a relation as filters use it.
type relation struct {
	name   string
	many   bool
	one    bool // with many: at most one row refers to this one
	target *filterType
	// onDelete is empty if many is true.
	onDelete OnDelete
	within   []string
	// See the fields of Relation.
	column, targetColumn string
	link                 any
	load                 AnyRelation
	// whereSome adds the condition that a row of the relation matches a filter, or none.
	whereSome func(c *conditions, some bool, filter reflect.Value, path ...any)
}

// filterOf returns a function that adds the conditions of a filter: a pointer to the struct
// passed to NewType, or nil. It panics for other values.
func (t *Type[T]) filterOf(where any) func(*conditions) {
	v := reflect.ValueOf(where)
	if !v.IsValid() {
		return func(*conditions) {}
	}
	if v.Type() != reflect.PointerTo(t.filter.t) {
		panic(fmt.Sprintf("relay: %T is no filter of the type %s", where, t.name))
	}
	return t.filter.bindTo(v)
}

// filterKey returns a string that is equal for equal filters.
func filterKey(where any) string {
	text, err := json.Marshal(where)
	if err != nil {
		panic(err) // it was made of JSON
	}
	return string(text)
}

// bindTo returns a function that adds the conditions of a filter, given as a pointer.
func (f *filterType) bindTo(filter reflect.Value) func(*conditions) {
	return func(c *conditions) {
		isEmpty := true
		if !filter.IsNil() {
			isEmpty = f.addFields(c, filter.Elem())
		}
		if isEmpty && c.isStrict {
			c.rejectField(noCondition)
		}
	}
}

// addFields adds the conditions of a filter, and reports whether the filter has no field.
func (f *filterType) addFields(c *conditions, filter reflect.Value) (isEmpty bool) {
	isEmpty = true
	for _, field := range f.compileFields() {
		v := filter.Field(field.index)
		if v.IsZero() {
			continue
		}
		isEmpty = false
		if v = omittableValue(v); !v.IsNil() {
			field.add(c, v)
		} else if c.isStrict {
			c.rejectField(noNull, field.name)
		}
	}
	return isEmpty
}

// Messages for null and empty filters in the filter of a mutation.
const (
	noNull      = "must not be null; leave it out"
	noCondition = "must have a condition; check that its variable is set, or match all rows by {id: {isNull: false}}"
)

// rejectEmpty rejects a filter of a mutation without any of the fields with these names.
func (c *conditions) rejectEmpty(names string, field string) {
	c.rejectField("must have "+names+"; check that its variable is set", field)
}

// omittableValue returns the value of a graphql.Omittable, or another value itself.
func omittableValue(v reflect.Value) reflect.Value {
	method, known := valueMethods.Load(v.Type())
	if !known {
		method = -1
		if isOmittable(v.Type()) {
			m, _ := v.Type().MethodByName("Value")
			method = m.Index
		}
		valueMethods.Store(v.Type(), method)
	}
	if method.(int) < 0 {
		return v
	}
	return v.Method(method.(int)).Call(nil)[0]
}

// valueMethods caches the index of the method Value of each graphql.Omittable by its type, and -1 for other types.
// Reflection finds methods by name slowly.
var valueMethods sync.Map

// omittableType returns the type that omittableValue returns.
func omittableType(t reflect.Type) reflect.Type {
	if isOmittable(t) {
		m, _ := t.MethodByName("Value")
		return m.Type.Out(0)
	}
	return t
}

// isOmittable reports whether a type is a graphql.Omittable.
func isOmittable(t reflect.Type) bool {
	return t.Implements(reflect.TypeFor[interface{ IsSet() bool }]())
}

// columnByField returns the column of a field, or of a relation. It panics if there is none.
func (f *filterType) columnByField(name string) *column {
	for _, c := range f.columns {
		if c.Name == name || c.Scalar == ScalarID && c.Name == name+"Id" {
			return c
		}
	}
	panic(fmt.Sprintf("relay: the type %s has no field %s", f.name, name))
}

// compileFields returns the fields, once all relations are known. It panics for a field that fits
// neither a field of the type nor a relation.
func (f *filterType) compileFields() []filterField {
	f.once.Do(func() {
		for i := range f.t.NumField() {
			field := f.t.Field(i)
			name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			add := f.compileField(field, name)
			if add == nil {
				panic(fmt.Sprintf("relay: the field %s of the filter %s fits neither a field of %s nor one of its relations",
					field.Name, f.t, f.name))
			}
			f.fields = append(f.fields, filterField{i, name, add})
		}
	})
	return f.fields
}

func (f *filterType) compileField(field reflect.StructField, name string) func(*conditions, reflect.Value) {
	of := omittableType(field.Type)
	if of.Kind() != reflect.Pointer && of.Kind() != reflect.Slice {
		return nil
	}
	switch {
	case of == reflect.SliceOf(reflect.PointerTo(f.t)) && name == "and":
		return func(c *conditions, v reflect.Value) { c.whereAnd(f, v) }
	case of == reflect.SliceOf(reflect.PointerTo(f.t)) && name == "or":
		return func(c *conditions, v reflect.Value) { c.whereOr(f, v) }
	case of == reflect.PointerTo(f.t) && name == "not":
		return func(c *conditions, v reflect.Value) { c.whereNot(f, v) }
	}
	if i := slices.IndexFunc(f.relations, func(r *relation) bool { return r.name == name }); i >= 0 {
		return f.relations[i].compileFilter(of, name)
	}
	if column := f.schema.LookUpField(field.Name); column != nil && of.Elem().Kind() == reflect.Struct {
		return f.compileColumn(column, of, name)
	}
	return nil
}

// compileColumn compiles a filter with operators, such as StringFilter.
func (f *filterType) compileColumn(column *schema.Field, of reflect.Type, name string) func(*conditions, reflect.Value) {
	o := operand{field: name, column: column, of: f.references[column.DBName]}
	isJSON, known := of == reflect.TypeFor[*JSONFilter](), operators
	if isJSON {
		known = jsonOperators
	}
	compare := make([]func(*conditions, operand, reflect.Value), of.Elem().NumField())
	for i := range compare {
		operator := of.Elem().Field(i).Name
		if compare[i] = known[operator]; compare[i] == nil && (!isJSON || operator != "Path") {
			panic(fmt.Sprintf("relay: the field %s of the filter %s is no operator", operator, of.Elem()))
		}
	}
	return func(c *conditions, v reflect.Value) {
		o := o
		if isJSON {
			o.path = c.readPath(o, v.Interface().(*JSONFilter).Path.Value())
		}
		c.addOperators(o, compare, v.Elem())
	}
}

// addOperators adds the conditions of a filter's fields, given the operator of each, or nil for a field
// that is none.
func (c *conditions) addOperators(o operand, compare []func(*conditions, operand, reflect.Value), filter reflect.Value) {
	isEmpty := true
	for i, add := range compare {
		v := filter.Field(i)
		if v.IsZero() {
			continue
		}
		isEmpty = isEmpty && add == nil
		switch v = omittableValue(v); {
		case v.IsNil() && c.isStrict:
			c.rejectField(noNull, o.field, lowerFirst(filter.Type().Field(i).Name))
		case !v.IsNil() && add != nil:
			add(c, o, v)
		}
	}
	if isEmpty && c.isStrict {
		first := slices.IndexFunc(compare, func(add func(*conditions, operand, reflect.Value)) bool { return add != nil })
		c.rejectEmpty("an operator such as "+lowerFirst(filter.Type().Field(first).Name), o.field)
	}
}

// compileFilter compiles a filter of the related rows: of the row itself, or for many rows a struct
// with the fields Some and None. It returns nil for other types.
func (r *relation) compileFilter(of reflect.Type, path string) func(*conditions, reflect.Value) {
	if !r.many || r.one {
		if of != reflect.PointerTo(r.target.t) {
			return nil
		}
		return func(c *conditions, v reflect.Value) { r.whereSome(c, true, v, path) }
	}
	for _, quantifier := range quantifiers {
		field, ok := of.Elem().FieldByName(quantifier)
		if !ok || omittableType(field.Type) != reflect.PointerTo(r.target.t) {
			return nil
		}
	}
	return func(c *conditions, v reflect.Value) {
		isEmpty := true
		for _, quantifier := range quantifiers {
			field, name := v.Elem().FieldByName(quantifier), strings.ToLower(quantifier)
			if field.IsZero() {
				continue
			}
			isEmpty = false
			if filter := omittableValue(field); !filter.IsNil() {
				r.whereSome(c, quantifier == "Some", filter, path, name)
			} else if c.isStrict {
				c.rejectField(noNull, path, name)
			}
		}
		if isEmpty && c.isStrict {
			c.rejectEmpty("some or none", path)
		}
	}
}

// quantifiers are the fields of a filter of a relation to many rows.
var quantifiers = []string{"Some", "None"}
