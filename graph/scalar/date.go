package scalar

import (
	"github.com/99designs/gqlgen/graphql"

	"rowhouse/model/relay"
)

// MarshalDate writes the format full-date of RFC 3339.
func MarshalDate(d relay.Date) graphql.Marshaler { return graphql.MarshalString(d.String()) }

// UnmarshalDate reads the format full-date of RFC 3339. It fails for other strings, for days that are in
// no month, and for years outside 1000 to 9999.
func UnmarshalDate(v any) (relay.Date, error) {
	return unmarshalText("Date", v, relay.ParseDate, "a string that is not a day from 1000-01-01 to 9999-12-31, such as 2026-11-23")
}

// unmarshalText reads a scalar whose values are strings in JSON. The reason is the message for strings that
// parse refuses.
func unmarshalText[V any](name string, v any, parse func(string) (V, error), reason string) (none V, err error) {
	s, ok := v.(string)
	if !ok {
		return none, newValueError(name, "a non string value", v)
	}
	value, err := parse(s)
	if err != nil {
		return none, newValueError(name, reason, v)
	}
	return value, nil
}
