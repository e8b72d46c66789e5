package main

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestRename runs make rename in a copy of the repository, twice, and then vet and the test of the
// architecture. It takes half a minute, because all packages are compiled again.
func TestRename(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles all packages again")
	}
	dir := copyRepository(t)
	module, _ := listPackages(t)
	const renamed = "github.com/acme/app.v2"
	runIn(t, dir, "make", "rename", "MODULE="+renamed)
	first := readTree(t, dir)
	runIn(t, dir, "make", "rename", "MODULE="+renamed)
	for path, content := range readTree(t, dir) {
		if content != first[path] {
			t.Errorf("a second run changes %s", path)
		}
		if strings.Contains(content, `"`+module+`/tenancy`) {
			t.Errorf("%s has an import path of the old module", path)
		}
	}
	if out := runIn(t, dir, "go", "list", "-m"); out != renamed+"\n" {
		t.Errorf("the module is %s", out)
	}
	runIn(t, dir, "go", "vet", "./...")
	runIn(t, dir, "go", "test", "-run", "TestPackagesFollowArchitecture|TestOnlyListedFilesOpenSystemScope", ".")
}

func TestRenameRejectsInvalidModules(t *testing.T) {
	const hint = "make rename MODULE=github.com/acme/app"
	for _, test := range []struct{ module, message string }{
		{module: "", message: "MODULE is missing"},
		{module: "https://github.com/acme/app", message: "MODULE=https://github.com/acme/app has a character"},
		{module: "acme app", message: "MODULE=acme app has a character"},
		{module: "github.com/acme/app/", message: "MODULE=github.com/acme/app/ is not a module path"},
		{module: "/app", message: "MODULE=/app is not a module path"},
		{module: "net/http", message: "MODULE=net/http is the path of another package"},
	} {
		out, err := exec.CommandContext(t.Context(), "make", "rename", "MODULE="+test.module).CombinedOutput()
		if err == nil || !strings.Contains(string(out), test.message) || !strings.Contains(string(out), hint) {
			t.Errorf("MODULE=%s: %v\n%s", test.module, err, out)
		}
	}
}

// ignoredDirs are not copied: they are large, and no part of the repository.
var ignoredDirs = []string{".git", ".mysql", ".vitess", ".rowhouse", ".node", "node_modules", "dist", "test-output"}

// copyRepository copies the files of the repository to a new folder.
func copyRepository(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	for path, content := range readTree(t, ".") {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		target := filepath.Join(dir, path)
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(target, []byte(content), info.Mode().Perm()); err != nil {
			t.Fatal(err)
		}
	}
	// The package that embeds this folder compiles without a build of the page.
	dist := filepath.Join(dir, "web/playground/dist")
	if err := os.MkdirAll(dist, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dist, ".gitkeep"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// readTree returns the contents of all regular files of a folder by their paths in it.
func readTree(t *testing.T, dir string) map[string]string {
	t.Helper()
	contents := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && slices.Contains(ignoredDirs, entry.Name()) {
			return fs.SkipDir
		}
		if !entry.Type().IsRegular() {
			return nil
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(dir, path)
		contents[relative] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return contents
}

// runIn runs a program in a folder, logs its time, and returns its output. It fails the test if the program
// fails.
func runIn(t *testing.T, dir, name string, args ...string) string {
	t.Helper()
	c := exec.CommandContext(t.Context(), name, args...)
	c.Dir = dir
	began := time.Now()
	out, err := c.CombinedOutput()
	t.Logf("%.0f s: %s %s", time.Since(began).Seconds(), name, strings.Join(args, " "))
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}
