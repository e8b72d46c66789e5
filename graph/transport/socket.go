package transport

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/coder/websocket"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// closing ends a socket.
type closing struct {
	code   websocket.StatusCode
	reason string
}

func closes(code websocket.StatusCode, format string, args ...any) *closing {
	reason := fmt.Sprintf(format, args...)
	const longest = 120 // bytes: a control frame has at most 125
	if len(reason) > longest {
		reason = strings.ToValidUTF8(reason[:longest], "")
	}
	return &closing{code, reason}
}

// closeRefused returns the close code for an error of Init: 4403, or 1013 if the client may
// retry, or 4500 for an internal error.
func closeRefused(err error) *closing {
	var e *Error
	switch {
	case !errors.As(err, &e) || e.Status == http.StatusInternalServerError:
		return closes(closeInternal, "Internal server error")
	case e.Status == http.StatusServiceUnavailable || e.Status == http.StatusTooManyRequests:
		return closes(websocket.StatusTryAgainLater, "%v", e)
	}
	return closes(closeForbidden, "Forbidden: %v", e)
}

// socket is one client.
type socket struct {
	WebSocket
	conn    *websocket.Conn
	exec    graphql.GraphExecutor
	request *http.Request
	ended   chan *closing
	wait    sync.WaitGroup

	mu      sync.Mutex
	running operations
}

// operation is a running operation.
type operation struct{ cancel context.CancelFunc }

// operations are the running operations of a connection, by id. As soon as an operation is
// stopped, another one may have its id.
type operations map[string]*operation

// stop cancels and removes the operation with an id, and reports whether it was running. If own
// is not nil, it stops only that operation. The caller holds the lock.
func (all operations) stop(id string, own *operation) bool {
	o := all[id]
	if o == nil || own != nil && o != own {
		return false
	}
	o.cancel()
	delete(all, id)
	return true
}

// message is what either side sends.
type message struct {
	ID      string          `json:"id,omitempty"`
	Type    string          `json:"type"`
	Payload json.RawMessage `json:"payload,omitempty"`
}

// serve runs what the client asks for until something ends the socket, and then tells why.
func (s *socket) serve() {
	ctx, cancel := context.WithCancel(context.WithoutCancel(s.request.Context()))
	acknowledged := make(chan struct{})
	s.wait.Go(func() { s.end(s.read(ctx, acknowledged)) })
	closed := s.ending(ctx, acknowledged)
	cancel() // operations, and no read or write: that would tear the socket before it is told
	_ = s.conn.Close(closed.code, closed.reason)
	s.wait.Wait()
}

// ending waits for what ends the socket.
func (s *socket) ending(ctx context.Context, acknowledged <-chan struct{}) *closing {
	late, ping := time.NewTimer(initTime), time.NewTicker(pingEvery)
	defer late.Stop()
	defer ping.Stop()
	for {
		select {
		case c := <-s.ended:
			return c
		case <-acknowledged:
			acknowledged = nil
			late.Stop()
		case <-late.C:
			return closes(closeInitTimeout, "Connection initialisation timeout")
		case <-s.Stopping:
			return closes(websocket.StatusServiceRestart, "the server stops: connect again")
		case <-ping.C:
			s.wait.Go(func() {
				pinged, cancel := context.WithTimeout(context.WithoutCancel(ctx), pingEvery)
				defer cancel()
				if s.conn.Ping(pinged) != nil {
					s.end(closes(websocket.StatusGoingAway, "the client does not answer"))
				}
			})
		}
	}
}

// end ends the socket, for the first reason that there is.
func (s *socket) end(c *closing) {
	select {
	case s.ended <- c:
	default:
	}
}

// read handles messages until one ends the socket.
func (s *socket) read(ctx context.Context, acknowledged chan<- struct{}) *closing {
	initialised := false
	for {
		text, err := s.message(ctx)
		if err != nil || ctx.Err() != nil {
			return closes(websocket.StatusNormalClosure, "")
		}
		var m message
		if json.Unmarshal(text, &m) != nil {
			return closes(closeBadRequest, "Invalid message")
		}
		switch m.Type {
		case "connection_init":
			if initialised {
				return closes(closeTooManyInits, "Too many initialisation requests")
			}
			initialised = true
			var parameters map[string]any
			if len(m.Payload) > 0 && json.Unmarshal(m.Payload, &parameters) != nil {
				return closes(closeBadRequest, "Invalid message: the payload must be an object")
			}
			own, err := s.Init(ctx, s.request, parameters)
			if err != nil {
				return closeRefused(err)
			}
			ctx = own
			closed, err := s.Acquire(ctx, Sockets, 1)
			if err != nil {
				return closes(websocket.StatusTryAgainLater, "%v", err)
			}
			defer closed()
			s.conn.SetReadLimit(longestMessage)
			close(acknowledged)
			s.send(ctx, message{Type: "connection_ack"})
		case "ping":
			s.send(ctx, message{Type: "pong", Payload: m.Payload})
		case "pong":
		case "subscribe":
			if !initialised {
				return closes(closeUnauthorized, "Unauthorized")
			}
			params, err := readJSON(m.Payload)
			if err != nil || m.ID == "" || len(m.ID) > longestID {
				return closes(closeBadRequest, "Invalid message: %v", err)
			}
			if !s.start(ctx, m.ID, params) {
				return closes(closeDuplicate, "Subscriber for %s already exists", m.ID)
			}
		case "complete":
			s.stop(m.ID, nil)
		default:
			return closes(closeBadRequest, "Invalid message: %q is no type", m.Type)
		}
	}
}

