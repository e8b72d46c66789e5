package transport

import "github.com/99designs/gqlgen/graphql"

// subscriptionSpec is the supported version of Apollo's "multipart HTTP protocol for GraphQL
// subscriptions".
const subscriptionSpec = "1.0"

// parts is the format of a subscription's results as multipart/mixed. A delimiter follows each
// part at once, since clients wait for it.
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

// interrupted puts the errors beside the payload, as errors of the transport.
func (parts) interrupted(response *graphql.Response) []byte {
	failed := object("{}").add("payload", []byte("null")).marshal("errors", response.Errors)
	return bodyPart(failed, partDelimiter+"--\r\n")
}

func bodyPart(payload object, end string) []byte {
	text := append(make([]byte, 0, len(payload)+100), "\r\nContent-Type: application/json; charset=utf-8\r\n\r\n"...)
	return append(append(text, payload...), end...)
}
