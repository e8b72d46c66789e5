//go:build mutants

package tenancy_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// trial is a mutant and its verdict.
type trial struct {
	*mutant
	number  int // 0 for the original
	verdict verdict
	by      string
}

type verdict string

const (
	killed     verdict = "killed"
	survived   verdict = "SURVIVED"
	uncompiled verdict = "not compiled"
)

type runner struct {
	dir, dsn string
	chosen   []*trial
	limits   map[step]time.Duration // a mutant that takes longer hangs
}

// buildTests makes test binaries with all mutants, to choose one by $MUTANT: a binary of each would
// take the compiler an hour. The files of the repository stay as they are: the compiler reads an
// overlay.
func (r *runner) buildTests(t *testing.T) {
	t.Helper()
	for {
		overlay := r.writeOverlay(t)
		args := append([]string{"build", "-gcflags=-e", overlay}, addDots(r.mutatedDirs())...)
		out, err := r.newCommand(t.Context(), "go", args...).CombinedOutput()
		if err == nil {
			args := append([]string{"test", "-c", overlay, "-o", r.dir}, addDots(r.testedDirs())...)
			out, err = r.newCommand(t.Context(), "go", args...).CombinedOutput()
		}
		if err == nil {
			return
		}
		broken := 0
		for _, m := range r.chosen {
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

// mutatedDirs returns the folders of the chosen mutants.
func (r *runner) mutatedDirs() []string {
	dirs := map[string]bool{}
	for _, m := range r.chosen {
		dirs[m.dir] = true
	}
	return slices.Sorted(maps.Keys(dirs))
}

// testedDirs returns the folders of the tests that the chosen mutants meet.
func (r *runner) testedDirs() []string {
	dirs := map[string]bool{}
	for _, mutated := range r.mutatedDirs() {
		for _, s := range newSteps(mutated) {
			dirs[s.dir] = true
		}
	}
	return slices.Sorted(maps.Keys(dirs))
}

// addDots returns folders as packages for the go command.
func addDots(dirs []string) (packages []string) {
	for _, dir := range dirs {
		packages = append(packages, "./"+dir)
	}
	return packages
}

// writeOverlay writes the files with mutants, and returns the flag for the compiler.
func (r *runner) writeOverlay(t *testing.T) string {
	t.Helper()
	replace := map[string]string{}
	write := func(path, text string) {
		replace[path] = filepath.Join(r.dir, fmt.Sprint(len(replace), ".go"))
		if err := os.WriteFile(replace[path], []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, dir := range r.mutatedDirs() {
		for _, file := range mutatedFiles(t, dir) {
			path, src := readSource(t, file)
			write(path, addToSource(src, slices.DeleteFunc(slices.Clone(r.chosen), func(m *trial) bool {
				return m.path != path || m.verdict != ""
			})))
		}
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

// addToSource adds mutants to a file. Each function begins with a switch that calls its chosen mutant.
func addToSource(src string, mutants []*trial) string {
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

// newCommand returns a command in the root of the repository.
func (r *runner) newCommand(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = ".."
	return cmd
}

// runOriginal runs all steps without a mutant. They must pass, and their durations are the limits of
// the mutants.
func (r *runner) runOriginal(t *testing.T) {
	t.Helper()
	original := &trial{mutant: &mutant{}}
	for _, dir := range r.mutatedDirs() {
		for _, s := range newSteps(dir) {
			if r.limits[s] > 0 || s.kind == nearest {
				continue
			}
			start := time.Now()
			if !r.runStep(t.Context(), original, s, 15*time.Minute) {
				t.Fatalf("the tests fail without a mutant: %s", original.by)
			}
			fmt.Printf("the original: %s of %s in %s\n", s.kind, s.dir, time.Since(start).Round(time.Second/10))
			r.limits[s] = time.Minute + 3*time.Since(start) // a busy machine is no hang
			r.limits[step{s.dir, nearest}] = r.limits[s]
		}
	}
}

// runAll runs two mutants at a time: tests wait for their database half of the time.
func (r *runner) runAll(ctx context.Context) {
	start, next, done, count := time.Now(), make(chan *trial), 0, map[verdict]int{}
	var mu sync.Mutex
	var workers sync.WaitGroup
	for range 2 {
		workers.Go(func() {
			for m := range next {
				r.runMutant(ctx, m)
				mu.Lock()
				done++
				count[m.verdict]++
				elapsed := time.Since(start)
				left := elapsed / time.Duration(done) * time.Duration(len(r.chosen)-done)
				fmt.Printf("%d of %d, %v, %s, %s left: %s %s by %s\n", done, len(r.chosen), count,
					elapsed.Round(time.Second), left.Round(time.Second), m, m.verdict, m.by)
				mu.Unlock()
			}
		})
	}
	for _, m := range r.chosen {
		next <- m
	}
	close(next)
	workers.Wait()
}

// runMutant runs the steps of a mutant until one kills it.
func (r *runner) runMutant(ctx context.Context, m *trial) {
	if m.verdict != "" {
		return
	}
	m.verdict = survived
	for _, s := range newSteps(m.dir) {
		if !r.runStep(ctx, m, s, r.limits[s]) {
			m.verdict = killed
			return
		}
	}
}

// failure finds the test that failed, or the one that hung.
var failure = regexp.MustCompile(`(?m)^(?:--- FAIL|panic|fatal error): .*(?:\n\trunning tests:\n.*)?`)

// runStep runs one step, and reports whether its tests pass. If not, m.by names one that failed.
func (r *runner) runStep(ctx context.Context, m *trial, s step, limit time.Duration) (passed bool) {
	filter, found := newFilter(s, m.path)
	if !found {
		return true
	}
	ctx, cancel := context.WithTimeout(ctx, limit+time.Minute)
	defer cancel()
	program := path.Base(s.dir)
	if s.dir == "." {
		program = "rowhouse"
	}
	args := []string{"-test.failfast", "-test.timeout=" + limit.String(), filter}
	cmd := r.newCommand(ctx, filepath.Join(r.dir, program+".test"), args...)
	cmd.Dir = filepath.Join("..", s.dir)
	cmd.Env = append(os.Environ(), "TEST_DATABASE_URL="+r.dsn, fmt.Sprint("MUTANT=", m.number))
	out, err := cmd.CombinedOutput()
	if err != nil {
		m.by = fmt.Sprint(s.dir, " ", err, " ", strings.Join(strings.Fields(failure.FindString(string(out))), " "))
	}
	return err == nil
}

// newFilter returns the flag for the tests of a step, if it has any.
func newFilter(s step, path string) (flag string, found bool) {
	switch {
	case s.dir == ".":
		return "-test.run=^TestScenarios", true
	case s.kind == slow:
		return "-test.run=" + slowTests[s.dir], true
	case s.kind == nearest:
		return findTests(s.dir, strings.TrimSuffix(path, ".go"))
	case slowTests[s.dir] != "":
		return "-test.skip=" + slowTests[s.dir], true
	}
	return "-test.run=.", true
}

var testFunction = regexp.MustCompile(`(?m)^func (Test\w+)`)

// findTests returns a flag for the tests in files of a folder whose paths begin with a prefix, except
// the slow ones.
func findTests(dir, prefix string) (flag string, found bool) {
	var names []string
	files, _ := filepath.Glob(prefix + "*_test.go") // the pattern is well-formed
	for _, file := range files {
		src, _ := os.ReadFile(file) // without it, mutants meet the other steps
		for _, found := range testFunction.FindAllSubmatch(src, -1) {
			names = append(names, string(found[1]))
		}
	}
	if filter := slowTests[dir]; filter != "" {
		names = slices.DeleteFunc(names, regexp.MustCompile(filter).MatchString)
	}
	return "-test.run=^(" + strings.Join(names, "|") + ")$", len(names) > 0
}
