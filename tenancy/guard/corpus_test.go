package guard_test

import (
	"database/sql/driver"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"rowhouse/tenancy/guard"
)

var update = flag.Bool("update", false, "write the reasons of refusals in testdata")

// tables are the tables that most tests use. testdata/schema.sql creates those without "notes" and
// "countries".
var tables = guard.Tables{
	"members":     {TenantLeadsKeys: true},
	"projects":    {TenantLeadsKeys: true},
	"items":       {TenantLeadsKeys: true},
	"labels":      {TenantLeadsKeys: true},
	"item_labels": {TenantLeadsKeys: true},
	"comments":    {TenantLeadsKeys: true},
	"notes":       {},
	"countries":   {Shared: true},
}

// namedArgs returns the arguments as the driver gets them.
func namedArgs(values ...any) []driver.NamedValue {
	args := make([]driver.NamedValue, len(values))
	for i, v := range values {
		if n, ok := v.(int); ok {
			v = int64(n)
		}
		args[i] = driver.NamedValue{Ordinal: i + 1, Value: v}
	}
	return args
}

// corpusStatement is a statement in a file of testdata.
type corpusStatement struct {
	// kind is the marker before the statement: "name" for a statement as people write it, "leak"
	// for its variant that is refused, "instead" for a replacement of a refused statement, and
	// "rule" in rules.sql.
	kind, title string
	sql         string
	args        []any
	// only is the product that can run the statement, "mysql" or "mariadb", or empty.
	only string
	// refused is the reason of the refusal, or empty for a proof.
	refused string
}

// readCorpus reads the statements of a file in testdata. Text between the end of a statement and the
// next marker is for people.
func readCorpus(t testing.TB, file string) (all []corpusStatement) {
	t.Helper()
	var c *corpusStatement
	for line := range strings.Lines(readFile(t, file)) {
		marker, rest, _ := strings.Cut(strings.TrimSpace(strings.TrimPrefix(line, "-- ")), ":")
		switch rest = strings.TrimSpace(rest); {
		case strings.HasPrefix(line, "-- ") && slices.Contains([]string{"name", "leak", "instead", "rule"}, marker):
			next := corpusStatement{kind: marker, title: rest}
			if marker == "leak" || marker == "instead" {
				next.args = c.args
			}
			all = append(all, next)
			c = &all[len(all)-1]
		case c == nil: // the head of the file
		case strings.HasPrefix(line, "-- args:"):
			c.args = decodeArgs(t, rest)
		case line == "-- mysql only\n", line == "-- mariadb only\n":
			c.only = strings.TrimSuffix(marker, " only")
		case strings.HasPrefix(line, "-- refused:"):
			c.refused = rest
		case !strings.HasSuffix(c.sql, ";\n"):
			c.sql += line
		}
	}
	for i := range all {
		all[i].sql = strings.TrimSuffix(all[i].sql, ";\n")
	}
	return all
}

// readFile returns the content of a file in testdata.
func readFile(t testing.TB, file string) string {
	t.Helper()
	content, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// decodeArgs decodes arguments in JSON, with integers as int64.
func decodeArgs(t testing.TB, list string) (args []any) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader("[" + list + "]"))
	d.UseNumber()
	if err := d.Decode(&args); err != nil {
		t.Fatalf("%s: %v", list, err)
	}
	for i, arg := range args {
		if number, ok := arg.(json.Number); ok {
			n, err := number.Int64()
			if err != nil {
				t.Fatal(err)
			}
			args[i] = n
		}
	}
	return args
}

// checkCorpus compares the guard's verdicts for tenant 1 with those in the file, or with -update
// writes the reasons. A statement with bindings must be refused for tenant 2.
func checkCorpus(t *testing.T, file string) []corpusStatement {
	t.Helper()
	all := readCorpus(t, file)
	var reasons []string
	for _, c := range all {
		t.Run(c.title, func(t *testing.T) {
			proof, err := guard.Prove(tables, c.sql)
			if err == nil {
				err = proof.Check(1, namedArgs(c.args...))
			}
			if c.refused != "" {
				reasons = append(reasons, fmt.Sprint(err))
				if err == nil || !*update && err.Error() != c.refused {
					t.Errorf("%s\n got: %v\nwant: %s", c.sql, err, c.refused)
				}
				return
			}
			if err != nil {
				t.Fatalf("%s\n%v", c.sql, err)
			}
			if other := proof.Check(2, namedArgs(c.args...)) == nil; other != (len(proof.Bindings) == 0) {
				t.Errorf("%s\nproved for tenant 2, too: %t, with %v", c.sql, other, proof.Bindings)
			}
		})
	}
	if *update {
		writeReasons(t, file, reasons)
	}
	return all
}

// writeReasons replaces the reasons in a file, in order.
func writeReasons(t *testing.T, file string, reasons []string) {
	t.Helper()
	n := 0
	content := regexp.MustCompile(`(?m)^-- refused:.*$`).ReplaceAllStringFunc(readFile(t, file), func(string) string {
		n++
		return "-- refused: " + reasons[n-1]
	})
	if err := os.WriteFile("testdata/"+file, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}
