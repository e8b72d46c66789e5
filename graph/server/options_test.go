package server_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"rowhouse/graph/server"
	"rowhouse/graph/servertest"
	"rowhouse/tenancy"
)

// TestOptionsReachTheTransports opens a socket from a page of another origin, stops the server, and
// opens a stream, which then ends.
func TestOptionsReachTheTransports(t *testing.T) {
	stopping := make(chan struct{})
	s := servertest.New(t, func(o *server.Options) { o.Origins, o.Stopping = []string{"app.example"}, stopping })
	socket := servertest.Dial(t, s.Listen(t), http.Header{"Origin": {"https://app.example"}})
	socket.Init("acme")
	socket.Expect("connection_ack", "")
	close(stopping)
	if code, _ := socket.WaitClosed(); code != websocket.StatusServiceRestart {
		t.Errorf("the socket was closed with %d", code)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	body := servertest.Body(map[string]string{"query": "subscription { shelfChanged { shelfId } }"})
	s.Do(servertest.NewRequest(t, http.MethodPost, "/graphql", body, "Content-Type", "application/json",
		"Accept", "text/event-stream", tenancy.HeaderName, "acme").WithContext(ctx))
	if ctx.Err() != nil {
		t.Error("the stream goes on")
	}
}

// TestDeferredFragmentsArrive defers a fragment.
func TestDeferredFragmentsArrive(t *testing.T) {
	s := servertest.NewStateless()
	body := servertest.Body(map[string]string{"query": "{ tenant { name ... @defer { slug } } }"})
	w := s.Do(servertest.NewRequest(t, http.MethodPost, "/graphql", body, "Content-Type", "application/json",
		"Accept", "multipart/mixed; deferSpec=20220824", tenancy.HeaderName, "acme"))
	_, deferred, _ := strings.Cut(w.Body.String(), `"hasNext":true`)
	if !strings.Contains(deferred, `"slug":"acme"`) {
		t.Error(w.Body)
	}
}
