package codegen

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"
)

// bodiesOfTest are the bodies of resolverTestFile.
var bodiesOfTest = map[string]string{"Query.item": "return 1", "Item.projectId": "x := 1\nreturn x"}

const resolverTestFile = `package graph

import "context"

func (r *itemResolver) ProjectID(ctx context.Context) int {
	x := 1
	return x
}

func (r *queryResolver) Item(ctx context.Context) int {
	return 1
}

func (r *Resolver) Item() ItemResolver { return &itemResolver{r} }

func (r *Resolver) Query() QueryResolver { return &queryResolver{r} }

type (
	itemResolver  struct{ *Resolver }
	queryResolver struct{ *Resolver }
)
`

// writeResolvers writes a resolver file as the generator does, with a replacement afterwards.
func writeResolvers(t *testing.T, old, replacement string) *resolverFile {
	t.Helper()
	t.Chdir(t.TempDir())
	r := &resolverFile{path: "schema.gen.resolvers.go"}
	writeTestFile(t, r.path, resolverTestFile)
	if err := r.addHeader(); err != nil {
		t.Fatal(err)
	}
	content := readTestFile(t, r.path)
	if !strings.Contains(content, old) {
		t.Fatalf("the file lacks %q", old)
	}
	writeTestFile(t, r.path, strings.Replace(content, old, replacement, 1))
	return r
}

func TestResolverFileWithoutEditsIsDeleted(t *testing.T) {
	for _, test := range []struct {
		name, old, replacement string
		bodies                 map[string]string
	}{
		{name: "unchanged", bodies: bodiesOfTest},
		{name: "of another schema", bodies: map[string]string{"Query.item": "return 2"}},
		{name: "two branches merged", old: "// checksum: ", replacement: "// checksum: 1", bodies: bodiesOfTest},
		{name: "formatted differently", old: "\treturn 1", replacement: "    return 1", bodies: bodiesOfTest},
		{name: "line ends of Windows", old: resolverTestFile, replacement: strings.ReplaceAll(resolverTestFile, "\n", "\r\n")},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := writeResolvers(t, test.old, test.replacement)
			if err := r.deleteOld(test.bodies); err != nil {
				t.Error(err)
			}
			if _, err := os.Stat(r.path); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("the file exists: %v", err)
			}
		})
	}
}

func TestEditOfResolverFileIsError(t *testing.T) {
	for _, test := range []struct{ name, old, replacement, want string }{
		{
			name: "another body", old: "return 1", replacement: "return 2",
			want: "schema.gen.resolvers.go:13:1: queryResolver.Item: the code was edited, and this file is generated; move your code to",
		},
		{
			name: "a comment in a body", old: "return 1", replacement: "return 1 // one",
			want: "schema.gen.resolvers.go:13:1: queryResolver.Item: ",
		},
		{
			name: "a doc comment", old: "func (r *queryResolver)", replacement: "// Item is mine.\nfunc (r *queryResolver)",
			want: "schema.gen.resolvers.go:14:1: queryResolver.Item: ",
		},
		{
			name: "a method", old: "func (r *queryResolver)", replacement: "func (r *queryResolver) X() {}\n\nfunc (r *queryResolver)",
			want: "schema.gen.resolvers.go:13:1: queryResolver.X: ",
		},
		{
			name: "a function", old: "func (r *queryResolver)", replacement: "func f() {}\n\nfunc (r *queryResolver)",
			want: "schema.gen.resolvers.go:13:1: f: ",
		},
		{
			name: "a method that returns resolvers", old: "return &itemResolver{r}", replacement: "return mine",
			want: "schema.gen.resolvers.go:17:1: Resolver.Item: the code was edited",
		},
		{
			name: "another method of Resolver", old: "type (", replacement: "func (r *Resolver) X() Item { return Item{} }\n\ntype (",
			want: "schema.gen.resolvers.go:21:1: Resolver.X: the code was edited",
		},
		{
			name: "a variable", old: "type (", replacement: "var a, b = 1, 2\n\ntype (",
			want: "schema.gen.resolvers.go:21:5: var a, b: the file is generated, and this declaration would be lost; move it to " +
				"schema.resolvers.go, or to another file of the package",
		},
		{
			name: "a constant", old: "type (", replacement: "const (\n\tpage = 20\n)\n\ntype (",
			want: "schema.gen.resolvers.go:22:2: const page: the file is generated, and this declaration would be lost; move it to",
		},
		{
			name: "a type", old: "type (", replacement: "type (\n\tpage struct{ first int }",
			want: "schema.gen.resolvers.go:22:2: type page: the file is generated, and this declaration would be lost; move it to",
		},
		{
			name: "a field of a receiver", old: "queryResolver struct{ *Resolver }",
			replacement: "queryResolver struct{ *Resolver; n int }",
			want:        "schema.gen.resolvers.go:23:2: type queryResolver: the file is generated, and this declaration would be lost",
		},
		{
			name: "an import for its effects", old: "import \"context\"", replacement: "import \"context\"\nimport _ \"embed\"",
			want: "schema.gen.resolvers.go:7:8: import \"embed\": the file is generated, and this declaration would be lost",
		},
		{
			name: "a comment", old: "type (", replacement: "// Mine.\n\ntype (",
			want: "schema.gen.resolvers.go:21:1: comment: the file is generated, and this comment would be lost; move it to " +
				"schema.resolvers.go, or delete it",
		},
		{
			name: "a merge conflict", old: "func ", replacement: "<<<<<<< HEAD\n=======\n>>>>>>> other\nfunc ",
			want: "schema.gen.resolvers.go:8:1: expected declaration, found '<<'; the file is generated, and can " +
				"have code of yours: resolve the conflict, if git has left one, or delete the file to generate it again",
		},
		{
			name: "a syntax error", old: "return 1", replacement: "return (",
			want: "schema.gen.resolvers.go:15:1: expected operand",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := writeResolvers(t, test.old, test.replacement)
			before := readTestFile(t, r.path)
			if err := r.deleteOld(bodiesOfTest); err == nil || !strings.HasPrefix(err.Error(), test.want) {
				t.Errorf("error %v, want %s", err, test.want)
			}
			if readTestFile(t, r.path) != before {
				t.Error("the file has changed")
			}
		})
	}
}

func TestResolverFileWithoutHeaderStays(t *testing.T) {
	r := writeResolvers(t, header+"\n", "")
	before := readTestFile(t, r.path)
	if err := r.deleteOld(nil); err != nil || !r.own {
		t.Errorf("own %t, error %v", r.own, err)
	}
	if err := r.addHeader(); err != nil || readTestFile(t, r.path) != before {
		t.Errorf("the file has changed, or an error: %v", err)
	}
}
