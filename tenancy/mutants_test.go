//go:build mutants

package tenancy_test

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"rowhouse/model/dbtest"
)

// The guard and the scope are changed in one place at a time, and then a test must
// fail: what no test misses is no fence. The flags stand after -args.
var (
	only = flag.String("only", "", "run the mutants with this text in their name")
	list = flag.Bool("list", false, "list the mutants, and run none")
)

// mutated are the files that keep tenants apart.
func mutated(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("guard/*.go")
	if err != nil || len(files) < 8 {
		t.Fatal(files, err)
	}
	files = slices.DeleteFunc(files, func(file string) bool { return strings.HasSuffix(file, "_test.go") })
	return append(files, "scope.go", "scope_write.go", "connector.go", "system.go", "schema.go")
}

// steps are the tests that a mutant meets until one of them kills it: the fastest
// first, and last what asks a server whether the guard is right.
var steps = []struct{ dir, filter string }{
	{"tenancy/guard", "-test.skip=CostsLittle|" + askServer}, // who costs little is slow beside others
	{"tenancy", ""},
	{"model", ""},
	{"tenancy/guard", "-test.run=" + askServer},
}

const askServer = "^(TestTheGuardAcceptsNothingThatLeaks|TestHonestStatementsRun)$"

// explained are the mutants that behave as the original does, by name, and why.
var explained = map[string]string{
	"guard/bind.go tenantOf: always false: !ok":          noAlias,
	"guard/bind.go outer: always false: !ok":             noAlias,
	"guard/cache.go New: always false: err != nil":       "the size is a constant",
	"guard/cache.go New: left out: panic(err)":           "the size is a constant",
	"guard/expr.go visit: always true: false #3":         "the parser's visitor goes no deeper there",
	"guard/from.go tableExpr: nil: unknown(e)":           grammar,
	"guard/from.go aliased: nil: unknown(e.Expr)":        grammar,
	"guard/insert.go insert: always false: !ok":          grammar,
	"guard/insert.go insert: nil: unknown(s.Table.Expr)": grammar,
	"guard/insert.go inserted: nil: unknown(rows)":       grammar,
	"guard/bind.go valueOf: always true: n > 0":          "lex accepts no placeholder with a name, and the parser numbers those without",
	"guard/bind.go valueOf: >=: n > 0":                   "lex accepts no placeholder with a name, and the parser numbers those without",
	"scope.go install: no loop: for _, err := range []error{ on.Query().Before(\"gorm:query\").Register(\"tenancy:read\", chec…": registered,
	"scope.go install: always false: err != nil":                                                                  registered,
	"scope.go install: nil: fmt.Errorf(\"install the tenant scope: %w\", err)":                                    registered,
	"scope.go ModifyStatement: left out: _ = stmt.DB.AddError(err)":                                               checkedBefore,
	"scope.go ModifyStatement: always false: err != nil":                                                          checkedBefore,
	"scope.go scoped: always true: err == nil":                                                                    "with an error the tenant is 0",
	"scope_write.go withTenant: always false: !plain":                                                             "GORM puts nothing else there",
	"scope_write.go beforeWrite: always true: ok":                                                                 "GORM puts nothing else there, and what is not there can be deleted",
	"connector.go Connect: always false: !ok":                                                                     hasAll,
	"connector.go Connect: left out: _ = inner.Close()":                                                           hasAll,
	"connector.go Connect: nil: fmt.Errorf(\"the driver's connection %T lacks what tenancy needs\", inner)":       hasAll,
	"connector.go PrepareContext: always false: !ok":                                                              hasAll,
	"connector.go PrepareContext: left out: _ = inner.Close()":                                                    hasAll,
	"connector.go PrepareContext: nil: fmt.Errorf(\"the driver's statement %T lacks what tenancy needs\", inner)": hasAll,
	"connector.go PrepareContext: left out: query: query":                                                         "what was refused is not run",
	"connector.go NumInput: always true: s.inner == nil":                                                          "the guard counts, and so does the driver",
	"connector.go refused: always true: errors.As(err, &r)":                                                       "the guard has no other errors",
	"connector.go trace: always true: c.log.Enabled(ctx, slog.LevelDebug)":                                        "the log asks itself",
	"connector.go Begin: nil: ErrNone":                                                                            "never called",
	"connector.go ResetSession: nil: c.inner.ResetSession(ctx)":                                                   "the driver notices a lost connection at the next statement, too, and database/sql tries again",
	"connector.go IsValid: always true: c.inner.IsValid()":                                                        "ResetSession says so when the connection is used again",
	"system.go systemOf: always true: false":                                                                      "GORM puts a context where none is, and database/sql panics without one",
	"schema.go Tables: always false: err != nil":                                                                  "without a database there is nothing to fail",
	"schema.go column: left out: defer rows.Close()":                                                              "rows that were read to their end are closed",
	"schema.go column: always false: err != nil #2":                                                               "a text holds each name",
}

