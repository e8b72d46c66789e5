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
	gqltransport "github.com/99designs/gqlgen/graphql/handler/transport"
	"github.com/vektah/gqlparser/v2/ast"

	"rowhouse/graph/transport"
	"rowhouse/tenancy"
)

// preflighted are Apollo Client's headers that a browser sends to another origin only
// after asking.
var preflighted = []string{"Apollo-Require-Preflight", "X-Apollo-Operation-Name"}

// ClientHeaders are what Apollo Client and tracing in browsers send beside the usual.
var ClientHeaders = []string{
	"Apollo-Require-Preflight", "X-Apollo-Operation-Name", "Apollographql-Client-Name", "Apollographql-Client-Version",
	"Traceparent", "Tracestate", "Baggage", "Sentry-Trace",
}

// Options are the API's settings. Their tags are the command line's.
type Options struct {
	Limits    Limits    `embed:"" prefix:"max-"`
	Documents Documents `placeholder:"DIR" help:"Folder of trusted documents: files like the persisted-documents.json that the client preset of GraphQL Code Generator writes. Clients call them by documentId or by their hash."`
	// TrustedDocuments says whether other documents are run, too.
	TrustedDocuments string `default:"also" enum:"also,only" help:"Which documents are run: also those that are not in --documents, or only these."`
	Introspection    bool   `default:"true" negatable:"" help:"Tell clients about the schema, in answers and in suggestions."`

	// Resolve finds the tenant of a request, and of a socket.
	Resolve tenancy.Resolver `kong:"-"`
	// GatewayNames means that a gateway names the tenant in each request's header, so that
	// what a client says on a socket must not.
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
	schema := boundedSchema{NewExecutableSchema(Config{Resolvers: &Resolver{db}}).(*executableSchema), options.Limits.Answer}
	server := handler.New(schema)
	fail := WriteError(log)
	server.AddTransport(gqltransport.Options{})
	open := newCounter(options.Limits).open
	server.AddTransport(transport.WebSocket{
		Init: socketTenant(options, log), Origins: options.Origins, Open: open, Time: options.Limits.Time, Stopping: options.Stopping,
	})
	asked := preflighted
	if !options.GatewayNames { // who sets it for every request sets it for another site's page, too
		asked = append(slices.Clip(asked), tenancy.HeaderName)
	}
	server.AddTransport(transport.HTTP{Fail: fail, Preflighted: asked, Time: options.Limits.Time, Open: open, Stopping: options.Stopping})
	documents := short[*ast.QueryDocument]{lru.New[*ast.QueryDocument](cachedDocuments), func(text string, d *ast.QueryDocument) int {
		const each = 16 // as long as a field with its argument; parsed, it takes some 350 bytes
		s := sizeOf(d)
		return max(len(text), each*(s.selections+s.values))
	}}
	sent := short[string]{lru.New[string](cachedDocuments), func(_, text string) int { return len(text) }}
	server.SetQueryCache(documents)
	server.SetParserTokenLimit(options.Limits.Tokens)
	server.SetDisableSuggestion(!options.Introspection)
	server.Use(extension.AutomaticPersistedQuery{Cache: persisted{options.Documents, sent}}) // first: it finds the document
	if options.TrustedDocuments == "only" {
		server.Use(trustedOnly{options.Documents})
	}
	server.Use(limits{options.Limits, schema.Schema(), documents, open})
	if options.Introspection {
		server.Use(extension.Introspection{})
	}
	server.SetErrorPresenter(presenter(log))
	server.SetRecoverFunc(func(_ context.Context, panicked any) error {
		return fmt.Errorf("panic: %v\n%s", panicked, debug.Stack())
	})
	owned := tenancy.Middleware(options.Resolve, fail)(http.MaxBytesHandler(server, options.Limits.Body))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Content-Type-Options", "nosniff")
		if transport.IsWebSocket(r) { // its tenant comes with its first message
			server.ServeHTTP(w, r)
			return
		}
		owned.ServeHTTP(w, r)
	})
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
