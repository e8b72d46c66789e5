//go:build mutants

package tenancy_test

import (
	"cmp"
	"context"
	"encoding/json"
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
)

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
	chosen   []*mutant
	patience map[int]time.Duration // by step: a mutant that takes longer hangs
}

// build makes test binaries that hold all mutants, to choose one by $MUTANT: a binary of
// each would take the compiler an hour. The tree stays as it is: the compiler is told to
// read the files elsewhere.
func (r *runner) build(t *testing.T, all []*mutant) {
	t.Helper()
	for {
		overlay := r.overlay(t, all)
		out, err := r.command(t.Context(), "go", "build", "-gcflags=-e", overlay, "./tenancy/guard", "./tenancy", "./graph/transport").
			CombinedOutput()
		if err == nil {
			out, err = r.command(t.Context(), "go", r.compile(overlay)...).CombinedOutput()
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

// compile returns the command that compiles the tests.
func (r *runner) compile(overlay string) []string {
	args := []string{"test", "-c", overlay, "-o", r.dir}
	for _, dir := range []string{"tenancy/guard", "tenancy", "model", "graph/transport", "."} {
		if r.needs(dir) {
			args = append(args, "./"+dir)
		}
	}
	return args
}

// needs reports whether a chosen mutant meets the tests in a folder.
func (r *runner) needs(dir string) bool {
	return slices.ContainsFunc(r.chosen, func(m *mutant) bool { return concerns(dir, m.name) })
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
	for _, dir := range []string{"tenancy", "tenancy/guard", "graph/transport"} {
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
				fmt.Printf(
					"%d of %d, %v, %s, %s left: %s %s by %s\n",
					done,
					len(all),
					count,
					elapsed.Round(time.Second),
					left.Round(time.Second),
					m,
					m.verdict,
					m.by,
				)
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

// failure finds the test that failed, or the one that hung.
var failure = regexp.MustCompile(`(?m)^(?:--- FAIL|panic|fatal error): .*(?:\n\trunning tests:\n.*)?`)

// run runs the tests against a mutant.
func (r *runner) run(ctx context.Context, m *mutant) {
	m.verdict = survived
	for i, step := range steps {
		if m.number != 0 && !concerns(step.dir, m.name) || !r.needs(step.dir) {
			continue
		}
		filter, ok := filterOf(step.dir, step.filter, m.path)
		if !ok {
			continue
		}
		start, limit := time.Now(), 10*time.Minute
		if m.number != 0 {
			limit = cmp.Or(r.patience[i], time.Minute)
		}
		ctx, cancel := context.WithTimeout(ctx, limit+time.Minute)
		program := filepath.Base(step.dir)
		if step.dir == "." {
			program = "rowhouse"
		}
		args := append([]string{"-test.failfast", "-test.timeout=" + limit.String()}, strings.Fields(filter)...)
		cmd := r.command(ctx, filepath.Join(r.dir, program+".test"), args...)
		cmd.Dir = filepath.Join("..", step.dir)
		cmd.Env = append(os.Environ(), "TEST_DATABASE_URL="+r.dsn, fmt.Sprint("MUTANT=", m.number))
		out, err := cmd.CombinedOutput()
		cancel()
		if m.number == 0 {
			r.patience[i] = time.Minute + 3*time.Since(start) // a busy machine is no hang
			fmt.Printf("the original: %s in %s\n", step.dir, time.Since(start).Round(time.Second/10))
		}
		if err != nil {
			m.verdict, m.by = killed, fmt.Sprint(
				step.dir,
				" ",
				err,
				" ",
				strings.Join(strings.Fields(failure.FindString(string(out))), " "),
			)
			return
		}
	}
}

var test = regexp.MustCompile(`(?m)^func (Test\w+)`)

// filterOf returns the flags that choose the tests of a step for a mutant of a file, if it has
// any.
func filterOf(dir, filter, path string) (flags string, ok bool) {
	switch {
	case filter == slow || filter == longHTTP:
		return "-test.run=" + filter, !*fast
	case filter == overHTTP:
		return testsIn(filesOverHTTP(""))
	case filter != beside:
		return filter, true
	case path == "": // the original
		return "", false
	case dir == ".":
		return testsIn(filesOverHTTP(strings.TrimSuffix(filepath.Base(path), ".go")))
	}
	return testsIn([]string{strings.TrimSuffix(path, ".go")})
}

// filesOverHTTP returns how the names of the files of the root begin that test a transport, or
// all of them.
func filesOverHTTP(name string) (prefixes []string) {
	for _, b := range besideHTTP {
		if name == "" || slices.Contains(strings.Fields(b.transports), name) {
			prefixes = append(prefixes, "../"+b.tests)
		}
	}
	return prefixes
}

// testsIn returns a filter for the tests in files whose names begin so, except the slow ones.
func testsIn(prefixes []string) (filter string, ok bool) {
	var names []string
	for _, prefix := range prefixes {
		files, _ := filepath.Glob(prefix + "*_test.go") // the pattern is well-formed
		for _, file := range files {
			src, _ := os.ReadFile(file) // without it, mutants meet the other steps
			for _, found := range test.FindAllSubmatch(src, -1) {
				names = append(names, string(found[1]))
			}
		}
	}
	isSlow := regexp.MustCompile(slow + "|" + longHTTP)
	names = slices.DeleteFunc(names, isSlow.MatchString)
	return "-test.run=^(" + strings.Join(names, "|") + ")$", len(names) > 0
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
