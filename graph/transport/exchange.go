package transport

import (
	"context"
	"net/http"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// serveOperation responds to a request with an operation. If shared is not nil, the operation's
// results go to that event stream.
func (x exchange) serveOperation(shared *sharedStream) {
	release, err := x.Acquire(x.r.Context(), Operations, 1)
	if err != nil {
		x.writeError(err)
		return
	}
	defer func() { release() }()
	params, err := x.readParams()
	if err != nil {
		x.writeError(err)
		return
	}
	o, errs := x.executor.CreateOperationContext(x.r.Context(), params)
	ctx := graphql.WithOperationContext(x.r.Context(), o)
	switch {
	case errs != nil:
		x.writeRequestErrors(ctx, errs, shared)
	case o.Operation.Operation == ast.Mutation && x.r.Method == http.MethodGet:
		x.writeError(newError(http.StatusMethodNotAllowed, "a mutation can't be sent by GET: use POST"))
	case shared != nil:
		if x.startOperation(ctx, o, shared, release) {
			release = func() {} // the operation releases its quota
		}
	case o.Operation.Operation == ast.Subscription:
		release = sync.OnceFunc(release)
		x.subscribe(ctx, o, release)
	case x.accept.response == eventStream:
		x.streamOperation(ctx, o, sseFormat{})
	default:
		x.respond(ctx, o)
	}
}

func (x exchange) readParams() (*graphql.RawParams, error) {
	if x.r.Method == http.MethodPost {
		return x.readPost()
	}
	return x.readGet()
}

// writeRequestErrors responds to an operation that was not executed.
func (x exchange) writeRequestErrors(ctx context.Context, errs gqlerror.List, shared *sharedStream) {
	response := x.executor.DispatchError(ctx, errs)
	switch {
	case shared != nil && x.accept.response == eventStream: // the response itself is not a stream
		writeResponse(x.w, plainJSON, http.StatusBadRequest, response)
	case x.accept.response == eventStream:
		writeEvents(x.w, response)
	case shared != nil, x.accept.response == responseJSON: // clients could take 200 for 202
		writeResponse(x.w, x.accept.response, http.StatusBadRequest, response)
	default:
		writeResponse(x.w, x.accept.response, http.StatusOK, response)
	}
}

// respond executes a query or mutation, and writes its response: one JSON object, or the two of
// incremental delivery.
func (x exchange) respond(ctx context.Context, o *graphql.OperationContext) {
	ctx, cancel := context.WithTimeout(ctx, x.MaxTime)
	defer cancel()
	if x.accept.deferred {
		x.respondIncrementally(ctx, o)
		return
	}
	removeDefer(o)
	responses, ctx := x.executor.DispatchOperation(ctx, o)
	writeResponse(x.w, x.accept.response, http.StatusOK, responses(ctx))
}

// subscribe streams the results of a subscription, and calls releaseOperation when it has
// acquired the quota of a subscription. SSE clients get errors of that as an event.
func (x exchange) subscribe(ctx context.Context, o *graphql.OperationContext, releaseOperation func()) {
	mediaType := x.accept.subscription
	if mediaType == "" {
		x.writeError(newError(http.StatusMethodNotAllowed,
			"a subscription needs a WebSocket, or the header Accept: %s, or Accept: %s;subscriptionSpec=%s",
			eventStream, multipartMixed, subscriptionSpec))
		return
	}
	release, err := acquireSubscription(ctx, x.Acquire, o)
	switch {
	case err != nil && mediaType == eventStream:
		writeEvents(x.w, errorResponse(ctx, x.executor, nil, err))
	case err != nil:
		x.writeError(err)
	default:
		defer release()
		releaseOperation()
		var format streamFormat = sseFormat{}
		if mediaType == multipartMixed {
			format = multipartFormat{}
		}
		x.streamOperation(ctx, o, format)
	}
}
