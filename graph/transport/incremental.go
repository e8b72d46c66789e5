package transport

import (
	"context"
	"errors"
	"io"
	"net/http"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// Incremental delivery as clients know it by the name deferSpec=20220824: an answer in
// parts, the first without what is deferred.
const (
	mixed     = "multipart/mixed"
	deferSpec = "20220824"
	// delimiter comes before each part and after the last: a client takes a part for whole
	// when it has seen it. JSON has no line breaks in its texts.
	delimiter = "\r\n---"
)

// defers reports whether an operation has @defer, or at least a word like it.
func defers(o *graphql.OperationContext) bool { return strings.Contains(o.RawQuery, "defer") }

// deliver responds to an operation with @defer in two parts, or in one part if no fragment is
// deferred. It runs the operation without the deferred fragments, and then whole. The second run
// has the rows of the first with their loaded relations (the batches of model), so it reads only
// new data. All payloads are made before the first is written: while a slow client reads them,
// the rows and the second result are already free.
//
// gqlgen's own @defer has null for deferred fields in the first part, leaves out fields that two
// fragments share, and sends nested payloads before their parents.
func (h *HTTP) deliver(ctx context.Context, w http.ResponseWriter, kind string, exec graphql.GraphExecutor, o *graphql.OperationContext) {
	run := func() *graphql.Response {
		responses, ctx := exec.DispatchOperation(ctx, o)
		if response := responses(ctx); response != nil {
			return response
		}
		return exec.DispatchError(ctx, gqlerror.List{gqlerror.Wrap(ctx.Err())})
	}
	operation, doc, resolver := o.Operation, o.Doc, o.ResolverMiddleware
	deferred := rewriter{variables: o.Variables, drop: true}.rewrite(o)
	if deferred {
		o.ResolverMiddleware = onceAtRoot(o.ResolverMiddleware)
	}
	first := run()
	if !deferred || first.Data == nil || string(first.Data) == "null" {
		write(w, kind, http.StatusOK, first)
		return
	}
	w.Header().Set("Content-Type", mixed+`; boundary="-"; deferSpec=`+deferSpec)
	if !part(w, delimiter, encode(first).add("hasNext", []byte("true")), delimiter) {
		return
	}
	eager, eagerDoc := o.Operation, o.Doc
	o.Operation, o.Doc = operation, doc
	rewriter{variables: o.Variables, schema: h.Schema}.rewrite(o)
	o.ResolverMiddleware = isolate(o.ResolverMiddleware)
	whole := run()
	o.Operation, o.Doc, o.ResolverMiddleware = operation, doc, resolver // without the rows
	count := h.TrackDeferred(ctx)
	p := payloads{operation: o, schema: h.Schema, errors: whole.Errors, refuse: func(path ast.Path, bytes int) gqlerror.List {
		if err := count(int64(bytes)); err != nil {
			return exec.DispatchError(ctx, gqlerror.List{gqlerror.WrapPath(path, err)}).Errors
		}
		return nil
	}}
	part(w, "", p.all(first.Data, whole.Data), delimiter+"--\r\n")
	// The executor remembers selections by their address, which nothing else may get.
	runtime.KeepAlive(eager)
	runtime.KeepAlive(eagerDoc)
}

// part writes a part, and reports whether the client took it.
func part(w http.ResponseWriter, begin string, content []byte, end string) bool {
	_, err := io.WriteString(w, begin+"\r\nContent-Type: application/json; charset=utf-8\r\n\r\n")
	if err == nil {
		_, err = w.Write(content)
	}
	if err == nil {
		_, err = io.WriteString(w, end)
	}
	return err == nil && http.NewResponseController(w).Flush() == nil
}

// isolate makes only a field null when it fails, not its parents. The null of a deferred field
// propagates up to its fragment, which payloads implements.
func isolate(resolver graphql.FieldMiddleware) graphql.FieldMiddleware {
	return func(ctx context.Context, next graphql.Resolver) (value any, err error) {
		defer func() {
			o := graphql.GetOperationContext(ctx)
			if with := recover(); with != nil {
				err = o.Recover(ctx, with)
			}
			switch {
			case err != nil:
				o.Error(ctx, graphql.AddFieldLocationToError(ctx, err))
				value, err = nullValue{}, nil
			case isNil(value) && graphql.GetFieldContext(ctx).Field.Definition.Type.NonNull:
				graphql.AddInvalidNullError(ctx, "")
				value = nullValue{}
			}
		}()
		return resolver(ctx, next)
	}
}

func isNil(value any) bool {
	v := reflect.ValueOf(value)
	return !v.IsValid() || v.Kind() == reflect.Pointer && v.IsNil()
}

// nullValue writes null, but the executor does not treat it as null.
type nullValue struct{}

func (nullValue) MarshalGQL(w io.Writer) { _, _ = io.WriteString(w, "null") }

// SelectsOnlyTotalCount reports whether nothing of a connection is asked for but its total: all that a
// resolver may make its result depend on, of what is selected below.
func SelectsOnlyTotalCount(ctx context.Context) bool {
	return !slices.ContainsFunc(graphql.CollectFieldsCtx(ctx, nil), func(f graphql.CollectedField) bool {
		return f.Name != "totalCount" && f.Name != "__typename"
	})
}

var errPanicked = errors.New("the field panicked in the first run")

// onceAtRoot resolves each field at the root once, so that both runs have the same rows;
// and a connection anew where the first asked for nothing but the total, or for nothing.
func onceAtRoot(resolver graphql.FieldMiddleware) graphql.FieldMiddleware {
	type root struct {
		alias     string
		countOnly bool
	}
	type result struct {
		value any
		err   error
	}
	var results sync.Map
	return func(ctx context.Context, next graphql.Resolver) (any, error) {
		field := graphql.GetFieldContext(ctx)
		if field.Parent == nil || field.Parent.Parent != nil {
			return resolver(ctx, next)
		}
		key := root{field.Field.Alias, field.Field.Definition.Arguments.ForName("first") != nil && SelectsOnlyTotalCount(ctx)}
		if known, ok := results.Load(key); ok {
			return known.(result).value, known.(result).err
		}
		results.Store(key, result{nil, errPanicked}) // a mutation never runs again
		value, err := resolver(ctx, next)
		results.Store(key, result{value, err})
		return value, err
	}
}
