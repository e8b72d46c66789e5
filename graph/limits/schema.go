package limits

import (
	"context"
	"errors"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// Schema is an executable schema of gqlgen with access to its root resolvers. The framework writes
// the responses itself, to bound them. An application adds Root to its generated package:
//
//	func (e *executableSchema) Root(ctx context.Context) func(context.Context) graphql.Marshaler {
//		o := graphql.GetOperationContext(ctx)
//		ec, set := newExecutionContext(o, e, nil), o.Operation.SelectionSet
//		switch o.Operation.Operation {
//		case ast.Query:
//			return func(ctx context.Context) graphql.Marshaler { return ec._Query(ctx, set) }
//		case ast.Mutation:
//			return func(ctx context.Context) graphql.Marshaler { return ec._Mutation(ctx, set) }
//		}
//		return ec._Subscription(ctx, set)
//	}
type Schema interface {
	graphql.ExecutableSchema
	// Root returns a function to resolve the operation of ctx. For a subscription, each call waits
	// for the next event, and returns nil at the end.
	Root(ctx context.Context) func(ctx context.Context) graphql.Marshaler
}

// BoundResponses returns a schema with a limit on the data of a response, in bytes. It needs the
// Extension. It supports neither gqlgen's @defer nor graphql.UnmarshalInputFromContext.
func BoundResponses(schema Schema, limit int64) graphql.ExecutableSchema {
	return boundedSchema{schema, limit}
}

// boundedSchema is the schema of BoundResponses.
type boundedSchema struct {
	schema Schema
	limit  int64
}

// Schema returns the schema.
func (s boundedSchema) Schema() *ast.Schema { return s.schema.Schema() }

// Complexity returns the complexity of a field.
func (s boundedSchema) Complexity(ctx context.Context, typeName, field string, childComplexity int, arguments map[string]any) (int, bool) {
	return s.schema.Complexity(ctx, typeName, field, childComplexity, arguments)
}

// Exec executes an operation as the generated method does, but writes the responses through a
// responseWriter.
func (s boundedSchema) Exec(ctx context.Context) graphql.ResponseHandler {
	resolve, done := s.schema.Root(ctx), false
	isSubscription := graphql.GetOperationContext(ctx).Operation.Operation == ast.Subscription
	return func(ctx context.Context) *graphql.Response {
		if done {
			return nil
		}
		done = !isSubscription
		data := resolve(ctx)
		if data == nil {
			return nil
		}
		return s.writeResponse(ctx, data)
	}
}

// writeResponse returns a response with its data, or records the error instead of it.
func (s boundedSchema) writeResponse(ctx context.Context, data graphql.Marshaler) *graphql.Response {
	u := usageOf(ctx) // Extension intercepts each response
	w := responseWriter{limit: s.limit, grow: u.growBuffer}
	isMutation := graphql.GetOperationContext(ctx).Operation.Operation == ast.Mutation
	if isMutation {
		w.grow = u.tryGrowBuffer // the mutation is committed
	}
	written, err := w.marshalData(data)
	switch {
	case errors.Is(err, errTooLong) && isMutation:
		err = Exceeded("the mutation took effect, but its response is longer than %d bytes: select fewer fields in a new query", s.limit)
	case errors.Is(err, errTooLong):
		err = Exceeded("the response is longer than %d bytes: select fewer fields, or ask for smaller pages", s.limit)
	}
	u.failure = err
	return &graphql.Response{Data: written}
}
