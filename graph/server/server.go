// Package server serves a GraphQL schema to many tenants.
package server

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"slices"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/99designs/gqlgen/graphql/handler/extension"
	"github.com/99designs/gqlgen/graphql/handler/lru"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"rowhouse/graph/limits"
	"rowhouse/graph/transport"
	"rowhouse/tenancy"
)

// preflighted are Apollo Client's headers that a browser sends to another origin only
// after asking.
var preflighted = []string{"Apollo-Require-Preflight", "X-Apollo-Operation-Name"}

// ClientHeaders are request headers that Apollo Client, graphql-sse and browser tracing send.
var ClientHeaders = []string{
	"Apollo-Require-Preflight", "X-Apollo-Operation-Name", "Apollographql-Client-Name", "Apollographql-Client-Version",
	"Traceparent", "Tracestate", "Baggage", "Sentry-Trace", transport.StreamTokenHeader,
}

// Options are the settings of a server.
type Options struct {
	Limits limits.Limits
	// Documents are the trusted documents, which clients may call by name or hash.
	Documents Documents
	// TrustedOnly rejects all other documents.
	TrustedOnly bool
	// Introspection allows clients to read the schema, in responses and in suggestions.
	Introspection bool
	// Resolve finds the tenant and the caller of a request, and of a socket.
	Resolve tenancy.Resolver
	// TrustTenantHeader means that a gateway sets tenancy.HeaderName on each request, so the header
	// does not prove a CORS preflight.
	TrustTenantHeader bool
	// Origins are the origins of pages that may open sockets, beside the server's own.
	Origins []string
	// Stopping is closed when the server stops: subscriptions and sockets end then.
	Stopping <-chan struct{}
}

// cachedDocuments bounds the parsed and validated documents that are kept, and
// cachedLength those texts that are kept, in bytes: together some 115 MB, if somebody
// tries. Tenants share them: they hold nothing that a tenant stores.
const cachedDocuments, cachedLength = 500, 16 << 10

// New returns the handler of the API. It panics for a schema with an unknown scalar or an invalid
// default. log gets the errors that clients do not see.
func New(executable limits.Schema, options Options, log *slog.Logger) http.Handler {
	schema := limits.BoundResponses(executable, options.Limits.Response)
	if err := checkSchema(schema.Schema()); err != nil {
		panic(err)
	}
	server := handler.New(schema)
	fail := writeError(log)
	bounds := limits.Extension{Limits: options.Limits, Quota: limits.NewQuota(options.Limits)}
	documents := short[*ast.QueryDocument]{lru.New[*ast.QueryDocument](cachedDocuments), func(text string, d *ast.QueryDocument) int {
		const each = 16 // as long as a field with its argument; parsed, it takes some 350 bytes
		s := limits.SizeOf(d)
		return max(len(text), each*(s.Selections+s.Values))
	}}
	server.AddTransport(transport.WebSocket{
		Init: initSocket(options.Resolve, log), Origins: options.Origins, Acquire: bounds.Quota.Acquire, MaxTime: options.Limits.Time, Stopping: options.Stopping,
	})
	asked := preflighted
	if !options.TrustTenantHeader { // who sets it for every request sets it for another site's page, too
		asked = append(slices.Clip(asked), tenancy.HeaderName)
	}
	server.AddTransport(&transport.HTTP{
		WriteError: fail, PreflightHeaders: asked, MaxBody: options.Limits.Body, MaxTime: options.Limits.Time, Acquire: bounds.Quota.Acquire, Owner: ownerOf, Stopping: options.Stopping,
		Schema: schema.Schema(), TrackDeferred: bounds.CountRepeated,
	})
	sent := short[string]{lru.New[string](cachedDocuments), func(_, text string) int { return len(text) }}
	server.SetQueryCache(documents)
	server.SetParserTokenLimit(options.Limits.Tokens)
	server.SetDisableSuggestion(!options.Introspection)
	server.SetValidationRulesFn(func() *rules.Rules { return newRules(options.Introspection) })
	server.Use(extension.AutomaticPersistedQuery{Cache: persisted{options.Documents, sent}}) // first: it finds the document
	if options.TrustedOnly {
		server.Use(trustedOnly{options.Documents})
	}
	server.Use(preparation{options.Limits, schema.Schema(), documents})
	server.Use(bounds)
	if options.Introspection {
		server.Use(extension.Introspection{})
	}
	server.SetErrorPresenter(presenter(log))
	server.SetRecoverFunc(func(_ context.Context, panicked any) error {
		return fmt.Errorf("panic: %v\n%s", panicked, debug.Stack())
	})
	owned := transport.AllowMethods(fail, tenancy.Middleware(options.Resolve, fail)(server))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Content-Type-Options", "nosniff")
		if transport.IsWebSocket(r) { // its tenant comes with its first message
			server.ServeHTTP(w, r)
			return
		}
		owned.ServeHTTP(w, r)
	})
}

// owner is the tenant and the caller that may use an event stream.
type owner struct {
	tenant tenancy.ID
	caller any
}

// ownerOf returns the tenant and the caller of ctx.
func ownerOf(ctx context.Context) any {
	tenant, _ := tenancy.FromContext(ctx) // the middleware lets no request through without one
	caller, _ := tenancy.CallerFrom[any](ctx)
	return owner{tenant.ID, caller}
}

// short is a cache that keeps nothing of long documents.
type short[T any] struct {
	graphql.Cache[T]
	length func(key string, value T) int
}

// Add keeps a value, if its document is short.
func (s short[T]) Add(ctx context.Context, key string, value T) {
	if s.length(key, value) <= cachedLength {
		s.Cache.Add(ctx, key, value)
	}
}
