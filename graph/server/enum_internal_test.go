package server

import (
	"cmp"
	"context"
	"fmt"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// color is an enum with one value.
type color string

func (c color) IsValid() bool { return c == "RED" }

// TestValuesThatEnumsLackAreErrors resolves fields of enums, and of a scalar with a method IsValid.
func TestValuesThatEnumsLackAreErrors(t *testing.T) {
	schema := &ast.Schema{Types: map[string]*ast.Definition{"Color": {Kind: ast.Enum}, "Hue": {Kind: ast.Scalar}}}
	red, blue := color("RED"), color("BLUE")
	const unknown = `Wall.color has the stored value "BLUE", which is not in the enum Color of this release`
	for _, test := range []struct {
		name  string
		value any
		of    string
		want  string
	}{
		{
			name:  "value",
			value: red,
			want:  "<nil>",
		},
		{
			name:  "unknown value",
			value: blue,
			want:  unknown,
		},
		{
			name:  "pointer",
			value: &red,
			want:  "<nil>",
		},
		{
			name:  "nil",
			value: (*color)(nil),
			want:  "<nil>",
		},
		{
			name:  "pointer to an unknown value",
			value: &blue,
			want:  unknown,
		},
		{
			name:  "list",
			value: []color{red, red},
			want:  "<nil>",
		},
		{
			name:  "list with an unknown value",
			value: []color{red, blue},
			want:  unknown,
		},
		{
			name:  "list of pointers with an unknown value",
			value: []*color{nil, &blue},
			want:  unknown,
		},
		{
			name:  "another list",
			value: []string{"BLUE"},
			want:  "<nil>",
		},
		{
			name:  "scalar",
			value: blue,
			of:    "Hue",
			want:  "<nil>",
		},
		{
			name: "no value",
			want: "<nil>",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			field := graphql.CollectedField{Field: &ast.Field{
				Name: "color", Definition: &ast.FieldDefinition{Type: ast.NonNullNamedType(cmp.Or(test.of, "Color"), nil)},
			}}
			ctx := graphql.WithFieldContext(context.Background(), &graphql.FieldContext{Object: "Wall", Field: field})
			_, err := enumCheck{schema}.checkValue(ctx, test.value)
			if got := fmt.Sprint(err); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}
