package transport

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/coder/websocket"
)

// WebSocket serves operations over the protocol graphql-transport-ws, with the close codes of the
// npm package graphql-ws.
type WebSocket struct {
	// Init returns the context of a socket's operations. It gets a context, the request that opened
	// the socket, and the payload of connection_init. If it fails, the socket is closed: with 4403
	// and the message of an *Error, or 1013 if its status is 429 or 503, else with 4500.
	Init func(ctx context.Context, r *http.Request, payload map[string]any) (context.Context, error)
	// Origins are the allowed origins of pages, besides this server's. They may contain the
	// wildcards of path.Match.
	Origins []string
	// Acquire acquires Sockets, Operations and Subscriptions, with Init's context.
	Acquire AcquireFunc
	// MaxTime bounds the execution of a query or mutation.
	MaxTime time.Duration
	// Expires returns the time when the credentials of Init's context expire, or the zero time if they don't. The socket is
	// closed with 4403 at this time. Expires can be nil.
	Expires func(ctx context.Context) time.Time
	// Stopping is closed when the server shuts down. Sockets are then closed with 1012.
	Stopping <-chan struct{}
}

var _ graphql.Transport = WebSocket{}

const subprotocol = "graphql-transport-ws"

// IsWebSocket reports whether a request is a WebSocket upgrade.
func IsWebSocket(r *http.Request) bool {
	return r.Method == http.MethodGet && strings.EqualFold(r.Header.Get("Upgrade"), "websocket") &&
		slices.ContainsFunc(strings.Split(r.Header.Get("Connection"), ","), func(token string) bool {
			return strings.EqualFold(strings.TrimSpace(token), "upgrade")
		})
}

// Supports reports whether a request is a WebSocket upgrade.
func (WebSocket) Supports(r *http.Request) bool { return IsWebSocket(r) }

// Do serves a socket until it is closed.
func (t WebSocket) Do(w http.ResponseWriter, r *http.Request, executor graphql.GraphExecutor) {
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{
		Subprotocols: []string{subprotocol}, OriginPatterns: escapeOrigins(t.Origins),
	})
	if err != nil {
		return // Accept has written the response
	}
	defer func() { _ = conn.CloseNow() }()
	if conn.Subprotocol() != subprotocol {
		_ = conn.Close(closeProtocol, "Subprotocol not acceptable")
		return
	}
	conn.SetReadLimit(maxInitMessage)
	s := &socket{
		WebSocket: t, conn: conn, executor: executor, request: r,
		closing: make(chan *closeFrame, 1), running: runningOperations{},
	}
	s.serve()
}

// escapeOrigins returns origins as patterns of path.Match, in which the brackets of an IPv6 address
// are escaped.
func escapeOrigins(origins []string) []string {
	escaped := slices.Clone(origins)
	for i, origin := range escaped {
		escaped[i] = strings.ReplaceAll(origin, "[", `\[`)
	}
	return escaped
}
