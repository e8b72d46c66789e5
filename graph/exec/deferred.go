package exec

import (
	"context"
	"slices"
	"strings"

	"github.com/99designs/gqlgen/graphql"
)

// Package transport executes an operation with @defer twice, without its deferred fragments and with them. The second
// execution uses the rows of the first, so both read the columns of the operation as the client has sent it.

// newSent returns the operation as the client has sent it, or nil if the document can't have @defer.
func newSent(o *graphql.OperationContext) *graphql.OperationContext {
	if !strings.Contains(o.RawQuery, "defer") { // spaces and line breaks can follow the @
		return nil
	}
	return &graphql.OperationContext{Doc: o.Doc, Operation: o.Operation, Variables: o.Variables}
}

// executionPlan returns the plan of the field at a path in one of the two executions. The field has a plan only if it has
// one in the operation as sent: otherwise the executions would read different columns.
func (p *planner) executionPlan(ctx context.Context, o *graphql.OperationContext, at *graphql.FieldContext, path []byte) *rootPlan {
	sent := p.plan(ctx, p.sent, p.sentContext(at), path)
	if sent.orNil() == nil || sent.newRun(ctx, p.schema) == nil { // an argument can be invalid in a deferred fragment alone
		return &rootPlan{path: string(path)}
	}
	c := &compiler{schema: p.schema, operation: o, sent: sent}
	return c.newPlan(at, path) //nolint:contextcheck // a run has its own context
}

// sentContext returns the context of a field with its selections in the operation as the client has sent it.
func (p *planner) sentContext(at *graphql.FieldContext) *graphql.FieldContext {
	set := p.definition.SelectionSet
	for parent := at.Parent; parent != nil; parent = parent.Parent {
		if parent.Field.Field != nil { // else an index of a list, or the root
			set = p.sentContext(parent).Field.Selections
			break
		}
	}
	c := &compiler{schema: p.schema, operation: p.sent}
	fields := c.collect(at.Object, set)
	i := slices.IndexFunc(fields, func(f graphql.CollectedField) bool { return f.Alias == at.Field.Alias })
	return &graphql.FieldContext{Object: at.Object, Field: fields[i]}
}
