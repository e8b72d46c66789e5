package codegen_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2/ast"

	"rowhouse/graph/codegen"
)

// repeatField returns n fields with a format for their numbers.
func repeatField(n int, format string) []string {
	fields := make([]string, n)
	for i := range fields {
		fields[i] = fmt.Sprintf(format, i)
	}
	return fields
}

func TestLimitsOfTablesAreChecked(t *testing.T) {
	testSchemaErrors(t, []schemaErrorCase{
		{
			name:   "65 indexes",
			schema: item(repeatField(64, "field%d: Int @sortable")...),
			want: []string{
				"1:6: Item: the table would have 65 indexes, and MySQL allows 64; each order needs one, and one for each relation " +
					"to many rows of the type: remove @sortable from a field",
			},
		},
		{
			name: "66 indexes with those of the orders of a relation",
			schema: item(append(repeatField(32, "field%d: Int @sortable"), "project: Project! @belongsTo(onDelete: CASCADE)")...) +
				project(`items: [Item!]! @hasMany(field: "project")`),
			want: []string{
				"1:6: Item: the table would have 66 indexes, and MySQL allows 64; each order needs one, and one for each relation " +
					"to many rows of the type: remove @sortable from a field",
			},
		},
		{
			name:   "a row with many strings",
			schema: item(repeatField(22, "field%d: String @constraint(maxLength: 750)")...),
			want: []string{
				"1:6: Item: a row would have 66446 bytes, and MySQL allows 65535; lower maxLength of a string, or raise it over 750, " +
					"so that the string is stored apart",
			},
		},
	})
	read(t, item(repeatField(63, "field%d: Int @sortable")...))
	read(t, item(repeatField(21, "field%d: String @constraint(maxLength: 750)")...))
	read(t, item(repeatField(100, "field%d: String @constraint(maxLength: 751)")...))
	read(t, "type "+strings.Repeat("L", 62)+" @model { done: Boolean! }")
}

func TestLargeFilesAreReadQuickly(t *testing.T) {
	start := time.Now()
	read(t, `"""`+strings.Repeat("lorem ipsum ", 100_000)+`""" type Item @model { done: Boolean! }`)
	read(t, "enum Status { "+strings.Join(repeatField(5000, "VALUE%d"), " ")+" }")
	for _, source := range []string{
		item(repeatField(1000, "field%d: Itn @foo")...),
		"type " + strings.Repeat("A", 1_000_000) + " @model { done: Boolean! }",
		item(strings.Repeat("a", 1_000_000) + ": Int"),
		"enum Status { " + strings.Repeat("A", 1_000_000) + " }",
	} {
		if _, err := codegen.Read(&ast.Source{Name: "schema.graphqls", Input: source}); err == nil {
			t.Errorf("%.100s is accepted", source)
		}
	}
	if took := time.Since(start); took > 10*time.Second { // it takes about 0.3 s
		t.Errorf("the files took %v", took)
	}
}
