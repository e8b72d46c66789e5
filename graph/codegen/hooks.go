package codegen

import (
	"bytes"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Hooks has the kinds of the hooks of each type, such as BeforeCreate, in the order of hookKinds.
type Hooks map[string][]string

// hookKind is the beginning of the names of hooks, and their signature with TYPE for the type.
type hookKind struct {
	name, parameters, result string
}

const (
	hookOfRow  = "ctx context.Context, db *tenancy.DB, row *TYPE"
	hookOfRows = "ctx context.Context, db *tenancy.DB, old, row *TYPE"
)

// hookKinds lists the kinds of hooks.
var hookKinds = []hookKind{
	{name: "BeforeCreate", parameters: hookOfRow, result: "error"},
	{name: "AfterCreate", parameters: hookOfRow, result: "error"},
	{name: "BeforeUpdate", parameters: hookOfRows, result: "error"},
	{name: "AfterUpdate", parameters: hookOfRows, result: "error"},
	{name: "BeforeDelete", parameters: hookOfRow, result: "error"},
	{name: "AfterDelete", parameters: hookOfRow, result: "error"},
	{name: "Validate", parameters: "v *relay.Validation, old, row *TYPE"},
}

// declareFor returns the declaration of the hook of a type.
func (k hookKind) declareFor(typeName string) string {
	parameters := strings.ReplaceAll(k.parameters, "TYPE", typeName)
	return strings.TrimSpace(fmt.Sprintf("func %s%s(%s) %s", k.name, typeName, parameters, k.result))
}

// hookScanner finds the hooks of types in the files of package model.
type hookScanner struct {
	framework string // the path of the framework's module
	files     *token.FileSet
	types     []string
	found     Hooks
	positions map[string]token.Position // of the hooks, by name
	errors    []error

	imports map[string]string // of the current file: see importPaths
	// condition is the reason for which not every build has the current file, or "".
	condition string
}

// scanHooks returns the hooks in the folder of package model: exported functions with the name of a
// kind and a type. The error joins all functions and methods that look like a hook and are none.
func scanHooks(dir, framework string, typeNames []string) (Hooks, error) {
	s := &hookScanner{
		framework: framework, files: token.NewFileSet(), types: typeNames, found: Hooks{}, positions: map[string]token.Position{},
	}
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	for _, path := range paths {
		if err := s.scanFile(path); err != nil {
			return nil, err
		}
	}
	for _, kinds := range s.found {
		slices.SortFunc(kinds, func(a, b string) int { return indexOfHook(a) - indexOfHook(b) })
	}
	return s.found, errors.Join(s.errors...)
}

func indexOfHook(name string) int {
	return slices.IndexFunc(hookKinds, func(k hookKind) bool { return k.name == name })
}

// scanFile scans a file that is part of the package and not generated.
func (s *hookScanner) scanFile(path string) error {
	source, err := os.ReadFile(path)
	if err != nil || bytes.HasPrefix(source, []byte("// Code generated ")) {
		return err
	}
	file, err := parser.ParseFile(s.files, path, source, parser.SkipObjectResolution|parser.ParseComments)
	isTest := strings.HasSuffix(path, "_test.go")
	switch {
	case err != nil && isTest:
		return nil // go test reports it
	case err != nil:
		return fmt.Errorf("%w; correct the syntax: the file can have hooks", err)
	case file.Name.Name != "model":
		return nil // a program of its own, which the build ignores, or a test
	}
	s.imports, s.condition = importPaths(file), conditionOf(path, file)
	for _, d := range file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && (!isTest || s.isHook(f)) {
			s.scanFunc(f)
		}
	}
	return nil
}

// importPaths returns the paths of a file's imports by their names in the file.
func importPaths(file *ast.File) map[string]string {
	paths := map[string]string{}
	for _, i := range file.Imports {
		path, _ := strconv.Unquote(i.Path.Value)
		name := path[strings.LastIndexByte(path, '/')+1:]
		if i.Name != nil {
			name = i.Name.Name
		}
		paths[name] = path
	}
	return paths
}

// scanFunc adds a function to the hooks, or an error if it looks like a hook.
func (s *hookScanner) scanFunc(f *ast.FuncDecl) {
	name := f.Name.Name
	if f.Recv != nil {
		s.scanMethod(f)
		return
	}
	kind, typeName, ok := splitHookName(name)
	if !ok {
		s.checkSimilarName(f)
		return
	}
	if !slices.Contains(s.types, typeName) {
		s.addError(f, "the name is for a hook, and schema.graphqls has no type %q with @model, so it would never be called; "+
			"delete it if the type is gone, end it with one of %s, or begin it with a lower-case letter if it is no hook",
			typeName, strings.Join(s.types, ", "))
		return
	}
	if previous, ok := s.positions[name]; ok {
		s.addError(f, "the hook is declared at %s already; keep one of them", previous)
		return
	}
	if !s.isHook(f) {
		s.addError(f, "the signature is %s, so it would never be called; declare it as %s", printSignature(f), kind.declareFor(typeName))
		return
	}
	if s.condition != "" {
		s.addError(f, "%s, so a build can lack the hook; move it to a file of every build, such as %s.go",
			s.condition, strings.ToLower(typeName))
		return
	}
	s.positions[name] = s.files.Position(f.Name.Pos())
	s.found[typeName] = append(s.found[typeName], kind.name)
}

