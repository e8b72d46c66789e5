package graph

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"rowhouse/graph/limits"
	"rowhouse/tenancy"
)

// NewSchema returns the schema with the resolvers of this application. Null in a comparison of a
// filter is an error if refuseNulls, and otherwise ignored.
func NewSchema(db *tenancy.DB, refuseNulls bool) limits.Schema {
	return NewExecutableSchema(Config{Resolvers: &Resolver{db, refuseNulls}}).(*executableSchema)
}

// Root returns a function to resolve the operation of ctx: it implements limits.Schema.
func (e *executableSchema) Root(ctx context.Context) func(context.Context) graphql.Marshaler {
	o := graphql.GetOperationContext(ctx)
	ec, set := newExecutionContext(o, e, nil), o.Operation.SelectionSet
	switch o.Operation.Operation {
	case ast.Query:
		return func(ctx context.Context) graphql.Marshaler { return ec._Query(ctx, set) }
	case ast.Mutation:
		return func(ctx context.Context) graphql.Marshaler { return ec._Mutation(ctx, set) }
	}
	return ec._Subscription(ctx, set)
}
