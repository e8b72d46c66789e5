package exec

import (
	"context"
	"fmt"
	"reflect"
	"sync/atomic"

	"github.com/99designs/gqlgen/graphql"

	"rowhouse/graph/transport"
	"rowhouse/model/relay"
)

// run is the execution of a plan.
type run struct {
	ctx    context.Context
	schema Schema
	plan   *rootPlan
	b      []byte
	path   []step
	pages  []pageArguments // by fieldPlan.page
	// queues are the values of concurrent fields that are not yet written, by fieldPlan.queue.
	queues     [][]graphql.Marshaler
	splices    []splice
	total      *atomic.Int64 // the length of all plans of the response
	counted    int64         // the part of total for b
	isCut      bool          // elements after cutAt are removed, because the response is too long
	cutAt      int
	isRequired bool // the null that is written must not be null, though its type is nullable
	// isIsolated is true if an error makes only its field null, even if its type is non-null.
	isIsolated bool
}

// pageArguments are the arguments of a connection, which are the same for all rows with it.
type pageArguments struct {
	raw   map[string]any
	ready bool
	relay.PageArgs
	where any
	by    fmt.Stringer
}

// newRun begins a run of the plan in the context of its field. It returns nil if an argument below is invalid, so that gqlgen
// reports the error.
func (p *rootPlan) newRun(ctx context.Context, s Schema) (r *run) {
	total := totalOf(ctx)
	defer func() {
		if recover() != nil { // a scalar of the application
			r = nil
		}
	}()
	r = &run{ctx: ctx, schema: s, plan: p, total: total, isIsolated: transport.IsolatesErrors(ctx)}
	if p.queues > 0 {
		r.queues = make([][]graphql.Marshaler, p.queues)
	}
	if len(p.pages) > 0 {
		r.pages = make([]pageArguments, len(p.pages))
	}
	variables := graphql.GetOperationContext(ctx).Variables
	for i, f := range p.pages {
		ctx := graphql.WithFieldContext(ctx, &graphql.FieldContext{Object: f.object, Field: f.field})
		arguments, err := s.Fields[f.object+"."+f.field.Name](ctx, f.field.ArgumentMap(variables))
		if err != nil {
			return nil
		}
		r.pages[i].raw = arguments
	}
	return r
}

// pageOf returns the arguments of a connection.
func (r *run) pageOf(f *fieldPlan) *pageArguments {
	p := &r.pages[f.page]
	if p.ready {
		return p
	}
	first, _ := p.raw["first"].(*int)
	after, _ := p.raw["after"].(*string)
	last, _ := p.raw["last"].(*int)
	before, _ := p.raw["before"].(*string)
	ctx := graphql.WithFieldContext(r.ctx, &graphql.FieldContext{Object: f.object, Field: f.field})
	p.PageArgs = r.schema.Page(ctx, first, after, last, before)
	p.IncludeDeleted, _ = p.raw["includeDeleted"].(bool)
	p.Selection = f.of.selection
	p.where = p.raw["where"]
	p.by, _ = p.raw["orderBy"].(fmt.Stringer)
	p.ready = true
	return p
}

// step is a field or the index of a list on the way to the value that is written.
type step struct {
	field *fieldPlan // nil for an index
	index int
}

// object is a row.
type object struct {
	row any // a pointer
	v   reflect.Value
}

func newObject(row any) object { return object{row, reflect.ValueOf(row).Elem()} }

// execute writes a value of the field. It returns nil for a value that the plan can't write.
func (r *run) execute(value any) graphql.Marshaler {
	const most = 64 << 10
	length := min(r.plan.length.Load(), most) // of the last JSON
	f := r.plan.fieldPlan
	all, ok := f.acceptValue(value)
	if !ok {
		return nil
	}
	r.b = make([]byte, 0, length+length/8+64)
	ok = f.rows != nil && r.writeAny(f.rows, all) || f.rows == nil && f.write(r, f, object{row: value})
	if !ok {
		r.b = nil
	}
	r.total.Add(int64(len(r.b)) - r.counted)
	switch {
	case !ok:
		return graphql.Null
	case r.isCut:
		return &written{r.b, r.splices, r.schema.MaxResponse + 1}
	}
	r.plan.length.Store(int64(len(r.b)))
	return &written{b: r.b, splices: r.splices}
}

// acceptValue reports whether the plan can write a value of its resolver, and returns its rows for anyRows.
func (f *fieldPlan) acceptValue(value any) (all []any, ok bool) {
	switch {
	case f.rows != nil:
		return f.rows.list(value)
	case f.rowType != nil:
		return nil, reflect.TypeOf(value) == f.rowType
	}
	_, ok = value.(relay.AnyConnection)
	return nil, ok
}

// load calls a load, and reports whether there is a value. It records an error.
func (r *run) load(load load, f *fieldPlan, o object) (value any, ok bool) {
	defer r.recoverPanic()
	value, err := load(r, f, o)
	if err != nil {
		r.fail(err)
		return nil, false
	}
	if value == nil && f.nonNull {
		graphql.AddInvalidNullError(r.fieldContext(), f.field.Definition.Type.String())
	}
	return value, value != nil
}

// recoverPanic records a panic as an error at the current path, with the field's location only if errors are isolated, as
// gqlgen does. Functions that call code of the application defer it.
func (r *run) recoverPanic() {
	if reason := recover(); reason != nil {
		ctx := r.fieldContext()
		err := graphql.GetOperationContext(ctx).Recover(ctx, reason)
		if r.isIsolated {
			err = graphql.AddFieldLocationToError(ctx, err)
		}
		graphql.AddError(ctx, err)
	}
}

