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

// goPackage is what `go list` says of a package.
type goPackage struct {
	ImportPath string
	Imports    []string
}

// mayImport holds, for what only some of our packages may import, those that may.
// The longest prefix decides. Arrows run from main to graph to model to tenancy.
var mayImport = map[string][]string{
	"rowhouse/graph":                     {"rowhouse"},
	"rowhouse/graph/limits":              {"rowhouse", "rowhouse/graph", "rowhouse/graph/server"},
	"rowhouse/graph/scalar":              {"rowhouse/graph", "rowhouse/graph/server"},
	"rowhouse/graph/server":              {"rowhouse"},
	"rowhouse/graph/transport":           {"rowhouse/graph", "rowhouse/graph/limits", "rowhouse/graph/server"},
	"rowhouse/model":                     {"rowhouse", "rowhouse/graph", "rowhouse/graph/scalar", "rowhouse/model/dbtest", "rowhouse/model/migration"},
	"rowhouse/model/dbtest":              {},
	"rowhouse/model/migration":           {"rowhouse", "rowhouse/model/dbtest"},
	"rowhouse/model/relay":               {"rowhouse", "rowhouse/graph", "rowhouse/graph/server", "rowhouse/graph/scalar", "rowhouse/model"},
	"rowhouse/tenancy":                   {"rowhouse", "rowhouse/model/relay", "rowhouse/graph", "rowhouse/graph/limits", "rowhouse/graph/server", "rowhouse/model", "rowhouse/model/migration", "rowhouse/model/dbtest", "rowhouse/tenancy/bustest"},
	"rowhouse/tenancy/guard":             {"rowhouse", "rowhouse/tenancy"},
	"rowhouse/tenancy/bustest":           {},
	"rowhouse/tenancy/privatedb":         {"rowhouse", "rowhouse/model/dbtest"},
	"github.com/99designs/gqlgen":        {"rowhouse/graph", "rowhouse/graph/limits", "rowhouse/graph/scalar", "rowhouse/graph/server", "rowhouse/graph/transport", "rowhouse/model", "rowhouse"},
	"github.com/vektah/gqlparser":        {"rowhouse/graph", "rowhouse/graph/limits", "rowhouse/graph/server", "rowhouse/graph/transport"},
	"github.com/coder/websocket":         {"rowhouse/graph/transport", "rowhouse"},
	"github.com/go-sql-driver/mysql":     {"rowhouse/tenancy", "rowhouse/tenancy/privatedb", "rowhouse/model/migration"},
	"github.com/pressly/goose":           {"rowhouse/model/migration"},
	"gorm.io":                            {"rowhouse/tenancy", "rowhouse/model", "rowhouse/model/relay"},
	"github.com/rs/cors":                 {"rowhouse"},
	"github.com/alecthomas/kong":         {"rowhouse"},
	"github.com/hashicorp/golang-lru/v2": {"rowhouse/tenancy", "rowhouse/tenancy/guard"},
	"vitess.io/vitess":                   {"rowhouse/tenancy/guard"},
}

// forbidden returns the imports that break the plan.
func forbidden(packages []goPackage) (broken []string) {
	for _, p := range packages {
		for _, imported := range p.Imports {
			rule := ""
			for prefix := range mayImport {
				if (imported == prefix || strings.HasPrefix(imported, prefix+"/")) && len(prefix) > len(rule) {
					rule = prefix
				}
			}
			if rule != "" && !slices.Contains(mayImport[rule], p.ImportPath) {
				broken = append(broken, p.ImportPath+" imports "+imported)
			}
		}
	}
	return broken
}

func TestPackagesImportOnlyWhatTheyMay(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports", "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	var packages []goPackage
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
	if len(packages) < 7 {
		t.Fatalf("go list found only %v", packages)
	}
	for _, broken := range forbidden(packages) {
		t.Error(broken)
	}
}

// TestTheFenceBites breaks each rule once.
func TestTheFenceBites(t *testing.T) {
	for imported := range mayImport {
		p := goPackage{"rowhouse/elsewhere", []string{imported + "/within", "fmt"}}
		if broken := forbidden([]goPackage{p}); fmt.Sprint(broken) != "[rowhouse/elsewhere imports "+imported+"/within]" {
			t.Errorf("%s: %v", imported, broken)
		}
	}
}

// mayBeSystem holds the files that run statements which no tenant confines, with how
// often they say so. Think before you add one: the guard lets them pass.
var mayBeSystem = map[string]int{
	"tenancy/db.go":        2, // the server's version and the schema check, at start
	"tenancy/directory.go": 3, // it is the list of all tenants
	"tenancy/outage.go":    1, // readiness
}

func TestOnlyNamedFilesOpenTheSystemScope(t *testing.T) {
	found := map[string]int{}
	err := filepath.WalkDir(".", func(path string, _ fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") {
			if n := systemScopes(t, path); n > 0 {
				found[path] = n
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if !maps.Equal(found, mayBeSystem) {
		t.Errorf("found %v, named are %v", found, mayBeSystem)
	}
}

// systemScopes counts what a file says of the functions that open the system scope,
// called or not, but for their declarations.
func systemScopes(t *testing.T, path string) (n int) {
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
			if node.Path.Value == `"rowhouse/tenancy"` && node.Name != nil {
				t.Errorf("%s gives the package tenancy another name", path)
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
