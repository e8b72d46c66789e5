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

// TestAStreamHasItsResults has two results of a subscription in each kind of stream, and each
// way in which it ends; and a query, which ends by itself.
func TestAStreamHasItsResults(t *testing.T) {
	const inEvents, inParts = "text/event-stream", "multipart/mixed;subscriptionSpec=1.0"
	const begin, head, delimiter = "\r\n--graphql", "\r\nContent-Type: application/json; charset=utf-8\r\n\r\n", "\r\n--graphql"
	const event, part = "event: next\ndata: {\"data\":{\"name\":\"test\"}}\n\n", head + `{"payload":{"data":{"name":"test"}}}` + delimiter
	const interrupted = head + `{"payload":null,"errors":[{"message":"%"}]}` + delimiter + "--\r\n"
	stop := func(_ *testserver.TestServer, stop func()) { stop() }
	end := func(server *testserver.TestServer, _ func()) { server.SendCompleteSubscriptionMessage() }
	for _, test := range []struct {
		name, accept string
		completes    bool // the resolver says that no more events will come
		end          func(server *testserver.TestServer, stop func())
		want         string
	}{
		{name: "events, completed", accept: inEvents, completes: true, end: end, want: ":\n\n" + event + event + "event: complete\ndata: \n\n"},
		{name: "events, lost", accept: inEvents, end: end, want: ":\n\n" + event + event},
		{name: "events, stopped", accept: inEvents, completes: true, end: stop, want: ":\n\n" + event + event},
		{name: "parts, completed", accept: inParts, completes: true, end: end, want: begin + head + "{}" + delimiter + part + part + "--\r\n"},
		{name: "parts, lost", accept: inParts, end: end, want: begin + head + "{}" + delimiter + part + part +
			strings.Replace(interrupted, "%", "slow consumer: events were lost. Subscribe again, and refetch the data", 1)},
		{name: "parts, stopped", accept: inParts, completes: true, end: stop, want: begin + head + "{}" + delimiter + part + part +
			strings.Replace(interrupted, "%", "the server is shutting down: subscribe again, and refetch the data", 1)},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				q, stopping := &quota{}, make(chan struct{})
				server := newStoppable(q, stopping)
				server.AroundOperations(func(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
					if complete := transport.CompleteFunc(ctx); test.completes {
						complete()
					}
					return next(ctx)
				})
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second) // half of a heartbeat
				defer cancel()
				go func() {
					server.SendNextSubscriptionMessage()
					server.SendNextSubscriptionMessage()
					if n := q.operations.Load(); n != 0 {
						t.Errorf("%d operations count while a subscription runs", n)
					}
					time.Sleep(time.Second)
					test.end(server, func() { close(stopping) })
				}()
				w := send(ctx, server, "POST", "/", `{"query": "subscription { name }"}`, "Accept", test.accept)
				if got := w.Body.String(); got != test.want {
					t.Errorf("%q, want %q", got, test.want)
				}
				if err := ctx.Err(); err != nil {
					t.Error("the stream does not end by itself:", err)
				}
				if w.Header().Get("X-Accel-Buffering") != "no" {
					t.Error("nginx would keep events back")
				}
				q.checkReleased(t)

				if test.accept != inEvents {
					return
				}
				w = send(t.Context(), server, "POST", "/", `{"query": "{ name }"}`, "Accept", inEvents)
				if got, want := w.Body.String(), ":\n\n"+event+"event: complete\ndata: \n\n"; got != want {
					t.Errorf("a query: %q, want %q", got, want)
				}
				w = send(t.Context(), server, "POST", "/", `{"query": "{"}`, "Accept", inEvents)
				got, begins := strings.CutPrefix(w.Body.String(), ":\n\nevent: next\ndata: {\"errors\":[{\"message\":\"Expected Name")
				if !begins || !strings.HasSuffix(got, "}\n\nevent: complete\ndata: \n\n") {
					t.Errorf("no document: %q", w.Body)
				}
			})
		})
	}
}