// fail records an error at the current path.
func (r *run) fail(err error) {
	ctx := r.fieldContext()
	graphql.AddError(ctx, graphql.AddFieldLocationToError(ctx, err))
}

// fieldContext returns the context of the field at the current path.
func (r *run) fieldContext() context.Context { return r.contextOf(r.path) }

// contextOf returns the context of a path below the root.
func (r *run) contextOf(path []step) context.Context {
	ctx := r.ctx
	for _, s := range path {
		if s.field == nil {
			index := s.index
			ctx = graphql.WithFieldContext(ctx, &graphql.FieldContext{Index: &index})
			continue
		}
		isRelation := s.field.of != nil
		at := &graphql.FieldContext{Object: s.field.object, Field: s.field.field, IsMethod: isRelation, IsResolver: isRelation}
		if s.field.page >= 0 {
			at.Args = r.pages[s.field.page].raw
		}
		ctx = graphql.WithFieldContext(ctx, at)
	}
	return ctx
}

// truncate removes what was written after start.
func (r *run) truncate(start int) {
	r.b = r.b[:start]
	if start < r.cutAt {
		r.isCut = false
	}
	for n := len(r.splices); n > 0 && r.splices[n-1].at >= start; n-- {
		r.splices = r.splices[:n-1]
	}
}

// tooLong reports whether the response is beyond its limit. All plans of the response together may have twice as many
// bytes: a long field can become null in the end.
func (r *run) tooLong() bool {
	n := int64(len(r.b))
	total := r.total.Add(n - r.counted)
	r.counted = n
	return n > r.schema.MaxResponse || total > 2*r.schema.MaxResponse
}

// beginField appends the key of a field, and returns the start of its value.
func (r *run) beginField(i int, f *fieldPlan) (start int) {
	if i > 0 {
		r.b = append(r.b, ',')
	}
	r.b = append(r.b, f.key...)
	r.path = append(r.path, step{field: f})
	return len(r.b)
}

// endField ends a field. It returns false if a non-null field is null.
func (r *run) endField(f *fieldPlan, start int, ok bool) bool {
	r.path = r.path[:len(r.path)-1]
	if ok {
		return true
	}
	r.truncate(start)
	r.b = append(r.b, "null"...)
	isRequired := f.nonNull || r.isRequired
	r.isRequired = false
	return !isRequired || r.isIsolated
}

// endValue ends an object or a list, or removes it.
func (r *run) endValue(start int, valid bool, end byte) bool {
	if !valid {
		r.truncate(start)
		return false
	}
	r.b = append(r.b, end)
	return true
}

// beginElement begins an element of a list, and returns its start.
func (r *run) beginElement(i int) (start int) {
	start = len(r.b)
	if i > 0 {
		r.b = append(r.b, ',')
	}
	r.path = append(r.path, step{index: i})
	return start
}

// endElement ends an element of a list. It removes the elements after the one with which the response exceeds its limit. The
// execution goes on, because an error of another element can make the list null, so that the response is short.
func (r *run) endElement(start int) {
	r.path = r.path[:len(r.path)-1]
	switch {
	case !r.tooLong():
	case !r.isCut:
		r.isCut, r.cutAt = true, len(r.b)
	case start >= r.cutAt:
		r.truncate(start)
	}
}

// writeObject writes a row. It returns false if a non-null field is null.
func (r *run) writeObject(plan *objectPlan, o object) bool {
	start, valid := len(r.b), true
	r.b = append(r.b, '{')
	for i, f := range plan.fields {
		at := r.beginField(i, f)
		valid = r.endField(f, at, f.write(r, f, o)) && valid
	}
	return r.endValue(start, valid, '}')
}

// writeNodes writes the rows of a page.
func (r *run) writeNodes(plan *objectPlan, page relay.AnyConnection) bool {
	r.resolveNodes(plan, nil, page)
	start, valid := len(r.b), true
	r.b = append(r.b, '[')
	for i := range page.Len() {
		at := r.beginElement(i)
		valid = r.writeObject(plan, newObject(page.Row(i))) && valid
		r.endElement(at)
	}
	return r.endValue(start, valid, ']')
}

// writeEdges writes the edges of a page.
func (r *run) writeEdges(plan *pagePlan, page relay.AnyConnection) bool {
	for _, node := range plan.nodes {
		r.resolveNodes(node.row, node.fieldPlan, page)
	}
	start, valid := len(r.b), true
	r.b = append(r.b, '[')
	for i := range page.Len() {
		at := r.beginElement(i)
		valid = r.writePage(plan, page, i, nil) && valid
		r.endElement(at)
	}
	return r.endValue(start, valid, ']')
}

// writePage writes a connection, an edge of the row i, or the position of the page.
func (r *run) writePage(plan *pagePlan, page relay.AnyConnection, i int, info *relay.PageInfo) bool {
	start, valid := len(r.b), true
	r.b = append(r.b, '{')
	for n, f := range plan.fields {
		at := r.beginField(n, f.fieldPlan)
		valid = r.endField(f.fieldPlan, at, f.write(r, f, page, i, info)) && valid
	}
	return r.endValue(start, valid, '}')
}

// isNil reports whether a resolver's value is nil or a nil pointer.
func isNil(value any) bool {
	v := reflect.ValueOf(value)
	return !v.IsValid() || v.Kind() == reflect.Pointer && v.IsNil()
}
