package transport

import (
	"context"
	"net/http"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// events answers with Server-Sent Events until the operation ends, as the npm package
// graphql-sse has it in its "distinct connections mode": a request an operation. A stream
// that breaks off without a `complete` tells its client to connect anew. begun is called
// when a subscription lasts, which is counted as such.
func (h HTTP) events(ctx context.Context, w http.ResponseWriter, exec graphql.GraphExecutor, o *graphql.OperationContext, failed gqlerror.List, begun func()) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	subscription := failed == nil && o.Operation.Operation == ast.Subscription
	if subscription {
		closed, err := openSubscription(ctx, h.Open, o)
		if err != nil {
			failed = gqlerror.List{gqlerror.WrapPath(nil, err)}
		} else {
			defer closed()
			begun()
		}
	}
	s := stream{w, http.NewResponseController(w)}
	w.Header().Set("Content-Type", eventStream+"; charset=utf-8")
	if failed != nil {
		if s.event("next", encode(exec.DispatchError(ctx, failed))) {
			s.event("complete", nil)
		}
		return
	}
	stopping := h.Stopping
	if !subscription { // it ends by itself
		stopping = nil
		ctx, cancel = context.WithTimeout(ctx, h.Time)
		defer cancel()
	}
	rewrite(o, false)
	s.event("", nil)                           // the client knows that it is heard
	_ = s.control.SetReadDeadline(time.Time{}) // the server's is for requests, and what is left of this one has been read
	answers := answersOf(ctx, exec, o)
	s.follow(answers, stopping, o)
	cancel()
	for range answers { // until it has ended, it counts
		continue
	}
}

// answersOf runs an operation until it or ctx ends. It makes an answer when the one before
// has been written.
func answersOf(ctx context.Context, exec graphql.GraphExecutor, operation *graphql.OperationContext) <-chan answer {
	answers := make(chan answer)
	// Encoded here: the executor writes the next one's data over this one's.
	send := func(response *graphql.Response) bool {
		a := answer{encode(response), response.Data == nil, make(chan struct{})}
		select {
		case answers <- a:
		case <-ctx.Done():
			return false
		}
		select {
		case <-a.written:
			return true
		case <-ctx.Done():
			return false
		}
	}
	go func() {
		defer close(answers)
		defer func() {
			if with := recover(); with != nil {
				send(panicked(ctx, exec, with))
			}
		}()
		responses, ctx := exec.DispatchOperation(ctx, operation)
		for more := true; more; {
			response := responses(ctx)
			more = response != nil && send(response)
		}
	}()
	return answers
}

// answer is one of an operation's, and whether it says that nothing was executed. Whoever
// writes it says so.
type answer struct {
	text    object
	refused bool
	written chan struct{}
}

// stream is what goes to one client.
type stream struct {
	w       http.ResponseWriter
	control *http.ResponseController
}

// follow writes answers, and now and then something to keep the connection open.
func (s stream) follow(answers <-chan answer, stopping <-chan struct{}, o *graphql.OperationContext) {
	alive := time.NewTicker(pingEvery)
	defer alive.Stop()
	for {
		select {
		case a, more := <-answers:
			if !more {
				if completed(o) {
					s.event("complete", nil)
				}
				return
			}
			if !s.event("next", a.text) {
				return
			}
			close(a.written)
			if o.Operation.Operation == ast.Subscription && a.refused {
				s.event("complete", nil)
				return
			}
		case <-alive.C:
			if !s.event("", nil) {
				return
			}
		case <-stopping:
			return
		}
	}
}

// event writes an event, or a comment, and reports whether the client took it in time.
func (s stream) event(name string, data []byte) bool {
	_ = s.control.SetWriteDeadline(time.Now().Add(writeTime))
	text := ":\n\n"
	if name != "" {
		text = "event: " + name + "\ndata: " + string(data) + "\n\n"
	}
	_, err := s.w.Write([]byte(text))
	return err == nil && s.control.Flush() == nil
}
