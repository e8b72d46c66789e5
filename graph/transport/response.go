package transport

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"runtime/debug"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// panicked answers what the executor does not recover itself. Where an operation runs in
// a goroutine of ours, nobody else would.
func panicked(ctx context.Context, exec graphql.GraphExecutor, with any) *graphql.Response {
	return exec.DispatchError(ctx, gqlerror.List{gqlerror.Wrap(fmt.Errorf("panic: %v\n%s", with, debug.Stack()))})
}

// write answers.
func write(w http.ResponseWriter, kind string, status int, response *graphql.Response) {
	if response == nil { // the client went away
		return
	}
	w.Header().Set("Content-Type", kind+"; charset=utf-8")
	w.WriteHeader(status)
	text := encode(response)
	response.Data = nil // a slow client holds one copy, not two
	_, _ = w.Write(text)
}

// object is a JSON object that grows: "{}" at first.
type object []byte

// add adds a member, whose value is JSON.
func (o object) add(name string, value []byte) object {
	o = o[:len(o)-1]
	if len(o) > 1 {
		o = append(o, ',')
	}
	return append(append(append(append(append(o, '"'), name...), `":`...), value...), '}')
}

// marshal adds a member whose value has a JSON.
func (o object) marshal(name string, value any) object {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err) // only what the executor and the presenter made comes here
	}
	return o.add(name, text)
}

// encode leaves the data entry out where nothing was executed. The data is JSON that the
// executor made: encoding it once more would cost as much as a small query.
func encode(response *graphql.Response) object {
	o := append(make(object, 0, len(response.Data)+64), "{}"...)
	if len(response.Errors) > 0 {
		o = o.marshal("errors", response.Errors)
	}
	if response.Data != nil {
		o = o.add("data", response.Data)
	}
	if len(response.Extensions) > 0 {
		o = o.marshal("extensions", response.Extensions)
	}
	return o
}
