package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
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
	"ARCHITECTURE.md": {"milestone"},
	"CONTRIBUTING.md": {
		"milestone", "milestones", "Milestone", "Milestones", "CreateMilestone", "createMilestone",
		"milestone_gen", "_create_milestones",
		"Duration", "MarshalDuration", "UnmarshalDuration", "duration", "endsWith", "EndsWith", "TestName", "PACKAGE", "upstream",
	},
	"docs/deploys.md":    {"Waiting", "metadata"},
	"docs/operations.md": {"ROWHOUSE_MAX_UNREAD"},
	"docs/schema.md": {
		"add_milestones", "_gen", "Milestone", "upsertCustomer", "restoreMilestone", "createProjects", "addCustomerItem",
	},
	"docs/scale-out.md": {"mysql_native_password", "attempted"},
	"tenancy/README.md": {"_connection", "_results"},
}

// word matches the names in a code span. It leaves out the last _ of a pattern such as plain_*_test.go.
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
		switch {
		case err != nil:
			return err
		case entry.IsDir() && slices.Contains(ignoredDirs, entry.Name()):
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

// exportedNames returns the exported names of the packages: constants, variables, types, functions,
// and for types their methods and fields, such as tenancy.DB and tenancy.DB.Tx.
func exportedNames(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	for _, p := range packages {
		files, err := filepath.Glob(p.path + "/*.go")
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range files {
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			for _, declaration := range file.Decls {
				for _, name := range declaredNames(declaration) {
					names[file.Name.Name+"."+name] = true
				}
			}
		}
	}
	return names
}

// declaredNames returns the names of a declaration.
func declaredNames(declaration ast.Decl) (names []string) {
	switch d := declaration.(type) {
	case *ast.FuncDecl:
		if d.Recv == nil {
			return []string{d.Name.Name}
		}
		receiver := strings.Trim(types.ExprString(d.Recv.List[0].Type), "*")
		receiver, _, _ = strings.Cut(receiver, "[")
		return []string{receiver + "." + d.Name.Name}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch spec := spec.(type) {
			case *ast.ValueSpec:
				for _, name := range spec.Names {
					names = append(names, name.Name)
				}
			case *ast.TypeSpec:
				names = append(names, spec.Name.Name)
				if s, ok := spec.Type.(*ast.StructType); ok {
					for _, field := range s.Fields.List {
						for _, name := range field.Names {
							names = append(names, spec.Name.Name+"."+name.Name)
						}
					}
				}
			}
		}
	}
	return names
}

// TestQualifiedNamesInDocumentsExist finds names such as tenancy.DB.Tx that their package does not have.
func TestQualifiedNamesInDocumentsExist(t *testing.T) {
	names := exportedNames(t)
	qualified := regexp.MustCompile(`\b([a-z]+)\.([A-Z]\w*(?:\.[A-Z]\w*)?)`)
	ours, checked := map[string]bool{}, 0
	for _, p := range packages {
		ours[filepath.Base(p.path)] = true
	}
	for path, document := range documents(t) {
		if path == "CHANGELOG.md" {
			continue
		}
		for _, span := range codeSpan.FindAllString(codeBlock.ReplaceAllString(document, ""), -1) {
			for _, name := range qualified.FindAllStringSubmatch(span, -1) {
				checked++
				if ours[name[1]] && !names[name[0]] && !slices.Contains(exampleNames[path], strings.Split(name[2], ".")[0]) {
					t.Errorf("%s: the package %s has no %s", path, name[1], name[2])
				}
			}
		}
	}
	if checked < 40 {
		t.Errorf("only %d names were checked", checked)
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
