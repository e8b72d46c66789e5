package tenancy_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// mutant is a copy of a function with one edit.
type mutant struct {
	dir, path  string // the folder of its package, and the absolute path of its file
	line       int
	name       string // without the line: it stays when lines move
	head, tail string // its source, around its name
	call       string // the call of the mutant with the parameters of the original
	at         int    // offset of the original's body in its file
}

func (m *mutant) String() string {
	file, edit, _ := strings.Cut(m.name, " ")
	return fmt.Sprintf("%s:%d %s", file, m.line, edit)
}

// seeder makes the mutants of one file.
type seeder struct {
	file, path, src string
	base            *token.File
	function        *ast.FuncDecl
	inner           []*ast.FuncLit // the function literals in it, outer before inner
	mutants         []*mutant
}

// isUnnamed reports whether a parameter has no name. A function with such parameters is not mutated.
func isUnnamed(p *ast.Field) bool { return len(p.Names) == 0 }

// text is the source of a node.
func (s *seeder) text(n ast.Node) string { return s.between(n.Pos(), n.End()) }

func (s *seeder) between(from, to token.Pos) string {
	return s.src[s.base.Offset(from):s.base.Offset(to)]
}

// addMutant adds a mutant: the source from…to becomes replacement.
func (s *seeder) addMutant(edit string, from, to token.Pos, replacement string) {
	text := strings.Join(strings.Fields(strings.TrimPrefix(s.between(from, to), ",")), " ")
	if len(text) > 90 {
		text = strings.ToValidUTF8(text[:90], "") + "…"
	}
	f := s.function
	name := fmt.Sprintf("%s %s: %s: %s", s.file, f.Name, edit, text)
	unique := name
	for n := 2; slices.ContainsFunc(s.mutants, func(m *mutant) bool { return m.name == unique }); n++ {
		unique = fmt.Sprintf("%s #%d", name, n)
	}
	head, call := s.callMutant()
	s.mutants = append(s.mutants, &mutant{
		dir: path.Dir(s.file), path: s.path, line: s.base.Line(from), name: unique, at: s.base.Offset(f.Body.Lbrace) + 1,
		head: head, call: call, tail: s.between(f.Name.End(), from) + replacement + s.between(to, f.End()),
	})
}

// callMutant returns the function's source up to its name, and the call of the mutant from its body.
func (s *seeder) callMutant() (head, call string) {
	f := s.function
	head, call = s.between(f.Pos(), f.Name.Pos()), "mutant%d"+s.typeArguments()+"("
	if f.Recv != nil {
		receiver := f.Recv.List[0]
		if len(receiver.Names) > 0 {
			call = receiver.Names[0].Name + "." + call
		} else {
			call = "(*new(" + s.text(receiver.Type) + "))." + call
		}
	}
	for _, p := range f.Type.Params.List {
		for _, name := range p.Names {
			call += s.argument(name, p.Type) + ", "
		}
	}
	if f.Type.Results != nil {
		return head, "return " + call + ")"
	}
	return head, call + "); return"
}

// argument returns a parameter as an argument of the mutant, or a zero value for one without a name.
func (s *seeder) argument(name *ast.Ident, typ ast.Expr) string {
	_, variadic := typ.(*ast.Ellipsis)
	switch {
	case variadic && name.Name == "_":
		return "nil..."
	case variadic:
		return name.Name + "..."
	case name.Name == "_":
		return "*new(" + s.text(typ) + ")"
	}
	return name.Name
}

// typeArguments returns the type parameters of the function as arguments of the mutant.
func (s *seeder) typeArguments() string {
	if s.function.Type.TypeParams == nil {
		return ""
	}
	var names []string
	for _, p := range s.function.Type.TypeParams.List {
		for _, name := range p.Names {
			names = append(names, name.Name)
		}
	}
	return "[" + strings.Join(names, ", ") + "]"
}

// setCondition makes a condition always true and always false. Its variables stay used.
func (s *seeder) setCondition(e ast.Expr) {
	if s.text(e) != "true" {
		s.wrapNode("always true", e, "((", ") || true)")
	}
	if s.text(e) != "false" {
		s.wrapNode("always false", e, "((", ") && false)")
	}
}

// wrapNode adds a mutant with source before and after a node.
func (s *seeder) wrapNode(edit string, n ast.Node, before, after string) {
	s.addMutant(edit, n.Pos(), n.End(), before+s.text(n)+after)
}

// makeNil replaces an expression by nil of its type, and does not evaluate it.
func (s *seeder) makeNil(e ast.Expr, typ string) {
	s.wrapNode("nil", e, "func() "+typ+" { if false { return ", " }; return nil }()")
}

// addMutants adds the mutants of a node.
func (s *seeder) addMutants(node ast.Node) bool {
	switch n := node.(type) {
	case *ast.FuncLit:
		s.inner = append(s.inner, n)
	case *ast.IfStmt:
		s.setCondition(n.Cond)
		if init, ok := n.Init.(*ast.AssignStmt); ok && strings.HasPrefix(s.text(init), "err := ") {
			s.makeNil(init.Rhs[0], "error")
		}
	case *ast.ForStmt:
		s.addMutant("no loop", n.Pos(), n.Body.Lbrace+1, s.between(n.Pos(), n.Body.Lbrace+1)+" break; ")
	case *ast.RangeStmt:
		s.addMutant("no loop", n.Pos(), n.Body.Lbrace+1, s.between(n.Pos(), n.Body.Lbrace+1)+" break; ")
	case *ast.SwitchStmt:
		s.removeClauses(n.Body, n.Tag == nil)
	case *ast.TypeSwitchStmt:
		s.removeClauses(n.Body, false)
	case *ast.BinaryExpr:
		s.changeOperator(n)
	case *ast.ReturnStmt:
		s.changeResults(n)
	case *ast.ExprStmt, *ast.IncDecStmt, *ast.DeferStmt, *ast.BranchStmt:
		s.wrapNode("left out", n, "if false { ", " }")
	case *ast.AssignStmt:
		s.dropAssignment(n)
	case *ast.CallExpr:
		if f, ok := n.Fun.(*ast.SelectorExpr); ok && slices.Contains([]string{"visit", "add", "Concat"}, f.Sel.Name) && len(n.Args) > 1 {
			s.removeElements(n.Args)
		}
	case *ast.CompositeLit:
		s.emptyLiteral(n)
	}
	return true
}