// message waits for a message, and not long for its end.
func (s *socket) message(ctx context.Context) ([]byte, error) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	_, text, err := s.conn.Reader(ctx)
	if err != nil {
		return nil, err
	}
	late := time.AfterFunc(messageTime, cancel)
	defer late.Stop()
	return io.ReadAll(text)
}

// start runs an operation, unless one with that id runs. Only the reader starts any.
func (s *socket) start(ctx context.Context, id string, params *graphql.RawParams) bool {
	s.mu.Lock()
	known := s.running[id] != nil
	s.mu.Unlock()
	if known {
		return false
	}
	ctx, cancel := context.WithCancel(graphql.StartOperationTrace(ctx))
	begun, err := s.Acquire(ctx, Operations, 1)
	if err != nil {
		cancel()
		// By the reader itself: a client that asks for too much, and reads nothing, waits.
		s.send(ctx, *refused(id, s.exec.DispatchError(ctx, gqlerror.List{gqlerror.WrapPath(nil, err)})))
		return true
	}
	own := &operation{cancel}
	s.mu.Lock()
	s.running[id] = own
	s.mu.Unlock()
	s.wait.Go(func() {
		answer := s.operate(ctx, id, params, sync.OnceFunc(begun))
		if s.stop(id, own) && answer != nil {
			s.send(ctx, *answer)
		}
	})
	return true
}

// stop is operations.stop with the socket's lock.
func (s *socket) stop(id string, own *operation) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.running.stop(id, own)
}

// operate runs an operation to its end, and returns the last message about it. begun is
// called when it ends or, of a subscription, lasts.
func (s *socket) operate(ctx context.Context, id string, params *graphql.RawParams, begun func()) (last *message) {
	stopped := ctx
	defer begun()
	defer func() {
		if with := recover(); with != nil {
			last = refused(id, panicked(ctx, s.exec, with))
		}
	}()
	operation, failed := s.exec.CreateOperationContext(ctx, params)
	ctx = graphql.WithOperationContext(ctx, operation)
	if failed == nil && operation.Operation.Operation == ast.Subscription {
		closed, err := openSubscription(ctx, s.Acquire, operation)
		if err != nil {
			failed = gqlerror.List{gqlerror.WrapPath(nil, err)}
		} else {
			defer closed()
			begun()
		}
	} else if failed == nil {
		bounded, cancel := context.WithTimeout(ctx, s.MaxTime)
		defer cancel()
		ctx = bounded
	}
	if failed != nil {
		return refused(id, s.exec.DispatchError(ctx, failed))
	}
	rewrite(operation)
	responses, ctx := s.exec.DispatchOperation(ctx, operation)
	for first := true; ; first = false {
		response := responses(ctx)
		switch {
		case response == nil && ctx.Err() == nil && !completed(operation):
			s.end(closes(websocket.StatusTryAgainLater, "too slow: connect again, and read anew"))
			return nil
		case response == nil:
			return &message{ID: id, Type: "complete"}
		case first && response.Data == nil && len(response.Errors) > 0:
			return refused(id, response)
		case stopped.Err() != nil: // its id may be another's by now
			return nil
		}
		s.send(ctx, message{ID: id, Type: "next", Payload: json.RawMessage(encode(response))})
	}
}

// refused is the message about an operation that was not executed.
func refused(id string, response *graphql.Response) *message {
	text, err := json.Marshal(response.Errors)
	if err != nil {
		panic(err) // the presenter made them of what has a JSON
	}
	return &message{ID: id, Type: "error", Payload: text}
}

// send ends the socket of a client that does not take the message in time.
func (s *socket) send(ctx context.Context, m message) {
	text, err := json.Marshal(m)
	if err != nil {
		panic(err) // its parts are JSON
	}
	// What ends an operation must not tear its last message, and with it the socket.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeTime)
	defer cancel()
	if err := s.conn.Write(ctx, websocket.MessageText, text); err != nil {
		s.end(closes(websocket.StatusGoingAway, "the client takes no messages"))
	}
}
