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
		{"Int", json.Number("5"), "5"},
		{"Int", json.Number("-2147483648"), "-2147483648"},
		{"Int", json.Number("2147483647.0"), "2147483647"},
		{"Int", json.Number("5e0"), "5"},
		{"Int", json.Number("-0.0"), "0"},
		{"Int", int64(7), "7"},
		{"Int", 7, "7"},
		{"Int", 7.0, "7"},
		{"Float", json.Number("5"), "5"},
		{"Float", json.Number("1.5e2"), "150"},
		{"Float", int64(7), "7"},
		{"Float", 1.5, "1.5"},
		{"String", "é", "é"},
		{"String", "", ""},
		{"Boolean", true, "true"},
		{"Boolean", false, "false"},
		{"Boolean", nil, "false"},
		{"ID", "SXRlbTo", "SXRlbTo"},
		{"ID", json.Number("12345678901234567890"), "12345678901234567890"},
		{"ID", json.Number("5.0"), "5"},
		{"ID", int64(5), "5"},
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
		{scalar.MarshalInt(-5), "-5"},
		{scalar.MarshalFloat(1.5), "1.5"},
		{scalar.MarshalString("a\"\n<é"), `"a\"\n<é"`},
		{scalar.MarshalBoolean(true), "true"},
		{scalar.MarshalID("SXRlbTo"), `"SXRlbTo"`},
		{scalar.MarshalDateTime(at), `"2026-11-23T09:30:00.12Z"`},
	} {
		var b bytes.Buffer
		test.value.MarshalGQL(&b)
		if b.String() != test.want {
			t.Errorf("%s, want %s", &b, test.want)
		}
	}
}
