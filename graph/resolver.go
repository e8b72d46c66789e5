// Package graph is the GraphQL API of this application: the resolvers of schema.gen.graphqls. Start
// with schema.gen.resolvers.go: each resolver calls one function of model. The resolvers of fields
// that do not follow from a type are written by hand, in schema.resolvers.go.
package graph

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"rowhouse/graph/exec"
	"rowhouse/graph/transport"
	"rowhouse/model/relay"
	"rowhouse/tenancy"
)

// Resolver resolves the fields of the schema. Its methods are in schema.gen.resolvers.go and schema.resolvers.go.
type Resolver struct {
	db *tenancy.DB
	// refuseNulls refuses comparisons with null, which are otherwise ignored.
	refuseNulls bool
}

// page returns the PageArgs for a connection's arguments.
func (r *Resolver) page(ctx context.Context, first *int, after *string, last *int, before *string) relay.PageArgs {
	return relay.PageArgs{
		First: first, After: after, Last: last, Before: before,
		CountOnly: transport.SelectsOnlyTotalCount(ctx), Selection: exec.SelectionOf(ctx),
		Nulls: r.nulls(graphql.GetOperationContext(ctx), graphql.GetFieldContext(ctx).Field.Field),
	}
}

// nulls returns the paths of the comparisons with null in the filter of a connection, if they are refused.
func (r *Resolver) nulls(o *graphql.OperationContext, field *ast.Field) []relay.Path {
	if !r.refuseNulls || field.Arguments.ForName("where") == nil {
		return nil
	}
	arguments := field.ArgumentMap(o.Variables)
	return nullComparisons(field.Definition.Arguments.ForName("where").Type, arguments["where"], relay.Path{"where"})
}

// nullComparisons returns the paths of the comparisons with null inside a filter. Null for a
// filter, or for and, or and not, is ignored, and so is a variable that is not set.
func nullComparisons(t *ast.Type, v any, path relay.Path) (nulls []relay.Path) {
	if list, ok := v.([]any); ok && t.Elem != nil {
		for i, v := range list {
			nulls = append(nulls, nullComparisons(t.Elem, v, append(slices.Clip(path), i))...)
		}
		return nulls
	}
	object, _ := v.(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(object)) {
		inner := append(slices.Clip(path), name)
		field := parsedSchema.Types[t.Name()].Fields.ForName(name)
		isFilter := parsedSchema.Types[field.Type.Name()].Kind == ast.InputObject
		switch {
		case object[name] != nil && isFilter:
			nulls = append(nulls, nullComparisons(field.Type, object[name], inner)...)
		case object[name] == nil && !isFilter: // JSON can have null inside
			nulls = append(nulls, inner)
		}
	}
	return nulls
}

// orNull turns *relay.NotFoundError into null.
func orNull[T any](found T, err error) (T, error) {
	var notFound *relay.NotFoundError
	if errors.As(err, &notFound) {
		var null T
		return null, nil
	}
	return found, err
}
