package limits_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"rowhouse/graph/limits"
)

// schema has connections with different page sizes, a lookup by ids, a list without pages, and a
// scalar whose Go type is a slice.
var schema = gqlparser.MustLoadSchema(&ast.Source{Input: `
	input Filter { names: [String] and: [Filter!] }
	type Item { id: ID! parts(first: Int, last: Int, where: Filter): ItemConnection! }
	type ItemConnection { totalCount: Int! nodes: [Item!]! edges: [ItemEdge!]! }
	type ItemEdge { node: Item! }
	type Query {
		items(first: Int, last: Int, where: Filter): ItemConnection!
		nodes(ids: [ID!]!): [Item]!
		item(id: ID): Item
		all(where: Filter): ItemConnection!
		sized(first: Size): ItemConnection!
		list: [Item!]!
		bytes: Bytes
	}
	scalar Bytes
	enum Size { SMALL LARGE }
	type Mutation { a: Int }
	type Subscription { a: Int b: Int }`})

// newOperation returns a valid operation.
func newOperation(t *testing.T, document string, variables map[string]any) *graphql.OperationContext {
	t.Helper()
	parsed, errs := gqlparser.LoadQueryWithRules(schema, document, rules.NewDefaultRules())
	if errs != nil {
		t.Fatal(errs)
	}
	return &graphql.OperationContext{
		Doc: parsed, Operation: parsed.Operations[0], Variables: variables,
		ResolverMiddleware: func(ctx context.Context, next graphql.Resolver) (any, error) { return next(ctx) },
	}
}

// mutate applies an extension with a limit on the complexity to an operation.
func mutate(t *testing.T, limit int, document string, variables map[string]any) error {
	t.Helper()
	x := limits.Extension{Limits: limits.Limits{Cost: limit}}
	if err := x.MutateOperationContext(t.Context(), newOperation(t, document, variables)); err != nil {
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
			name:     "nodes without a page size",
			document: "{ all(where: {}) { nodes { id } } }",
			want:     1 + 1 + 2,
		},
		{
			name:     "a page size that is no integer",
			document: "{ sized(first: SMALL) { nodes { id } } }",
			want:     1 + 20*2,
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
			name:     "no ids",
			document: `{ nodes(ids: []) { id } }`,
			want:     1,
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

// TestComplexityIsComputedOnce counts allocations: the map of a field's arguments is one. Operations
// beyond the limit have more arguments after it, and fragments repeat others.
func TestComplexityIsComputedOnce(t *testing.T) {
	for _, test := range []struct {
		name, document string
		limit          int
		rejected       bool
	}{
		{
			name:     "fields without arguments",
			document: "{ " + strings.Repeat("__typename ", 200) + "}",
			limit:    200,
		},
		{
			name:     "fields beyond the limit",
			document: "{ " + strings.Repeat(`item(id: "x") { id } `, 200) + "}",
			limit:    10,
			rejected: true,
		},
		{
			name: "2^16 spreads of a fragment",
			document: chain(16, "{ ...f0 } fragment g on Query { item(id: 1) { id } }",
				" fragment f%d on Query { ...g ...f%d ...g ...f%[2]d }", " fragment f16 on Query { item(id: 1) { id } }"),
			limit: 1 << 30,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			x, o := limits.Extension{Limits: limits.Limits{Cost: test.limit}}, newOperation(t, test.document, nil)
			allocations := testing.AllocsPerRun(1, func() {
				if err := x.MutateOperationContext(t.Context(), o); (err != nil) != test.rejected {
					t.Error(err)
				}
			})
			if allocations > 100 {
				t.Errorf("%.0f allocations", allocations)
			}
		})
	}
}

// TestLargeVariablesAreRejected tries variables with a limit of their values, and with one less.
func TestLargeVariablesAreRejected(t *testing.T) {
	nest := func(depth int) any {
		v := any("x")
		for range depth {
			v = []any{v}
		}
		return v
	}
	for _, test := range []struct {
		name  string
		value any
		want  int
	}{
		{
			name:  "a list of nulls",
			value: make([]any, 80),
			want:  1 + 80,
		},
		{
			name:  "objects",
			value: []any{map[string]any{}, map[string]any{"a": nil}, map[string]any{}},
			want:  1 + 3*10 + 1,
		},
		{
			name:  "a string of 8 kB",
			value: strings.Repeat("x", 8000),
			want:  1 + 80,
		},
		{
			name:  "a number of 8 kB",
			value: json.Number(strings.Repeat("1", 8000)),
			want:  1 + 80,
		},
		{
			name:  "31 lists inside each other",
			value: nest(31),
			want:  31 + 1,
		},
	} {
		variables := map[string]any{"v": test.value} // an object
		for _, limit := range []int{10 + test.want, 10 + test.want - 1} {
			if err := (limits.Limits{Cost: limit}).CheckVariables(variables); (err == nil) != (limit == 10+test.want) {
				t.Errorf("%s, with a limit of %d: %v", test.name, limit, err)
			}
		}
	}
	if err := limits.DefaultLimits().CheckVariables(map[string]any{"v": nest(32)}); err == nil {
		t.Error("32 lists inside each other were accepted")
	}
}

// TestArgumentsBeyondTheLimitAreRejected has a literal with as many values as the limit, and one
// value more. Then it repeats a variable: together, 980 million values, which would take seconds to
// count.
func TestArgumentsBeyondTheLimitAreRejected(t *testing.T) {
	const limit, objects = 1000, 10 + 10 + 1 // the arguments, the filter and its list
	for values, accept := range map[int]bool{limit - objects: true, limit - objects + 1: false} {
		document := "{ all(where: {names: [" + strings.Repeat("null ", values) + "]}) { totalCount } }"
		if err := mutate(t, limit, document, nil); (err == nil) != accept {
			t.Errorf("%d values: %v", values, err)
		}
	}
	document := "query($w: Filter!) { all(where: {and: [" + strings.Repeat("$w ", 20_000) + "]}) { totalCount } }"
	variables := map[string]any{"w": map[string]any{"names": make([]any, 49_000)}}
	x, o := limits.Extension{Limits: limits.DefaultLimits()}, newOperation(t, document, variables)
	units := unitsOfWork(func() {
		if err := x.MutateOperationContext(t.Context(), o); err == nil {
			t.Error("the operation was accepted")
		}
	})
	if units > maxUnits {
		t.Errorf("%.2f units of work", units)
	}
}

// TestSubscriptionMustSelectOneField subscribes to one field, by a fragment too, and to none.
func TestSubscriptionMustSelectOneField(t *testing.T) {
	for _, document := range []string{"subscription { a }", "subscription { ... on Subscription { a } }"} {
		if err := mutate(t, 100, document, nil); err != nil {
			t.Errorf("%s: %v", document, err)
		}
	}
	var rejected *gqlerror.Error
	err := mutate(t, 100, "subscription { a @skip(if: true) }", nil)
	if !errors.As(err, &rejected) || rejected.Message != "a subscription must select one field, once and without a condition" ||
		rejected.Extensions["code"] != "GRAPHQL_VALIDATION_FAILED" {
		t.Error(err)
	}
}
