package transport_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler/testserver"

	"rowhouse/graph/transport"
)

// The Accept headers of streams.
const (
	sse       = "text/event-stream"
	multipart = "multipart/mixed;subscriptionSpec=1.0"
)

// The frames of streams.
const (
	event         = "event: next\ndata: {\"data\":{\"name\":\"test\"}}\n\n"
	completeEvent = "event: complete\ndata: \n\n"
	delimiter     = "\r\n--graphql"
	partHeader    = "\r\nContent-Type: application/json; charset=utf-8\r\n\r\n"
	part          = partHeader + `{"payload":{"data":{"name":"test"}}}` + delimiter
	emptyPart     = partHeader + "{}" + delimiter
)

// newErrorPart returns the last part of a subscription that the server ends.
func newErrorPart(message string) string {
	return partHeader + `{"payload":null,"errors":[{"message":"` + message + `"}]}` + delimiter + "--\r\n"
}

// TestSubscriptionStreamsItsResults has two results of a subscription, and each reason to end it.
func TestSubscriptionStreamsItsResults(t *testing.T) {
	stop := func(_ *testserver.TestServer, stopping chan struct{}) { close(stopping) }
	end := func(server *testserver.TestServer, _ chan struct{}) { server.SendCompleteSubscriptionMessage() }
	for _, test := range []struct {
		name     string
		accept   string
		complete bool // whether the resolver calls complete
		end      func(*testserver.TestServer, chan struct{})
		want     string
	}{
		{
			name:     "SSE, complete",
			accept:   sse,
			complete: true,
			end:      end,
			want:     ":\n\n" + event + event + completeEvent,
		},
		{
			name:   "SSE, lost events",
			accept: sse,
			end:    end,
			want:   ":\n\n" + event + event,
		},
		{
			name:     "SSE, shutdown",
			accept:   sse,
			complete: true,
			end:      stop,
			want:     ":\n\n" + event + event,
		},
		{
			name:     "multipart, complete",
			accept:   multipart,
			complete: true,
			end:      end,
			want:     delimiter + emptyPart + part + part + "--\r\n",
		},
		{
			name:   "multipart, lost events",
			accept: multipart,
			end:    end,
			want: delimiter + emptyPart + part + part +
				newErrorPart("slow consumer: events were lost. Subscribe again, and refetch the data"),
		},
		{
			name:     "multipart, shutdown",
			accept:   multipart,
			complete: true,
			end:      stop,
			want: delimiter + emptyPart + part + part +
				newErrorPart("the server is shutting down: subscribe again, and refetch the data"),
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				q, stopping := &quota{}, make(chan struct{})
				server := newStoppableServer(q, stopping)
				server.AroundOperations(func(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
					if complete := transport.CompleteFunc(ctx); test.complete {
						complete()
					}
					return next(ctx)
				})
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second) // before the next heartbeat
				defer cancel()
				go func() {
					server.SendNextSubscriptionMessage()
					server.SendNextSubscriptionMessage()
					if n := q.operations.Load(); n != 0 {
						t.Errorf("a running subscription has acquired %d operations", n)
					}
					time.Sleep(time.Second)
					test.end(server, stopping)
				}()
				w := send(ctx, server, "POST", "/", `{"query": "subscription { name }"}`, "Accept", test.accept)
				if got := w.Body.String(); got != test.want {
					t.Errorf("%q, want %q", got, test.want)
				}
				if err := ctx.Err(); err != nil {
					t.Error("the stream does not end by itself:", err)
				}
				if w.Header().Get("X-Accel-Buffering") != "no" {
					t.Error("nginx would buffer the stream")
				}
				q.checkReleased(t)
			})
		})
	}
}

func TestQueryOverSSEHasOneResult(t *testing.T) {
	w := send(t.Context(), newServer(&quota{}), "POST", "/", `{"query": "{ name }"}`, "Accept", sse)
	if got, want := w.Body.String(), ":\n\n"+event+completeEvent; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestQueryOverSSEFinishesDuringShutdown has a server that is already stopping.
func TestQueryOverSSEFinishesDuringShutdown(t *testing.T) {
	stopping := make(chan struct{})
	close(stopping)
	w := send(t.Context(), newStoppableServer(&quota{}, stopping), "POST", "/", `{"query": "{ name }"}`, "Accept", sse)
	if got, want := w.Body.String(), ":\n\n"+event+completeEvent; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestStreamEndsAfterItsOperation has an operation that ends a second after its client disconnects.
func TestStreamEndsAfterItsOperation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := &quota{}
		server := newServer(q)
		ended := false
		server.AroundResponses(func(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
			response := next(ctx)
			time.Sleep(time.Second)
			ended = true
			return response
		})
		ctx, disconnect := context.WithTimeout(t.Context(), time.Second)
		defer disconnect()
		send(ctx, server, "POST", "/", `{"query": "subscription { name }"}`, "Accept", sse)
		if !ended {
			t.Error("the operation has not ended")
		}
		q.checkReleased(t)
	})
}

