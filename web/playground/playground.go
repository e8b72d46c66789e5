// Package playground serves a GraphQL IDE in the browser: GraphiQL, with a choice of tenants.
//
// `make web` builds the page from this folder into dist, which the program embeds. The page
// loads nothing from other hosts, and its Content-Security-Policy forbids it. A program that was
// compiled without a built page serves gqlgen's page instead, which loads its scripts from a CDN.
//
// Start with [Mount]. The application passes its title, its tenants and the first documents in
// [Options]; the page has no other connection to its schema.
package playground

import (
	"context"
	"embed"
	"encoding/json"
	"html/template"
	"io/fs"
	"net/http"

	"github.com/99designs/gqlgen/graphql/playground"

	"rowhouse/tenancy"
)

// built holds the output of `make web`, or only .gitkeep.
//
//go:embed all:dist
var built embed.FS

// Options are the parts of the page that depend on the application.
type Options struct {
	// Title is the title of the page.
	Title string
	// Endpoint is the path of the GraphQL API on the same server, such as /graphql.
	Endpoint string
	// Tenants returns the slugs of the tenants that the page offers; others can be typed. The page
	// begins with the first one. Requests without a credential see the result.
	Tenants func(context.Context) []string
	// Tabs are the open tabs of a first visit.
	Tabs []Tab
	// Lookup is a query that the page runs for the chosen tenant before it opens the tabs, or "".
	// Its result fills the variables of tabs; its first error is shown beside the tenant.
	Lookup string
}

// Tab is a document, as the page shows it before it is edited.
type Tab struct {
	// Query is the document. The name of its operation is the name of the tab.
	Query string `json:"query"`
	// Variables is a JSON object, or nil. A string in it that starts with "$." is the path of a
	// value in the result of the lookup, such as "$.projects.nodes.0.id", or "" without the value.
	Variables json.RawMessage `json:"variables,omitempty"`
}

// settings is the JSON that the page reads from its meta element of this name.
type settings struct {
	Title    string   `json:"title"`
	Endpoint string   `json:"endpoint"`
	Header   string   `json:"header"` // of the tenant
	Tenants  []string `json:"tenants"`
	Tabs     []Tab    `json:"tabs"`
	Lookup   string   `json:"lookup"`
}

// Mount adds the page at / and its files at /assets/ to mux. It panics if the variables
// of a tab are not JSON.
func Mount(mux *http.ServeMux, options Options) { mountFiles(mux, built, options) }

// mountFiles serves the page in the folder dist of files, or gqlgen's page if files has none.
func mountFiles(mux *http.ServeMux, files fs.FS, options Options) {
	if _, err := json.Marshal(options.Tabs); err != nil {
		panic("playground: the variables of a tab: " + err.Error())
	}
	page, err := template.ParseFS(files, "dist/index.html")
	if err != nil {
		mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) { serveFallback(w, r, options) })
		return
	}
	mux.Handle("GET /{$}", withHeaders("no-cache", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_ = executePage(w, r, page, options)
	}))
	// The name of an asset contains a hash of its content.
	mux.Handle("GET /assets/{name}", withHeaders("public, max-age=31536000, immutable", func(w http.ResponseWriter, r *http.Request) {
		http.ServeFileFS(w, r, files, "dist/assets/"+r.PathValue("name"))
	}))
}

// executePage writes the page with its title and settings.
func executePage(w http.ResponseWriter, r *http.Request, page *template.Template, options Options) error {
	encoded, err := json.Marshal(settings{
		Title: options.Title, Endpoint: options.Endpoint, Header: tenancy.HeaderName,
		Tenants: options.Tenants(r.Context()), Tabs: options.Tabs, Lookup: options.Lookup,
	})
	if err != nil {
		return err
	}
	return page.Execute(w, struct{ Title, Settings string }{options.Title, string(encoded)})
}

// serveFallback serves gqlgen's page, which sends the first tenant with each request.
func serveFallback(w http.ResponseWriter, r *http.Request, options Options) {
	headers := map[string]string{}
	if tenants := options.Tenants(r.Context()); len(tenants) > 0 {
		headers[tenancy.HeaderName] = tenants[0]
	}
	playground.Handler(options.Title, options.Endpoint, playground.WithGraphiqlUiHeaders(headers))(w, r)
}

// contentPolicy allows requests to this server only. It allows style elements, because Monaco,
// the editor, positions lines and applies its themes with them.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; " +
	"img-src 'self' data:; font-src 'self' data:; " +
	"connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// withHeaders sets the cache and security headers. Assets need them too, because a worker has
// the policy of its own file.
func withHeaders(cache string, next http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", cache)
		w.Header().Set("Content-Security-Policy", contentPolicy)
		w.Header().Set("Referrer-Policy", "no-referrer")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		next(w, r)
	})
}
