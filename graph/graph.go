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

	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/99designs/gqlgen/graphql/handler/extension"
	"github.com/99designs/gqlgen/graphql/handler/lru"
	gqltransport "github.com/99designs/gqlgen/graphql/handler/transport"
	"github.com/vektah/gqlparser/v2/ast"

	"rowhouse/graph/transport"
	"rowhouse/tenancy"
)

// preflighted are headers that a browser sends to another origin only after asking:
// Apollo Client's, and the one that names the tenant.
var preflighted = []string{"Apollo-Require-Preflight", "X-Apollo-Operation-Name", tenancy.HeaderName}

const (
	// cachedQueries bounds the parsed and validated documents that are kept.
	cachedQueries = 1000
	// largestBody bounds a request, in bytes.
	largestBody = 1 << 20
)

// New returns the handler of the API. Requests must carry their tenant in the
// context: see tenancy.Middleware. log gets the errors that clients are not told.
func New(db *tenancy.DB, log *slog.Logger) http.Handler {
	server := handler.New(NewExecutableSchema(Config{Resolvers: &Resolver{db}}))
	fail := WriteError(log)
	server.AddTransport(gqltransport.Options{})
	server.AddTransport(transport.HTTP{Fail: fail, Preflighted: preflighted})
	server.SetQueryCache(lru.New[*ast.QueryDocument](cachedQueries))
	server.Use(extension.Introspection{})
	server.SetErrorPresenter(presenter(log))
	server.SetRecoverFunc(func(_ context.Context, panicked any) error {
		return fmt.Errorf("panic: %v\n%s", panicked, debug.Stack())
	})
	return http.MaxBytesHandler(server, largestBody)
}
