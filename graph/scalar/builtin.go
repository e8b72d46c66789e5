package scalar

import (
	"errors"

	"github.com/99designs/gqlgen/graphql"
)

// The specification's own scalars. gqlgen's would take texts for numbers and truths, and
// numbers for texts, where variables hold them.
var (
	errInt     = errors.New("must be an integer of 32 bits")
	errString  = errors.New("must be a text")
	errBoolean = errors.New("must be true or false")
)

// MarshalInt writes a number.
func MarshalInt(n int) graphql.Marshaler { return graphql.MarshalInt(n) }

// UnmarshalInt reads an integer. It fails on all else, and on what 32 bits do not hold.
func UnmarshalInt(v any) (int, error) {
	n, err := graphql.UnmarshalInt32(v)
	if _, text := v.(string); text || err != nil {
		return 0, errInt
	}
	return int(n), nil
}

// MarshalString writes a text.
func MarshalString(s string) graphql.Marshaler { return graphql.MarshalString(s) }

// UnmarshalString reads a text, and fails on all else.
func UnmarshalString(v any) (string, error) {
	s, ok := v.(string)
	if !ok {
		return "", errString
	}
	return s, nil
}

// MarshalBoolean writes true or false.
func MarshalBoolean(b bool) graphql.Marshaler { return graphql.MarshalBoolean(b) }

// UnmarshalBoolean reads true or false, and fails on all else.
func UnmarshalBoolean(v any) (bool, error) {
	b, ok := v.(bool)
	if !ok {
		return false, errBoolean
	}
	return b, nil
}
