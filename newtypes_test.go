package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// TestNewTypesNeedNoGo adds two types to a copy of the repository, with the commands of docs/schema.md, and
// runs the tests of the registry, and requests of two tenants to the API. It takes more than a minute, because
// all packages are compiled again, so it runs only with TEST_NEW_TYPES=1, as in .ci/run.
func TestNewTypesNeedNoGo(t *testing.T) {
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
	schema := readFile(t, path)
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
	runIn(t, dir, "go", "run", ".", "migrate", "diff", "add_customers")
	if out := runIn(t, dir, "go", "run", ".", "migrate", "lint", "--after", "400"); !strings.Contains(out, "0 errors") {
		t.Errorf("migrate lint prints %s", out)
	}
	if out := runIn(t, dir, "go", "run", ".", "migrate", "diff", "again"); !strings.Contains(out, "there is nothing to write") {
		t.Errorf("a second migrate diff prints %s", out)
	}
	writeFile(t, filepath.Join(dir, "testdata/vschema.json"), runIn(t, dir, "go", "run", ".", "vschema"))
	runIn(t, dir, "go", "vet", "./...")
	runIn(t, dir, "go", "test", "./model", "./model/dbtest", "./graph")
	runIn(t, dir, "go", "test", ".", "-run", "TestCustomers|TestStatementsReadRanges|TestEqualValues|TestEachOrder|TestNestedLists|"+
		"TestEveryMutation|TestVSchema|TestSchema")
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
