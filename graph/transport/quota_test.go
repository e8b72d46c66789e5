package transport_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/99designs/gqlgen/graphql/handler/testserver"

	"rowhouse/graph/transport"
)

// TestRequestReleasesItsQuota sends requests that succeed, fail and are cancelled.
func TestRequestReleasesItsQuota(t *testing.T) {
	for _, test := range []struct {
		name   string
		method string // POST if empty
		accept string
		body   string
		status int
	}{
		{
			name:   "a query",
			body:   `{"query": "{ name }"}`,
			status: 200,
		},
		{
			name:   "a query over SSE",
			accept: sse,
			body:   `{"query": "{ name }"}`,
			status: 200,
		},
		{
			name:   "malformed JSON",
			body:   "{",
			status: 400,
		},
		{
			name:   "a syntax error",
			body:   `{"query": "{"}`,
			status: 200,
		},
		{
			name:   "a syntax error in application/graphql-response+json",
			accept: "application/graphql-response+json",
			body:   `{"query": "{"}`,
			status: 400,
		},
		{
			name:   "a syntax error over SSE",
			accept: sse,
			body:   `{"query": "{"}`,
			status: 200,
		},
		{
			name:   "a subscription without a stream",
			accept: "application/json",
			body:   `{"query": "subscription { name }"}`,
			status: 405,
		},
		{
			name:   "GET without a query",
			method: "GET",
			status: 400,
		},
		{
			name:   "a subscription whose client disconnects",
			accept: sse,
			body:   `{"query": "subscription { name }"}`,
			status: 200,
		},
		{
			name:   "an unsupported media type",
			accept: "image/png",
			body:   `{"query": "{ name }"}`,
			status: 406,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				q := &quota{}
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				method := "POST"
				if test.method != "" {
					method = test.method
				}
				if w := send(ctx, newServer(q), method, "/", test.body, "Accept", test.accept); w.Code != test.status {
					t.Errorf("%d %s", w.Code, w.Body)
				}
				q.checkReleased(t)
			})
		})
	}
}

func TestOperationAboveTheQuotaIsRejected(t *testing.T) {
	server := testserver.New()
	server.AddTransport(&transport.HTTP{
		WriteError: writeError,
		MaxBody:    1000,
		MaxTime:    time.Minute,
		Acquire: func(context.Context, transport.Resource, int) (func(), error) {
			return nil, errors.New("quota exceeded")
		},
	})
	if w := send(t.Context(), server, "POST", "/", `{"query": "{ name }"}`); w.Code != 429 || w.Body.String() != "quota exceeded\n" {
		t.Error(w.Code, w.Body)
	}
}

// TestSubscriptionAboveTheQuotaIsRejected has the error in the format of the stream: EventSource
// can't read other responses.
func TestSubscriptionAboveTheQuotaIsRejected(t *testing.T) {
	for _, test := range []struct {
		name     string
		accept   string
		status   int
		response string
	}{
		{
			name:     "SSE",
			accept:   sse,
			status:   200,
			response: ":\n\nevent: next\ndata: {\"errors\":[{\"message\":\"quota exceeded\"}]}\n\n" + completeEvent,
		},
		{
			name:     "multipart",
			accept:   multipart,
			status:   429,
			response: "quota exceeded\n",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			q := &quota{}
			q.subscriptions.Add(1)
			w := send(t.Context(), newServer(q), "POST", "/", `{"query": "subscription { name }"}`, "Accept", test.accept)
			if w.Code != test.status || w.Body.String() != test.response {
				t.Errorf("%d %q", w.Code, w.Body)
			}
		})
	}
}

// TestSharedStreamReleasesItsQuota rejects operations of a stream for each reason, and ends the
// stream while one runs: when its response has ended, its operations have.
func TestSharedStreamReleasesItsQuota(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := &quota{}
		server := newServer(q)
		stream := "/?token=" + send(t.Context(), server, "PUT", "/", "").Body.String()
		for _, test := range []struct {
			name, body string
			status     int
		}{
			{
				name:   "a subscription",
				body:   subscribe,
				status: 202,
			},
			{
				name:   "an id that is in use",
				body:   newQuery("s"),
				status: 409,
			},
			{
				name:   "a subscription above the quota",
				body:   `{"query": "subscription { name }", "extensions": {"operationId": "b"}}`,
				status: 429,
			},
			{
				name:   "the id of the rejected subscription",
				body:   `{"query": "subscription { name }", "extensions": {"operationId": "b"}}`,
				status: 429,
			},
			{
				name:   "no id",
				body:   `{"query": "{ name }"}`,
				status: 400,
			},
			{
				name:   "a syntax error",
				body:   `{"query": "{", "extensions": {"operationId": "c"}}`,
				status: 400,
			},
			{
				name:   "malformed JSON",
				body:   `{`,
				status: 400,
			},
		} {
			if w := send(t.Context(), server, "POST", stream, test.body); w.Code != test.status {
				t.Errorf("%s: %d %s", test.name, w.Code, w.Body)
			}
			if n := q.operations.Load(); n != 0 {
				t.Errorf("%s: %d operations are not released", test.name, n)
			}
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		send(ctx, server, "GET", stream, "", "Accept", sse)
		if n := q.subscriptions.Load(); n != 0 {
			t.Errorf("%d subscriptions run after the end of the response", n)
		}
		q.checkReleased(t)
	})
}
