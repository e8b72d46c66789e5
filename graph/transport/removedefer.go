package transport

import (
	"slices"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// removeDefer removes @defer from an operation, and keeps the deferred fragments.
func removeDefer(o *graphql.OperationContext) {
	deferRemover{variables: o.Variables}.rewriteOperation(o)
}

// deferRemover rewrites an operation without @defer.
type deferRemover struct {
	variables map[string]any
	// dropFragments removes the deferred fragments, too.
	dropFragments bool
	// schema, if it is not nil, adds __typename to fields of abstract types: see typenameAlias.
	schema *ast.Schema

	deferred bool
}

// typenameAlias is the alias of the added __typename. It is not a GraphQL name, so that no document
// has it.
const typenameAlias = "@type"

// rewriteOperation removes @defer from an operation, and reports whether a fragment was deferred. It
// copies the document, because the executor caches that for other requests.
func (r deferRemover) rewriteOperation(o *graphql.OperationContext) (deferred bool) {
	if !strings.Contains(o.RawQuery, "defer") { // most documents
		return false
	}
	operation, doc := *o.Operation, *o.Doc
	operation.SelectionSet = r.rewriteSet(operation.SelectionSet)
	doc.Fragments = make(ast.FragmentDefinitionList, len(o.Doc.Fragments))
	for i, f := range o.Doc.Fragments {
		fragment := *f
		fragment.SelectionSet = r.rewriteSet(f.SelectionSet)
		doc.Fragments[i] = &fragment
	}
	o.Operation, o.Doc = &operation, &doc
	return r.deferred
}

func (r *deferRemover) rewriteSet(set ast.SelectionSet) (rewritten ast.SelectionSet) {
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			field := *s
			field.SelectionSet = append(r.selectTypename(s), r.rewriteSet(s.SelectionSet)...)
			rewritten = append(rewritten, &field)
		case *ast.InlineFragment:
			fragment := *s
			fragment.SelectionSet = r.rewriteSet(s.SelectionSet)
			if r.removeDirective(&fragment.Directives) {
				rewritten = append(rewritten, &fragment)
			}
		case *ast.FragmentSpread:
			spread := *s
			if r.removeDirective(&spread.Directives) {
				rewritten = append(rewritten, &spread)
			}
		}
	}
	return rewritten
}

// selectTypename returns a selection of __typename for a field of an abstract type.
func (r *deferRemover) selectTypename(f *ast.Field) ast.SelectionSet {
	if r.schema == nil || f.Definition == nil {
		return nil
	}
	object := r.schema.Types[f.Definition.Type.Name()]
	if object == nil || !object.IsAbstractType() {
		return nil
	}
	definition := &ast.FieldDefinition{Name: "__typename", Type: ast.NonNullNamedType("String", nil)}
	return ast.SelectionSet{&ast.Field{Alias: typenameAlias, Name: "__typename", Definition: definition, ObjectDefinition: object}}
}

// removeDirective removes @defer from the directives of a fragment, and reports whether to keep the
// fragment.
func (r *deferRemover) removeDirective(directives *ast.DirectiveList) (keep bool) {
	active := activeDefer(*directives, r.variables) != nil
	r.deferred = r.deferred || active
	*directives = slices.DeleteFunc(slices.Clone(*directives), func(d *ast.Directive) bool { return d.Name == "defer" })
	return !active || !r.dropFragments
}

// activeDefer returns the @defer of a fragment, or nil if it has none or the argument if is false.
// Clients that send null for an unset variable expect a payload.
func activeDefer(directives ast.DirectiveList, variables map[string]any) *ast.Directive {
	d := directives.ForName("defer")
	if d == nil {
		return nil
	}
	if condition, ok := d.ArgumentMap(variables)["if"].(bool); ok && !condition {
		return nil
	}
	return d
}