// isHook reports whether a function has the name and the signature of a hook.
func (s *hookScanner) isHook(f *ast.FuncDecl) bool {
	kind, typeName, ok := splitHookName(f.Name.Name)
	return ok && f.Recv == nil && slices.Contains(s.types, typeName) && signatureOf(f, s.imports) == s.wantedSignature(kind, typeName)
}

// splitHookName splits the name of a hook: BeforeCreateItem is of the kind BeforeCreate, for Item.
func splitHookName(name string) (kind hookKind, typeName string, ok bool) {
	for _, k := range hookKinds {
		rest, ok := strings.CutPrefix(name, k.name)
		if ok && (rest == "" || rest[0] < 'a' || rest[0] > 'z') {
			return k, rest, true
		}
	}
	return hookKind{}, "", false
}

// checkSimilarName refuses a function such as BeforeSaveItem or beforeCreateItem.
func (s *hookScanner) checkSimilarName(f *ast.FuncDecl) {
	name := f.Name.Name
	exported := strings.ToUpper(name[:1]) + name[1:]
	if kind, typeName, ok := splitHookName(exported); ok && slices.Contains(s.types, typeName) {
		s.addError(f, "a hook must be exported, and would never be called; declare it as %s", kind.declareFor(typeName))
		return
	}
	for _, prefix := range []string{"Before", "After", "On"} {
		rest, ok := strings.CutPrefix(name, prefix)
		if !ok {
			continue
		}
		for _, t := range s.types {
			if verb, ok := strings.CutSuffix(rest, t); ok && slices.Contains(hookVerbs, verb) {
				s.addError(f, "there is no such hook, so it would never be called; the hooks of %s are %s", t, listHookNames(t))
				return
			}
		}
	}
}

// hookVerbs are the verbs with Before, After or On that look like hooks.
var hookVerbs = []string{
	"", "Create", "Insert", "Add", "Update", "Change", "Save", "Delete", "Remove", "Destroy", "Validate", "Upsert", "Restore",
	"Created", "Inserted", "Added", "Updated", "Changed", "Saved", "Deleted", "Removed", "Destroyed", "Restored",
}

// listHookNames returns the names of all hooks of a type.
func listHookNames(typeName string) string {
	names := make([]string, len(hookKinds))
	for i, k := range hookKinds {
		names[i] = k.name + typeName
	}
	return strings.Join(names, ", ")
}

// scanMethod refuses a method with the name of a hook. GORM's own hooks, which take *gorm.DB, are no
// hooks of this package, and allowed.
func (s *hookScanner) scanMethod(f *ast.FuncDecl) {
	kind, typeName, ok := splitHookName(f.Name.Name)
	receiver := strings.TrimPrefix(types.ExprString(f.Recv.List[0].Type), "*")
	if typeName == "" {
		typeName = receiver
	}
	forGORM := len(f.Type.Params.List) == 1 && goTypeOf(f.Type.Params.List[0].Type, s.imports) == "*gorm.io/gorm.DB"
	if !ok || forGORM || !slices.Contains(s.types, typeName) || kind.name == "Validate" && !s.takesHookTypes(f) {
		return
	}
	s.addError(f, "a method of %s is no hook, and would never be called; declare it as %s", receiver, kind.declareFor(typeName))
}

// takesHookTypes reports whether a method has a parameter of a type of hooks, such as *relay.Validation.
func (s *hookScanner) takesHookTypes(f *ast.FuncDecl) bool {
	hookTypes := []string{"*" + s.framework + "/model/relay.Validation", "*" + s.framework + "/tenancy.DB"}
	return slices.ContainsFunc(f.Type.Params.List, func(p *ast.Field) bool {
		return slices.Contains(hookTypes, goTypeOf(p.Type, s.imports))
	})
}

// addError adds an error at a function's name.
func (s *hookScanner) addError(f *ast.FuncDecl, format string, args ...any) {
	s.errors = append(s.errors, fmt.Errorf("%s: %s: %s", s.files.Position(f.Name.Pos()), f.Name.Name, fmt.Sprintf(format, args...)))
}
