package codegen

import (
	"fmt"
	"go/ast"
	"go/build"
	"go/build/constraint"
	"io"
	"path/filepath"
	"strings"
)

// conditionOf returns the reason for which not every build has a file, or "".
func conditionOf(path string, file *ast.File) string {
	switch {
	case strings.HasSuffix(path, "_test.go"):
		return "only tests have the file"
	case hasCondition(filepath.Base(path)):
		return "the name of the file binds it to a system, or hides it from go build"
	case importPaths(file)["C"] != "":
		return "the file imports C, and builds without cgo lack it"
	}
	for _, group := range file.Comments {
		for _, c := range group.List {
			if c.Pos() < file.Package && constraint.IsGoBuild(c.Text) {
				return fmt.Sprintf("the file has the constraint %q", c.Text)
			}
		}
	}
	return ""
}

// hasCondition reports whether a file has a name such as item_linux.go or _item.go: then the build for a system that
// is not there lacks it.
func hasCondition(name string) bool {
	nowhere := build.Context{GOOS: "nowhere", GOARCH: "nowhere", Compiler: "gc", OpenFile: func(string) (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader("package model\n")), nil
	}}
	included, err := nowhere.MatchFile("", name)
	return err == nil && !included
}
