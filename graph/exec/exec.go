// Package exec executes selection sets of columns, relations and connections by plans, below the fields that gqlgen
// resolves.
//
// gqlgen executes an operation, and calls the resolver of a field at its root. If all fields selected below it are
// described in package relay, a plan loads each relation in one statement for all rows, and appends the JSON to one
// buffer. gqlgen executes any other selection set, such as one with a resolver written by hand. The fields inside have
// plans of their own.
package exec

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"rowhouse/model/relay"
	"rowhouse/tenancy"
)

// Schema is what plans need of an application. It is an extension of gqlgen.
type Schema struct {
	Types *relay.Types
	DB    *tenancy.DB
	// Page returns the PageArgs for a connection's arguments, given the context of its field.
	Page func(ctx context.Context, first *int, after *string, last *int, before *string) relay.PageArgs
	// Fields are the fields without code of the application, such as Query.items and Item.labels, with the functions of
	// their arguments. Plans read only these, and only the resolvers of these can have a Selection.
	Fields map[string]Arguments
	// Definitions are the types of the API.
	Definitions *ast.Schema
	// MaxResponse bounds the data of a response, in bytes.
	MaxResponse int64
}

// Arguments returns the arguments of a field as its resolver has them, given those of the operation. It is nil for a
// field without arguments.
type Arguments func(ctx context.Context, raw map[string]any) (map[string]any, error)

// Planner is an executable schema with plans. The generator implements it.
type Planner interface{ Plans() Schema }

var _ graphql.OperationContextMutator = Schema{}

// ExtensionName returns the name of the extension.
func (Schema) ExtensionName() string { return "Plans" }

// Validate accepts every schema.
func (Schema) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationContext plans the fields of an operation.
func (s Schema) MutateOperationContext(_ context.Context, o *graphql.OperationContext) *gqlerror.Error {
	c := newCompiler(s, o)
	next := o.ResolverMiddleware
	o.ResolverMiddleware = func(ctx context.Context, resolve graphql.Resolver) (any, error) {
		field := graphql.GetFieldContext(ctx)
		if len(field.Field.Selections) == 0 {
			return next(ctx, resolve)
		}
		plan := c.planOf(ctx, field)
		if plan == nil {
			return next(ctx, resolve)
		}
		if _, generated := s.Fields[field.Object+"."+field.Field.Name]; generated {
			ctx = context.WithValue(ctx, selectionKey{}, plan.of.selection)
		}
		value, err := next(ctx, resolve)
		if err != nil || isNil(value) {
			return value, err
		}
		return plan.execute(ctx, s, value), nil
	}
	return nil
}

type selectionKey struct{}

// SelectionOf returns the columns that the plan of the field of ctx reads, or nil for all columns. It returns nil in a
// resolver written by hand, which can use any column.
func SelectionOf(ctx context.Context) *relay.Selection {
	of, _ := ctx.Value(selectionKey{}).(*relay.Selection)
	return of
}
