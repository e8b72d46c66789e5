package transport_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/99designs/gqlgen/graphql/handler/testserver"
	"github.com/coder/websocket"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"rowhouse/graph/transport"
)

// broken is a schema whose execution panics, as gqlgen's may outside of resolvers.
type broken struct{ schema *ast.Schema }

func (b broken) Schema() *ast.Schema { return b.schema }

func (broken) Complexity(context.Context, string, string, int, map[string]any) (int, bool) {
	return 0, false
}

func (broken) Exec(context.Context) graphql.ResponseHandler { panic("hunter2") }

// open lets everything begin.
func open(context.Context, transport.Resource, int) (func(), error) { return func() {}, nil }

// TestAPanicKillsNoServer lets the executor panic in goroutines of ours, which nobody else
// recovers.
func TestAPanicKillsNoServer(t *testing.T) {
	server := handler.New(broken{gqlparser.MustLoadSchema(&ast.Source{Input: "type Query { name: String } type Subscription { name: String }"})})
	server.AddTransport(transport.WebSocket{
		Init:    func(ctx context.Context, _ *http.Request, _ map[string]any) (context.Context, error) { return ctx, nil },
		Acquire: open, MaxTime: time.Second,
	})
	server.AddTransport(&transport.HTTP{WriteError: func(http.ResponseWriter, *http.Request, error) { t.Error("no request") }, MaxBody: 1000, MaxTime: time.Second, Acquire: open})
	server.SetErrorPresenter(func(_ context.Context, err error) *gqlerror.Error {
		if !strings.Contains(err.Error(), "panic: hunter2") {
			t.Error(err)
		}
		return gqlerror.Errorf("masked")
	})
	listening := httptest.NewServer(server)
	defer listening.Close()
	for _, query := range []string{"{ name }", "subscription { name }"} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader(`{"query": "`+query+`"}`))
		r.Header = http.Header{"Content-Type": {"application/json"}, "Accept": {"text/event-stream"}}
		w := httptest.NewRecorder()
		server.ServeHTTP(w, r)
		if got := w.Body.String(); got != ":\n\nevent: next\ndata: {\"errors\":[{\"message\":\"masked\"}]}\n\nevent: complete\ndata: \n\n" {
			t.Error(w.Body)
		}
		c, _, err := websocket.Dial(t.Context(), listening.URL, &websocket.DialOptions{Subprotocols: []string{"graphql-transport-ws"}}) //nolint:bodyclose // the library closes it
		if err != nil {
			t.Fatal(err)
		}
		for _, message := range []string{`{"type": "connection_init"}`, `{"id": "a", "type": "subscribe", "payload": {"query": "` + query + `"}}`} {
			if err := c.Write(t.Context(), websocket.MessageText, []byte(message)); err != nil {
				t.Fatal(err)
			}
		}
		for _, want := range []string{"connection_ack", `"type":"error","payload":[{"message":"masked"}]`} {
			if _, got, err := c.Read(t.Context()); err != nil || !strings.Contains(string(got), want) {
				t.Errorf("%s %v", got, err)
			}
		}
		_ = c.CloseNow()
	}
}

// TestAnotherSitesPageGetsNothing sends what a browser sends for a page of another site
// without asking first, and what it asks for.
func TestAnotherSitesPageGetsNothing(t *testing.T) {
	server := testserver.New()
	server.AddTransport(&transport.HTTP{
		WriteError: func(w http.ResponseWriter, _ *http.Request, err error) {
			http.Error(w, err.Error(), http.StatusBadRequest)
		},
		PreflightHeaders: []string{"Apollo-Require-Preflight", "X-Apollo-Operation-Name"},
		MaxTime:          time.Second,
		Acquire:          open,
	})
	for _, test := range []struct {
		name   string
		header http.Header
		status int
	}{
		{"nothing", nil, 400},
		{"a form's type", http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, 400},
		{"a form with files", http.Header{"Content-Type": {"multipart/form-data; boundary=x"}}, 400},
		{"a text", http.Header{"Content-Type": {"text/plain;charset=UTF-8"}}, 400},
		{"no type at all", http.Header{"Content-Type": {"/"}}, 400},
		{"an empty header", http.Header{"Apollo-Require-Preflight": {""}}, 400},
		{"Apollo's header", http.Header{"Apollo-Require-Preflight": {"true"}}, 200},
		{"the operation's name", http.Header{"X-Apollo-Operation-Name": {"Board"}}, 200},
		{"JSON", http.Header{"Content-Type": {"application/json"}}, 200},
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/graphql?query="+url.QueryEscape("{ name }"), nil)
		for name, values := range test.header {
			r.Header[name] = values
		}
		w := httptest.NewRecorder()
		server.ServeHTTP(w, r)
		if w.Code != test.status {
			t.Errorf("%s: %d %s", test.name, w.Code, w.Body)
		}
	}
}
