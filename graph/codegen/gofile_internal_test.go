package codegen

import (
	"flag"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"golang.org/x/tools/txtar"
)

// readEverything reads the schema with every part of the language.
func readEverything(t *testing.T) *Schema {
	t.Helper()
	s, err := Read(&ast.Source{Name: "everything.graphqls", Input: readTestFile(t, "testdata/everything.graphqls")})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// compareGolden compares a text with a golden file, which the flag -update writes. The file has MODULE for
// the path of the module.
func compareGolden(t *testing.T, path, got string) {
	t.Helper()
	got = strings.ReplaceAll(got, frameworkModule()+"/", "MODULE/")
	if flag.Lookup("update").Value.String() == "true" {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want := readTestFile(t, path); got != want {
		t.Errorf("the result differs from %s. Run go test ./graph/codegen -update, and review the difference.", path)
	}
}

func TestGoFilesEqualGoldenFiles(t *testing.T) {
	files, err := modelFiles(readEverything(t), Hooks{"Book": {"BeforeCreate", "AfterUpdate", "Validate"}})
	if err != nil {
		t.Fatal(err)
	}
	archive := &txtar.Archive{}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		archive.Files = append(archive.Files, txtar.File{Name: name, Data: files[name]})
	}
	compareGolden(t, "testdata/everything.model.txtar", string(txtar.Format(archive)))
}

func TestCachePoliciesEqualGoldenFile(t *testing.T) {
	compareGolden(t, "testdata/everything.cache.gen.ts", string(cachePolicies(readEverything(t))))
}

func TestResolverBodiesEqualGoldenFile(t *testing.T) {
	bodies := resolverBodies(readEverything(t))
	var list strings.Builder
	for _, name := range slices.Sorted(maps.Keys(bodies)) {
		list.WriteString(name + ":\n\t" + strings.ReplaceAll(bodies[name], "\n", "\n\t") + "\n")
	}
	compareGolden(t, "testdata/everything.resolvers.txt", list.String())
}

func TestGeneratedLinesAreNarrow(t *testing.T) {
	files, err := modelFiles(readEverything(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range files {
		for line := range strings.Lines(string(content)) {
			if len(line) > 140 {
				t.Errorf("%s: a line has %d bytes: %s", name, len(line), line)
			}
		}
	}
}

// TestLongRulesAreWrappedBetweenElements generates a field with commas in its strings, and more text than one line has.
func TestLongRulesAreWrappedBetweenElements(t *testing.T) {
	const message = "must have capital letters, digits, hyphens, dots, or underlines, and at least one of each, in any order"
	s, err := Read(&ast.Source{Name: "schema.graphqls", Input: `type Item @model {
		key: String! @constraint(maxLength: 10, pattern: "[A-Z]{1, 2}", message: "` + message + `")
	}`})
	if err != nil {
		t.Fatal(err)
	}
	files, err := modelFiles(s, nil)
	if err != nil || !strings.Contains(string(files["item_gen.go"]), `Message: "`+message+`"`) {
		t.Errorf("%s\n%v", files["item_gen.go"], err)
	}
}
