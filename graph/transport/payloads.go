package transport

import (
	"slices"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// payloads makes the payloads of deferred fragments: one for each fragment of each object, with
// all of its fields, even if another payload has them. Clients that identify a fragment by its
// label and path read its fields only there.
type payloads struct {
	operation *graphql.OperationContext
	schema    *ast.Schema
	// errors are the errors of the whole response.
	errors gqlerror.List
	// refuse returns the errors of a payload that would exceed the limit, given the bytes.
	refuse func(path ast.Path, bytes int) gqlerror.List

	pending []pending
	failed  gqlerror.List // errors of the current payload
}

// pending is a deferred fragment at one place of the response, before its payload is made.
type pending struct {
	*fragment
	object *ast.Definition
	value  *value
	path   ast.Path
}

// typename is the alias of __typename that rewrite adds for objects of abstract types. It is not
// a GraphQL name, so no document has it.
const typename = "@type"

// all returns the last part of the response, with all payloads, parents first. first is the data
// of the first part, and whole the data with the deferred fragments, in which an error makes only
// its field null: see isolate. The part refers to neither of them.
func (p *payloads) all(first, whole []byte) []byte {
	o := p.operation.Operation
	p.findPending(parse(first), parse(whole), p.schema.Types[rootType(p.schema, o.Operation)], &selection{sets: []ast.SelectionSet{o.SelectionSet}}, ast.Path{})
	type place struct {
		node ast.Selection
		path string
	}
	const begin = `{"incremental":[`
	made, part := map[place]bool{}, object(begin)
	for refused := gqlerror.List(nil); len(p.pending) > 0 && refused == nil; {
		next := p.pending[0]
		p.pending = p.pending[1:]
		at := place{next.node, next.path.String()}
		if made[at] {
			continue
		}
		made[at] = true
		if len(part) > len(begin) {
			part = append(part, ',')
		}
		before := len(part)
		part = p.payload(part, next)
		if refused = p.refuse(next.path, len(part)-len(whole)); refused != nil {
			part = append(part[:before], appendPath(object("{}").add("data", []byte("null")), next, refused)...)
		}
	}
	if len(part) == len(begin) {
		return []byte(`{"hasNext":false}`)
	}
	return append(part, `],"hasNext":false}`...)
}

func rootType(schema *ast.Schema, operation ast.Operation) string {
	if operation == ast.Mutation {
		return schema.Mutation.Name
	}
	return schema.Query.Name
}

// findPending adds the deferred fragments of the first part.
func (p *payloads) findPending(first, whole *value, static *ast.Definition, s *selection, path ast.Path) {
	if first.null() {
		return
	}
	if first.members == nil {
		for i, inner := range first.elements {
			p.findPending(inner, whole.element(i), static, s, append(slices.Clip(path), ast.PathIndex(i)))
		}
		return
	}
	object := p.typeOf(whole, static)
	c := s.collect(p.operation, p.schema, object)
	p.addPending(c, object, whole, path)
	for _, f := range c.fields {
		if len(f.sets) > 0 {
			p.findPending(first.member(f.Alias), whole.member(f.Alias), p.definition(f), &f.selection, append(slices.Clip(path), ast.PathName(f.Alias)))
		}
	}
}

func (p *payloads) addPending(c *collected, object *ast.Definition, v *value, path ast.Path) {
	for _, f := range c.deferred {
		p.pending = append(p.pending, pending{f, object, v, path})
	}
}

func (p *payloads) definition(f *field) *ast.Definition {
	return p.schema.Types[f.Definition.Type.Name()]
}

// typeOf returns the type of an object, or the abstract type if it is unknown.
func (p *payloads) typeOf(v *value, static *ast.Definition) *ast.Definition {
	if static.IsAbstractType() {
		if name := v.member(typename); !name.null() {
			return p.schema.Types[string(name.raw[1:len(name.raw)-1])]
		}
	}
	return static
}

// payload appends a payload. Its data is null where an error took it along.
func (p *payloads) payload(to object, next pending) object {
	const null = "null}"
	p.failed = nil
	to = append(to, `{"data":`...)
	begin := len(to)
	ok := false
	if next.value.null() {
		p.fail(next.path)
	} else {
		to, ok = p.object(to, next.value, next.object, &next.selection, next.path)
	}
	if !ok {
		return appendPath(append(to[:begin], null...), next, p.reasons(next.path))
	}
	return appendPath(append(to, '}'), next, p.failed)
}

// reasons returns the errors of a payload without data, at least one. The response has so many
// errors and no more: where this payload's are left out, the last one stands for them.
func (p *payloads) reasons(path ast.Path) gqlerror.List {
	if len(p.failed) == 0 && len(p.errors) > 0 {
		one := *p.errors[len(p.errors)-1]
		one.Path = path
		p.failed = gqlerror.List{&one}
	}
	return p.failed
}

func appendPath(payload object, next pending, errs gqlerror.List) object {
	payload = payload.marshal("path", next.path)
	if next.label != nil {
		payload = payload.marshal("label", *next.label)
	}
	if len(errs) > 0 {
		payload = payload.marshal("errors", errs)
	}
	return payload
}

// object writes the selection of an object, and makes its deferred fragments pending. It reports
// false if a non-null field has no value.
func (p *payloads) object(to object, v *value, of *ast.Definition, s *selection, path ast.Path) (object, bool) {
	waiting := len(p.pending)
	c := s.collect(p.operation, p.schema, of)
	p.addPending(c, of, v, path)
	to = append(to, '{')
	for i, f := range c.fields {
		if i > 0 {
			to = append(to, ',')
		}
		to = append(append(append(to, '"'), f.Alias...), `":`...)
		var ok bool
		if to, ok = p.value(to, v.member(f.Alias), f.Definition.Type, f, append(slices.Clip(path), ast.PathName(f.Alias))); !ok {
			p.pending = p.pending[:waiting]
			return to, false
		}
	}
	return append(to, '}'), true
}

// value writes a field's value, or null if the type allows it.
func (p *payloads) value(to object, v *value, t *ast.Type, f *field, path ast.Path) (object, bool) {
	written, ok := to, false
	switch {
	case v.null():
		p.fail(path)
	case len(f.sets) == 0:
		return append(to, v.raw...), true
	case t.Elem != nil:
		written, ok = p.list(to, v, t, f, path)
	default:
		written, ok = p.object(to, v, p.typeOf(v, p.definition(f)), &f.selection, path)
	}
	if ok {
		return written, true
	}
	return append(to, "null"...), !t.NonNull
}

func (p *payloads) list(to object, v *value, t *ast.Type, f *field, path ast.Path) (object, bool) {
	waiting := len(p.pending)
	to = append(to, '[')
	for i, inner := range v.elements {
		if i > 0 {
			to = append(to, ',')
		}
		var ok bool
		if to, ok = p.value(to, inner, t.Elem, f, append(slices.Clip(path), ast.PathIndex(i))); !ok {
			p.pending = p.pending[:waiting]
			return to, false
		}
	}
	return append(to, ']'), true
}

// fail adds the errors that explain a null: at its path, below it, or above.
func (p *payloads) fail(path ast.Path) {
	for _, e := range p.errors {
		n := min(len(e.Path), len(path))
		if slices.Equal(e.Path[:n], path[:n]) && !slices.Contains(p.failed, e) {
			p.failed = append(p.failed, e)
		}
	}
}
