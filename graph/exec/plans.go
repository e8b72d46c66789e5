package exec

import (
	"context"
	"slices"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// maxKeptFields bounds the fields of the plans that a document keeps, each of some 400 bytes.
const maxKeptFields = 500

// maxConditions bounds the variables of an operation's @skip and @include, of which each set of values has plans of its own.
const maxConditions = 8

// Plans keeps plans beside their document in a cache, for all requests with the document. They have neither values of
// variables nor rows. The zero value is ready to use. It is safe for concurrent use.
type Plans struct {
	mu         sync.Mutex
	conditions map[*ast.OperationDefinition][]string
	plans      map[planKey]*rootPlan
	fields     int
}

// planKey identifies a plan in a document.
type planKey struct {
	operation  *ast.OperationDefinition
	conditions uint // the values of the operation's conditions, one bit each
	path       string
}

// get returns a kept plan, or nil. path replaces the key's path, so that a lookup does not allocate a string.
func (p *Plans) get(key planKey, path []byte) *rootPlan {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.plans[planKey{key.operation, key.conditions, string(path)}]
}

// add keeps a plan, unless it is large. It removes all others when they have too many fields together.
func (p *Plans) add(key planKey, plan *rootPlan) {
	if plan.fields > maxKeptFields {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.fields += plan.fields; p.plans == nil || p.fields > maxKeptFields {
		p.plans, p.fields = map[planKey]*rootPlan{}, plan.fields
	}
	p.plans[key] = plan
}

// conditionsOf returns the values of the variables in an operation's @skip and @include as bits. It returns false for
// too many variables, and for a value that is not a boolean, with which the execution fails.
func (p *Plans) conditionsOf(o *graphql.OperationContext) (bits uint, ok bool) {
	p.mu.Lock()
	names, known := p.conditions[o.Operation]
	p.mu.Unlock()
	if !known {
		names = listConditions(o)
		p.mu.Lock()
		if p.conditions == nil {
			p.conditions = map[*ast.OperationDefinition][]string{}
		}
		p.conditions[o.Operation] = names
		p.mu.Unlock()
	}
	if len(names) > maxConditions {
		return 0, false
	}
	for i, name := range names {
		value, ok := o.Variables[name].(bool)
		if !ok {
			return 0, false
		}
		if value {
			bits |= 1 << i
		}
	}
	return bits, true
}

// listConditions returns the names of an operation's variables in @skip and @include, in the operation and in all fragments
// of the document.
func listConditions(o *graphql.OperationContext) (names []string) {
	var listSet func(ast.SelectionSet)
	list := func(directives ast.DirectiveList, set ast.SelectionSet) {
		for _, d := range directives {
			condition := d.Arguments.ForName("if")
			if condition == nil || condition.Value.Kind != ast.Variable {
				continue
			}
			name := condition.Value.Raw
			if o.Operation.VariableDefinitions.ForName(name) != nil && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
		listSet(set)
	}
	listSet = func(set ast.SelectionSet) {
		for _, s := range set {
			switch s := s.(type) {
			case *ast.Field:
				list(s.Directives, s.SelectionSet)
			case *ast.InlineFragment:
				list(s.Directives, s.SelectionSet)
			case *ast.FragmentSpread:
				list(s.Directives, nil)
			}
		}
	}
	listSet(o.Operation.SelectionSet)
	for _, f := range o.Doc.Fragments {
		listSet(f.SelectionSet)
	}
	return names
}

// planner returns the plans of one request's fields.
type planner struct {
	schema     Schema
	kept       *Plans // nil if the request compiles its plans
	definition *ast.OperationDefinition
	conditions uint
	sent       *graphql.OperationContext // see deferred.go

	mu   sync.Mutex
	used []usedPlan // each field has one plan in a request, so that rows of a batch have one Selection
}

type usedPlan struct {
	operation *ast.OperationDefinition
	*rootPlan
}

func newPlanner(ctx context.Context, s Schema, o *graphql.OperationContext) *planner {
	p := &planner{schema: s, definition: o.Operation, sent: newSent(o)}
	if s.Kept == nil {
		return p
	}
	if kept := s.Kept(ctx, o); kept != nil {
		if bits, ok := kept.conditionsOf(o); ok {
			p.kept, p.conditions = kept, bits
		}
	}
	return p
}

// planOf returns the plan of a field, or nil.
func (p *planner) planOf(ctx context.Context, at *graphql.FieldContext) *rootPlan {
	var buffer [128]byte
	path, o := appendPath(buffer[:0], at), graphql.GetOperationContext(ctx)
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.plan(ctx, o, at, path).orNil()
}

// plan returns the plan of the field at a path of an operation, the same for each row.
func (p *planner) plan(ctx context.Context, o *graphql.OperationContext, at *graphql.FieldContext, path []byte) (plan *rootPlan) {
	for _, u := range p.used {
		if u.path == string(path) && u.operation == o.Operation {
			return u.rootPlan
		}
	}
	if p.sent != nil && o.Operation != p.definition {
		plan = p.executionPlan(ctx, o, at, path)
	} else {
		plan = p.keptPlan(o, at, path) //nolint:contextcheck // a run has its own context
	}
	p.used = append(p.used, usedPlan{o.Operation, plan})
	return plan
}

// keptPlan returns the plan of the field at a path that the document keeps, or a new one.
func (p *planner) keptPlan(o *graphql.OperationContext, at *graphql.FieldContext, path []byte) *rootPlan {
	isKept := p.kept != nil && o.Operation == p.definition // package transport can execute a changed copy
	key := planKey{operation: o.Operation, conditions: p.conditions}
	if isKept {
		if plan := p.kept.get(key, path); plan != nil {
			return plan
		}
	}
	plan := (&compiler{schema: p.schema, operation: o}).newPlan(at, path)
	if isKept {
		key.path = plan.path
		p.kept.add(key, plan)
	}
	return plan
}

// newPlan returns the plan of the field at a path.
func (c *compiler) newPlan(at *graphql.FieldContext, path []byte) *rootPlan {
	f := c.compileRoot(at)
	return &rootPlan{fieldPlan: f, path: string(path), pages: c.pages, queues: c.queues, fields: 1 + c.fields}
}

// appendPath appends the response names of a field and its parents, with their types: rows of an interface's types can
// have different fields of one name.
func appendPath(b []byte, at *graphql.FieldContext) []byte {
	for ; at != nil; at = at.Parent {
		if at.Field.Field != nil {
			b = append(append(append(append(b, at.Object...), '.'), at.Field.Alias...), '/')
		}
	}
	return b
}
