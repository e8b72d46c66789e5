package transport

import (
	"context"
	"sync/atomic"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// completion is the key of the *atomic.Bool in an operation's statistics.
const completion = "completion"

// CompleteFunc returns a function that a subscription's resolver calls when the subscription is
// complete, before it closes the channel of events. Without a call, the closed channel means that
// the client must subscribe again: it is a slow consumer, or events were lost.
func CompleteFunc(ctx context.Context) (complete func()) {
	done := new(atomic.Bool)
	graphql.GetOperationContext(ctx).Stats.SetExtension(completion, done)
	return func() { done.Store(true) }
}

// completed reports whether an operation that has no more responses is complete.
func completed(o *graphql.OperationContext) bool {
	done, ok := o.Stats.GetExtension(completion).(*atomic.Bool)
	return o.Operation.Operation != ast.Subscription || ok && done.Load()
}
