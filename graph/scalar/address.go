package scalar

import (
	"errors"

	"github.com/99designs/gqlgen/graphql"

	"rowhouse/model/relay"
)

// MarshalURL writes a URL as a string.
func MarshalURL(s string) graphql.Marshaler { return graphql.MarshalString(s) }

// UnmarshalURL reads a URL. It fails for strings that relay.IsURL refuses.
func UnmarshalURL(v any) (string, error) {
	const reason = "a string that is not a URL with http or https, such as https://example.com/a?b=c"
	return unmarshalText("URL", v, require(relay.IsURL), reason)
}

// MarshalEmail writes an e-mail address as a string.
func MarshalEmail(s string) graphql.Marshaler { return graphql.MarshalString(s) }

// UnmarshalEmail reads an e-mail address. It fails for strings that relay.IsEmail refuses.
func UnmarshalEmail(v any) (string, error) {
	return unmarshalText("Email", v, require(relay.IsEmail), "a string that is not an e-mail address such as ada@example.com")
}

// require returns a function that fails for strings of another format.
func require(isFormatted func(string) bool) func(string) (string, error) {
	return func(s string) (string, error) {
		if !isFormatted(s) {
			return "", errors.ErrUnsupported
		}
		return s, nil
	}
}
