package servertest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/coder/websocket/wsjson"

	"rowhouse/tenancy"
)

// Message is a message of the protocol graphql-transport-ws.
type Message struct {
	ID      string          `json:"id,omitempty"`
	Type    string          `json:"type"`
	Payload json.RawMessage `json:"payload,omitempty"`
}

// Socket is the client of a WebSocket.
type Socket struct {
	*websocket.Conn
	t testing.TB
}

// Dial opens a socket and sends nothing.
func Dial(t testing.TB, url string, header http.Header) *Socket {
	t.Helper()
	options := &websocket.DialOptions{Subprotocols: []string{"graphql-transport-ws"}, HTTPHeader: header}
	conn, _, err := websocket.Dial(t.Context(), url, options) //nolint:bodyclose // the library closes it
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.CloseNow() })
	return &Socket{conn, t}
}

// Connect opens a tenant's socket, and waits until the server has acknowledged it.
func Connect(t testing.TB, url, tenant string) *Socket {
	t.Helper()
	s := Dial(t, url, nil)
	s.Init(tenant)
	s.Expect("connection_ack", "")
	return s
}

// Init sends connection_init for a tenant.
func (s *Socket) Init(tenant string) {
	s.t.Helper()
	s.Send(Body(map[string]any{"type": "connection_init", "payload": map[string]string{tenancy.HeaderName: tenant}}))
}

// Send sends a message in JSON.
func (s *Socket) Send(message string) {
	s.t.Helper()
	if err := s.Write(s.t.Context(), websocket.MessageText, []byte(message)); err != nil {
		s.t.Fatal(err)
	}
}

// Subscribe starts an operation.
func (s *Socket) Subscribe(id, document string) {
	s.t.Helper()
	s.Send(fmt.Sprintf(`{"id": %q, "type": "subscribe", "payload": %s}`, id, Body(map[string]string{"query": document})))
}

// Complete stops an operation.
func (s *Socket) Complete(id string) {
	s.t.Helper()
	s.Send(fmt.Sprintf(`{"id": %q, "type": "complete"}`, id))
}

// Next returns the next message of the server. It fails when the socket is closed.
func (s *Socket) Next() (m Message, err error) {
	ctx, cancel := context.WithTimeout(s.t.Context(), 2*time.Minute)
	defer cancel()
	err = wsjson.Read(ctx, s.Conn, &m)
	return m, err
}

// Expect reads a message of a type, whose payload contains a string.
func (s *Socket) Expect(kind, contains string) {
	s.t.Helper()
	m, err := s.Next()
	if err != nil || m.Type != kind || !strings.Contains(string(m.Payload), contains) {
		s.t.Fatalf("got %s %s %v, want %s %s", m.Type, m.Payload, err, kind, contains)
	}
}

// WaitClosed reads until the server closes the socket, and returns the close code and reason.
func (s *Socket) WaitClosed() (code websocket.StatusCode, reason string) {
	for {
		if _, err := s.Next(); err != nil {
			var closed websocket.CloseError
			errors.As(err, &closed)
			return closed.Code, closed.Reason
		}
	}
}
