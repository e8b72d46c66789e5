//go:build mutants

package tenancy_test

import (
	"fmt"
	"go/ast"
	"go/token"
	"slices"
	"strings"
)

// seeder makes the mutants of one file.
type seeder struct {
	file, path, src string
	base            *token.File
	function        *ast.FuncDecl
	inner           []*ast.FuncLit // those seen in it, outer before inner
	mutants         []*mutant
}

// unnamed is what a function takes but does not read: it does nothing.
func unnamed(p *ast.Field) bool { return len(p.Names) == 0 }

// text is the source of a node.
func (s *seeder) text(n ast.Node) string { return s.between(n.Pos(), n.End()) }

func (s *seeder) between(from, to token.Pos) string {
	return s.src[s.base.Offset(from):s.base.Offset(to)]
}

// add makes a mutant: what stands from…to becomes replacement.
func (s *seeder) add(edit string, from, to token.Pos, replacement string) {
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
	head, call := s.caller()
	s.mutants = append(s.mutants, &mutant{
		path: s.path, line: s.base.Line(from), name: unique, at: s.base.Offset(f.Body.Lbrace) + 1,
		head: head, call: call, tail: s.between(f.Name.End(), from) + replacement + s.between(to, f.End()),
	})
}

// caller returns how the function begins, and how it is called from its own body.
func (s *seeder) caller() (head, call string) {
	f := s.function
	head, call = s.between(f.Pos(), f.Name.Pos()), "mutant%d("
	if f.Recv != nil {
		receiver := f.Recv.List[0]
		if call = "new(" + s.text(receiver.Type) + ").mutant%d("; len(receiver.Names) > 0 {
			call = receiver.Names[0].Name + ".mutant%d("
		}
	}
	for _, p := range f.Type.Params.List {
		for _, name := range p.Names {
			call += name.Name
			if _, variadic := p.Type.(*ast.Ellipsis); variadic {
				call += "..."
			}
			call += ", "
		}
	}
	if f.Type.Results != nil {
		return head, "return " + call + ")"
	}
	return head, call + "); return"
}

// either makes a condition always true and always false; what it names stays used.
func (s *seeder) either(e ast.Expr) {
	if s.text(e) != "true" {
		s.wrap("always true", e, "((", ") || true)")
	}
	if s.text(e) != "false" {
		s.wrap("always false", e, "((", ") && false)")
	}
}

func (s *seeder) wrap(edit string, n ast.Node, before, after string) {
	s.add(edit, n.Pos(), n.End(), before+s.text(n)+after)
}

// without makes an expression nil, of a type that has a nil, and does not evaluate it.
func (s *seeder) without(e ast.Expr, typ string) {
	s.wrap("nil", e, "func() "+typ+" { if false { return ", " }; return nil }()")
}

func (s *seeder) seed(node ast.Node) bool {
	switch n := node.(type) {
	case *ast.FuncLit:
		s.inner = append(s.inner, n)
	case *ast.IfStmt:
		s.either(n.Cond)
		if init, ok := n.Init.(*ast.AssignStmt); ok && strings.HasPrefix(s.text(init), "err := ") {
			s.without(init.Rhs[0], "error")
		}
	case *ast.ForStmt:
		s.add("no loop", n.Pos(), n.Body.Lbrace+1, s.between(n.Pos(), n.Body.Lbrace+1)+" break; ")
	case *ast.RangeStmt:
		s.add("no loop", n.Pos(), n.Body.Lbrace+1, s.between(n.Pos(), n.Body.Lbrace+1)+" break; ")
	case *ast.SwitchStmt:
		s.clauses(n.Body, n.Tag == nil)
	case *ast.TypeSwitchStmt:
		s.clauses(n.Body, false)
	case *ast.BinaryExpr:
		s.binary(n)
	case *ast.ReturnStmt:
		s.results(n)
	case *ast.ExprStmt, *ast.IncDecStmt, *ast.DeferStmt, *ast.BranchStmt:
		s.wrap("left out", n, "if false { ", " }")
	case *ast.AssignStmt:
		s.assignment(n)
	case *ast.CallExpr:
		if f, ok := n.Fun.(*ast.SelectorExpr); ok && slices.Contains([]string{"visit", "add", "Concat"}, f.Sel.Name) && len(n.Args) > 1 {
			s.elements(n.Args)
		}
	case *ast.CompositeLit:
		s.literal(n)
	}
	return true
}

// clauses leaves out each clause of a switch, and each entry of one that does more than
// accept.
func (s *seeder) clauses(body *ast.BlockStmt, conditions bool) {
	for _, stmt := range body.List {
		c := stmt.(*ast.CaseClause)
		if conditions {
			for _, e := range c.List {
				s.either(e)
			}
			continue
		}
		s.add("left out", c.Pos(), c.End(), "")
		if len(c.List) > 1 && (len(c.Body) == 0 || s.text(c.Body[0]) != "return nil") {
			s.elements(c.List)
		}
	}
}

// literal leaves out what a slice or a struct holds, but for what a refusal says.
func (s *seeder) literal(n *ast.CompositeLit) {
	if len(n.Elts) == 0 || n.Type != nil && s.text(n.Type) == "Refusal" {
		return
	}
	_, isSlice := n.Type.(*ast.ArrayType)
	if _, isKeyed := n.Elts[0].(*ast.KeyValueExpr); isSlice || isKeyed {
		s.elements(n.Elts)
	}
}

// elements leaves out each of several expressions.
func (s *seeder) elements(list []ast.Expr) {
	for i, e := range list {
		from, to := e.Pos(), e.End()
		if i > 0 {
			from = list[i-1].End()
		} else if len(list) > 1 {
			to = list[1].Pos()
		}
		s.add("left out", from, to, "")
	}
}

// edges are what is off by one. To turn == and != round would add nothing to a
// condition that is always true, and always false.
var edges = map[token.Token]string{token.LSS: "<=", token.LEQ: "<", token.GTR: ">=", token.GEQ: ">"}

// binary takes out each operand of && and ||, and moves the edge of a comparison.
func (s *seeder) binary(n *ast.BinaryExpr) {
	if op := edges[n.Op]; op != "" {
		s.add(op, n.Pos(), n.End(), s.between(n.Pos(), n.OpPos)+op+s.text(n.Y))
	}
	for _, e := range []ast.Expr{n.X, n.Y} {
		if same, ok := e.(*ast.BinaryExpr); ok && same.Op == n.Op {
			continue // its own operands are taken out
		}
		switch n.Op {
		case token.LAND:
			s.wrap("always true", e, "((", ") || true)")
		case token.LOR:
			s.wrap("always false", e, "((", ") && false)")
		}
	}
}

// assignment drops each assignment to what exists already.
func (s *seeder) assignment(n *ast.AssignStmt) {
	switch {
	case n.Tok == token.DEFINE:
	case n.Tok != token.ASSIGN || s.text(n.Lhs[0]) == "_":
		s.wrap("left out", n, "if false { ", " }")
	default:
		for _, l := range n.Lhs {
			if s.text(l) == "_" {
				continue // it is not assigned to anyway
			}
			s.add("not assigned to "+s.text(l), n.Pos(), n.End(), s.between(n.Pos(), l.Pos())+"_"+s.between(l.End(), n.End()))
		}
	}
}

// results makes each result nil, or the other truth, if its type has one.
func (s *seeder) results(n *ast.ReturnStmt) {
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
				s.either(e)
			case text == "nil" || text == "err":
			case typ == "error" || typ[0] == '*' || typ[0] == '[':
				s.without(e, typ)
			}
		}
	}
}
