package codegen

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"strings"

	"github.com/99designs/gqlgen/codegen/templates"
)

// resolverFile is graph/schema.gen.resolvers.go. Its second line has a checksum of the rest, because
// gqlgen's resolvers are usually edited in place, and an edit of this file would be lost.
type resolverFile struct {
	path string
	// own reports that the file has no header: gqlgen keeps the bodies that it has.
	own bool
}

// checksumLine returns the second line of a resolver file for the content after it.
func checksumLine(content []byte) string {
	return fmt.Sprintf("// checksum: %.6x\n", sha256.Sum256(content))
}

// deleteOld deletes the file, for gqlgen to write it from bodies alone. It fails if a person has edited
// the file. It leaves a file without header alone.
func (r *resolverFile) deleteOld(bodies map[string]string) error {
	content, err := os.ReadFile(r.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return err
	}
	rest, generated := bytes.CutPrefix(content, []byte(header+"\n"))
	if !generated {
		r.own = true
		return nil
	}
	line, rest, _ := bytes.Cut(rest, []byte("\n"))
	if string(line)+"\n" != checksumLine(rest) && !bytes.Contains(content, []byte("\n<<<<<<< ")) {
		if err := checkEdits(r.path, content, bodies); err != nil {
			return err
		}
	}
	return os.Remove(r.path)
}

// addHeader adds the header to the file that gqlgen has written. Without resolvers there is none.
func (r *resolverFile) addHeader() error {
	content, err := os.ReadFile(r.path)
	if errors.Is(err, fs.ErrNotExist) || r.own {
		return nil
	} else if err != nil {
		return err
	}
	content = append([]byte("\n"), content...)
	content = append([]byte(header+"\n"+checksumLine(content)), content...)
	return os.WriteFile(r.path, content, 0o644) //nolint:gosec // source code, as git writes it
}

// checkEdits fails if a resolver file has code that the generator does not write: bodies other than
// these, comments, and functions. Two branches that are merged have a wrong checksum and no such code.
func checkEdits(path string, content []byte, bodies map[string]string) error {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, path, content, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return fmt.Errorf("%w; %s", err, discardEdits)
	}
	written := map[string]string{}
	for field, body := range bodies {
		object, name, _ := strings.Cut(field, ".")
		written[templates.LcFirst(object)+"Resolver."+templates.ToGo(name)] = removeSpace(body)
	}
	var errs []error
	for _, d := range file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || receiverOf(f) == "Resolver" && strings.HasSuffix(resultOf(f), "Resolver") {
			continue
		}
		name := strings.TrimPrefix(receiverOf(f)+"."+f.Name.Name, ".")
		body := content[files.Position(f.Body.Lbrace).Offset+1 : files.Position(f.Body.Rbrace).Offset]
		if wanted, ok := written[name]; !ok || f.Doc != nil || wanted != removeSpace(string(body)) {
			errs = append(errs, fmt.Errorf("%s: %s: the code was edited, and this file is generated; %s",
				files.Position(f.Pos()), name, discardEdits))
		}
	}
	return errors.Join(errs...)
}

const discardEdits = "move your code to a function of package model, or to a field of your own in `extend type`, whose resolver is in " +
	"schema.resolvers.go, and delete this file; or remove its first line to keep the bodies of all its resolvers from now on"

// receiverOf returns the type of a method's receiver, without pointer, or "".
func receiverOf(f *ast.FuncDecl) string {
	if f.Recv == nil {
		return ""
	}
	if pointer, ok := f.Recv.List[0].Type.(*ast.StarExpr); ok {
		return fmt.Sprint(pointer.X)
	}
	return fmt.Sprint(f.Recv.List[0].Type)
}

// resultOf returns the name of a function's only result, or "".
func resultOf(f *ast.FuncDecl) string {
	if f.Type.Results == nil || len(f.Type.Results.List) != 1 {
		return ""
	}
	return fmt.Sprint(f.Type.Results.List[0].Type)
}

// removeSpace removes white space, which gofmt may have changed.
func removeSpace(code string) string { return strings.Join(strings.Fields(code), "") }
