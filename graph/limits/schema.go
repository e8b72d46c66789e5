package limits

import (
	"context"
	"errors"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// Schema is an executable schema of gqlgen that also gives access to its root resolvers, so that
// the framework marshals responses itself.
type Schema interface {
	graphql.ExecutableSchema
	// Root returns a function that resolves the operation of ctx. For a subscription, each call
	// returns the next event, or nil at the end.
	Root(ctx context.Context) func(ctx context.Context) graphql.Marshaler
}

// boundedSchema is a Schema with a limit on the bytes of a response.
type boundedSchema struct {
	executable Schema
	most       int64
}

// BoundResponses returns a schema that ends an operation whose data exceeds most bytes. It needs
// the Extension. It supports neither gqlgen's @defer nor graphql.UnmarshalInputFromContext.
func BoundResponses(schema Schema, most int64) graphql.ExecutableSchema {
	return boundedSchema{schema, most}
}

// Schema returns the schema.
func (s boundedSchema) Schema() *ast.Schema { return s.executable.Schema() }

// Complexity returns the complexity of a field.
func (s boundedSchema) Complexity(ctx context.Context, typeName, field string, childComplexity int, arguments map[string]any) (int, bool) {
	return s.executable.Complexity(ctx, typeName, field, childComplexity, arguments)
}

// Exec executes an operation as the generated method does, but writes responses through a
// responseWriter, which counts all bytes of keys and values.
func (s boundedSchema) Exec(ctx context.Context) graphql.ResponseHandler {
	resolve, done := s.executable.Root(ctx), false
	subscription := graphql.GetOperationContext(ctx).Operation.Operation == ast.Subscription
	return func(ctx context.Context) *graphql.Response {
		if done {
			return nil
		}
		done = !subscription
		data := resolve(ctx)
		if data == nil {
			return nil
		}
		return s.respond(ctx, data)
	}
}

// respond returns a response with its data, or records the error that replaces it.
func (s boundedSchema) respond(ctx context.Context, data graphql.Marshaler) *graphql.Response {
	usage, _ := ctx.Value(spentKey{}).(*spent) // limits, which New adds, intercepts each response
	w := responseWriter{most: s.most, grow: usage.unread.grow}
	mutation := operationOf(ctx).Operation.Operation == ast.Mutation
	if mutation {
		w.grow = usage.unread.growAnyway // the mutation is committed
	}
	written, err := w.marshal(data)
	switch {
	case errors.Is(err, errTooLong) && mutation:
		err = Exceeded("the mutation took effect, but its response is longer than %d bytes: select fewer fields in a new query", s.most)
	case errors.Is(err, errTooLong):
		err = Exceeded("the response is longer than %d bytes: select fewer fields, or ask for smaller pages", s.most)
	}
	usage.failed = err
	return &graphql.Response{Data: written}
}
