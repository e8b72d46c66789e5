package transport

import (
	"slices"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// rewrite removes @defer from an operation, and keeps the deferred fragments.
func rewrite(o *graphql.OperationContext) {
	rewriter{variables: o.Variables}.rewrite(o)
}

// rewriter removes @defer from an operation.
type rewriter struct {
	variables map[string]any
	// drop means to remove the deferred fragments, too.
	drop bool
	// schema, if not nil, adds __typename to fields of abstract types.
	schema   *ast.Schema
	deferred bool
}

// rewrite reports whether anything was deferred. The document is shared, so it is copied.
func (r rewriter) rewrite(o *graphql.OperationContext) (deferred bool) {
	if !defers(o) {
		return false
	}
	operation, doc := *o.Operation, *o.Doc
	operation.SelectionSet = r.set(operation.SelectionSet)
	doc.Fragments = make(ast.FragmentDefinitionList, len(o.Doc.Fragments))
	for i, f := range o.Doc.Fragments {
		fragment := *f
		fragment.SelectionSet = r.set(f.SelectionSet)
		doc.Fragments[i] = &fragment
	}
	o.Operation, o.Doc = &operation, &doc
	return r.deferred
}

func (r *rewriter) set(set ast.SelectionSet) (plain ast.SelectionSet) {
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			field := *s
			field.SelectionSet = append(r.typename(s), r.set(s.SelectionSet)...)
			plain = append(plain, &field)
		case *ast.InlineFragment:
			fragment := *s
			fragment.SelectionSet = r.set(s.SelectionSet)
			if r.keep(&fragment.Directives) {
				plain = append(plain, &fragment)
			}
		case *ast.FragmentSpread:
			spread := *s
			if r.keep(&spread.Directives) {
				plain = append(plain, &spread)
			}
		}
	}
	return plain
}

// typename returns a selection of __typename for a field of an abstract type.
func (r *rewriter) typename(f *ast.Field) ast.SelectionSet {
	if r.schema == nil || f.Definition == nil {
		return nil
	}
	object := r.schema.Types[f.Definition.Type.Name()]
	if object == nil || !object.IsAbstractType() {
		return nil
	}
	definition := &ast.FieldDefinition{Name: "__typename", Type: ast.NonNullNamedType("String", nil)}
	return ast.SelectionSet{&ast.Field{Alias: typename, Name: "__typename", Definition: definition, ObjectDefinition: object}}
}

// keep removes @defer from directives, and reports whether the fragment stays.
func (r *rewriter) keep(directives *ast.DirectiveList) bool {
	active := deferral(*directives, r.variables) != nil
	r.deferred = r.deferred || active
	*directives = slices.DeleteFunc(slices.Clone(*directives), func(d *ast.Directive) bool { return d.Name == "defer" })
	return !active || !r.drop
}
