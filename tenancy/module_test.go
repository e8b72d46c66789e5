package tenancy_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestAnotherModuleImportsTenancy builds, vets and tests a module that replaces this one by its
// folder. The module path comes from go.mod, since `make rename` changes it.
func TestAnotherModuleImportsTenancy(t *testing.T) {
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	module := strings.TrimSpace(runGo(t, root, "list", "-m"))
	dir := t.TempDir()
	copyFiles(t, filepath.Join("testdata", "module"), dir, module)
	writeModule(t, root, dir, module)
	runGo(t, dir, "build", "./...")
	runGo(t, dir, "vet", "./...")
	runGo(t, dir, "test", "-count=1", "./...")
	packages := strings.Fields(runGo(t, dir, "list", "-deps", "-test", "./..."))
	for _, p := range packages {
		if path, ok := strings.CutPrefix(p, module+"/"); ok && !strings.HasPrefix(path, "tenancy") {
			t.Errorf("tenancy or tenancytest imports the application's package %s", path)
		}
	}
}

// copyFiles copies the files of a folder, and replaces the path of this module by module.
// Their names end in .txt, so that they are no package of this module.
func copyFiles(t *testing.T, from, to, module string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(from, "*.go.txt"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		source := strings.ReplaceAll(string(content), "MODULE/", module+"/")
		name := strings.TrimSuffix(filepath.Base(file), ".txt")
		if err := os.WriteFile(filepath.Join(to, name), []byte(source), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// writeModule writes a go.mod with the requirements of this module, and its go.sum, so that the
// build needs no network.
func writeModule(t *testing.T, root, dir, module string) {
	t.Helper()
	for _, name := range []string{"go.mod", "go.sum"} {
		content, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	runGo(t, dir, "mod", "edit", "-module=example.com/billing", "-require="+module+"@v0.0.0", "-replace="+module+"="+root)
}

// runGo runs the go command in a folder and returns its output.
func runGo(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOPROXY=off", "GOWORK=off")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}
