package transport_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/coder/websocket"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"rowhouse/graph/transport"
)

// panickingSchema is a schema whose execution panics, as gqlgen's may outside of resolvers.
type panickingSchema struct{ schema *ast.Schema }

func (s panickingSchema) Schema() *ast.Schema { return s.schema }

func (panickingSchema) Complexity(context.Context, string, string, int, map[string]any) (int, bool) {
	return 0, false
}

func (panickingSchema) Exec(context.Context) graphql.ResponseHandler { panic("hunter2") }

// newPanickingServer returns a server whose execution panics. Its error presenter masks the panic.
func newPanickingServer(t *testing.T) http.Handler {
	server := handler.New(panickingSchema{gqlparser.MustLoadSchema(&ast.Source{
		Input: "type Query { name: String } type Subscription { name: String }",
	})})
	server.AddTransport(transport.WebSocket{
		Init:    func(ctx context.Context, _ *http.Request, _ map[string]any) (context.Context, error) { return ctx, nil },
		Acquire: acquireAny,
		MaxTime: time.Second,
	})
	server.AddTransport(&transport.HTTP{
		WriteError: func(http.ResponseWriter, *http.Request, error) { t.Error("the request is rejected") },
		MaxBody:    1000,
		MaxTime:    time.Second,
		Acquire:    acquireAny,
	})
	server.SetErrorPresenter(func(_ context.Context, err error) *gqlerror.Error {
		if !strings.Contains(err.Error(), "panic: hunter2") {
			t.Error(err)
		}
		return gqlerror.Errorf("masked")
	})
	return server
}

// TestPanicOfTheExecutorIsRecovered has an executor that panics in goroutines of the transports,
// which net/http does not recover.
func TestPanicOfTheExecutorIsRecovered(t *testing.T) {
	server := newPanickingServer(t)
	listening := httptest.NewServer(server)
	defer listening.Close()
	for _, query := range []string{"{ name }", "subscription { name }"} {
		const masked = `{"errors":[{"message":"masked"}]}`
		w := send(t.Context(), server, "POST", "/", `{"query": "`+query+`"}`, "Accept", "text/event-stream")
		if got, want := w.Body.String(), ":\n\nevent: next\ndata: "+masked+"\n\nevent: complete\ndata: \n\n"; got != want {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
		c, _, err := websocket.Dial(t.Context(), listening.URL, &websocket.DialOptions{ //nolint:bodyclose // the library closes it
			Subprotocols: []string{"graphql-transport-ws"},
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, message := range []string{
			`{"type": "connection_init"}`,
			`{"id": "a", "type": "subscribe", "payload": {"query": "` + query + `"}}`,
		} {
			if err := c.Write(t.Context(), websocket.MessageText, []byte(message)); err != nil {
				t.Fatal(err)
			}
		}
		for _, want := range []string{"connection_ack", `"type":"error","payload":[{"message":"masked"}]`} {
			if _, got, err := c.Read(t.Context()); err != nil || !strings.Contains(string(got), want) {
				t.Errorf("%s: %s %v", query, got, err)
			}
		}
		_ = c.CloseNow()
	}
}
