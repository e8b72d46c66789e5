package transport

import (
	"context"
	"io"
	"net/http"
	"runtime"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

const (
	// deferSpec is the supported version of incremental delivery: an initial response without the
	// deferred fragments, and subsequent responses with their payloads.
	deferSpec = "20220824"
	// incrementalDelimiter precedes each part and follows the last: clients process a part when they
	// have read the next delimiter. The boundary is "-", and JSON contains no line breaks.
	incrementalDelimiter = "\r\n---"
)

// respondIncrementally responds to an operation with @defer in two parts, or with one JSON object
// if no fragment is deferred. It executes the operation without the deferred fragments, and then
// completely. The fields of the root are resolved only once, so the second execution reads only new
// data if the resolvers' objects keep loaded relations. It builds all payloads before it writes the
// first of them, so that a slow consumer holds neither objects nor the second result.
//
// gqlgen's own @defer has null for deferred fields in the initial response, omits fields of
// overlapping fragments, and delivers nested payloads before their parents.
func (x exchange) respondIncrementally(ctx context.Context, o *graphql.OperationContext) {
	operation, doc, resolver := o.Operation, o.Doc, o.ResolverMiddleware
	deferred := deferRemover{variables: o.Variables, dropFragments: true}.rewriteOperation(o)
	if deferred {
		o.ResolverMiddleware = resolveRootOnce(resolver)
	}
	initial := x.executeOnce(ctx, o)
	if !deferred || initial.Data == nil || string(initial.Data) == "null" {
		writeResponse(x.w, x.accept.response, http.StatusOK, initial)
		return
	}
	x.w.Header().Set("Content-Type", multipartMixed+`; boundary="-"; deferSpec=`+deferSpec)
	if !x.writePart(incrementalDelimiter, encodeResponse(initial).appendMember("hasNext", []byte("true")), incrementalDelimiter) {
		return
	}
	initialOperation, initialDoc := o.Operation, o.Doc
	o.Operation, o.Doc = operation, doc
	deferRemover{variables: o.Variables, schema: x.Schema}.rewriteOperation(o)
	o.ResolverMiddleware = isolateErrors(o.ResolverMiddleware)
	complete := x.executeOnce(context.WithValue(ctx, isolatedKey{}, true), o)
	o.Operation, o.Doc, o.ResolverMiddleware = operation, doc, resolver // frees the resolvers' objects
	track := x.TrackDeferred(ctx)
	b := payloadBuilder{
		operation: o, schema: x.Schema, errors: complete.Errors,
		checkSize: func(path ast.Path, bytes int) gqlerror.List {
			if err := track(int64(bytes)); err != nil {
				return errorResponse(ctx, x.executor, path, err).Errors
			}
			return nil
		},
	}
	x.writePart("", b.buildSubsequent(initial.Data, complete.Data), incrementalDelimiter+"--\r\n")
	// The executor caches selections by their address. New ones must not get the same address meanwhile.
	runtime.KeepAlive(initialOperation)
	runtime.KeepAlive(initialDoc)
}

// executeOnce returns the only response of a query or mutation. It always returns one.
func (x exchange) executeOnce(ctx context.Context, o *graphql.OperationContext) *graphql.Response {
	responses, ctx := x.executor.DispatchOperation(ctx, o)
	if response := responses(ctx); response != nil {
		return response
	}
	return errorResponse(ctx, x.executor, nil, ctx.Err())
}

// writePart writes and flushes a part, without a copy of its content, and reports success.
func (x exchange) writePart(begin string, content []byte, end string) bool {
	_, err := io.WriteString(x.w, begin+partHeader)
	if err == nil {
		_, err = x.w.Write(content)
	}
	if err == nil {
		_, err = io.WriteString(x.w, end)
	}
	return err == nil && http.NewResponseController(x.w).Flush() == nil
}