// failing is a client that takes so many frames.
type failing struct {
	*httptest.ResponseRecorder
	t         *testing.T
	takes     int
	unflushed bool // the last frame fails when it is flushed, not when it is written
	deadline  time.Time
}

func (f *failing) SetWriteDeadline(deadline time.Time) error {
	f.deadline = deadline
	return nil
}

func (f *failing) Write(text []byte) (int, error) {
	if !f.deadline.Equal(time.Now().Add(10 * time.Second)) {
		f.t.Error("a frame has no deadline:", f.deadline)
	}
	if f.takes--; f.takes < 0 && !f.unflushed {
		return 0, errors.New("the client is gone")
	}
	return f.ResponseRecorder.Write(text)
}

func (f *failing) FlushError() error {
	if f.takes < 0 {
		return errors.New("the client is gone")
	}
	return nil
}

// TestAStreamEndsWithItsClient has a client that goes away when a result or a heartbeat is
// written.
func TestAStreamEndsWithItsClient(t *testing.T) {
	for _, test := range []struct {
		name      string
		takes     int
		unflushed bool
		after     time.Duration
	}{
		{name: "a result", takes: 1, after: 5 * time.Second},
		{name: "a result that is flushed", takes: 1, unflushed: true, after: 5 * time.Second},
		{name: "a heartbeat", takes: 2, after: 20 * time.Second},
		{name: "another heartbeat", takes: 3, after: 40 * time.Second},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				q, start := &quota{}, time.Now()
				server := newStreaming(q)
				go func() {
					time.Sleep(5 * time.Second)
					server.SendNextSubscriptionMessage()
				}()
				ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
				defer cancel()
				r := httptest.NewRequestWithContext(ctx, "POST", "/", strings.NewReader(`{"query": "subscription { name }"}`))
				r.Header.Set("Content-Type", "application/json")
				r.Header.Set("Accept", "text/event-stream")
				server.ServeHTTP(&failing{ResponseRecorder: httptest.NewRecorder(), t: t, takes: test.takes, unflushed: test.unflushed}, r)
				if took := time.Since(start).Truncate(time.Second); took != test.after {
					t.Errorf("the stream ends after %s, not %s", took, test.after)
				}
				q.checkReleased(t)
			})
		})
	}
}

