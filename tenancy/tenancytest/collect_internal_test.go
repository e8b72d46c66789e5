package tenancytest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// collectIn makes a folder the collection until the test ends.
func collectIn(t *testing.T, dir string) {
	t.Helper()
	before := collection
	collection = func() string { return dir }
	t.Cleanup(func() { collection = before })
}

func TestEachStatementIsCollectedOnce(t *testing.T) {
	dir := t.TempDir()
	collectIn(t, dir)
	for _, statement := range []string{"SELECT 'once'", "SELECT \"two\nlines\"", "SELECT 'once'"} {
		collectStatement(statement)
	}
	content, err := os.ReadFile(filepath.Join(dir, "statements.json"))
	if want := `"SELECT 'once'"` + "\n" + `"SELECT \"two\nlines\""` + "\n"; err != nil || string(content) != want {
		t.Errorf("collected %s, %v", content, err)
	}
}

func TestDefaultExpressionsHaveParentheses(t *testing.T) {
	dir := t.TempDir()
	collectIn(t, dir)
	tables := []table{{name: "notes", ddl: "CREATE TABLE `notes` (\n  `text` text DEFAULT lcase('NEW'),\n" +
		"  `key` text DEFAULT `text`,\n  `n` int DEFAULT 1\n)"}}
	if err := writeSchema(tables); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(filepath.Join(dir, "schema.sql"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"DEFAULT (lcase('NEW')),", "DEFAULT (`text`),", "DEFAULT 1\n);\n"} {
		if !strings.Contains(string(content), want) {
			t.Errorf("the schema has no %q:\n%s", want, content)
		}
	}
}

func TestUnwritableCollectionPanics(t *testing.T) {
	collectIn(t, filepath.Join(t.TempDir(), "missing"))
	defer func() {
		if message, _ := recover().(string); !strings.Contains(message, "TEST_STATEMENTS") {
			t.Errorf("the panic is %q", message)
		}
	}()
	collectStatement("SELECT 'unwritable'")
}
