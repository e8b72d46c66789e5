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
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// HTTP responds to an operation as "GraphQL over HTTP" has it (the draft of
// https://graphql.github.io/graphql-over-http/): POST with JSON, GET for queries; status
// 200 for clients that accept application/json, and one that tells for those that accept
// application/graphql-response+json; no data entry where nothing was executed. A
// subscription is streamed as Server-Sent Events (queries may be, too) or as multipart HTTP. PUT
// and DELETE are for event streams with many operations. It accepts every request, so it must be
// the last transport.
type HTTP struct {
	// WriteError writes the response to a request that is none, given an *Error, or to one too
	// many, given Acquire's error.
	WriteError func(http.ResponseWriter, *http.Request, error)
	// PreflightHeaders are headers that no browser sends to another origin without asking
	// first. A GET has one of them, or a content type that is not a form's.
	PreflightHeaders []string
	// MaxBody bounds a request's body in bytes, before and after decoding.
	MaxBody int64
	// MaxTime bounds an operation that is no subscription.
	MaxTime time.Duration
	// Schema is the executor's.
	Schema *ast.Schema
	// TrackDeferred returns a function that counts the bytes that the deferred payloads of an
	// operation repeat, until ctx ends. It fails when they are too many.
	TrackDeferred func(ctx context.Context) func(bytes int64) error
	// Acquire counts operations, subscriptions and event streams.
	Acquire AcquireFunc
	// Owner returns the only user of an event stream that a request of ctx reserves: the tenant
	// and, if there is one, the caller. Owners are compared by reflect.DeepEqual.
	Owner func(ctx context.Context) any
	// Stopping ends subscriptions, whose clients then connect anew.
	Stopping <-chan struct{}

	streams sharedStreams
}

var _ graphql.Transport = (*HTTP)(nil)

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
func (*HTTP) Supports(*http.Request) bool { return true }

// Do responds.
func (h *HTTP) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	if r.Method == http.MethodPut {
		h.reserve(w, r)
		return
	}
	var s *sharedStream
	token := streamToken(r)
	if token == "" && r.Method == http.MethodDelete {
		h.fail(w, r, refuse(http.StatusBadRequest, "a DELETE needs the token of an event stream, in the header %s or the parameter token", StreamTokenHeader))
		return
	}
	if token != "" {
		if s = h.streams.find(token, h.Owner(r.Context())); s == nil {
			h.fail(w, r, errNoStream)
			return
		}
	}
	accept, err := accepted(r.Header.Values("Accept"))
	switch {
	case r.Method == http.MethodDelete:
		h.stopOperation(w, r, s)
	case err != nil:
		h.fail(w, r, err)
	case s != nil && r.Method == http.MethodGet && accept.kind == eventStream:
		h.serveEvents(w, r, s)
	default:
		h.serveOperation(w, r, exec, accept, s)
	}
}

// serveOperation responds to a request with an operation.
func (h *HTTP) serveOperation(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor, accept acceptance, s *sharedStream) {
	release, err := h.Acquire(r.Context(), Operations, 1)
	if err != nil {
		h.WriteError(w, r, err)
		return
	}
	release = sync.OnceFunc(release)
	kept := false
	defer func() {
		if !kept {
			release()
		}
	}()
	params, err := h.params(w, r)
	if err != nil {
		h.fail(w, r, err)
		return
	}
	o, failed := exec.CreateOperationContext(r.Context(), params)
	ctx := graphql.WithOperationContext(r.Context(), o)
	var kind ast.Operation
	if failed == nil {
		kind = o.Operation.Operation
	}
	switch {
	case kind == ast.Mutation && r.Method == http.MethodGet:
		h.fail(w, r, refuse(http.StatusMethodNotAllowed, "a mutation can't be sent by GET: use POST"))
	case s != nil && failed == nil:
		kept = h.startOperation(ctx, w, r, exec, o, s, release)
	case s != nil: // never 200, which its client could take for 202
		if accept.kind == eventStream { // the response is no stream
			accept.kind = plainJSON
		}
		write(w, accept.kind, http.StatusBadRequest, exec.DispatchError(ctx, failed))
	case kind == ast.Subscription && accept.stream == "":
		h.fail(w, r, refuse(http.StatusMethodNotAllowed, "a subscription needs a WebSocket, or the header Accept: %s, or %s;subscriptionSpec=%s",
			eventStream, mixed, subscriptionSpec))
	case kind == ast.Subscription:
		h.subscribe(ctx, w, r, exec, o, accept.stream, release)
	case accept.kind == eventStream && failed != nil:
		writeEvent(w, exec.DispatchError(ctx, failed))
	case accept.kind == eventStream:
		h.serveStream(ctx, w, exec, o, events{})
	case failed != nil:
		status := http.StatusOK
		if accept.kind == responseJSON {
			status = http.StatusBadRequest
		}
		write(w, accept.kind, status, exec.DispatchError(ctx, failed))
	default:
		h.answer(ctx, w, accept, exec, o)
	}
}

// answer answers a query or mutation.
func (h *HTTP) answer(ctx context.Context, w http.ResponseWriter, accept acceptance, exec graphql.GraphExecutor, o *graphql.OperationContext) {
	ctx, cancel := context.WithTimeout(ctx, h.MaxTime)
	defer cancel()
	if accept.parts {
		h.deliver(ctx, w, accept.kind, exec, o)
		return
	}
	rewrite(o)
	responses, ctx := exec.DispatchOperation(ctx, o)
	write(w, accept.kind, http.StatusOK, responses(ctx))
}

// subscribe streams the results of a subscription. It acquires the quota of a subscription, and
// releases that of an operation.
func (h *HTTP) subscribe(
	ctx context.Context, w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor, o *graphql.OperationContext, contentType string, begun func(),
) {
	release, err := openSubscription(ctx, h.Acquire, o)
	switch {
	case err != nil && contentType == eventStream:
		writeEvent(w, exec.DispatchError(ctx, gqlerror.List{gqlerror.WrapPath(nil, err)}))
		return
	case err != nil:
		h.WriteError(w, r, err)
		return
	}
	defer release()
	begun()
	var as format = events{}
	if contentType == mixed {
		as = parts{}
	}
	h.serveStream(ctx, w, exec, o, as)
}

func (h *HTTP) fail(w http.ResponseWriter, r *http.Request, err error) {
	var e *Error
	if errors.As(err, &e) && e.Status == http.StatusMethodNotAllowed {
		w.Header().Set("Allow", methods)
	}
	h.WriteError(w, r, err)
}
