package codegen

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
)

// checkScalars returns an error for each scalar with @storedAs for which package model lacks the functions that
// print and check its values, and gqlgen.yml names no others.
func (g *generator) checkScalars(modelDir string) error {
	signatures, err := readSignatures(modelDir)
	if err != nil {
		return err
	}
	var all []error
	for _, name := range sortedKeys(g.schema.Scalars) {
		if g.cfg.Models.UserDefined(name) {
			continue
		}
		of := goTypes[g.schema.Scalars[name]]
		for _, f := range []struct{ name, signature, declaration string }{
			{"Marshal" + name, "(" + of + ") graphql.Marshaler", "(v " + of + ") graphql.Marshaler"},
			{"Unmarshal" + name, "(any) " + of + ", error", "(v any) (" + of + ", error)"},
		} {
			if signatures[f.name] != f.signature {
				all = append(all, fmt.Errorf("%s: the scalar %s with @storedAs needs the function %s in this folder; "+
					"declare it as func %[3]s%[4]s", modelDir, name, f.name, f.declaration))
			}
		}
	}
	return errors.Join(all...)
}

// readSignatures returns the signatures of the functions in a folder, by name.
func readSignatures(dir string) (map[string]string, error) {
	signatures := map[string]string{}
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	for _, path := range paths {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil {
				signatures[f.Name.Name] = signatureOf(f, nil)
			}
		}
	}
	return signatures, nil
}
