package graph

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"rowhouse/graph/transport"
	"rowhouse/model"
	"rowhouse/tenancy"
)

// Resolver answers the fields of the schema. Its methods, in schema.resolvers.go,
// are the table of contents of the API: each calls one function of model.
type Resolver struct{ db *tenancy.DB }

// page makes a Page of a connection's arguments.
func page(ctx context.Context, first *int, after *string, last *int, before *string) model.Page {
	var nulls [][]string
	if where := graphql.GetFieldContext(ctx).Field.Arguments.ForName("where"); where != nil {
		nulls = nullsOf(where.Value, graphql.GetOperationContext(ctx).Variables, []string{"where"})
	}
	return model.Page{First: first, After: after, Last: last, Before: before, CountOnly: transport.CountOnly(ctx), Nulls: nulls}
}

// nullsOf returns the paths to the nulls inside an argument. A variable that is not set
// is none: the field is as if left out.
func nullsOf(v *ast.Value, variables map[string]any, path []string) [][]string {
	if v.Kind == ast.Variable {
		return nullsIn(variables[v.Raw], path)
	}
	var all [][]string
	for i, child := range v.Children {
		inner := append(slices.Clip(path), cmp.Or(child.Name, strconv.Itoa(i)))
		_, set := variables[child.Value.Raw]
		if child.Value.Kind == ast.NullValue || child.Value.Kind == ast.Variable && set && variables[child.Value.Raw] == nil {
			all = append(all, inner)
		}
		all = append(all, nullsOf(child.Value, variables, inner)...)
	}
	return all
}

// nullsIn is nullsOf for the value of a variable.
func nullsIn(v any, path []string) (all [][]string) {
	inside := func(v any, name string) {
		inner := append(slices.Clip(path), name)
		if v == nil {
			all = append(all, inner)
		}
		all = append(all, nullsIn(v, inner)...)
	}
	switch v := v.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			inside(v[name], name)
		}
	case []any:
		for i, v := range v {
			inside(v, strconv.Itoa(i))
		}
	}
	return all
}

// orNull answers a query for what is not there with null.
func orNull[T any](found T, err error) (T, error) {
	var gone *model.NotFoundError
	if errors.As(err, &gone) {
		var null T
		return null, nil
	}
	return found, err
}
