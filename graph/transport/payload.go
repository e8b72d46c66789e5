package transport

import (
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// The functions in this file append JSON to a buffer, and return the extended buffer. They complete
// values as the GraphQL specification does: a non-null field without a value makes its parent null,
// up to the payload.

// appendPayload appends a payload, whose data may be null.
func (b *payloadBuilder) appendPayload(to jsonObject, next pendingPayload) jsonObject {
	b.failed = nil
	to = append(to, `{"data":`...)
	begin, ok := len(to), false
	if next.value.isNull() {
		b.addErrors(next.path)
	} else {
		to, ok = b.appendObject(to, next.value, next.object, &next.mergedSelection, next.path)
	}
	if !ok {
		return appendLocation(append(to[:begin], "null}"...), next, b.nullErrors(next.path))
	}
	return appendLocation(append(to, '}'), next, b.failed)
}

// nullErrors returns the errors of a payload without data. It has at least one if the complete
// result has: the number of its errors is limited, so the last may stand for an omitted one.
func (b *payloadBuilder) nullErrors(path ast.Path) gqlerror.List {
	if len(b.failed) == 0 && len(b.errors) > 0 {
		last := *b.errors[len(b.errors)-1]
		last.Path = path
		b.failed = gqlerror.List{&last}
	}
	return b.failed
}

// appendLocation appends the path and label of a payload, and its errors.
func appendLocation(payload jsonObject, p pendingPayload, errs gqlerror.List) jsonObject {
	payload = payload.marshalMember("path", p.path)
	if p.label != nil {
		payload = payload.marshalMember("label", *p.label)
	}
	if len(errs) > 0 {
		payload = payload.marshalMember("errors", errs)
	}
	return payload
}

// appendObject appends the selected fields of an object, and adds its deferred fragments to the
// pending payloads. It returns false if a non-null field has no value.
func (b *payloadBuilder) appendObject(
	to jsonObject, v *jsonValue, object *ast.Definition, s *mergedSelection, path ast.Path,
) (jsonObject, bool) {
	pending := len(b.pending)
	c := s.collectFields(b.operation, b.schema, object)
	b.addPending(c, object, v, path)
	to = append(to, '{')
	for i, f := range c.fields {
		if i > 0 {
			to = append(to, ',')
		}
		to = append(append(append(to, '"'), f.Alias...), `":`...)
		value := v.memberAt(f.Alias)
		if len(f.sets) == 0 && !value.isNull() { // most fields, without a path
			to = append(to, value.raw...)
			continue
		}
		var ok bool
		fieldPath := append(slices.Clip(path), ast.PathName(f.Alias))
		if to, ok = b.appendValue(to, value, f.Definition.Type, f, fieldPath); !ok {
			b.pending = b.pending[:pending]
			return to, false
		}
	}
	return append(to, '}'), true
}

// appendValue appends the value of a field with a selection set, or of an element of its list, or null.
// It returns false for a null that the type does not allow.
func (b *payloadBuilder) appendValue(to jsonObject, v *jsonValue, t *ast.Type, f *responseField, path ast.Path) (jsonObject, bool) {
	extended, ok := to, false
	switch {
	case v.isNull():
		if !b.addErrors(path) && v != nil && b.isCustomScalar(f) { // such as JSON, which has a null of its own
			return append(to, "null"...), true
		}
	case t.Elem != nil:
		extended, ok = b.appendList(to, v, t, f, path)
	default:
		extended, ok = b.appendObject(to, v, b.objectType(v, b.fieldType(f)), &f.mergedSelection, path)
	}
	if ok {
		return extended, true
	}
	return append(to, "null"...), !t.NonNull
}

func (b *payloadBuilder) appendList(to jsonObject, v *jsonValue, t *ast.Type, f *responseField, path ast.Path) (jsonObject, bool) {
	pending := len(b.pending)
	to = append(to, '[')
	for i := range v.inner {
		if i > 0 {
			to = append(to, ',')
		}
		var ok bool
		if to, ok = b.appendValue(to, v.elementAt(i), t.Elem, f, append(slices.Clip(path), ast.PathIndex(i))); !ok {
			b.pending = b.pending[:pending]
			return to, false
		}
	}
	return append(to, ']'), true
}

// isCustomScalar reports whether the value of a field is a scalar of the application.
func (b *payloadBuilder) isCustomScalar(f *responseField) bool {
	t := b.fieldType(f)
	return t.Kind == ast.Scalar && !t.BuiltIn
}

// addErrors adds the errors that explain a null, and reports whether there are any: those of its path, below and above.
func (b *payloadBuilder) addErrors(path ast.Path) (found bool) {
	for _, e := range b.errors {
		n := min(len(e.Path), len(path))
		if !slices.Equal(e.Path[:n], path[:n]) {
			continue
		}
		found = true
		if !slices.Contains(b.failed, e) {
			b.failed = append(b.failed, e)
		}
	}
	return found
}
