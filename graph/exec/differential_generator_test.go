package exec_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"rowhouse/graph/servertest/model"
)

// generator generates valid documents of a schema.
type generator struct {
	*rand.Rand
	schema  *ast.Schema
	ids     map[string][]string // global ids of rows, by type
	allIDs  [][]string          // those of all types, of another tenant, and of no rows
	cursors map[string][]string // by connection and order

	changed *model.Book // the book of events

	document *document
	names    map[string]*responseName // see nameKey
	budget   int                      // the remaining selections
	level    int                      // the fields around the current selection set
	byLevel  bool                     // a response name can have another meaning at another level
	isChain  bool                     // see newChain
	pageSize int                      // a bound of the sizes of pages
	labels   int
}

// responseName is a response name with its field. It has one meaning in a document, or at a level of it, so that
// fields can be merged.
type responseName struct {
	field, typeText string
	count           int      // of the field's arguments
	arguments       []string // the given ones
}

// newSet returns a selection set of a type.
func (g *generator) newSet(on *ast.Definition, depth int) (set []*selection) {
	if on.Kind == ast.Object && g.IntN(3) == 0 {
		set = g.newLeaves(on)
	}
	for range 1 + g.IntN(5) {
		if g.budget--; len(set) > 0 && g.budget < 0 {
			break
		}
		switch n := g.IntN(12); {
		case n < 2 && depth > 0 && g.budget > 0:
			set = append(set, g.newFragment(on, depth))
		case n == 2:
			set = append(set, g.newTypename())
		case n == 3 && len(set) > 0:
			set = append(set, g.copyField(pick(g.Rand, set), depth))
		default:
			set = append(set, g.newSelection(on, depth))
		}
	}
	return set
}

// newLeaves selects all leaves of a type.
func (g *generator) newLeaves(on *ast.Definition) (set []*selection) {
	for _, f := range on.Fields {
		if g.isLeaf(f) && !strings.HasPrefix(f.Name, "__") && on.Name != "Probe" {
			set = append(set, g.newField(on, f, 0))
		}
	}
	return set
}

// newTypename selects __typename, by any name that means nothing else.
func (g *generator) newTypename() *selection {
	for _, key := range []string{pick(g.Rand, []string{"__typename", "id", "nodes", "t"}), "__typename"} {
		if n := g.names[g.nameKey(key)]; n == nil || n.field == "__typename" {
			g.names[g.nameKey(key)] = &responseName{field: "__typename", typeText: "String!"}
			return &selection{key: key, field: "__typename", directives: g.newDirectives()}
		}
	}
	panic("__typename has another meaning")
}

// nameKey returns the key of names for a response name in the current selection set.
func (g *generator) nameKey(name string) string {
	if g.byLevel {
		return fmt.Sprint(g.level, name)
	}
	return name
}

// copyField selects a field of the set again, with another selection set.
func (g *generator) copyField(s *selection, depth int) *selection {
	if s.field == "" {
		return g.newTypename()
	}
	again := *s
	again.directives = g.newDirectives()
	if s.set == nil {
		return &again
	}
	g.level++
	defer func() { g.level-- }()
	again.set = nil
	for _, inner := range s.set {
		if inner.field != "" && g.IntN(2) == 0 {
			again.set = append(again.set, g.copyField(inner, depth-1))
		}
	}
	if again.set == nil || g.budget > 0 && g.IntN(2) == 0 {
		again.set = append(again.set, g.newSet(s.of, min(depth-1, 1))...)
	}
	return &again
}

// newSelection selects a field of the type. Interfaces and unions have fragments.
func (g *generator) newSelection(on *ast.Definition, depth int) *selection {
	var fields []*ast.FieldDefinition
	for _, f := range on.Fields {
		isLeaf := g.isLeaf(f)
		if strings.HasPrefix(f.Name, "__") || !isLeaf && (depth <= 0 || g.budget <= 0) {
			continue
		}
		fields = append(fields, f)
		if !isLeaf && f.Name != "probe" { // more of them
			fields = append(fields, f, f)
		}
	}
	if len(fields) == 0 || on.IsAbstractType() && g.IntN(4) > 0 {
		if depth > 0 && on.IsCompositeType() && on.IsAbstractType() {
			return g.newFragment(on, depth)
		}
		return g.newTypename()
	}
	return g.newField(on, pick(g.Rand, fields), depth)
}

func (g *generator) isLeaf(f *ast.FieldDefinition) bool {
	return g.schema.Types[f.Type.Name()].IsLeafType()
}

