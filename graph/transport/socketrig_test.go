package transport_test

import (
	"context"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql/handler/testserver"
	"github.com/coder/websocket"

	"rowhouse/graph/transport"
)

// pipeListener is a listener in memory, whose connections block durably in a synctest bubble.
type pipeListener chan net.Conn

func (l pipeListener) Accept() (net.Conn, error) {
	if c, ok := <-l; ok {
		return c, nil
	}
	return nil, net.ErrClosed
}

func (l pipeListener) Close() error {
	close(l)
	return nil
}

func (pipeListener) Addr() net.Addr { return &net.TCPAddr{} }

// dialContext returns a new connection to the listener.
func (l pipeListener) dialContext(context.Context, string, string) (net.Conn, error) {
	client, server := net.Pipe()
	l <- server
	return client, nil
}

// socketServer is a server in memory whose only transport is a WebSocket.
type socketServer struct {
	*testserver.TestServer
	quota    *quota
	listener pipeListener
}

// newSocketServer serves until the test ends, and then checks that all quotas are released. configure
// may be nil.
func newSocketServer(t *testing.T, configure func(*transport.WebSocket)) *socketServer {
	s := &socketServer{testserver.New(), &quota{}, make(pipeListener)}
	ws := transport.WebSocket{
		Init:    func(ctx context.Context, _ *http.Request, _ map[string]any) (context.Context, error) { return ctx, nil },
		Acquire: s.quota.acquire,
		MaxTime: time.Minute,
	}
	if configure != nil {
		configure(&ws)
	}
	s.AddTransport(ws)
	server := http.Server{Handler: s.TestServer} //nolint:gosec // the clients are the test's
	go func() { _ = server.Serve(s.listener) }()
	t.Cleanup(func() { // after the clients have disconnected
		_ = server.Close()
		s.quota.checkReleased(t)
	})
	return s
}

// socketClient is a client of graphql-transport-ws.
type socketClient struct {
	*testing.T
	*websocket.Conn
	pongs *atomic.Bool // whether it sends pongs
}

// dial opens a socket and sends messages.
func (s *socketServer) dial(t *testing.T, messages ...string) socketClient {
	t.Helper()
	return s.dialProtocol(t, "graphql-transport-ws", messages...)
}

func (s *socketServer) dialProtocol(t *testing.T, subprotocol string, messages ...string) socketClient {
	t.Helper()
	pongs := &atomic.Bool{}
	c, _, err := websocket.Dial(t.Context(), "http://server/", &websocket.DialOptions{ //nolint:bodyclose // the library closes it
		HTTPClient:     &http.Client{Transport: &http.Transport{DialContext: s.listener.dialContext}},
		Subprotocols:   []string{subprotocol},
		OnPingReceived: func(context.Context, []byte) bool { return pongs.Load() },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.CloseNow() })
	client := socketClient{t, c, pongs}
	for _, m := range messages {
		client.write(m)
	}
	return client
}

func (c socketClient) write(message string) {
	c.Helper()
	if err := c.Write(c.Context(), websocket.MessageText, []byte(message)); err != nil {
		c.Fatal(err)
	}
}

// expect reads messages.
func (c socketClient) expect(messages ...string) {
	c.Helper()
	for _, want := range messages {
		_, got, err := c.Read(c.Context())
		if err != nil {
			c.Fatalf("%v, want %s", err, want)
		}
		if string(got) != want {
			c.Errorf("%s, want %s", got, want)
		}
	}
}

// expectClose reads messages until the server closes the socket. Each has a type.
func (c socketClient) expectClose(code websocket.StatusCode, reason string) {
	c.Helper()
	for {
		_, got, err := c.Read(c.Context())
		if err == nil {
			if strings.Contains(string(got), `"type":""`) {
				c.Errorf("%s", got)
			}
			continue
		}
		if websocket.CloseStatus(err) != code || !strings.Contains(err.Error(), reason) {
			c.Errorf("%v, want %d %s", err, code, reason)
		}
		return
	}
}

// Messages of graphql-transport-ws.
const (
	connectionInit       = `{"type":"connection_init"}`
	connectionAck        = `{"type":"connection_ack"}`
	startQuery           = `{"id":"q","type":"subscribe","payload":{"query":"{ name }"}}`
	startSubscription    = `{"id":"s","type":"subscribe","payload":{"query":"subscription { name }"}}`
	subscriptionNext     = `{"id":"s","type":"next","payload":{"data":{"name":"test"}}}`
	subscriptionComplete = `{"id":"s","type":"complete"}`
	queryNext            = `{"id":"q","type":"next","payload":{"data":{"name":"test"}}}`
	queryComplete        = `{"id":"q","type":"complete"}`
	queryError           = `{"id":"q","type":"error","payload":[{"message":"too large"}]}`
	quotaError           = `{"id":"t","type":"error","payload":[{"message":"quota exceeded"}]}`
	startAnother         = `{"id":"t","type":"subscribe","payload":{"query":"subscription { name }"}}`
	startMutation        = `{"id":"m","type":"subscribe","payload":{"query":"mutation { name }"}}`
	mutationError        = `{"id":"m","type":"error","payload":[{"message":"mutations are not supported"}]}`
)

func newSubscribeMessage(id, query string) string {
	return `{"id":"` + id + `","type":"subscribe","payload":{"query":"` + query + `"}}`
}