// removeClauses leaves out each clause of a switch. It leaves out each entry of a clause, too,
// unless the clause only returns nil.
func (s *seeder) removeClauses(body *ast.BlockStmt, conditions bool) {
	for _, stmt := range body.List {
		c := stmt.(*ast.CaseClause)
		if conditions {
			for _, e := range c.List {
				s.setCondition(e)
			}
			continue
		}
		s.addMutant("left out", c.Pos(), c.End(), "")
		if len(c.List) > 1 && (len(c.Body) == 0 || s.text(c.Body[0]) != "return nil") {
			s.removeElements(c.List)
		}
	}
}

// emptyLiteral leaves out each element of a slice or struct, except of a Refusal.
func (s *seeder) emptyLiteral(n *ast.CompositeLit) {
	if len(n.Elts) == 0 || n.Type != nil && s.text(n.Type) == "Refusal" {
		return
	}
	_, isSlice := n.Type.(*ast.ArrayType)
	if _, isKeyed := n.Elts[0].(*ast.KeyValueExpr); isSlice || isKeyed {
		s.removeElements(n.Elts)
	}
}

// removeElements leaves out each of several expressions.
func (s *seeder) removeElements(list []ast.Expr) {
	for i, e := range list {
		from, to := e.Pos(), e.End()
		if i > 0 {
			from = list[i-1].End()
		} else if len(list) > 1 {
			to = list[1].Pos()
		}
		s.addMutant("left out", from, to, "")
	}
}

// offByOne has comparisons and their off-by-one errors. It needs no == and !=: conditions become
// always true and always false.
var offByOne = map[token.Token]string{token.LSS: "<=", token.LEQ: "<", token.GTR: ">=", token.GEQ: ">"}

// changeOperator takes out each operand of && and ||, and makes a comparison off by one.
func (s *seeder) changeOperator(n *ast.BinaryExpr) {
	if op := offByOne[n.Op]; op != "" {
		s.addMutant(op, n.Pos(), n.End(), s.between(n.Pos(), n.OpPos)+op+s.text(n.Y))
	}
	for _, e := range []ast.Expr{n.X, n.Y} {
		if same, ok := e.(*ast.BinaryExpr); ok && same.Op == n.Op {
			continue // its own operands are taken out
		}
		switch n.Op {
		case token.LAND:
			s.wrapNode("always true", e, "((", ") || true)")
		case token.LOR:
			s.wrapNode("always false", e, "((", ") && false)")
		}
	}
}

// dropAssignment drops each assignment to an existing variable.
func (s *seeder) dropAssignment(n *ast.AssignStmt) {
	switch {
	case n.Tok == token.DEFINE:
	case n.Tok != token.ASSIGN || s.text(n.Lhs[0]) == "_":
		s.wrapNode("left out", n, "if false { ", " }")
	default:
		for _, l := range n.Lhs {
			if s.text(l) == "_" {
				continue // it is not assigned to anyway
			}
			s.addMutant("not assigned to "+s.text(l), n.Pos(), n.End(), s.between(n.Pos(), l.Pos())+"_"+s.between(l.End(), n.End()))
		}
	}
}

// changeResults makes each result nil, or the other boolean, if its type has one.
func (s *seeder) changeResults(n *ast.ReturnStmt) {
	signature := s.function.Type
	for _, f := range s.inner {
		if n.Pos() >= f.Pos() && n.End() <= f.End() {
			signature = f.Type
		}
	}
	if len(n.Results) == 0 || signature.Results.NumFields() != len(n.Results) {
		return
	}
	i := 0
	for _, f := range signature.Results.List {
		typ := s.text(f.Type)
		for range max(1, len(f.Names)) {
			e := n.Results[i]
			i++
			switch text := s.text(e); {
			case typ == "bool":
				s.setCondition(e)
			case text == "nil" || text == "err":
			case typ == "error" || typ[0] == '*' || typ[0] == '[':
				s.makeNil(e, typ)
			}
		}
	}
}

// readSource returns the absolute path of a file of the repository, and its source.
func readSource(t *testing.T, file string) (path, text string) {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("..", file))
	if err != nil {
		t.Fatal(err)
	}
	src, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return path, string(src)
}

// newMutants returns the mutants of a file.
func newMutants(t *testing.T, file string) []*mutant {
	t.Helper()
	path, src := readSource(t, file)
	files := token.NewFileSet()
	parsed, err := parser.ParseFile(files, path, src, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	s := &seeder{file: file, path: path, src: src, base: files.File(parsed.Pos())}
	for _, d := range parsed.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && !slices.ContainsFunc(f.Type.Params.List, isUnnamed) {
			s.function, s.inner = f, nil
			ast.Inspect(f.Body, s.addMutants)
		}
	}
	return s.mutants
}