// TestAnEventStreamHasItsOperations reserves an event stream, opens it, and runs operations in
// it until the server stops.
func TestAnEventStreamHasItsOperations(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q, stopping := &quota{}, make(chan struct{})
		server := newStoppable(q, stopping)
		owner := func(name string) context.Context { return context.WithValue(t.Context(), ownerKey{}, name) }
		reserved := send(owner("a"), server, "PUT", "/", "")
		if kind := reserved.Header().Get("Content-Type"); reserved.Code != 201 || kind != "text/plain; charset=utf-8" {
			t.Error(reserved.Code, kind)
		}
		token, response := "?token="+reserved.Body.String(), make(chan *httptest.ResponseRecorder)
		go func() { response <- send(owner("a"), server, "GET", "/"+token, "", "Accept", "text/event-stream") }()
		synctest.Wait()
		const subscribe = `{"query": "subscription { name }", "extensions": {"operationId": "s"}}`
		for _, test := range []struct {
			name, owner, method, url, body, accept string
			status                                 int
			subscriptions                          int32 // that count afterwards
		}{
			{name: "another owner's", owner: "b", method: "POST", url: token, body: subscribe, status: 404},
			{name: "no token", owner: "a", method: "DELETE", url: "?operationId=s", status: 400},
			{name: "another token", owner: "a", method: "POST", url: token + "x", body: subscribe, status: 404},
			{name: "opened again", owner: "a", method: "GET", url: token, accept: "text/event-stream", status: 409},
			{name: "a stream of its own", owner: "a", method: "GET", url: "?query={name}", accept: "text/event-stream", status: 200},
			{name: "a query by GET", owner: "a", method: "GET", url: token + `&query={name}&extensions={"operationId":"g"}`, status: 202},
			{name: "a query", owner: "a", method: "POST", url: token, body: `{"query": "{ name }", "extensions": {"operationId": "q"}}`, status: 202},
			{
				name: "a query of a client that accepts events", owner: "a", method: "POST", url: token, accept: "text/event-stream",
				body: `{"query": "{ name }", "extensions": {"operationId": "r"}}`, status: 202,
			},
			{
				name: "the longest id", owner: "a", method: "POST", url: token,
				body: `{"query": "{ name }", "extensions": {"operationId": "` + strings.Repeat("i", 128) + `"}}`, status: 202,
			},
			{
				name: "a longer one", owner: "a", method: "POST", url: token,
				body: `{"query": "{ name }", "extensions": {"operationId": "` + strings.Repeat("i", 129) + `"}}`, status: 400,
			},
			{name: "a subscription", owner: "a", method: "POST", url: token, body: subscribe, status: 202, subscriptions: 1},
			{name: "no operation to stop", owner: "a", method: "DELETE", url: token, status: 400, subscriptions: 1},
			{name: "an operation that has ended", owner: "a", method: "DELETE", url: token + "&operationId=q", status: 200, subscriptions: 1},
			{name: "the subscription", owner: "a", method: "DELETE", url: token + "&operationId=s", status: 200},
			{name: "its id again", owner: "a", method: "POST", url: token, body: subscribe, status: 202, subscriptions: 1},
		} {
			w := send(owner(test.owner), server, test.method, "/"+test.url, test.body, "Accept", test.accept)
			if time.Sleep(100 * time.Millisecond); w.Code != test.status || q.subscriptions.Load() != test.subscriptions {
				t.Errorf("%s: %d %s, and %d subscriptions count", test.name, w.Code, w.Body, q.subscriptions.Load())
			}
		}
		server.SendNextSubscriptionMessage()
		synctest.Wait()
		close(stopping)
		want := ":\n\n"
		for _, id := range []string{"g", "q", "r", strings.Repeat("i", 128)} {
			want += `event: next` + "\n" + `data: {"id":"` + id + `","payload":{"data":{"name":"test"}}}` + "\n\n" + "event: complete\n" + `data: {"id":"` + id + `"}` + "\n\n"
		}
		want += `event: next` + "\n" + `data: {"id":"s","payload":{"data":{"name":"test"}}}` + "\n\n"
		if got := (<-response).Body.String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
		if w := send(owner("a"), server, "POST", "/"+token, subscribe); w.Code != 404 {
			t.Error("the stream has not ended:", w.Code)
		}
		q.checkReleased(t)
		if w := send(owner("a"), server, "PUT", "/", ""); w.Code != 201 {
			t.Error("an ended stream counts:", w.Code)
		}
		time.Sleep(time.Minute) // it expires
		q.checkReleased(t)
	})
}

// TestLostEventsEndAnEventStream has a subscription that misses events: its client connects anew,
// with all operations.
func TestLostEventsEndAnEventStream(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := &quota{}
		server := newStreaming(q)
		token := "?token=" + send(t.Context(), server, "PUT", "/", "").Body.String()
		go func() {
			time.Sleep(time.Second)
			send(t.Context(), server, "POST", "/"+token, `{"query": "subscription { name }", "extensions": {"operationId": "s"}}`)
			server.SendCompleteSubscriptionMessage() // without a call of its CompleteFunc
		}()
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		w := send(ctx, server, "GET", "/"+token, "", "Accept", "text/event-stream")
		if got := w.Body.String(); got != ":\n\n" || ctx.Err() != nil {
			t.Errorf("%q, and the stream ends by itself: %t", got, ctx.Err() == nil)
		}
		q.checkReleased(t)
	})
}
