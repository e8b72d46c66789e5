package transport

import (
	"cmp"
	"context"
	"net/http"
	"reflect"
	"sync"
	"time"
)

// This file implements the "single connection mode" of the npm package graphql-sse, for browsers
// with few connections. PUT reserves an event stream, GET opens it, each POST adds an operation
// whose results the stream carries, and DELETE stops one. All need the same server.

// StreamTokenHeader is the header with the token of an event stream. The URL parameter token is
// an alternative for EventSource, which sends no headers.
const StreamTokenHeader = "X-GraphQL-Event-Stream-Token"

const (
	// operationID is the member of extensions, and the parameter of DELETE, with the id of an
	// operation.
	operationID = "operationId"
	// reservationTime bounds the time between the reservation and the opening of a stream.
	reservationTime = 30 * time.Second
)

// errNoStream is the response to a token that is unknown, or another tenant's or caller's.
var errNoStream = refuse(http.StatusNotFound,
	"no event stream has this token: it has ended, or was not opened within %s; reserve another one with PUT", reservationTime)

// sharedStreams are a server's event streams with many operations, by token. The zero value is
// empty.
type sharedStreams struct {
	mu    sync.Mutex
	known map[string]*sharedStream
}

// sharedStream is an event stream that many operations share, from its PUT to its end.
type sharedStream struct {
	token   string
	owner   any
	ctx     context.Context // ends with the stream
	cancel  context.CancelFunc
	release func() // of the quota
	to      frames
	expiry  *time.Timer
	wait    sync.WaitGroup // for operations

	// Guarded by sharedStreams.mu.
	open    bool
	running operations // nil when the stream has ended
}

// streamToken returns the token of a request, or "".
func streamToken(r *http.Request) string {
	return cmp.Or(r.Header.Get(StreamTokenHeader), r.URL.Query().Get("token"))
}

// find returns the event stream with a token and an owner, or nil.
func (e *sharedStreams) find(token string, owner any) *sharedStream {
	e.mu.Lock()
	defer e.mu.Unlock()
	if s := e.known[token]; s != nil && reflect.DeepEqual(s.owner, owner) {
		return s
	}
	return nil
}

func (e *sharedStreams) add(s *sharedStream) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.known == nil {
		e.known = map[string]*sharedStream{}
	}
	e.known[s.token] = s
}

// openOnce opens an event stream that was not opened before.
func (e *sharedStreams) openOnce(s *sharedStream) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if s.open {
		return refuse(http.StatusConflict, "the event stream with this token is already open")
	}
	if s.running == nil {
		return errNoStream
	}
	s.open = true
	s.expiry.Stop()
	return nil
}

// expire ends an event stream that is not open.
func (e *sharedStreams) expire(s *sharedStream) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !s.open {
		e.endLocked(s)
	}
}

// end ends an event stream, if it has not ended yet.
func (e *sharedStreams) end(s *sharedStream) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.endLocked(s)
}

func (e *sharedStreams) endLocked(s *sharedStream) {
	if s.running == nil {
		return
	}
	delete(e.known, s.token)
	s.running = nil
	s.expiry.Stop()
	s.cancel()
	go func() {
		s.wait.Wait() // its quota is released when its operations have ended
		s.release()
	}()
}

// begin adds an operation to an event stream.
func (e *sharedStreams) begin(s *sharedStream, id string, own *operation) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if s.running == nil {
		return errNoStream
	}
	if s.running[id] != nil {
		return refuse(http.StatusConflict, "an operation with this %s is already running", operationID)
	}
	s.running[id] = own
	s.wait.Add(1)
	return nil
}

// stop is operations.stop with the lock of all streams.
func (e *sharedStreams) stop(s *sharedStream, id string, own *operation) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return s.running.stop(id, own)
}
