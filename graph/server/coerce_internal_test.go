package server

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"

	"rowhouse/graph/scalar"
)

// smallSchema has each kind of input type once, also those that the API does not use.
var smallSchema = gqlparser.MustLoadSchema(&ast.Source{Input: `
	scalar DateTime
	scalar Money
	enum Color { RED GREEN }
	input Point { x: Int! y: Int! = 0 at: DateTime colors: [Color!] next: [Point!] }
	input Either @oneOf { id: ID name: String }
	directive @delay(ms: Int!, at: DateTime) on FIELD | QUERY | INLINE_FRAGMENT | FRAGMENT_SPREAD | FRAGMENT_DEFINITION
	type Query {
		int(v: Int) : Int float(v: Float): Int string(v: String): Int boolean(v: Boolean): Int id(v: ID): Int
		time(v: DateTime): Int money(v: Money): Int color(v: Color): Int point(v: Point): Int either(v: Either): Int
		ints(v: [Int!]): Int matrix(v: [[Int]]): Int needed(v: Int!): Int defaulted(v: Int! = 5): Int
	}`})

// coerce validates a document, coerces its variables, and returns them as JSON or the errors
// for clients: those of the document with their location, those of variables with their path.
func coerce(t *testing.T, document, variables string) string {
	t.Helper()
	p := &graphql.RawParams{Query: document}
	decoder := json.NewDecoder(strings.NewReader(variables))
	decoder.UseNumber()
	if err := decoder.Decode(&p.Variables); err != nil {
		t.Fatal(err)
	}
	parsed, err := parser.ParseQuery(&ast.Source{Input: document})
	if err != nil {
		t.Fatal(err)
	}
	var seen []string
	for _, e := range validator.ValidateWithRules(smallSchema, parsed, newRules(true)) {
		seen = append(seen, fmt.Sprintf("%d:%d %s", e.Locations[0].Line, e.Locations[0].Column, e.Message))
	}
	if seen != nil {
		return strings.Join(seen, "\n")
	}
	var refused *gqlerror.Error
	if p.Variables, refused = coerceVariables(smallSchema, parsed.Operations[0], p.Variables, 6); refused != nil {
		return describeVariablesError(t, document, refused)
	}
	if _, err := validator.VariableValues(smallSchema, parsed.Operations[0], p.Variables); err != nil {
		t.Errorf("%s %s: gqlgen refuses what was coerced: %v", document, variables, err)
	}
	encoded, _ := json.Marshal(p.Variables)
	return string(encoded)
}

func describeVariablesError(t *testing.T, document string, e *gqlerror.Error) string {
	t.Helper()
	var v *variablesError
	if !errors.As(e, &v) {
		t.Fatalf("%#v is not a variablesError", e)
	}
	column := strings.Index(document, fmt.Sprint("$", v.fields[0].Path[0], ":")) + 1
	if len(e.Locations) != 1 || e.Locations[0] != (gqlerror.Location{Line: 1, Column: column}) {
		t.Errorf("the locations of an error in column %d are %v", column, e.Locations)
	}
	seen := []string{e.Message}
	for _, f := range v.fields {
		seen = append(seen, f.Path.String()+": "+f.Message)
	}
	return strings.Join(seen, "\n")
}

// goTerms are terms of Go that must not reach a client.
var goTerms = regexp.MustCompile(`\b(slice|map|interface|float64|int64|int32|json\.Number|bool|nil|struct|` +
	`strconv|ParseInt|reflect|goroutine|unmarshal|nonString)\b|%!|\*ast\.|\[\]any`)

// uses returns a use of each variable, whose names are letters.
func uses(letters string) (fields string) {
	for _, letter := range letters {
		fields += fmt.Sprintf("%c: needed(v: $%c) ", letter, letter)
	}
	return fields
}

