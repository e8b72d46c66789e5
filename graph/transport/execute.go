package transport

import (
	"context"
	"iter"
	"sync/atomic"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// executeOperation executes an operation without incremental delivery, and yields its responses.
// It executes the next event of a subscription after the caller has consumed the previous response.
// It ends early when ctx ends; maxTime bounds a query or mutation. Afterwards, isComplete is false
// for a subscription that has lost events.
func executeOperation(
	ctx context.Context, executor graphql.GraphExecutor, o *graphql.OperationContext, maxTime time.Duration,
) iter.Seq[*graphql.Response] {
	return func(yield func(*graphql.Response) bool) {
		removeDefer(o)
		bounded := ctx
		if o.Operation.Operation != ast.Subscription {
			var cancel context.CancelFunc
			bounded, cancel = context.WithTimeout(ctx, maxTime)
			defer cancel()
		}
		next, bounded := executor.DispatchOperation(bounded, o)
		for {
			response := next(bounded)
			if response == nil || ctx.Err() != nil || !yield(response) {
				return
			}
		}
	}
}

// completion is the key of the *atomic.Bool in the statistics of a subscription.
const completion = "completion"

// CompleteFunc returns a function for the resolver of a subscription. The resolver calls it before
// it closes its channel, if the subscription is complete. A channel that is closed without that
// call means that events were lost, and the client must subscribe again.
func CompleteFunc(ctx context.Context) (complete func()) {
	done := new(atomic.Bool)
	graphql.GetOperationContext(ctx).Stats.SetExtension(completion, done)
	return func() { done.Store(true) }
}

// isComplete reports whether an operation that has ended is complete. It is false only for
// a subscription whose resolver did not call complete: see CompleteFunc.
func isComplete(o *graphql.OperationContext) bool {
	done, ok := o.Stats.GetExtension(completion).(*atomic.Bool)
	return o.Operation.Operation != ast.Subscription || ok && done.Load()
}
