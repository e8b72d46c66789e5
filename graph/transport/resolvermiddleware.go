package transport

import (
	"context"
	"errors"
	"io"
	"reflect"
	"slices"
	"sync"

	"github.com/99designs/gqlgen/graphql"
)

// SelectsOnlyTotalCount reports whether the field of ctx, a connection, selects no field but
// totalCount. Its resolver may depend on nothing else of its selection set, because both executions
// of an operation with @defer share its result: see resolveRootOnce.
func SelectsOnlyTotalCount(ctx context.Context) bool {
	return !slices.ContainsFunc(graphql.CollectFieldsCtx(ctx, nil), func(f graphql.CollectedField) bool {
		return f.Name != "totalCount" && f.Name != "__typename"
	})
}

var errResolverPanic = errors.New("the resolver panicked in the initial execution")

// resolveRootOnce resolves each field of the root once, so that both executions of an operation
// with @defer have the same objects, and a mutation has its effect once. It resolves a connection
// again if the initial execution selects only its totalCount.
func resolveRootOnce(resolver graphql.FieldMiddleware) graphql.FieldMiddleware {
	type key struct {
		alias          string
		onlyTotalCount bool
	}
	type result struct {
		value any
		err   error
	}
	var results sync.Map
	return func(ctx context.Context, next graphql.Resolver) (any, error) {
		field := graphql.GetFieldContext(ctx)
		if field.Parent == nil || field.Parent.Parent != nil {
			return resolver(ctx, next)
		}
		isConnection := field.Field.Definition.Arguments.ForName("first") != nil
		k := key{field.Field.Alias, isConnection && SelectsOnlyTotalCount(ctx)}
		return resolver(ctx, func(ctx context.Context) (any, error) { // each execution has its own JSON of the value
			if stored, ok := results.Load(k); ok {
				return stored.(result).value, stored.(result).err
			}
			results.Store(k, result{nil, errResolverPanic}) // replaced unless the resolver panics
			value, err := next(ctx)
			results.Store(k, result{value, err})
			return value, err
		})
	}
}

// IsolatesErrors reports whether an error makes only its field null in the execution of ctx: see isolateErrors.
func IsolatesErrors(ctx context.Context) bool { return ctx.Value(isolatedKey{}) != nil }

type isolatedKey struct{}

// isolateErrors makes a failed field null, but not its parents, even if its type is non-null. The
// null then propagates inside the payload of its deferred fragment: see payloadBuilder.
func isolateErrors(resolver graphql.FieldMiddleware) graphql.FieldMiddleware {
	return func(ctx context.Context, next graphql.Resolver) (value any, err error) {
		defer func() {
			o := graphql.GetOperationContext(ctx)
			if recovered := recover(); recovered != nil {
				err = o.Recover(ctx, recovered)
			}
			switch {
			case err != nil:
				o.Error(ctx, graphql.AddFieldLocationToError(ctx, err))
				value, err = nullValue{}, nil
			case isNil(value) && graphql.GetFieldContext(ctx).Field.Definition.Type.NonNull:
				graphql.AddInvalidNullError(ctx, "")
				value = nullValue{}
			}
		}()
		return resolver(ctx, next)
	}
}

// isNil reports whether a resolver's value is nil or a nil pointer.
func isNil(value any) bool {
	v := reflect.ValueOf(value)
	return !v.IsValid() || v.Kind() == reflect.Pointer && v.IsNil()
}

// nullValue is marshalled as null, but for the executor it is a value.
type nullValue struct{}

// MarshalGQL writes null.
func (nullValue) MarshalGQL(w io.Writer) { _, _ = io.WriteString(w, "null") }
