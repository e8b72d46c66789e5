package transport

import (
	"context"
	"sync/atomic"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// completion is the name under which an operation's statistics hold its *atomic.Bool.
const completion = "completion"

// Completer returns a function that a subscription's resolver calls before it closes the
// channel of events because there will be no more. Without a call, the end of the events
// means that the client must subscribe again: it fell behind, or events were lost.
func Completer(ctx context.Context) (complete func()) {
	done := new(atomic.Bool)
	graphql.GetOperationContext(ctx).Stats.SetExtension(completion, done)
	return func() { done.Store(true) }
}

// completed reports whether an operation that has no more responses is complete.
func completed(o *graphql.OperationContext) bool {
	done, ok := o.Stats.GetExtension(completion).(*atomic.Bool)
	return o.Operation.Operation != ast.Subscription || ok && done.Load()
}
