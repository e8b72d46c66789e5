package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"maps"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// layer is the owner of a package. Framework packages come with upgrades. Application packages
// belong to the team that uses the framework. Framework packages never import application packages.
type layer string

const (
	framework   layer = "framework"
	application layer = "application"
)

// packages lists all packages of the module, by their path in it, from top to bottom: a package
// imports only packages below it. Tests may import packages above.
var packages = []struct {
	path  string
	layer layer
}{
	{".", application},
	{"graph", application},
	{"graph/codegen/generate", framework},
	{"graph/codegen", framework},
	{"graph/servertest", framework},
	{"graph/servertest/model", framework},
	{"graph/server", framework},
	{"graph/exec", framework},
	{"graph/limits", framework},
	{"graph/transport", framework},
	{"graph/scalar", framework},
	{"graph/contract", framework},
	{"web/playground", framework},
	{"model/migration/plan", application},
	{"model/demo", application},
	{"model/dbtest", application},
	{"model/migration", application},
	{"model", application},
	{"model/tablediff", framework},
	{"model/relay", framework},
	{"auth", framework},
	{"tenancy/tenancytest", framework},
	{"tenancy/privatedb", framework},
	{"tenancy/bustest", framework},
	{"tenancy", framework},
	{"tenancy/guard", framework},
}

// importRules maps packages of other modules to the packages that may import them. A pattern that
// ends in /... includes the packages below. For an import, the longest pattern applies.
var importRules = map[string][]string{
	"github.com/99designs/gqlgen/...":                {"graph/..."},
	"github.com/99designs/gqlgen/graphql":            {"graph/...", "model", "model/demo", "model/relay"}, // for Omittable and scalars
	"github.com/99designs/gqlgen/graphql/playground": {"web/playground"},
	"github.com/vektah/gqlparser/...":                {"graph/..."},
	"github.com/coder/websocket/...":                 {"graph/transport", "graph/servertest"},
	"gorm.io/...":                                    {"tenancy", "model", "model/dbtest", "model/relay"},
	// graph/codegen uses only the names of columns.
	"gorm.io/gorm/schema":                {"tenancy", "model", "model/dbtest", "model/relay", "model/tablediff", "graph/codegen"},
	"github.com/go-sql-driver/mysql/...": {"tenancy/...", "model/migration"},
	"github.com/pressly/goose/...":       {"model/migration"},
	"github.com/golang-jwt/jwt/...":      {"auth"},
	"github.com/MicahParks/...":          {"auth"},
	"github.com/rs/cors/...":             {"."},
	"github.com/alecthomas/kong/...":     {".", "model/migration/plan"},
	"vitess.io/vitess/...":               {"tenancy/guard", "model/tablediff"},
}

// forbiddenNames are path elements that say nothing about the content of a package.
var forbiddenNames = []string{"internal", "pkg", "util", "common", "service", "repository"}

// goPackage is the output of `go list` for a package.
type goPackage struct {
	ImportPath string
	Imports    []string
	// TestImports and XTestImports are the imports of tests in the package and beside it.
	TestImports, XTestImports []string
}

// listPackages returns the path of the module and its packages.
func listPackages(t *testing.T) (module string, list []goPackage) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-m").Output()
	if err != nil {
		t.Fatal(err)
	}
	module = strings.TrimSpace(string(out))
	out, err = exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports,TestImports,XTestImports", "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return module, list
		} else if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
}

func TestPackagesFollowArchitecture(t *testing.T) {
	module, list := listPackages(t)
	if len(list) < 10 {
		t.Fatalf("go list found only %v", list)
	}
	for _, p := range list {
		for _, violation := range checkPackage(module, p) {
			t.Error(violation)
		}
	}
}

