package transport

import (
	"bytes"
	"encoding/json"
	"slices"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// later mends what the executor makes of @defer. It answers what comes later with null
// meanwhile: a client that believed it would forget what its cache has. And it may have
// what is deferred inside of something deferred before that is there to put it into.
type later struct {
	operation *graphql.OperationContext
	// atOnce has the names of fields that could be deferred, and are not: only those with
	// a resolver are.
	atOnce sync.Map
	// came has the paths of deferred fields that the client has, and waiting what waits
	// for one.
	came    map[string]bool
	waiting map[string][]*graphql.Response
}

func newLater(o *graphql.OperationContext) *later {
	return &later{operation: o, came: map[string]bool{}, waiting: map[string][]*graphql.Response{}}
}

// note remembers a field that is resolved.
func (l *later) note(field *graphql.FieldContext) {
	if field.Field.IsDeferred() && !field.IsResolver {
		l.atOnce.Store(field.Field.Name, true)
	}
}

// take sends a result when the client has what it belongs into, and all that waited for
// it. What belongs into something that failed is never sent.
func (l *later) take(r *graphql.Response, send func(*graphql.Response)) {
	set := l.operation.Operation.SelectionSet
	for i, step := range r.Path {
		name, ok := step.(ast.PathName)
		if !ok {
			continue
		}
		field, place := l.fields(set)[string(name)], r.Path[:i+1].String()
		if i > 0 && l.isLater(field) && !l.came[place] { // no root is deferred
			l.waiting[place] = append(l.waiting[place], r)
			return
		}
		set = field.Selections
	}
	var released []*graphql.Response
	r.Data = l.without(r.Data, set, func(name string) {
		place := append(slices.Clip(r.Path), ast.PathName(name)).String()
		l.came[place] = true
		released = append(released, l.waiting[place]...)
		delete(l.waiting, place)
	})
	send(r)
	for _, r := range released {
		l.take(r, send)
	}
}

func (l *later) isLater(field graphql.CollectedField) bool {
	if !field.IsDeferred() {
		return false
	}
	_, now := l.atOnce.Load(field.Name)
	return !now
}

// fields returns what is selected by the names in the answer.
func (l *later) fields(set ast.SelectionSet) map[string]graphql.CollectedField {
	fields := map[string]graphql.CollectedField{}
	for _, f := range graphql.CollectFields(l.operation, set, nil) {
		fields[f.Alias] = f
	}
	return fields
}

// without leaves the nulls out that stand for what comes later. The members of the value
// itself are those that come, if there is somebody to tell.
func (l *later) without(value json.RawMessage, set ast.SelectionSet, comes func(name string)) json.RawMessage {
	if len(set) == 0 || value[0] != '{' && value[0] != '[' {
		return value
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
		list := []byte{'['}
		for d.More() {
			list = append(append(list, l.without(next(), set, nil)...), ',')
		}
		return append(bytes.TrimSuffix(list, []byte{','}), ']')
	}
	fields, o := l.fields(set), object("{}")
	for d.More() {
		key, _ := d.Token()
		name, _ := key.(string)
		inner, field := next(), fields[name]
		if comes != nil {
			comes(name)
		} else if l.isLater(field) && string(inner) == "null" {
			continue
		}
		o = o.add(name, l.without(inner, field.Selections, nil))
	}
	return json.RawMessage(o)
}
