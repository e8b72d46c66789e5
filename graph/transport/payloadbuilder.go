package transport

import (
	"slices"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// payloadBuilder builds the subsequent response of incremental delivery. It has one payload for
// each deferred fragment of each object, parents first. A payload has all fields of its fragment,
// even those of other payloads: clients read them only there, by label and path.
type payloadBuilder struct {
	operation *graphql.OperationContext
	schema    *ast.Schema
	// errors are the errors of the complete result.
	errors gqlerror.List
	// checkSize returns errors if the payloads so far exceed a limit. Its argument bytes is their
	// size, less that of the complete data. They replace the payload at path, the last one.
	checkSize func(path ast.Path, bytes int) gqlerror.List

	pending []pendingPayload
	failed  gqlerror.List // errors of the payload that is being built
}

// pendingPayload is a deferred fragment of an object, before its payload is built.
type pendingPayload struct {
	*deferredFragment
	object *ast.Definition
	value  *jsonValue
	path   ast.Path
}

// buildSubsequent returns the subsequent response. Its arguments are the data of the initial
// result, and of the complete result, in which an error makes only its field null. The response
// refers to neither of them.
func (b *payloadBuilder) buildSubsequent(initial, complete []byte) jsonObject {
	o := b.operation.Operation
	root := &mergedSelection{sets: []ast.SelectionSet{o.SelectionSet}}
	b.findPending(parseJSON(initial), parseJSON(complete), b.rootType(), root, ast.Path{})
	type key struct {
		node ast.Selection
		path string
	}
	const begin = `{"incremental":[`
	built, response := map[key]bool{}, jsonObject(begin)
	for exceeded := gqlerror.List(nil); len(b.pending) > 0 && exceeded == nil; {
		next := b.pending[0]
		b.pending = b.pending[1:]
		k := key{next.node, next.path.String()}
		if built[k] {
			continue
		}
		built[k] = true
		if len(response) > len(begin) {
			response = append(response, ',')
		}
		before := len(response)
		response = b.appendPayload(response, next)
		if exceeded = b.checkSize(next.path, len(response)-len(complete)); exceeded != nil {
			response = append(response[:before], appendLocation(jsonObject(`{"data":null}`), next, exceeded)...)
		}
	}
	if len(response) == len(begin) {
		return jsonObject(`{"hasNext":false}`)
	}
	return append(response, `],"hasNext":false}`...)
}

func (b *payloadBuilder) rootType() *ast.Definition {
	if b.operation.Operation.Operation == ast.Mutation {
		return b.schema.Mutation
	}
	return b.schema.Query
}

// findPending adds the deferred fragments of an object of the initial result, and of its fields.
func (b *payloadBuilder) findPending(initial, complete *jsonValue, static *ast.Definition, s *mergedSelection, path ast.Path) {
	if initial.isNull() {
		return
	}
	if initial.isList() {
		for i := range initial.inner {
			b.findPending(initial.elementAt(i), complete.elementAt(i), static, s, append(slices.Clip(path), ast.PathIndex(i)))
		}
		return
	}
	object := b.objectType(complete, static)
	c := s.collectFields(b.operation, b.schema, object)
	b.addPending(c, object, complete, path)
	for _, f := range c.fields {
		if len(f.sets) > 0 {
			fieldPath := append(slices.Clip(path), ast.PathName(f.Alias))
			b.findPending(initial.memberAt(f.Alias), complete.memberAt(f.Alias), b.fieldType(f), &f.mergedSelection, fieldPath)
		}
	}
}

func (b *payloadBuilder) addPending(c *collectedFields, object *ast.Definition, v *jsonValue, path ast.Path) {
	for _, f := range c.deferred {
		b.pending = append(b.pending, pendingPayload{f, object, v, path})
	}
}

// fieldType returns the named type of a field.
func (b *payloadBuilder) fieldType(f *responseField) *ast.Definition {
	return b.schema.Types[f.Definition.Type.Name()]
}

// objectType returns the type of an object of the static type, which may be abstract.
func (b *payloadBuilder) objectType(v *jsonValue, static *ast.Definition) *ast.Definition {
	if static.IsAbstractType() {
		if name := v.memberAt(typenameAlias); !name.isNull() {
			return b.schema.Types[string(name.raw[1:len(name.raw)-1])]
		}
	}
	return static
}
