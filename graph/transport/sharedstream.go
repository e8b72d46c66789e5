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

// This file implements the single connection mode of GraphQL over Server-Sent Events, for browsers
// with few connections: PUT reserves an event stream, GET opens it, a POST or GET with an operation
// starts that, and DELETE stops an operation. All requests must reach the same server process.

// StreamTokenHeader is the request header with the token of an event stream. EventSource can't set
// headers, so the parameter token of the query string is an alternative.
const StreamTokenHeader = "X-GraphQL-Event-Stream-Token"

// streamTokenKey is StreamTokenHeader as a key of http.Header. A look-up by another spelling allocates.
var streamTokenKey = http.CanonicalHeaderKey(StreamTokenHeader)

// findStream returns the event stream of a request's token, or nil if the request has none. It
// fails if the owner has no such stream, or if DELETE has no token.
func (x exchange) findStream() (*sharedStream, error) {
	token := x.r.Header.Get(streamTokenKey)
	if token == "" && x.r.URL.RawQuery != "" {
		token = x.r.URL.Query().Get("token")
	}
	if token == "" {
		if x.r.Method == http.MethodDelete {
			return nil, newError(http.StatusBadRequest,
				"DELETE needs the token of an event stream, in the header %s or the parameter token", StreamTokenHeader)
		}
		return nil, nil //nolint:nilnil // most requests belong to no event stream
	}
	s := x.streams.findStream(token, x.Owner(x.r.Context()))
	if s == nil {
		return nil, errNoStream
	}
	return s, nil
}

// reserveStream responds to PUT with the token of a new event stream. Until the stream is open, its
// operations block at their first response.
func (x exchange) reserveStream() {
	release, err := x.Acquire(x.r.Context(), Sockets, 1)
	if err != nil {
		x.writeError(err)
		return
	}
	s := &sharedStream{
		token: rand.Text(), owner: x.Owner(x.r.Context()), // a token has at least 128 bits
		release: release, queue: make(frameQueue), running: runningOperations{},
	}
	s.ctx, s.cancel = context.WithCancel(context.WithoutCancel(x.r.Context()))
	s.expiry = time.AfterFunc(reservationTimeout, func() { x.streams.expireStream(s) })
	x.streams.addStream(s)
	x.w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	x.w.WriteHeader(http.StatusCreated)
	_, _ = io.WriteString(x.w, s.token)
}

// openStream responds with a reserved event stream, until the client disconnects or the server
// stops. It returns when the stream's operations have ended.
func (x exchange) openStream(s *sharedStream) {
	if err := x.streams.openStream(s); err != nil {
		x.writeError(err)
		return
	}
	defer context.AfterFunc(x.r.Context(), s.cancel)()
	defer callAtExpiry(x.r.Context(), x.Expires, s.cancel)()
	newStreamWriter(x.w, sseFormat{}).writeFrames(s.ctx, s.queue, x.Stopping)
	x.streams.endStream(s)
	s.wait.Wait()
}

// startOperation starts an operation whose responses go to an event stream, and responds with
// status 202. If it returns true, the operation calls releaseOperation.
func (x exchange) startOperation(
	ctx context.Context, o *graphql.OperationContext, s *sharedStream, releaseOperation func(),
) (started bool) {
	id, _ := o.Extensions[operationID].(string)
	if id == "" {
		x.writeError(newError(http.StatusBadRequest, "extensions.%s must be a string of 1 to %d bytes", operationID, maxOperationID))
		return false
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx)) // the request ends before the operation
	running := &runningOperation{cancel}
	if err := x.streams.addOperation(s, id, running); err != nil {
		cancel()
		x.writeError(err)
		return false
	}
	release := releaseOperation
	if o.Operation.Operation == ast.Subscription {
		var err error
		if release, err = acquireSubscription(ctx, x.Acquire, o); err != nil {
			x.streams.stopOperation(s, id, running)
			s.wait.Done()
			x.writeError(err)
			return false
		}
		releaseOperation()
	}
	go func() {
		defer s.wait.Done()
		defer release()
		x.runOperation(ctx, o, s, id, running)
	}()
	x.w.WriteHeader(http.StatusAccepted)
	return true
}

// runOperation executes an operation of an event stream. If the operation loses events, it ends the
// stream: only then does the client fetch again.
func (x exchange) runOperation(
	ctx context.Context, o *graphql.OperationContext, s *sharedStream, id string, running *runningOperation,
) {
	defer context.AfterFunc(s.ctx, running.cancel)() //nolint:contextcheck // the stream outlives its requests
	if o.Operation.Operation == ast.Subscription {
		defer callAtExpiry(ctx, x.Expires, running.cancel)()
	}
	last := x.sendResponses(ctx, o, sseFormat{id}, s.queue)
	switch {
	case !x.streams.stopOperation(s, id, running): // another operation may have the id now
	case last == nil:
		x.streams.endStream(s)
	default:
		s.queue.sendFrame(s.ctx, last) //nolint:contextcheck // the stream outlives its requests
	}
}

// deleteOperation responds to DELETE. It succeeds, too, if the operation has already ended.
func (x exchange) deleteOperation(s *sharedStream) {
	id := x.r.URL.Query().Get(operationID)
	if id == "" {
		x.writeError(newError(http.StatusBadRequest, "the URL needs the parameter %s", operationID))
		return
	}
	x.streams.stopOperation(s, id, nil) // the status is 200
}
