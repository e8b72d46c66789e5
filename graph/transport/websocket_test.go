package transport_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/coder/websocket"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"rowhouse/graph/transport"
)

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

func TestProtocolErrorClosesTheSocket(t *testing.T) {
	for _, test := range []struct {
		name     string
		messages []string
		code     websocket.StatusCode
		reason   string
	}{
		{
			name:     "malformed JSON",
			messages: []string{"{"},
			code:     4400,
			reason:   `reason = "Invalid message"`,
		},
		{
			name:     "an unknown type",
			messages: []string{`{"type":"start"}`},
			code:     4400,
			reason:   `the type \"start\" is unknown`,
		},
		{
			name:     "a type that is too long for a close frame",
			messages: []string{`{"type":"` + strings.Repeat("é", 200) + `"}`},
			code:     4400,
			reason:   `éé"`,
		},
		{
			name:     "an array as the payload of connection_init",
			messages: []string{`{"type":"connection_init","payload":[]}`},
			code:     4400,
			reason:   "the payload must be an object",
		},
		{
			name:     "subscribe before connection_init",
			messages: []string{startQuery},
			code:     4401,
			reason:   "Unauthorized",
		},
		{
			name:     "a second connection_init",
			messages: []string{connectionInit, connectionInit},
			code:     4429,
			reason:   "Too many initialisation requests",
		},
		{
			name:     "subscribe without an id",
			messages: []string{connectionInit, `{"type":"subscribe","payload":{"query":"{ name }"}}`},
			code:     4400,
			reason:   "the id must be a string of 1 to 128 bytes",
		},
		{
			name:     "an id that is too long",
			messages: []string{connectionInit, newSubscribeMessage(strings.Repeat("i", 129), "{ name }")},
			code:     4400,
			reason:   "the id must be a string of 1 to 128 bytes",
		},
		{
			name:     "subscribe without a query",
			messages: []string{connectionInit, `{"id":"q","type":"subscribe","payload":{}}`},
			code:     4400,
			reason:   "send the parameter query",
		},
		{
			name:     "an id that is in use",
			messages: []string{connectionInit, startSubscription, startSubscription},
			code:     4409,
			reason:   "Subscriber for s already exists",
		},
		{
			name:     "a message before connection_init that is too large",
			messages: []string{`{"type":"` + strings.Repeat("a", 16<<10) + `"}`},
			code:     websocket.StatusMessageTooBig,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newSocketServer(t, nil)
				c := s.dial(t)
				go func() {
					for _, m := range test.messages {
						_ = c.Write(t.Context(), websocket.MessageText, []byte(m))
					}
				}()
				c.expectClose(test.code, test.reason)
			})
		})
	}
}

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

// TestSocketRunsOperations has operations of each kind, and errors of each.
func TestSocketRunsOperations(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSocketServer(t, nil)
		completed := false
		s.AroundOperations(func(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
			complete := transport.CompleteFunc(ctx)
			if completed {
				complete()
			}
			return next(ctx)
		})
		c := s.dial(t, `{"type":"ping","payload":{"a":1}}`)
		c.expect(`{"type":"pong","payload":{"a":1}}`)
		c.write(connectionInit)
		c.expect(connectionAck)
		c.write(`{"type":"pong"}`)
		c.write(startQuery)
		c.expect(queryNext, queryComplete)
		c.write(newSubscribeMessage("e", "{ other }"))
		c.expect(`{"id":"e","type":"error","payload":[{"message":"Cannot query field \"other\" on type \"Query\".",` +
			`"locations":[{"line":1,"column":3}],"extensions":{"code":"GRAPHQL_VALIDATION_FAILED"}}]}`)
		c.write(startMutation)
		c.expect(mutationError)
		c.write(startSubscription)
		go s.SendNextSubscriptionMessage()
		c.expect(subscriptionNext)
		if n := s.quota.operations.Load(); n != 0 {
			t.Errorf("a running subscription has acquired %d operations", n)
		}
		c.write(startQuery)
		c.expect(queryNext, queryComplete)
		c.write(startAnother)
		c.expect(quotaError)
		c.write(subscriptionComplete)
		synctest.Wait()
		time.Sleep(time.Second)
		completed = true
		c.write(startSubscription) // with the id of the stopped one
		go s.SendCompleteSubscriptionMessage()
		c.expect(subscriptionComplete)
		if n := s.quota.sockets.Load(); n != 1 {
			t.Errorf("%d sockets are acquired", n)
		}
	})
}

func TestRequestErrorIsAnErrorMessage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSocketServer(t, nil)
		s.AroundResponses(func(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
			next(ctx)
			return graphql.ErrorResponse(ctx, "too large")
		})
		c := s.dial(t, connectionInit)
		c.expect(connectionAck)
		c.write(startQuery)
		c.expect(queryError)
	})
}

func TestPartialResultIsANextMessage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSocketServer(t, nil)
		s.AroundResponses(func(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
			response := next(ctx)
			if response != nil {
				response.Errors = gqlerror.List{{Message: "broken"}}
			}
			return response
		})
		c := s.dial(t, connectionInit)
		c.expect(connectionAck)
		c.write(startQuery)
		c.expect(`{"id":"q","type":"next","payload":{"errors":[{"message":"broken"}],"data":{"name":"test"}}}`, queryComplete)
	})
}

