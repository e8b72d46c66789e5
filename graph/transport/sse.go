package transport

import (
	"net/http"

	"github.com/99designs/gqlgen/graphql"
)

// sseFormat encodes Server-Sent Events as the npm package graphql-sse does.
type sseFormat struct {
	// id is the operation's id in single connection mode, and empty in distinct connections mode.
	id string
}

func (f sseFormat) openingFrame() (contentType string, frame []byte) {
	return eventStream + "; charset=utf-8", f.heartbeatFrame()
}

func (sseFormat) heartbeatFrame() []byte { return []byte(":\n\n") }

func (f sseFormat) nextFrame(response jsonObject) []byte {
	if f.id != "" {
		response = f.newMessage().appendMember("payload", response)
	}
	return encodeEvent("next", response)
}

func (f sseFormat) completeFrame() []byte {
	if f.id != "" {
		return encodeEvent("complete", f.newMessage())
	}
	return encodeEvent("complete", nil)
}

// interruptedFrame returns nil: clients reconnect when a stream ends without the event complete.
func (f sseFormat) interruptedFrame(*graphql.Response) []byte { return nil }

// newMessage returns the data of an event in single connection mode, without its payload.
func (f sseFormat) newMessage() jsonObject { return jsonObject("{}").marshalMember("id", f.id) }

// encodeEvent encodes an event. It always has data: EventSource ignores events without.
func encodeEvent(name string, data []byte) []byte {
	const length = len("event: \ndata: \n\n")
	text := append(make([]byte, 0, length+len(name)+len(data)), "event: "...)
	text = append(append(text, name...), "\ndata: "...)
	return append(append(text, data...), "\n\n"...)
}

// writeEvents responds with the events of an operation that has one response.
func writeEvents(w http.ResponseWriter, response *graphql.Response) {
	s := newStreamWriter(w, sseFormat{})
	s.writeFrame(sseFormat{}.nextFrame(encodeResponse(response)))
	s.writeFrame(sseFormat{}.completeFrame())
}
