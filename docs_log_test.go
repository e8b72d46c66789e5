package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// logLine is a call of a logger, or the message of a kind in package graph/server.
type logLine struct {
	message string // or its beginning
	fields  []string
}

// logLines returns the log lines in the source of the server. privatedb is for development.
func logLines(t *testing.T) (lines []logLine) {
	t.Helper()
	skipped := []string{"privatedb", "servertest", "testdata"}
	for _, root := range []string{".", "auth", "graph", "model", "tenancy"} {
		err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case entry.IsDir() && (root == "." && path != "." || slices.Contains(skipped, entry.Name())):
				return filepath.SkipDir
			case filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go"):
				return nil
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
			if err == nil {
				ast.Inspect(file, func(node ast.Node) bool {
					if line := logLineOf(node); line.message != "" {
						lines = append(lines, line)
					}
					return true
				})
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return lines
}

// logLineOf returns the line that a node logs: a call of a logger with a literal message, or the
// field log of a kind.
func logLineOf(node ast.Node) (line logLine) {
	switch node := node.(type) {
	case *ast.KeyValueExpr:
		if key, ok := node.Key.(*ast.Ident); ok && key.Name == "log" {
			line.message = leadingLiteral(node.Value)
		}
	case *ast.CallExpr:
		method, ok := node.Fun.(*ast.SelectorExpr)
		if !ok || !strings.HasSuffix(strings.ToLower(lastName(method.X)), "log") {
			return line
		}
		level := strings.TrimSuffix(method.Sel.Name, "Context")
		first := 0
		if level != method.Sel.Name {
			first = 1
		}
		if !slices.Contains([]string{"Debug", "Info", "Warn", "Error"}, level) || len(node.Args) <= first {
			return line
		}
		line.message = leadingLiteral(node.Args[first])
		for i := first + 1; i < len(node.Args); i += 2 {
			line.fields = append(line.fields, leadingLiteral(node.Args[i]))
		}
	}
	return line
}

// lastName returns the last name of an expression such as c.pool.log.
func lastName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}

// leadingLiteral returns the string with which an expression begins.
func leadingLiteral(e ast.Expr) string {
	for {
		sum, ok := e.(*ast.BinaryExpr)
		if !ok {
			break
		}
		e = sum.X
	}
	literal, ok := e.(*ast.BasicLit)
	if !ok {
		return ""
	}
	text, _ := strconv.Unquote(literal.Value)
	return strings.TrimSpace(text)
}

// TestLogMessagesAreDocumented compares the messages and fields of the log with docs/operations.md.
func TestLogMessagesAreDocumented(t *testing.T) {
	_, section, _ := strings.Cut(documents(t)["docs/operations.md"], "## Logs")
	section, _, _ = strings.Cut(section, "\n## ")
	rows := slices.DeleteFunc(strings.Split(section, "\n"), func(row string) bool { return !strings.HasPrefix(row, "| `") })
	lines := logLines(t)
	if len(lines) < 20 {
		t.Fatalf("only the log lines %v were found", lines)
	}
	used := map[int]bool{}
	for _, line := range lines {
		i := slices.IndexFunc(rows, func(row string) bool { return strings.HasPrefix(row, "| `"+line.message) })
		if i < 0 {
			t.Errorf("docs/operations.md has no row for the log message %q", line.message)
			continue
		}
		used[i] = true
		for _, field := range line.fields {
			if field != "" && !strings.Contains(rows[i], "`"+field+"`") {
				t.Errorf("docs/operations.md: the row of %q has no field %s", line.message, field)
			}
		}
	}
	for i, row := range rows {
		if !used[i] {
			t.Errorf("docs/operations.md has a log message that the source does not have: %s", row)
		}
	}
}
