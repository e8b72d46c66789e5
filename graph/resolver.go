package graph

import (
	"errors"

	"rowhouse/model"
	"rowhouse/tenancy"
)

// Resolver answers the fields of the schema. Its methods, in schema.resolvers.go,
// are the table of contents of the API: each calls one function of model.
type Resolver struct{ db *tenancy.DB }

// page makes a Page of a connection's arguments.
func page(first *int, after *string, last *int, before *string) model.Page {
	return model.Page{First: first, After: after, Last: last, Before: before}
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
