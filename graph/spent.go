package graph

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
	texts  atomic.Int64 // bytes
	listed atomic.Int64 // fields, in lists of which nobody knew how long they are
	begun  func()       // an event
	unread unread
}

type spentKey struct{}

// InterceptResponse leaves out errors beyond the limit, and from the log, too. An event has
// the time of an operation, from its first field on.
func (l limits) InterceptResponse(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
	s := &spent{unread: unread{operation: ctx, open: l.open}}
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
	response := s.unread.keep(next(ctx))
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

// spending ends what the cost could not foresee: long texts, and lists without pages. It
// also ends what takes too long outside the database. As an interceptor of gqlgen's it
// would allocate for each field.
func (l limits) spending(resolver graphql.FieldMiddleware) graphql.FieldMiddleware {
	return func(ctx context.Context, next graphql.Resolver) (any, error) {
		value, err := resolver(ctx, next)
		switch v := value.(type) {
		case string:
			return value, cmp.Or(err, l.text(ctx, v))
		case *string:
			if v != nil {
				return value, cmp.Or(err, l.text(ctx, *v))
			}
		default:
			if list := reflect.ValueOf(value); err == nil && list.Kind() == reflect.Slice {
				return value, cmp.Or(ctx.Err(), l.list(ctx, list.Len()))
			}
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

func (l limits) text(ctx context.Context, text string) error {
	const short = 100 // bytes: as many as a name
	if len(text) <= short {
		return nil
	}
	s, ok := ctx.Value(spentKey{}).(*spent)
	if !ok {
		return nil
	}
	length := s.texts.Add(jsonLength(text))
	if length > l.Answer {
		return exceeded("the texts of the answer are longer than %d bytes: ask for fewer", l.Answer)
	}
	return s.unread.grow(length)
}

// checkRepeated bounds what deferred fragments that overlap repeat, in bytes.
func (l Limits) checkRepeated(bytes int64) error {
	if bytes > l.Answer {
		return exceeded("the deferred payloads repeat more than %d bytes: ask for fewer fields in fragments that overlap", l.Answer)
	}
	return nil
}

// jsonLength is how long a text is in an answer, with its escapes.
func jsonLength(text string) int64 {
	n := len(text)
	for i := range len(text) {
		switch c := text[i]; {
		case c == '"', c == '\\', c == '\n', c == '\r', c == '\t':
			n++
		case c < ' ':
			n += len(`u0000`)
		}
	}
	return int64(n)
}

func (l limits) list(ctx context.Context, length int) error {
	field := graphql.GetFieldContext(ctx)
	if field.Field.Definition.Type.Elem == nil || paged(field.Field.Name) || strings.HasPrefix(field.Object, "__") {
		return nil
	}
	c := coster{graphql.GetOperationContext(ctx).Variables, l.Cost, map[string]int{}}
	cost := c.plus(0, length, max(1, c.set(field.Field.Selections)))
	if s, ok := ctx.Value(spentKey{}).(*spent); ok && s.listed.Add(int64(cost)) > int64(l.Cost) {
		return exceeded("the answer has more than %d fields in lists like %s: ask for smaller pages", l.Cost, field.Field.Name)
	}
	return nil
}
