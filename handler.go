package main

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"time"

	"rowhouse/graph"
	"rowhouse/graph/server"
	"rowhouse/model/demo"
	"rowhouse/tenancy"
)

// Time limits of a connection, so that a slow or silent client does not hold it for longer.
const (
	readTimeout  = 30 * time.Second
	writeTimeout = 60 * time.Second
	idleTimeout  = 2 * time.Minute
)

// readyTimeout bounds the database check of /readyz.
const readyTimeout = 2 * time.Second

// newHandler returns the handler of all paths: request id, CORS, then GraphQL, the schema, the
// Playground and the health checks. options.Resolve defaults to the header X-Tenant-ID.
func newHandler(db *tenancy.DB, directory *tenancy.Directory, options apiOptions, cors corsFlags, log *slog.Logger) http.Handler {
	options.Origins = cors.Origin
	demoTenants := func(context.Context) []string { return nil }
	if options.Resolve == nil {
		options.Resolve = headerResolver(directory, options.TrustTenantHeader)
		demoTenants = func(ctx context.Context) []string { return demo.Slugs(ctx, directory) }
	}
	mux := http.NewServeMux()
	api := server.New(graph.NewSchema(db, !options.IgnoreNulls), options.Options, log)
	mux.Handle("/graphql", api)
	mux.Handle("/graphql/{$}", api)
	if options.Introspection {
		sdl := schemaSDL()
		mux.HandleFunc("GET /schema.graphql", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/plain; charset=utf-8")
			_, _ = io.WriteString(w, sdl)
		})
	}
	mountPlayground(mux, demoTenants)
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "ok\n")
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) { serveReady(w, r, db, log) })
	return server.WithRequestID(allowOrigins(cors, log, mux))
}

// headerResolver returns a Resolver that reads the header X-Tenant-ID of the client or a gateway.
func headerResolver(directory *tenancy.Directory, gateway bool) tenancy.Resolver {
	if gateway {
		return tenancy.GatewayHeader(directory)
	}
	return tenancy.Header(directory)
}

// serveReady responds 200 if the database can be used, else 503. One shard is enough: all
// replicas have the same shards, so a load balancer would remove all replicas for one dead shard.
func serveReady(w http.ResponseWriter, r *http.Request, db *tenancy.DB, log *slog.Logger) {
	ctx, cancel := context.WithTimeout(r.Context(), readyTimeout)
	defer cancel()
	if err := db.Ready(ctx); err != nil {
		log.WarnContext(r.Context(), "not ready", "error", err)
		http.Error(w, "not ready: see the log", http.StatusServiceUnavailable)
		return
	}
	_, _ = io.WriteString(w, "ok\n")
}

// newHTTPServer returns a server with time limits. It logs errors of connections as warnings.
func newHTTPServer(handler http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: readTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
}
