package transport

import (
	"context"
	"encoding/json"

	"github.com/coder/websocket"
)

// readMessages handles the messages of a socket until one is a reason to close it, which it
// returns. It closes acknowledged after connection_init.
func (s *socket) readMessages(ctx context.Context, acknowledged chan<- struct{}) *closeFrame {
	initialised := false
	for {
		text, err := s.readMessage(ctx)
		if err != nil || ctx.Err() != nil {
			return newCloseFrame(websocket.StatusNormalClosure, "")
		}
		var m message
		if json.Unmarshal(text, &m) != nil {
			return newCloseFrame(closeBadRequest, "Invalid message")
		}
		switch m.Type {
		case "connection_init":
			if initialised {
				return newCloseFrame(closeTooManyInits, "Too many initialisation requests")
			}
			initialised = true
			operations, release, frame := s.initialise(ctx, m.Payload)
			if frame != nil {
				return frame
			}
			defer release()
			ctx = operations
			close(acknowledged)
			s.sendMessage(ctx, message{Type: "connection_ack"})
		case "ping":
			s.sendMessage(ctx, message{Type: "pong", Payload: m.Payload})
		case "pong":
		case "subscribe":
			if !initialised {
				return newCloseFrame(closeUnauthorized, "Unauthorized")
			}
			if frame := s.subscribe(ctx, m); frame != nil {
				return frame
			}
		case "complete":
			s.stopOperation(m.ID, nil)
		default:
			return newCloseFrame(closeBadRequest, "Invalid message: the type %q is unknown", m.Type)
		}
	}
}

// initialise handles connection_init. It returns the context of the socket's operations, and
// a function that releases the socket's quota.
func (s *socket) initialise(
	ctx context.Context, payload json.RawMessage,
) (operations context.Context, release func(), frame *closeFrame) {
	var parameters map[string]any
	if len(payload) > 0 && json.Unmarshal(payload, &parameters) != nil {
		return nil, nil, newCloseFrame(closeBadRequest, "Invalid message: the payload must be an object")
	}
	operations, err := s.Init(ctx, s.request, parameters)
	if err != nil {
		return nil, nil, newInitCloseFrame(err)
	}
	releaseSocket, err := s.Acquire(operations, Sockets, 1)
	if err != nil {
		return nil, nil, newCloseFrame(websocket.StatusTryAgainLater, "%v", err)
	}
	s.conn.SetReadLimit(maxMessage)
	stop := callAtExpiry(operations, s.Expires, func() {
		s.closeWith(newCloseFrame(closeForbidden, "Forbidden: UNAUTHENTICATED: the credentials have expired: connect again with new ones"))
	})
	return operations, func() { stop(); releaseSocket() }, nil
}

// subscribe handles the message subscribe, which starts an operation of any kind.
func (s *socket) subscribe(ctx context.Context, m message) *closeFrame {
	params, err := parseParams(m.Payload)
	if err != nil {
		return newCloseFrame(closeBadRequest, "Invalid message: %v", err)
	}
	if m.ID == "" || len(m.ID) > maxOperationID {
		return newCloseFrame(closeBadRequest, "Invalid message: the id must be a string of 1 to %d bytes", maxOperationID)
	}
	if !s.startOperation(ctx, m.ID, params) {
		return newCloseFrame(closeDuplicate, "Subscriber for %s already exists", m.ID)
	}
	return nil
}
