package transport_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/99designs/gqlgen/graphql/handler/testserver"

	"rowhouse/graph/transport"
)

// quota counts open streams and subscriptions of all tenants, and allows one of each. It does not
// limit operations.
type quota struct{ sockets, operations, subscriptions atomic.Int32 }

func (q *quota) open(_ context.Context, what transport.Resource, _ int) (func(), error) {
	count := map[transport.Resource]*atomic.Int32{transport.Sockets: &q.sockets, transport.Operations: &q.operations, transport.Subscriptions: &q.subscriptions}[what]
	if count.Add(1) > 1 && what != transport.Operations {
		count.Add(-1)
		return nil, errors.New("too many")
	}
	return func() {
		time.Sleep(time.Millisecond) // in a synctest bubble: whoever does not wait for it is ahead
		count.Add(-1)
	}, nil
}

// checkReleased fails if a count is not zero.
func (q *quota) checkReleased(t *testing.T) {
	t.Helper()
	time.Sleep(time.Second) // the bubble's
	if q.sockets.Load() != 0 || q.operations.Load() != 0 || q.subscriptions.Load() != 0 {
		t.Errorf("%d sockets, %d operations and %d subscriptions count when all have ended", q.sockets.Load(), q.operations.Load(), q.subscriptions.Load())
	}
}

type ownerKey struct{}

// newStreaming returns a server whose only subscription, name, has no events until the test
// sends one.
func newStreaming(q *quota) *testserver.TestServer { return newStoppable(q, nil) }

// newStoppable returns such a server, which ends its streams when stopping is closed. The owner
// of an event stream is the context's value of ownerKey.
func newStoppable(q *quota, stopping <-chan struct{}) *testserver.TestServer {
	server := testserver.New()
	server.AddTransport(&transport.HTTP{
		WriteError: func(w http.ResponseWriter, _ *http.Request, err error) {
			status := http.StatusTooManyRequests
			if e := (*transport.Error)(nil); errors.As(err, &e) {
				status = e.Status
			}
			http.Error(w, err.Error(), status)
		},
		MaxBody: 1000, MaxTime: time.Minute, Acquire: q.open, Stopping: stopping, Owner: func(ctx context.Context) any { return ctx.Value(ownerKey{}) },
	})
	return server
}

func send(ctx context.Context, server http.Handler, method, target, body string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequestWithContext(ctx, method, target, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	server.ServeHTTP(w, r)
	return w
}

// TestStreamsAreKeptOpen waits three minutes without an event: each kind of stream sends a heartbeat
// at the beginning and three times a minute.
func TestStreamsAreKeptOpen(t *testing.T) {
	for _, test := range []struct{ name, accept, begin, heartbeat string }{
		{name: "events", accept: "text/event-stream", heartbeat: ":\n\n"},
		{name: "parts", accept: "multipart/mixed;subscriptionSpec=1.0", begin: "\r\n--graphql", heartbeat: "\r\nContent-Type: application/json; charset=utf-8\r\n\r\n{}\r\n--graphql"},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				q := &quota{}
				ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute+time.Second)
				defer cancel()
				w := send(ctx, newStreaming(q), "POST", "/", `{"query": "subscription { name }"}`, "Accept", test.accept)
				if got, want := w.Body.String(), test.begin+strings.Repeat(test.heartbeat, 10); got != want {
					t.Errorf("%q, want %q", got, want)
				}
				q.checkReleased(t)
			})
		})
	}
}

// TestAReservationExpires waits until a stream that no request opens has ended, with its operations.
// A stream that was opened stays open.
func TestAReservationExpires(t *testing.T) {
	for _, test := range []struct {
		name          string
		opened, after time.Duration
		status        int
	}{
		{name: "in time", after: 29 * time.Second, status: 202},
		{name: "too late", after: 31 * time.Second, status: 404},
		{name: "open in time", opened: 29 * time.Second, after: 10 * time.Minute, status: 202},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				q := &quota{}
				server := newStreaming(q)
				ctx, leave := context.WithCancel(t.Context())
				defer leave()
				token := send(ctx, server, "PUT", "/", "").Body.String()
				ask := func(method, body string) int {
					return send(ctx, server, method, "/?token="+token, body, "Accept", map[string]string{"GET": "text/event-stream"}[method]).Code
				}
				if status := ask("POST", `{"query": "subscription { name }", "extensions": {"operationId": "a"}}`); status != 202 {
					t.Fatal(status)
				}
				if second := send(ctx, server, "PUT", "/", ""); second.Code != 429 {
					t.Error("a second stream:", second.Code)
				}
				if test.opened > 0 {
					time.Sleep(test.opened)
					go ask("GET", "")
				}
				time.Sleep(test.after - test.opened)
				if status := ask("POST", `{"query": "{ name }", "extensions": {"operationId": "b"}}`); status != test.status {
					t.Error(status)
				}
				if time.Sleep(100 * time.Millisecond); (q.operations.Load() == 1) != (test.status == 202 && test.opened == 0) {
					t.Errorf("%d operations count, while a result waits or not", q.operations.Load())
				}
				leave()
				time.Sleep(31 * time.Second)
				q.checkReleased(t)
			})
		})
	}
}

