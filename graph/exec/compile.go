package exec

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"rowhouse/model/relay"
)

// compiler compiles the plans of one operation.
type compiler struct {
	schema    Schema
	operation *graphql.OperationContext
	// sent compiles an operation with @defer as the client has sent it. It is nil for other operations.
	sent *compiler

	mu    sync.Mutex
	plans map[planKey]*fieldPlan // nil for fields without a plan
}

// planKey identifies a field by its selections, which gqlgen collects once for an operation.
type planKey struct {
	first *ast.Selection
	n     int
}

// fieldPlan writes the value of a field.
type fieldPlan struct {
	field   graphql.CollectedField
	object  string // the type with the field
	key     []byte // the response name in JSON, with a colon
	nonNull bool
	of      *rowsPlan // of a field with rows, else nil
	// write appends the value to r.b. It returns false if the value is null.
	write func(r *run, f *fieldPlan, o object) bool
}

// objectPlan writes an object.
type objectPlan struct {
	fields []*fieldPlan
}

// rowsPlan has the columns that all uses of a relation's rows need.
type rowsPlan struct {
	t         relay.AnyType
	fields    []string
	selection *relay.Selection
	relations map[string]*rowsPlan
}

func newRowsPlan(t relay.AnyType) *rowsPlan {
	return &rowsPlan{t: t, relations: map[string]*rowsPlan{}}
}

func (p *rowsPlan) need(field string) {
	if !slices.Contains(p.fields, field) {
		p.fields = append(p.fields, field)
	}
}

// newSelections sets the columns of the rows and of their relations.
func (p *rowsPlan) newSelections() {
	p.selection = p.t.NewSelection(p.fields)
	for _, rows := range p.relations {
		rows.newSelections()
	}
}

// planOf returns the plan of a field, or nil.
func (c *compiler) planOf(ctx context.Context, at *graphql.FieldContext) *fieldPlan {
	key := planKey{&at.Field.Selections[0], len(at.Field.Selections)}
	c.mu.Lock()
	defer c.mu.Unlock()
	plan, ok := c.plans[key]
	if !ok {
		plan = c.compileRoot(ctx, at)
		c.plans[key] = plan
	}
	return plan
}

// compileRoot compiles the plan of a field. gqlgen calls the resolver of this field.
func (c *compiler) compileRoot(ctx context.Context, at *graphql.FieldContext) *fieldPlan {
	t, isConnection := c.targetOf(at.Field.Definition.Type)
	if t == nil {
		return nil
	}
	f := &fieldPlan{field: at.Field, object: at.Object, nonNull: at.Field.Definition.Type.NonNull, of: newRowsPlan(t)}
	if c.sent != nil {
		sent := c.sent.planOf(ctx, c.sent.contextIn(at))
		if sent == nil {
			return nil
		}
		f.of = sent.of
	}
	if !c.compileValue(ctx, f, isConnection, rowOrPage) {
		return nil
	}
	if c.sent == nil {
		f.of.newSelections()
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
func (c *compiler) compileValue(ctx context.Context, f *fieldPlan, isConnection bool, load load) bool {
	if isConnection {
		page := c.compileConnection(ctx, f)
		f.write = func(r *run, f *fieldPlan, o object) bool { //nolint:contextcheck // run has the context
			value, ok := r.load(load, f, o)
			return ok && r.writePage(page, value.(relay.AnyConnection))
		}
		return page != nil
	}
	if f.field.Definition.Type.Elem != nil {
		return false // a list
	}
	row := c.compileObject(ctx, f.of, f.field.Selections)
	f.write = func(r *run, f *fieldPlan, o object) bool { //nolint:contextcheck // run has the context
		value, ok := r.load(load, f, o)
		return ok && r.writeObject(row, newObject(value))
	}
	return row != nil
}

// compileObject compiles the fields of a type's row.
func (c *compiler) compileObject(ctx context.Context, of *rowsPlan, set ast.SelectionSet) *objectPlan {
	name := of.t.Name()
	collected := c.collect(name, set)
	plan := &objectPlan{}
	for _, field := range collected {
		f := newFieldPlan(field, name)
		if !c.compileField(ctx, f, of) {
			return nil
		}
		plan.fields = append(plan.fields, f)
	}
	return plan
}

func newFieldPlan(field graphql.CollectedField, object string) *fieldPlan {
	return &fieldPlan{
		field: field, object: object, nonNull: field.Definition.Type.NonNull,
		key: append(appendString(nil, field.Alias), ':'),
	}
}

// collect returns the fields of a selection set of a type, with those of deferred fragments. A response name occurs once: gqlgen
// does not merge __typename of a type with that of its union, and writes the first.
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
func (c *compiler) compileField(ctx context.Context, f *fieldPlan, of *rowsPlan) bool {
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
		return false
	}
	for _, relation := range of.t.Relations() {
		if relation.Name == name {
			return c.compileRelation(ctx, f, of, relation)
		}
	}
	for _, column := range of.t.Fields() {
		if column.Name == name {
			of.need(name)
			return c.compileColumn(f, of.t, column) //nolint:contextcheck // run has the context
		}
	}
	if name == "createdAt" {
		f.write = func(r *run, _ *fieldPlan, o object) bool {
			r.b = appendTime(r.b, of.t.IDOf(o.row).Time())
			return true
		}
		return true
	}
	return false
}

// compileRelation compiles a relation of a row.
func (c *compiler) compileRelation(ctx context.Context, f *fieldPlan, of *rowsPlan, relation relay.Relation) bool {
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
		return c.compileValue(ctx, f, false, func(r *run, f *fieldPlan, o object) (any, error) {
			return relation.Load.LoadOne(r.ctx, r.schema.DB, o.row, f.of.selection)
		})
	}
	if relation.Load.LoadPage == nil {
		return false
	}
	ctx = graphql.WithFieldContext(ctx, &graphql.FieldContext{Object: f.object, Field: f.field})
	arguments, err := c.schema.Fields[f.object+"."+f.field.Name](ctx, f.field.ArgumentMap(c.operation.Variables))
	if err != nil {
		return false
	}
	by, _ := arguments["orderBy"].(fmt.Stringer)
	where := arguments["where"]
	return c.compileValue(ctx, f, true, func(r *run, f *fieldPlan, o object) (any, error) { //nolint:contextcheck // run has the context
		return relation.Load.LoadPage(r.ctx, r.schema.DB, o.row, r.pageOf(f, arguments), where, by)
	})
}
