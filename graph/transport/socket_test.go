package transport_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"

	"rowhouse/graph/transport"
)

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
