package codegen

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"strings"

	"github.com/99designs/gqlgen/codegen/templates"
)

// editChecker finds the code of a person in a generated file of resolvers.
type editChecker struct {
	files   *token.FileSet
	content []byte
	written map[string]string // the bodies of the generator without white space, by receiver and method
	errors  []error
}

// checkEdits fails if a file of resolvers has code that the generator does not write: bodies other than these, comments,
// and other declarations. Two branches that are merged have a wrong checksum and no such code.
func checkEdits(path string, content []byte, bodies map[string]string) error {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, path, content, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return fmt.Errorf("%w; the file is generated, and can have code of yours: resolve the conflict, if git has left one, "+
			"or delete the file to generate it again", err)
	}
	e := &editChecker{files: files, content: content, written: map[string]string{}}
	for field, body := range bodies {
		object, name, _ := strings.Cut(field, ".")
		e.written[templates.LcFirst(object)+"Resolver."+templates.ToGo(name)] = removeSpace(body)
	}
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			e.checkFunc(d)
		case *ast.GenDecl:
			e.checkDeclaration(d)
		}
	}
	e.checkComments(file)
	return errors.Join(e.errors...)
}

const discardEdits = "the code was edited, and this file is generated; move your code to a function of package model, or to a field of " +
	"your own in `extend type`, whose resolver is in schema.resolvers.go, and delete this file; or remove its first line to keep " +
	"the bodies of all its resolvers from now on"

// checkFunc checks a function: a resolver, or the method of Resolver that returns the resolvers of a type.
func (e *editChecker) checkFunc(f *ast.FuncDecl) {
	receiver, name := receiverOf(f), f.Name.Name
	wanted, ok := e.written[receiver+"."+name]
	if receiver == "Resolver" {
		wanted, ok = removeSpace("return &"+templates.LcFirst(name)+"Resolver{r}"), resultOf(f) == name+"Resolver"
	}
	if !ok || f.Doc != nil || f.Body == nil || wanted != removeSpace(e.bodyOf(f)) {
		e.addError(f.Pos(), strings.TrimPrefix(receiver+"."+name, "."), discardEdits)
	}
}

// bodyOf returns the code between the braces of a function.
func (e *editChecker) bodyOf(f *ast.FuncDecl) string {
	return string(e.content[e.files.Position(f.Body.Lbrace).Offset+1 : e.files.Position(f.Body.Rbrace).Offset])
}

// checkDeclaration checks an import, a constant, a variable or a type.
func (e *editChecker) checkDeclaration(d *ast.GenDecl) {
	for _, spec := range d.Specs {
		names, found := "", false
		switch spec := spec.(type) {
		case *ast.ImportSpec:
			names, found = "import "+spec.Path.Value, spec.Name != nil && spec.Name.Name == "_"
		case *ast.ValueSpec:
			for _, name := range spec.Names {
				names = strings.TrimPrefix(names+", "+name.Name, ", ")
			}
			names, found = d.Tok.String()+" "+names, true
		case *ast.TypeSpec:
			names, found = "type "+spec.Name.Name, !isResolverType(spec)
		}
		if found {
			e.addError(spec.Pos(), names, "the file is generated, and this declaration would be lost; move it to "+
				"schema.resolvers.go, or to another file of the package")
		}
	}
}

// isResolverType reports whether a type is the receiver of resolvers: a struct that embeds *Resolver, and has no other
// field.
func isResolverType(spec *ast.TypeSpec) bool {
	s, ok := spec.Type.(*ast.StructType)
	if !ok || !strings.HasSuffix(spec.Name.Name, "Resolver") || len(s.Fields.List) != 1 || len(s.Fields.List[0].Names) > 0 {
		return false
	}
	embedded, ok := s.Fields.List[0].Type.(*ast.StarExpr)
	return ok && fmt.Sprint(embedded.X) == "Resolver"
}

// checkComments checks the comments outside functions, after the header. checkFunc reports the others.
func (e *editChecker) checkComments(file *ast.File) {
	for _, group := range file.Comments {
		inFunc := false
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok {
				inFunc = inFunc || group == f.Doc || f.Pos() <= group.Pos() && group.End() <= f.End()
			}
		}
		if !inFunc && e.files.Position(group.Pos()).Line > 1 {
			e.addError(group.Pos(), "comment", "the file is generated, and this comment would be lost; move it to "+
				"schema.resolvers.go, or delete it")
		}
	}
}

// addError adds an error at a position.
func (e *editChecker) addError(at token.Pos, name, message string) {
	e.errors = append(e.errors, fmt.Errorf("%s: %s: %s", e.files.Position(at), name, message))
}

// receiverOf returns the type of a method's receiver, without pointer, or "".
func receiverOf(f *ast.FuncDecl) string {
	if f.Recv == nil {
		return ""
	}
	if pointer, ok := f.Recv.List[0].Type.(*ast.StarExpr); ok {
		return fmt.Sprint(pointer.X)
	}
	return fmt.Sprint(f.Recv.List[0].Type)
}

// resultOf returns the name of a function's only result, or "".
func resultOf(f *ast.FuncDecl) string {
	if f.Type.Results == nil || len(f.Type.Results.List) != 1 {
		return ""
	}
	return fmt.Sprint(f.Type.Results.List[0].Type)
}

// removeSpace removes white space, which gofmt may have changed.
func removeSpace(code string) string { return strings.Join(strings.Fields(code), "") }
