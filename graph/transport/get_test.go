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

// TestGETNeedsAPreflight sends the headers that a browser sends to another origin without a CORS
// preflight, and those that need one.
func TestGETNeedsAPreflight(t *testing.T) {
	server := testserver.New()
	server.AddTransport(&transport.HTTP{
		WriteError:       writeError,
		PreflightHeaders: []string{"Apollo-Require-Preflight", "X-Apollo-Operation-Name"},
		MaxTime:          time.Second,
		Acquire:          acquireAny,
	})
	for _, test := range []struct {
		name   string
		header http.Header
		status int
	}{
		{
			name:   "no header",
			status: http.StatusBadRequest,
		},
		{
			name:   "the Content-Type of a form",
			header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}},
			status: http.StatusBadRequest,
		},
		{
			name:   "the Content-Type of a form with files",
			header: http.Header{"Content-Type": {"multipart/form-data; boundary=x"}},
			status: http.StatusBadRequest,
		},
		{
			name:   "plain text",
			header: http.Header{"Content-Type": {"text/plain;charset=UTF-8"}},
			status: http.StatusBadRequest,
		},
		{
			name:   "a malformed Content-Type",
			header: http.Header{"Content-Type": {"/"}},
			status: http.StatusBadRequest,
		},
		{
			name:   "an empty header",
			header: http.Header{"Apollo-Require-Preflight": {""}},
			status: http.StatusBadRequest,
		},
		{
			name:   "Apollo-Require-Preflight",
			header: http.Header{"Apollo-Require-Preflight": {"true"}},
			status: http.StatusOK,
		},
		{
			name:   "X-Apollo-Operation-Name",
			header: http.Header{"X-Apollo-Operation-Name": {"Board"}},
			status: http.StatusOK,
		},
		{
			name:   "JSON",
			header: http.Header{"Content-Type": {"application/json"}},
			status: http.StatusOK,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/graphql?query="+url.QueryEscape("{ name }"), nil)
			for name, values := range test.header {
				r.Header[name] = values
			}
			w := httptest.NewRecorder()
			server.ServeHTTP(w, r)
			if w.Code != test.status {
				t.Errorf("%d %s", w.Code, w.Body)
			}
		})
	}
}