// TestErrorOfALaterEventIsANextMessage has a subscription that continues after an event whose
// response has no data.
func TestErrorOfALaterEventIsANextMessage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSocketServer(t, nil)
		events := 0
		s.AroundResponses(func(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
			response := next(ctx)
			if events++; events == 2 {
				return graphql.ErrorResponse(ctx, "too large")
			}
			return response
		})
		c := s.dial(t, connectionInit)
		c.expect(connectionAck)
		c.write(startSubscription)
		go func() {
			for range 3 {
				s.SendNextSubscriptionMessage()
			}
		}()
		c.expect(subscriptionNext, `{"id":"s","type":"next","payload":{"errors":[{"message":"too large"}]}}`, subscriptionNext)
	})
}

func TestLongSubscriptionIsRejected(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSocketServer(t, nil)
		c := s.dial(t, connectionInit)
		c.expect(connectionAck)
		c.write(newSubscribeMessage("s", "subscription { name } # "+strings.Repeat("a", 64<<10)))
		c.expect(`{"id":"s","type":"error","payload":[{"message":"a subscription and its variables must have at most 65536 bytes"}]}`)
	})
}

func TestOperationAboveTheQuotaIsAnErrorMessage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSocketServer(t, func(ws *transport.WebSocket) {
			ws.Acquire = func(_ context.Context, resource transport.Resource, _ int) (func(), error) {
				if resource == transport.Operations {
					return nil, errors.New("quota exceeded")
				}
				return func() {}, nil
			}
		})
		c := s.dial(t, connectionInit)
		c.expect(connectionAck)
		c.write(startAnother)
		c.expect(quotaError)
	})
}

func TestSocketAboveTheQuotaIsClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSocketServer(t, nil)
		s.dial(t, connectionInit).expect(connectionAck)
		s.dial(t, connectionInit).expectClose(websocket.StatusTryAgainLater, "quota exceeded")
	})
}

func TestLostEventsCloseTheSocket(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSocketServer(t, nil)
		c := s.dial(t, connectionInit)
		c.expect(connectionAck)
		c.write(startSubscription)
		go s.SendCompleteSubscriptionMessage()
		c.expectClose(websocket.StatusTryAgainLater, "slow consumer: events were lost")
	})
}

// TestShutdownClosesTheSocket has a subscription, which must not complete: its client connects
// again.
func TestShutdownClosesTheSocket(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stopping := make(chan struct{})
		s := newSocketServer(t, func(ws *transport.WebSocket) { ws.Stopping = stopping })
		c := s.dial(t, connectionInit)
		c.expect(connectionAck)
		c.write(startSubscription)
		synctest.Wait()
		close(stopping)
		if _, message, err := c.Read(t.Context()); websocket.CloseStatus(err) != websocket.StatusServiceRestart {
			t.Errorf("%s %v", message, err)
		}
	})
}

func TestMissingInitClosesTheSocket(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		newSocketServer(t, nil).dial(t).expectClose(4408, "Connection initialisation timeout")
		if after := time.Since(start); after != 10*time.Second {
			t.Errorf("the socket is closed after %s", after)
		}
	})
}

// TestPongKeepsTheSocketOpen waits for several pings.
func TestPongKeepsTheSocketOpen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSocketServer(t, nil)
		c := s.dial(t, connectionInit)
		c.pongs.Store(true)
		go func() {
			time.Sleep(3 * time.Minute)
			c.write(startQuery)
		}()
		c.expect(connectionAck, queryNext, queryComplete)
	})
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

// TestSilentClientIsDisconnected has clients that stop to send or to read, and the time until the
// server stops their operations.
func TestSilentClientIsDisconnected(t *testing.T) {
	for _, test := range []struct {
		name  string
		begin func(socketClient)
		after time.Duration
	}{
		{
			name: "no pong",
			begin: func(c socketClient) {
				c.write(connectionInit)
				c.expectClose(websocket.StatusGoingAway, "the client sent no pong within 20s")
			},
			after: 40 * time.Second,
		},
		{
			name: "a ping that is not read",
			begin: func(c socketClient) {
				c.write(connectionInit)
				c.expect(connectionAck)
			},
			after: 25 * time.Second, // the library's bound of a ping is 5 seconds
		},
		{
			name: "a message that is not read",
			begin: func(c socketClient) {
				c.write(connectionInit)
				c.expect(connectionAck)
				c.write(startQuery)
			},
			after: 10 * time.Second,
		},
		{
			name: "half of a message",
			begin: func(c socketClient) {
				c.write(connectionInit)
				c.expect(connectionAck)
				w, err := c.Writer(c.Context(), websocket.MessageText)
				if err == nil {
					_, err = w.Write(make([]byte, 8<<10)) // more than the client buffers
				}
				if err != nil {
					c.Error(err)
				}
			},
			after: 10 * time.Second,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				closed := make(chan time.Time, 1)
				s := newSocketServer(t, func(ws *transport.WebSocket) {
					ws.Init = func(ctx context.Context, _ *http.Request, _ map[string]any) (context.Context, error) {
						context.AfterFunc(ctx, func() { closed <- time.Now() })
						return ctx, nil
					}
				})
				start := time.Now()
				c := s.dial(t)
				test.begin(c)
				if after := (<-closed).Sub(start).Truncate(time.Second); after != test.after {
					t.Errorf("the socket is closed after %s, not %s", after, test.after)
				}
				_ = c.CloseNow()
				time.Sleep(time.Minute) // the server waits for the client's close frame
			})
		})
	}
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
