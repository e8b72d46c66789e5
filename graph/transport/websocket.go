package transport

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/coder/websocket"
)

// WebSocket speaks the protocol graphql-transport-ws, as the npm package graphql-ws
// describes it, with its close codes.
type WebSocket struct {
	// Init returns the context of all operations of a socket, made from ctx, the request that
	// opened it, and the parameters of connection_init. Its *Error closes the socket: see
	// closeRefused.
	Init func(ctx context.Context, r *http.Request, parameters map[string]any) (context.Context, error)
	// Origins are those of pages that may open a socket, beside those of this server.
	Origins []string
	// Acquire counts a socket of Init's context, and its operations and subscriptions.
	Acquire AcquireFunc
	// MaxTime bounds an operation that is no subscription.
	MaxTime time.Duration
	// Stopping ends all sockets, whose clients then connect anew.
	Stopping <-chan struct{}
}

// AcquireFunc takes n units of the quota of the tenant of ctx. Call release when done. It fails when
// fewer are left.
type AcquireFunc func(ctx context.Context, resource Resource, n int) (release func(), err error)

// Resource is a quota of a tenant, named in the plural.
type Resource string

// The quotas that transports use.
const (
	Sockets       Resource = "sockets"
	Operations    Resource = "operations"
	Subscriptions Resource = "subscriptions"
)

const (
	subprotocol = "graphql-transport-ws"
	initTime    = 10 * time.Second
	pingEvery   = 20 * time.Second
	// writeTime is how long a client may take to take a message.
	writeTime = 10 * time.Second
	// messageTime is how long a client may take from the beginning of a message to its end.
	messageTime    = 10 * time.Second
	longestInit    = 16 << 10 // bytes, of the first message
	longestMessage = 1 << 20  // bytes
	longestID      = 128      // bytes
	// longestSubscription bounds what is kept as long as a subscription, in bytes.
	longestSubscription = 64 << 10
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
	closeInternal     = 4500
)

var _ graphql.Transport = WebSocket{}

// openSubscription counts a subscription that is small enough to be kept: each KiB of its
// text for one, for which 100 KiB are kept at worst.
func openSubscription(ctx context.Context, acquire AcquireFunc, o *graphql.OperationContext) (closed func(), err error) {
	variables, err := json.Marshal(o.Variables)
	if err != nil {
		return nil, err
	}
	length := len(o.RawQuery) + len(variables)
	if length > longestSubscription {
		return nil, refuse(http.StatusBadRequest, "a subscription and its variables must have at most %d bytes", longestSubscription)
	}
	return acquire(ctx, Subscriptions, 1+length>>10)
}

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
	conn.SetReadLimit(longestInit)
	s := &socket{WebSocket: t, conn: conn, exec: exec, request: r, ended: make(chan *closing, 1), running: operations{}}
	s.serve()
}

// patterns are what path.Match takes for these origins: an IPv6 address has brackets.
func patterns(origins []string) []string {
	escaped := slices.Clone(origins)
	for i, origin := range escaped {
		escaped[i] = strings.ReplaceAll(origin, "[", `\[`)
	}
	return escaped
}
