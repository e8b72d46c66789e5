package limits_test

import (
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"rowhouse/graph/limits"
)

// schema has a connection, a lookup by ids, and a field with an argument.
var schema = gqlparser.MustLoadSchema(&ast.Source{Input: `
	input Filter { name: String and: [Filter!] }
	type Item { id: ID! parts(first: Int, last: Int, where: Filter): ItemConnection! }
	type ItemConnection { totalCount: Int! nodes: [Item!]! edges: [ItemEdge!]! }
	type ItemEdge { node: Item! }
	type Query {
		items(first: Int, last: Int, where: Filter): ItemConnection!
		nodes(ids: [ID!]!): [Item]!
		item(id: ID): Item
	}
	type Subscription { a: Int b: Int }`})

// mutate applies an extension with a limit on the complexity to an operation.
func mutate(t *testing.T, limit int, document string, variables map[string]any) error {
	t.Helper()
	parsed, errs := gqlparser.LoadQueryWithRules(schema, document, rules.NewDefaultRules())
	if errs != nil {
		t.Fatal(errs)
	}
	x := limits.Extension{Limits: limits.Limits{Cost: limit}}
	o := &graphql.OperationContext{Doc: parsed, Operation: parsed.Operations[0], Variables: variables}
	if err := x.MutateOperationContext(t.Context(), o); err != nil {
		return err
	}
	return nil
}

// padding is a field with the complexity of 1000 items. It makes room in the limit for the values of
// arguments, ten of which cost as much as a field.
const padding, paddingCost = "{ padding: items(first: 1000) { nodes { id } } ", 1 + 1000*2

// TestComplexityIsTheNumberOfFields tries each operation with a limit of its complexity, and with one
// less.
func TestComplexityIsTheNumberOfFields(t *testing.T) {
	for _, test := range []struct {
		name, document string
		variables      map[string]any
		want           int
	}{
		{
			name:     "fields",
			document: "{ item { id } }",
			want:     2,
		},
		{
			name:     "an argument",
			document: `{ item(id: "x") { id } }`,
			want:     2,
		},
		{
			name:      "a long string",
			document:  `{ item(id: $id) { id } }`,
			variables: map[string]any{"id": strings.Repeat("x", 1000)},
			want:      3,
		},
		{
			name:     "a default page",
			document: "{ items { totalCount nodes { id } } }",
			want:     1 + 1 + 20*2,
		},
		{
			name:     "a page of 3",
			document: "{ items(first: 3) { nodes { id } } }",
			want:     1 + 3*2,
		},
		{
			name:      "a page of 3 by a variable",
			document:  "{ items(last: $n) { nodes { id } } }",
			variables: map[string]any{"n": 3},
			want:      1 + 3*2,
		},
		{
			name:     "edges",
			document: "{ items(first: 3) { edges { node { id } } } }",
			want:     1 + 3*3,
		},
		{
			name:     "an empty page",
			document: "{ items(first: 0) { totalCount nodes { parts(first: 100) { nodes { id } } } } }",
			want:     2,
		},
		{
			name:     "a page inside a page",
			document: "{ items(first: 3) { nodes { parts(first: 4) { nodes { id } } } } }",
			want:     1 + 3*(1+1+4*2),
		},
		{
			name:     "a fragment",
			document: "{ items(first: 3) { ...f } } fragment f on ItemConnection { nodes { id } }",
			want:     1 + 3*2,
		},
		{
			name: "a fragment of two page sizes",
			document: `{ a: items(first: 3) { ...f } b: items(first: 4) { ...f } }
				fragment f on ItemConnection { ... { nodes { id } } }`,
			want: 1 + 3*2 + 1 + 4*2,
		},
		{
			name:     "ids",
			document: `{ nodes(ids: ["a", "b", "c", "d", "e"]) { id } }`,
			want:     1 + 5,
		},
		{
			name:      "a filter, again for each row",
			document:  "{ items(first: 3) { nodes { parts(first: 0, where: $w) { totalCount } } } }",
			variables: map[string]any{"w": map[string]any{"and": []any{map[string]any{}, map[string]any{}}}},
			want:      1 + 3*(1+1+3+1),
		},
		{
			name:     "introspection",
			document: "{ __schema { types { name } } }",
			want:     5000,
		},
		{
			name:     "introspection of a type",
			document: `{ __type(name: "Item") { name } }`,
			want:     5000,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			document, limit := strings.Replace(test.document, "{ ", padding, 1), paddingCost+test.want
			switch {
			case strings.Contains(document, "$id"):
				document = "query($id: ID) " + document
			case strings.Contains(document, "$n"):
				document = "query($n: Int) " + document
			case strings.Contains(document, "$w"):
				document = "query($w: Filter) " + document
			}
			if err := mutate(t, limit, document, test.variables); err != nil {
				t.Errorf("with a limit of %d: %v", limit, err)
			}
			if err := mutate(t, limit-1, document, test.variables); err == nil || !strings.Contains(err.Error(), "asks for more than") {
				t.Errorf("with a limit of %d: %v", limit-1, err)
			}
		})
	}
}

// TestHugeComplexityDoesNotOverflow multiplies page sizes beyond 64 bits.
func TestHugeComplexityDoesNotOverflow(t *testing.T) {
	document := "{ items(first: 2000000000) { nodes { " + strings.Repeat("parts(first: 2000000000) { nodes { ", 10) +
		"id" + strings.Repeat(" } }", 10) + " } } }"
	if err := mutate(t, 1<<40, document, nil); err == nil {
		t.Error("the operation was accepted")
	}
}

// TestLargeVariablesAreRejected counts the values of variables, by their number, length and depth.
func TestLargeVariablesAreRejected(t *testing.T) {
	l := limits.Limits{Cost: 100}
	deep := any("x")
	for range 40 {
		deep = []any{deep}
	}
	for _, test := range []struct {
		name   string
		value  any
		accept bool
	}{
		{
			name:   "80 values",
			value:  make([]any, 80),
			accept: true,
		},
		{
			name:  "100 values",
			value: make([]any, 100),
		},
		{
			name:   "8 objects",
			value:  []any{obj(), obj(), obj(), obj(), obj(), obj(), obj(), obj()},
			accept: true,
		},
		{
			name:  "10 objects",
			value: []any{obj(), obj(), obj(), obj(), obj(), obj(), obj(), obj(), obj(), obj()},
		},
		{
			name:   "a string of 8 kB",
			value:  strings.Repeat("x", 8000),
			accept: true,
		},
		{
			name:  "a string of 10 kB",
			value: strings.Repeat("x", 10_000),
		},
		{
			name:  "40 lists inside each other",
			value: deep,
		},
	} {
		if err := l.CheckVariables(map[string]any{"v": test.value}); (err == nil) != test.accept {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}

func obj() any { return map[string]any{} }

// TestSubscriptionMustSelectOneField subscribes to two fields, and to one.
func TestSubscriptionMustSelectOneField(t *testing.T) {
	if err := mutate(t, 100, "subscription { a }", nil); err != nil {
		t.Error(err)
	}
	const want = "a subscription must select one field"
	if err := mutate(t, 100, "subscription { a @skip(if: true) }", nil); err == nil || !strings.Contains(err.Error(), want) {
		t.Error(err)
	}
}
