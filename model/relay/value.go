package relay

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"time"

	"github.com/99designs/gqlgen/graphql"
)

// valueType reads, compares and stores the values of one Go type, without allocation. A value is
// passed as a pointer to it, or nil for null.
type valueType interface {
	// newReader returns a function that reads a field of an input, given its address, and reports
	// whether the input has the field. It returns nil for a field of another type.
	newReader(field reflect.Type) func(address any) (value any, isSet bool)
	// store stores a value in a field of a row.
	store(value any, field reflect.Value)
	// detach replaces the pointer or list in a field of a row by a copy.
	detach(field reflect.Value)
	// areEqual compares a field of two rows.
	areEqual(a, b reflect.Value) bool
	// parse returns the value of a literal. It panics for a literal of another type.
	parse(literal string) any
}

// values is the valueType of V.
type values[V any] struct {
	same    func(a, b V) bool
	convert func(literal string) (V, error)
}

func newValues[V comparable](convert func(string) (V, error)) values[V] {
	return values[V]{func(a, b V) bool { return a == b }, convert}
}

// newListValues is for lists of elements that same compares. A list that is nil is null. Literals are JSON.
func newListValues[V any](same func(a, b V) bool) listValues[V] {
	return listValues[V]{values[[]V]{
		func(a, b []V) bool { return (a == nil) == (b == nil) && slices.EqualFunc(a, b, same) },
		func(literal string) (list []V, err error) { return list, json.Unmarshal([]byte(literal), &list) },
	}}
}

// listValues is the valueType of []V. It reads []*V, too: so gqlgen generates lists of structs.
type listValues[V any] struct{ values[[]V] }

func (l listValues[V]) newReader(field reflect.Type) func(any) (any, bool) {
	read := values[[]*V]{}.newReader(field)
	if read == nil {
		return l.values.newReader(field)
	}
	return func(address any) (any, bool) {
		value, isSet := read(address)
		if value == nil {
			return nil, isSet
		}
		list := make([]V, 0, len(*value.(*[]*V)))
		for _, element := range *value.(*[]*V) {
			list = append(list, *element)
		}
		return &list, isSet
	}
}

func equal[V comparable](a, b V) bool { return a == b }

func keepString(s string) (string, error) { return s, nil }

// valueTypes are the types of columns that are no enums.
var valueTypes = map[reflect.Type]valueType{
	reflect.TypeFor[string]():    newValues(keepString),
	reflect.TypeFor[int]():       newValues(strconv.Atoi),
	reflect.TypeFor[int64]():     newValues(ParseBigInt),
	reflect.TypeFor[bool]():      newValues(strconv.ParseBool),
	reflect.TypeFor[float64]():   newValues(parseFloat),
	reflect.TypeFor[time.Time](): values[time.Time]{time.Time.Equal, parseDateTime},
	reflect.TypeFor[Date]():      newValues(ParseDate),
	reflect.TypeFor[Decimal]():   values[Decimal]{Decimal.Equal, ParseDecimal},
	reflect.TypeFor[UUID]():      newValues(ParseUUID),
	reflect.TypeFor[JSON]():      values[JSON]{JSON.isSame, ParseJSON},
	reflect.TypeFor[ID]():        newValues(func(s string) (ID, error) { return ID{}, fmt.Errorf("%q is no literal", s) }),
	reflect.TypeFor[[]byte]():    values[[]byte]{bytes.Equal, func(s string) ([]byte, error) { return []byte(s), nil }},

	reflect.TypeFor[[]string]():    newListValues(equal[string]),
	reflect.TypeFor[[]int]():       newListValues(equal[int]),
	reflect.TypeFor[[]int64]():     listValues[int64]{values[[]int64]{slices.Equal[[]int64], decodeBigInts}},
	reflect.TypeFor[[]bool]():      newListValues(equal[bool]),
	reflect.TypeFor[[]float64]():   newListValues(equal[float64]),
	reflect.TypeFor[[]time.Time](): newListValues(time.Time.Equal),
	reflect.TypeFor[[]Date]():      newListValues(equal[Date]),
	reflect.TypeFor[[]Decimal]():   newListValues(Decimal.Equal),
	reflect.TypeFor[[]UUID]():      newListValues(equal[UUID]),
	reflect.TypeFor[[]JSON]():      newListValues(JSON.isSame),
}

func parseFloat(s string) (float64, error) { return strconv.ParseFloat(s, 64) }

func parseDateTime(s string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339, s)
	return t.UTC().Truncate(time.Microsecond), err
}

// valueTypeOf returns the valueType of a column's type.
func valueTypeOf(t reflect.Type, enum *Enum) valueType {
	switch {
	case enum != nil && t.Kind() == reflect.Slice:
		return enum.list
	case enum != nil:
		return enum.value
	}
	if v, ok := valueTypes[t]; ok {
		return v
	}
	return reflected{t}
}

func (values[V]) newReader(field reflect.Type) func(any) (any, bool) {
	switch field {
	case reflect.TypeFor[V]():
		return func(address any) (any, bool) { return address, true }
	case reflect.TypeFor[*V]():
		return func(address any) (any, bool) { return nilIfNull(*address.(**V)), true }
	case reflect.TypeFor[graphql.Omittable[*V]]():
		return func(address any) (any, bool) {
			v, isSet := address.(*graphql.Omittable[*V]).ValueOK()
			return nilIfNull(v), isSet
		}
	case reflect.TypeFor[graphql.Omittable[V]](): // of a list
		return func(address any) (any, bool) {
			v, isSet := address.(*graphql.Omittable[V]).ValueOK()
			if reflect.ValueOf(v).IsNil() {
				return nil, isSet
			}
			return &v, isSet
		}
	}
	return nil
}

func nilIfNull[V any](v *V) any {
	if v == nil {
		return nil
	}
	return v
}

func (values[V]) store(value any, field reflect.Value) {
	if value == nil {
		field.SetZero()
		return
	}
	switch to := field.Addr().Interface().(type) {
	case *V:
		*to = *value.(*V)
	case **V:
		*to = value.(*V)
	}
}

func (values[V]) detach(field reflect.Value) {
	switch p := field.Addr().Interface().(type) {
	case **V:
		if *p != nil {
			*p = new(**p)
		}
	case *V:
		if field.Kind() == reflect.Slice && !field.IsNil() { // an empty list differs from nil, which is NULL
			field.Set(reflect.AppendSlice(reflect.MakeSlice(field.Type(), 0, field.Len()), field))
		}
	}
}

func (t values[V]) areEqual(a, b reflect.Value) bool {
	switch a := a.Addr().Interface().(type) {
	case *V:
		return t.same(*a, *b.Addr().Interface().(*V))
	case **V:
		b := *b.Addr().Interface().(**V)
		return *a == b || *a != nil && b != nil && t.same(**a, *b)
	}
	return false
}

func (t values[V]) parse(literal string) any {
	v, err := t.convert(literal)
	if err != nil {
		panic(fmt.Sprintf("relay: the default %q is no %s", literal, reflect.TypeFor[V]()))
	}
	return &v
}

// reflected is the valueType of a column that no input has, such as gorm.DeletedAt.
type reflected struct{ t reflect.Type }

func (reflected) newReader(reflect.Type) func(any) (any, bool) { return nil }

func (reflected) store(any, reflect.Value) {}

func (reflected) detach(reflect.Value) {}

func (reflected) areEqual(a, b reflect.Value) bool {
	return reflect.DeepEqual(a.Interface(), b.Interface())
}

func (r reflected) parse(literal string) any {
	panic(fmt.Sprintf("relay: the default %q is no %s", literal, r.t))
}
