package codegen

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
)

// wantedSignature returns the signature of a hook, as signatureOf prints it.
func (s *hookScanner) wantedSignature(kind hookKind, typeName string) string {
	f, err := parser.ParseFile(token.NewFileSet(), "", "package p\n"+kind.declareFor(typeName), parser.SkipObjectResolution)
	if err != nil {
		panic(err)
	}
	return signatureOf(f.Decls[0].(*ast.FuncDecl), map[string]string{
		"context": "context", "tenancy": s.framework + "/tenancy", "relay": s.framework + "/model/relay",
	})
}

// signatureOf returns the types of a function's parameters and results, with the paths of packages.
func signatureOf(f *ast.FuncDecl, imports map[string]string) string {
	if f.Type.TypeParams != nil {
		return "generic"
	}
	return "(" + goTypesOf(f.Type.Params, imports) + ") " + goTypesOf(f.Type.Results, imports)
}

// goTypesOf returns the types of parameters or results.
func goTypesOf(list *ast.FieldList, imports map[string]string) string {
	var all []string
	if list != nil {
		for _, f := range list.List {
			for range max(1, len(f.Names)) {
				all = append(all, goTypeOf(f.Type, imports))
			}
		}
	}
	return strings.Join(all, ", ")
}

// goTypeOf returns a type with the path of its package.
func goTypeOf(t ast.Expr, imports map[string]string) string {
	switch t := t.(type) {
	case *ast.StarExpr:
		return "*" + goTypeOf(t.X, imports)
	case *ast.SelectorExpr:
		if name, ok := t.X.(*ast.Ident); ok && imports[name.Name] != "" {
			return imports[name.Name] + "." + t.Sel.Name
		}
	}
	return types.ExprString(t)
}

// printSignature returns the signature of a function as it is written.
func printSignature(f *ast.FuncDecl) string {
	return types.ExprString(f.Type)
}