const (
	noAlias       = "no source is without a name"
	grammar       = "the parser makes nothing else"
	registered    = "names that do not follow each other in a circle can be registered"
	checkedBefore = "checked came before"
	hasAll        = "the driver has all of it"
)

func TestMutants(t *testing.T) {
	var all, chosen []*mutant
	for _, file := range mutated(t) {
		all = append(all, mutantsOf(t, file)...)
	}
	for i, m := range all {
		m.number = i + 1
		if strings.Contains(m.String(), *only) {
			chosen = append(chosen, m)
		}
	}
	if *list {
		for _, m := range chosen {
			fmt.Println(m)
		}
		return
	}
	r := &runner{dir: t.TempDir(), dsn: dbtest.Empty(t)}
	r.build(t, chosen)
	original := &mutant{}
	if r.run(t.Context(), original); original.verdict != survived {
		t.Fatalf("the tests fail without a mutant: %s", original.by)
	}
	r.runAll(t.Context(), chosen)
	names := map[string]bool{}
	for _, m := range chosen {
		names[m.name] = true
		if reason := explained[m.name]; m.verdict == survived && reason == "" {
			t.Errorf("survived: %s", m)
		} else if m.verdict != survived && reason != "" {
			t.Errorf("explained, and %s: %s", m.verdict, m)
		}
	}
	for name := range explained {
		if *only == "" && !names[name] {
			t.Errorf("explained, and does not exist: %s", name)
		}
	}
}

// mutant is a copy of a function with one edit.
type mutant struct {
	number     int // 0 for the original
	path       string
	line       int
	name       string // has no line, so that it stays when lines move
	head, tail string // its text, around its name
	call       string // calls it with what the original was called with
	at         int    // where the original's body begins, in its file

	verdict verdict
	by      string
}

type verdict string

const (
	killed     verdict = "killed"
	survived   verdict = "SURVIVED"
	uncompiled verdict = "not compiled"
)

func (m *mutant) String() string {
	file, edit, _ := strings.Cut(m.name, " ")
	return fmt.Sprintf("%s:%d %s", file, m.line, edit)
}

type runner struct {
	dir, dsn string
	patience []time.Duration // with a step: a mutant that takes longer hangs
}

// build makes test binaries that hold all mutants, to choose one by $MUTANT: a binary of
// each would take the compiler an hour. The tree stays as it is: the compiler is told to
// read the files elsewhere.
func (r *runner) build(t *testing.T, all []*mutant) {
	t.Helper()
	for {
		overlay := r.overlay(t, all)
		out, err := r.command(t.Context(), "go", "build", "-gcflags=-e", overlay, "./tenancy/guard", "./tenancy").CombinedOutput()
		if err == nil {
			out, err = r.command(t.Context(), "go", "test", "-c", overlay, "-o", r.dir, "./tenancy/guard", "./tenancy", "./model").CombinedOutput()
		}
		if err == nil {
			return
		}
		broken := 0
		for _, m := range all {
			if m.verdict == "" && strings.Contains(string(out), fmt.Sprintf("mutant%d:", m.number)) {
				m.verdict = uncompiled
				broken++
			}
		}
		if broken == 0 {
			t.Fatalf("%v\n%s", err, out)
		}
	}
}

