package codegen

import (
	"errors"
	"slices"
	"unicode/utf8"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"
)

// Read resolves the types of schema.graphqls and their directives. Its error joins all errors, each an
// *Error, in the order of the files.
func Read(sources ...*ast.Source) (*Schema, error) {
	r := &reader{
		schemaErrors: schemaErrors{sources: sources},
		schema:       &Schema{Extends: map[*ast.Definition]bool{}, Scalars: map[string]string{}},
		definitions:  map[string]*ast.Definition{},
		types:        map[string]*typeNode{},
		enums:        map[string]*Enum{},
		api:          map[string]*ast.Definition{},
	}
	doc := r.parse(sources)
	if err := r.err(); err != nil {
		return nil, err
	}
	r.readDefinitions(doc)
	r.readInterfaces()
	r.readTypes()
	r.readRelations()
	r.readTypeDirectives()
	r.checkOperations()
	r.checkCycles()
	r.checkRenames()
	r.checkNames()
	r.checkTables()
	r.checkPlain()
	if err := r.err(); err != nil {
		return nil, err
	}
	return r.schema, nil
}

// reader builds a Schema. Its methods report errors and continue, so all are reported together. A later step
// leaves out the parts with errors, so each is reported once.
type reader struct {
	schemaErrors
	schema      *Schema
	definitions map[string]*ast.Definition // of the files, without extensions
	types       map[string]*typeNode       // with @model
	nodes       []*typeNode                // the same in the order of the files
	enums       map[string]*Enum
	fields      int                        // the number of fields so far
	api         map[string]*ast.Definition // the definitions of the expanded API, and of GraphQL
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
	// index is the place of the field in the files.
	index int
	// failed reports that the field's type or relation is wrong, and reported. Later steps leave it out.
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

// names returns the names of the fields.
func (t *typeNode) names() []string {
	names := make([]string, len(t.fields))
	for i, f := range t.fields {
		names[i] = f.Name
	}
	return names
}

// parse parses the files, and reports the first syntax error of each.
func (r *reader) parse(sources []*ast.Source) *ast.SchemaDocument {
	all := &ast.SchemaDocument{}
	for _, source := range sources {
		if at := invalidUTF8(source); at != nil {
			r.report(at, "", "the file is not in UTF-8; save it in this encoding")
			continue
		}
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
	r.report(at, "", "syntax error: %s; correct it", message)
}

// invalidUTF8 returns the position of the first byte that is not UTF-8, or nil.
func invalidUTF8(source *ast.Source) *ast.Position {
	at := &ast.Position{Src: source, Line: 1, Column: 1}
	for rest := source.Input; rest != ""; {
		c, size := utf8.DecodeRuneInString(rest)
		switch {
		case c == utf8.RuneError && size == 1:
			return at
		case c == '\n':
			at.Line, at.Column = at.Line+1, 1
		default:
			at.Column++
		}
		rest = rest[size:]
	}
	return nil
}
