package transport

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/coder/websocket"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// WebSocket speaks the protocol graphql-transport-ws, as the npm package graphql-ws
// describes it, with its close codes.
type WebSocket struct {
	// Init returns what makes the context of all operations of a socket, from the request
	// that opened it and the parameters of connection_init. Its error is the reason of 4403.
	Init func(r *http.Request, parameters map[string]any) (func(context.Context) context.Context, error)
	// Origins are those of pages that may open a socket, beside those of this server.
	Origins []string
	// Open counts a socket of Init's context, an operation or a subscription in it, until the
	// function that it returns is called, or says that there are too many.
	Open func(ctx context.Context, what Stream) (closed func(), err error)
	// Time bounds an operation that is no subscription.
	Time time.Duration
	// Stopping ends all sockets, whose clients then connect anew.
	Stopping <-chan struct{}
}

// Stream is what lasts, in the plural.
type Stream string

// What Open counts.
const (
	Socket       Stream = "sockets"
	Operation    Stream = "operations"
	Subscription Stream = "subscriptions"
)

const (
	subprotocol = "graphql-transport-ws"
	initTime    = 10 * time.Second
	pingEvery   = 20 * time.Second
	// writeTime is how long a client may take to take a message.
	writeTime      = 10 * time.Second
	longestMessage = 1 << 20 // bytes
)

// The protocol's close codes.
const (
	closeBadRequest   = 4400
	closeUnauthorized = 4401
	closeForbidden    = 4403
	closeProtocol     = 4406
	closeInitTimeout  = 4408
	closeDuplicate    = 4409
	closeTooManyInits = 4429
)

var _ graphql.Transport = WebSocket{}

// IsWebSocket reports whether a request asks for a socket and can be nothing else.
func IsWebSocket(r *http.Request) bool {
	return r.Method == http.MethodGet && strings.EqualFold(r.Header.Get("Upgrade"), "websocket") &&
		slices.ContainsFunc(strings.Split(r.Header.Get("Connection"), ","), func(token string) bool {
			return strings.EqualFold(strings.TrimSpace(token), "upgrade")
		})
}

// Supports takes what asks for a socket.
func (WebSocket) Supports(r *http.Request) bool { return IsWebSocket(r) }

// Do serves a socket until it is closed.
func (t WebSocket) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{subprotocol}, OriginPatterns: patterns(t.Origins)})
	if err != nil {
		return // Accept has answered
	}
	defer func() { _ = conn.CloseNow() }()
	if conn.Subprotocol() != subprotocol {
		_ = conn.Close(closeProtocol, "Subprotocol not acceptable")
		return
	}
	conn.SetReadLimit(longestMessage)
	s := &socket{WebSocket: t, conn: conn, exec: exec, request: r, ended: make(chan *closing, 1), running: map[string]context.CancelFunc{}}
	closed := s.serve()
	_ = conn.Close(closed.code, closed.reason)
	s.wait.Wait()
}

// patterns are what path.Match takes for these origins: an IPv6 address has brackets.
func patterns(origins []string) []string {
	escaped := slices.Clone(origins)
	for i, origin := range escaped {
		escaped[i] = strings.ReplaceAll(origin, "[", `\[`)
	}
	return escaped
}

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

// socket is one client.
type socket struct {
	WebSocket
	conn    *websocket.Conn
	exec    graphql.GraphExecutor
	request *http.Request
	ended   chan *closing
	wait    sync.WaitGroup

	mu      sync.Mutex
	running map[string]context.CancelFunc
}

// message is what either side sends.
type message struct {
	ID      string          `json:"id,omitempty"`
	Type    string          `json:"type"`
	Payload json.RawMessage `json:"payload,omitempty"`
}

// serve reads messages until something ends the socket.
func (s *socket) serve() *closing {
	ctx, cancel := context.WithCancel(context.WithoutCancel(s.request.Context()))
	defer cancel()
	acknowledged := make(chan struct{})
	s.wait.Go(func() { s.end(s.read(ctx, acknowledged)) })
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
				pinged, cancel := context.WithTimeout(ctx, pingEvery)
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
		_, text, err := s.conn.Read(ctx)
		if err != nil {
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
			own, err := s.Init(s.request, parameters)
			if err != nil {
				return closes(closeForbidden, "Forbidden: %v", err)
			}
			ctx = own(ctx)
			closed, err := s.Open(ctx, Socket)
			if err != nil {
				return closes(websocket.StatusTryAgainLater, "%v", err)
			}
			defer closed()
			close(acknowledged)
			s.send(ctx, message{Type: "connection_ack"})
		case "ping":
			s.send(ctx, message{Type: "pong", Payload: m.Payload})
		case "pong":
		case "subscribe":
			if !initialised {
				return closes(closeUnauthorized, "Unauthorized")
			}
			params, err := read(m.Payload)
			if err != nil || m.ID == "" {
				return closes(closeBadRequest, "Invalid message: %v", err)
			}
			if !s.start(ctx, m.ID, params) {
				return closes(closeDuplicate, "Subscriber for %s already exists", m.ID)
			}
		case "complete":
			s.stop(m.ID)
		default:
			return closes(closeBadRequest, "Invalid message: %q is no type", m.Type)
		}
	}
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
	begun, err := s.Open(ctx, Operation)
	if err != nil {
		cancel()
		// By the reader itself: a client that asks for too much, and reads nothing, waits.
		s.send(ctx, *refused(id, s.exec.DispatchError(ctx, gqlerror.List{gqlerror.WrapPath(nil, err)})))
		return true
	}
	s.mu.Lock()
	s.running[id] = cancel
	s.mu.Unlock()
	s.wait.Go(func() {
		answer := s.operate(ctx, id, params, sync.OnceFunc(begun))
		if s.stop(id) && answer != nil {
			s.send(ctx, *answer)
		}
	})
	return true
}

// stop ends an operation, and reports whether it was there.
func (s *socket) stop(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	cancel := s.running[id]
	if cancel == nil {
		return false
	}
	cancel()
	delete(s.running, id)
	return true
}

// operate runs an operation to its end, and returns the last message about it. begun is
// called when it ends or, of a subscription, lasts.
func (s *socket) operate(ctx context.Context, id string, params *graphql.RawParams, begun func()) (last *message) {
	defer begun()
	defer func() {
		if with := recover(); with != nil {
			last = refused(id, panicked(ctx, s.exec, with))
		}
	}()
	operation, failed := s.exec.CreateOperationContext(ctx, params)
	ctx = graphql.WithOperationContext(ctx, operation)
	if failed == nil && operation.Operation.Operation == ast.Subscription {
		closed, err := s.Open(ctx, Subscription)
		if err != nil {
			failed = gqlerror.List{gqlerror.WrapPath(nil, err)}
		} else {
			defer closed()
			begun()
		}
	} else if failed == nil {
		bounded, cancel := context.WithTimeout(ctx, s.Time)
		defer cancel()
		ctx = bounded
	}
	if failed != nil {
		return refused(id, s.exec.DispatchError(ctx, failed))
	}
	rewrite(operation, false)
	responses, ctx := s.exec.DispatchOperation(ctx, operation)
	for first := true; ; first = false {
		response := responses(ctx)
		switch {
		case response == nil && ctx.Err() == nil && operation.Operation.Operation == ast.Subscription:
			s.end(closes(websocket.StatusTryAgainLater, "too slow: connect again, and read anew"))
			return nil
		case response == nil:
			return &message{ID: id, Type: "complete"}
		case first && response.Data == nil && len(response.Errors) > 0:
			return refused(id, response)
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
