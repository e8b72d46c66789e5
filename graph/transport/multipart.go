package transport

import "github.com/99designs/gqlgen/graphql"

// subscriptionSpec is the supported version of Apollo's "multipart HTTP protocol for GraphQL
// subscriptions".
const subscriptionSpec = "1.0"

// multipartFormat encodes the responses of a subscription as parts of multipart/mixed. Each part
// ends with the delimiter of the next: only then do clients process it.
type multipartFormat struct{}

const partDelimiter = "\r\n--graphql"

func (f multipartFormat) openingFrame() (contentType string, frame []byte) {
	return multipartMixed + `;boundary="graphql";subscriptionSpec=` + subscriptionSpec, append([]byte(partDelimiter), f.heartbeatFrame()...)
}

func (multipartFormat) heartbeatFrame() []byte { return encodePart(jsonObject("{}"), partDelimiter) }

func (multipartFormat) nextFrame(response jsonObject) []byte {
	return encodePart(jsonObject("{}").appendMember("payload", response), partDelimiter)
}

func (multipartFormat) completeFrame() []byte { return []byte("--\r\n") }

// interruptedFrame returns a part with the errors beside the payload, as the protocol has transport
// errors, and the end of the stream.
func (multipartFormat) interruptedFrame(response *graphql.Response) []byte {
	message := jsonObject("{}").appendMember("payload", []byte("null")).marshalMember("errors", response.Errors)
	return encodePart(message, partDelimiter+"--\r\n")
}

// partHeader is the header of a part, after its delimiter.
const partHeader = "\r\nContent-Type: application/json; charset=utf-8\r\n\r\n"

func encodePart(content jsonObject, end string) []byte {
	text := append(make([]byte, 0, len(partHeader)+len(content)+len(end)), partHeader...)
	return append(append(text, content...), end...)
}
