package exec_test

import (
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

// occurrence is a field of a document, at each place where it is selected.
type occurrence struct {
	*ast.Field
	path       string // response names, each after a dot
	parent     string // the type
	definition *ast.FieldDefinition
	fragments  []string // the type conditions around it, inside its object
	directives string   // the conditions around it, inside its object
	excluded   bool
	deferred   int // fragments with @defer around it
}

// at returns the path of the object with the field.
func (o *occurrence) at() string { return o.path[:strings.LastIndexByte(o.path, '.')] }

// walker finds the occurrences in an operation.
type walker struct {
	x        *executors
	document *ast.QueryDocument
	defaults map[string]any
	e        *execution
}

// walk sets the occurrences of an execution. It stops after some thousands.
func (x *executors) walk(e *execution) {
	if e.text == "" {
		return
	}
	document, err := parser.ParseQuery(&ast.Source{Input: e.text})
	if err != nil {
		x.t.Errorf("%v: %s", err, e.text)
		return
	}
	w := &walker{x, document, map[string]any{}, e}
	e.operation = document.Operations.ForName(e.document.name())
	for _, v := range e.operation.VariableDefinitions {
		if v.DefaultValue != nil {
			w.defaults[v.Variable], _ = v.DefaultValue.Value(nil)
		}
	}
	roots := map[string]*ast.Definition{"query": x.schema.Query, "mutation": x.schema.Mutation, "subscription": x.schema.Subscription}
	w.walkSet(occurrence{}, roots[e.document.operation], e.operation.SelectionSet)
	e.byPath, e.byObject, e.byAlias = map[string][]*occurrence{}, map[string][]*occurrence{}, map[string][]*occurrence{}
	for i := range e.all {
		o := &e.all[i]
		e.byPath[o.path] = append(e.byPath[o.path], o)
		e.byObject[o.at()] = append(e.byObject[o.at()], o)
		e.byAlias[o.Alias] = append(e.byAlias[o.Alias], o)
	}
}

func (w *walker) walkSet(in occurrence, on *ast.Definition, set ast.SelectionSet) {
	for _, s := range set {
		o := in
		switch s := s.(type) {
		case *ast.Field:
			o.Field, o.parent, o.path = s, on.Name, in.path+"."+s.Alias
			o.definition = on.Fields.ForName(s.Name)
			w.apply(&o, s.Directives)
			if len(w.e.all) > 3_000 {
				return
			}
			w.e.all = append(w.e.all, o)
			if o.definition != nil {
				inner := occurrence{path: o.path, excluded: o.excluded, deferred: o.deferred}
				w.walkSet(inner, w.x.schema.Types[o.definition.Type.Name()], s.SelectionSet)
			}
		case *ast.InlineFragment:
			w.walkFragment(o, on, s.TypeCondition, s.Directives, s.SelectionSet)
		case *ast.FragmentSpread:
			f := w.document.Fragments.ForName(s.Name)
			w.walkFragment(o, on, f.TypeCondition, s.Directives, f.SelectionSet)
		}
	}
}

func (w *walker) walkFragment(o occurrence, on *ast.Definition, condition string, directives ast.DirectiveList, set ast.SelectionSet) {
	if condition != "" {
		on = w.x.schema.Types[condition]
	}
	o.fragments = append(o.fragments[:len(o.fragments):len(o.fragments)], on.Name)
	w.apply(&o, directives)
	w.walkSet(o, on, set)
}

// apply applies directives to an occurrence.
func (w *walker) apply(o *occurrence, directives ast.DirectiveList) {
	for _, d := range directives {
		a := d.Arguments.ForName("if")
		if d.Name == "defer" {
			if a == nil || w.boolean(a.Value, true) {
				o.deferred++
			}
			continue
		}
		o.directives += " " + d.Name + a.Value.String()
		o.excluded = o.excluded || w.boolean(a.Value, false) == (d.Name == "skip")
	}
}

func (w *walker) boolean(v *ast.Value, unset bool) bool {
	if v.Kind != ast.Variable {
		return v.Raw == "true"
	}
	for _, values := range []map[string]any{w.e.variables, w.defaults} {
		if value, ok := values[v.Raw]; ok {
			b, _ := value.(bool)
			return b
		}
	}
	return unset
}