func TestSyntaxErrorOverSSEIsAResult(t *testing.T) {
	w := send(t.Context(), newServer(&quota{}), "POST", "/", `{"query": "{"}`, "Accept", sse)
	got, found := strings.CutPrefix(w.Body.String(), ":\n\nevent: next\ndata: {\"errors\":[{\"message\":\"Expected Name")
	if !found || !strings.HasSuffix(got, "}\n\n"+completeEvent) {
		t.Errorf("%q", w.Body)
	}
}

// TestRequestErrorEndsSubscription has an event whose response is an error without data.
func TestRequestErrorEndsSubscription(t *testing.T) {
	for accept, want := range map[string]string{
		sse:       ":\n\nevent: next\ndata: {\"errors\":[{\"message\":\"too large\"}]}\n\n" + completeEvent,
		multipart: delimiter + emptyPart + partHeader + `{"payload":{"errors":[{"message":"too large"}]}}` + delimiter + "--\r\n",
	} {
		synctest.Test(t, func(t *testing.T) {
			q := &quota{}
			server := newServer(q)
			server.AroundResponses(func(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
				next(ctx)
				return graphql.ErrorResponse(ctx, "too large")
			})
			go server.SendNextSubscriptionMessage()
			w := send(t.Context(), server, "POST", "/", `{"query": "subscription { name }"}`, "Accept", accept)
			if got := w.Body.String(); got != want {
				t.Errorf("%q, want %q", got, want)
			}
			q.checkReleased(t)
		})
	}
}

var errDisconnected = errors.New("the client has disconnected")

// disconnecting is a client that disconnects after some frames.
type disconnecting struct {
	*httptest.ResponseRecorder
	t        *testing.T
	frames   int
	flushing bool // the write of the last frame succeeds, but its flush fails
	deadline time.Time
	readable bool // whether the read deadline is disabled
}

func (d *disconnecting) SetReadDeadline(deadline time.Time) error {
	d.readable = deadline.IsZero()
	return nil
}

func (d *disconnecting) SetWriteDeadline(deadline time.Time) error {
	d.deadline = deadline
	return nil
}

func (d *disconnecting) Write(text []byte) (int, error) {
	if !d.deadline.Equal(time.Now().Add(10 * time.Second)) {
		d.t.Error("a frame has the deadline", d.deadline)
	}
	if d.frames--; d.frames < 0 && !d.flushing {
		return 0, errDisconnected
	}
	return d.ResponseRecorder.Write(text)
}

func (d *disconnecting) FlushError() error {
	if d.frames < 0 && d.flushing {
		return errDisconnected
	}
	return nil
}

// TestFailedWriteEndsTheStream has an event after 5 seconds, and heartbeats.
func TestFailedWriteEndsTheStream(t *testing.T) {
	for _, test := range []struct {
		name     string
		frames   int // that are written
		flushing bool
		after    time.Duration
	}{
		{
			name:   "a result",
			frames: 1,
			after:  5 * time.Second,
		},
		{
			name:     "the flush of a result",
			frames:   1,
			flushing: true,
			after:    5 * time.Second,
		},
		{
			name:   "a heartbeat",
			frames: 2,
			after:  20 * time.Second,
		},
		{
			name:   "the next heartbeat",
			frames: 3,
			after:  40 * time.Second,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				q, start := &quota{}, time.Now()
				server := newServer(q)
				go func() {
					time.Sleep(5 * time.Second)
					server.SendNextSubscriptionMessage()
				}()
				ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
				defer cancel()
				r := httptest.NewRequestWithContext(ctx, "POST", "/", strings.NewReader(`{"query": "subscription { name }"}`))
				r.Header.Set("Content-Type", "application/json")
				r.Header.Set("Accept", sse)
				w := &disconnecting{ResponseRecorder: httptest.NewRecorder(), t: t, frames: test.frames, flushing: test.flushing}
				server.ServeHTTP(w, r)
				if !w.readable {
					t.Error("the read deadline of the request applies to the stream")
				}
				if after := time.Since(start).Truncate(time.Second); after != test.after {
					t.Errorf("the stream ends after %s, not %s", after, test.after)
				}
				q.checkReleased(t)
			})
		})
	}
}

// TestHeartbeatsKeepAStreamOpen waits three minutes without an event. A stream has a heartbeat at
// its beginning, and then three per minute.
func TestHeartbeatsKeepAStreamOpen(t *testing.T) {
	for _, test := range []struct{ name, accept, opening, heartbeat string }{
		{
			name:      "SSE",
			accept:    sse,
			heartbeat: ":\n\n",
		},
		{
			name:      "multipart",
			accept:    multipart,
			opening:   delimiter,
			heartbeat: emptyPart,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				q := &quota{}
				ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute+time.Second)
				defer cancel()
				w := send(ctx, newServer(q), "POST", "/", `{"query": "subscription { name }"}`, "Accept", test.accept)
				if got, want := w.Body.String(), test.opening+strings.Repeat(test.heartbeat, 10); got != want {
					t.Errorf("%q, want %q", got, want)
				}
				q.checkReleased(t)
			})
		})
	}
}
