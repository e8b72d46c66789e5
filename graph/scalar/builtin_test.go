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

// TestBuiltInScalarsAcceptTheirValues reads values of variables (json.Number) and of literals (int64,
// float64).
func TestBuiltInScalarsAcceptTheirValues(t *testing.T) {
	for _, test := range []struct {
		scalar string
		value  any
		want   string
	}{
		{
			scalar: "Int",
			value:  json.Number("5"),
			want:   "5",
		},
		{
			scalar: "Int",
			value:  json.Number("-2147483648"),
			want:   "-2147483648",
		},
		{
			scalar: "Int",
			value:  json.Number("2147483647.0"),
			want:   "2147483647",
		},
		{
			scalar: "Int",
			value:  json.Number("5e0"),
			want:   "5",
		},
		{
			scalar: "Int",
			value:  json.Number("-0.0"),
			want:   "0",
		},
		{
			scalar: "Int",
			value:  int64(7),
			want:   "7",
		},
		{
			scalar: "Int",
			value:  7,
			want:   "7",
		},
		{
			scalar: "Int",
			value:  7.0,
			want:   "7",
		},
		{
			scalar: "Float",
			value:  json.Number("5"),
			want:   "5",
		},
		{
			scalar: "Float",
			value:  json.Number("1.5e2"),
			want:   "150",
		},
		{
			scalar: "Float",
			value:  int64(7),
			want:   "7",
		},
		{
			scalar: "Float",
			value:  1.5,
			want:   "1.5",
		},
		{
			scalar: "String",
			value:  "é",
			want:   "é",
		},
		{
			scalar: "String",
			value:  "",
		},
		{
			scalar: "Boolean",
			value:  true,
			want:   "true",
		},
		{
			scalar: "Boolean",
			value:  false,
			want:   "false",
		},
		{
			scalar: "Boolean",
			value:  nil,
			want:   "false",
		},
		{
			scalar: "ID",
			value:  "SXRlbTo",
			want:   "SXRlbTo",
		},
		{
			scalar: "ID",
			value:  json.Number("12345678901234567890"),
			want:   "12345678901234567890",
		},
		{
			scalar: "ID",
			value:  json.Number("5.0"),
			want:   "5",
		},
		{
			scalar: "ID",
			value:  int64(5),
			want:   "5",
		},
	} {
		got, err := scalar.Unmarshalers[test.scalar](test.value)
		if err != nil || fmt.Sprint(got) != test.want {
			t.Errorf("%s %T %v: %v %v", test.scalar, test.value, test.value, got, err)
		}
	}
}

// TestBuiltInScalarsRejectOtherValues reads values that the specification does not allow.
func TestBuiltInScalarsRejectOtherValues(t *testing.T) {
	list, object := []any{"a"}, map[string]any{"a": "b"}
	for _, test := range []struct {
		scalar, reason string
		values         []any
	}{
		{
			scalar: "Int",
			reason: "non-integer value",
			values: []any{"5", json.Number("5.5"), 5.5, json.Number("1e999"), math.NaN(), true, nil, list, object},
		},
		{
			scalar: "Int",
			reason: "non 32-bit signed integer value",
			values: []any{json.Number("2147483648"), json.Number("-2147483649"), json.Number("1e10"), int64(1 << 31), 1e300, math.Inf(1)},
		},
		{
			scalar: "Float",
			reason: "non numeric value",
			values: []any{"5", json.Number("1e999"), math.Inf(-1), math.NaN(), true, nil, list, object},
		},
		{
			scalar: "String",
			reason: "a non string value",
			values: []any{json.Number("5"), int64(5), 5.5, true, nil, list, object},
		},
		{
			scalar: "String",
			reason: "a string with an unpaired surrogate or invalid UTF-8",
			values: []any{"a\xff", "\xed\xa0\x80"},
		},
		{
			scalar: "Boolean",
			reason: "a non boolean value",
			values: []any{"true", json.Number("1"), int64(0), list, object},
		},
		{
			scalar: "ID",
			reason: "a non-string and non-integer value",
			values: []any{json.Number("5.5"), 5.5, true, nil, list, object},
		},
		{
			scalar: "ID",
			reason: "a string with an unpaired surrogate or invalid UTF-8",
			values: []any{"a\xff"},
		},
	} {
		for _, value := range test.values {
			want := test.scalar + " cannot represent " + test.reason + ": "
			if got, err := scalar.Unmarshalers[test.scalar](value); err == nil || !strings.HasPrefix(err.Error(), want) {
				t.Errorf("%s %T %v: %v %v, want %s", test.scalar, value, value, got, err, want)
			}
		}
	}
}

// TestScalarsAreWrittenAsJSON writes a value of each scalar.
func TestScalarsAreWrittenAsJSON(t *testing.T) {
	at := time.Date(2026, 11, 23, 10, 30, 0, 120_000_000, time.FixedZone("", 3600))
	for _, test := range []struct {
		value graphql.Marshaler
		want  string
	}{
		{value: scalar.MarshalInt(-5), want: "-5"},
		{value: scalar.MarshalFloat(1.5), want: "1.5"},
		{value: scalar.MarshalString("a\"\n<é"), want: `"a\"\n<é"`},
		{value: scalar.MarshalBoolean(true), want: "true"},
		{value: scalar.MarshalID("SXRlbTo"), want: `"SXRlbTo"`},
		{value: scalar.MarshalDateTime(at), want: `"2026-11-23T09:30:00.12Z"`},
	} {
		var b bytes.Buffer
		test.value.MarshalGQL(&b)
		if b.String() != test.want {
			t.Errorf("%s, want %s", &b, test.want)
		}
	}
}
