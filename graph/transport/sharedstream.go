package transport

import (
	"context"
	"crypto/rand"
	"io"
	"net/http"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// reserve responds to PUT with the token of a new event stream. Until the stream is open, its
// operations block at their first results.
func (h *HTTP) reserve(w http.ResponseWriter, r *http.Request) {
	release, err := h.Acquire(r.Context(), Sockets, 1)
	if err != nil {
		h.WriteError(w, r, err)
		return
	}
	s := &sharedStream{
		token: rand.Text(), // of at least 128 bits
		owner: h.Owner(r.Context()), release: release, to: make(frames), running: operations{},
	}
	s.ctx, s.cancel = context.WithCancel(context.WithoutCancel(r.Context()))
	s.expiry = time.AfterFunc(reservationTime, func() { h.streams.expire(s) })
	h.streams.add(s)
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(http.StatusCreated)
	_, _ = io.WriteString(w, s.token)
}

// serveEvents serves an event stream until the client disconnects or the server stops. Its
// operations end with it.
func (h *HTTP) serveEvents(w http.ResponseWriter, r *http.Request, s *sharedStream) {
	if err := h.streams.openOnce(s); err != nil {
		h.fail(w, r, err)
		return
	}
	defer context.AfterFunc(r.Context(), s.cancel)()
	beginStream(w, events{}).follow(s.ctx, s.to, h.Stopping) //nolint:contextcheck // the stream outlives the request that reserved it
	h.streams.end(s)
	s.wait.Wait()
}

// startOperation starts an operation of an event stream. If it reports true, the operation calls
// release when it ends.
func (h *HTTP) startOperation(
	ctx context.Context, w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor, o *graphql.OperationContext, s *sharedStream, release func(),
) (kept bool) {
	id, _ := o.Extensions[operationID].(string)
	if id == "" {
		h.fail(w, r, refuse(http.StatusBadRequest, "extensions.%s must be a string of 1 to %d bytes", operationID, longestID))
		return false
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx)) // the request ends before the operation
	own := &operation{cancel}
	if err := h.streams.begin(s, id, own); err != nil {
		cancel()
		h.fail(w, r, err)
		return false
	}
	if o.Operation.Operation == ast.Subscription {
		subscribed, err := openSubscription(ctx, h.Acquire, o)
		if err != nil {
			h.streams.stop(s, id, own)
			s.wait.Done()
			h.WriteError(w, r, err)
			return false
		}
		release()
		release = subscribed
	}
	go h.runOperation(ctx, exec, o, s, id, own, release)
	w.WriteHeader(http.StatusAccepted)
	return true
}

// runOperation runs an operation of an event stream to its end.
func (h *HTTP) runOperation(
	ctx context.Context, exec graphql.GraphExecutor, o *graphql.OperationContext, s *sharedStream, id string, own *operation, release func(),
) {
	defer s.wait.Done()
	defer release()
	defer context.AfterFunc(s.ctx, own.cancel)() //nolint:contextcheck // the stream outlives the request that reserved it
	last := h.operate(ctx, exec, o, events{id}, s.to)
	switch {
	case !h.streams.stop(s, id, own): // another operation may have its id now
	case last == nil: // a slow consumer, which must read again
		h.streams.end(s)
	default:
		s.to.send(s.ctx, last) //nolint:contextcheck // the stream outlives the request that reserved it
	}
}

// stopOperation responds to DELETE. It succeeds if the operation has already ended.
func (h *HTTP) stopOperation(w http.ResponseWriter, r *http.Request, s *sharedStream) {
	id := r.URL.Query().Get(operationID)
	if id == "" {
		h.fail(w, r, refuse(http.StatusBadRequest, "the URL needs the parameter %s", operationID))
		return
	}
	h.streams.stop(s, id, nil) // and the status is 200
}
