// Package scalar reads and writes the scalars of the schema. The functions that unmarshal values
// also validate variables and literals: see Unmarshalers.
package scalar

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Unmarshalers are the functions to which gqlgen.yml binds the scalars, by the name of the
// scalar. Each fails for a value that the scalar cannot represent.
var Unmarshalers = map[string]func(any) (any, error){
	"Boolean":  untyped(UnmarshalBoolean),
	"DateTime": untyped(UnmarshalDateTime),
	"Float":    untyped(UnmarshalFloat),
	"ID":       untyped(UnmarshalID),
	"Int":      untyped(UnmarshalInt),
	"String":   untyped(UnmarshalString),
}

func untyped[T any](unmarshal func(any) (T, error)) func(any) (any, error) {
	return func(v any) (any, error) { return unmarshal(v) }
}

// cannotRepresent returns the error for a value that a scalar rejects, worded as in graphql-js.
func cannotRepresent(name, reason string, v any) error {
	return fmt.Errorf("%s cannot represent %s: %s", name, reason, Print(v))
}

// LongestPrinted bounds a value in a message, in bytes.
const LongestPrinted = 100

// Print returns a JSON value in GraphQL syntax, truncated for a message.
func Print(v any) string {
	var b strings.Builder
	printValue(&b, v)
	return Cut(b.String())
}

// Cut truncates a string for a message.
func Cut(s string) string {
	if len(s) <= LongestPrinted {
		return s
	}
	return strings.ToValidUTF8(s[:LongestPrinted], "") + "…"
}

// printValue writes a JSON value. It stops soon after b exceeds LongestPrinted.
func printValue(b *strings.Builder, v any) {
	switch v := v.(type) {
	case nil:
		b.WriteString("null")
	case string:
		b.WriteString(quote(v))
	case map[string]any:
		printAll(b, "{}", slices.Sorted(maps.Keys(v)), func(name string) {
			b.WriteString(name + ": ")
			printValue(b, v[name])
		})
	case []any:
		printAll(b, "[]", v, func(v any) { printValue(b, v) })
	default: // a number or a boolean
		fmt.Fprint(b, v)
	}
}

func printAll[T any](b *strings.Builder, brackets string, all []T, printOne func(T)) {
	b.WriteByte(brackets[0])
	for i, one := range all {
		if b.Len() > LongestPrinted {
			return
		}
		if i > 0 {
			b.WriteString(", ")
		}
		printOne(one)
	}
	b.WriteByte(brackets[1])
}

func quote(s string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(strings.ToValidUTF8(s[:min(len(s), 2*LongestPrinted)], "")) // a string has a JSON
	return strings.TrimSuffix(b.String(), "\n")
}
