package scalar

import (
	"io"

	"github.com/99designs/gqlgen/graphql"

	"rowhouse/model/relay"
)

// MarshalJSON writes a JSON value as it is stored.
func MarshalJSON(j relay.JSON) graphql.Marshaler {
	return graphql.WriterFunc(func(w io.Writer) { _, _ = io.WriteString(w, string(j)) })
}

// UnmarshalJSON reads any JSON value other than null. It fails for the values that relay.NewJSON refuses.
func UnmarshalJSON(v any) (relay.JSON, error) {
	j, err := relay.NewJSON(v)
	switch {
	case err != nil:
		return "", newValueError("JSON", err.Error(), v)
	case v == nil:
		return "", newValueError("JSON", "null", v)
	}
	return j, nil
}
