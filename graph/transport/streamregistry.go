package transport

import (
	"context"
	"net/http"
	"reflect"
	"sync"
	"time"
)

// streamRegistry holds the event streams of a server in single connection mode, by token. The zero
// value is empty.
type streamRegistry struct {
	mu      sync.Mutex
	streams map[string]*sharedStream
}

// sharedStream is an event stream of several operations, from its reservation to its end.
type sharedStream struct {
	token   string
	owner   any
	ctx     context.Context // ends with the stream
	cancel  context.CancelFunc
	release func() // releases the quota of the stream
	queue   frameQueue
	expiry  *time.Timer
	wait    sync.WaitGroup // for operations

	// Guarded by streamRegistry.mu.
	open    bool
	running runningOperations // nil when the stream has ended
}

// errNoStream is the error of a token that is unknown, or of another owner.
var errNoStream = newError(http.StatusNotFound,
	"no event stream has this token: it has ended, or was not opened within %s. Reserve another one with PUT", reservationTimeout)

// findStream returns the event stream with a token, or nil if the owner has none.
func (r *streamRegistry) findStream(token string, owner any) *sharedStream {
	r.mu.Lock()
	defer r.mu.Unlock()
	if s := r.streams[token]; s != nil && reflect.DeepEqual(s.owner, owner) {
		return s
	}
	return nil
}

func (r *streamRegistry) addStream(s *sharedStream) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.streams == nil {
		r.streams = map[string]*sharedStream{}
	}
	r.streams[s.token] = s
}

// openStream marks an event stream as open. It fails if the stream was opened before.
func (r *streamRegistry) openStream(s *sharedStream) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if s.open {
		return newError(http.StatusConflict, "the event stream with this token is already open")
	}
	if s.running == nil {
		return errNoStream
	}
	s.open = true
	s.expiry.Stop()
	return nil
}

// expireStream ends an event stream that was not opened.
func (r *streamRegistry) expireStream(s *sharedStream) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !s.open {
		r.endStreamLocked(s)
	}
}

// endStream ends an event stream and cancels its operations. An ended stream stays as it is.
func (r *streamRegistry) endStream(s *sharedStream) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.endStreamLocked(s)
}

func (r *streamRegistry) endStreamLocked(s *sharedStream) {
	if s.running == nil {
		return
	}
	delete(r.streams, s.token)
	s.running = nil
	s.expiry.Stop()
	s.cancel()
	go func() { // its operations may take a while to end
		s.wait.Wait()
		s.release()
	}()
}

// addOperation adds an operation to an event stream. It fails if the id is in use. The caller calls
// s.wait.Done when the operation has ended.
func (r *streamRegistry) addOperation(s *sharedStream, id string, o *runningOperation) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if s.running == nil {
		return errNoStream
	}
	if s.running[id] != nil {
		return newError(http.StatusConflict, "an operation with this %s is already running", operationID)
	}
	s.running[id] = o
	s.wait.Add(1)
	return nil
}

// stopOperation stops an operation of an event stream: see runningOperations.cancelOperation.
func (r *streamRegistry) stopOperation(s *sharedStream, id string, only *runningOperation) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return s.running.cancelOperation(id, only)
}
