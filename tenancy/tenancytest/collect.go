package tenancytest

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

// collected has the statements that this process has appended.
var collected = struct {
	sync.Mutex
	seen map[string]bool
}{seen: map[string]bool{}}

// collectStatement appends a statement to the collection. It panics when it can't write:
// tests must not pass because statements are missing.
func collectStatement(statement string) {
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
		err = appendFile("statements.json", append(line, '\n'))
	}
	if err != nil {
		panic("TEST_STATEMENTS: " + err.Error())
	}
}

// appendFile appends to a file in one write, since other test binaries append, too.
func appendFile(name string, content []byte) error {
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
var expressionDefault = regexp.MustCompile(`(?m) DEFAULT (\w+\(.*\)|\x60\w+\x60)(,?)$`)

// writeSchema writes the statements that create the tables to schema.sql.
func writeSchema(tables []table) error {
	if collection() == "" {
		return nil
	}
	var schema strings.Builder
	for _, t := range tables {
		schema.WriteString(t.ddl + ";\n")
	}
	ddl := expressionDefault.ReplaceAllString(schema.String(), " DEFAULT ($1)$2")
	return os.WriteFile(filepath.Join(collection(), "schema.sql"), []byte(ddl), 0o600)
}
