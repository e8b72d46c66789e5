package transport

import (
	"net/http"

	"github.com/99designs/gqlgen/graphql"
)

// events are Server-Sent Events as the npm package graphql-sse has them: with the id of
// their operation in its "single connection mode", and else without.
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
	return event("complete", nil) // without the field data, a browser's EventSource would not tell
}

// interrupted is nothing: a stream that breaks off without `complete` tells its client to
// connect anew.
func (e events) interrupted(*graphql.Response) []byte { return nil }

func (e events) identified() object { return object("{}").marshal("id", e.id) }

func event(name string, data []byte) []byte {
	const around = len("event: \ndata: \n\n")
	text := append(make([]byte, 0, around+len(name)+len(data)), "event: "...)
	text = append(append(text, name...), "\ndata: "...)
	return append(append(text, data...), "\n\n"...)
}

// writeEvent responds with one result, and ends.
func writeEvent(w http.ResponseWriter, response *graphql.Response) {
	s := beginStream(w, events{})
	s.write(events{}.next(encode(response)))
	s.write(events{}.complete())
}
