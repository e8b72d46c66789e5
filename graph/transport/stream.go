package transport

import (
	"context"
	"net/http"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// Interrupted is the error of a subscription that the server ends. Its client subscribes
// again, and reads anew.
type Interrupted string

// Error is the reason.
func (i Interrupted) Error() string { return string(i) }

const (
	tooSlow    = Interrupted("the client reads too slowly, and has missed events: subscribe again, and read anew")
	restarting = Interrupted("the server stops: subscribe again, and read anew")
)

// format is how results are written to a stream. A frame may be empty.
type format interface {
	// begin is the content type of the response, and its first frame, which tells a client
	// that it is heard.
	begin() (contentType string, first []byte)
	// heartbeat keeps the connection open.
	heartbeat() []byte
	// next is a result.
	next(result object) []byte
	// complete comes after the last result.
	complete() []byte
	// interrupted comes instead of complete where the server ends a subscription.
	interrupted(response *graphql.Response) []byte
}

// frame is what is written at once. Whoever writes it closes written.
type frame struct {
	text    []byte
	written chan struct{}
}

// frames are made by operations and written to one client.
type frames chan frame

// send waits until a frame is written, and reports false if ctx ends before.
func (f frames) send(ctx context.Context, text []byte) bool {
	one := frame{text, make(chan struct{})}
	select {
	case f <- one:
	case <-ctx.Done():
		return false
	}
	select {
	case <-one.written:
		return true
	case <-ctx.Done():
		return false
	}
}

// operate runs an operation, and sends its results, until it or ctx ends. It makes a result
// when the one before has been written. It returns the last frame.
func (h *HTTP) operate(ctx context.Context, exec graphql.GraphExecutor, o *graphql.OperationContext, as format, to frames) (last []byte) {
	defer func() {
		if with := recover(); with != nil && to.send(ctx, as.next(encode(panicked(ctx, exec, with)))) {
			last = as.complete()
		}
	}()
	rewrite(o)
	subscription, limited := o.Operation.Operation == ast.Subscription, ctx
	if !subscription { // which ends by itself
		var cancel context.CancelFunc
		limited, cancel = context.WithTimeout(ctx, h.Time)
		defer cancel()
	}
	responses, limited := exec.DispatchOperation(limited, o)
	for {
		response := responses(limited)
		switch {
		case ctx.Err() != nil:
			return nil
		case response == nil && !completed(o):
			return as.interrupted(interrupt(ctx, exec, tooSlow))
		case response == nil:
			return as.complete()
		}
		refused := response.Data == nil
		// Encoded here: the executor writes the next one's data over this one's.
		if !to.send(ctx, as.next(encode(response))) {
			return nil
		}
		if subscription && refused {
			return as.complete()
		}
	}
}

// stream is what goes to one client.
type stream struct {
	w       http.ResponseWriter
	control *http.ResponseController
	as      format
}

// beginStream begins the response.
func beginStream(w http.ResponseWriter, as format) stream {
	s := stream{w, http.NewResponseController(w), as}
	contentType, first := as.begin()
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("X-Accel-Buffering", "no") // nginx would wait for more
	s.write(first)
	_ = s.control.SetReadDeadline(time.Time{}) // the server's is for requests; until the first write, it is for what is left of this one
	return s
}

// serveStream responds with a stream of the results of one operation.
func (h *HTTP) serveStream(ctx context.Context, w http.ResponseWriter, exec graphql.GraphExecutor, o *graphql.OperationContext, as format) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stopping := h.Stopping
	if o.Operation.Operation != ast.Subscription {
		stopping = nil
	}
	s, to := beginStream(w, as), make(frames)
	go func() { // from now on, o is its own
		defer close(to)
		to.send(ctx, h.operate(ctx, exec, o, as, to))
	}()
	if s.follow(ctx, to, stopping) {
		s.write(as.interrupted(interrupt(ctx, exec, restarting)))
	}
	cancel()
	for range to { // until it has ended, it counts
		continue
	}
}

func interrupt(ctx context.Context, exec graphql.GraphExecutor, why Interrupted) *graphql.Response {
	return exec.DispatchError(ctx, gqlerror.List{gqlerror.WrapPath(nil, why)})
}

// follow writes frames, and now and then a heartbeat, until there are no more, ctx ends, the
// client takes none in time, or the server stops, which it reports.
func (s stream) follow(ctx context.Context, frames frames, stopping <-chan struct{}) (stopped bool) {
	alive := time.NewTicker(pingEvery)
	defer alive.Stop()
	for {
		select {
		case f, more := <-frames:
			if !more || !s.write(f.text) {
				return false
			}
			close(f.written)
		case <-alive.C:
			if !s.write(s.as.heartbeat()) {
				return false
			}
		case <-ctx.Done():
			return false
		case <-stopping:
			return true
		}
	}
}

// write reports whether the client took a frame in time.
func (s stream) write(text []byte) bool {
	_ = s.control.SetWriteDeadline(time.Now().Add(writeTime))
	_, err := s.w.Write(text)
	return err == nil && s.control.Flush() == nil
}
