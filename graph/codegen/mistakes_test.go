package codegen_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"rowhouse/graph/codegen"
)

// schemaErrorCase is a schema with errors.
type schemaErrorCase struct {
	name   string
	schema string
	want   []string // the errors without the name of the file
}

// testSchemaErrors checks that Read reports exactly the errors of each case, in their order.
func testSchemaErrors(t *testing.T, cases []schemaErrorCase) {
	t.Helper()
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			schema, err := codegen.Read(&ast.Source{Name: "schema.graphqls", Input: test.schema})
			if err == nil || schema != nil {
				t.Fatalf("%s\nis accepted", test.schema)
			}
			var got []string
			for line := range strings.SplitSeq(err.Error(), "\n") {
				got = append(got, strings.TrimPrefix(line, "schema.graphqls:"))
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("%s\ngot:\n%s\nwant:\n%s", test.schema, strings.Join(got, "\n"), strings.Join(test.want, "\n"))
			}
		})
	}
}

// item returns a type Item with a name in line 2 and fields from line 3 on.
func item(fields ...string) string { return itemWith("@model", fields...) }

// itemWith returns item with directives in place of @model.
func itemWith(directives string, fields ...string) string {
	return typeWith("Item", directives, fields)
}

// project returns a type Project with a name and fields.
func project(fields ...string) string { return projectWith("@model", fields...) }

// projectWith returns project with directives in place of @model.
func projectWith(directives string, fields ...string) string {
	return typeWith("Project", directives, fields)
}

func typeWith(name, directives string, fields []string) string {
	lines := append([]string{"type " + name + " " + directives + " {", "name: String! @constraint(maxLength: 100)"}, fields...)
	return strings.Join(lines, "\n  ") + "\n}\n"
}
