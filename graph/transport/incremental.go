package transport

import (
	"context"
	"io"
	"net/http"
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

// deliver answers a query with @defer in two parts: it runs without what is deferred, and
// then whole. The second run has the rows of the first, which know the relations that they
// have loaded (the cohorts of model), so that it reads only what is new.
//
// gqlgen's executor can defer by itself, but answers null meanwhile, sends what is nested
// before that it belongs into, and waits forever where two fragments defer one field.
func deliver(ctx context.Context, w http.ResponseWriter, kind string, exec graphql.GraphExecutor, o *graphql.OperationContext) {
	run := func() *graphql.Response {
		responses, ctx := exec.DispatchOperation(ctx, o)
		if response := responses(ctx); response != nil {
			return response
		}
		return exec.DispatchError(ctx, gqlerror.List{gqlerror.Wrap(ctx.Err())})
	}
	operation, doc := o.Operation, o.Doc
	deferred := rewrite(o, true)
	if deferred {
		o.ResolverMiddleware = onceAtRoot(o.ResolverMiddleware)
	}
	first := run()
	if !deferred || first.Data == nil || string(first.Data) == "null" {
		write(w, kind, http.StatusOK, first)
		return
	}
	w.Header().Set("Content-Type", mixed+`; boundary="-"; deferSpec=`+deferSpec)
	_, _ = io.WriteString(w, delimiter)
	if !part(w, encode(first).add("hasNext", []byte("true")), delimiter) {
		return
	}
	eager, eagerDoc := o.Operation, o.Doc
	o.Operation, o.Doc = operation, doc
	rewrite(o, false)
	whole := run()
	o.Operation, o.Doc = operation, doc
	part(w, later(o, first, whole).add("hasNext", []byte("false")), delimiter+"--\r\n")
	// The executor remembers selections by their address, which nothing else may get.
	runtime.KeepAlive(eager)
	runtime.KeepAlive(eagerDoc)
}

// part writes a part, and reports whether the client took it.
func part(w http.ResponseWriter, payload object, end string) bool {
	_, err := io.WriteString(w, "\r\nContent-Type: application/json; charset=utf-8\r\n\r\n"+string(payload)+end)
	return err == nil && http.NewResponseController(w).Flush() == nil
}

// CountOnly reports whether nothing of a connection is asked for but its total: all that a
// resolver may make its result depend on, of what is selected below.
func CountOnly(ctx context.Context) bool {
	return !slices.ContainsFunc(graphql.CollectFieldsCtx(ctx, nil), func(f graphql.CollectedField) bool {
		return f.Name != "totalCount" && f.Name != "__typename"
	})
}

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
		key := root{field.Field.Alias, field.Field.Definition.Arguments.ForName("first") != nil && CountOnly(ctx)}
		if known, ok := results.Load(key); ok {
			return known.(result).value, known.(result).err
		}
		value, err := resolver(ctx, next)
		results.Store(key, result{value, err})
		return value, err
	}
}

// rewrite makes an operation one without @defer: with what it defers, or without. It
// reports whether there was any of that. The document is shared, so it is copied.
func rewrite(o *graphql.OperationContext, drop bool) (deferred bool) {
	if !defers(o) {
		return false
	}
	r := rewriter{variables: o.Variables, drop: drop}
	operation, doc := *o.Operation, *o.Doc
	operation.SelectionSet = r.set(operation.SelectionSet)
	doc.Fragments = make(ast.FragmentDefinitionList, len(o.Doc.Fragments))
	for i, f := range o.Doc.Fragments {
		fragment := *f
		fragment.SelectionSet = r.set(f.SelectionSet)
		doc.Fragments[i] = &fragment
	}
	o.Operation, o.Doc = &operation, &doc
	return r.deferred
}

type rewriter struct {
	variables      map[string]any
	drop, deferred bool
}

func (r *rewriter) set(set ast.SelectionSet) (plain ast.SelectionSet) {
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			field := *s
			field.SelectionSet = r.set(s.SelectionSet)
			plain = append(plain, &field)
		case *ast.InlineFragment:
			fragment := *s
			fragment.SelectionSet = r.set(s.SelectionSet)
			if r.keep(&fragment.Directives) {
				plain = append(plain, &fragment)
			}
		case *ast.FragmentSpread:
			spread := *s
			if r.keep(&spread.Directives) {
				plain = append(plain, &spread)
			}
		}
	}
	return plain
}

// keep takes @defer out, and reports whether its fragment stays.
func (r *rewriter) keep(directives *ast.DirectiveList) bool {
	active := deferral(*directives, r.variables) != nil
	r.deferred = r.deferred || active
	*directives = slices.DeleteFunc(slices.Clone(*directives), func(d *ast.Directive) bool { return d.Name == "defer" })
	return !active || !r.drop
}

// deferral returns the label of an active @defer, which may be empty, or nil.
func deferral(directives ast.DirectiveList, variables map[string]any) *string {
	d := directives.ForName("defer")
	if d == nil {
		return nil
	}
	if active, _ := d.ArgumentMap(variables)["if"].(bool); !active {
		return nil
	}
	label := ""
	if l := d.Arguments.ForName("label"); l != nil && l.Value.Kind != ast.Variable {
		label = l.Value.Raw
	}
	return &label
}
