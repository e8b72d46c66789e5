package codegen

import (
	"errors"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"
)

// Read resolves the types of schema.graphqls and their directives. Its error joins all mistakes, each an
// *Error, in the order of the files.
func Read(sources ...*ast.Source) (*Schema, error) {
	r := &reader{
		mistakes:    mistakes{sources: sources},
		schema:      &Schema{Extends: map[*ast.Definition]bool{}},
		definitions: map[string]*ast.Definition{},
		types:       map[string]*typeNode{},
		enums:       map[string]*Enum{},
	}
	doc := r.parse(sources)
	if err := r.err(); err != nil {
		return nil, err
	}
	r.schema.Directives = doc.Directives
	r.readDefinitions(doc)
	r.readTypes()
	r.readRelations()
	r.readTypeDirectives()
	if err := r.err(); err != nil {
		return nil, err
	}
	return r.schema, nil
}

// reader builds a Schema. Its methods report mistakes and continue, so that all are reported at once. A
// later step leaves out parts for which an earlier one has reported a mistake.
type reader struct {
	mistakes
	schema      *Schema
	definitions map[string]*ast.Definition // of the files, without extensions
	types       map[string]*typeNode       // with @model
	nodes       []*typeNode                // the same in the order of the files
	enums       map[string]*Enum
}

// typeNode is a type with @model while it is read.
type typeNode struct {
	*Type
	def    *ast.Definition
	uses   uses
	fields []*fieldNode
}

// fieldNode is a field of a type with @model while it is read.
type fieldNode struct {
	*Field
	def  *ast.FieldDefinition
	uses uses
	// failed reports that the field's type is wrong, and reported.
	failed bool
}

// where returns the field's coordinate for messages.
func (f *fieldNode) where() string { return f.Of.Name + "." + f.Name }

// field returns a field by its name, or nil.
func (t *typeNode) field(name string) *fieldNode {
	i := slices.IndexFunc(t.fields, func(f *fieldNode) bool { return f.Name == name })
	if i < 0 {
		return nil
	}
	return t.fields[i]
}

// parse parses the files, and reports the first syntax error of each.
func (r *reader) parse(sources []*ast.Source) *ast.SchemaDocument {
	all := &ast.SchemaDocument{}
	for _, source := range sources {
		doc, err := parser.ParseSchema(source)
		if err != nil {
			r.reportSyntax(source, err)
			continue
		}
		all.Merge(doc)
	}
	return all
}

// reportSyntax reports a syntax error.
func (r *reader) reportSyntax(source *ast.Source, err error) {
	at := &ast.Position{Src: source, Line: 1, Column: 1}
	message := err.Error()
	var syntax *gqlerror.Error
	if errors.As(err, &syntax) {
		message = syntax.Message
		if len(syntax.Locations) > 0 {
			at.Line, at.Column = syntax.Locations[0].Line, syntax.Locations[0].Column
		}
	}
	r.report(at, "", "syntax error: %s", message)
}
