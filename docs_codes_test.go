package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql/errcode"
)

// codesInSource returns the error codes in the source: constants with a name that begins with code,
// results of methods with the name Code, and gqlgen's codes that are in use.
func codesInSource(t *testing.T) map[string]bool {
	t.Helper()
	codes := map[string]bool{}
	addLiteral := func(e ast.Expr) {
		if literal, ok := e.(*ast.BasicLit); ok && literal.Kind == token.STRING {
			if code, err := strconv.Unquote(literal.Value); err == nil {
				codes[code] = true
			}
		}
	}
	inspect := func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.ValueSpec:
			for i, name := range node.Names {
				if strings.HasPrefix(strings.ToLower(name.Name), "code") && i < len(node.Values) {
					addLiteral(node.Values[i])
				}
			}
		case *ast.FuncDecl:
			if node.Recv != nil && node.Name.Name == "Code" && node.Body != nil {
				for _, statement := range node.Body.List {
					if result, ok := statement.(*ast.ReturnStmt); ok && len(result.Results) == 1 {
						addLiteral(result.Results[0])
					}
				}
			}
		case *ast.SelectorExpr:
			if x, ok := node.X.(*ast.Ident); ok && x.Name == "errcode" {
				code := map[string]string{"ParseFailed": errcode.ParseFailed, "ValidationFailed": errcode.ValidationFailed}[node.Sel.Name]
				codes[code] = true
			}
		}
		return true
	}
	for _, root := range []string{"graph", "model", "tenancy"} {
		err := filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
			if err != nil || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") || strings.Contains(path, "servertest") {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
			if err == nil {
				ast.Inspect(file, inspect)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	delete(codes, "") // errcode.Set and the like
	return codes
}

func TestErrorCodesAreDocumented(t *testing.T) {
	_, table, _ := strings.Cut(documents(t)["docs/errors.md"], "## Codes")
	table, _, _ = strings.Cut(table, "\n## ")
	documented := map[string]bool{}
	for _, row := range regexp.MustCompile("(?m)^\\| `([A-Z_]+)` \\|").FindAllStringSubmatch(table, -1) {
		documented[row[1]] = true
	}
	codes := codesInSource(t)
	if len(codes) < 10 {
		t.Fatalf("only the codes %v were found", codes)
	}
	for code := range codes {
		if !documented[code] {
			t.Errorf("docs/errors.md does not describe the code %s", code)
		}
	}
	for code := range documented {
		if !codes[code] {
			t.Errorf("docs/errors.md describes the code %s, which the source does not have", code)
		}
	}
}
