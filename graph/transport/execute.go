package transport

import (
	"context"
	"fmt"
	"iter"
	"runtime/debug"
	"sync/atomic"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// executeOperation executes an operation without incremental delivery, and yields its responses.
// It executes the next response of a subscription when the previous one was consumed. It ends
// early when ctx ends. maxTime bounds a query or mutation.
//
// If a subscription ends and isComplete is false, events were lost.
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

// CompleteFunc returns a function for the resolver of a subscription. It calls complete before it
// closes its channel, if no more events can follow. A channel that is closed without that call
// means that events were lost, and that the client must subscribe again.
func CompleteFunc(ctx context.Context) (complete func()) {
	done := new(atomic.Bool)
	graphql.GetOperationContext(ctx).Stats.SetExtension(completion, done)
	return func() { done.Store(true) }
}

// isComplete reports whether an operation that has ended is complete. Only a subscription may not
// be.
func isComplete(o *graphql.OperationContext) bool {
	done, ok := o.Stats.GetExtension(completion).(*atomic.Bool)
	return o.Operation.Operation != ast.Subscription || ok && done.Load()
}

// InterruptedError is the error of a subscription that the server ends. The client must subscribe
// again, and refetch the data.
type InterruptedError string

// Error returns the message.
func (e InterruptedError) Error() string { return string(e) }

const (
	errSlowConsumer = InterruptedError("slow consumer: events were lost. Subscribe again, and refetch the data")
	errShutdown     = InterruptedError("the server is shutting down: subscribe again, and refetch the data")
)

// errorResponse returns a response with one error.
func errorResponse(ctx context.Context, executor graphql.GraphExecutor, path ast.Path, err error) *graphql.Response {
	return executor.DispatchError(ctx, gqlerror.List{gqlerror.WrapPath(path, err)})
}

// panicResponse returns the response to a recovered panic. The executor recovers panics of
// resolvers only, and net/http none of other goroutines.
func panicResponse(ctx context.Context, executor graphql.GraphExecutor, recovered any) *graphql.Response {
	return errorResponse(ctx, executor, nil, fmt.Errorf("panic: %v\n%s", recovered, debug.Stack()))
}
