package playground

import (
	"context"
	"encoding/json"
	"html"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
)

var testOptions = Options{
	Title:    "A <b> title",
	Endpoint: "/api",
	Tenants:  func(context.Context) []string { return []string{"first", `a"><b`} },
	Tabs: []Tab{
		{Query: "query One { one }"},
		{Query: "query Two { two }", Variables: json.RawMessage(`{"b": "$.ones.0.id", "a": 1}`)},
	},
	Lookup: "{ ones { id } }",
}

// builtPage is the file system that `make web` leaves, with one asset.
var builtPage = fstest.MapFS{
	"dist/.gitkeep":            {},
	"dist/index.html":          {Data: []byte(`<meta name="settings" content="{{.Settings}}"><title>{{.Title}}</title>`)},
	"dist/assets/index-B1x.js": {Data: []byte("let it = 'run'")},
}

// get requests a path from the page in files.
func get(t *testing.T, files fs.FS, options Options, path string) *httptest.ResponseRecorder {
	t.Helper()
	mux := http.NewServeMux()
	mountFiles(mux, files, options)
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, http.NoBody))
	return w
}

func TestPageContainsSettings(t *testing.T) {
	body := get(t, builtPage, testOptions, "/").Body.String()
	if strings.Contains(body, "<b") || !strings.Contains(body, "<title>A &lt;b&gt; title</title>") {
		t.Errorf("the page is not escaped: %s", body)
	}
	_, content, _ := strings.Cut(body, `content="`)
	content, _, _ = strings.Cut(content, `">`)
	want := `{"title":"A \u003cb\u003e title","endpoint":"/api","header":"X-Tenant-ID","tenants":["first","a\"\u003e\u003cb"],` +
		`"tabs":[{"query":"query One { one }"},{"query":"query Two { two }","variables":{"b":"$.ones.0.id","a":1}}],` +
		`"lookup":"{ ones { id } }"}`
	if got := html.UnescapeString(content); got != want {
		t.Errorf("settings:\n%s, want\n%s", got, want)
	}
}

func TestPageLoadsNothingFromOtherHosts(t *testing.T) {
	for path, want := range map[string]struct{ cache, contentType string }{
		"/":                    {cache: "no-cache", contentType: "text/html; charset=utf-8"},
		"/assets/index-B1x.js": {cache: "public, max-age=31536000, immutable", contentType: "text/javascript; charset=utf-8"},
	} {
		w := get(t, builtPage, testOptions, path)
		if w.Code != http.StatusOK || w.Body.Len() == 0 {
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
				t.Errorf("%s: %s: %q, want %q", path, header, got, value)
			}
		}
	}
	for _, source := range strings.FieldsFunc(contentPolicy, func(r rune) bool { return r == ' ' || r == ';' }) {
		if source == "*" || source == "'unsafe-eval'" || strings.Contains(source, "//") {
			t.Errorf("the policy allows %s", source)
		}
	}
}

func TestOtherFilesAreNotServed(t *testing.T) {
	for _, path := range []string{
		"/assets", "/assets/", "/assets/none.js", "/assets/index-B1x.js/", "/assets/a/b.js", "/index.html", "/.gitkeep",
		"/assets/..%2findex.html", "/assets/%2e%2e%2f.gitkeep", "/assets/..%5c..%5cgo.mod",
	} {
		w := get(t, builtPage, testOptions, path)
		if w.Code != http.StatusNotFound && w.Code != http.StatusBadRequest {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
		if cache := w.Header().Get("Cache-Control"); cache != "" {
			t.Errorf("%s has Cache-Control: %s", path, cache)
		}
	}
}

func TestGqlgensPageReplacesMissingBuild(t *testing.T) {
	unbuilt := fstest.MapFS{"dist/.gitkeep": {}}
	w := get(t, unbuilt, testOptions, "/")
	body := w.Body.String()
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "text/html; charset=UTF-8" ||
		!strings.Contains(body, "cdn.jsdelivr.net") {
		t.Errorf("%d %v %s", w.Code, w.Header(), body)
	}
	for _, want := range []string{"X-Tenant-ID", "first", `location.host + "/api"`} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %s: %s", want, body)
		}
	}
	// The policy would forbid its scripts.
	if policy := w.Header().Get("Content-Security-Policy"); policy != "" {
		t.Errorf("Content-Security-Policy: %s", policy)
	}
	if w := get(t, unbuilt, testOptions, "/assets/index.js"); w.Code != http.StatusNotFound {
		t.Errorf("an asset: %d", w.Code)
	}
	options := testOptions
	options.Tenants = func(context.Context) []string { return nil }
	if w := get(t, unbuilt, options, "/"); w.Code != http.StatusOK || strings.Contains(w.Body.String(), "X-Tenant-ID") {
		t.Errorf("without tenants: %d %s", w.Code, w.Body)
	}
}

// TestMountServesEmbeddedPage holds with and without a build in dist.
func TestMountServesEmbeddedPage(t *testing.T) {
	mux := http.NewServeMux()
	Mount(mux, testOptions)
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", http.NoBody))
	if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "<title>A &lt;b&gt; title</title>") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestMountRejectsInvalidVariables(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	Mount(http.NewServeMux(), Options{Tabs: []Tab{{Variables: json.RawMessage("{")}}})
}
