// Package graph is the GraphQL API: the resolvers of schema.graphqls, the handler
// that runs them, and the errors that clients see. It finds the tenant in the
// context and never asks for it.
package graph

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

	"rowhouse/graph/scalar"
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

// Options are the API's settings. Their tags are the command line's.
type Options struct {
	Limits    Limits    `embed:"" prefix:"max-"`
	Documents Documents `placeholder:"DIR" help:"Folder of trusted documents: files like the persisted-documents.json that the client preset of GraphQL Code Generator writes. Clients call them by documentId or by their hash."`
	// TrustedDocuments says whether other documents are run, too.
	TrustedDocuments string `default:"also" enum:"also,only" help:"Which documents are run: also those that are not in --documents, or only these."`
	// NullComparisons determines the meaning of null in a comparison such as eq: null.
	NullComparisons string `default:"refuse" enum:"refuse,absent" help:"Null in a comparison of a filter, such as name: {eq: null}: refuse it, since it is most likely a forgotten variable, or treat the comparison as absent, for clients that send null for each unset variable."`
	Introspection   bool   `default:"true" negatable:"" help:"Describe the schema to clients, in responses and in suggestions."`

	// Resolve finds the tenant and the caller of a request, and of a socket.
	Resolve tenancy.Resolver `kong:"-"`
	// GatewayNames means that a gateway sets tenancy.HeaderName on each request, so the header
	// does not prove a CORS preflight.
	GatewayNames bool `kong:"-"`
	// Origins are those of pages that may open sockets, beside the server's own.
	Origins []string `kong:"-"`
	// Stopping is closed when the server stops: sockets end then.
	Stopping <-chan struct{} `kong:"-"`
}

// cachedDocuments bounds the parsed and validated documents that are kept, and
// cachedLength those texts that are kept, in bytes: together some 115 MB, if somebody
// tries. Tenants share them: they hold nothing that a tenant stores.
const cachedDocuments, cachedLength = 500, 16 << 10

// New returns the handler of the API. log gets the errors that clients are not told.
func New(db *tenancy.DB, options Options, log *slog.Logger) http.Handler {
	resolver := &Resolver{db, options.NullComparisons != "absent"}
	schema := boundedSchema{NewExecutableSchema(Config{Resolvers: resolver}).(*executableSchema), options.Limits.Answer}
	checkScalars(schema.Schema())
	server := handler.New(schema)
	fail := WriteError(log)
	open := newCounter(options.Limits).open
	documents := short[*ast.QueryDocument]{lru.New[*ast.QueryDocument](cachedDocuments), func(text string, d *ast.QueryDocument) int {
		const each = 16 // as long as a field with its argument; parsed, it takes some 350 bytes
		s := sizeOf(d)
		return max(len(text), each*(s.selections+s.values))
	}}
	bounds := limits{options.Limits, schema.Schema(), documents, open}
	server.AddTransport(transport.WebSocket{
		Init: initSocket(options.Resolve, log), Origins: options.Origins, Acquire: open, MaxTime: options.Limits.Time, Stopping: options.Stopping,
	})
	asked := preflighted
	if !options.GatewayNames { // who sets it for every request sets it for another site's page, too
		asked = append(slices.Clip(asked), tenancy.HeaderName)
	}
	server.AddTransport(&transport.HTTP{
		WriteError: fail, PreflightHeaders: asked, MaxBody: options.Limits.Body, MaxTime: options.Limits.Time, Acquire: open, Owner: ownerOf, Stopping: options.Stopping,
		Schema: schema.Schema(), TrackDeferred: bounds.countRepeated,
	})
	sent := short[string]{lru.New[string](cachedDocuments), func(_, text string) int { return len(text) }}
	server.SetQueryCache(documents)
	server.SetParserTokenLimit(options.Limits.Tokens)
	server.SetDisableSuggestion(!options.Introspection)
	server.SetValidationRulesFn(func() *rules.Rules { return newRules(options.Introspection) })
	server.Use(extension.AutomaticPersistedQuery{Cache: persisted{options.Documents, sent}}) // first: it finds the document
	if options.TrustedDocuments == "only" {
		server.Use(trustedOnly{options.Documents})
	}
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

// checkScalars panics if scalar.Unmarshalers lacks a scalar of the schema.
func checkScalars(schema *ast.Schema) {
	for _, d := range schema.Types {
		if d.Kind == ast.Scalar && scalar.Unmarshalers[d.Name] == nil {
			panic("scalar.Unmarshalers lacks the scalar " + d.Name)
		}
	}
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
