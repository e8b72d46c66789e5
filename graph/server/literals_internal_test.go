package server

import (
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
)

// TestLiterals validates literals in each position of a document.
func TestLiterals(t *testing.T) {
	const garbage = `DateTime cannot represent a string that is not an RFC 3339 date-time such as 2026-11-23T09:30:00Z: "garbage"`
	for _, test := range []struct{ name, document, want string }{
		{"an argument", `{ time(v: "garbage") }`, "1:11 " + garbage},
		{"a field of an object", `{ point(v: {x: 1, at: "garbage"}) }`, "1:23 " + garbage},
		{"a list in an object", `{ point(v: {x: 1, next: [{x: 1}, {x: 1, at: "garbage"}]}) }`, "1:45 " + garbage},
		{"a default of a variable", `query($a: DateTime = "garbage") { time(v: $a) }`, "1:22 " + garbage},
		{"a default inside an object", `query($a: Point = {x: 1, at: "garbage"}) { point(v: $a) }`, "1:30 " + garbage},
		{"an argument of a directive", `{ int(v: 1) @delay(ms: 2147483648, at: "garbage") }`, "1:24 Int cannot represent non 32-bit signed integer value: 2147483648\n1:40 " + garbage},
		{"in a fragment, once", "{ ...f ...f }\nfragment f on Query { time(v: \"garbage\") }", "2:31 " + garbage},
		{"a name for a string", `{ time(v: garbage) }`, "1:11 DateTime cannot represent a non string value: garbage"},
		{"a name for a String", `{ string(v: garbage) }`, "1:13 String cannot represent a non string value: garbage"},
		{"a float for Int", `{ int(v: 5.0) }`, "1:10 Int cannot represent non-integer value: 5.0"},
		{"a float for ID", `{ id(v: 5.0) }`, "1:9 ID cannot represent a non-string and non-integer value: 5.0"},
		{"Int limits", `{ ints(v: [2147483647, -2147483648]) }`, "{}"},
		{"beyond the Int limits", `{ ints(v: [2147483648, -2147483649, 99999999999999999999]) }`, "1:12 Int cannot represent non 32-bit signed integer value: 2147483648\n1:24 Int cannot represent non 32-bit signed integer value: -2147483649\n1:37 Int cannot represent non 32-bit signed integer value: 99999999999999999999"},
		{"a single value for a list", `{ ints(v: "a") }`, `1:11 Int cannot represent non-integer value: "a"`},
		{"a list for a value", `{ int(v: [1]) }`, "1:10 Int cannot represent non-integer value: [1]"},
		{"null in a list", `{ ints(v: [null]) }`, `1:12 Expected value of type "Int!", found null.`},
		{"an id of more than 64 bits", `{ id(v: 99999999999999999999) }`, "1:9 ID cannot represent a number of more than 64 bits: 99999999999999999999"},
		{"a float beyond 64 bits", `{ float(v: 1e999) }`, "1:12 Float cannot represent non numeric value: 1e999"},
		{"half of a surrogate pair", `{ string(v: "a\ud83d b") }`, `1:13 Invalid Unicode escape sequence in a string: a surrogate (\uD800 to \uDFFF) without its other half.`},
		{"the halves in the wrong order", `{ string(v: "é\udE00\uD83d") }`, `1:13 Invalid Unicode escape sequence in a string: a surrogate (\uD800 to \uDFFF) without its other half.`},
		{"in an object, behind other characters", `{ point(v: {x: 1, at: "😀\\\ud800"}) }`, `1:23 Invalid Unicode escape sequence in a string: a surrogate (\uD800 to \uDFFF) without its other half.`},
		{"behind a byte order mark", "\ufeff{ string(v: \"\\ud800\") }", `1:14 Invalid Unicode escape sequence in a string: a surrogate (\uD800 to \uDFFF) without its other half.`},
		{"a surrogate pair", `{ string(v: "\ud83d\ude00 \\ud800 � \ufffd \u{1F600}") }`, "{}"},
		{"no escapes in a block string", `{ string(v: """\ud800 �""") }`, "{}"},
		{"an unknown field", `{ point(v: {x: 1, yy: 2}) }`, `1:19 Field "yy" is not defined by type "Point". Did you mean "y"?`},
		{"an unknown name", `{ color(v: GREE) }`, `1:12 Value "GREE" does not exist in "Color" enum. Did you mean the enum value "GREEN" or "RED"?`},
		{"a block string", `{ int(v: """a""") }`, `1:10 Int cannot represent non-integer value: "a"`},
		{"a block string of several lines", "{\n  e: string(v: 1)\n  int(v: \"\"\"a\n\"\"\") }", "2:16 String cannot represent a non string value: 1\n3:10 Int cannot represent non-integer value: \"a\""},
		{"a variable of another type", "query($a: String, $b: [Int], $c: Int) { int(v: $a) ints(v: $b) needed(v: $c) }", "1:48 Variable \"$a\" of type \"String\" used in position expecting type \"Int\".\n1:60 Variable \"$b\" of type \"[Int]\" used in position expecting type \"[Int!]\".\n1:74 Variable \"$c\" of type \"Int\" used in position expecting type \"Int!\"."},
		{"a variable that is not declared", "{ int(v: $a) }", `1:10 Variable "$a" is not defined.`},
		{"a variable of a type for output", "query($a: Query) { int(v: $a) }", "1:27 Variable \"$a\" of type \"Query\" used in position expecting type \"Int\".\n1:7 Variable \"$a\" cannot be non-input type \"Query\"."},
		{"a variable of an unknown type", "query($a: Inte) { int(v: $a) }", "1:7 Unknown type \"Inte\".\n1:26 Variable \"$a\" of type \"Inte\" used in position expecting type \"Int\"."},
		{"a missing argument", "{ needed }", `1:3 Field "needed" argument "v" of type "Int!" is required, but it was not provided.`},
		{"an unknown argument", "{ int(w: 1) }", `1:3 Unknown argument "w" on field "Query.int". Did you mean "v"?`},
		{"a field twice in an object", "{ point(v: {x: 1, x: 2}) }", `1:19 There can be only one input field named "x".`},
		{"OneOf", `{ either(v: {id: 1, name: "a"}) }`, `1:13 OneOf Input Object "Either" must specify exactly one key.`},
		{"OneOf of a nullable variable", "query($a: ID) { either(v: {id: $a}) }", `1:7 Variable "$a" is of type "ID" but must be non-nullable to be used for OneOf Input Object "Either".`},
		{"OneOf of null", `{ either(v: {id: null}) }`, `1:13 Field "Either.id" must be non-null.`},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := coerce(t, test.document, "{}"); got != test.want {
				t.Errorf("%s:\n%s\nwant:\n%s", test.document, got, test.want)
			} else if goTerms.MatchString(got) {
				t.Errorf("%s has words of Go", got)
			}
		})
	}
}

// TestSchemaWithoutUnmarshalerOrWithInvalidDefaultIsRefused checks schemas with one fault each.
func TestSchemaWithoutUnmarshalerOrWithInvalidDefaultIsRefused(t *testing.T) {
	for _, test := range []struct{ schema, want string }{
		{`type Query { f(v: DateTime = "2026-01-01T00:00:00Z"): Int }`, ""},
		{`type Query { f(v: DateTime = "x"): Int }`, "the default of Query.f(v:) is invalid"},
		{`input I { n: Int = 1.5 } type Query { f(v: I): Int }`, "the default of I.n is invalid"},
		{`scalar Money type Query { f(v: Money): Int }`, "scalar.Unmarshalers lacks the scalar Money"},
	} {
		err := checkSchema(gqlparser.MustLoadSchema(&ast.Source{Input: "scalar DateTime " + test.schema}))
		if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("%s: %v", test.schema, err)
		}
	}
}
