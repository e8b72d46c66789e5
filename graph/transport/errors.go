package transport

import (
	"context"
	"fmt"
	"runtime/debug"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// Error is the error of a request that is rejected before GraphQL execution.
type Error struct {
	// Status is the HTTP status of the response.
	Status int
	// Message is shown to the client.
	Message string
}

// newError returns an *Error.
func newError(status int, format string, args ...any) error {
	return &Error{status, fmt.Sprintf(format, args...)}
}

// Error returns the message.
func (e *Error) Error() string { return e.Message }

// Code returns BAD_USER_INPUT.
func (*Error) Code() string { return "BAD_USER_INPUT" }

// Public returns the message for clients.
func (e *Error) Public() string { return e.Message }

// interruptedError is the error of a subscription that the server ends. The client must subscribe
// again, and refetch the data.
type interruptedError string

const (
	errSlowConsumer = interruptedError("slow consumer: events were lost. Subscribe again, and refetch the data")
	errShutdown     = interruptedError("the server is shutting down: subscribe again, and refetch the data")
	errExpired      = interruptedError("the credentials have expired: subscribe again with new ones, and refetch the data")
)

// Error returns the message.
func (e interruptedError) Error() string { return string(e) }

// Code returns SUBSCRIPTION_INTERRUPTED.
func (interruptedError) Code() string { return "SUBSCRIPTION_INTERRUPTED" }

// Public returns the message for clients.
func (e interruptedError) Public() string { return string(e) }

// errorResponse returns a response with one error.
func errorResponse(ctx context.Context, executor graphql.GraphExecutor, path ast.Path, err error) *graphql.Response {
	return executor.DispatchError(ctx, gqlerror.List{gqlerror.WrapPath(path, err)})
}

// panicResponse returns the response to a recovered panic. The executor recovers panics of
// resolvers only, and net/http those of its own goroutines only.
func panicResponse(ctx context.Context, executor graphql.GraphExecutor, recovered any) *graphql.Response {
	return errorResponse(ctx, executor, nil, fmt.Errorf("panic: %v\n%s", recovered, debug.Stack()))
}