// TestAllInvalidVariablesAreReported coerces valid variables, and reports all invalid ones together.
func TestAllInvalidVariablesAreReported(t *testing.T) {
	scalar.Unmarshalers["Money"] = func(v any) (any, error) {
		m, _ := v.(map[string]any)
		switch m["cents"].(type) {
		case json.Number, int, int64: // in a variable, in one of type Int, and in a literal
			return m, nil
		}
		return nil, fmt.Errorf("Money cannot represent value: %s", scalar.Print(v))
	}
	t.Cleanup(func() { delete(scalar.Unmarshalers, "Money") })
	for _, test := range []struct{ name, document, variables, want string }{
		{
			name:      "integers in JSON",
			document:  "query($a: Int, $b: Int, $c: [Int!], $d: Point) { a: int(v: $a) b: int(v: $b) ints(v: $c) point(v: $d) }",
			variables: `{"a": 5.0, "b": 5e0, "c": [-1, 2.50e1], "d": {"x": 7.0}}`,
			want:      `{"a":5,"b":5,"c":[-1,25],"d":{"x":7}}`,
		},
		{
			name:      "Int limits",
			document:  "query($a: [Int!]) { ints(v: $a) }",
			variables: `{"a": [2147483647, -2147483648, -0.0]}`,
			want:      `{"a":[2147483647,-2147483648,0]}`,
		},
		{
			name:      "beyond the Int limits",
			document:  "query($a: [Int!]) { ints(v: $a) }",
			variables: `{"a": [2147483648, -2147483649, 1e10, 1e999, 99999999999999999999, 5]}`,
			want: "5 values in variables are invalid, see extensions.fields. The first: Variable \"$a\" got invalid value " +
				"2147483648 at \"a[0]\"; Int cannot represent non 32-bit signed integer value: 2147483648\n" +
				"a[0]: Int cannot represent non 32-bit signed integer value: 2147483648\n" +
				"a[1]: Int cannot represent non 32-bit signed integer value: -2147483649\n" +
				"a[2]: Int cannot represent non 32-bit signed integer value: 1e10\n" +
				"a[3]: Int cannot represent non-integer value: 1e999\n" +
				"a[4]: Int cannot represent non 32-bit signed integer value: 99999999999999999999",
		},
		{
			name:      "a single value for a list",
			document:  "query($a: [Int!], $b: [[Int]], $c: Point) { ints(v: $a) matrix(v: $b) point(v: $c) }",
			variables: `{"a": 1, "b": 2, "c": {"x": 1, "colors": "RED", "next": {"x": 2}}}`,
			want:      `{"a":[1],"b":[[2]],"c":{"colors":["RED"],"next":[{"x":2}],"x":1}}`,
		},
		{
			name:      "single values of a nested list",
			document:  "query($a: [[Int]]) { matrix(v: $a) }",
			variables: `{"a": [1, null, [2, null]]}`,
			want:      `{"a":[[1],null,[2,null]]}`,
		},
		{
			name:      "null in a list",
			document:  "query($a: [Int!]) { ints(v: $a) }",
			variables: `{"a": [1, null]}`,
			want: "Variable \"$a\" got invalid value null at \"a[1]\"; Expected non-nullable type \"Int!\" not to be null.\n" +
				"a[1]: Expected non-nullable type \"Int!\" not to be null.",
		},
		{
			name: "defaults",
			document: "query($a: Int = 3, $b: [Int!] = 4, $c: Point = {x: 1}, $d: Int = null) { int(v: $a) ints(v: $b) point(v: $c) " +
				"d: int(v: $d) }",
			variables: `{}`,
			want:      `{"a":3,"b":[4],"c":{"x":1},"d":null}`,
		},
		{
			name:      "null is not the default",
			document:  "query($a: Int = 3) { int(v: $a) }",
			variables: `{"a": null}`,
			want:      `{"a":null}`,
		},
		{
			name:      "not provided",
			document:  "query($a: Int!, $b: Int!, $c: Int) { needed(v: $a) b: needed(v: $b) int(v: $c) }",
			variables: `{"b": null}`,
			want: "2 values in variables are invalid, see extensions.fields. The first: Variable \"$a\" of required type " +
				"\"Int!\" was not provided.\n" +
				"a: Variable \"$a\" of required type \"Int!\" was not provided.\n" +
				"b: Variable \"$b\" of non-null type \"Int!\" must not be null.",
		},
		{
			name: "more errors than are reported",
			document: "query($a: Int!, $b: Int!, $c: Int!, $d: Int!, $e: Int!, $f: Int!, $g: Int!) { needed(v: $a) " +
				uses("bcdefg") + "}",
			variables: `{}`,
			want: "at least 6 values in variables are invalid, see extensions.fields. The first: Variable \"$a\" of required type " +
				"\"Int!\" was not provided.\n" +
				"a: Variable \"$a\" of required type \"Int!\" was not provided.\n" +
				"b: Variable \"$b\" of required type \"Int!\" was not provided.\n" +
				"c: Variable \"$c\" of required type \"Int!\" was not provided.\n" +
				"d: Variable \"$d\" of required type \"Int!\" was not provided.\n" +
				"e: Variable \"$e\" of required type \"Int!\" was not provided.\n" +
				"f: Variable \"$f\" of required type \"Int!\" was not provided.",
		},
		{
			name:      "all errors of an object",
			document:  "query($p: Point!) { point(v: $p) }",
			variables: `{"p": {"x": "1", "z": 1, "at": "garbage", "next": [{"x": 1}, {"colors": ["RED", "red"]}]}}`,
			want: "5 values in variables are invalid, see extensions.fields. The first: Variable \"$p\" got invalid value \"1\" " +
				"at \"p.x\"; Int cannot represent non-integer value: \"1\"\n" +
				"p.x: Int cannot represent non-integer value: \"1\"\n" +
				"p.at: DateTime cannot represent a string that is not an RFC 3339 date-time such as 2026-11-23T09:30:00Z: " +
				"\"garbage\"\n" +
				"p.next[1].x: Field \"x\" of required type \"Int!\" was not provided.\n" +
				"p.next[1].colors[1]: Value \"red\" does not exist in \"Color\" enum.\n" +
				"p.z: Field \"z\" is not defined by type \"Point\".",
		},
		{
			name:      "an unknown field with a long name",
			document:  "query($p: Point!) { point(v: $p) }",
			variables: `{"p": {"x": 1, "` + strings.Repeat("z", 1000) + `": 1}}`,
			want: "Variable \"$p\" got invalid value {x: 1, " + strings.Repeat("z", 93) + "… at \"p." + strings.Repeat("z", 100) +
				"…\"; Field \"" + strings.Repeat("z", 100) + "…\" is not defined by type \"Point\".\n" +
				"p." + strings.Repeat("z", 100) + "…: Field \"" + strings.Repeat("z", 100) + "…\" is not defined by type \"Point\".",
		},
		{
			name:      "__typename in an object",
			document:  "query($p: Point!) { point(v: $p) }",
			variables: `{"p": {"x": 1, "__typename": "Point"}}`,
			want: "Variable \"$p\" got invalid value {__typename: \"Point\", x: 1} at \"p.__typename\"; Field \"__typename\" is " +
				"not defined by type \"Point\".\n" +
				"p.__typename: Field \"__typename\" is not defined by type \"Point\".",
		},
		{
			name:      "undeclared variables",
			document:  "query($a: Int) { int(v: $a) }",
			variables: `{"a": 1, "b": {"c": []}}`,
			want:      `{"a":1}`,
		},
		{
			name:      "OneOf",
			document:  "query($e: Either) { either(v: $e) }",
			variables: `{"e": {"id": 5}}`,
			want:      `{"e":{"id":5}}`,
		},
		{
			name:      "OneOf of two",
			document:  "query($e: Either) { either(v: $e) }",
			variables: `{"e": {"id": 5, "name": "a"}}`,
			want: "Variable \"$e\" got invalid value {id: 5, name: \"a\"}; Exactly one key must be specified for OneOf type " +
				"\"Either\".\n" +
				"e: Exactly one key must be specified for OneOf type \"Either\".",
		},
		{
			name:      "OneOf of null",
			document:  "query($e: Either) { either(v: $e) }",
			variables: `{"e": {"id": null}}`,
			want: "Variable \"$e\" got invalid value null at \"e.id\"; Field \"id\" must be non-null.\n" +
				"e.id: Field \"id\" must be non-null.",
		},
		{
			name:      "an id that is a large integer",
			document:  "query($i: ID) { id(v: $i) }",
			variables: `{"i": 12345678901234567890}`,
			want:      `{"i":12345678901234567890}`,
		},
		{
			name:      "null where a default replaces nothing",
			document:  "query($a: Int = 1, $b: Boolean = true) { ...f @include(if: $b) } fragment f on Query { needed(v: $a) }",
			variables: `{"a": null, "b": null}`,
			want: "2 values in variables are invalid, see extensions.fields. The first: Variable \"$b\" got invalid value null; " +
				"Expected non-nullable type \"Boolean!\" not to be null.\n" +
				"b: Expected non-nullable type \"Boolean!\" not to be null.\n" +
				"a: Expected non-nullable type \"Int!\" not to be null.",
		},
		{
			name:      "null for an argument with a default",
			document:  "query($a: Int) { defaulted(v: $a) }",
			variables: `{"a": null}`,
			want: "Variable \"$a\" got invalid value null; Expected non-nullable type \"Int!\" not to be null.\n" +
				"a: Expected non-nullable type \"Int!\" not to be null.",
		},
		{
			name:      "no value for an argument with a default",
			document:  "query($a: Int) { defaulted(v: $a) }",
			variables: `{}`,
			want:      `{}`,
		},
		{
			name:      "null in a literal object",
			document:  "query($a: Int) { point(v: {x: 1, next: [{x: 1, y: $a}]}) }",
			variables: `{"a": null}`,
			want: "Variable \"$a\" got invalid value null; Expected non-nullable type \"Int!\" not to be null.\n" +
				"a: Expected non-nullable type \"Int!\" not to be null.",
		},
		{
			name:      "null in a literal list",
			document:  "query($a: Int = 1) { ints(v: [1, $a]) }",
			variables: `{"a": null}`,
			want: "Variable \"$a\" got invalid value null; Expected non-nullable type \"Int!\" not to be null.\n" +
				"a: Expected non-nullable type \"Int!\" not to be null.",
		},
		{
			name:      "null for a directive of a field",
			document:  "query($a: Int = 1) { int(v: 1) @delay(ms: $a) }",
			variables: `{"a": null}`,
			want: "Variable \"$a\" got invalid value null; Expected non-nullable type \"Int!\" not to be null.\n" +
				"a: Expected non-nullable type \"Int!\" not to be null.",
		},
		{
			name: "null for directives of other parts",
			document: "query($a: Int = 1, $b: Int = 1, $c: Int = 1, $d: Int = 1, $e: Int = 1) @delay(ms: $a) " +
				"{ ... @delay(ms: $b) { needed(v: $c) } ...f @delay(ms: $d) } fragment f on Query @delay(ms: $e) { __typename }",
			variables: `{"a": null, "b": null, "c": null, "d": null, "e": null}`,
			want: "5 values in variables are invalid, see extensions.fields. The first: Variable \"$a\" got invalid value null; " +
				"Expected non-nullable type \"Int!\" not to be null.\n" +
				"a: Expected non-nullable type \"Int!\" not to be null.\n" +
				"b: Expected non-nullable type \"Int!\" not to be null.\n" +
				"c: Expected non-nullable type \"Int!\" not to be null.\n" +
				"d: Expected non-nullable type \"Int!\" not to be null.\n" +
				"e: Expected non-nullable type \"Int!\" not to be null.",
		},
		{
			name:      "a custom scalar",
			document:  "query($a: Money) { money(v: $a) }",
			variables: `{"a": {"cents": 5}}`,
			want:      `{"a":{"cents":5}}`,
		},
		{
			name:      "an invalid custom scalar",
			document:  "query($a: Money) { money(v: $a) }",
			variables: `{"a": {"cents": "5"}}`,
			want: "Variable \"$a\" got invalid value {cents: \"5\"}; Money cannot represent value: {cents: \"5\"}\n" +
				"a: Money cannot represent value: {cents: \"5\"}",
		},
		{
			name:      "literals of a custom scalar",
			document:  "{ money(v: {cents: 5}) }",
			variables: `{}`,
			want:      `{}`,
		},
		{
			name:      "a variable inside a custom scalar",
			document:  "query($a: Int) { money(v: {cents: $a}) }",
			variables: `{"a": 5}`,
			want:      `{"a":5}`,
		},
		{
			name:      "a large number beside a variable",
			document:  "query($a: Int) { money(v: {rate: 99999999999999999999, cents: $a}) }",
			variables: `{"a": 5}`,
			want: "Variable \"$a\" is part of an invalid value; Money cannot represent a number of more than 64 bits: " +
				"{rate: 99999999999999999999, cents: $a}\n" +
				"a: Money cannot represent a number of more than 64 bits: {rate: 99999999999999999999, cents: $a}",
		},
		{
			name:      "an invalid variable inside a custom scalar",
			document:  "query($a: Int, $b: Int) { money(v: {currency: EUR, cents: $a}) int(v: $b) }",
			variables: `{"a": null}`,
			want: "Variable \"$a\" is part of an invalid value; Money cannot represent value: {cents: null, " +
				"currency: \"EUR\"}\n" +
				"a: Money cannot represent value: {cents: null, currency: \"EUR\"}",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := coerce(t, test.document, test.variables); got != test.want {
				t.Errorf("%s %s:\n%s\nwant:\n%s", test.document, test.variables, got, test.want)
			} else if goTerms.MatchString(got) {
				t.Errorf("%s has words of Go", got)
			}
		})
	}
}
