package transport

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/coder/websocket"
)

// socket is a WebSocket of one client.
type socket struct {
	WebSocket
	conn     *websocket.Conn
	executor graphql.GraphExecutor
	request  *http.Request
	closing  chan *closeFrame // holds the first reason to close
	wait     sync.WaitGroup   // for goroutines

	mu      sync.Mutex
	running runningOperations
}

// message is a message of graphql-transport-ws, in either direction.
type message struct {
	ID      string          `json:"id,omitempty"`
	Type    string          `json:"type"`
	Payload json.RawMessage `json:"payload,omitempty"`
}

// serve reads messages and runs operations until there is a reason to close the socket.
func (s *socket) serve() {
	ctx, cancel := context.WithCancel(context.WithoutCancel(s.request.Context()))
	acknowledged := make(chan struct{})
	s.wait.Go(func() { s.closeWith(s.readMessages(ctx, acknowledged)) })
	frame := s.awaitClose(ctx, acknowledged)
	cancel() // operations, but no read or write: that would break the connection before the close frame
	_ = s.conn.Close(frame.code, frame.reason)
	s.wait.Wait()
}

// awaitClose waits for a reason to close the socket. It sends pings.
func (s *socket) awaitClose(ctx context.Context, acknowledged <-chan struct{}) *closeFrame {
	initTimer, heartbeat := time.NewTimer(initTimeout), time.NewTicker(heartbeatInterval)
	defer initTimer.Stop()
	defer heartbeat.Stop()
	for {
		select {
		case frame := <-s.closing:
			return frame
		case <-acknowledged:
			acknowledged = nil
			initTimer.Stop()
		case <-initTimer.C:
			return newCloseFrame(closeInitTimeout, "Connection initialisation timeout")
		case <-s.Stopping:
			return newCloseFrame(websocket.StatusServiceRestart, "the server is shutting down: connect again")
		case <-heartbeat.C:
			s.wait.Go(func() { s.ping(ctx) })
		}
	}
}

// closeWith closes the socket. Only the first of several reasons counts.
func (s *socket) closeWith(frame *closeFrame) {
	select {
	case s.closing <- frame:
	default:
	}
}

// ping closes the socket if the client sends no pong before the next ping.
func (s *socket) ping(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), heartbeatInterval)
	defer cancel()
	if s.conn.Ping(ctx) != nil {
		s.closeWith(newCloseFrame(websocket.StatusGoingAway, "the client sent no pong within %s", heartbeatInterval))
	}
}

// readMessage waits for a message. Once it has begun, messageTimeout bounds it.
func (s *socket) readMessage(ctx context.Context) ([]byte, error) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	_, text, err := s.conn.Reader(ctx)
	if err != nil {
		return nil, err
	}
	timer := time.AfterFunc(messageTimeout, cancel)
	defer timer.Stop()
	return io.ReadAll(text)
}

// sendMessage writes a message. It closes the socket of a slow consumer.
func (s *socket) sendMessage(ctx context.Context, m message) {
	text, err := json.Marshal(m)
	if err != nil {
		panic(err) // the payload is JSON
	}
	// A cancelled operation must not cancel a write: that would break the connection.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeTimeout)
	defer cancel()
	if err := s.conn.Write(ctx, websocket.MessageText, text); err != nil {
		s.closeWith(newCloseFrame(websocket.StatusGoingAway, "slow consumer: a message was not read within %s", writeTimeout))
	}
}