// TestEveryRequestReleasesItsQuota sends requests that succeed, fail and are cancelled.
func TestEveryRequestReleasesItsQuota(t *testing.T) {
	for _, test := range []struct {
		name, method, accept, body string
		status                     int
	}{
		{name: "a query", method: "POST", body: `{"query": "{ name }"}`, status: 200},
		{name: "a query, in events", method: "POST", accept: "text/event-stream", body: `{"query": "{ name }"}`, status: 200},
		{name: "no JSON", method: "POST", body: "{", status: 400},
		{name: "no document", method: "POST", body: `{"query": "{"}`, status: 200},
		{name: "no document, typed", method: "POST", accept: "application/graphql-response+json", body: `{"query": "{"}`, status: 400},
		{name: "no document, in events", method: "POST", accept: "text/event-stream", body: `{"query": "{"}`, status: 200},
		{name: "no stream", method: "POST", accept: "application/json", body: `{"query": "subscription { name }"}`, status: 405},
		{name: "no method", method: "GET", body: "", status: 400},
		{name: "a subscription of a client that is gone", method: "POST", accept: "text/event-stream", body: `{"query": "subscription { name }"}`, status: 200},
		{name: "nothing that it accepts", method: "POST", accept: "image/png", body: `{"query": "{ name }"}`, status: 406},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				q := &quota{}
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				server := newStreaming(q)
				if w := send(ctx, server, test.method, "/", test.body, "Accept", test.accept); w.Code != test.status {
					t.Errorf("%d %s", w.Code, w.Body)
				}
				q.checkReleased(t)
			})
		})
	}
}

// TestAnOperationTooManyIsRefused has a server that runs none.
func TestAnOperationTooManyIsRefused(t *testing.T) {
	server := testserver.New()
	server.AddTransport(&transport.HTTP{
		WriteError: func(w http.ResponseWriter, _ *http.Request, err error) {
			http.Error(w, err.Error(), http.StatusTooManyRequests)
		},
		MaxBody: 1000, MaxTime: time.Minute,
		Acquire: func(context.Context, transport.Resource, int) (func(), error) { return nil, errors.New("too many") },
	})
	if w := send(t.Context(), server, "POST", "/", `{"query": "{ name }"}`); w.Code != 429 || w.Body.String() != "too many\n" {
		t.Error(w.Code, w.Body)
	}
}

// TestASubscriptionTooManyIsRefused has one more subscription than may be open, which is
// refused in the form that its client waits for.
func TestASubscriptionTooManyIsRefused(t *testing.T) {
	for _, test := range []struct {
		name, accept, query string
		status              int
		response            string
	}{
		{name: "events", accept: "text/event-stream", query: "subscription { name }", status: 200, response: ":\n\nevent: next\ndata: {\"errors\":[{\"message\":\"too many\"}]}\n\nevent: complete\ndata: \n\n"},
		{name: "parts", accept: "multipart/mixed;subscriptionSpec=1.0", query: "subscription { name }", status: 429, response: "too many\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			q := &quota{}
			q.subscriptions.Add(1)
			w := send(t.Context(), newStreaming(q), "POST", "/", `{"query": "`+test.query+`"}`, "Accept", test.accept)
			if w.Code != test.status || w.Body.String() != test.response {
				t.Errorf("%d %q", w.Code, w.Body)
			}
		})
	}
}

// TestAnEventStreamReleasesItsQuota refuses operations of a stream in each way, and ends it
// while one runs: when its response has ended, its operations have.
func TestAnEventStreamReleasesItsQuota(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := &quota{}
		server := newStreaming(q)
		token := send(t.Context(), server, "PUT", "/", "").Body.String()
		for _, test := range []struct {
			name, body string
			status     int
		}{
			{name: "a subscription", body: `{"query": "subscription { name }", "extensions": {"operationId": "a"}}`, status: 202},
			{name: "its id", body: `{"query": "{ name }", "extensions": {"operationId": "a"}}`, status: 409},
			{name: "one too many", body: `{"query": "subscription { name }", "extensions": {"operationId": "b"}}`, status: 429},
			{name: "no id", body: `{"query": "{ name }"}`, status: 400},
			{name: "no document", body: `{"query": "{", "extensions": {"operationId": "c"}}`, status: 400},
			{name: "no JSON", body: `{`, status: 400},
		} {
			if w := send(t.Context(), server, "POST", "/?token="+token, test.body); w.Code != test.status {
				t.Errorf("%s: %d %s", test.name, w.Code, w.Body)
			}
			if n := q.operations.Load(); n != 0 {
				t.Errorf("%s: %d operations count", test.name, n)
			}
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		send(ctx, server, "GET", "/?token="+token, "", "Accept", "text/event-stream")
		if n := q.subscriptions.Load(); n != 0 {
			t.Errorf("%d subscriptions count when the response has ended", n)
		}
		q.checkReleased(t)
	})
}
