package transport

import (
	"bytes"
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// later is the second part of an answer: of the whole answer, what each fragment deferred,
// with the place it belongs into.
func later(o *graphql.OperationContext, first, whole *graphql.Response) object {
	p := payloads{operation: o, first: sync.OnceValue(func() (data any) {
		_ = json.Unmarshal(first.Data, &data) // the executor made it
		return data
	})}
	known := map[string]bool{}
	for _, e := range first.Errors {
		known[e.Path.String()+" "+e.Message] = true
	}
	for _, e := range whole.Errors {
		if !known[e.Path.String()+" "+e.Message] {
			p.errors = append(p.errors, e)
		}
	}
	p.walk(whole.Data, &selection{sets: []ast.SelectionSet{o.Operation.SelectionSet}}, ast.Path{})
	if len(p.errors) > 0 {
		p.add(ast.Path{}, "", []byte("{}"), p.errors)
	}
	payload := object("{}")
	if len(p.list) > 0 {
		payload = payload.add("incremental", slices.Concat([]byte{'['}, bytes.Join(p.list, []byte{','}), []byte{']'}))
	}
	return payload
}

// payloads are those that are found so far, and the errors that none of them has.
type payloads struct {
	operation *graphql.OperationContext
	first     func() any // what the first part showed
	list      [][]byte
	errors    gqlerror.List
}

func (p *payloads) add(path ast.Path, label string, data []byte, errs gqlerror.List) {
	payload := object("{}").add("data", data).marshal("path", path)
	if label != "" {
		payload = payload.marshal("label", label)
	}
	if len(errs) > 0 {
		payload = payload.marshal("errors", errs)
	}
	p.list = append(p.list, payload)
}

// take returns the errors at a path and below it, which none has from then on.
func (p *payloads) take(path ast.Path) (taken gqlerror.List) {
	p.errors = slices.DeleteFunc(p.errors, func(e *gqlerror.Error) bool {
		below := len(e.Path) >= len(path) && slices.Equal(e.Path[:len(path)], path)
		if below {
			taken = append(taken, e)
		}
		return below
	})
	return taken
}

// gone tells that a place is null. Where the first part has shown more, what failed later
// took it along.
func (p *payloads) gone(s *selection, path ast.Path) {
	if len(p.errors) == 0 || !p.shown(path) {
		return
	}
	errs := p.take(path)
	labels := map[string]bool{}
	for _, field := range s.fields(p.operation) {
		if field.label != nil {
			labels[*field.label] = true
		}
	}
	if len(labels) == 0 {
		labels[""] = true // all that is deferred is further below
	}
	for _, label := range slices.Sorted(maps.Keys(labels)) {
		p.add(path, label, []byte("null"), errs)
		errs = nil // once
	}
}

// shown reports whether the first part had a value at a path.
func (p *payloads) shown(path ast.Path) bool {
	value := p.first()
	for _, element := range path {
		switch element := element.(type) {
		case ast.PathName:
			object, _ := value.(map[string]any)
			value = object[string(element)]
		case ast.PathIndex:
			list, _ := value.([]any)
			if int(element) >= len(list) {
				return false
			}
			value = list[element]
		}
	}
	return value != nil
}

// walk finds what is deferred in a value.
func (p *payloads) walk(value json.RawMessage, s *selection, path ast.Path) {
	if string(value) == "null" {
		p.gone(s, path)
		return
	}
	if len(value) == 0 || value[0] != '{' && value[0] != '[' {
		return
	}
	d := json.NewDecoder(bytes.NewReader(value))
	next := func() (inner json.RawMessage) {
		if err := d.Decode(&inner); err != nil {
			panic(err) // the executor made it
		}
		return inner
	}
	_, _ = d.Token() // the bracket
	if value[0] == '[' {
		for i := 0; d.More(); i++ {
			p.walk(next(), s, append(slices.Clip(path), ast.PathIndex(i)))
		}
		return
	}
	type deferred struct {
		label string
		data  object
		errs  gqlerror.List
	}
	var fragments []*deferred
	for d.More() {
		key, _ := d.Token()
		name, _ := key.(string)
		inner, field := next(), s.fields(p.operation)[name]
		if field.label == nil {
			if field.composite {
				p.walk(inner, field, append(slices.Clip(path), ast.PathName(name)))
			}
			continue
		}
		i := slices.IndexFunc(fragments, func(f *deferred) bool { return f.label == *field.label })
		if i < 0 {
			i, fragments = len(fragments), append(fragments, &deferred{label: *field.label, data: object("{}")})
		}
		fragments[i].data = fragments[i].data.add(name, inner)
		fragments[i].errs = append(fragments[i].errs, p.take(append(slices.Clip(path), ast.PathName(name)))...)
	}
	for _, f := range fragments {
		p.add(path, f.label, f.data, f.errs)
	}
}

// selection is what all fragments together select of a field.
type selection struct {
	sets      []ast.SelectionSet
	composite bool
	// label is of the first fragment that defers the field: it comes once.
	label *string
	below map[string]*selection
}

// fields returns what is selected below, by the names in the answer. Types are left out of
// account: what is not of an object's type is not in its value.
func (s *selection) fields(o *graphql.OperationContext) map[string]*selection {
	if s.below == nil {
		s.below = map[string]*selection{}
		for _, set := range s.sets {
			s.add(o, set, nil)
		}
	}
	return s.below
}

func (s *selection) add(o *graphql.OperationContext, set ast.SelectionSet, label *string) {
	for _, selected := range set {
		switch selected := selected.(type) {
		case *ast.Field:
			f := s.below[selected.Alias]
			if f == nil {
				f = &selection{}
				s.below[selected.Alias] = f
			}
			f.sets = append(f.sets, selected.SelectionSet)
			f.composite = f.composite || len(selected.SelectionSet) > 0
			f.label = cmp.Or(f.label, label)
		case *ast.InlineFragment:
			s.add(o, selected.SelectionSet, cmp.Or(deferral(selected.Directives, o.Variables), label))
		case *ast.FragmentSpread:
			s.add(o, o.Doc.Fragments.ForName(selected.Name).SelectionSet, cmp.Or(deferral(selected.Directives, o.Variables), label))
		}
	}
}
