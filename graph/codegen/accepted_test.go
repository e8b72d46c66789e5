package codegen_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2/ast"

	"rowhouse/graph/codegen"
)

// read returns the schema of a source.
func read(t testing.TB, source string) *codegen.Schema {
	t.Helper()
	schema, err := codegen.Read(&ast.Source{Name: "schema.graphqls", Input: source})
	if err != nil {
		t.Fatalf("%s\n%v", source, err)
	}
	return schema
}

func TestWordsOfSQLAndGoAreNames(t *testing.T) {
	var source strings.Builder
	for _, name := range []string{
		"Page", "Order", "Event", "Edge", "Connection", "Filter", "Group", "Select",
		"Func", "Map", "User", "Row",
	} {
		fmt.Fprintf(&source, `type %s @model @subscription {
			key: String! @constraint(maxLength: 10) @unique @sortable
			order: Int @sortable
			group: Int
			type: Boolean
			func: Boolean
			default: Boolean
			range: Boolean
			select: [Int!]
			parent: %[1]s @belongsTo(onDelete: SET_NULL)
			table: [%[1]s!]! @hasMany(field: "parent")
		}`, name)
	}
	if n := len(read(t, source.String()).Types); n != 12 {
		t.Errorf("%d types", n)
	}
}

func TestFilesWithoutTypesAreEmptySchemas(t *testing.T) {
	for _, source := range []string{"", "\n", "# a comment", "\ufeff", "enum Status { TODO }", "extend type Query { now: DateTime! }"} {
		if n := len(read(t, source).Types); n != 0 {
			t.Errorf("%q: %d types", source, n)
		}
	}
	if schema, err := codegen.Read(); err != nil || len(schema.Types) != 0 {
		t.Errorf("no file: %v", err)
	}
}

func TestApplicationHasItsOwnMutationInPlaceOfOneLeftOut(t *testing.T) {
	schema := read(t, `
		type Item @model(operations: [UPDATE, DELETE]) { done: Boolean! }
		input CreateItemInput { done: Boolean! }
		type CreateItemPayload { item: Item! }
		extend type Mutation { createItem(input: CreateItemInput!): CreateItemPayload }`)
	sdl := codegen.Expand(schema)
	loadSDL(t, "expanded", sdl)
	if n := strings.Count(sdl, "input CreateItemInput {"); n != 1 {
		t.Errorf("%d inputs:\n%s", n, sdl)
	}
}

func TestFieldsWithArgumentsOrPlainTypesAreCustom(t *testing.T) {
	schema := read(t, `
		directive @cached on FIELD_DEFINITION
		type Money { amount: Decimal! }
		type Item @model {
			done: Boolean!
			"Written by hand."
			score(by: Int = 1): Int! @cached @deprecated(reason: "Use done.")
			price: Money!
			prices: [Money!]
		}
		extend type Item { label: String! }`)
	item := schema.Types[0]
	if len(item.Fields) != 1 || len(item.Custom) != 3 || item.Custom[0].Name != "score" || item.Custom[2].Name != "prices" {
		t.Errorf("%d fields, custom %v", len(item.Fields), item.Custom)
	}
	if len(schema.Plain) != 2 || !schema.Extends[schema.Plain[1]] || len(schema.Directives) != 1 {
		t.Errorf("plain %v, directives %v", schema.Plain, schema.Directives)
	}
}

func TestHundredTypesAreReadQuickly(t *testing.T) {
	var source strings.Builder
	for i := range 100 {
		fmt.Fprintf(&source, `enum Status%d { TODO DONE }
			type Thing%[1]d @model @plural(name: "AllThing%[1]d") @subscription(by: "parent") @unique(fields: ["parent", "number"]) {
			name: String! @constraint(maxLength: 100) @unique @sortable
			number: Int! @sortable
			status: Status%[1]d! @default(value: TODO) @sortable
			things: [Thing%[2]d!]! @manyToMany
			parent: Root! @belongsTo(onDelete: CASCADE) @immutable
		`, i, (i+1)%100)
		for j := range 20 {
			fmt.Fprintf(&source, "field%d: Int @sortable\n", j)
		}
		source.WriteString("}\n")
	}
	source.WriteString("type Root @model { name: String! @constraint(maxLength: 100) }")
	start := time.Now()
	read(t, source.String())
	if took := time.Since(start); took > time.Minute { // it takes about 0.3 s
		t.Errorf("100 types took %v", took)
	}
}

func TestFilesAreReadAsOne(t *testing.T) {
	schema, err := codegen.Read(
		&ast.Source{Name: "b.graphqls", Input: `type Item @model { project: Project! @belongsTo(onDelete: CASCADE) }`},
		&ast.Source{Name: "a.graphqls", Input: `type Project @model { done: Boolean! items: [Item!]! @hasMany(field: "project") }`})
	if err != nil {
		t.Fatal(err)
	}
	if items := schema.Types[1].Fields[1]; items.Relation.Inverse != schema.Types[0].Fields[0] {
		t.Errorf("the inverse is %v", items.Relation.Inverse)
	}
}

func TestSchemaErrorsAreInTheOrderOfTheFiles(t *testing.T) {
	_, err := codegen.Read(
		&ast.Source{Name: "b.graphqls", Input: "type Item @model {\n  done: Boolaen!\n  due_at: DateTime\n}"},
		&ast.Source{Name: "a.graphqls", Input: "type Project @modl {\n  done: Boolean!\n}"})
	want := `b.graphqls:2:3: Item.done: the type Boolaen is unknown; write Boolean
b.graphqls:3:3: Item.due_at: the name of a field begins with a small letter, and has only letters and digits; rename it dueAt
a.graphqls:1:15: Project: the directive @modl is unknown; write @model`
	if err == nil || err.Error() != want {
		t.Errorf("%v", err)
	}
}
