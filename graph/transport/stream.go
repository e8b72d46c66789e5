package transport

import (
	"context"
	"net/http"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// InterruptedError is the error of a subscription that the server ends. Clients must subscribe again,
// and query the data again.
type InterruptedError string

// Error returns the reason.
func (i InterruptedError) Error() string { return string(i) }

const (
	tooSlow    = InterruptedError("the client reads too slowly, and events were lost: subscribe again, and query the data again")
	restarting = InterruptedError("the server stops: subscribe again, and query the data again")
)

// format is how results are written to a stream. A frame may be empty.
type format interface {
	// begin returns the content type of the response, and its first frame.
	begin() (contentType string, first []byte)
	// heartbeat returns a frame that keeps the connection open.
	heartbeat() []byte
	// next returns the frame of a result.
	next(result object) []byte
	// complete returns the frame after the last result.
	complete() []byte
	// interrupted returns the last frame of a subscription that the server ends.
	interrupted(response *graphql.Response) []byte
}

// frame is the unit of a write. The writer closes written.
type frame struct {
	text    []byte
	written chan struct{}
}

// frames carries frames from operations to the writer of one client.
type frames chan frame

// send waits until a frame is written, and reports false if ctx ends first.
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

// operate runs an operation and sends its results, until it or ctx ends. It waits for each write
// before the next result. It returns the last frame.
func (h *HTTP) operate(ctx context.Context, exec graphql.GraphExecutor, o *graphql.OperationContext, as format, to frames) (last []byte) {
	defer func() {
		if with := recover(); with != nil && to.send(ctx, as.next(encode(panicked(ctx, exec, with)))) {
			last = as.complete()
		}
	}()
	rewrite(o)
	subscription, limited := o.Operation.Operation == ast.Subscription, ctx
	if !subscription { // a subscription has no deadline
		var cancel context.CancelFunc
		limited, cancel = context.WithTimeout(ctx, h.MaxTime)
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
		// Encoded here: the executor reuses the memory for the next result.
		if !to.send(ctx, as.next(encode(response))) {
			return nil
		}
		if subscription && refused {
			return as.complete()
		}
	}
}

// stream writes frames to one client.
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
	w.Header().Set("X-Accel-Buffering", "no") // nginx would buffer
	s.write(first)
	// The server's read deadline is for requests; until the first write it applies to the rest of this one.
	_ = s.control.SetReadDeadline(time.Time{})
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
	for range to { // wait for the end of the operation, for its quota
		continue
	}
}

func interrupt(ctx context.Context, exec graphql.GraphExecutor, why InterruptedError) *graphql.Response {
	return exec.DispatchError(ctx, gqlerror.List{gqlerror.WrapPath(nil, why)})
}

// follow writes frames, with heartbeats, until frames is closed, ctx ends, a write fails, or the
// server stops. It reports whether the server stops.
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

// write writes a frame with a deadline, and reports success.
func (s stream) write(text []byte) bool {
	_ = s.control.SetWriteDeadline(time.Now().Add(writeTime))
	_, err := s.w.Write(text)
	return err == nil && s.control.Flush() == nil
}
