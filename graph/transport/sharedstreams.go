package transport

import (
	"cmp"
	"context"
	"net/http"
	"reflect"
	"sync"
	"time"
)

// What follows is the "single connection mode" of the npm package graphql-sse, for browsers
// that have few connections: PUT reserves an event stream, GET opens it, each POST adds an
// operation whose results it has, and DELETE stops one. All need the same server.

// StreamTokenHeader names the event stream of a request. The parameter token of a URL does,
// too, as EventSource sends no headers.
const StreamTokenHeader = "X-GraphQL-Event-Stream-Token"

const (
	// operationID is the member of extensions, and the parameter of DELETE, that names an
	// operation of a stream.
	operationID = "operationId"
	// reservationTime is how long a stream may be reserved and not open.
	reservationTime = 30 * time.Second
)

// errNoStream is the response to a token that is unknown, or another tenant's or caller's.
var errNoStream = refuse(http.StatusNotFound, "no event stream has this token: it has ended, or was not opened within %s; reserve another one with PUT", reservationTime)

// sharedStreams are a server's event streams with many operations, by token. The zero value
// has none.
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
	running map[string]*operation // nil when the stream has ended
}

// streamToken returns the token that a request has, or "".
func streamToken(r *http.Request) string {
	return cmp.Or(r.Header.Get(StreamTokenHeader), r.URL.Query().Get("token"))
}

// find returns the event stream of an owner, or nil.
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
		return refuse(http.StatusConflict, "the event stream of this token is open already")
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
		s.wait.Wait() // until its operations have ended, it counts
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
		return refuse(http.StatusConflict, "an operation with this %s runs already", operationID)
	}
	s.running[id] = own
	s.wait.Add(1)
	return nil
}

// stop ends the operation with an id, or only a certain one, and reports whether it was there.
func (e *sharedStreams) stop(s *sharedStream, id string, own *operation) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	o := s.running[id]
	if o == nil || own != nil && o != own {
		return false
	}
	o.cancel()
	delete(s.running, id)
	return true
}
