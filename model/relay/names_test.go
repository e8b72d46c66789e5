package relay_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/api"
	"github.com/99designs/gqlgen/codegen/config"
	"golang.org/x/tools/txtar"
)

// TestApplicationMayUseCommonNames generates an application with the types Page, Order, Event and
// Node with gqlgen, compiles it, and runs it.
func TestApplicationMayUseCommonNames(t *testing.T) {
	archive, err := txtar.ParseFile("testdata/names.txtar")
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("testdata", "names-") // inside the module, and out of ./...
	if err != nil {
		t.Fatal(err)
	}
	if dir, err = filepath.Abs(dir); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	run := func(name string, args ...string) string {
		t.Helper()
		command := exec.CommandContext(t.Context(), name, args...)
		command.Dir = dir
		out, err := command.CombinedOutput()
		if err != nil {
			t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
		}
		return strings.TrimSpace(string(out))
	}
	root := run("go", "list", "-m")
	module := root + "/model/relay/testdata/" + filepath.Base(dir)
	paths := strings.NewReplacer("MODULE", module, "ROOT", root)
	for _, file := range archive.Files {
		path := filepath.Join(dir, file.Name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(paths.Replace(string(file.Data))), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	cfg, err := config.LoadConfig("gqlgen.yml")
	if err == nil {
		err = api.Generate(cfg)
	}
	if err != nil {
		t.Fatal(err)
	}
	run("go", "vet", "./...")
	if got, want := run("go", "run", "./main"), "[Page Order Event Node] 4"; got != want {
		t.Errorf("the application prints %q, want %q", got, want)
	}
}
