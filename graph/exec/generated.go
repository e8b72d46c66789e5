package exec

import (
	"context"
	"sync"

	"github.com/99designs/gqlgen/graphql"

	"rowhouse/model/relay"
)

// Generated is a field of a row that gqlgen's generated code resolves below a plan: a field with code of the application, a
// list, or a scalar of the application.
type Generated struct {
	// Resolve returns the value of the field in the context of the row, a pointer. It records errors.
	Resolve func(ctx context.Context, field graphql.CollectedField, row any) graphql.Marshaler
	// IsConcurrent is set for resolvers, which can wait for other servers. They run concurrently for all rows of a list.
	IsConcurrent bool
}

// compileGenerated sets the function that writes a field by generated code. It reports whether there is one.
func (c *compiler) compileGenerated(f *fieldPlan, of *rowsPlan) bool {
	name := f.object + "." + f.field.Name
	generated, ok := c.schema.Generated[name]
	if !ok {
		return false
	}
	if _, planned := c.schema.Fields[name]; !planned && c.sent == nil {
		of.all = true // code of the application can use any column
	}
	f.write, f.resolve = writeGenerated, generated.Resolve
	if generated.IsConcurrent {
		f.isConcurrent, f.queue = true, c.queues
		c.queues++
	}
	return true
}

func writeGenerated(r *run, f *fieldPlan, o object) bool {
	var value graphql.Marshaler
	if f.isConcurrent && len(r.queues[f.queue]) > 0 {
		value = r.queues[f.queue][0]
		r.queues[f.queue] = r.queues[f.queue][1:]
	} else {
		value = resolveGenerated(r.contextOf(r.path[:len(r.path)-1]), f, o.row)
	}
	switch value {
	case nil, graphql.Null:
		return false
	case graphql.RequiredNull: // the resolver has called graphql.MarkNonNull
		r.isRequired = true
		return false
	}
	r.splices = append(r.splices, splice{len(r.b), value})
	return true
}

// resolveGenerated calls the generated code. A panic is an error, as in gqlgen.
func resolveGenerated(ctx context.Context, f *fieldPlan, row any) (value graphql.Marshaler) {
	defer func() {
		if reason := recover(); reason != nil {
			graphql.AddError(ctx, graphql.GetOperationContext(ctx).Recover(ctx, reason))
			value = graphql.Null
		}
	}()
	return f.resolve(ctx, f.field, row)
}

// resolveNodes resolves the concurrent fields of a page's rows, for writeGenerated to write in their order. node is the field
// of an edge with the row, or nil for nodes.
func (r *run) resolveNodes(plan *objectPlan, node *fieldPlan, page relay.AnyConnection) {
	if len(plan.concurrent) == 0 {
		return
	}
	r.resolveRows(plan, page.Len(), page.Row, func(ctx context.Context, i int) context.Context {
		ctx = graphql.WithFieldContext(ctx, &graphql.FieldContext{Index: &i})
		if node != nil {
			ctx = graphql.WithFieldContext(ctx, &graphql.FieldContext{Object: node.object, Field: node.field})
		}
		return ctx
	})
}

// resolveRow resolves the concurrent fields of one row.
func (r *run) resolveRow(plan *objectPlan, row any) {
	if len(plan.concurrent) > 1 { // writeGenerated resolves a single field
		r.resolveRows(plan, 1, func(int) any { return row }, func(ctx context.Context, _ int) context.Context { return ctx })
	}
}

func (r *run) resolveRows(
	plan *objectPlan, n int, row func(i int) any, contextOf func(ctx context.Context, i int) context.Context,
) {
	var group sync.WaitGroup
	ctx := r.contextOf(r.path)
	for _, f := range plan.concurrent {
		r.queues[f.queue] = make([]graphql.Marshaler, n)
	}
	for i := range n {
		ctx := contextOf(ctx, i)
		for _, f := range plan.concurrent {
			results := r.queues[f.queue]
			group.Go(func() { results[i] = resolveGenerated(ctx, f, row(i)) })
		}
	}
	group.Wait()
}
