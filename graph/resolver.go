package graph

import (
	"context"
	"errors"
	"slices"

	"github.com/99designs/gqlgen/graphql"

	"rowhouse/model"
	"rowhouse/tenancy"
)

// Resolver answers the fields of the schema. Its methods, in schema.resolvers.go,
// are the table of contents of the API: each calls one function of model.
type Resolver struct{ db *tenancy.DB }

// page makes a Page of a connection's arguments.
func page(ctx context.Context, first *int, after *string, last *int, before *string) model.Page {
	more := slices.ContainsFunc(graphql.CollectFieldsCtx(ctx, nil), func(f graphql.CollectedField) bool {
		return f.Name != "totalCount" && f.Name != "__typename"
	})
	return model.Page{First: first, After: after, Last: last, Before: before, CountOnly: !more}
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