// overlay writes the changed files, and says to the compiler where they are.
func (r *runner) overlay(t *testing.T, all []*mutant) string {
	t.Helper()
	replace := map[string]string{}
	write := func(path, text string) {
		replace[path] = filepath.Join(r.dir, fmt.Sprint(len(replace), ".go"))
		if err := os.WriteFile(replace[path], []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, file := range mutated(t) {
		path, src := source(t, file)
		write(path, woven(src, slices.DeleteFunc(slices.Clone(all), func(m *mutant) bool { return m.path != path || m.verdict != "" })))
	}
	for _, dir := range []string{"tenancy", "tenancy/guard"} {
		path, _ := filepath.Abs(filepath.Join("..", dir, "mutant.go"))
		write(path, "package "+filepath.Base(dir)+"\nimport (\"os\"; \"strconv\")\nvar mutant, _ = strconv.Atoi(os.Getenv(\"MUTANT\"))\n")
	}
	text, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(r.dir, "overlay.json")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return "-overlay=" + path
}

// woven is a file in which a function calls its chosen mutant instead.
func woven(src string, mutants []*mutant) string {
	var b strings.Builder
	done := 0
	for i, m := range mutants {
		if i == 0 || mutants[i-1].at != m.at {
			b.WriteString(src[done:m.at] + " switch mutant {")
		}
		fmt.Fprintf(&b, "case %d: "+m.call+"; ", m.number, m.number)
		if done = m.at; i == len(mutants)-1 || mutants[i+1].at != m.at {
			b.WriteString("}; ")
		}
	}
	b.WriteString(src[done:])
	for _, m := range mutants {
		fmt.Fprintf(&b, "\n//line mutant%d:1\n%smutant%d%s\n", m.number, m.head, m.number, m.tail)
	}
	return b.String()
}

func (r *runner) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = ".."
	return cmd
}

// runAll runs two mutants at a time: tests wait for their database half of the time.
func (r *runner) runAll(ctx context.Context, all []*mutant) {
	start, next, done, count := time.Now(), make(chan *mutant), 0, map[verdict]int{}
	var mu sync.Mutex
	var workers sync.WaitGroup
	for range 2 {
		workers.Go(func() {
			for m := range next {
				if m.verdict == "" {
					r.run(ctx, m)
				}
				mu.Lock()
				done++
				count[m.verdict]++
				elapsed := time.Since(start)
				left := elapsed / time.Duration(done) * time.Duration(len(all)-done)
				fmt.Printf("%d of %d, %v, %s, %s left: %s %s by %s\n", done, len(all), count, elapsed.Round(time.Second), left.Round(time.Second), m, m.verdict, m.by)
				mu.Unlock()
			}
		})
	}
	for _, m := range all {
		next <- m
	}
	close(next)
	workers.Wait()
}

var failure = regexp.MustCompile(`(?m)^(?:--- FAIL|panic|fatal error): .*`)

// run runs the tests against a mutant.
func (r *runner) run(ctx context.Context, m *mutant) {
	m.verdict = survived
	for i, step := range steps {
		if m.number != 0 && step.dir == "tenancy/guard" && !strings.HasPrefix(m.name, "guard/") {
			continue // the guard knows nothing of the scope
		}
		start, limit := time.Now(), 10*time.Minute
		if m.number != 0 {
			limit = r.patience[i]
		}
		ctx, cancel := context.WithTimeout(ctx, limit)
		cmd := r.command(ctx, filepath.Join(r.dir, filepath.Base(step.dir)+".test"), "-test.failfast", step.filter)
		cmd.Dir = filepath.Join("..", step.dir)
		cmd.Env = append(os.Environ(), "TEST_DATABASE_URL="+r.dsn, fmt.Sprint("MUTANT=", m.number))
		out, err := cmd.CombinedOutput()
		cancel()
		if m.number == 0 {
			r.patience = append(r.patience, 10*time.Second+3*time.Since(start))
			fmt.Printf("the original: %s in %s\n", step.dir, time.Since(start).Round(time.Second/10))
		}
		if err != nil {
			m.verdict, m.by = killed, fmt.Sprint(step.dir, " ", err, " ", failure.FindString(string(out)))
			return
		}
	}
}

// seeder makes the mutants of one file.
type seeder struct {
	file, path, src string
	base            *token.File
	function        *ast.FuncDecl
	inner           []*ast.FuncLit // those seen in it, outer before inner
	mutants         []*mutant
}

func source(t *testing.T, file string) (path, text string) {
	t.Helper()
	path, err := filepath.Abs(file)
	if err != nil {
		t.Fatal(err)
	}
	src, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return path, string(src)
}

func mutantsOf(t *testing.T, file string) []*mutant {
	t.Helper()
	path, src := source(t, file)
	files := token.NewFileSet()
	parsed, err := parser.ParseFile(files, path, src, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	s := &seeder{file: file, path: path, src: src, base: files.File(parsed.Pos())}
	for _, d := range parsed.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && !slices.ContainsFunc(f.Type.Params.List, unnamed) {
			s.function, s.inner = f, nil
			ast.Inspect(f.Body, s.seed)
		}
	}
	return s.mutants
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
		if len(c.List) > 1 && s.text(c.Body[0]) != "return nil" {
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
