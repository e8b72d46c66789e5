package transport_test

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/99designs/gqlgen/graphql/handler/testserver"

	"rowhouse/graph/transport"
)

// subscribe is a body with a subscription in single connection mode.
const subscribe = `{"query": "subscription { name }", "extensions": {"operationId": "s"}}`

// newQuery returns a body with a query in single connection mode.
func newQuery(id string) string {
	return `{"query": "{ name }", "extensions": {"operationId": "` + id + `"}}`
}

// TestReservationExpires waits until a stream that was not opened has ended, with its operations.
func TestReservationExpires(t *testing.T) {
	for _, test := range []struct {
		name          string
		opened, after time.Duration
		status        int
	}{
		{
			name:   "before it expires",
			after:  29 * time.Second,
			status: 202,
		},
		{
			name:   "after it expires",
			after:  31 * time.Second,
			status: 404,
		},
		{
			name:   "opened before it expires",
			opened: 29 * time.Second,
			after:  10 * time.Minute,
			status: 202,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				q := &quota{}
				server := newServer(q)
				ctx, disconnect := context.WithCancel(t.Context())
				defer disconnect()
				stream := "/?token=" + send(ctx, server, "PUT", "/", "").Body.String()
				if w := send(ctx, server, "POST", stream, subscribe); w.Code != 202 {
					t.Fatal(w.Code)
				}
				if w := send(ctx, server, "PUT", "/", ""); w.Code != 429 {
					t.Error("a second stream:", w.Code)
				}
				if test.opened > 0 {
					time.Sleep(test.opened)
					go send(ctx, server, "GET", stream, "", "Accept", sse)
				}
				time.Sleep(test.after - test.opened)
				if w := send(ctx, server, "POST", stream, newQuery("q")); w.Code != test.status {
					t.Error(w.Code)
				}
				time.Sleep(100 * time.Millisecond)
				if blocks := q.operations.Load() == 1; blocks != (test.status == 202 && test.opened == 0) {
					t.Errorf("the query blocks until the stream is open: %t", blocks)
				}
				disconnect()
				time.Sleep(31 * time.Second)
				q.checkReleased(t)
			})
		})
	}
}

// TestSharedStreamHasSeveralOperations reserves an event stream, opens it, and runs operations in it
// until the server stops.
func TestSharedStreamHasSeveralOperations(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q, stopping := &quota{}, make(chan struct{})
		server := newStoppableServer(q, stopping)
		owner := context.WithValue(t.Context(), ownerKey{}, "a")
		reserved := send(owner, server, "PUT", "/", "")
		if contentType := reserved.Header().Get("Content-Type"); reserved.Code != 201 || contentType != "text/plain; charset=utf-8" {
			t.Error(reserved.Code, contentType)
		}
		stream, response := "/?token="+reserved.Body.String(), make(chan *httptest.ResponseRecorder)
		go func() { response <- send(owner, server, "GET", stream, "", "Accept", sse) }()
		synctest.Wait()
		sendOperations(t, server, q, stream)
		server.SendNextSubscriptionMessage()
		synctest.Wait()
		close(stopping)
		want := ":\n\n"
		for _, id := range []string{"g", "q", "r", strings.Repeat("i", 128)} {
			want += "event: next\ndata: {\"id\":\"" + id + "\",\"payload\":{\"data\":{\"name\":\"test\"}}}\n\n" +
				"event: complete\ndata: {\"id\":\"" + id + "\"}\n\n"
		}
		want += "event: next\ndata: {\"id\":\"s\",\"payload\":{\"data\":{\"name\":\"test\"}}}\n\n"
		if got := (<-response).Body.String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
		if w := send(owner, server, "POST", stream, subscribe); w.Code != 404 {
			t.Error("the stream has not ended:", w.Code)
		}
		q.checkReleased(t)
		if w := send(owner, server, "PUT", "/", ""); w.Code != 201 {
			t.Error("the quota of an ended stream is not released:", w.Code)
		}
		time.Sleep(time.Minute) // until the reservation has expired
		q.checkReleased(t)
	})
}

