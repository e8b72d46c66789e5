package transport

import "github.com/99designs/gqlgen/graphql"

// subscriptionSpec is the version of Apollo's "multipart HTTP protocol for GraphQL
// subscriptions" that is spoken here.
const subscriptionSpec = "1.0"

// parts are a subscription's results as parts of a multipart/mixed response. A delimiter
// follows each part, as a client takes a part for whole when it has seen the next one.
type parts struct{}

const partDelimiter = "\r\n--graphql"

func (p parts) begin() (contentType string, first []byte) {
	return mixed + `;boundary="graphql";subscriptionSpec=` + subscriptionSpec, append([]byte(partDelimiter), p.heartbeat()...)
}

func (parts) heartbeat() []byte { return bodyPart(object("{}"), partDelimiter) }

func (parts) next(result object) []byte {
	return bodyPart(object("{}").add("payload", result), partDelimiter)
}

func (parts) complete() []byte { return []byte("--\r\n") }

// interrupted has errors beside the payload, not in it: the transport's, not the operation's.
func (parts) interrupted(response *graphql.Response) []byte {
	failed := object("{}").add("payload", []byte("null")).marshal("errors", response.Errors)
	return bodyPart(failed, partDelimiter+"--\r\n")
}

func bodyPart(payload object, end string) []byte {
	text := append(make([]byte, 0, len(payload)+100), "\r\nContent-Type: application/json; charset=utf-8\r\n\r\n"...)
	return append(append(text, payload...), end...)
}
