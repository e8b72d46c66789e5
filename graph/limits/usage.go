package limits

import (
	"cmp"
	"context"
	"math"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// spent is what an answer has cost so far.
type spent struct {
	logged atomic.Int32 // errors
	listed atomic.Int64 // fields, in lists of which nobody knew how long they are
	begun  func()       // an event
	unread unread
	failed error // replaces the response
}

type spentKey struct{}

// InterceptResponse leaves out errors beyond the limit, and from the log, too. An event has
// the time of an operation, from its first field on.
func (l Extension) InterceptResponse(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
	s := &spent{unread: unread{operation: ctx, open: l.Quota.Acquire}}
	s.unread.follow()
	ctx = context.WithValue(ctx, spentKey{}, s)
	if o := operationOf(ctx); o != nil && o.Operation.Operation == ast.Subscription {
		var cancel context.CancelCauseFunc
		ctx, cancel = context.WithCancelCause(ctx)
		defer cancel(nil)
		late := time.AfterFunc(math.MaxInt64, func() { cancel(context.DeadlineExceeded) })
		defer late.Stop()
		s.begun = sync.OnceFunc(func() { late.Reset(l.Time) })
	}
	response := next(ctx)
	if s.failed != nil {
		graphql.AddError(ctx, s.failed)
		errors := graphql.GetErrors(ctx) // its index depends on the other errors
		response = &graphql.Response{Data: []byte("null"), Errors: errors[len(errors)-1:]}
	}
	s.unread.keep()
	if response != nil && len(response.Errors) > l.Errors {
		response.Errors = response.Errors[:l.Errors]
	}
	return response
}

// operationOf returns what is executed, or nil where all was refused.
func operationOf(ctx context.Context) *graphql.OperationContext {
	if !graphql.HasOperationContext(ctx) {
		return nil
	}
	if o := graphql.GetOperationContext(ctx); o.Operation != nil {
		return o
	}
	return nil
}

// spending ends what the cost could not foresee: lists without pages. It also ends what takes
// too long outside the database. As an interceptor of gqlgen's it would allocate for each
// field.
func (l Extension) spending(resolver graphql.FieldMiddleware) graphql.FieldMiddleware {
	return func(ctx context.Context, next graphql.Resolver) (any, error) {
		value, err := resolver(ctx, next)
		if list := reflect.ValueOf(value); err == nil && list.Kind() == reflect.Slice {
			return value, cmp.Or(ctx.Err(), l.list(ctx, list.Len()))
		}
		return value, err
	}
}

// timed tells when an event begins: until then there is nothing to do but to wait for it.
func timed(resolver graphql.FieldMiddleware) graphql.FieldMiddleware {
	return func(ctx context.Context, next graphql.Resolver) (any, error) {
		if s, ok := ctx.Value(spentKey{}).(*spent); ok {
			s.begun()
		}
		return resolver(ctx, next)
	}
}

// CountRepeated returns a function that bounds the bytes that overlapping deferred fragments
// repeat, and counts them until ctx ends. The other bytes of the payloads are as many as those of
// the second result, which is counted by itself.
func (l Extension) CountRepeated(ctx context.Context) func(bytes int64) error {
	u := &unread{operation: ctx, open: l.Quota.Acquire}
	return func(bytes int64) error {
		if bytes > l.Response {
			return Exceeded("the deferred payloads repeat more than %d bytes: select fewer fields in overlapping fragments", l.Response)
		}
		return u.grow(bytes)
	}
}

func (l Extension) list(ctx context.Context, length int) error {
	field := graphql.GetFieldContext(ctx)
	if field.Field.Definition.Type.Elem == nil || paged(field.Field.Name) || strings.HasPrefix(field.Object, "__") {
		return nil
	}
	c := coster{graphql.GetOperationContext(ctx).Variables, l.Cost, map[string]int{}}
	cost := c.plus(0, length, max(1, c.set(field.Field.Selections)))
	if s, ok := ctx.Value(spentKey{}).(*spent); ok && s.listed.Add(int64(cost)) > int64(l.Cost) {
		return Exceeded("the answer has more than %d fields in lists like %s: ask for smaller pages", l.Cost, field.Field.Name)
	}
	return nil
}

// mostLogged bounds the errors of an answer that are logged: what breaks one relation
// breaks it for each row.
const mostLogged = 10

// CountLogged counts an error, and reports whether it may be logged.
func CountLogged(ctx context.Context) bool {
	s, ok := ctx.Value(spentKey{}).(*spent)
	return !ok || s.logged.Add(1) <= mostLogged
}
