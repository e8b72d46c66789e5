package transport

import (
	"net/http"

	"github.com/99designs/gqlgen/graphql"
)

// events is the format of Server-Sent Events as in the npm package graphql-sse: with the id of
// the operation in its "single connection mode", otherwise without.
type events struct{ id string }

func (e events) begin() (contentType string, first []byte) {
	return eventStream + "; charset=utf-8", e.heartbeat()
}

func (events) heartbeat() []byte { return []byte(":\n\n") }

func (e events) next(result object) []byte {
	if e.id != "" {
		result = e.identified().add("payload", result)
	}
	return event("next", result)
}

func (e events) complete() []byte {
	if e.id != "" {
		return event("complete", e.identified())
	}
	return event("complete", nil) // EventSource ignores events without data
}

// interrupted returns nil: clients reconnect when a stream ends without `complete`.
func (e events) interrupted(*graphql.Response) []byte { return nil }

func (e events) identified() object { return object("{}").marshal("id", e.id) }

func event(name string, data []byte) []byte {
	const around = len("event: \ndata: \n\n")
	text := append(make([]byte, 0, around+len(name)+len(data)), "event: "...)
	text = append(append(text, name...), "\ndata: "...)
	return append(append(text, data...), "\n\n"...)
}

// writeEvent responds with one result.
func writeEvent(w http.ResponseWriter, response *graphql.Response) {
	s := beginStream(w, events{})
	s.write(events{}.next(encode(response)))
	s.write(events{}.complete())
}
