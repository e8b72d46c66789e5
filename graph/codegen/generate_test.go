package codegen_test

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"rowhouse/graph/codegen"
)

// newApplication writes the files of an application to a folder inside the module, and out of ./..., and
// makes it the working directory.
func newApplication(t *testing.T) {
	t.Helper()
	archive, err := txtar.ParseFile("testdata/application.txtar")
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("testdata", "application-")
	if err != nil {
		t.Fatal(err)
	}
	dir, err = filepath.Abs(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	root := runCommand(t, "go", "list", "-m")
	paths := strings.NewReplacer("MODULE", root+"/graph/codegen/testdata/"+filepath.Base(dir), "ROOT", root)
	t.Chdir(dir)
	for _, file := range archive.Files {
		writeFile(t, file.Name, paths.Replace(string(file.Data)))
	}
}

func writeFile(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

// replaceIn replaces a string in a file, which must have it.
func replaceIn(t *testing.T, path, old, replacement string) {
	t.Helper()
	content := contentOf(t, path)
	if !strings.Contains(content, old) {
		t.Fatalf("%s lacks %q:\n%s", path, old, content)
	}
	writeFile(t, path, strings.Replace(content, old, replacement, 1))
}

func contentOf(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func runCommand(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

// generate runs Generate and returns its log.
func generate(t *testing.T) string {
	t.Helper()
	var log strings.Builder
	if err := codegen.Generate("gqlgen.yml", &log); err != nil {
		t.Fatal(err)
	}
	return log.String()
}

// TestGeneratedApplicationCompilesAndKeepsCode generates an application, changes it as a team would,
// generates it again, and runs it with the packages of the framework on a database.
func TestGeneratedApplicationCompilesAndKeepsCode(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles an application")
	}
	newApplication(t)
	if log := generate(t); log != "" {
		t.Errorf("log %q", log)
	}
	if own := contentOf(t, "graph/schema.resolvers.go"); strings.Count(own, "panic(") != 3 {
		t.Errorf("the resolvers written by hand are not Customer.greeting, Query.statistics and Query.named:\n%s", own)
	}

	if generated := contentOf(t, "graph/schema.gen.resolvers.go"); strings.Contains(generated, "panic(") {
		t.Errorf("a generated resolver has no body:\n%s", generated)
	}

	// A resolver has code, a type is ejected, and another one is removed.
	replaceIn(t, "graph/schema.resolvers.go", `panic("write the resolver of Customer.greeting")`, `return "Dear " + obj.Name, nil`)
	replaceIn(t, "model/salesorder_gen.go", "// Code generated from schema.graphqls. DO NOT EDIT.", "// Mine.")
	replaceIn(t, "model/salesorder_gen.go", "stores a new sales order", "stores my sales order")
	schema := contentOf(t, "schema.graphqls")
	from, to := strings.Index(schema, "type Secret"), strings.Index(schema, `"A colour."`)
	writeFile(t, "schema.graphqls", strings.Replace(schema[:from]+schema[to:], `  secrets: [Secret!]! @hasMany(field: "customer")`, "", 1))

	log := generate(t)
	if !strings.Contains(log, "model/salesorder_gen.go has no line") || !strings.Contains(log, "model/secret_gen.go is deleted") {
		t.Errorf("log %q", log)
	}
	const want = "[Customer SalesOrder Product APIKey Address Sample Supplier Region Depot Contract Contact Part Delivery ApiUrl Gadget] 37"
	if got := runCommand(t, "go", "run", "./main"); got != want {
		t.Errorf("the application prints %q, want %q", got, want)
	}
	runCommand(t, "go", "test", "./main")
	for path, want := range map[string]string{
		"graph/schema.resolvers.go": `return "Dear " + obj.Name, nil`,
		"model/salesorder_gen.go":   "stores my sales order",
	} {
		if content := contentOf(t, path); !strings.Contains(content, want) {
			t.Errorf("%s lacks %q:\n%s", path, want, content)
		}
	}
	if generated := contentOf(t, "graph/schema.gen.resolvers.go"); strings.Contains(generated, "Secret") {
		t.Error("the resolvers of the removed type are still there")
	}
}

func TestGenerateWritesNothingAfterError(t *testing.T) {
	for _, test := range []struct{ name, path, old, replacement, want string }{
		{
			name: "a wrong type", path: "schema.graphqls", old: "@hasMany(field: \"referrer\")", replacement: "@hasMany(field: \"x\")",
			want: "schema.graphqls:",
		},
		{
			name: "a type with the file of another one", path: "schema.graphqls",
			old: "type Secret @model", replacement: "type Enums @model @plural(name: \"EnumList\") { n: Int! }\ntype Secret @model",
			want: "schema.graphqls:202:6: Enums: the file of its Go code would be enums_gen.go, " +
				"which is another generated file; rename the type",
		},
		{
			name: "two types with the same letters", path: "schema.graphqls",
			old: "type Secret @model", replacement: "type Salesorder @model { n: Int! }\ntype Secret @model",
			want: "schema.graphqls:202:6: Salesorder: the file of its Go code would be salesorder_gen.go, " +
				"which is that of SalesOrder, too; rename the type",
		},
		{
			name: "a wrong hook", path: "model/rules.go", old: "BeforeCreateProduct(_", replacement: "BeforeCreateProducts(_",
			want: "model/rules.go:",
		},
		{
			name: "a scalar with a function of another type", path: "model/rules.go",
			old: "UnmarshalShade(v any) (string, error)", replacement: "UnmarshalShade(v any) ([]byte, error)",
			want: "model: the scalar Shade with @storedAs needs the function UnmarshalShade in this folder; " +
				"declare it as func UnmarshalShade(v any) (string, error)",
		},
		{
			name: "no configuration", path: "gqlgen.yml", old: "schema:", replacement: "schemas:",
			want: "unable to parse config",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			newApplication(t)
			replaceIn(t, test.path, test.old, test.replacement)
			before := listFiles(t)
			err := codegen.Generate("gqlgen.yml", &strings.Builder{})
			if err == nil || !strings.HasPrefix(err.Error(), test.want) {
				t.Errorf("error %v, want %s", err, test.want)
			}
			if after := listFiles(t); after != before {
				t.Errorf("the files were %s, and are %s", before, after)
			}
		})
	}
}

func TestGenerateNeedsSchema(t *testing.T) {
	newApplication(t)
	if err := os.Remove("schema.graphqls"); err != nil {
		t.Fatal(err)
	}
	err := codegen.Generate("gqlgen.yml", &strings.Builder{})
	if err == nil || !strings.Contains(err.Error(), "no file schema.graphqls; create it") {
		t.Errorf("error %v", err)
	}
}

func TestEditedResolversAreNotLost(t *testing.T) {
	newApplication(t)
	const edited = "// Code generated from schema.graphqls. DO NOT EDIT.\n// checksum: 000000000000\n\npackage graph\n\n" +
		"func (r *queryResolver) Customer() {\n\treturn mine()\n}\n"
	writeFile(t, "graph/schema.gen.resolvers.go", edited)
	err := codegen.Generate("gqlgen.yml", &strings.Builder{})
	if err == nil || !strings.HasPrefix(err.Error(), "graph/schema.gen.resolvers.go:6:1: queryResolver.Customer: the code was edited") {
		t.Errorf("error %v", err)
	}
	if contentOf(t, "graph/schema.gen.resolvers.go") != edited {
		t.Error("the file has changed")
	}
}

// listFiles returns the paths and sizes of all files.
func listFiles(t *testing.T) string {
	t.Helper()
	var list strings.Builder
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		list.WriteString(path + " " + info.ModTime().String() + "\n")
		return nil
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return list.String()
}
