// Package exec executes selection sets of columns, relations and connections by plans, below the fields that gqlgen
// resolves.
//
// gqlgen executes an operation, and calls the resolver of a field at its root. If that returns rows of package relay, a
// plan writes the fields below it: it loads each relation in one statement for all rows, and appends the JSON to one
// buffer. Generated code of gqlgen resolves other fields of the rows, such as those with a resolver written by hand, beneath
// the plan. gqlgen executes all other selection sets. The fields inside have plans of their own.
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
	// Generated are other fields of rows, which gqlgen's generated code resolves. Those with code of the application are not
	// in Fields.
	Generated map[string]Generated
	// Definitions are the types of the API.
	Definitions *ast.Schema
	// MaxResponse bounds the data of a response, in bytes.
	MaxResponse int64
	// Kept returns the plans beside the cached document of an operation, or nil for a document that is not cached.
	Kept func(context.Context, *graphql.OperationContext) *Plans
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
func (s Schema) MutateOperationContext(ctx context.Context, o *graphql.OperationContext) *gqlerror.Error {
	plans := newPlanner(ctx, s, o)
	next := o.ResolverMiddleware
	o.ResolverMiddleware = func(ctx context.Context, resolve graphql.Resolver) (any, error) {
		field := graphql.GetFieldContext(ctx)
		if len(field.Field.Selections) == 0 {
			return next(ctx, resolve)
		}
		plan := plans.planOf(ctx, field)
		if plan == nil {
			return next(ctx, resolve)
		}
		r := plan.newRun(ctx, s)
		if r == nil {
			return next(ctx, resolve)
		}
		if _, generated := s.Fields[field.Object+"."+field.Field.Name]; generated {
			ctx = context.WithValue(ctx, selectionKey{}, plan.of.selection)
			r.ctx = ctx
		}
		value, err := next(ctx, resolve)
		if err != nil || isNil(value) {
			return value, err
		}
		if written := r.execute(value); written != nil { //nolint:contextcheck // r has the context
			return written, nil
		}
		return value, nil
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
