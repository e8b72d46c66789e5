package transport

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// streamFormat encodes the frames of a stream. A frame may be empty.
type streamFormat interface {
	// openingFrame returns the Content-Type of the stream, and its first frame.
	openingFrame() (contentType string, frame []byte)
	// heartbeatFrame returns a frame that keeps the connection open.
	heartbeatFrame() []byte
	// nextFrame returns the frame of a response.
	nextFrame(response jsonObject) []byte
	// completeFrame returns the last frame of an operation that is complete.
	completeFrame() []byte
	// interruptedFrame returns the last frame of a subscription that the server ends.
	interruptedFrame(response *graphql.Response) []byte
}

// streamWriter writes frames to one client.
type streamWriter struct {
	w          http.ResponseWriter
	controller *http.ResponseController
	format     streamFormat
}

// newStreamWriter writes the header and the opening frame of a stream.
func newStreamWriter(w http.ResponseWriter, format streamFormat) streamWriter {
	s := streamWriter{w, http.NewResponseController(w), format}
	contentType, frame := format.openingFrame()
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("X-Accel-Buffering", "no") // nginx would buffer
	s.writeFrame(frame)
	// The read deadline of a request must not end its stream. Before the first write, the server may
	// still read the body.
	_ = s.controller.SetReadDeadline(time.Time{})
	return s
}

// writeFrame writes and flushes a frame, and reports success. It fails for a slow consumer.
func (s streamWriter) writeFrame(frame []byte) bool {
	_ = s.controller.SetWriteDeadline(time.Now().Add(writeTimeout))
	_, err := s.w.Write(frame)
	return err == nil && s.controller.Flush() == nil
}

// writeFrames writes frames and heartbeats until the queue is closed, ctx ends, a write fails, or
// the server is stopping, which it reports.
func (s streamWriter) writeFrames(ctx context.Context, queue frameQueue, stopping <-chan struct{}) (stopped bool) {
	heartbeat := time.NewTicker(heartbeatInterval)
	defer heartbeat.Stop()
	for {
		select {
		case f, more := <-queue:
			if !more || !s.writeFrame(f.text) {
				return false
			}
			close(f.written)
		case <-heartbeat.C:
			if !s.writeFrame(s.format.heartbeatFrame()) {
				return false
			}
		case <-ctx.Done():
			return false
		case <-stopping:
			return true
		}
	}
}

// frameQueue passes frames from operations to the streamWriter of one client. It has no buffer.
type frameQueue chan queuedFrame

// queuedFrame is a frame, and a channel that is closed when the frame was written.
type queuedFrame struct {
	text    []byte
	written chan struct{}
}

// sendFrame waits until a frame is written. It returns false if ctx ends before.
func (q frameQueue) sendFrame(ctx context.Context, text []byte) bool {
	f := queuedFrame{text, make(chan struct{})}
	select {
	case q <- f:
	case <-ctx.Done():
		return false
	}
	select {
	case <-f.written:
		return true
	case <-ctx.Done():
		return false
	}
}

// streamOperation responds with a stream of the responses of one operation. It returns when the
// operation has ended, so that its quota is not released before.
func (x exchange) streamOperation(ctx context.Context, o *graphql.OperationContext, format streamFormat) {
	running, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var stopping <-chan struct{}
	if o.Operation.Operation == ast.Subscription { // a query may finish
		stopping = x.Stopping
		defer callAtExpiry(ctx, x.Expires, func() { cancel(errExpired) })()
	}
	s, queue := newStreamWriter(x.w, format), make(frameQueue)
	go func() { // this goroutine alone uses o, until it closes the queue
		defer close(queue)
		queue.sendFrame(running, x.sendResponses(running, o, format, queue))
	}()
	if s.writeFrames(running, queue, stopping) {
		cancel(errShutdown)
	}
	cancel(nil)
	for range queue { // wait until it is closed
		continue
	}
	var reason interruptedError
	if errors.As(context.Cause(running), &reason) {
		s.writeFrame(format.interruptedFrame(errorResponse(ctx, x.executor, nil, reason)))
	}
}

// callAtExpiry calls f in a goroutine when the credentials of ctx expire, unless stop is called before. expires can be nil.
func callAtExpiry(ctx context.Context, expires func(context.Context) time.Time, f func()) (stop func()) {
	if expires == nil {
		return func() {}
	}
	at := expires(ctx)
	if at.IsZero() {
		return func() {}
	}
	timer := time.AfterFunc(time.Until(at), f)
	return func() { timer.Stop() }
}

// sendResponses executes an operation and sends its responses, until it or ctx ends. It returns
// the last frame for the caller to send, or nil if there is none.
func (x exchange) sendResponses(ctx context.Context, o *graphql.OperationContext, format streamFormat, queue frameQueue) (last []byte) {
	defer func() {
		if recovered := recover(); recovered != nil {
			queue.sendFrame(ctx, format.nextFrame(encodeResponse(panicResponse(ctx, x.executor, recovered))))
			last = format.completeFrame()
		}
	}()
	for response := range executeOperation(ctx, x.executor, o, x.MaxTime) {
		failed := response.Data == nil
		// Encoded in this goroutine: the executor reuses the memory for the next response.
		if !queue.sendFrame(ctx, format.nextFrame(encodeResponse(response))) {
			return nil
		}
		if failed && o.Operation.Operation == ast.Subscription {
			return format.completeFrame()
		}
	}
	switch {
	case ctx.Err() != nil:
		return nil
	case !isComplete(o):
		return format.interruptedFrame(errorResponse(ctx, x.executor, nil, errSlowConsumer))
	}
	return format.completeFrame()
}
