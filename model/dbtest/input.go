package dbtest

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp/syntax"
	"slices"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"rowhouse/model/relay"
)

// InputValue returns the nth value of a field for an input of the API, as a value for encoding/json. It keeps
// the bounds, the pattern and the format of the field. Strings differ for each n, where the field has room.
func InputValue(t testing.TB, of relay.AnyType, f relay.Field, n int) any {
	t.Helper()
	element := of.Schema().FieldsByDBName[f.Column].IndirectFieldType
	if f.List {
		element = element.Elem()
	}
	value := inputElement(f, element, n)
	if value == nil {
		t.Fatalf("%s.%s has the type %s: add values of this type to Sample", of.Name(), f.Name, element)
	}
	if f.List {
		return []any{value}
	}
	return value
}

// inputElement returns the nth value of a field, or nil for an unknown type.
func inputElement(f relay.Field, of reflect.Type, n int) any {
	switch {
	case f.Enum != nil:
		return f.Enum.Values()[n%len(f.Enum.Values())]
	case f.Format == relay.FormatEmail, f.Scalar == relay.ScalarEmail:
		return fmt.Sprintf("input%d@example.com", n)
	case f.Scalar == relay.ScalarURL:
		return fmt.Sprintf("https://example.com/%d", n)
	case f.Pattern != "":
		return matchPattern(f.Pattern, n)
	case of.Kind() == reflect.String:
		text := fmt.Sprint(n, "input") // the digits come first, so that shorter strings differ
		text += strings.Repeat("x", max(f.MinLength-len(text), 0))
		if f.MaxLength > 0 {
			text = text[:min(len(text), f.MaxLength)]
		}
		return text
	case f.Min != "" || f.Max != "":
		return boundedNumber(f, n)
	}
	return Sample(of, n)
}

// boundedNumber returns a number inside the bounds of a field.
func boundedNumber(f relay.Field, n int) json.Number {
	value := decimal.NewFromInt(int64(n))
	if f.Min != "" {
		value = decimal.RequireFromString(f.Min).Ceil().Add(value)
	}
	if f.Max != "" {
		value = decimal.Min(value, decimal.RequireFromString(f.Max))
	}
	return json.Number(value.String())
}

// matchPattern returns the nth string that matches a regular expression. The strings are different if the
// expression begins with enough characters of a class.
func matchPattern(pattern string, n int) string {
	expression, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		panic(err) // NewType accepted it
	}
	var b strings.Builder
	writeMatch(&b, expression, &n)
	return b.String()
}

// writeMatch writes a string that matches an expression. Each choice uses up a part of n.
func writeMatch(b *strings.Builder, e *syntax.Regexp, n *int) {
	choose := func(size int) int {
		i := *n % size
		*n /= size
		return i
	}
	switch e.Op {
	case syntax.OpLiteral:
		b.WriteString(string(e.Rune))
	case syntax.OpCharClass:
		i := choose(classSize(e.Rune))
		for r := 0; r < len(e.Rune); r += 2 {
			if size := int(e.Rune[r+1]-e.Rune[r]) + 1; i >= size {
				i -= size
				continue
			}
			b.WriteRune(e.Rune[r] + rune(i))
			break
		}
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		b.WriteRune('a' + rune(choose(26)))
	case syntax.OpAlternate:
		writeMatch(b, e.Sub[choose(len(e.Sub))], n)
	case syntax.OpRepeat:
		count := e.Min + 3
		if e.Max >= 0 {
			count = min(count, e.Max)
		}
		for range count {
			writeMatch(b, e.Sub[0], n)
		}
	case syntax.OpPlus, syntax.OpCapture, syntax.OpConcat:
		for _, sub := range e.Sub {
			writeMatch(b, sub, n)
		}
	}
}

// classSize returns the number of characters in the ranges of a class, at most 1,000.
func classSize(ranges []rune) (size int) {
	for r := 0; r < len(ranges); r += 2 {
		size += int(ranges[r+1]-ranges[r]) + 1
	}
	return min(size, 1_000)
}

// UniqueReferences reports whether a reference is the last of a unique key that has only references, and returns the
// columns of the others.
func UniqueReferences(of relay.AnyType, f relay.Field) (others []string, ok bool) {
	if f.Unique {
		return nil, true
	}
	for _, key := range of.Uniques() {
		var columns []string
		for _, field := range of.Fields() {
			isKey := slices.Contains(key, field.Name) || slices.Contains(key, strings.TrimSuffix(field.Name, "Id"))
			if field.Scalar == relay.ScalarID && isKey {
				columns = append(columns, field.Column)
			}
		}
		if len(columns) == len(key) && columns[len(columns)-1] == f.Column {
			return columns[:len(columns)-1], true
		}
	}
	return nil, false
}
