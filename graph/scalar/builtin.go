package scalar

import (
	"encoding/json"
	"errors"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/99designs/gqlgen/graphql"

	"rowhouse/model/relay"
)

// The built-in scalars of the specification. gqlgen's functions would accept strings in variables
// as numbers and booleans, and numbers as strings. Numbers in variables are json.Number, and in
// literals int64 or float64.

// MarshalInt writes an integer.
func MarshalInt(n int) graphql.Marshaler { return graphql.MarshalInt(n) }

// UnmarshalInt reads a 32-bit integer. In JSON, 5.0 and 5e0 are integers.
func UnmarshalInt(v any) (int, error) {
	digits, ok := integerDigits(v)
	if !ok {
		return 0, newValueError("Int", "non-integer value", v)
	}
	n, err := strconv.ParseInt(digits, 10, 32)
	if err != nil {
		return 0, newValueError("Int", "non 32-bit signed integer value", v)
	}
	return int(n), nil
}

// integerDigits returns the decimal digits of a number without a fraction.
func integerDigits(v any) (digits string, ok bool) {
	switch v := v.(type) {
	case int:
		return strconv.Itoa(v), true
	case int64:
		return strconv.FormatInt(v, 10), true
	case float64:
		return strconv.FormatFloat(v, 'f', 0, 64), v == math.Trunc(v)
	case json.Number:
		if !strings.ContainsAny(string(v), ".eE") {
			return string(v), true
		}
		f, err := v.Float64()
		return strconv.FormatFloat(f, 'f', 0, 64), err == nil && f == math.Trunc(f)
	}
	return "", false
}

// MarshalFloat writes a 64-bit float.
func MarshalFloat(f float64) graphql.Marshaler { return graphql.MarshalFloat(f) }

// UnmarshalFloat reads a finite 64-bit float.
func UnmarshalFloat(v any) (float64, error) {
	var f float64
	var err error
	switch v := v.(type) {
	case int64:
		f = float64(v)
	case float64:
		f = v
	case json.Number:
		f, err = v.Float64()
	default:
		err = errors.ErrUnsupported
	}
	if err != nil || math.IsInf(f, 0) || math.IsNaN(f) {
		return 0, newValueError("Float", "non numeric value", v)
	}
	return f + 0, nil // servers print -0 differently
}

// MarshalString writes a string.
func MarshalString(s string) graphql.Marshaler { return graphql.MarshalString(s) }

// UnmarshalString reads a string. It fails for an unpaired surrogate and for invalid UTF-8.
func UnmarshalString(v any) (string, error) {
	s, ok := v.(string)
	if !ok {
		return "", newValueError("String", "a non string value", v)
	}
	return s, checkUnicode("String", s)
}

// checkUnicode fails for a string with an unpaired surrogate or with invalid UTF-8.
func checkUnicode(name, s string) error {
	if !utf8.ValidString(s) {
		return newValueError(name, "a string with an unpaired surrogate or invalid UTF-8", s)
	}
	return nil
}

// MarshalBoolean writes true or false.
func MarshalBoolean(b bool) graphql.Marshaler { return graphql.MarshalBoolean(b) }

// UnmarshalBoolean reads true or false. Null is false: gqlgen has no pointers for the
// arguments includeDeprecated of introspection. It unmarshals no other null here.
func UnmarshalBoolean(v any) (bool, error) {
	b, ok := v.(bool)
	if !ok && v != nil {
		return false, newValueError("Boolean", "a non boolean value", v)
	}
	return b, nil
}

// MarshalID writes a global id as a string.
func MarshalID(id relay.GlobalID) graphql.Marshaler { return graphql.MarshalString(string(id)) }

// UnmarshalID reads a string or an integer. The model checks the string.
func UnmarshalID(v any) (relay.GlobalID, error) {
	if s, ok := v.(string); ok {
		return relay.GlobalID(s), checkUnicode("ID", s)
	}
	digits, ok := integerDigits(v)
	if !ok {
		return "", newValueError("ID", "a non-string and non-integer value", v)
	}
	return relay.GlobalID(digits), nil
}
