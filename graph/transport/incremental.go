package transport

import (
	"context"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// Incremental delivery as clients know it by the name deferSpec=20220824: an answer in
// parts, the first without what is deferred.
const (
	mixed     = "multipart/mixed"
	deferSpec = "20220824"
	// delimiter comes before each part and after the last: by then, a client knows that a
	// part is whole. JSON has no line breaks in its texts.
	delimiter = "\r\n---"
)

// gathered is how many deferred results may wait while a part is written.
const gathered = 64

// defers reports whether an operation has @defer, or at least a word like it.
func defers(o *graphql.OperationContext) bool { return strings.Contains(o.RawQuery, "defer") }

// undefer makes an operation's answer one piece, for a client that takes no parts. The
// document is shared, so it is copied.
func undefer(o *graphql.OperationContext) {
	if !defers(o) {
		return
	}
	operation, doc := *o.Operation, *o.Doc
	operation.SelectionSet = undeferred(operation.SelectionSet)
	doc.Fragments = make(ast.FragmentDefinitionList, len(o.Doc.Fragments))
	for i, f := range o.Doc.Fragments {
		fragment := *f
		fragment.SelectionSet = undeferred(f.SelectionSet)
		doc.Fragments[i] = &fragment
	}
	o.Operation, o.Doc = &operation, &doc
}

func undeferred(set ast.SelectionSet) ast.SelectionSet {
	plain := make(ast.SelectionSet, len(set))
	for i, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			field := *s
			field.SelectionSet = undeferred(s.SelectionSet)
			plain[i] = &field
		case *ast.InlineFragment:
			fragment := *s
			fragment.Directives, fragment.SelectionSet = withoutDefer(s.Directives), undeferred(s.SelectionSet)
			plain[i] = &fragment
		case *ast.FragmentSpread:
			spread := *s
			spread.Directives = withoutDefer(s.Directives)
			plain[i] = &spread
		}
	}
	return plain
}

func withoutDefer(directives ast.DirectiveList) (others ast.DirectiveList) {
	for _, d := range directives {
		if d.Name != "defer" {
			others = append(others, d)
		}
	}
	return others
}

// deliver runs a query with @defer, and answers in parts if anything is deferred. Each
// part holds all that came while the last one was written: rows that load a relation
// together are ready together, and a client renders once a part. ctx bounds the query.
func deliver(ctx context.Context, w http.ResponseWriter, kind string, exec graphql.GraphExecutor, o *graphql.OperationContext) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	// The executor waits for each deferred result, and forever for one whose context had
	// ended when it was ready: only that of a running resolver ends.
	endless := context.WithoutCancel(ctx)
	resolve, later := o.ResolverMiddleware, newLater(o)
	o.ResolverMiddleware = func(field context.Context, next graphql.Resolver) (any, error) {
		later.note(graphql.GetFieldContext(field))
		running := &resolving{Context: field, query: ctx}
		defer running.returned.Store(true)
		return resolve(running, next) //nolint:contextcheck // it inherits from the field's
	}
	responses, endless := exec.DispatchOperation(endless, o)
	first := responses(endless)
	if first.HasNext == nil {
		write(w, kind, http.StatusOK, first)
		return
	}
	results := make(chan *graphql.Response, gathered)
	go func() {
		defer close(results)
		for r := responses(endless); r != nil; r = responses(endless) {
			results <- r
		}
	}()
	w.Header().Set("Content-Type", mixed+`; boundary="-"; deferSpec=`+deferSpec)
	_, _ = io.WriteString(w, delimiter)
	first.Data = later.without(first.Data, o.Operation.SelectionSet, func(string) {})
	heard := part(w, encode(first).add("hasNext", []byte("true")), true)
	for r := range results {
		if !heard {
			cancel()
			continue
		}
		var more bool
		var list []byte
		for ; r != nil; r = waiting(results) {
			more = *r.HasNext
			later.take(r, func(r *graphql.Response) {
				list = append(append(list, ','), encodeDeferred(r)...)
			})
		}
		payload := object("{}").add("hasNext", strconv.AppendBool(nil, more))
		if list != nil {
			list[0] = '['
			payload = payload.add("incremental", append(list, ']'))
		}
		if list != nil || !more {
			heard = part(w, payload, more)
		}
	}
}

// waiting returns a result that is there by now, or nil.
func waiting(results <-chan *graphql.Response) *graphql.Response {
	select {
	case r := <-results:
		return r
	default:
		return nil
	}
}

// part writes a part, and reports whether the client took it.
func part(w http.ResponseWriter, payload object, more bool) bool {
	end := delimiter
	if !more {
		end += "--\r\n"
	}
	_, err := io.WriteString(w, "\r\nContent-Type: application/json; charset=utf-8\r\n\r\n"+string(payload)+end)
	return err == nil && http.NewResponseController(w).Flush() == nil
}

// encodeDeferred adds where the data belongs.
func encodeDeferred(r *graphql.Response) object {
	path := r.Path
	if path == nil { // at the root
		path = ast.Path{}
	}
	o := encode(r).marshal("path", path)
	if r.Label != "" {
		o = o.marshal("label", r.Label)
	}
	return o
}

// resolving is the context of a resolver, which ends with the query. When the resolver has
// returned, it is that of the fields below, and has no end of its own.
type resolving struct {
	context.Context
	query    context.Context
	returned atomic.Bool
}

func (r *resolving) ends() context.Context {
	if r.returned.Load() {
		return r.Context
	}
	return r.query
}

// Deadline is part of context.Context.
func (r *resolving) Deadline() (time.Time, bool) { return r.ends().Deadline() }

// Done is part of context.Context.
func (r *resolving) Done() <-chan struct{} { return r.ends().Done() }

// Err is part of context.Context.
func (r *resolving) Err() error { return r.ends().Err() }
