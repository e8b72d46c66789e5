package codegen_test

import (
	"strings"
	"testing"
)

func TestSyntaxErrorsHaveAPosition(t *testing.T) {
	testSchemaErrors(t, []schemaErrorCase{
		{
			name:   "an unclosed type",
			schema: "type Item @model {\n  name: String!",
			want:   []string{"2:16: syntax error: Expected Name, found <EOF>; correct it"},
		},
		{
			name:   "an unknown keyword",
			schema: "model Item {\n  name: String!\n}",
			want:   []string{`1:1: syntax error: Unexpected Name "model"; correct it`},
		},
		{
			name:   "empty braces",
			schema: "type Item @model {\n}",
			want:   []string{"2:1: syntax error: expected at least one definition, found }; correct it"},
		},
		{
			name:   "an unclosed string",
			schema: "type Item @table(name: \"items) @model {\n  done: Boolean!\n}",
			want:   []string{"1:40: syntax error: Unexpected <Invalid>; correct it"},
		},
		{
			name:   "a query",
			schema: "{ items { nodes { id } } }",
			want:   []string{"1:1: syntax error: Unexpected {; correct it"},
		},
		{
			name:   "a file in Latin-1",
			schema: "# caf\xe9\ntype Item @model {\n  done: Boolean!\n}",
			want:   []string{"1:6: the file is not in UTF-8; save it in this encoding"},
		},
		{
			name:   "a file in UTF-16",
			schema: "\xff\xfet\x00y\x00p\x00e\x00",
			want:   []string{"1:1: the file is not in UTF-8; save it in this encoding"},
		},
		{
			name:   "a deep type",
			schema: "type Item @model {\n  grid: " + strings.Repeat("[", 10_000) + "Int" + strings.Repeat("]", 10_000) + "\n}",
			want:   []string{"2:1010: syntax error: exceeded maximum nesting depth of 1000; correct it"},
		},
		{
			name:   "a deep value",
			schema: "type Item @model {\n  grid: JSON @default(value: " + strings.Repeat("[", 10_000) + ")\n}",
			want:   []string{"2:1030: syntax error: exceeded maximum nesting depth of 1000; correct it"},
		},
	})
}
