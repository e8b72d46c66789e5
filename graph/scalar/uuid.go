package scalar

import (
	"github.com/99designs/gqlgen/graphql"

	"rowhouse/model/relay"
)

// MarshalUUID writes a UUID in lower case.
func MarshalUUID(u relay.UUID) graphql.Marshaler { return graphql.MarshalString(u.String()) }

// UnmarshalUUID reads a UUID in any case. It fails for strings of another format.
func UnmarshalUUID(v any) (relay.UUID, error) {
	return unmarshalText("UUID", v, relay.ParseUUID, "a string that is not a UUID such as 019ab1c2-7d4e-7f00-8a5b-3c2d1e0f9a8b")
}