// checkPackage returns the violations of the rules above by a package of the module.
func checkPackage(module string, p goPackage) (violations []string) {
	path, _ := pathInModule(module, p.ImportPath)
	if rank(path) < 0 {
		return []string{path + " is not classified: add it to packages in architecture_test.go, as framework or application, " +
			"above all packages that it imports"}
	}
	for element := range strings.SplitSeq(path, "/") {
		if slices.Contains(forbiddenNames, element) {
			violations = append(violations, fmt.Sprintf("%s: give the package a name that describes its content, not %s", path, element))
		}
	}
	for _, imported := range p.Imports {
		violations = append(violations, checkImport(module, path, imported)...)
	}
	for _, imported := range slices.Concat(p.TestImports, p.XTestImports) {
		violations = append(violations, checkLayer(module, path, imported)...)
	}
	return violations
}

// checkImport checks an import outside tests.
func checkImport(module, path, imported string) (violations []string) {
	if own, ok := pathInModule(module, imported); ok {
		violations = checkLayer(module, path, imported)
		if r := rank(own); r >= 0 && r < rank(path) {
			violations = append(violations, fmt.Sprintf("%s imports %s, which is above it in packages of architecture_test.go", path, own))
		}
		return violations
	}
	rule := ""
	for pattern := range importRules {
		if matchesPattern(pattern, imported) && len(pattern) > len(rule) {
			rule = pattern
		}
	}
	if allowed := importRules[rule]; rule != "" &&
		!slices.ContainsFunc(allowed, func(pattern string) bool { return matchesPattern(pattern, path) }) {
		violations = append(violations, fmt.Sprintf("%s imports %s, which is only for %s", path, imported, strings.Join(allowed, ", ")))
	}
	return violations
}

// checkLayer checks an import by a package or its tests: the framework never imports the application.
func checkLayer(module, path, imported string) []string {
	own, ok := pathInModule(module, imported)
	if !ok || rank(own) < 0 || packages[rank(path)].layer == application || packages[rank(own)].layer == framework {
		return nil
	}
	return []string{fmt.Sprintf("%s or its tests import %s: framework packages never import application packages", path, own)}
}

// rank returns the index of a path in packages, or -1.
func rank(path string) int {
	for i, p := range packages {
		if p.path == path {
			return i
		}
	}
	return -1
}

// pathInModule returns the path of a package in the module, which is "." for the module's root.
func pathInModule(module, importPath string) (path string, ok bool) {
	if importPath == module {
		return ".", true
	}
	return strings.CutPrefix(importPath, module+"/")
}

// matchesPattern reports whether a path is the pattern, or below it if the pattern ends in /....
func matchesPattern(pattern, path string) bool {
	prefix, below := strings.CutSuffix(pattern, "/...")
	return path == prefix || below && strings.HasPrefix(path, prefix+"/")
}

func TestCheckPackageReportsViolations(t *testing.T) {
	const module = "example.com/app"
	for _, test := range []struct {
		name string
		p    goPackage
		want string // part of the only violation; "" if there is none
	}{
		{
			name: "a package that is not in the list",
			p:    goPackage{ImportPath: module + "/billing"},
			want: "billing is not classified: add it to packages",
		},
		{
			name: "a package below one in the list",
			p:    goPackage{ImportPath: module + "/tenancy/other"},
			want: "tenancy/other is not classified",
		},
		{
			name: "application imports framework and application",
			p:    goPackage{ImportPath: module, Imports: []string{module + "/graph/server", module + "/model", "fmt"}},
		},
		{
			name: "framework imports framework",
			p:    goPackage{ImportPath: module + "/graph/server", Imports: []string{module + "/tenancy"}},
		},
		{
			name: "framework imports application",
			p:    goPackage{ImportPath: module + "/graph/server", Imports: []string{module + "/model"}},
			want: "graph/server or its tests import model: framework",
		},
		{
			name: "a framework test imports application",
			p:    goPackage{ImportPath: module + "/graph/server", TestImports: []string{module + "/model"}},
			want: "graph/server or its tests import model: framework",
		},
		{
			name: "a framework test beside the package imports the root",
			p:    goPackage{ImportPath: module + "/graph/server", XTestImports: []string{module}},
			want: "graph/server or its tests import .: framework",
		},
		{
			name: "an application test imports a package above it",
			p:    goPackage{ImportPath: module + "/model", XTestImports: []string{module + "/model/dbtest"}},
		},
		{
			name: "a package imports a package above it",
			p:    goPackage{ImportPath: module + "/tenancy", Imports: []string{module + "/graph/limits"}},
			want: "tenancy imports graph/limits, which is above it",
		},
		{
			name: "the longest pattern allows",
			p:    goPackage{ImportPath: module + "/model/relay", Imports: []string{"github.com/99designs/gqlgen/graphql"}},
		},
		{
			name: "the longest pattern does not allow packages below",
			p:    goPackage{ImportPath: module + "/model/relay", Imports: []string{"github.com/99designs/gqlgen/graphql/handler"}},
			want: "model/relay imports github.com/99designs/gqlgen/graphql/handler, which is only for graph/...",
		},
		{
			name: "a module whose path has the same beginning",
			p:    goPackage{ImportPath: module + "/model", Imports: []string{module + "lication/model/dbtest"}},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			violations := checkPackage(module, test.p)
			if test.want == "" && len(violations) > 0 || test.want != "" &&
				(len(violations) != 1 || !strings.HasPrefix(violations[0], test.want)) {
				t.Errorf("%q, want %q", violations, test.want)
			}
		})
	}
}

