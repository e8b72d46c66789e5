package exec

import (
	"slices"
	"strings"

	"github.com/99designs/gqlgen/graphql"
)

// newCompiler returns the compiler of an operation.
//
// Package transport executes an operation with @defer twice, without its deferred fragments and with them. The rows of the
// first execution are those of the second, so the columns of both are those of the operation as the client has sent it.
func newCompiler(s Schema, o *graphql.OperationContext) *compiler {
	c := &compiler{schema: s, operation: o, plans: map[planKey]*fieldPlan{}}
	if strings.Contains(o.RawQuery, "defer") { // ignored characters can follow the @
		sent := &graphql.OperationContext{Doc: o.Doc, Operation: o.Operation, Variables: o.Variables}
		c.sent = &compiler{schema: s, operation: sent, plans: map[planKey]*fieldPlan{}}
	}
	return c
}

// contextIn returns the context of a field, which can be of another execution of the operation, with its selections in the
// operation of c.
func (c *compiler) contextIn(at *graphql.FieldContext) *graphql.FieldContext {
	set := c.operation.Operation.SelectionSet
	for parent := at.Parent; parent != nil; parent = parent.Parent {
		if parent.Field.Field != nil { // else an index of a list, or the root
			set = c.contextIn(parent).Field.Selections
			break
		}
	}
	fields := c.collect(at.Object, set)
	i := slices.IndexFunc(fields, func(f graphql.CollectedField) bool { return f.Alias == at.Field.Alias })
	return &graphql.FieldContext{Object: at.Object, Field: fields[i]}
}
