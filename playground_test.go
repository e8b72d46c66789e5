package main

import (
	"context"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
)

// getPlayground answers a GET of path with the Playground that files holds.
func getPlayground(t *testing.T, files fs.FS, path string) *httptest.ResponseRecorder {
	t.Helper()
	mux := http.NewServeMux()
	handlePlayground(mux, files, func(context.Context) []string { return []string{"acme", `a"><b`} })
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, request(t, http.MethodGet, path, ""))
	return w
}

var builtPlayground = fstest.MapFS{
	"web/dist/.gitkeep":            {},
	"web/dist/index.html":          {Data: []byte(`<meta name="tenants" content="{{.}}"><script src="/assets/index-B1x.js"></script>`)},
	"web/dist/assets/index-B1x.js": {Data: []byte("let it = 'run'")},
}

func TestTheBuiltPlaygroundIsConfined(t *testing.T) {
	for path, want := range map[string]struct{ cache, contentType, body string }{
		"/":                    {"no-cache", "text/html; charset=utf-8", `<meta name="tenants" content="acme a&#34;&gt;&lt;b"><script src="/assets/index-B1x.js"></script>`},
		"/assets/index-B1x.js": {"public, max-age=31536000, immutable", "text/javascript; charset=utf-8", "let it = 'run'"},
	} {
		w := getPlayground(t, builtPlayground, path)
		if w.Code != http.StatusOK || w.Body.String() != want.body {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
		for header, value := range map[string]string{
			"Cache-Control":           want.cache,
			"Content-Security-Policy": contentPolicy,
			"Content-Type":            want.contentType,
			"Referrer-Policy":         "no-referrer",
			"X-Content-Type-Options":  "nosniff",
		} {
			if got := w.Header().Get(header); got != value {
				t.Errorf("%s: %s: %q, not %q", path, header, got, value)
			}
		}
	}
	for _, source := range strings.FieldsFunc(contentPolicy, func(r rune) bool { return r == ' ' || r == ';' }) {
		if source == "*" || source == "'unsafe-eval'" || strings.Contains(source, "//") {
			t.Errorf("the policy allows %s", source)
		}
	}
}

func TestNothingButTheBuiltPlaygroundIsServed(t *testing.T) {
	for _, path := range []string{
		"/assets", "/assets/", "/assets/none.js", "/assets/index-B1x.js/", "/assets/a/b.js", "/index.html", "/.gitkeep",
		"/assets/..%2findex.html", "/assets/%2e%2e%2f.gitkeep", "/assets/..%5c..%5cgo.mod",
	} {
		w := getPlayground(t, builtPlayground, path)
		if w.Code != http.StatusNotFound && w.Code != http.StatusBadRequest {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
		if cache := w.Header().Get("Cache-Control"); cache != "" {
			t.Errorf("%s is cached: %s", path, cache)
		}
	}
}

func TestWithoutABuildThePlaygroundIsGqlgens(t *testing.T) {
	empty := fstest.MapFS{"web/dist/.gitkeep": {}}
	w := getPlayground(t, empty, "/")
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "text/html; charset=UTF-8" || !strings.Contains(w.Body.String(), "cdn.jsdelivr.net") {
		t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
	}
	// Its scripts are elsewhere.
	if policy := w.Header().Get("Content-Security-Policy"); policy != "" {
		t.Errorf("the policy %s", policy)
	}
	if w := getPlayground(t, empty, "/assets/index.js"); w.Code != http.StatusNotFound {
		t.Errorf("an asset: %d", w.Code)
	}
}