// TestEachImportRuleHasViolation imports each restricted package from a package that may not.
func TestEachImportRuleHasViolation(t *testing.T) {
	for pattern, allowed := range importRules {
		path := "tenancy/guard"
		if slices.Contains(allowed, path) || slices.Contains(allowed, "tenancy/...") {
			path = "model"
		}
		imported := strings.TrimSuffix(pattern, "/...")
		if violations := checkImport("example.com/app", path, imported); len(violations) != 1 {
			t.Errorf("%s imports %s: %q", path, imported, violations)
		}
	}
}

func TestForbiddenPackageNamesAreReported(t *testing.T) {
	for _, name := range forbiddenNames {
		packages = append(packages, packages[0])
		packages[len(packages)-1].path = "tenancy/" + name
		violations := checkPackage("m", goPackage{ImportPath: "m/tenancy/" + name})
		packages = packages[:len(packages)-1]
		if len(violations) != 1 || !strings.Contains(violations[0], "describes its content, not "+name) {
			t.Errorf("%s: %q", name, violations)
		}
	}
}

func TestEachPackageIsListedOnce(t *testing.T) {
	for i, p := range packages {
		if rank(p.path) != i {
			t.Errorf("packages has %s twice", p.path)
		}
	}
}

// systemFiles are the files with statements in the system scope, which the guard does not confine
// to a tenant, and the number of times that they open it. A new one needs a review.
var systemFiles = map[string]int{
	"tenancy/db.go":        2, // the server's version and the schema check, at start
	"tenancy/directory.go": 4, // reads and writes the list of all tenants
	"tenancy/outage.go":    1, // readiness
}

func TestOnlyListedFilesOpenSystemScope(t *testing.T) {
	found := map[string]int{}
	err := filepath.WalkDir(".", func(path string, _ fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") {
			if n := countSystemScopes(t, path); n > 0 {
				found[path] = n
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if !maps.Equal(found, systemFiles) {
		t.Errorf("files that open the system scope: %v, listed in systemFiles: %v", found, systemFiles)
	}
}

// countSystemScopes counts the references to functions that open the system scope in a file. It
// ignores their declarations.
func countSystemScopes(t *testing.T, path string) (n int) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	within := file.Name.Name == "tenancy"
	ast.Inspect(file, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.FuncDecl:
			if within && slices.Contains([]string{"System", "unloggedSystem", "withSystem"}, node.Name.Name) {
				return false
			}
		case *ast.ImportSpec:
			if node.Name != nil && strings.HasSuffix(node.Path.Value, `/tenancy"`) {
				t.Errorf("%s imports the package tenancy with another name", path)
			}
		case *ast.SelectorExpr:
			if name, ok := node.X.(*ast.Ident); ok && name.Name == "tenancy" && node.Sel.Name == "System" {
				n++
			}
		case *ast.Ident:
			if within && slices.Contains([]string{"System", "unloggedSystem", "withSystem"}, node.Name) {
				n++
			}
		}
		return true
	})
	return n
}
