package codegen_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"rowhouse/graph/codegen"
)

// FuzzRead checks that Read returns a schema or errors with positions for any file, and that a schema expands to a
// valid API.
func FuzzRead(f *testing.F) {
	for _, name := range []string{"tracker.graphqls", "relations.graphqls"} {
		input, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(input))
	}
	f.Add(item("a: Int @default(value: 1e9)", `b: [Item!]! @manyToMany(field: "b", through: "Item")`))
	f.Add(`enum _ { _ } type _ @model { _: _ } extend type _ @x { s(a: [[_]]): s }`)
	f.Add(`type S @model { s: [S!]! @manyToMany } union U = S | U interface I { i: I } scalar X @specifiedBy(url: "")`)
	f.Fuzz(func(t *testing.T, input string) {
		schema, err := codegen.Read(&ast.Source{Name: "schema.graphqls", Input: input})
		if err == nil {
			codegen.Expand(schema)
			return
		}
		for line := range strings.SplitSeq(err.Error(), "\n") {
			if line == "" {
				t.Errorf("an empty error in %q", err)
			}
		}
	})
}
