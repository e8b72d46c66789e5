package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/rs/cors"

	"rowhouse/graph"
	"rowhouse/graph/server"
	"rowhouse/tenancy"
)

// A slow or silent client holds a connection no longer than this.
const (
	readTimeout  = 30 * time.Second
	writeTimeout = 60 * time.Second
	idleTimeout  = 2 * time.Minute
	// readyTime is what the database has to answer /readyz.
	readyTime = 2 * time.Second
	// drainTime is what running requests have left when the server stops.
	drainTime = 20 * time.Second
)

// newHandler returns the handler of the server: request id, CORS, tenant, GraphQL. Pages from the
// origins may send further request headers.
func newHandler(db *database, api apiOptions, origins []string, log *slog.Logger, headers ...string) http.Handler {
	api.Origins = origins
	if api.Resolve == nil {
		api.Resolve = headerResolver(db.directory, api.TrustTenantHeader)
	}
	mux := http.NewServeMux()
	graphQL := server.New(graph.NewSchema(db.DB, !api.IgnoreNulls), api.Options, log)
	mux.Handle("/graphql", graphQL)
	mux.Handle("/graphql/{$}", graphQL)
	if api.Introspection {
		sdl := server.SDL(graph.NewExecutableSchema(graph.Config{}).Schema())
		mux.HandleFunc("GET /schema.graphql", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/plain; charset=utf-8")
			_, _ = io.WriteString(w, sdl)
		})
	}
	mountPlayground(mux, db.directory)
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "ok\n")
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), readyTime)
		defer cancel()
		// Ready needs one shard only. All replicas have the same shards: if one dead shard
		// made them not ready, a load balancer would remove all of them.
		if err := db.Ready(ctx); err != nil {
			log.WarnContext(r.Context(), "not ready", "error", err)
			http.Error(w, "not ready: see the log", http.StatusServiceUnavailable)
			return
		}
		_, _ = io.WriteString(w, "ok\n")
	})
	return server.WithRequestID(allowOrigins(origins, headers, log, mux))
}

// headerResolver returns a Resolver that reads the header X-Tenant-ID of the client or a gateway.
func headerResolver(directory *tenancy.Directory, gateway bool) tenancy.Resolver {
	if gateway {
		return tenancy.GatewayHeader(directory)
	}
	return tenancy.Header(directory)
}

// longestLogged bounds strings of a request in the log, in bytes. An origin has a scheme, a host
// name and a port.
const longestLogged = 300

// corsMethods are the methods of the API.
var corsMethods = []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete}

// allowOrigins lets pages from the origins call the API, with further request headers. Browsers
// hide CORS failures from the page, so they are logged.
func allowOrigins(origins, headers []string, log *slog.Logger, next http.Handler) http.Handler {
	headers = slices.Concat([]string{"Content-Type", "Accept", "Authorization", tenancy.HeaderName, server.RequestIDHeader}, server.ClientHeaders, headers)
	return cors.New(cors.Options{
		AllowOriginVaryRequestFunc: func(r *http.Request, origin string) (bool, []string) {
			allowed := slices.Contains(origins, origin)
			if asked := r.Header.Get("Access-Control-Request-Method"); r.Method == http.MethodOptions && asked != "" {
				if why := explainRefusal(r, allowed, asked, headers); why != "" {
					log.InfoContext(r.Context(), "CORS preflight refused: "+why, "origin", origin[:min(len(origin), longestLogged)])
				}
			}
			return allowed, nil
		},
		AllowCredentials: true,
		AllowedMethods:   corsMethods,
		AllowedHeaders:   headers,
		ExposedHeaders:   []string{server.RequestIDHeader},
		MaxAge:           600,
	}).Handler(next)
}

