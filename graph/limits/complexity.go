package limits

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// MutateOperationContext refuses an operation that asks for too much, and what gqlgen takes
// for a fault of the server. What it lets through it has watched.
func (l Extension) MutateOperationContext(_ context.Context, o *graphql.OperationContext) *gqlerror.Error {
	c := coster{o.Variables, l.Cost, map[string]int{}}
	if cost := c.set(o.Operation.SelectionSet); cost > l.Cost {
		return Exceeded("the operation asks for more than %d fields, arguments counted in: ask for smaller pages, with smaller filters", l.Cost)
	}
	o.ResolverMiddleware = l.spending(o.ResolverMiddleware)
	if o.Operation.Operation == ast.Subscription {
		if len(graphql.CollectFields(o, o.Operation.SelectionSet, []string{"Subscription"})) != 1 {
			e := gqlerror.Errorf("a subscription must select one field, once and without a condition")
			errcode.Set(e, errcode.ValidationFailed)
			return e
		}
		o.ResolverMiddleware = timed(o.ResolverMiddleware)
	}
	return nil
}

// coster counts the fields of an answer. It looks at names of arguments, so that no
// connection is forgotten: first and last say how many nodes and edges there can be.
type coster struct {
	variables map[string]any
	most      int
	fragments map[string]int
}

// The default size of a page, see model, and the fields of an answer about the schema.
const defaultPage, introspected = 20, 5000

func (c coster) set(set ast.SelectionSet) int { return c.sized(set, 1) }

// sized is set for a connection of so many nodes.
func (c coster) sized(set ast.SelectionSet, nodes int) (cost int) {
	for _, s := range set {
		if cost > c.most {
			break
		}
		switch s := s.(type) {
		case *ast.Field:
			size := 1
			if paged(s.Name) {
				size = nodes
			}
			if size == 0 { // and no work to see how much it would be
				continue
			}
			cost = c.plus(cost, size, c.field(s))
		case *ast.InlineFragment:
			cost = c.plus(cost, 1, c.sized(s.SelectionSet, nodes))
		case *ast.FragmentSpread:
			key := fmt.Sprint(s.Name, nodes)
			known, ok := c.fragments[key]
			if !ok {
				known = c.sized(s.Definition.SelectionSet, nodes)
				c.fragments[key] = known
			}
			cost = c.plus(cost, 1, known)
		}
	}
	return cost
}

// paged reports whether a list has the size that its connection was asked for.
func paged(name string) bool { return name == "nodes" || name == "edges" }

// plus is sum + n * cost, or just above the limit.
func (c coster) plus(sum, n, cost int) int {
	if n > 0 && cost > (c.most+1-sum)/n {
		return c.most + 1
	}
	return sum + n*cost
}

func (c coster) field(f *ast.Field) int {
	if f.Name == "__schema" || f.Name == "__type" {
		return max(introspected, c.set(f.SelectionSet))
	}
	if f.Definition == nil || len(f.Definition.Arguments) == 0 { // most fields
		return c.plus(1, 1, c.set(f.SelectionSet))
	}
	nodes := 1
	arguments := f.ArgumentMap(c.variables)
	weight := 1 + c.weight(arguments)
	if f.Definition.Arguments.ForName("first") != nil {
		nodes = defaultPage
	}
	for _, name := range []string{"first", "last"} {
		if size, err := graphql.UnmarshalInt(arguments[name]); err == nil && arguments[name] != nil {
			nodes = max(0, size)
		}
	}
	if ids, ok := arguments["ids"].([]any); ok {
		return c.plus(weight, len(ids), c.set(f.SelectionSet))
	}
	return c.plus(weight, 1, c.sized(f.SelectionSet, nodes))
}

// deepest is how deep values may nest in an argument: twice what a filter may, which says
// so better.
const deepest = 32

// weight is what arguments cost, anew for each row of the field's parent: an object is as
// much as a field of the answer, and so are ten other values.
func (c coster) weight(arguments map[string]any) int {
	if sum := c.values(arguments, 0); sum <= c.most {
		return sum/10 - 1 // all arguments are an object themselves
	}
	return c.most + 1
}

// values counts the values in an argument, an object for ten, and a text by its length. It
// is above the limit for one that nests too deep, and stops there.
func (c coster) values(v any, depth int) (sum int) {
	if depth > deepest {
		return c.most + 1
	}
	switch v := v.(type) {
	case string:
		return 1 + len(v)/100
	case json.Number:
		return 1 + len(v)/100
	case map[string]any:
		sum = 9
		for _, inner := range v {
			if sum = c.plus(sum, 1, c.values(inner, depth+1)); sum > c.most {
				break
			}
		}
	case []any:
		for _, inner := range v {
			if sum = c.plus(sum, 1, c.values(inner, depth+1)); sum > c.most {
				break
			}
		}
	}
	return min(c.most+1, sum+1)
}
