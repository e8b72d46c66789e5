package dbtest

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
)

// collection is the folder in TEST_STATEMENTS. All test binaries append the distinct statements
// that they record to statements.json there, one JSON string per line, and write the tables to
// schema.sql. `make vtexplain` reads both files. It is read while a test runs, not when the
// package is initialised: only then does go test know that a cached result has another folder.
var collection = sync.OnceValue(func() string { return os.Getenv("TEST_STATEMENTS") })

var collected = struct {
	sync.Mutex
	seen map[string]bool
}{seen: map[string]bool{}}

// collect appends a statement to the collection. It panics when it can't write, since tests
// must not pass because statements are missing.
func collect(statement string) {
	if collection() == "" {
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

// appendTo appends to a file in one write, since other test binaries append, too.
func appendTo(name string, content []byte) error {
	f, err := os.OpenFile(filepath.Join(collection(), name), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = f.Write(content)
	return err
}

// expressionDefault matches a default that is an expression, as MariaDB prints it: without the
// parentheses that MySQL and Vitess need.
var expressionDefault = regexp.MustCompile(`(?m) DEFAULT (\w+\(.*\))(,?)$`)

// collectSchema writes the statements that create the tables.
func collectSchema(template []string) error {
	if collection() == "" {
		return nil
	}
	schema := expressionDefault.ReplaceAllString(strings.Join(template, ";\n")+";\n", " DEFAULT ($1)$2")
	return os.WriteFile(filepath.Join(collection(), "schema.sql"), []byte(schema), 0o600)
}
