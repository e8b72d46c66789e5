// Package server serves a GraphQL schema of gqlgen to many tenants.
//
// An application mounts it in its own main:
//
//	api := server.New(graph.NewSchema(db), server.Options{
//		Limits:        limits.DefaultLimits(),
//		Introspection: true,
//		Resolve:       tenancy.GatewayHeader(directory),
//	}, log)
//	mux.Handle("/graphql", server.WithRequestID(api))
//
// The schema is the generated one with the method Root: see limits.Schema. Its gqlgen.yml binds the
// built-in scalars to those of package scalar.
//
// Each request has a tenant, from its credentials, before GraphQL parses it. Documents are limited,
// validated and cached; the variables of an operation are coerced before its first resolver runs.
// Clients see the code and message of a PublicError, or of an error in kinds. All other errors reach
// the log, and clients as INTERNAL_SERVER_ERROR.
//
// Start reading with New. errors.go has the error codes in kinds; prepare.go parses, limits, validates
// and caches documents. The limits are in package limits, the protocols in package transport.
package server

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"

	"rowhouse/graph/limits"
	"rowhouse/graph/transport"
	"rowhouse/tenancy"
)

// Options are the settings of a server.
type Options struct {
	// Limits bound requests and tenants. Each is at least 1; see limits.DefaultLimits.
	Limits limits.Limits
	// Documents are the trusted documents, which clients call by name or hash.
	Documents Documents
	// TrustedOnly rejects all other documents.
	TrustedOnly bool
	// Introspection allows clients to read the schema, in responses and in suggestions.
	Introspection bool
	// Resolve finds the tenant and the caller of a request, and of a socket. It is required.
	Resolve tenancy.Resolver
	// TrustTenantHeader is set if a gateway adds tenancy.HeaderName to each request. The header then
	// is no proof of a CORS preflight: the gateway adds it to requests of cross-origin pages too.
	TrustTenantHeader bool
	// Origins are the origins of pages with access to sockets, beside the server's own.
	Origins []string
	// NoPlans leaves the execution of all fields to gqlgen. Otherwise plans execute the selection sets for which the
	// schema has them: see package exec.
	NoPlans bool
	// Stopping is closed when the server stops. Subscriptions and sockets end then.
	Stopping <-chan struct{}
}

// ClientHeaders are request headers of Apollo Client, graphql-sse and browser tracing.
var ClientHeaders = []string{
	"Apollo-Require-Preflight", "X-Apollo-Operation-Name", "Apollographql-Client-Name", "Apollographql-Client-Version",
	"Traceparent", "Tracestate", "Baggage", "Sentry-Trace", transport.StreamTokenHeader,
}

// New returns the handler of the API. It panics for a limit below 1, without Resolve, for a scalar
// without an entry in scalar.Unmarshalers, and for an invalid default in the schema. Unexpected
// errors go to log.
func New(executable limits.Schema, options Options, log *slog.Logger) http.Handler {
	if err := options.Limits.Check(); err != nil {
		panic(err)
	}
	if options.Resolve == nil {
		panic("server: Options.Resolve is nil, so no request would have a tenant")
	}
	if err := checkSchema(executable.Schema()); err != nil {
		panic(err)
	}
	usage := limits.Extension{Limits: options.Limits, Quota: limits.NewQuota(options.Limits)}
	writeError := newErrorWriter(log)
	e := newExecutor(executable, usage, options, log)
	socket := transport.WebSocket{
		Init:     newSocketInit(options.Resolve, log),
		Origins:  options.Origins,
		Acquire:  usage.Quota.Acquire,
		MaxTime:  options.Limits.Time,
		Expires:  tenancy.ExpiresFrom,
		Stopping: options.Stopping,
	}
	requests := &transport.HTTP{
		WriteError:       writeError,
		PreflightHeaders: preflightHeaders(options),
		MaxBody:          options.Limits.Body,
		MaxTime:          options.Limits.Time,
		Schema:           executable.Schema(),
		TrackDeferred:    usage.TrackDeferred,
		Acquire:          usage.Quota.Acquire,
		Owner:            ownerOf,
		Expires:          tenancy.ExpiresFrom,
		Stopping:         options.Stopping,
	}
	withTenant := transport.AllowMethods(writeError, tenancy.Middleware(options.Resolve, writeError)(http.HandlerFunc(
		func(w http.ResponseWriter, r *http.Request) { requests.Do(w, r, e) }, //nolint:contextcheck // r has it
	)))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() { //nolint:contextcheck // r has it
			if reason := recover(); reason != nil {
				writeError(w, r, recoverPanic(r.Context(), reason))
			}
		}()
		w.Header().Set("X-Content-Type-Options", "nosniff")
		if transport.IsWebSocket(r) { // its tenant comes with its first message
			socket.Do(w, r, e) //nolint:contextcheck // r has it
			return
		}
		withTenant.ServeHTTP(w, r)
	})
}

// recoverPanic returns a recovered panic as an error.
func recoverPanic(_ context.Context, reason any) error {
	return fmt.Errorf("panic: %v\n%s", reason, debug.Stack())
}

// preflightHeaders returns the request headers that prove a CORS preflight: browsers send them to
// another origin only after one. See Options.TrustTenantHeader for the tenant header.
func preflightHeaders(o Options) []string {
	headers := []string{"Apollo-Require-Preflight", "X-Apollo-Operation-Name"}
	if o.TrustTenantHeader {
		return headers
	}
	return append(headers, tenancy.HeaderName)
}

// owner is the tenant and the caller of an event stream.
type owner struct {
	tenant tenancy.ID
	caller any
}

// ownerOf returns the tenant and the caller of ctx.
func ownerOf(ctx context.Context) any {
	tenant, _ := tenancy.FromContext(ctx) // the middleware has set it
	caller, _ := tenancy.CallerFrom[any](ctx)
	return owner{tenant.ID, caller}
}
