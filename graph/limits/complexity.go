package limits

import (
	"encoding/json"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

const (
	// defaultPageSize is the page size of a connection without first and last, as in model/relay.
	defaultPageSize = 20
	// introspectionCost is the least cost of a field of the introspection schema.
	introspectionCost = 5000
	// maxValueDepth bounds the nesting of values in an argument. It is twice the bound of filters:
	// the error message of a filter is more precise.
	maxValueDepth = 32
)

// estimate computes the complexity of an operation: the largest number of fields in its response.
// The arguments first, last and ids determine the sizes of lists in every type of connection. Sums
// end just above the limit.
type estimate struct {
	variables map[string]any
	limit     int
	fragments map[fragmentKey]int // known costs
}

// fragmentKey is a fragment inside a connection with a page size.
type fragmentKey struct {
	name     string
	pageSize int
}

// costOf returns the complexity of a selection set.
func (e *estimate) costOf(set ast.SelectionSet) int { return e.costOfPage(set, 1) }

// costOfPage returns the complexity of the selection set of a connection.
func (e *estimate) costOfPage(set ast.SelectionSet, pageSize int) (cost int) {
	for _, s := range set {
		if cost > e.limit {
			break
		}
		switch s := s.(type) {
		case *ast.Field:
			n := 1
			if isPage(s.Name) {
				n = pageSize
			}
			cost = e.addCost(cost, n, e.costOfField(s))
		case *ast.InlineFragment:
			cost = e.addCost(cost, 1, e.costOfPage(s.SelectionSet, pageSize))
		case *ast.FragmentSpread:
			cost = e.addCost(cost, 1, e.costOfFragment(s, pageSize))
		}
	}
	return cost
}

func (e *estimate) costOfFragment(s *ast.FragmentSpread, pageSize int) int {
	key := fragmentKey{s.Name, pageSize}
	cost, known := e.fragments[key]
	if !known {
		cost = e.costOfPage(s.Definition.SelectionSet, pageSize)
		if e.fragments == nil {
			e.fragments = map[fragmentKey]int{}
		}
		e.fragments[key] = cost
	}
	return cost
}

// isPage reports whether a field of a connection is a list with the size of the page.
func isPage(name string) bool { return name == "nodes" || name == "edges" }

// addCost returns sum + n * cost, or just above the limit.
func (e *estimate) addCost(sum, n, cost int) int {
	if n > 0 && cost > (e.limit+1-sum)/n {
		return e.limit + 1
	}
	return sum + n*cost
}

func (e *estimate) costOfField(f *ast.Field) int {
	if f.Name == "__schema" || f.Name == "__type" {
		return max(introspectionCost, e.costOf(f.SelectionSet))
	}
	if len(f.Definition.Arguments) == 0 { // most fields: no map of arguments
		return e.addCost(1, 1, e.costOf(f.SelectionSet))
	}
	cost := 1 + e.costOfArguments(f)
	ids, _ := e.valueOf(f, "ids")
	if list, ok := ids.([]any); ok {
		return e.addCost(cost, len(list), e.costOf(f.SelectionSet))
	}
	return e.addCost(cost, 1, e.costOfPage(f.SelectionSet, e.pageSize(f)))
}

// valueOf returns the value of a field's argument, or its default. set is false if it has neither. gqlparser's
// ArgumentMap would allocate a map for each field.
func (e *estimate) valueOf(f *ast.Field, name string) (v any, set bool) {
	a, d := f.Arguments.ForName(name), f.Definition.Arguments.ForName(name)
	if a != nil && a.Value.Kind == ast.Variable {
		v, set = e.variables[a.Value.Raw]
	} else if a != nil {
		v, _ = a.Value.Value(e.variables) // the document is valid
		set = true
	}
	if !set && d != nil && d.DefaultValue != nil {
		v, _ = d.DefaultValue.Value(nil)
		set = true
	}
	return v, set
}

// pageSize returns the page size of a connection, and 1 for other fields.
func (e *estimate) pageSize(f *ast.Field) int {
	size := 1
	if f.Definition.Arguments.ForName("first") != nil {
		size = defaultPageSize
	}
	for _, name := range []string{"first", "last"} {
		v, _ := e.valueOf(f, name)
		if n, err := graphql.UnmarshalInt(v); err == nil && v != nil {
			size = max(0, n)
		}
	}
	return size
}

// costOfArguments returns the cost of a field's arguments, which apply again for each row of the
// field's parent. An object costs as much as a field of the response, and so do ten other values.
func (e *estimate) costOfArguments(f *ast.Field) int {
	n := 10 // the arguments themselves are an object
	for _, d := range f.Definition.Arguments {
		if v, set := e.valueOf(f, d.Name); set {
			n = e.countValues(n, v, 1)
		}
	}
	if n <= e.limit {
		return n/10 - 1
	}
	return e.limit + 1
}

// countValues returns n plus the values inside an argument: an object counts as ten, a string by its
// length. Beyond the limit it counts no further: a document can repeat a large variable. A value
// deeper than maxValueDepth is beyond it.
func (e *estimate) countValues(n int, v any, depth int) int {
	n++
	if n > e.limit || depth > maxValueDepth {
		return e.limit + 1
	}
	switch v := v.(type) {
	case string:
		n += len(v) / 100
	case json.Number:
		n += len(v) / 100
	case map[string]any:
		n += 9
		for _, inner := range v {
			n = e.countValues(n, inner, depth+1)
		}
	case []any:
		for _, inner := range v {
			n = e.countValues(n, inner, depth+1)
		}
	}
	return n
}
