package transport_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql/handler/testserver"

	"rowhouse/graph/transport"
)

// The tests use two kinds of servers. Those of this file, deferrig_test.go and socketrig_test.go have
// one transport: they run in memory and with fake time, so a test compares the bytes and times of a
// protocol. Those of package servertest also have tenants, limits, error codes and connections.

// quota counts the resources of all tenants. It allows one socket, one subscription and any number
// of operations.
type quota struct{ sockets, operations, subscriptions atomic.Int32 }

func (q *quota) acquire(_ context.Context, resource transport.Resource, _ int) (release func(), err error) {
	count := map[transport.Resource]*atomic.Int32{
		transport.Sockets: &q.sockets, transport.Operations: &q.operations, transport.Subscriptions: &q.subscriptions,
	}[resource]
	if count.Add(1) > 1 && resource != transport.Operations {
		count.Add(-1)
		return nil, errors.New("quota exceeded")
	}
	return func() {
		time.Sleep(time.Millisecond) // in a synctest bubble: code that does not wait for it continues first
		count.Add(-1)
	}, nil
}

// checkReleased fails if a count is not zero after a second.
func (q *quota) checkReleased(t *testing.T) {
	t.Helper()
	time.Sleep(time.Second)
	sockets, operations, subscriptions := q.sockets.Load(), q.operations.Load(), q.subscriptions.Load()
	if sockets != 0 || operations != 0 || subscriptions != 0 {
		t.Errorf("%d sockets, %d operations and %d subscriptions are not released", sockets, operations, subscriptions)
	}
}

// acquireAny is a quota without a limit.
func acquireAny(context.Context, transport.Resource, int) (release func(), err error) {
	return func() {}, nil
}

// writeError writes the message of a rejected request, with status 429 for an exceeded quota.
func writeError(w http.ResponseWriter, _ *http.Request, err error) {
	status := http.StatusTooManyRequests
	if e := (*transport.Error)(nil); errors.As(err, &e) {
		status = e.Status
	}
	http.Error(w, err.Error(), status)
}

// ownerKey is the context key of the owner of event streams.
type ownerKey struct{}

// newServer returns a server whose subscription, name, has no events until the test sends one.
func newServer(q *quota) *testserver.TestServer { return newStoppableServer(q, nil) }

// newStoppableServer is newServer with a channel that the test closes to stop the server.
func newStoppableServer(q *quota, stopping <-chan struct{}) *testserver.TestServer {
	server := testserver.New()
	server.AddTransport(&transport.HTTP{
		WriteError: writeError,
		MaxBody:    1000,
		MaxTime:    time.Minute,
		Acquire:    q.acquire,
		Stopping:   stopping,
		Owner:      func(ctx context.Context) any { return ctx.Value(ownerKey{}) },
	})
	return server
}

// send sends a request with a JSON body. headers are names and values.
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
