package exec

import (
	"context"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"rowhouse/model/relay"
)

// compiler compiles the plan of one field of an operation. It has the state of a request, so plans must not refer to it.
type compiler struct {
	schema    Schema
	operation *graphql.OperationContext
	// sent is the plan of the field in the operation as the client has sent it, or nil: see deferred.go.
	sent   *rootPlan
	pages  []*fieldPlan // the connections below the field
	queues int          // the number of concurrent fields
	fields int
}

// rootPlan is the plan of a field that gqlgen resolves.
type rootPlan struct {
	*fieldPlan // nil for a field without a plan
	path       string
	pages      []*fieldPlan // the connections below the field, by fieldPlan.page
	queues     int
	fields     int
	length     atomic.Int64 // of the last JSON
}

func (p *rootPlan) orNil() *rootPlan {
	if p.fieldPlan == nil {
		return nil
	}
	return p
}

// fieldPlan writes the value of a field.
type fieldPlan struct {
	field   graphql.CollectedField
	object  string // the type with the field
	key     []byte // the response name in JSON, with a colon
	nonNull bool
	of      *rowsPlan    // of a field with rows, else nil
	page    int          // the index of a connection below the root, or -1
	rowType reflect.Type // of a row at the root of a plan, else nil
	rows    *anyRows     // of a field at the root of a plan, instead of write
	// resolve is Generated.Resolve, or nil. queue is the index of a concurrent field below the root.
	resolve      func(context.Context, graphql.CollectedField, any) graphql.Marshaler
	isConcurrent bool
	queue        int
	// write appends the value to r.b. It returns false if the value is null.
	write func(r *run, f *fieldPlan, o object) bool
}

// objectPlan writes an object.
type objectPlan struct {
	fields     []*fieldPlan
	concurrent []*fieldPlan // see Generated
}

// rowsPlan has the columns that all uses of a relation's rows need.
type rowsPlan struct {
	t         relay.AnyType
	fields    []string
	all       bool
	selection *relay.Selection // nil for all columns
	relations map[string]*rowsPlan
}

func newRowsPlan(t relay.AnyType) *rowsPlan {
	return &rowsPlan{t: t, relations: map[string]*rowsPlan{}}
}

// selectColumns sets the Selections of the rows and of their relations, once all uses are compiled.
func (p *rowsPlan) selectColumns() {
	for _, relation := range p.relations {
		relation.selectColumns()
	}
	if p.all {
		return
	}
	p.selection = p.t.NewSelection(p.fields)
	for _, name := range slices.Sorted(maps.Keys(p.relations)) {
		p.selection.SelectRelation(name, p.relations[name].selection)
	}
}

func (p *rowsPlan) need(field string) {
	if !slices.Contains(p.fields, field) {
		p.fields = append(p.fields, field)
	}
}

// compileRoot compiles the plan of a field. gqlgen calls the resolver of this field.
func (c *compiler) compileRoot(at *graphql.FieldContext) *fieldPlan {
	t, isConnection := c.targetOf(at.Field.Definition.Type)
	f := &fieldPlan{field: at.Field, object: at.Object, nonNull: at.Field.Definition.Type.NonNull, of: newRowsPlan(t), page: -1}
	if t == nil || at.Field.Definition.Type.Elem != nil {
		if f.rows = c.compileAny(at.Field); f.rows == nil {
			return nil
		}
		return f
	}
	if !isConnection {
		f.rowType = reflect.TypeOf(t.NewRow())
	}
	if c.sent != nil {
		f.of = c.sent.of
	}
	if !c.compileValue(f, isConnection, rowOrPage) {
		return nil
	}
	if c.sent == nil {
		f.of.selectColumns()
	}
	return f
}

// targetOf returns the type of the rows in a field's type, and whether they are in a connection.
func (c *compiler) targetOf(of *ast.Type) (t relay.AnyType, isConnection bool) {
	name, isConnection := strings.CutSuffix(of.Name(), "Connection")
	if isConnection && of.Elem != nil {
		return nil, false
	}
	return c.schema.Types.ByName(name), isConnection
}

// load loads the value of a field.
type load func(r *run, f *fieldPlan, o object) (any, error)

// rowOrPage is the load of the field at the root of a plan: its resolver has returned the value.
func rowOrPage(_ *run, _ *fieldPlan, o object) (any, error) { return o.row, nil }

