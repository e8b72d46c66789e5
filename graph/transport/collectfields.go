package transport

import (
	"slices"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// mergedSelection is the selection of an object, from one or more selection sets.
type mergedSelection struct {
	sets []ast.SelectionSet
	// collected caches collectFields, by the name of the object's type.
	collected map[string]*collectedFields
}

// collectedFields is the result of CollectFields, of the GraphQL specification, for an object type,
// with the deferred fragments apart.
type collectedFields struct {
	fields   []*responseField
	deferred []*deferredFragment
}

// responseField is a field of a response, with the selection sets of all fields of that alias.
type responseField struct {
	*ast.Field
	mergedSelection
}

// deferredFragment is a fragment with @defer. Its node in the document identifies it.
type deferredFragment struct {
	node  ast.Selection
	label *string
	mergedSelection
}

// collectFields returns the fields and deferred fragments that are selected of an object.
func (s *mergedSelection) collectFields(o *graphql.OperationContext, schema *ast.Schema, object *ast.Definition) *collectedFields {
	if cached := s.collected[object.Name]; cached != nil {
		return cached
	}
	if s.collected == nil {
		s.collected = map[string]*collectedFields{}
	}
	c := fieldCollector{o, schema, object, map[string]bool{}, &collectedFields{}}
	for _, set := range s.sets {
		c.addSet(set)
	}
	s.collected[object.Name] = c.collectedFields
	return c.collectedFields
}

// fieldCollector collects the fields of one object type.
type fieldCollector struct {
	operation *graphql.OperationContext
	schema    *ast.Schema
	object    *ast.Definition
	visited   map[string]bool // names of fragments
	*collectedFields
}

func (c *fieldCollector) addSet(set ast.SelectionSet) {
	for _, selected := range set {
		switch selected := selected.(type) {
		case *ast.Field:
			if c.isSelected(selected.Directives, "") {
				c.addField(selected)
			}
		case *ast.InlineFragment:
			if c.isSelected(selected.Directives, selected.TypeCondition) {
				c.addFragment(selected, selected.Directives, selected.SelectionSet)
			}
		case *ast.FragmentSpread:
			definition := c.operation.Doc.Fragments.ForName(selected.Name)
			if !c.isSelected(selected.Directives, definition.TypeCondition) {
				continue
			}
			if activeDefer(selected.Directives, c.operation.Variables) == nil {
				if c.visited[selected.Name] {
					continue
				}
				c.visited[selected.Name] = true
			}
			c.addFragment(selected, selected.Directives, definition.SelectionSet)
		}
	}
}

func (c *fieldCollector) addField(selected *ast.Field) {
	i := slices.IndexFunc(c.fields, func(f *responseField) bool { return f.Alias == selected.Alias })
	if i < 0 {
		i, c.fields = len(c.fields), append(c.fields, &responseField{Field: selected})
	}
	if len(selected.SelectionSet) > 0 {
		c.fields[i].sets = append(c.fields[i].sets, selected.SelectionSet)
	}
}

// addFragment adds the fields of a fragment, or the fragment itself if it is deferred.
func (c *fieldCollector) addFragment(node ast.Selection, directives ast.DirectiveList, set ast.SelectionSet) {
	d := activeDefer(directives, c.operation.Variables)
	if d == nil {
		c.addSet(set)
		return
	}
	if slices.ContainsFunc(c.deferred, func(f *deferredFragment) bool { return f.node == node }) {
		return
	}
	f := &deferredFragment{node: node, mergedSelection: mergedSelection{sets: []ast.SelectionSet{set}}}
	if label := d.Arguments.ForName("label"); label != nil {
		f.label = &label.Value.Raw // a string, by DeferRule
	}
	c.deferred = append(c.deferred, f)
}

// isSelected reports whether @skip, @include and the type condition select a field or fragment.
func (c *fieldCollector) isSelected(directives ast.DirectiveList, typeCondition string) bool {
	for _, d := range directives {
		if d.Name != "skip" && d.Name != "include" {
			continue
		}
		if condition, _ := d.ArgumentMap(c.operation.Variables)["if"].(bool); condition != (d.Name == "include") {
			return false
		}
	}
	if typeCondition == "" || typeCondition == c.object.Name {
		return true
	}
	return slices.ContainsFunc(c.schema.PossibleTypes[typeCondition], func(d *ast.Definition) bool { return d.Name == c.object.Name })
}
