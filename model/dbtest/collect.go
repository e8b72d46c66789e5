package dbtest

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// collection is the folder that TEST_STATEMENTS names, in which all test binaries put the
// distinct statements that they record: one JSON string a line, in statements.json. The
// tables are beside it, in schema.sql. `make vtexplain` reads both.
var collection = os.Getenv("TEST_STATEMENTS")

var collected = struct {
	sync.Mutex
	seen map[string]bool
}{seen: map[string]bool{}}

// collect appends a statement to the collection. A failure to write ends the tests: they
// must not pass for want of statements.
func collect(statement string) {
	if collection == "" {
		return
	}
	collected.Lock()
	defer collected.Unlock()
	if collected.seen[statement] {
		return
	}
	collected.seen[statement] = true
	line, err := json.Marshal(statement)
	if err == nil {
		err = appendTo("statements.json", append(line, '\n'))
	}
	if err != nil {
		panic("TEST_STATEMENTS: " + err.Error())
	}
}

// appendTo writes at the end of a file with one call, since other test binaries do, too.
func appendTo(name string, content []byte) error {
	f, err := os.OpenFile(filepath.Join(collection, name), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = f.Write(content)
	return err
}

// collectSchema writes the statements that make the tables.
func collectSchema(template []string) error {
	if collection == "" {
		return nil
	}
	return os.WriteFile(filepath.Join(collection, "schema.sql"), []byte(strings.Join(template, ";\n")+";\n"), 0o600)
}
