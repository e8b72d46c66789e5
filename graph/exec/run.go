package exec

import (
	"context"
	"io"
	"reflect"

	"github.com/99designs/gqlgen/graphql"

	"rowhouse/graph/transport"
	"rowhouse/model/relay"
)

// run is the execution of a plan.
type run struct {
	ctx    context.Context
	schema Schema
	b      []byte
	path   []step
	pages  map[*fieldPlan]relay.PageArgs
	// isolated is true if an error makes only its field null, even if its type is non-null.
	isolated bool
}

// pageOf returns the arguments of a connection.
func (r *run) pageOf(f *fieldPlan, arguments map[string]any) relay.PageArgs {
	if page, ok := r.pages[f]; ok {
		return page
	}
	first, _ := arguments["first"].(*int)
	after, _ := arguments["after"].(*string)
	last, _ := arguments["last"].(*int)
	before, _ := arguments["before"].(*string)
	ctx := graphql.WithFieldContext(r.ctx, &graphql.FieldContext{Object: f.object, Field: f.field})
	page := r.schema.Page(ctx, first, after, last, before)
	page.IncludeDeleted, _ = arguments["includeDeleted"].(bool)
	page.Selection = f.of.selection
	if r.pages == nil {
		r.pages = map[*fieldPlan]relay.PageArgs{}
	}
	r.pages[f] = page
	return page
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

// execute writes a value of the field.
func (f *fieldPlan) execute(ctx context.Context, s Schema, value any) graphql.Marshaler {
	r := &run{ctx: ctx, schema: s, b: make([]byte, 0, 4096), isolated: transport.IsolatesErrors(ctx)}
	if !f.write(r, f, object{row: value}) {
		return graphql.Null
	}
	return written(r.b)
}

// written is the JSON of a value.
type written []byte

// MarshalGQL writes the JSON.
func (b written) MarshalGQL(w io.Writer) { _, _ = w.Write(b) }

// load calls a load, and reports whether there is a value. It records an error.
func (r *run) load(load load, f *fieldPlan, o object) (value any, ok bool) {
	defer r.recoverPanic()
	value, err := load(r, f, o)
	if err != nil {
		r.fail(err)
		return nil, false
	}
	return value, value != nil
}

// recoverPanic records a panic as an error at the current path, with the field's location only if errors are isolated, as
// gqlgen does. Functions that call code of the application defer it.
func (r *run) recoverPanic() {
	if reason := recover(); reason != nil {
		ctx := r.fieldContext()
		err := graphql.GetOperationContext(ctx).Recover(ctx, reason)
		if r.isolated {
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
func (r *run) fieldContext() context.Context {
	ctx := r.ctx
	for _, s := range r.path {
		if s.field == nil {
			index := s.index
			ctx = graphql.WithFieldContext(ctx, &graphql.FieldContext{Index: &index})
		} else {
			ctx = graphql.WithFieldContext(ctx, &graphql.FieldContext{Object: s.field.object, Field: s.field.field})
		}
	}
	return ctx
}

// tooLong reports whether the response is beyond its limit, so that the rest need not be written.
func (r *run) tooLong() bool { return int64(len(r.b)) > r.schema.MaxResponse }

// writeObject writes a row. It returns false if a non-null field is null.
func (r *run) writeObject(plan *objectPlan, o object) bool {
	start, valid := len(r.b), true
	r.b = append(r.b, '{')
	for i, f := range plan.fields {
		if i > 0 {
			r.b = append(r.b, ',')
		}
		valid = r.writeField(f, func() bool { return f.write(r, f, o) }) && valid
	}
	return r.endValue(start, valid, '}')
}

func (r *run) writeField(f *fieldPlan, write func() bool) bool {
	r.b = append(r.b, f.key...)
	start := len(r.b)
	r.path = append(r.path, step{field: f})
	ok := write()
	r.path = r.path[:len(r.path)-1]
	if ok {
		return true
	}
	r.b = append(r.b[:start], "null"...)
	return !f.nonNull || r.isolated
}

// endValue ends an object or a list, or removes it.
func (r *run) endValue(start int, valid bool, end byte) bool {
	if !valid {
		r.b = r.b[:start]
		return false
	}
	r.b = append(r.b, end)
	return true
}

func (r *run) writeList(n int, write func(i int) bool) bool {
	start, valid := len(r.b), true
	r.b = append(r.b, '[')
	for i := 0; i < n && !r.tooLong(); i++ {
		if i > 0 {
			r.b = append(r.b, ',')
		}
		r.path = append(r.path, step{index: i})
		valid = write(i) && valid
		r.path = r.path[:len(r.path)-1]
	}
	return r.endValue(start, valid, ']')
}

func (r *run) writePage(plan *pagePlan, page relay.AnyConnection) bool {
	return r.writePageFields(plan, page, 0, nil)
}

func (r *run) writePageFields(plan *pagePlan, page relay.AnyConnection, i int, info *relay.PageInfo) bool {
	start, valid := len(r.b), true
	r.b = append(r.b, '{')
	for n, f := range plan.fields {
		if n > 0 {
			r.b = append(r.b, ',')
		}
		valid = r.writeField(f.fieldPlan, func() bool { return f.write(r, f, page, i, info) }) && valid
	}
	return r.endValue(start, valid, '}')
}

// isNil reports whether a resolver's value is nil or a nil pointer.
func isNil(value any) bool {
	v := reflect.ValueOf(value)
	return !v.IsValid() || v.Kind() == reflect.Pointer && v.IsNil()
}
