package scalar_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"rowhouse/graph/scalar"
)

// TestUnmarshalersReadOnlyTheirType unmarshals values of variables, with json.Number for numbers, and
// of literals.
func TestUnmarshalersReadOnlyTheirType(t *testing.T) {
	const (
		notInt     = "Int cannot represent non-integer value: "
		notInt32   = "Int cannot represent non 32-bit signed integer value: "
		notFloat   = "Float cannot represent non numeric value: "
		notString  = "String cannot represent a non string value: "
		notBoolean = "Boolean cannot represent a non boolean value: "
		notID      = "ID cannot represent a non-string and non-integer value: "
	)
	for _, test := range []struct {
		scalar string
		value  any
		want   string // of the value, or the whole message
	}{
		{
			scalar: "Int",
			value:  5,
			want:   "5",
		},
		{
			scalar: "Int",
			value:  int64(-5),
			want:   "-5",
		},
		{
			scalar: "Int",
			value:  5.0,
			want:   "5",
		},
		{
			scalar: "Int",
			value:  json.Number("5"),
			want:   "5",
		},
		{
			scalar: "Int",
			value:  json.Number("5.0"),
			want:   "5",
		},
		{
			scalar: "Int",
			value:  json.Number("5e0"),
			want:   "5",
		},
		{
			scalar: "Int",
			value:  json.Number("5E2"),
			want:   "500",
		},
		{
			scalar: "Int",
			value:  json.Number("-0"),
			want:   "0",
		},
		{
			scalar: "Int",
			value:  json.Number("2147483647"),
			want:   "2147483647",
		},
		{
			scalar: "Int",
			value:  int64(math.MinInt32),
			want:   "-2147483648",
		},
		{
			scalar: "Int",
			value:  json.Number("2147483648"),
			want:   notInt32 + "2147483648",
		},
		{
			scalar: "Int",
			value:  int64(math.MinInt32) - 1,
			want:   notInt32 + "-2147483649",
		},
		{
			scalar: "Int",
			value:  json.Number("1e30"),
			want:   notInt32 + "1e30",
		},
		{
			scalar: "Int",
			value:  json.Number("5.5"),
			want:   notInt + "5.5",
		},
		{
			scalar: "Int",
			value:  json.Number("1e400"),
			want:   notInt + "1e400",
		},
		{
			scalar: "Int",
			value:  5.5,
			want:   notInt + "5.5",
		},
		{
			scalar: "Int",
			value:  "5",
			want:   notInt + `"5"`,
		},
		{
			scalar: "Int",
			value:  true,
			want:   notInt + "true",
		},
		{
			scalar: "Int",
			want:   notInt + "null",
		},
		{
			scalar: "Int",
			value:  []any{1},
			want:   notInt + "[1]",
		},
		{
			scalar: "Float",
			value:  int64(5),
			want:   "5",
		},
		{
			scalar: "Float",
			value:  5.5,
			want:   "5.5",
		},
		{
			scalar: "Float",
			value:  json.Number("5"),
			want:   "5",
		},
		{
			scalar: "Float",
			value:  json.Number("-1.5e3"),
			want:   "-1500",
		},
		{
			scalar: "Float",
			value:  json.Number("1e400"),
			want:   notFloat + "1e400",
		},
		{
			scalar: "Float",
			value:  math.Inf(-1),
			want:   notFloat + "-Inf",
		},
		{
			scalar: "Float",
			value:  math.NaN(),
			want:   notFloat + "NaN",
		},
		{
			scalar: "Float",
			value:  "5.5",
			want:   notFloat + `"5.5"`,
		},
		{
			scalar: "Float",
			want:   notFloat + "false",
		},
		{
			scalar: "Float",
			want:   notFloat + "null",
		},
		{
			scalar: "String",
		},
		{
			scalar: "String",
			value:  "é 👩‍🚀 \x00",
			want:   "é 👩‍🚀 \x00",
		},
		{
			scalar: "String",
			value:  "\ufffd",
			want:   "\ufffd",
		},
		{
			scalar: "String",
			value:  "a\xffb",
			want:   "String cannot represent a string with an unpaired surrogate or invalid UTF-8: \"ab\"",
		},
		{
			scalar: "String",
			value:  5,
			want:   notString + "5",
		},
		{
			scalar: "String",
			value:  json.Number("5"),
			want:   notString + "5",
		},
		{
			scalar: "String",
			value:  true,
			want:   notString + "true",
		},
		{
			scalar: "String",
			want:   notString + "null",
		},
		{
			scalar: "String",
			value:  map[string]any{"a": 1},
			want:   notString + "{a: 1}",
		},
		{
			scalar: "Boolean",
			value:  true,
			want:   "true",
		},
		{
			scalar: "Boolean",
			want:   "false",
		},
		{
			scalar: "Boolean",
			want:   "false",
		},
		{
			scalar: "Boolean",
			value:  "true",
			want:   notBoolean + `"true"`,
		},
		{
			scalar: "Boolean",
			value:  1,
			want:   notBoolean + "1",
		},
		{
			scalar: "Boolean",
			value:  json.Number("0"),
			want:   notBoolean + "0",
		},
		{
			scalar: "ID",
			value:  "SXRlbTp4",
			want:   "SXRlbTp4",
		},
		{
			scalar: "ID",
			value:  5,
			want:   "5",
		},
		{
			scalar: "ID",
			value:  int64(-5),
			want:   "-5",
		},
		{
			scalar: "ID",
			value:  json.Number("9223372036854775808"),
			want:   "9223372036854775808",
		},
		{
			scalar: "ID",
			value:  json.Number("5.0"),
			want:   "5",
		},
		{
			scalar: "ID",
			value:  json.Number("5.5"),
			want:   notID + "5.5",
		},
		{
			scalar: "ID",
			value:  true,
			want:   notID + "true",
		},
		{
			scalar: "ID",
			want:   notID + "null",
		},
		{
			scalar: "ID",
			value:  "\xed\xa0\x80",
			want:   "ID cannot represent a string with an unpaired surrogate or invalid UTF-8: \"\"",
		},
	} {
		value, err := scalar.Unmarshalers[test.scalar](test.value)
		got := fmt.Sprint(value)
		if err != nil {
			got = err.Error()
		}
		if fails := strings.Contains(test.want, "cannot represent"); got != test.want || fails != (err != nil) {
			t.Errorf("%s of %T %v: %s, want %s", test.scalar, test.value, test.value, got, test.want)
		}
	}
}

// TestMarshalersWriteJSON marshals values of each scalar.
func TestMarshalersWriteJSON(t *testing.T) {
	id, err := scalar.UnmarshalID("SXRlbTp4")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 23, 10, 30, 0, 120_000_000, time.FixedZone("", 3600))
	for _, test := range []struct {
		value graphql.Marshaler
		want  string
	}{
		{value: scalar.MarshalInt(-5), want: "-5"},
		{value: scalar.MarshalFloat(1.5), want: "1.5"},
		{value: scalar.MarshalString("a\"é\n"), want: `"a\"é\n"`},
		{value: scalar.MarshalBoolean(true), want: "true"},
		{value: scalar.MarshalID(id), want: `"SXRlbTp4"`},
		{value: scalar.MarshalDateTime(at), want: `"2026-11-23T09:30:00.12Z"`},
	} {
		var got bytes.Buffer
		if test.value.MarshalGQL(&got); got.String() != test.want {
			t.Errorf("%s, want %s", &got, test.want)
		}
	}
}