func (g *generator) newField(on *ast.Definition, f *ast.FieldDefinition, depth int) *selection {
	s := &selection{field: f.Name, directives: g.newDirectives()}
	if on == g.schema.Mutation {
		s.directives = ""
	}
	s.key, s.arguments = g.newResponseName(on, f)
	if !g.isLeaf(f) {
		s.of = g.schema.Types[f.Type.Name()]
		s.set = g.inside(s.of, depth-1)
	}
	return s
}

// newResponseName returns a known response name with the same meaning, or a new one.
func (g *generator) newResponseName(on *ast.Definition, f *ast.FieldDefinition) (key string, arguments []string) {
	prefix := g.nameKey("")
	for _, key := range slices.Sorted(maps.Keys(g.names)) {
		n := g.names[key]
		key, isHere := strings.CutPrefix(key, prefix)
		if isHere && n.field == f.Name && n.typeText == f.Type.String() && n.count == len(f.Arguments) && g.IntN(3) > 0 {
			return key, n.arguments
		}
	}
	key = f.Name
	if g.IntN(5) == 0 {
		key = pick(g.Rand, []string{"a", "b", "node", "name", "books", "totalCount", "id", "cursor", pick(g.Rand, on.Fields).Name})
	}
	for i := 0; g.names[g.nameKey(key)] != nil || strings.HasPrefix(key, "__"); i++ {
		key = fmt.Sprintf("%s%d", strings.TrimLeft(f.Name, "_"), i)
	}
	n := &responseName{f.Name, f.Type.String(), len(f.Arguments), g.newArguments(f)}
	g.names[g.nameKey(key)] = n
	return key, n.arguments
}

// newFragment returns an inline fragment, a new named fragment, or a spread of a known one.
func (g *generator) newFragment(on *ast.Definition, depth int) *selection {
	s := &selection{directives: g.newDirectives()}
	types := []*ast.Definition{on}
	for _, possible := range g.schema.PossibleTypes[on.Name] {
		types = append(append(types, possible), g.schema.Implements[possible.Name]...)
	}
	condition := pick(g.Rand, types)
	if known := g.fragmentsOn(types); len(known) > 0 && g.IntN(3) == 0 {
		s.fragment = pick(g.Rand, known).name
		return s.deferred(g, on)
	}
	s.set = g.newSet(condition, depth-1)
	if g.IntN(2) == 0 {
		if condition != on || g.IntN(3) > 0 {
			s.on = condition.Name
		}
		return s.deferred(g, on)
	}
	s.fragment = fmt.Sprintf("F%dx", len(g.document.fragments))
	g.document.fragments = append(g.document.fragments, &fragment{s.fragment, condition.Name, g.level, s.set})
	s.set = nil
	return s.deferred(g, on)
}

// deferred adds @defer to a fragment in some cases.
func (s *selection) deferred(g *generator, on *ast.Definition) *selection {
	if !g.document.isDeferred || g.IntN(2) == 0 || on == g.schema.Mutation {
		return s
	}
	var arguments []string
	if g.IntN(4) > 0 {
		arguments = append(arguments, fmt.Sprintf("label: \"l%d\"", g.labels))
		g.labels++
	}
	if g.IntN(4) == 0 {
		arguments = append(arguments, "if: "+literal(g.newValue(&ast.Type{NamedType: "Boolean"}, "", 0, g.IntN(2) == 0)))
	}
	s.directives += " @defer"
	if len(arguments) > 0 {
		s.directives += "(" + strings.Join(arguments, ", ") + ")"
	}
	return s
}

func (g *generator) fragmentsOn(types []*ast.Definition) (known []*fragment) {
	for _, f := range g.document.fragments {
		isHere := !g.byLevel || f.level == g.level
		if isHere && slices.ContainsFunc(types, func(t *ast.Definition) bool { return t.Name == f.on }) {
			known = append(known, f)
		}
	}
	return known
}

// newDirectives returns @skip and @include, or nothing.
func (g *generator) newDirectives() (text string) {
	for _, d := range []string{"skip", "include"} {
		if g.isChain || g.IntN(14) > 0 {
			continue
		}
		value := any(g.IntN(3) == 0 == (d == "skip"))
		if g.IntN(2) == 0 {
			value = g.newVariable(&ast.Type{NamedType: "Boolean", NonNull: true}, "")
		}
		text += " @" + d + "(if: " + literal(value) + ")"
	}
	return text
}