// compileValue sets the function that writes the rows of a field. It reports whether there is one.
func (c *compiler) compileValue(f *fieldPlan, isConnection bool, load load) bool {
	if isConnection {
		page := c.compileConnection(f)
		f.write = func(r *run, f *fieldPlan, o object) bool {
			value, ok := r.load(load, f, o)
			return ok && r.writePage(page, value.(relay.AnyConnection), 0, nil)
		}
		return page != nil
	}
	if f.field.Definition.Type.Elem != nil {
		return false // a list
	}
	row := c.compileObject(f.of, f.field.Selections)
	f.write = func(r *run, f *fieldPlan, o object) bool {
		value, ok := r.load(load, f, o)
		if !ok {
			return false
		}
		r.resolveRow(row, value)
		return r.writeObject(row, newObject(value))
	}
	return row != nil
}

// compileObject compiles the fields of a type's row.
func (c *compiler) compileObject(of *rowsPlan, set ast.SelectionSet) *objectPlan {
	name := of.t.Name()
	collected := c.collect(name, set)
	plan := &objectPlan{}
	for _, field := range collected {
		f := c.newFieldPlan(field, name)
		if !c.compileField(f, of) {
			return nil
		}
		plan.fields = append(plan.fields, f)
		if f.isConcurrent {
			plan.concurrent = append(plan.concurrent, f)
		}
	}
	return plan
}

func (c *compiler) newFieldPlan(field graphql.CollectedField, object string) *fieldPlan {
	c.fields++
	return &fieldPlan{
		field: field, object: object, nonNull: field.Definition.Type.NonNull,
		key: append(appendString(nil, field.Alias), ':'), page: -1,
	}
}

// collect returns the fields of a selection set of a type, with those of deferred fragments. A response name occurs once:
// gqlgen does not merge __typename of a type with that of its union, and writes the first.
func (c *compiler) collect(typeName string, set ast.SelectionSet) []graphql.CollectedField {
	satisfied := []string{typeName}
	for _, d := range c.schema.Definitions.Implements[typeName] { // interfaces and unions
		satisfied = append(satisfied, d.Name)
	}
	fields := graphql.CollectFields(c.operation, set, satisfied)
	unique := make([]graphql.CollectedField, 0, len(fields))
	for _, f := range fields {
		if !slices.ContainsFunc(unique, func(u graphql.CollectedField) bool { return u.Alias == f.Alias }) {
			unique = append(unique, f)
		}
	}
	return unique
}

// compileField compiles a field of a row.
func (c *compiler) compileField(f *fieldPlan, of *rowsPlan) bool {
	name := f.field.Name
	switch name {
	case "__typename":
		value := appendString(nil, f.object)
		f.write = func(r *run, _ *fieldPlan, _ object) bool {
			r.b = append(r.b, value...)
			return true
		}
		return true
	case "id":
		prefix := relay.NewGlobalIDPrefix(f.object)
		f.write = func(r *run, _ *fieldPlan, o object) bool {
			r.b = append(prefix.Append(append(r.b, '"'), of.t.IDOf(o.row)), '"')
			return true
		}
		return true
	}
	if _, planned := c.schema.Fields[f.object+"."+name]; !planned {
		return c.compileGenerated(f, of)
	}
	for _, relation := range of.t.Relations() {
		if relation.Name == name {
			return c.compileRelation(f, of, relation)
		}
	}
	for _, column := range of.t.Fields() {
		if column.Name == name {
			of.need(name)
			return c.compileColumn(f, of.t, column) || c.compileGenerated(f, of)
		}
	}
	if name == "createdAt" {
		f.write = func(r *run, _ *fieldPlan, o object) bool {
			r.b = appendTime(r.b, of.t.IDOf(o.row).Time())
			return true
		}
		return true
	}
	return c.compileGenerated(f, of)
}

// compileRelation compiles a relation of a row.
func (c *compiler) compileRelation(f *fieldPlan, of *rowsPlan, relation relay.Relation) bool {
	t, isConnection := c.targetOf(f.field.Definition.Type)
	if t == nil || t.Name() != relation.Target {
		return false
	}
	if of.relations[relation.Name] == nil {
		of.relations[relation.Name] = newRowsPlan(t)
	}
	f.of = of.relations[relation.Name]
	if !isConnection {
		if !relation.Many {
			of.need(relation.Name)
		}
		return c.compileValue(f, false, func(r *run, f *fieldPlan, o object) (any, error) {
			return relation.Load.LoadOne(r.ctx, r.schema.DB, o.row, f.of.selection)
		})
	}
	if relation.Load.LoadPage == nil {
		return false
	}
	f.page = len(c.pages)
	c.pages = append(c.pages, f)
	return c.compileValue(f, true, func(r *run, f *fieldPlan, o object) (any, error) {
		page := r.pageOf(f)
		return relation.Load.LoadPage(r.ctx, r.schema.DB, o.row, page.PageArgs, page.where, page.by)
	})
}