// sendOperations starts and stops operations of an open stream of the owner "a".
func sendOperations(t *testing.T, server *testserver.TestServer, q *quota, stream string) {
	for _, test := range []struct {
		name          string
		owner         string // "a" if empty
		method        string
		url           string
		body          string
		accept        string
		status        int
		subscriptions int32 // that run afterwards
	}{
		{
			name:   "another owner",
			owner:  "b",
			method: "POST",
			url:    stream,
			body:   subscribe,
			status: 404,
		},
		{
			name:   "no token",
			method: "DELETE",
			url:    "/?operationId=s",
			status: 400,
		},
		{
			name:   "an unknown token",
			method: "POST",
			url:    stream + "x",
			body:   subscribe,
			status: 404,
		},
		{
			name:   "the stream is already open",
			method: "GET",
			url:    stream,
			accept: sse,
			status: 409,
		},
		{
			name:   "a query in distinct connections mode",
			method: "GET",
			url:    "/?query={name}",
			accept: sse,
			status: 200,
		},
		{
			name:   "a query by GET",
			method: "GET",
			url:    stream + `&query={name}&extensions={"operationId":"g"}`,
			status: 202,
		},
		{
			name:   "a query",
			method: "POST",
			url:    stream,
			body:   newQuery("q"),
			status: 202,
		},
		{
			name:   "a query of a client that accepts event streams",
			method: "POST",
			url:    stream,
			body:   newQuery("r"),
			accept: sse,
			status: 202,
		},
		{
			name:   "a syntax error of a client that accepts event streams",
			method: "POST",
			url:    stream,
			body:   `{"query": "{", "extensions": {"operationId": "e"}}`,
			accept: sse,
			status: 400,
		},
		{
			name:   "the longest id",
			method: "POST",
			url:    stream,
			body:   newQuery(strings.Repeat("i", 128)),
			status: 202,
		},
		{
			name:   "an id that is too long",
			method: "POST",
			url:    stream,
			body:   newQuery(strings.Repeat("i", 129)),
			status: 400,
		},
		{
			name:          "a subscription",
			method:        "POST",
			url:           stream,
			body:          subscribe,
			status:        202,
			subscriptions: 1,
		},
		{
			name:          "stop without an id",
			method:        "DELETE",
			url:           stream,
			status:        400,
			subscriptions: 1,
		},
		{
			name:          "stop a query that has ended",
			method:        "DELETE",
			url:           stream + "&operationId=q",
			status:        200,
			subscriptions: 1,
		},
		{
			name:   "stop the subscription",
			method: "DELETE",
			url:    stream + "&operationId=s",
			status: 200,
		},
		{
			name:          "a subscription with the id of the stopped one",
			method:        "POST",
			url:           stream,
			body:          subscribe,
			status:        202,
			subscriptions: 1,
		},
	} {
		owner := context.WithValue(t.Context(), ownerKey{}, "a")
		if test.owner != "" {
			owner = context.WithValue(t.Context(), ownerKey{}, test.owner)
		}
		w := send(owner, server, test.method, test.url, test.body, "Accept", test.accept)
		time.Sleep(100 * time.Millisecond)
		if n := q.subscriptions.Load(); w.Code != test.status || n != test.subscriptions {
			t.Errorf("%s: %d %s, and %d subscriptions run", test.name, w.Code, w.Body, n)
		}
	}
}

// TestSyntaxErrorOfASharedStreamHasStatus400 has no stream as a response, although a client accepts
// one.
func TestSyntaxErrorOfASharedStreamHasStatus400(t *testing.T) {
	for accept, mediaType := range map[string]string{
		"application/json":                  "application/json",
		"application/graphql-response+json": "application/graphql-response+json",
		sse:                                 "application/json",
	} {
		synctest.Test(t, func(t *testing.T) {
			q := &quota{}
			server := newServer(q)
			stream := "/?token=" + send(t.Context(), server, "PUT", "/", "").Body.String()
			w := send(t.Context(), server, "POST", stream, `{"query": "{"}`, "Accept", accept)
			if got := w.Header().Get("Content-Type"); w.Code != 400 || got != mediaType+"; charset=utf-8" {
				t.Errorf("%s: %d %s", accept, w.Code, got)
			}
			time.Sleep(time.Minute) // until the reservation has expired
			q.checkReleased(t)
		})
	}
}

// TestServerHasSeveralSharedStreams reserves two streams and uses both.
func TestServerHasSeveralSharedStreams(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := testserver.New()
		server.AddTransport(&transport.HTTP{
			WriteError: writeError,
			MaxBody:    1000,
			MaxTime:    time.Minute,
			Acquire:    acquireAny,
			Owner:      func(context.Context) any { return nil },
		})
		first := "/?token=" + send(t.Context(), server, "PUT", "/", "").Body.String()
		second := "/?token=" + send(t.Context(), server, "PUT", "/", "").Body.String()
		for _, stream := range []string{first, second} {
			if w := send(t.Context(), server, "POST", stream, newQuery("q")); w.Code != 202 {
				t.Errorf("%d %s", w.Code, w.Body)
			}
		}
		time.Sleep(time.Minute) // until the reservations have expired
	})
}

// TestTokenMayBeInTheHeader opens a stream whose token is not in the URL.
func TestTokenMayBeInTheHeader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := &quota{}
		server := newServer(q)
		token := send(t.Context(), server, "PUT", "/", "").Body.String()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		w := send(ctx, server, "GET", "/", "", "Accept", sse, transport.StreamTokenHeader, token)
		if got := w.Body.String(); w.Code != 200 || got != ":\n\n" {
			t.Errorf("%d %q", w.Code, got)
		}
		if w := send(t.Context(), server, "GET", "/?token="+token, "", "Accept", sse); w.Code != 404 {
			t.Error("the stream is opened again:", w.Code)
		}
		q.checkReleased(t)
	})
}

// TestLostEventsEndASharedStream has a subscription that ends without a call of its CompleteFunc.
// Its client then connects again, with all operations.
func TestLostEventsEndASharedStream(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := &quota{}
		server := newServer(q)
		stream := "/?token=" + send(t.Context(), server, "PUT", "/", "").Body.String()
		go func() {
			time.Sleep(time.Second)
			send(t.Context(), server, "POST", stream, subscribe)
			server.SendCompleteSubscriptionMessage()
		}()
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		w := send(ctx, server, "GET", stream, "", "Accept", sse)
		if got := w.Body.String(); got != ":\n\n" || ctx.Err() != nil {
			t.Errorf("%q, and the stream ends by itself: %t", got, ctx.Err() == nil)
		}
		q.checkReleased(t)
	})
}
