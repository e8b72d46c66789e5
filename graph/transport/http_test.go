package transport_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql/handler/testserver"

	"rowhouse/graph/transport"
)

// TestAnotherSitesPageGetsNothing sends what a browser sends for a page of another site
// without asking first, and what it asks for.
func TestAnotherSitesPageGetsNothing(t *testing.T) {
	server := testserver.New()
	server.AddTransport(transport.HTTP{
		Fail: func(w http.ResponseWriter, _ *http.Request, err error) {
			http.Error(w, err.Error(), http.StatusBadRequest)
		},
		Preflighted: []string{"Apollo-Require-Preflight", "X-Apollo-Operation-Name"},
		Time:        time.Second,
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
