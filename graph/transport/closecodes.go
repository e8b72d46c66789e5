package transport

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/coder/websocket"
)

// The close codes of graphql-transport-ws, and of the npm package graphql-ws.
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

// closeFrame is the frame with which the server closes a socket.
type closeFrame struct {
	code   websocket.StatusCode
	reason string
}

// newCloseFrame returns a close frame. It truncates the reason to maxCloseReason.
func newCloseFrame(code websocket.StatusCode, format string, args ...any) *closeFrame {
	reason := fmt.Sprintf(format, args...)
	if len(reason) > maxCloseReason {
		reason = strings.ToValidUTF8(reason[:maxCloseReason], "")
	}
	return &closeFrame{code, reason}
}

// newInitCloseFrame returns the close frame for an error of WebSocket.Init: 4403, or 1013 if the
// client may retry, or 4500 for an internal error.
func newInitCloseFrame(err error) *closeFrame {
	var e *Error
	switch {
	case !errors.As(err, &e) || e.Status == http.StatusInternalServerError:
		return newCloseFrame(closeInternal, "Internal server error")
	case e.Status == http.StatusServiceUnavailable || e.Status == http.StatusTooManyRequests:
		return newCloseFrame(websocket.StatusTryAgainLater, "%v", e)
	}
	return newCloseFrame(closeForbidden, "Forbidden: %v", e)
}
