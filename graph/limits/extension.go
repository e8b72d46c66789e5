package limits

import (
	"cmp"
	"context"
	"math"
	"reflect"
	"strings"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// Extension applies Limits as an extension of gqlgen. It rejects an operation with a high
// complexity before it runs, and tracks the usage of each response.
type Extension struct {
	Limits
	Quota *Quota
}

var _ interface {
	graphql.OperationContextMutator
	graphql.ResponseInterceptor
} = Extension{}

// ExtensionName returns the name of the extension.
func (Extension) ExtensionName() string { return "Limits" }

// Validate accepts every schema.
func (Extension) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationContext rejects an operation with a high complexity, and a subscription of several
// fields, which gqlgen treats as an internal error.
func (x Extension) MutateOperationContext(_ context.Context, o *graphql.OperationContext) *gqlerror.Error {
	e := estimate{variables: o.Variables, limit: x.Cost}
	if e.costOf(o.Operation.SelectionSet) > x.Cost {
		return Exceeded(
			"the operation asks for more than %d fields, arguments counted in: ask for smaller pages, with smaller filters", x.Cost,
		)
	}
	o.ResolverMiddleware = x.trackLists(o.ResolverMiddleware)
	if o.Operation.Operation != ast.Subscription {
		return nil
	}
	// Validation has checked the type conditions of fragments.
	if len(graphql.CollectFields(o, o.Operation.SelectionSet, nil)) != 1 {
		err := gqlerror.Errorf("a subscription must select one field, once and without a condition")
		errcode.Set(err, errcode.ValidationFailed)
		return err
	}
	o.ResolverMiddleware = startTimes(o.ResolverMiddleware)
	return nil
}

// InterceptResponse tracks the usage of a response, and removes errors beyond the limit.
func (x Extension) InterceptResponse(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
	u := &usage{operation: ctx, quota: x.Quota}
	ctx = context.WithValue(ctx, usageKey{}, u)
	o := operationOf(ctx)
	if o != nil {
		if previous, ok := o.Stats.GetExtension(lastBufferedKey).(*usage); ok {
			previous.releaseBuffer()
		}
		if o.Operation.Operation == ast.Subscription {
			var cancel func()
			ctx, cancel = x.limitEvent(ctx, u)
			defer cancel()
		}
	}
	response := next(ctx)
	if u.failure != nil {
		graphql.AddError(ctx, u.failure)
		errors := graphql.GetErrors(ctx) // its index depends on the other errors
		response = &graphql.Response{Data: []byte("null"), Errors: errors[len(errors)-1:]}
	}
	if u.releases != nil {
		o.Stats.SetExtension(lastBufferedKey, u)
	}
	if response != nil { // nil after the last response
		response.Errors = response.Errors[:min(len(response.Errors), x.Errors)]
	}
	return response
}

// limitEvent returns a context with the time limit of an event. The time begins with the first field
// of the event; before, the subscription waits.
func (x Extension) limitEvent(ctx context.Context, u *usage) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	timer := time.AfterFunc(math.MaxInt64, func() { cancel(context.DeadlineExceeded) })
	u.startTime = sync.OnceFunc(func() { timer.Reset(x.Time) })
	return ctx, func() {
		timer.Stop()
		cancel(nil)
	}
}

// startTimes starts the time limit of an event at its first field.
func startTimes(resolver graphql.FieldMiddleware) graphql.FieldMiddleware {
	return func(ctx context.Context, next graphql.Resolver) (any, error) {
		if u := usageOf(ctx); u != nil {
			u.startTime()
		}
		return resolver(ctx, next)
	}
}

// trackLists fails an operation when its lists without a page size exceed the limit, or its time is
// over. As a field interceptor of gqlgen it would allocate memory for each field.
func (x Extension) trackLists(resolver graphql.FieldMiddleware) graphql.FieldMiddleware {
	return func(ctx context.Context, next graphql.Resolver) (any, error) {
		value, err := resolver(ctx, next)
		if list := reflect.ValueOf(value); err == nil && list.Kind() == reflect.Slice {
			return value, cmp.Or(ctx.Err(), x.trackList(ctx, list.Len()))
		}
		return value, err
	}
}

// trackList counts the fields of a list, unless the complexity of the operation includes them.
func (x Extension) trackList(ctx context.Context, length int) error {
	field := graphql.GetFieldContext(ctx)
	if field.Field.Definition.Type.Elem == nil || isPage(field.Field.Name) || strings.HasPrefix(field.Object, "__") {
		return nil
	}
	e := estimate{variables: graphql.GetOperationContext(ctx).Variables, limit: x.Cost}
	cost := e.addCost(0, length, max(1, e.costOf(field.Field.Selections)))
	if usageOf(ctx).fields.Add(int64(cost)) > int64(x.Cost) {
		return Exceeded("the response has more than %d fields in lists like %s: ask for smaller pages", x.Cost, field.Field.Name)
	}
	return nil
}

// TrackDeferred returns a function for transport.HTTP that limits the memory of deferred payloads. The
// function fails beyond Response, and beyond the tenant's quota, which it holds until ctx ends.
func (x Extension) TrackDeferred(ctx context.Context) func(bytes int64) error {
	// bytes are only those that overlapping fragments repeat. InterceptResponse has tracked the
	// others, in the complete result.
	u := &usage{operation: ctx, quota: x.Quota}
	return func(bytes int64) error {
		if bytes > x.Response {
			return Exceeded("the deferred payloads repeat more than %d bytes: select fewer fields in overlapping fragments", x.Response)
		}
		return u.growBuffer(bytes)
	}
}
