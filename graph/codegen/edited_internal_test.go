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
		{name: "a merge conflict", old: "func ", replacement: "\n<<<<<<< HEAD\nfunc ", bodies: bodiesOfTest},
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