// explainRefusal returns the reason why a CORS preflight is refused, with a remedy, or "".
func explainRefusal(r *http.Request, allowed bool, method string, headers []string) string {
	if !allowed {
		return "the origin of the page is not allowed; --cors-origin allows it"
	}
	if !slices.Contains(corsMethods, method) {
		return fmt.Sprintf("the API has no method %.20q", method)
	}
	var missing []string
	for name := range strings.SplitSeq(strings.Join(r.Header.Values("Access-Control-Request-Headers"), ","), ",") {
		name = strings.TrimSpace(name)
		if name != "" && !slices.ContainsFunc(headers, func(known string) bool { return strings.EqualFold(known, name) }) {
			missing = append(missing, name)
		}
	}
	if len(missing) == 0 {
		return ""
	}
	return fmt.Sprintf("the page sends headers that are not allowed: %.*q; --cors-header allows a header", longestLogged, strings.Join(missing, ", "))
}

// checkHeader accepts the name of a header, but no wildcard.
func checkHeader(name string) error {
	const special = "!#$%&'+-.^_`|~" // of a token in RFC 9110, without *, which would allow all
	if name == "" || strings.ContainsFunc(name, func(c rune) bool {
		return (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && !strings.ContainsRune(special, c)
	}) {
		return fmt.Errorf("--cors-header %q must be the name of one header, such as X-App-Version, without a colon, a space or *", name)
	}
	return nil
}

// checkOrigin accepts what a browser sends as Origin, and nothing wider.
func checkOrigin(origin string) error {
	u, err := url.Parse(origin)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || strings.Contains(origin, "*") || u.Scheme+"://"+u.Host != origin {
		return fmt.Errorf("--cors-origin %q must be one origin, such as https://app.example.com, without a path or *", origin)
	}
	if usual := map[string]string{"http": "80", "https": "443"}[u.Scheme]; u.Port() == usual || origin != strings.ToLower(origin) {
		return fmt.Errorf("--cors-origin %q must be as browsers write it: in lower case, and without :%s", origin, usual)
	}
	return nil
}

// checkAddr refuses to listen where others can reach the server, unless they cannot
// choose the tenant themselves.
func checkAddr(addr string, trustTenantHeader bool) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("--addr %q must be host:port, such as 127.0.0.1:8080", addr)
	}
	if ip := net.ParseIP(host); host == "localhost" || ip != nil && ip.IsLoopback() || trustTenantHeader {
		return nil
	}
	return fmt.Errorf("--addr %s is not a loopback address: whoever can reach it could choose a tenant by the header %s; "+
		"put a gateway in front that sets the header for every request, and say so with --trust-tenant-header", addr, tenancy.HeaderName)
}

// onlyLoopback answers requests that name this machine itself. While callers choose the
// tenant themselves, a page of elsewhere must not reach the server by a name of its own
// that resolves to a loopback address: to a browser that is the page's own origin.
func onlyLoopback(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := r.Host
		if name, _, err := net.SplitHostPort(host); err == nil {
			host = name
		}
		host = strings.ToLower(strings.Trim(host, "[]"))
		if ip := net.ParseIP(host); host != "localhost" && !strings.HasSuffix(host, ".localhost") && (ip == nil || !ip.IsLoopback()) {
			http.Error(w, "call this server localhost or 127.0.0.1: it answers to other names only behind a gateway, with --trust-tenant-header", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func newServer(handler http.Handler, log *slog.Logger) *http.Server {
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

// drain takes no new requests and lets the running ones finish.
func drain(ctx context.Context, server *http.Server) error {
	ctx, cancel := context.WithTimeout(ctx, drainTime)
	defer cancel()
	if err := server.Shutdown(ctx); err != nil {
		return fmt.Errorf("some requests did not finish within %s: %w", drainTime, err)
	}
	return nil
}

// collectGarbageLess spends memory, of which a request needs little, to save a
// quarter of the CPU: the next collection starts when the heap has grown by 400 %,
// or sooner when it comes near 1 GiB. GOGC and GOMEMLIMIT override it.
func collectGarbageLess() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(1 << 30)
	}
}
