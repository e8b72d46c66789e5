package servertest

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// Root returns a function that resolves the operation of ctx, for limits.Schema.
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
