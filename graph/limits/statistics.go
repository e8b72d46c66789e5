package limits

import "github.com/vektah/gqlparser/v2/ast"

// Statistics describe the size of a document.
type Statistics struct {
	// Selections counts fields, inline fragments and fragment spreads. A fragment counts once for
	// each operation that uses it, and once if no operation does.
	Selections int
	// Values counts values, those inside lists and objects included, in the same way.
	Values int
	// UnknownFragments counts spreads of undefined fragments, in the same way.
	UnknownFragments int
	// LongestName is the length of the longest name or label of @defer, in bytes.
	LongestName int

	operations, fragments []extent
}

// extent describes an operation or a fragment after the expansion of all fragments: a fragment
// counts for each spread.
type extent struct {
	name string
	// fields counts the fields at the root, and width the most sibling fields of a selection set.
	fields, width              int
	depth, aliases, directives int
}

// part is an operation or a fragment, measured once. Its own figures leave out other fragments.
type part struct {
	extent
	selections, values, longestName int
	spreads                         []string // names of fragments
	undefined                       bool
}

// collector measures each part of a document once.
type collector struct {
	document  *ast.QueryDocument
	fragments map[string]*part
}

// measureDocument returns the statistics of a document, which need not be valid. It visits each node once.
func measureDocument(document *ast.QueryDocument) Statistics {
	c, s, used := collector{document, map[string]*part{}}, Statistics{}, map[string]bool{}
	for _, f := range document.Fragments {
		s.fragments = append(s.fragments, c.measureFragment(f.Name).extent)
	}
	for _, o := range document.Operations {
		p := c.measureOperation(o)
		s.operations = append(s.operations, p.extent)
		seen := map[string]bool{}
		c.addPart(&s, p, seen)
		for name := range seen {
			used[name] = true
		}
	}
	for _, f := range document.Fragments {
		if !used[f.Name] {
			used[f.Name] = true
			c.addPart(&s, c.fragments[f.Name], used)
		}
	}
	return s
}

// addPart adds a part and the fragments inside, except those in seen.
func (c collector) addPart(s *Statistics, p *part, seen map[string]bool) {
	s.Selections += p.selections
	s.Values += p.values
	s.LongestName = max(s.LongestName, p.longestName)
	for _, name := range p.spreads {
		if f := c.fragments[name]; f.undefined {
			s.UnknownFragments++
		} else if !seen[name] {
			seen[name] = true
			c.addPart(s, f, seen)
		}
	}
}

func (c collector) measureOperation(o *ast.OperationDefinition) *part {
	p := &part{}
	for _, v := range o.VariableDefinitions {
		p.addValue(v.DefaultValue)
		p.addDirectives(v.Directives)
	}
	p.extent = c.measureSet(p, o.SelectionSet)
	p.name = "operation"
	p.directives += p.addDirectives(o.Directives)
	return p
}

// measureFragment returns the part of a fragment. A spread of a fragment inside itself,
// which validation rejects, counts nothing.
func (c collector) measureFragment(name string) *part {
	if p := c.fragments[name]; p != nil {
		return p
	}
	p := &part{}
	c.fragments[name] = p
	f := c.document.Fragments.ForName(name)
	if f == nil {
		p.undefined = true
		return p
	}
	e := c.measureSet(p, f.SelectionSet)
	e.name = "fragment " + name
	e.directives += p.addDirectives(f.Directives)
	p.extent = e
	return p
}

// measureSet returns the extent of a selection set, and adds its nodes to the part.
func (c collector) measureSet(p *part, set ast.SelectionSet) (e extent) {
	p.selections += len(set)
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			p.addName(s.Alias)
			p.addName(s.Name)
			p.addArguments(s.Arguments)
			e.directives += p.addDirectives(s.Directives)
			e.addField(s, c.measureSet(p, s.SelectionSet))
		case *ast.InlineFragment:
			e.directives += p.addDirectives(s.Directives)
			e.addFragment(c.measureSet(p, s.SelectionSet))
		case *ast.FragmentSpread:
			e.directives += p.addDirectives(s.Directives)
			p.spreads = append(p.spreads, s.Name)
			e.addFragment(c.measureFragment(s.Name).extent)
		}
	}
	e.width = max(e.width, e.fields)
	return e
}

// addField adds a field with its selection set.
func (e *extent) addField(f *ast.Field, inner extent) {
	e.fields++
	if f.Alias != f.Name {
		e.aliases++
	}
	inner.fields = 0
	inner.depth++
	e.addFragment(inner)
}

// addFragment adds the fields of a fragment. Sums stop at a bound: a chain of fragments, each with
// two spreads of the next, would overflow them.
func (e *extent) addFragment(inner extent) {
	const bound = 1 << 30
	e.depth = max(e.depth, inner.depth)
	e.width = max(e.width, inner.width)
	e.fields = min(bound, e.fields+inner.fields)
	e.aliases = min(bound, e.aliases+inner.aliases)
	e.directives = min(bound, e.directives+inner.directives)
}

// addDirectives adds directives to the part, and returns their number.
func (p *part) addDirectives(directives ast.DirectiveList) int {
	for _, d := range directives {
		if label := d.Arguments.ForName("label"); label != nil {
			p.addName(label.Value.Raw)
		}
		p.addArguments(d.Arguments)
	}
	return len(directives)
}

func (p *part) addArguments(arguments ast.ArgumentList) {
	for _, a := range arguments {
		p.addName(a.Name)
		p.addValue(a.Value)
	}
}

func (p *part) addName(name string) { p.longestName = max(p.longestName, len(name)) }

func (p *part) addValue(v *ast.Value) {
	if v == nil {
		return
	}
	p.values++
	if v.Kind == ast.EnumValue {
		p.addName(v.Raw)
	}
	for _, child := range v.Children {
		p.addName(child.Name)
		p.addValue(child.Value)
	}
}
