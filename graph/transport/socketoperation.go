package transport

import (
	"context"
	"encoding/json"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/coder/websocket"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// startOperation starts an operation. It returns false if one with that id is running. Only the
// goroutine of readMessages starts operations.
func (s *socket) startOperation(ctx context.Context, id string, params *graphql.RawParams) bool {
	s.mu.Lock()
	exists := s.running[id] != nil
	s.mu.Unlock()
	if exists {
		return false
	}
	ctx, cancel := context.WithCancel(graphql.StartOperationTrace(ctx))
	release, err := s.Acquire(ctx, Operations, 1)
	if err != nil {
		cancel()
		// Sent by the reading goroutine, for backpressure: no further message is read meanwhile.
		s.sendMessage(ctx, newErrorMessage(id, errorResponse(ctx, s.executor, nil, err)))
		return true
	}
	running := &runningOperation{cancel}
	s.mu.Lock()
	s.running[id] = running
	s.mu.Unlock()
	s.wait.Go(func() {
		last, ok := s.runOperation(ctx, id, params, sync.OnceFunc(release))
		if s.stopOperation(id, running) && ok {
			s.sendMessage(ctx, last)
		}
	})
	return true
}

// stopOperation stops an operation: see runningOperations.cancelOperation.
func (s *socket) stopOperation(id string, only *runningOperation) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.running.cancelOperation(id, only)
}

// runOperation executes an operation, sends its responses, and returns the last message, if there
// is one. It calls release when the operation ends, or has acquired the quota of a subscription.
func (s *socket) runOperation(ctx context.Context, id string, params *graphql.RawParams, release func()) (last message, ok bool) {
	defer release()
	defer func() {
		if recovered := recover(); recovered != nil {
			last, ok = newErrorMessage(id, panicResponse(ctx, s.executor, recovered)), true
		}
	}()
	o, errs := s.executor.CreateOperationContext(ctx, params)
	ctx = graphql.WithOperationContext(ctx, o)
	if errs == nil && o.Operation.Operation == ast.Subscription {
		releaseSubscription, err := acquireSubscription(ctx, s.Acquire, o)
		if err != nil {
			errs = gqlerror.List{gqlerror.WrapPath(nil, err)}
		} else {
			defer releaseSubscription()
			release()
		}
	}
	if errs != nil {
		return newErrorMessage(id, s.executor.DispatchError(ctx, errs)), true
	}
	return s.sendResponses(ctx, id, o)
}

// sendResponses executes an operation, sends its responses, and returns the last message, if there
// is one.
func (s *socket) sendResponses(ctx context.Context, id string, o *graphql.OperationContext) (last message, ok bool) {
	first := true
	for response := range executeOperation(ctx, s.executor, o, s.MaxTime) {
		if first && response.Data == nil && len(response.Errors) > 0 {
			return newErrorMessage(id, response), true
		}
		first = false
		s.sendMessage(ctx, message{ID: id, Type: "next", Payload: json.RawMessage(encodeResponse(response))})
	}
	switch {
	case ctx.Err() != nil: // another operation may have the id now
		return message{}, false
	case !isComplete(o):
		s.closeWith(newCloseFrame(websocket.StatusTryAgainLater, "slow consumer: events were lost. Connect again, and refetch the data"))
		return message{}, false
	}
	return message{ID: id, Type: "complete"}, true
}

// newErrorMessage returns the message of an operation that was not executed.
func newErrorMessage(id string, response *graphql.Response) message {
	payload, err := json.Marshal(response.Errors)
	if err != nil {
		panic(err) // the error presenter returns errors that have a JSON
	}
	return message{ID: id, Type: "error", Payload: payload}
}
