package transport

import (
	"slices"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// selection is the selection of an object, in one or more selection sets.
type selection struct {
	sets []ast.SelectionSet
	// collected caches collect, by the object's type.
	collected map[string]*collected
}

// collected is the result of CollectFields (of the specification) for an object type, and the
// deferred fragments.
type collected struct {
	fields   []*field
	deferred []*fragment
}

// field is a field of a response, with the selection sets of all its occurrences.
type field struct {
	*ast.Field
	selection
}

// fragment is a deferred fragment. Its node in the document is its identity.
type fragment struct {
	node  ast.Selection
	label *string
	selection
}

// collector collects the fields of an object.
type collector struct {
	operation *graphql.OperationContext
	schema    *ast.Schema
	object    *ast.Definition
	spread    map[string]bool
	*collected
}

// collect returns the fields and deferred fragments that are selected of an object.
func (s *selection) collect(o *graphql.OperationContext, schema *ast.Schema, object *ast.Definition) *collected {
	if known := s.collected[object.Name]; known != nil {
		return known
	}
	if s.collected == nil {
		s.collected = map[string]*collected{}
	}
	c := collector{o, schema, object, map[string]bool{}, &collected{}}
	for _, set := range s.sets {
		c.add(set)
	}
	s.collected[object.Name] = c.collected
	return c.collected
}

func (c *collector) add(set ast.SelectionSet) {
	for _, selected := range set {
		switch selected := selected.(type) {
		case *ast.Field:
			if c.included(selected.Directives, "") {
				c.field(selected)
			}
		case *ast.InlineFragment:
			if c.included(selected.Directives, selected.TypeCondition) {
				c.fragment(selected, selected.Directives, selected.SelectionSet)
			}
		case *ast.FragmentSpread:
			definition := c.operation.Doc.Fragments.ForName(selected.Name)
			if !c.included(selected.Directives, definition.TypeCondition) {
				continue
			}
			if deferral(selected.Directives, c.operation.Variables) == nil {
				if c.spread[selected.Name] {
					continue
				}
				c.spread[selected.Name] = true
			}
			c.fragment(selected, selected.Directives, definition.SelectionSet)
		}
	}
}

func (c *collector) field(selected *ast.Field) {
	i := slices.IndexFunc(c.fields, func(f *field) bool { return f.Alias == selected.Alias })
	if i < 0 {
		i, c.fields = len(c.fields), append(c.fields, &field{Field: selected})
	}
	if len(selected.SelectionSet) > 0 {
		c.fields[i].sets = append(c.fields[i].sets, selected.SelectionSet)
	}
}

func (c *collector) fragment(node ast.Selection, directives ast.DirectiveList, set ast.SelectionSet) {
	d := deferral(directives, c.operation.Variables)
	if d == nil {
		c.add(set)
		return
	}
	if !slices.ContainsFunc(c.deferred, func(f *fragment) bool { return f.node == node }) {
		c.deferred = append(c.deferred, &fragment{node, label(d), selection{sets: []ast.SelectionSet{set}}})
	}
}

// included reports whether @skip, @include and the type condition select a field or fragment.
func (c *collector) included(directives ast.DirectiveList, condition string) bool {
	for _, d := range directives {
		if d.Name != "skip" && d.Name != "include" {
			continue
		}
		if met, _ := d.ArgumentMap(c.operation.Variables)["if"].(bool); met != (d.Name == "include") {
			return false
		}
	}
	if condition == "" || condition == c.object.Name {
		return true
	}
	return slices.ContainsFunc(c.schema.PossibleTypes[condition], func(d *ast.Definition) bool { return d.Name == c.object.Name })
}

// deferral returns the active @defer among directives, or nil. It is active unless its
// condition is false: clients that send null for an unset variable expect a payload.
func deferral(directives ast.DirectiveList, variables map[string]any) *ast.Directive {
	d := directives.ForName("defer")
	if d == nil {
		return nil
	}
	if active, ok := d.ArgumentMap(variables)["if"].(bool); ok && !active {
		return nil
	}
	return d
}

// label returns the label of @defer, or nil. Validation accepts only strings.
func label(d *ast.Directive) *string {
	if argument := d.Arguments.ForName("label"); argument != nil {
		return &argument.Value.Raw
	}
	return nil
}
