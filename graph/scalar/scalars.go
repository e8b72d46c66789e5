// Package scalar reads and writes the scalars of a schema: the built-in ones, and those of the framework,
// such as DateTime and Decimal.
//
// Each scalar has a pair of functions, as MarshalInt and UnmarshalInt, to which gqlgen.yml binds it. The
// server uses the Unmarshal function for variables and for literals, so both have the same rules and
// the same messages, those of graphql-js.
//
// An application adds a scalar of its own, such as Colour, without an edit of this package:
//   - model/colour.go has MarshalColour and UnmarshalColour, like date.go;
//   - in schema.graphqls, @storedAs(scalar: "String") makes it a type of columns; without it, gqlgen.yml binds
//     the scalar to rowhouse/model.Colour;
//   - an init function in graph/resolver.go adds an entry to Unmarshalers. The server does not start
//     without it.
package scalar

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Unmarshalers are the Unmarshal functions by the name of the scalar. A function fails for a value
// outside the scalar. An application adds its own scalars in graph/resolver.go:
//
//	func init() {
//		scalar.Unmarshalers["Colour"] = func(v any) (any, error) { return model.UnmarshalColour(v) }
//	}
var Unmarshalers = map[string]func(any) (any, error){
	"BigInt":   untyped(UnmarshalBigInt),
	"Boolean":  untyped(UnmarshalBoolean),
	"Date":     untyped(UnmarshalDate),
	"DateTime": untyped(UnmarshalDateTime),
	"Decimal":  untyped(UnmarshalDecimal),
	"Email":    untyped(UnmarshalEmail),
	"Float":    untyped(UnmarshalFloat),
	"ID":       untyped(UnmarshalID),
	"Int":      untyped(UnmarshalInt),
	"JSON":     untyped(UnmarshalJSON),
	"String":   untyped(UnmarshalString),
	"URL":      untyped(UnmarshalURL),
	"UUID":     untyped(UnmarshalUUID),
}

// untyped removes the type of the result.
func untyped[T any](unmarshal func(any) (T, error)) func(any) (any, error) {
	return func(v any) (any, error) { return unmarshal(v) }
}

// newValueError returns the error for a rejected value, in the words of graphql-js.
func newValueError(name, reason string, v any) error {
	return fmt.Errorf("%s cannot represent %s: %s", name, reason, Print(v))
}

// LongestPrinted bounds a value in a message, in bytes.
const LongestPrinted = 100

// Print returns a JSON value in GraphQL syntax, truncated for a message.
func Print(v any) string {
	var b strings.Builder
	printValue(&b, v)
	return Truncate(b.String(), LongestPrinted)
}

// Truncate shortens a string for a message to n bytes and an ellipsis.
func Truncate(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + "…"
}

// printValue writes a JSON value. It stops soon after b exceeds LongestPrinted.
func printValue(b *strings.Builder, v any) {
	switch v := v.(type) {
	case nil:
		b.WriteString("null")
	case string:
		b.WriteString(quote(v))
	case map[string]any:
		printMembers(b, "{}", slices.Sorted(maps.Keys(v)), func(name string) {
			b.WriteString(name + ": ")
			printValue(b, v[name])
		})
	case []any:
		printMembers(b, "[]", v, func(v any) { printValue(b, v) })
	default: // a number or a boolean
		fmt.Fprint(b, v)
	}
}

// printMembers writes the members of a list or an object.
func printMembers[T any](b *strings.Builder, brackets string, members []T, printMember func(T)) {
	b.WriteByte(brackets[0])
	for i, member := range members {
		if b.Len() > LongestPrinted {
			return
		}
		if i > 0 {
			b.WriteString(", ")
		}
		printMember(member)
	}
	b.WriteByte(brackets[1])
}

// quote returns a string in JSON.
func quote(s string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(strings.ToValidUTF8(s[:min(len(s), 2*LongestPrinted)], "")) // a string has a JSON
	return strings.TrimSuffix(b.String(), "\n")
}
