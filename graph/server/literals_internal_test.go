package server

import (
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
)

// TestInvalidLiteralsHaveTheirPosition validates literals in each position of a document.
func TestInvalidLiteralsHaveTheirPosition(t *testing.T) {
	const garbage = `DateTime cannot represent a string that is not an RFC 3339 date-time such as 2026-11-23T09:30:00Z: "garbage"`
	for _, test := range []struct{ name, document, want string }{
		{
			name:     "an argument",
			document: `{ time(v: "garbage") }`,
			want:     "1:11 " + garbage,
		},
		{
			name:     "a field of an object",
			document: `{ point(v: {x: 1, at: "garbage"}) }`,
			want:     "1:23 " + garbage,
		},
		{
			name:     "a list in an object",
			document: `{ point(v: {x: 1, next: [{x: 1}, {x: 1, at: "garbage"}]}) }`,
			want:     "1:45 " + garbage,
		},
		{
			name:     "a default of a variable",
			document: `query($a: DateTime = "garbage") { time(v: $a) }`,
			want:     "1:22 " + garbage,
		},
		{
			name:     "a default inside an object",
			document: `query($a: Point = {x: 1, at: "garbage"}) { point(v: $a) }`,
			want:     "1:30 " + garbage,
		},
		{
			name:     "an argument of a directive",
			document: `{ int(v: 1) @delay(ms: 2147483648, at: "garbage") }`,
			want:     "1:24 Int cannot represent non 32-bit signed integer value: 2147483648\n1:40 " + garbage,
		},
		{
			name:     "in a fragment, once",
			document: "{ ...f ...f }\nfragment f on Query { time(v: \"garbage\") }",
			want:     "2:31 " + garbage,
		},
		{
			name:     "a name for a string",
			document: `{ time(v: garbage) }`,
			want:     "1:11 DateTime cannot represent a non string value: garbage",
		},
		{
			name:     "a name for a String",
			document: `{ string(v: garbage) }`,
			want:     "1:13 String cannot represent a non string value: garbage",
		},
		{
			name:     "a float for Int",
			document: `{ int(v: 5.0) }`,
			want:     "1:10 Int cannot represent non-integer value: 5.0",
		},
		{
			name:     "a float for ID",
			document: `{ id(v: 5.0) }`,
			want:     "1:9 ID cannot represent a non-string and non-integer value: 5.0",
		},
		{
			name:     "Int limits",
			document: `{ ints(v: [2147483647, -2147483648]) }`,
			want:     "{}",
		},
		{
			name:     "beyond the Int limits",
			document: `{ ints(v: [2147483648, -2147483649, 99999999999999999999]) }`,
			want: "1:12 Int cannot represent non 32-bit signed integer value: 2147483648\n" +
				"1:24 Int cannot represent non 32-bit signed integer value: -2147483649\n" +
				"1:37 Int cannot represent non 32-bit signed integer value: 99999999999999999999",
		},
		{
			name:     "a single value for a list",
			document: `{ ints(v: "a") }`,
			want:     `1:11 Int cannot represent non-integer value: "a"`,
		},
		{
			name:     "a list for a value",
			document: `{ int(v: [1]) }`,
			want:     "1:10 Int cannot represent non-integer value: [1]",
		},
		{
			name:     "a variable in a list for a value",
			document: `query($a: Int) { int(v: [$a]) }`,
			want:     "1:25 Int cannot represent non-integer value: [$a]",
		},
		{
			name:     "a default of an unknown type",
			document: `query($a: Inte = 5) { int }`,
			want:     "1:7 Unknown type \"Inte\".\n1:7 Variable \"$a\" is never used.",
		},
		{
			name:     "a default of a type for output",
			document: `query($a: Query = 5) { int }`,
			want:     "1:7 Variable \"$a\" is never used.\n1:7 Variable \"$a\" cannot be non-input type \"Query\".",
		},
		{
			name:     "behind line ends of each kind",
			document: "{ # \n \r\n \r string(v: 5) }\r",
			want:     "4:12 String cannot represent a non string value: 5",
		},
		{
			name:     "null in a list",
			document: `{ ints(v: [null]) }`,
			want:     `1:12 Expected value of type "Int!", found null.`,
		},
		{
			name:     "an id of more than 64 bits",
			document: `{ id(v: 99999999999999999999) }`,
			want:     "1:9 ID cannot represent a number of more than 64 bits: 99999999999999999999",
		},
		{
			name:     "a float beyond 64 bits",
			document: `{ float(v: 1e999) }`,
			want:     "1:12 Float cannot represent non numeric value: 1e999",
		},
		{
			name:     "half of a surrogate pair",
			document: `{ string(v: "a\ud83d b") }`,
			want:     `1:13 Invalid Unicode escape sequence in a string: a surrogate (\uD800 to \uDFFF) without its other half.`,
		},
		{
			name:     "the halves in the wrong order",
			document: `{ string(v: "é\udE00\uD83d") }`,
			want:     `1:13 Invalid Unicode escape sequence in a string: a surrogate (\uD800 to \uDFFF) without its other half.`,
		},
		{
			name:     "in an object, behind other characters",
			document: `{ point(v: {x: 1, at: "😀\\\ud800"}) }`,
			want:     `1:23 Invalid Unicode escape sequence in a string: a surrogate (\uD800 to \uDFFF) without its other half.`,
		},
		{
			name:     "behind a byte order mark",
			document: "\ufeff{ string(v: \"\\ud800\") }",
			want:     `1:14 Invalid Unicode escape sequence in a string: a surrogate (\uD800 to \uDFFF) without its other half.`,
		},
		{
			name:     "a surrogate pair",
			document: `{ string(v: "\ud83d\ude00 \\ud800 � \ufffd \u{1F600}") }`,
			want:     "{}",
		},
		{
			name:     "no escapes in a block string",
			document: `{ string(v: """\ud800 �""") }`,
			want:     "{}",
		},
		{
			name:     "an unknown field",
			document: `{ point(v: {x: 1, yy: 2}) }`,
			want:     `1:19 Field "yy" is not defined by type "Point". Did you mean "y"?`,
		},
		{
			name:     "an unknown name",
			document: `{ color(v: GREE) }`,
			want:     `1:12 Value "GREE" does not exist in "Color" enum. Did you mean the enum value "GREEN" or "RED"?`,
		},
		{
			name:     "a block string",
			document: `{ int(v: """a""") }`,
			want:     `1:10 Int cannot represent non-integer value: "a"`,
		},
		{
			name:     "a block string of several lines",
			document: "{\n  e: string(v: 1)\n  int(v: \"\"\"a\n\"\"\") }",
			want:     "2:16 String cannot represent a non string value: 1\n3:10 Int cannot represent non-integer value: \"a\"",
		},
		{
			name:     "a variable of another type",
			document: "query($a: String, $b: [Int], $c: Int) { int(v: $a) ints(v: $b) needed(v: $c) }",
			want: "1:48 Variable \"$a\" of type \"String\" used in position expecting type \"Int\".\n" +
				"1:60 Variable \"$b\" of type \"[Int]\" used in position expecting type \"[Int!]\".\n" +
				"1:74 Variable \"$c\" of type \"Int\" used in position expecting type \"Int!\".",
		},
		{
			name:     "a variable that is not declared",
			document: "{ int(v: $a) }",
			want:     `1:10 Variable "$a" is not defined.`,
		},
		{
			name:     "a variable of a type for output",
			document: "query($a: Query) { int(v: $a) }",
			want: "1:27 Variable \"$a\" of type \"Query\" used in position expecting type \"Int\".\n" +
				"1:7 Variable \"$a\" cannot be non-input type \"Query\".",
		},
		{
			name:     "a variable of an unknown type",
			document: "query($a: Inte) { int(v: $a) }",
			want:     "1:7 Unknown type \"Inte\".\n1:26 Variable \"$a\" of type \"Inte\" used in position expecting type \"Int\".",
		},
		{
			name:     "a missing argument",
			document: "{ needed }",
			want:     `1:3 Field "needed" argument "v" of type "Int!" is required, but it was not provided.`,
		},
		{
			name:     "an unknown argument",
			document: "{ int(w: 1) }",
			want:     `1:3 Unknown argument "w" on field "Query.int". Did you mean "v"?`,
		},
		{
			name:     "a field twice in an object",
			document: "{ point(v: {x: 1, x: 2}) }",
			want:     `1:19 There can be only one input field named "x".`,
		},
		{
			name:     "OneOf",
			document: `{ either(v: {id: 1, name: "a"}) }`,
			want:     `1:13 OneOf Input Object "Either" must specify exactly one key.`,
		},
		{
			name:     "OneOf of a nullable variable",
			document: "query($a: ID) { either(v: {id: $a}) }",
			want:     `1:7 Variable "$a" is of type "ID" but must be non-nullable to be used for OneOf Input Object "Either".`,
		},
		{
			name:     "OneOf of null",
			document: `{ either(v: {id: null}) }`,
			want:     `1:13 Field "Either.id" must be non-null.`,
		},
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
		{schema: `type Query { f(v: DateTime = "2026-01-01T00:00:00Z"): Int }`, want: ""},
		{schema: `type Query { f(v: DateTime = "x"): Int }`, want: "the default of Query.f(v:) is invalid"},
		{schema: `type Query { f(v: String = "\u0007"): Int }`, want: ""},
		{schema: `input I { n: Int = 1.5 } type Query { f(v: I): Int }`, want: "the default of I.n is invalid"},
		{schema: `scalar Money type Query { f(v: Money): Int }`, want: "scalar.Unmarshalers lacks the scalar Money"},
	} {
		err := checkSchema(gqlparser.MustLoadSchema(&ast.Source{Input: "scalar DateTime " + test.schema}))
		if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("%s: %v", test.schema, err)
		}
	}
}
