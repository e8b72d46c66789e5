package main

import (
	"context"
	"embed"
	"html/template"
	"io/fs"
	"net/http"
	"strings"

	"github.com/99designs/gqlgen/graphql/playground"

	"rowhouse/tenancy"
)

// webFiles holds what `make web` built, if it did.
//
//go:embed all:web/dist
var webFiles embed.FS

// contentPolicy confines the Playground to this server. Styles may stand in the page,
// since its editor, Monaco, lays out each line and colours each theme with them.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; " +
	"connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// handlePlayground serves the Playground that files holds in web/dist, with a choice
// of the known tenants. Where none was built it serves gqlgen's, which loads its
// scripts from a CDN.
func handlePlayground(mux *http.ServeMux, files fs.FS, known func(context.Context) []string) {
	page, err := template.ParseFS(files, "web/dist/index.html")
	if err != nil {
		mux.Handle("GET /{$}", playground.Handler("Rowhouse", "/graphql",
			playground.WithGraphiqlUiHeaders(map[string]string{tenancy.HeaderName: demoTenants[0].slug})))
		return
	}
	mux.Handle("GET /{$}", confined("no-cache", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_ = page.Execute(w, strings.Join(known(r.Context()), " "))
	}))
	// A file's name changes with its content.
	mux.Handle("GET /assets/{name}", confined("public, max-age=31536000, immutable", func(w http.ResponseWriter, r *http.Request) {
		http.ServeFileFS(w, r, files, "web/dist/assets/"+r.PathValue("name"))
	}))
}

// confined adds what browsers must know of each file, workers included.
func confined(cache string, next http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", cache)
		w.Header().Set("Content-Security-Policy", contentPolicy)
		w.Header().Set("Referrer-Policy", "no-referrer")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		next(w, r)
	})
}

// demoSlugs returns the slugs of the demo tenants that exist.
func (db *database) demoSlugs(ctx context.Context) (slugs []string) {
	for _, demo := range demoTenants {
		if _, err := db.directory.BySlug(ctx, demo.slug); err == nil {
			slugs = append(slugs, demo.slug)
		}
	}
	return slugs
}
