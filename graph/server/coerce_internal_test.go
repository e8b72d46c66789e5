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
	directive @delay(ms: Int!, at: DateTime) on FIELD
	type Query {
		int(v: Int) : Int float(v: Float): Int string(v: String): Int boolean(v: Boolean): Int id(v: ID): Int
		time(v: DateTime): Int money(v: Money): Int color(v: Color): Int point(v: Point): Int either(v: Either): Int
		ints(v: [Int!]): Int matrix(v: [[Int]]): Int needed(v: Int!): Int defaulted(v: Int! = 5): Int
	}`})

// coerce validates a document, coerces its variables, and returns them as JSON or the errors
// that clients see: those of the document with their location, those of variables with path.
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
		return clientSees(t, refused)
	}
	if _, err := validator.VariableValues(smallSchema, parsed.Operations[0], p.Variables); err != nil {
		t.Errorf("%s %s: gqlgen refuses what was coerced: %v", document, variables, err)
	}
	encoded, _ := json.Marshal(p.Variables)
	return string(encoded)
}

func clientSees(t *testing.T, e *gqlerror.Error) string {
	t.Helper()
	var v *variablesError
	if !errors.As(e, &v) || len(e.Locations) != 1 {
		t.Fatalf("%#v is no error of variables with a location", e)
	}
	seen := []string{e.Message}
	for _, f := range v.fields {
		seen = append(seen, f.Path.String()+": "+f.Message)
	}
	return strings.Join(seen, "\n")
}

// goTerms are terms of Go that must not reach a client.
var goTerms = regexp.MustCompile(`\b(slice|map|interface|float64|int64|int32|json\.Number|bool|nil|struct|strconv|ParseInt|reflect|goroutine|unmarshal|nonString)\b|%!|\*ast\.|\[\]any`)

// TestWrongValues passes each kind of invalid value for each type, as a variable and, if the syntax
// allows it, as a literal. The messages are those of graphql-js.
func TestWrongValues(t *testing.T) {
	const dateTime = "DateTime cannot represent a string that is not an RFC 3339 date-time such as 2026-11-23T09:30:00Z: "
	kinds := []struct{ json, literal string }{
		{`"a"`, `"a"`}, {"5", "5"}, {"5.5", "5.5"}, {"true", "true"}, {`["a", [1]]`, `["a", [1]]`}, {`{"a": null, "b": 1}`, "{a: null, b: 1}"},
	}
	const ok = "" // the value fits
	for _, test := range []struct {
		field, typ   string
		want         [6]string // for variables, by kind
		wantLiterals [6]string
	}{
		{"int", "Int", [6]string{`Int cannot represent non-integer value: "a"`, ok, "Int cannot represent non-integer value: 5.5", "Int cannot represent non-integer value: true", `Int cannot represent non-integer value: ["a", [1]]`, "Int cannot represent non-integer value: {a: null, b: 1}"}, [6]string{}},
		{"float", "Float", [6]string{`Float cannot represent non numeric value: "a"`, ok, ok, "Float cannot represent non numeric value: true", `Float cannot represent non numeric value: ["a", [1]]`, "Float cannot represent non numeric value: {a: null, b: 1}"}, [6]string{}},
		{"string", "String", [6]string{ok, "String cannot represent a non string value: 5", "String cannot represent a non string value: 5.5", "String cannot represent a non string value: true", `String cannot represent a non string value: ["a", [1]]`, "String cannot represent a non string value: {a: null, b: 1}"}, [6]string{}},
		{"boolean", "Boolean", [6]string{`Boolean cannot represent a non boolean value: "a"`, "Boolean cannot represent a non boolean value: 5", "Boolean cannot represent a non boolean value: 5.5", ok, `Boolean cannot represent a non boolean value: ["a", [1]]`, "Boolean cannot represent a non boolean value: {a: null, b: 1}"}, [6]string{}},
		{"id", "ID", [6]string{ok, ok, "ID cannot represent a non-string and non-integer value: 5.5", "ID cannot represent a non-string and non-integer value: true", `ID cannot represent a non-string and non-integer value: ["a", [1]]`, "ID cannot represent a non-string and non-integer value: {a: null, b: 1}"}, [6]string{}},
		{"time", "DateTime", [6]string{dateTime + `"a"`, "DateTime cannot represent a non string value: 5", "DateTime cannot represent a non string value: 5.5", "DateTime cannot represent a non string value: true", `DateTime cannot represent a non string value: ["a", [1]]`, "DateTime cannot represent a non string value: {a: null, b: 1}"}, [6]string{}},
		{
			"color", "Color",
			[6]string{`Value "a" does not exist in "Color" enum.`, `Enum "Color" cannot represent non-string value: 5.`, `Enum "Color" cannot represent non-string value: 5.5.`, `Enum "Color" cannot represent non-string value: true.`, `Enum "Color" cannot represent non-string value: ["a", [1]].`, `Enum "Color" cannot represent non-string value: {a: null, b: 1}.`},
			[6]string{`Enum "Color" cannot represent non-enum value: "a".`, `Enum "Color" cannot represent non-enum value: 5.`, `Enum "Color" cannot represent non-enum value: 5.5.`, `Enum "Color" cannot represent non-enum value: true.`, `Enum "Color" cannot represent non-enum value: ["a", [1]].`, `Enum "Color" cannot represent non-enum value: {a: null, b: 1}.`},
		},
		{
			"point", "Point",
			[6]string{`Expected type "Point" to be an object.`, `Expected type "Point" to be an object.`, `Expected type "Point" to be an object.`, `Expected type "Point" to be an object.`, `Expected type "Point" to be an object.`, `Field "x" of required type "Int!" was not provided.`},
			[6]string{`Expected value of type "Point", found "a".`, `Expected value of type "Point", found 5.`, `Expected value of type "Point", found 5.5.`, `Expected value of type "Point", found true.`, `Expected value of type "Point", found ["a", [1]].`, `Field "Point.x" of required type "Int!" was not provided.`},
		},
		{"ints", "[Int!]", [6]string{`Int cannot represent non-integer value: "a"`, ok, "Int cannot represent non-integer value: 5.5", "Int cannot represent non-integer value: true", `Int cannot represent non-integer value: "a"`, "Int cannot represent non-integer value: {a: null, b: 1}"}, [6]string{}},
	} {
		for i, kind := range kinds {
			got := coerce(t, fmt.Sprintf("query($v: %s) { %s(v: $v) }", test.typ, test.field), `{"v": `+kind.json+`}`)
			_, message, _ := strings.Cut(strings.Split(got, "\n")[0], "; ")
			if message != test.want[i] || goTerms.MatchString(got) {
				t.Errorf("%s, variable %s: %s", test.typ, kind.json, got)
			}
			want := test.wantLiterals[i]
			if want == "" {
				want = test.want[i]
			}
			got = coerce(t, fmt.Sprintf("{ %s(v: %s) }", test.field, kind.literal), "{}")
			if want == ok && got == "{}" {
				continue
			}
			at := fmt.Sprintf("1:%d ", len("{ (v: ")+len(test.field)+1)
			if !strings.Contains(got, want) || want == ok || !strings.HasPrefix(got, "1:") || test.typ != "[Int!]" && !strings.HasPrefix(got, at) || goTerms.MatchString(got) {
				t.Errorf("%s, literal %s: %s", test.typ, kind.literal, got)
			}
		}
	}
}

// TestCoerceVariables coerces valid variables, and reports all invalid ones together.
func TestCoerceVariables(t *testing.T) {
	scalar.Unmarshalers["Money"] = func(v any) (any, error) {
		m, ok := v.(map[string]any)
		if _, number := m["cents"].(json.Number); !ok || !number {
			return nil, fmt.Errorf("Money cannot represent value: %s", scalar.Print(v))
		}
		return m, nil
	}
	t.Cleanup(func() { delete(scalar.Unmarshalers, "Money") })
	for _, test := range []struct{ name, document, variables, want string }{
		{"integers in JSON", "query($a: Int, $b: Int, $c: [Int!], $d: Point) { a: int(v: $a) b: int(v: $b) ints(v: $c) point(v: $d) }", `{"a": 5.0, "b": 5e0, "c": [-1, 2.50e1], "d": {"x": 7.0}}`, `{"a":5,"b":5,"c":[-1,25],"d":{"x":7}}`},
		{"Int limits", "query($a: [Int!]) { ints(v: $a) }", `{"a": [2147483647, -2147483648, -0.0]}`, `{"a":[2147483647,-2147483648,0]}`},
		{"beyond the Int limits", "query($a: [Int!]) { ints(v: $a) }", `{"a": [2147483648, -2147483649, 1e10, 1e999, 99999999999999999999, 5]}`, "5 values in variables are invalid, see extensions.fields. The first: Variable \"$a\" got invalid value 2147483648 at \"a[0]\"; Int cannot represent non 32-bit signed integer value: 2147483648\na[0]: Int cannot represent non 32-bit signed integer value: 2147483648\na[1]: Int cannot represent non 32-bit signed integer value: -2147483649\na[2]: Int cannot represent non 32-bit signed integer value: 1e10\na[3]: Int cannot represent non-integer value: 1e999\na[4]: Int cannot represent non 32-bit signed integer value: 99999999999999999999"},
		{"a single value for a list", "query($a: [Int!], $b: [[Int]], $c: Point) { ints(v: $a) matrix(v: $b) point(v: $c) }", `{"a": 1, "b": 2, "c": {"x": 1, "colors": "RED", "next": {"x": 2}}}`, `{"a":[1],"b":[[2]],"c":{"colors":["RED"],"next":[{"x":2}],"x":1}}`},
		{"single values of a nested list", "query($a: [[Int]]) { matrix(v: $a) }", `{"a": [1, null, [2, null]]}`, `{"a":[[1],null,[2,null]]}`},
		{"null in a list", "query($a: [Int!]) { ints(v: $a) }", `{"a": [1, null]}`, "Variable \"$a\" got invalid value null at \"a[1]\"; Expected non-nullable type \"Int!\" not to be null.\na[1]: Expected non-nullable type \"Int!\" not to be null."},
		{"defaults", "query($a: Int = 3, $b: [Int!] = 4, $c: Point = {x: 1}, $d: Int = null) { int(v: $a) ints(v: $b) point(v: $c) d: int(v: $d) }", `{}`, `{"a":3,"b":[4],"c":{"x":1},"d":null}`},
		{"null is not the default", "query($a: Int = 3) { int(v: $a) }", `{"a": null}`, `{"a":null}`},
		{"not provided", "query($a: Int!, $b: Int!, $c: Int) { needed(v: $a) b: needed(v: $b) int(v: $c) }", `{"b": null}`, "2 values in variables are invalid, see extensions.fields. The first: Variable \"$a\" of required type \"Int!\" was not provided.\na: Variable \"$a\" of required type \"Int!\" was not provided.\nb: Variable \"$b\" of non-null type \"Int!\" must not be null."},
		{"all errors of an object", "query($p: Point!) { point(v: $p) }", `{"p": {"x": "1", "z": 1, "at": "garbage", "next": [{"x": 1}, {"colors": ["RED", "red"]}]}}`, "5 values in variables are invalid, see extensions.fields. The first: Variable \"$p\" got invalid value \"1\" at \"p.x\"; Int cannot represent non-integer value: \"1\"\np.x: Int cannot represent non-integer value: \"1\"\np.at: DateTime cannot represent a string that is not an RFC 3339 date-time such as 2026-11-23T09:30:00Z: \"garbage\"\np.next[1].x: Field \"x\" of required type \"Int!\" was not provided.\np.next[1].colors[1]: Value \"red\" does not exist in \"Color\" enum.\np.z: Field \"z\" is not defined by type \"Point\"."},
		{"__typename in an object", "query($p: Point!) { point(v: $p) }", `{"p": {"x": 1, "__typename": "Point"}}`, "Variable \"$p\" got invalid value {__typename: \"Point\", x: 1} at \"p.__typename\"; Field \"__typename\" is not defined by type \"Point\".\np.__typename: Field \"__typename\" is not defined by type \"Point\"."},
		{"variables that nobody declared", "query($a: Int) { int(v: $a) }", `{"a": 1, "b": {"c": []}}`, `{"a":1}`},
		{"OneOf", "query($e: Either) { either(v: $e) }", `{"e": {"id": 5}}`, `{"e":{"id":5}}`},
		{"OneOf of two", "query($e: Either) { either(v: $e) }", `{"e": {"id": 5, "name": "a"}}`, "Variable \"$e\" got invalid value {id: 5, name: \"a\"}; Exactly one key must be specified for OneOf type \"Either\".\ne: Exactly one key must be specified for OneOf type \"Either\"."},
		{"OneOf of null", "query($e: Either) { either(v: $e) }", `{"e": {"id": null}}`, "Variable \"$e\" got invalid value null at \"e.id\"; Field \"id\" must be non-null.\ne.id: Field \"id\" must be non-null."},
		{"an id that is a large integer", "query($i: ID) { id(v: $i) }", `{"i": 12345678901234567890}`, `{"i":12345678901234567890}`},
		{"null where a default replaces nothing", "query($a: Int = 1, $b: Boolean = true) { ...f @include(if: $b) } fragment f on Query { needed(v: $a) }", `{"a": null, "b": null}`, "2 values in variables are invalid, see extensions.fields. The first: Variable \"$b\" got invalid value null; Expected non-nullable type \"Boolean!\" not to be null.\nb: Expected non-nullable type \"Boolean!\" not to be null.\na: Expected non-nullable type \"Int!\" not to be null."},
		{"null for an argument with a default", "query($a: Int) { defaulted(v: $a) }", `{"a": null}`, "Variable \"$a\" got invalid value null; Expected non-nullable type \"Int!\" not to be null.\na: Expected non-nullable type \"Int!\" not to be null."},
		{"no value for an argument with a default", "query($a: Int) { defaulted(v: $a) }", `{}`, `{}`},
		{"null in a literal object", "query($a: Int) { point(v: {x: 1, next: [{x: 1, y: $a}]}) }", `{"a": null}`, "Variable \"$a\" got invalid value null; Expected non-nullable type \"Int!\" not to be null.\na: Expected non-nullable type \"Int!\" not to be null."},
		{"null in a literal list", "query($a: Int = 1) { ints(v: [1, $a]) }", `{"a": null}`, "Variable \"$a\" got invalid value null; Expected non-nullable type \"Int!\" not to be null.\na: Expected non-nullable type \"Int!\" not to be null."},
		{"null for a directive of a field", "query($a: Int = 1) { int(v: 1) @delay(ms: $a) }", `{"a": null}`, "Variable \"$a\" got invalid value null; Expected non-nullable type \"Int!\" not to be null.\na: Expected non-nullable type \"Int!\" not to be null."},
		{"a custom scalar", "query($a: Money) { money(v: $a) }", `{"a": {"cents": 5}}`, `{"a":{"cents":5}}`},
		{"a wrong custom scalar", "query($a: Money) { money(v: $a) }", `{"a": {"cents": "5"}}`, "Variable \"$a\" got invalid value {cents: \"5\"}; Money cannot represent value: {cents: \"5\"}\na: Money cannot represent value: {cents: \"5\"}"},
		{"a variable inside a custom scalar", "query($a: Int) { money(v: {cents: $a}) }", `{"a": null}`, "Variable \"$a\" is part of an invalid value; Money cannot represent value: {cents: null}\na: Money cannot represent value: {cents: null}"},
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
