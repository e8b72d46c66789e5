package server

import (
	"fmt"
	"strings"
	"testing"
)

// TestInvalidValuesHaveTheMessagesOfGraphQLJS passes each kind of invalid value for each type, as a
// variable and, if the syntax allows it, as a literal.
func TestInvalidValuesHaveTheMessagesOfGraphQLJS(t *testing.T) {
	const dateTime = "DateTime cannot represent a string that is not an RFC 3339 date-time such as 2026-11-23T09:30:00Z: "
	kinds := []struct{ json, literal string }{
		{json: `"a"`, literal: `"a"`},
		{json: "5", literal: "5"},
		{json: "5.5", literal: "5.5"},
		{json: "true", literal: "true"},
		{json: `["a", [1]]`, literal: `["a", [1]]`},
		{json: `{"a": null, "b": 1}`, literal: "{a: null, b: 1}"},
	}
	const ok = "" // the value fits
	for _, test := range []struct {
		field, typ   string
		want         [6]string // for variables, by kind
		wantLiterals [6]string
	}{
		{
			field: "int",
			typ:   "Int",
			want: [6]string{
				`Int cannot represent non-integer value: "a"`,
				ok,
				"Int cannot represent non-integer value: 5.5",
				"Int cannot represent non-integer value: true",
				`Int cannot represent non-integer value: ["a", [1]]`,
				"Int cannot represent non-integer value: {a: null, b: 1}",
			},
		},
		{
			field: "float",
			typ:   "Float",
			want: [6]string{
				`Float cannot represent non numeric value: "a"`,
				ok,
				ok,
				"Float cannot represent non numeric value: true",
				`Float cannot represent non numeric value: ["a", [1]]`,
				"Float cannot represent non numeric value: {a: null, b: 1}",
			},
		},
		{
			field: "string",
			typ:   "String",
			want: [6]string{
				ok,
				"String cannot represent a non string value: 5",
				"String cannot represent a non string value: 5.5",
				"String cannot represent a non string value: true",
				`String cannot represent a non string value: ["a", [1]]`,
				"String cannot represent a non string value: {a: null, b: 1}",
			},
		},
		{
			field: "boolean",
			typ:   "Boolean",
			want: [6]string{
				`Boolean cannot represent a non boolean value: "a"`,
				"Boolean cannot represent a non boolean value: 5",
				"Boolean cannot represent a non boolean value: 5.5",
				ok,
				`Boolean cannot represent a non boolean value: ["a", [1]]`,
				"Boolean cannot represent a non boolean value: {a: null, b: 1}",
			},
		},
		{
			field: "id",
			typ:   "ID",
			want: [6]string{
				ok,
				ok,
				"ID cannot represent a non-string and non-integer value: 5.5",
				"ID cannot represent a non-string and non-integer value: true",
				`ID cannot represent a non-string and non-integer value: ["a", [1]]`,
				"ID cannot represent a non-string and non-integer value: {a: null, b: 1}",
			},
		},
		{
			field: "time",
			typ:   "DateTime",
			want: [6]string{
				dateTime + `"a"`,
				"DateTime cannot represent a non string value: 5",
				"DateTime cannot represent a non string value: 5.5",
				"DateTime cannot represent a non string value: true",
				`DateTime cannot represent a non string value: ["a", [1]]`,
				"DateTime cannot represent a non string value: {a: null, b: 1}",
			},
		},
		{
			field: "color",
			typ:   "Color",
			want: [6]string{
				`Value "a" does not exist in "Color" enum.`,
				`Enum "Color" cannot represent non-string value: 5.`,
				`Enum "Color" cannot represent non-string value: 5.5.`,
				`Enum "Color" cannot represent non-string value: true.`,
				`Enum "Color" cannot represent non-string value: ["a", [1]].`,
				`Enum "Color" cannot represent non-string value: {a: null, b: 1}.`,
			},
			wantLiterals: [6]string{
				`Enum "Color" cannot represent non-enum value: "a".`,
				`Enum "Color" cannot represent non-enum value: 5.`,
				`Enum "Color" cannot represent non-enum value: 5.5.`,
				`Enum "Color" cannot represent non-enum value: true.`,
				`Enum "Color" cannot represent non-enum value: ["a", [1]].`,
				`Enum "Color" cannot represent non-enum value: {a: null, b: 1}.`,
			},
		},
		{
			field: "point",
			typ:   "Point",
			want: [6]string{
				`Expected type "Point" to be an object.`,
				`Expected type "Point" to be an object.`,
				`Expected type "Point" to be an object.`,
				`Expected type "Point" to be an object.`,
				`Expected type "Point" to be an object.`,
				`Field "x" of required type "Int!" was not provided.`,
			},
			wantLiterals: [6]string{
				`Expected value of type "Point", found "a".`,
				`Expected value of type "Point", found 5.`,
				`Expected value of type "Point", found 5.5.`,
				`Expected value of type "Point", found true.`,
				`Expected value of type "Point", found ["a", [1]].`,
				`Field "Point.x" of required type "Int!" was not provided.`,
			},
		},
		{
			field: "ints",
			typ:   "[Int!]",
			want: [6]string{
				`Int cannot represent non-integer value: "a"`,
				ok,
				"Int cannot represent non-integer value: 5.5",
				"Int cannot represent non-integer value: true",
				`Int cannot represent non-integer value: "a"`,
				"Int cannot represent non-integer value: {a: null, b: 1}",
			},
		},
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
			if !strings.Contains(got, want) || want == ok || !strings.HasPrefix(got, "1:") ||
				test.typ != "[Int!]" && !strings.HasPrefix(got, at) || goTerms.MatchString(got) {
				t.Errorf("%s, literal %s: %s", test.typ, kind.literal, got)
			}
		}
	}
}
