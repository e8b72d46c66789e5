package exec

import (
	"bytes"
	"fmt"
	"reflect"
	"strconv"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"rowhouse/graph/scalar"
	"rowhouse/model/relay"
)

// compileColumn sets the function that writes a column. It reports whether there is one.
func (c *compiler) compileColumn(f *fieldPlan, t relay.AnyType, column relay.Field) bool {
	appendValue, ok := appenders[column.Scalar]
	isOther := column.Scalar != relay.ScalarEnum && string(column.Scalar) != f.field.Definition.Type.Name()
	if !ok || column.List || isOther { // a scalar of the application can be stored as another
		return false
	}
	index, values := t.FieldIndex(column.Name), c.enumValues(f)
	f.write = func(r *run, f *fieldPlan, o object) bool {
		v := o.v.FieldByIndex(index)
		if v.Kind() == reflect.Pointer {
			if v.IsNil() {
				r.b = append(r.b, "null"...)
				return true
			}
			v = v.Elem()
		}
		if values != nil && values.ForName(v.String()) == nil {
			r.fail(NewEnumError(f.object, f.field.Field, v.String()))
			return false
		}
		r.b = appendValue(r.b, v)
		return true
	}
	return true
}

// enumValues returns the values of a field's enum, or nil if its type is no enum.
func (c *compiler) enumValues(f *fieldPlan) ast.EnumValueList {
	return c.schema.Definitions.Types[f.field.Definition.Type.Name()].EnumValues
}

// NewEnumError returns the error for a stored value that the enum of a field does not have: a removed value, or that of
// another release.
func NewEnumError(object string, field *ast.Field, value string) error {
	return fmt.Errorf("%s.%s has the stored value %q, which is not in the enum %s of this release",
		object, field.Name, value, field.Definition.Type.Name())
}

// appenders append values in JSON, by the kind of scalars.
var appenders = map[relay.Scalar]func([]byte, reflect.Value) []byte{
	relay.ScalarString:   func(b []byte, v reflect.Value) []byte { return appendString(b, v.String()) },
	relay.ScalarURL:      func(b []byte, v reflect.Value) []byte { return appendString(b, v.String()) },
	relay.ScalarEmail:    func(b []byte, v reflect.Value) []byte { return appendString(b, v.String()) },
	relay.ScalarEnum:     func(b []byte, v reflect.Value) []byte { return appendString(b, v.String()) },
	relay.ScalarInt:      func(b []byte, v reflect.Value) []byte { return strconv.AppendInt(b, v.Int(), 10) },
	relay.ScalarBoolean:  func(b []byte, v reflect.Value) []byte { return strconv.AppendBool(b, v.Bool()) },
	relay.ScalarFloat:    appendWith(scalar.MarshalFloat),
	relay.ScalarBigInt:   appendWith(scalar.MarshalBigInt),
	relay.ScalarDate:     appendWith(scalar.MarshalDate),
	relay.ScalarDecimal:  appendWith(scalar.MarshalDecimal),
	relay.ScalarJSON:     appendWith(scalar.MarshalJSON),
	relay.ScalarUUID:     appendWith(scalar.MarshalUUID),
	relay.ScalarDateTime: func(b []byte, v reflect.Value) []byte { return appendTime(b, *v.Addr().Interface().(*time.Time)) },
}

// appendTime appends a time as scalar.MarshalDateTime writes it.
func appendTime(b []byte, t time.Time) []byte {
	return append(t.UTC().AppendFormat(append(b, '"'), time.RFC3339Nano), '"')
}

// appendWith appends with the function of the scalar.
func appendWith[V any](marshal func(V) graphql.Marshaler) func([]byte, reflect.Value) []byte {
	return func(b []byte, v reflect.Value) []byte {
		w := bytes.NewBuffer(b)
		marshal(*v.Addr().Interface().(*V)).MarshalGQL(w)
		return w.Bytes()
	}
}

// appendString appends a string as graphql.MarshalString writes it.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	start := 0
	for i := range len(s) {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		b = append(b, s[start:i]...)
		switch c {
		case '\t':
			b = append(b, `\t`...)
		case '\r':
			b = append(b, `\r`...)
		case '\n':
			b = append(b, `\n`...)
		case '"', '\\':
			b = append(b, '\\', c)
		default:
			const hex = "0123456789ABCDEF"
			b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
		start = i + 1
	}
	return append(append(b, s[start:]...), '"')
}
