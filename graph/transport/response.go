package transport

import (
	"encoding/json"
	"net/http"

	"github.com/99designs/gqlgen/graphql"
)

// writeResponse writes a response as one JSON object. A nil response means that the client has
// disconnected.
func writeResponse(w http.ResponseWriter, mediaType string, status int, response *graphql.Response) {
	if response == nil {
		return
	}
	w.Header().Set("Content-Type", mediaType+"; charset=utf-8")
	w.WriteHeader(status)
	if response.Data != nil && len(response.Errors) == 0 && len(response.Extensions) == 0 { // most responses: without a copy of the data
		for _, part := range [...][]byte{dataPrefix, response.Data, dataSuffix} {
			_, _ = w.Write(part)
		}
		return
	}
	text := encodeResponse(response)
	response.Data = nil // while a slow consumer reads, one copy is held and not two
	_, _ = w.Write(text)
}

// dataPrefix and dataSuffix are the parts of a response around its data, if it has nothing else.
var dataPrefix, dataSuffix = []byte(`{"data":`), []byte(`}`)

// encodeResponse encodes a response, without the entry data if nothing was executed. It copies the
// data: to validate it, as json.Marshal does, would cost as much as a small query.
func encodeResponse(response *graphql.Response) jsonObject {
	o := append(make(jsonObject, 0, len(response.Data)+64), "{}"...)
	if len(response.Errors) > 0 {
		o = o.marshalMember("errors", response.Errors)
	}
	if response.Data != nil {
		o = o.appendMember("data", response.Data)
	}
	if len(response.Extensions) > 0 {
		o = o.marshalMember("extensions", response.Extensions)
	}
	return o
}

// jsonObject is an encoded JSON object to which members are appended. It begins as "{}".
type jsonObject []byte

// appendMember appends a member with an encoded value.
func (o jsonObject) appendMember(name string, value []byte) jsonObject {
	o = o[:len(o)-1]
	if len(o) > 1 {
		o = append(o, ',')
	}
	return append(append(append(append(append(o, '"'), name...), `":`...), value...), '}')
}

// marshalMember encodes a value and appends it. It panics if the value has no JSON: values come
// from the executor and the error presenter.
func (o jsonObject) marshalMember(name string, value any) jsonObject {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return o.appendMember(name, text)
}
