package tenancy_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// mutatedPackages are the framework packages with mutants. Files names those of the guarantee; an
// empty list stands for all files of the package. Tests are the packages whose tests a mutant meets
// until one fails.
var mutatedPackages = []struct {
	dir   string
	files []string
	tests []string
}{
	{
		dir:   "tenancy/guard",
		tests: []string{"tenancy/guard", "tenancy", "model/relay", "model", "."},
	},
	{
		dir: "tenancy",
		files: []string{
			"scope.go", "scope_read.go", "scope_write.go", "scope_shared.go", "conn.go", "check.go", "rows.go", "prepared.go",
			"tx.go", "mysqlerrors.go", "settings.go", "system.go", "schema.go", "quota.go", "kill.go", "credentials.go",
			"middleware.go", "log.go",
		},
		tests: []string{"tenancy", "model/relay", "model", "."},
	},
	{
		dir:   "model/relay",
		tests: []string{"model/relay", "model", "."},
	},
	{
		dir:   "graph/limits",
		tests: []string{"graph/limits", "graph/transport", "graph/server", "."},
	},
	{
		dir:   "graph/server",
		tests: []string{"graph/server", "graph/transport", "."},
	},
	{
		dir:   "graph/transport",
		tests: []string{"graph/transport", "graph/server", "."},
	},
}

// mutatedFiles returns the files with mutants of a package, or of all packages for "".
func mutatedFiles(t *testing.T, dir string) (files []string) {
	t.Helper()
	for _, p := range mutatedPackages {
		if dir != "" && dir != p.dir {
			continue
		}
		names := p.files
		if len(names) == 0 {
			found, err := filepath.Glob(filepath.Join("..", p.dir, "*.go"))
			if err != nil {
				t.Fatal(err)
			}
			names = slices.DeleteFunc(found, func(file string) bool { return strings.HasSuffix(file, "_test.go") })
		}
		if len(names) < 8 {
			t.Fatalf("%s has only the files %q", p.dir, names)
		}
		for _, name := range names {
			files = append(files, p.dir+"/"+filepath.Base(name))
		}
	}
	if len(files) == 0 {
		t.Fatalf("no package with mutants has the folder %s", dir)
	}
	return files
}

// readEquivalentMutants returns the mutants that behave as the original does, each with the reason.
func readEquivalentMutants(t *testing.T) map[string]string {
	t.Helper()
	content, err := os.ReadFile("testdata/equivalent_mutants.txt")
	if err != nil {
		t.Fatal(err)
	}
	reasons := map[string]string{}
	for line := range strings.Lines(string(content)) {
		name, reason, found := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		if !found || reasons[name] != "" {
			t.Errorf("testdata/equivalent_mutants.txt needs a name, a tab and a reason, once per name: %q", line)
		}
		reasons[name] = reason
	}
	return reasons
}

// TestEquivalentMutantsExist finds reasons for code that has changed.
func TestEquivalentMutantsExist(t *testing.T) {
	names := map[string]bool{}
	for _, file := range mutatedFiles(t, "") {
		for _, m := range newMutants(t, file) {
			names[m.name] = true
		}
	}
	for name := range readEquivalentMutants(t) {
		if !names[name] {
			t.Errorf("no mutant has the name %s", name)
		}
	}
}
