package exec

import (
	"bytes"
	"reflect"
	"strconv"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"rowhouse/graph/scalar"
	"rowhouse/model/relay"
)

// compileColumn sets the function that writes a column. It reports whether there is one.
func compileColumn(f *fieldPlan, t relay.AnyType, column relay.Field) bool {
	appendValue, ok := appenders[column.Scalar]
	if !ok || column.List {
		return false
	}
	index := t.FieldIndex(column.Name)
	f.write = func(r *run, _ *fieldPlan, o object) bool {
		v := o.v.FieldByIndex(index)
		if v.Kind() == reflect.Pointer {
			if v.IsNil() {
				r.b = append(r.b, "null"...)
				return true
			}
			v = v.Elem()
		}
		r.b = appendValue(r.b, v)
		return true
	}
	return true
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
