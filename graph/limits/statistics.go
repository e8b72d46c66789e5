package limits

import (
	"maps"

	"github.com/vektah/gqlparser/v2/ast"
)

// extent is how large a selection is, with all that fragments add.
type extent struct{ depth, fields, widest, aliases, directives int }

type measurer struct {
	document  *ast.QueryDocument
	fragments map[string]*extent
}

func (m measurer) extent(set ast.SelectionSet) (e extent) {
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			inner := m.extent(s.SelectionSet)
			e.fields++
			e.directives += len(s.Directives)
			if s.Alias != s.Name {
				e.aliases++
			}
			e.depth = max(e.depth, inner.depth+1)
			inner.fields = 0
			e.add(inner)
		case *ast.InlineFragment:
			e.directives += len(s.Directives)
			inner := m.extent(s.SelectionSet)
			e.depth = max(e.depth, inner.depth)
			e.add(inner)
		case *ast.FragmentSpread:
			e.directives += len(s.Directives)
			inner := m.fragment(s.Name)
			e.depth = max(e.depth, inner.depth)
			e.add(inner)
		}
	}
	e.widest = max(e.widest, e.fields)
	return e
}

// add adds what stands inside, but for its depth. Fragments that use each other twice
// double, so sums end at a bound.
func (e *extent) add(inner extent) {
	const most = 1 << 30
	e.fields = min(most, e.fields+inner.fields)
	e.aliases = min(most, e.aliases+inner.aliases)
	e.directives = min(most, e.directives+inner.directives)
	e.widest = max(e.widest, inner.widest)
}

// fragment measures a fragment once. One that contains itself is the validator's to
// refuse.
func (m measurer) fragment(name string) extent {
	if known := m.fragments[name]; known != nil {
		return *known
	}
	m.fragments[name] = &extent{}
	if f := m.document.Fragments.ForName(name); f != nil {
		e := m.extent(f.SelectionSet)
		e.directives += len(f.Directives)
		m.fragments[name] = &e
	}
	return *m.fragments[name]
}

// sizer counts what is written in a document, for each operation that uses it.
type sizer struct {
	document                    *ast.QueryDocument
	seen                        map[string]bool // fragments, by this operation
	Selections, Values, longest int
	unknown                     int // uses of fragments that are not there
}

// SizeOf measures a document.
func SizeOf(document *ast.QueryDocument) *sizer {
	s, used := &sizer{document: document}, map[string]bool{}
	for _, o := range document.Operations {
		s.seen = map[string]bool{}
		s.operation(o)
		maps.Copy(used, s.seen)
	}
	s.seen = used
	for _, f := range document.Fragments {
		s.fragment(f.Name)
	}
	return s
}

func (s *sizer) operation(o *ast.OperationDefinition) {
	for _, v := range o.VariableDefinitions {
		s.value(v.DefaultValue)
		s.directives(v.Directives)
	}
	s.directives(o.Directives)
	s.set(o.SelectionSet)
}

// fragment counts a fragment, unless it was seen.
func (s *sizer) fragment(name string) {
	f := s.document.Fragments.ForName(name)
	if f == nil {
		s.unknown++
	} else if !s.seen[name] {
		s.seen[name] = true
		s.directives(f.Directives)
		s.set(f.SelectionSet)
	}
}

func (s *sizer) set(set ast.SelectionSet) {
	s.Selections += len(set)
	for _, selected := range set {
		switch selected := selected.(type) {
		case *ast.Field:
			s.name(selected.Alias)
			s.name(selected.Name)
			s.arguments(selected.Arguments)
			s.directives(selected.Directives)
			s.set(selected.SelectionSet)
		case *ast.InlineFragment:
			s.directives(selected.Directives)
			s.set(selected.SelectionSet)
		case *ast.FragmentSpread:
			s.directives(selected.Directives)
			s.fragment(selected.Name)
		}
	}
}

func (s *sizer) directives(directives ast.DirectiveList) {
	for _, d := range directives {
		if label := d.Arguments.ForName("label"); label != nil {
			s.name(label.Value.Raw)
		}
		s.arguments(d.Arguments)
	}
}

func (s *sizer) arguments(arguments ast.ArgumentList) {
	for _, a := range arguments {
		s.name(a.Name)
		s.value(a.Value)
	}
}

func (s *sizer) name(name string) { s.longest = max(s.longest, len(name)) }

func (s *sizer) value(v *ast.Value) {
	if v == nil {
		return
	}
	s.Values++
	if v.Kind == ast.EnumValue {
		s.name(v.Raw)
	}
	for _, child := range v.Children {
		s.name(child.Name)
		s.value(child.Value)
	}
}
