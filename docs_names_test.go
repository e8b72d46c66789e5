package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// exampleNames are names in documents that the repository does not have: those of examples, of
// other programs, and of former versions.
var exampleNames = map[string][]string{
	"ARCHITECTURE.md":   {"milestone"},
	"CONTRIBUTING.md":   {"TestName", "Milestone", "Milestones", "CreateMilestone", "MilestoneProject", "milestone", "_create_milestones", "upstream", "Date", "MarshalDate", "UnmarshalDate", "endsWith", "EndsWith"},
	"docs/deploys.md":   {"Waiting", "metadata"},
	"docs/scale-out.md": {"mysql_native_password", "attempted"},
	"tenancy/README.md": {"_connection", "_results"},
}

// word matches the names in a code span. The name of several files has no * at its end.
var word = regexp.MustCompile(`[A-Za-z_]\w+[A-Za-z0-9]`)

// namesInRepository returns the words of all files except documents, the words of all paths, and the
// environment variables of flags.
func namesInRepository(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	addNames := func(text string) {
		for _, name := range word.FindAllString(text, -1) {
			names[name] = true
		}
	}
	for _, flag := range flagsOf(t, "serve") {
		addNames("ROWHOUSE_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_")))
	}
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		skipped := []string{".git", ".mysql", ".vitess", ".rowhouse", ".node", "node_modules", "dist", "test-output"}
		switch {
		case err != nil:
			return err
		case entry.IsDir() && slices.Contains(skipped, entry.Name()):
			return filepath.SkipDir
		case !entry.Type().IsRegular():
			return nil
		}
		addNames(path)
		if path == "docs_names_test.go" || filepath.Ext(path) == ".md" {
			return nil
		}
		content, err := os.ReadFile(path)
		addNames(string(content))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// TestNamesInDocumentsExist finds names in code spans that nothing in the repository has, such as
// those of renamed functions. The changelog names former versions.
func TestNamesInDocumentsExist(t *testing.T) {
	names := namesInRepository(t)
	for path, document := range documents(t) {
		if path == "CHANGELOG.md" {
			continue
		}
		for _, span := range codeSpan.FindAllString(codeBlock.ReplaceAllString(document, ""), -1) {
			for _, name := range word.FindAllString(span, -1) {
				if !names[name] && !slices.Contains(exampleNames[path], name) {
					t.Errorf("%s: %s: the repository has no %s", path, span, name)
				}
			}
		}
	}
}

// TestArchitectureListsPackages compares the tree in ARCHITECTURE.md with the packages of
// architecture_test.go, which TestPackagesFollowArchitecture compares with go list.
func TestArchitectureListsPackages(t *testing.T) {
	_, tree, _ := strings.Cut(documents(t)["ARCHITECTURE.md"], "## The tree")
	tree, _, _ = strings.Cut(tree, "\n## ")
	rows := map[string]layer{}
	for _, row := range regexp.MustCompile("(?m)^\\| `([a-z/]+)/` \\| (\\w+) \\|").FindAllStringSubmatch(tree, -1) {
		rows[row[1]] = layer(row[2])
	}
	for _, p := range packages {
		if found := rows[p.path]; p.path != "." && found != p.layer {
			t.Errorf("the tree in ARCHITECTURE.md has %q for %s, which is %s", found, p.path, p.layer)
		}
		delete(rows, p.path)
	}
	for path := range rows {
		if files, err := filepath.Glob(path + "/*.go"); err != nil || len(files) > 0 {
			t.Errorf("%s in the tree of ARCHITECTURE.md is not in packages of architecture_test.go: %v", path, err)
		}
	}
}
