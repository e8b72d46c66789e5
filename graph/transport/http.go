package transport

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// HTTP serves operations over HTTP, Server-Sent Events and multipart HTTP. It supports every
// request, so it must be the last transport of a server.
type HTTP struct {
	// WriteError writes the response to a request that is rejected before GraphQL execution. The
	// error is an *Error, or from Acquire.
	WriteError func(http.ResponseWriter, *http.Request, error)
	// PreflightHeaders are request headers that browsers send to another origin only after a CORS
	// preflight. A GET request needs one of them, or a Content-Type that no HTML form has.
	PreflightHeaders []string
	// MaxBody bounds a request body in bytes, before and after decompression.
	MaxBody int64
	// MaxTime bounds the execution of a query or mutation.
	MaxTime time.Duration
	// Schema is the executor's schema. Only @defer needs it.
	Schema *ast.Schema
	// TrackDeferred returns a function that limits the memory of an operation's deferred payloads,
	// which are kept until ctx ends. It is called after each payload with the size of all payloads so
	// far, less that of the complete data, in bytes. It fails beyond a limit.
	TrackDeferred func(ctx context.Context) func(bytes int64) error
	// Acquire acquires Operations, Subscriptions and Sockets.
	Acquire AcquireFunc
	// Owner returns the owner of event streams that are reserved in ctx: the tenant and, if there
	// is one, the caller. Other owners can't use them. Owners are compared by reflect.DeepEqual.
	Owner func(ctx context.Context) any
	// Expires returns the time when the credentials of ctx expire, or the zero time if they don't. Subscriptions and event
	// streams end at this time. Expires can be nil.
	Expires func(ctx context.Context) time.Time
	// Stopping is closed when the server shuts down. Subscriptions and event streams then end.
	Stopping <-chan struct{}

	streams streamRegistry
}

var _ graphql.Transport = (*HTTP)(nil)

// Supports returns true.
func (*HTTP) Supports(*http.Request) bool { return true }

// Do serves a request. PUT and DELETE, and requests with the token of an event stream, belong to
// the single connection mode of GraphQL over Server-Sent Events.
func (h *HTTP) Do(w http.ResponseWriter, r *http.Request, executor graphql.GraphExecutor) {
	x := exchange{HTTP: h, w: w, r: r, executor: executor}
	if r.Method == http.MethodPut {
		x.reserveStream()
		return
	}
	shared, err := x.findStream()
	if err != nil {
		x.writeError(err)
		return
	}
	if r.Method == http.MethodDelete {
		x.deleteOperation(shared)
		return
	}
	if x.accept, err = negotiateMediaTypes(r.Header.Values("Accept")); err != nil {
		x.writeError(err)
		return
	}
	if shared != nil && r.Method == http.MethodGet && x.accept.response == eventStream {
		x.openStream(shared)
		return
	}
	x.serveOperation(shared)
}

// exchange is an HTTP request and its response.
type exchange struct {
	*HTTP
	w        http.ResponseWriter
	r        *http.Request
	executor graphql.GraphExecutor
	accept   mediaTypes
}

// writeError writes the response to a rejected request.
func (x exchange) writeError(err error) {
	var e *Error
	if errors.As(err, &e) && e.Status == http.StatusMethodNotAllowed {
		x.w.Header().Set("Allow", allowedMethods)
	}
	x.WriteError(x.w, x.r, err)
}
