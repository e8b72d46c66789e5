package transport_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/99designs/gqlgen/graphql"
	"github.com/coder/websocket"

	"rowhouse/graph/transport"
)

func TestOtherSubprotocolClosesTheSocket(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		newSocketServer(t, nil).dialProtocol(t, "graphql-ws").expectClose(4406, "Subprotocol not acceptable")
	})
}

func TestInitErrorClosesTheSocket(t *testing.T) {
	for _, test := range []struct {
		name   string
		err    error
		code   websocket.StatusCode
		reason string
	}{
		{
			name:   "an error of the client",
			err:    &transport.Error{Status: http.StatusBadRequest, Message: "no tenant"},
			code:   4403,
			reason: "Forbidden: no tenant",
		},
		{
			name:   "an outage",
			err:    &transport.Error{Status: http.StatusServiceUnavailable, Message: "try again"},
			code:   websocket.StatusTryAgainLater,
			reason: "try again",
		},
		{
			name:   "a rate limit",
			err:    &transport.Error{Status: http.StatusTooManyRequests, Message: "try again"},
			code:   websocket.StatusTryAgainLater,
			reason: "try again",
		},
		{
			name:   "an internal error with a status",
			err:    &transport.Error{Status: http.StatusInternalServerError, Message: "hunter2"},
			code:   4500,
			reason: `reason = "Internal server error"`,
		},
		{
			name:   "an internal error",
			err:    errors.New("hunter2"),
			code:   4500,
			reason: `reason = "Internal server error"`,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newSocketServer(t, func(ws *transport.WebSocket) {
					ws.Init = func(_ context.Context, _ *http.Request, payload map[string]any) (context.Context, error) {
						if payload["token"] != "x" {
							t.Error(payload)
						}
						return nil, test.err
					}
				})
				c := s.dial(t, `{"type":"connection_init","payload":{"token":"x"}}`)
				c.expectClose(test.code, test.reason)
			})
		})
	}
}

type sessionKey struct{}

// TestOperationsHaveTheContextOfInit has the longest id, too.
func TestOperationsHaveTheContextOfInit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSocketServer(t, func(ws *transport.WebSocket) {
			ws.Init = func(ctx context.Context, _ *http.Request, _ map[string]any) (context.Context, error) {
				return context.WithValue(ctx, sessionKey{}, "session"), nil
			}
		})
		s.AroundOperations(func(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
			if got := ctx.Value(sessionKey{}); got != "session" {
				t.Error(got)
			}
			return next(ctx)
		})
		id := strings.Repeat("i", 128)
		c := s.dial(t, connectionInit)
		c.expect(connectionAck)
		c.write(newSubscribeMessage(id, "{ name }"))
		c.expect(`{"id":"` + id + `","type":"next","payload":{"data":{"name":"test"}}}`)
	})
}

// TestOriginsAreAllowed has the Origin header of a browser's page.
func TestOriginsAreAllowed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSocketServer(t, func(ws *transport.WebSocket) { ws.Origins = []string{"app.example", "https://[::1]:8080"} })
		for origin, want := range map[string]int{
			"":                     101,
			"http://server":        101,
			"https://app.example":  101,
			"https://[::1]:8080":   101,
			"https://[::1]:8081":   403,
			"https://evil.example": 403,
		} {
			header := http.Header{}
			if origin != "" {
				header.Set("Origin", origin)
			}
			options := &websocket.DialOptions{
				HTTPClient:   &http.Client{Transport: &http.Transport{DialContext: s.listener.dialContext, DisableKeepAlives: true}},
				HTTPHeader:   header,
				Subprotocols: []string{"graphql-transport-ws"},
			}
			c, response, err := websocket.Dial(t.Context(), "http://server/", options) //nolint:bodyclose // the library closes it
			if response == nil || response.StatusCode != want {
				t.Errorf("%s: %v", origin, err)
			}
			if c != nil {
				_ = c.CloseNow()
				continue
			}
			if body, err := io.ReadAll(response.Body); err != nil || strings.Contains(string(body), `"errors"`) {
				t.Errorf("%s: a refused upgrade has a second response: %s %v", origin, body, err)
			}
		}
	})
}

func TestOnlyUpgradesAreWebSockets(t *testing.T) {
	for _, test := range []struct {
		name    string
		method  string
		headers map[string]string
		want    bool
	}{
		{
			name:    "an upgrade",
			method:  "GET",
			headers: map[string]string{"Connection": "keep-alive, Upgrade", "Upgrade": "WebSocket"},
			want:    true,
		},
		{
			name:    "POST",
			method:  "POST",
			headers: map[string]string{"Connection": "Upgrade", "Upgrade": "websocket"},
		},
		{
			name:    "another protocol",
			method:  "GET",
			headers: map[string]string{"Connection": "Upgrade", "Upgrade": "h2c"},
		},
		{
			name:    "no connection upgrade",
			method:  "GET",
			headers: map[string]string{"Connection": "keep-alive", "Upgrade": "websocket"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := &http.Request{Method: test.method, Header: http.Header{}}
			for name, value := range test.headers {
				r.Header.Set(name, value)
			}
			if got := transport.IsWebSocket(r); got != test.want || (transport.WebSocket{}).Supports(r) != got {
				t.Error(got)
			}
		})
	}
}
