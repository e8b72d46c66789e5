// Package transport is how GraphQL reaches the executor over HTTP, where gqlgen's own
// transports keep to the specification less closely than clients' tools ask for.
package transport

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// HTTP answers an operation as "GraphQL over HTTP" has it (the draft of
// https://graphql.github.io/graphql-over-http/): POST with JSON, GET for queries; status
// 200 for clients that accept application/json, and one that tells for those that accept
// application/graphql-response+json; no data entry where nothing was executed. To clients
// that rather have text/event-stream, and to subscriptions, it answers with events. It
// takes every request, so it is the last of the transports.
type HTTP struct {
	// Fail writes the answer to a request that is none, given an *Error, or to one too many,
	// given Open's error.
	Fail func(http.ResponseWriter, *http.Request, error)
	// Preflighted are headers that no browser sends to another origin without asking
	// first. A GET has one of them, or a content type that is not a form's.
	Preflighted []string
	// Time bounds an operation that is no subscription.
	Time time.Duration
	// Schema is the executor's.
	Schema *ast.Schema
	// CheckSize fails when deferred fragments that overlap repeat so many bytes.
	CheckSize func(bytes int64) error
	// Open counts operations and subscriptions.
	Open Open
	// Stopping ends subscriptions, whose clients then connect anew.
	Stopping <-chan struct{}
}

var _ graphql.Transport = HTTP{}

// Error is the answer to what is no GraphQL request.
type Error struct {
	// Status is the answer's.
	Status int
	// Message is for the client.
	Message string
}

// Error is the message.
func (e *Error) Error() string { return e.Message }

func refuse(status int, format string, args ...any) error {
	return &Error{status, fmt.Sprintf(format, args...)}
}

// Supports takes every request.
func (HTTP) Supports(*http.Request) bool { return true }

// Do answers.
func (h HTTP) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	closed, err := h.Open(r.Context(), Operation, 1)
	if err != nil {
		h.Fail(w, r, err)
		return
	}
	closed = sync.OnceFunc(closed)
	defer closed()
	accept, err := accepted(r.Header.Values("Accept"))
	var params *graphql.RawParams
	if err == nil {
		params, err = h.params(r)
	}
	if err != nil {
		h.fail(w, r, err)
		return
	}
	operation, failed := exec.CreateOperationContext(r.Context(), params)
	ctx := graphql.WithOperationContext(r.Context(), operation)
	var kind ast.Operation
	if failed == nil {
		kind = operation.Operation.Operation
	}
	switch {
	case kind == ast.Mutation && r.Method == http.MethodGet:
		h.fail(w, r, refuse(http.StatusMethodNotAllowed, "a mutation can't be sent by GET: use POST"))
	case kind == ast.Subscription && !accept.events:
		h.fail(w, r, refuse(http.StatusMethodNotAllowed, "a subscription needs a WebSocket, or the header Accept: %s", eventStream))
	case kind == ast.Subscription || accept.kind == eventStream:
		h.events(ctx, w, exec, operation, failed, closed)
	case failed != nil:
		status := http.StatusOK
		if accept.kind == responseJSON {
			status = http.StatusBadRequest
		}
		write(w, accept.kind, status, exec.DispatchError(ctx, failed))
	default:
		h.answer(ctx, w, accept, exec, operation)
	}
}

// answer answers a query or mutation.
func (h HTTP) answer(ctx context.Context, w http.ResponseWriter, accept acceptance, exec graphql.GraphExecutor, o *graphql.OperationContext) {
	ctx, cancel := context.WithTimeout(ctx, h.Time)
	defer cancel()
	if accept.parts && defers(o) {
		h.deliver(ctx, w, accept.kind, exec, o)
		return
	}
	rewrite(o)
	responses, ctx := exec.DispatchOperation(ctx, o)
	write(w, accept.kind, http.StatusOK, responses(ctx))
}

func (h HTTP) fail(w http.ResponseWriter, r *http.Request, err error) {
	var e *Error
	if errors.As(err, &e) && e.Status == http.StatusMethodNotAllowed {
		w.Header().Set("Allow", "GET, POST, OPTIONS")
	}
	h.Fail(w, r, err)
}
