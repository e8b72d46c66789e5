package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// TestTypesAreAddedAndRemovedWithoutGo adds two types to a copy of the repository, and removes Label, with the
// commands of docs/schema.md. It runs the tests of the registry, and requests of two tenants to the API. It
// takes minutes, because all packages are compiled again, so it runs only with TEST_NEW_TYPES=1, as in .ci/run.
func TestTypesAreAddedAndRemovedWithoutGo(t *testing.T) {
	if os.Getenv("TEST_NEW_TYPES") == "" {
		t.Skip("set TEST_NEW_TYPES=1: it compiles all packages again")
	}
	t.Setenv("TEST_STATEMENTS", "") // the folder has the tables of this repository
	archive, err := txtar.ParseFile("testdata/newtypes/newtypes.txtar")
	if err != nil {
		t.Fatal(err)
	}
	dir := copyRepository(t)
	path := filepath.Join(dir, "schema.graphqls")
	schema := removeType(t, dir, readFile(t, path), "Label")
	for _, part := range archive.Files {
		switch text := string(part.Data); {
		case strings.HasSuffix(part.Name, ".go"):
			writeFile(t, filepath.Join(dir, part.Name), text)
		case part.Name == "types":
			schema += "\n" + text
		default: // fields of another type
			before, after, ok := strings.Cut(schema, "type "+part.Name+" @model")
			head, body, open := strings.Cut(after, "{\n")
			if !ok || !open {
				t.Fatalf("schema.graphqls has no type %s", part.Name)
			}
			schema = before + "type " + part.Name + " @model" + head + "{\n" + text + body
		}
	}
	writeFile(t, path, schema)
	runIn(t, dir, "go", "generate", "./...")
	if _, err := os.Stat(filepath.Join(dir, "model/label_gen.go")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("go generate keeps model/label_gen.go: %v", err)
	}
	runIn(t, dir, "go", "run", ".", "migrate", "diff", "change_types", "--drop", "labels", "--drop", "item_labels")
	if out := runIn(t, dir, "go", "run", ".", "migrate", "lint", "--after", "400"); !strings.Contains(out, "0 errors") {
		t.Errorf("migrate lint prints %s", out)
	}
	if out := runIn(t, dir, "go", "run", ".", "migrate", "diff", "again"); !strings.Contains(out, "there is nothing to write") {
		t.Errorf("a second migrate diff prints %s", out)
	}
	writeFile(t, filepath.Join(dir, "testdata/vschema.json"), runIn(t, dir, "go", "run", ".", "vschema"))
	runIn(t, dir, "go", "vet", "./...")
	runIn(t, dir, "go", "test", "./model", "./model/dbtest", "./model/demo", "./model/migration", "./graph")
	runIn(t, dir, "go", "test", ".", "-run", "TestCustomers|TestStatementsReadRanges|TestEqualValues|TestEachOrder|TestNestedLists|"+
		"TestEveryMutation|TestVSchema|TestSchema|"+
		"TestScenarios|TestEachRelation|TestConcurrentRequests|TestEachNodeType|TestDocuments|TestNames|"+
		"TestPlansEqual|TestFieldsOfEachType|TestDeletionsPublish|TestTypesPublish|TestMutations|TestReadsDoNot")
}

// removeType removes a type and the fields of the type from a schema, and the files of the type by their name,
// except for the generated one.
func removeType(t *testing.T, dir, schema, name string) string {
	t.Helper()
	definition := regexp.MustCompile(`(?s)"""\n[^"]*"""\ntype ` + name + ` @model.*?\n}\n+`)
	field := regexp.MustCompile(`(?m)^  "[^"\n]*"\n  \w+: \[?` + name + `\b.*\n`)
	if len(definition.FindAllString(schema, -1)) != 1 || !field.MatchString(schema) {
		t.Fatalf("schema.graphqls has no type %s with a relation to it", name)
	}
	for path := range readTree(t, dir) {
		if base := filepath.Base(path); strings.HasPrefix(base, strings.ToLower(name)) && !strings.HasSuffix(base, "_gen.go") {
			if err := os.Remove(filepath.Join(dir, path)); err != nil {
				t.Fatal(err)
			}
		}
	}
	return field.ReplaceAllString(definition.ReplaceAllString(schema, ""), "")
}

func readFile(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func writeFile(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}
