package guard_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"rowhouse/model"
	"rowhouse/model/dbtest"
	"rowhouse/tenancy"
	"rowhouse/tenancy/guard"
)

var update = flag.Bool("update", false, "write the reasons of refusals in testdata")

// example is a statement of testdata.
type example struct {
	// kind is "name" for one that people write, "twin" for the leak beside it,
	// "instead" for a way to write what the guard refuses, and "rule" in rules.sql.
	kind, title string
	sql         string
	args        []any
	only        string // the one kind of server that reads it, or empty
	// refused is the reason that the guard gives, or empty for a proof.
	refused string
}

// TestHonestStatementsAreProved holds the guard against what a team writes. A refusal
// here is a bug of the guard, and so is a proof of a twin.
func TestHonestStatementsAreProved(t *testing.T) {
	examples := read(t, "testdata/honest.sql")
	checkAll(t, models(t), "testdata/honest.sql", examples)
	names, onlyOne := 0, 0
	for i, e := range examples {
		if want := []string{"name", "twin"}[i%2]; e.kind != want || (want == "twin") != (e.refused != "") {
			t.Fatalf("%s: an honest statement is proved, and its twin with the reason comes next", e.title)
		}
		if e.only != "" {
			onlyOne++
		}
		if e.kind == "name" {
			names++
		}
	}
	if names < 110 || onlyOne > 20 {
		t.Errorf("%d honest statements, %d of which run on one server only", names, onlyOne)
	}
}

// TestLimitsAreKnown lists what is honest and refused all the same, and what to write
// instead. A proof here is good news: move the statement to honest.sql.
func TestLimitsAreKnown(t *testing.T) {
	examples := read(t, "testdata/limits.sql")
	checkAll(t, models(t), "testdata/limits.sql", examples)
	for _, e := range examples {
		if (e.kind == "name") != (e.refused != "") {
			t.Errorf("%s: refused %q", e.title, e.refused)
		}
	}
}

// models are rowhouse's own tables.
func models(t *testing.T) guard.Tables {
	t.Helper()
	tables, err := tenancy.Tables(model.Types.Models())
	if err != nil {
		t.Fatal(err)
	}
	return tables
}

// checkAll compares the guard's verdicts for tenant 1 with those in the file, or
// updates them. What is proved of a tenant's table is proved for no other tenant.
func checkAll(t *testing.T, tables guard.Tables, file string, examples []example) {
	t.Helper()
	var reasons []string
	for _, e := range examples {
		t.Run(e.title, func(t *testing.T) {
			proof, err := guard.Prove(tables, e.sql)
			if err == nil {
				err = proof.Check(1, named(e.args...))
			}
			if e.refused != "" {
				reasons = append(reasons, fmt.Sprint(err))
				if err == nil || !*update && err.Error() != e.refused {
					t.Errorf("%s\n got: %v\nwant: %s", e.sql, err, e.refused)
				}
				return
			}
			if err != nil {
				t.Fatalf("%s\n%v", e.sql, err)
			}
			if others := proof.Check(2, named(e.args...)) == nil; others != (len(proof.Bindings) == 0) {
				t.Errorf("%s\nproved for tenant 2 as well: %t, with %v", e.sql, others, proof.Bindings)
			}
		})
	}
	if *update {
		writeReasons(t, file, reasons)
	}
}

// read parses a file of testdata. Markers are comments at the start of a line; what
// stands between a statement's end and the next marker is for people.
func read(t testing.TB, file string) (all []example) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var e *example
	for line := range strings.Lines(string(text)) {
		marker, rest, _ := strings.Cut(strings.TrimSpace(strings.TrimPrefix(line, "-- ")), ":")
		switch rest = strings.TrimSpace(rest); {
		case strings.HasPrefix(line, "-- ") && (marker == "name" || marker == "twin" || marker == "instead" || marker == "rule"):
			next := example{kind: marker, title: rest}
			if marker == "twin" || marker == "instead" {
				next.args = e.args
			}
			all = append(all, next)
			e = &all[len(all)-1]
		case e == nil: // the head of the file
		case strings.HasPrefix(line, "-- args:"):
			e.args = jsonArgs(t, rest)
		case line == "-- mysql only\n", line == "-- mariadb only\n":
			e.only = strings.TrimSuffix(marker, " only")
		case strings.HasPrefix(line, "-- refused:"):
			e.refused = rest
		case !strings.HasSuffix(e.sql, ";\n"):
			e.sql += line
		}
	}
	for i := range all {
		all[i].sql = strings.TrimSuffix(all[i].sql, ";\n")
	}
	return all
}

func jsonArgs(t testing.TB, text string) (args []any) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader("[" + text + "]"))
	d.UseNumber()
	if err := d.Decode(&args); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	for i, arg := range args {
		if n, ok := arg.(json.Number); ok {
			whole, err := n.Int64()
			if err != nil {
				t.Fatal(err)
			}
			args[i] = whole
		}
	}
	return args
}

func writeReasons(t *testing.T, file string, reasons []string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	text = regexp.MustCompile(`(?m)^-- refused:.*$`).ReplaceAllFunc(text, func([]byte) []byte {
		n++
		return []byte("-- refused: " + reasons[n-1])
	})
	if err := os.WriteFile(file, text, 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestHonestStatementsRun runs them for tenant 1: each is valid SQL, returns nothing
// of tenant 2 and changes nothing of it.
func TestHonestStatementsRun(t *testing.T) {
	d := dbtest.New(t)
	for _, insert := range strings.SplitAfter(seed(t), ";\n") {
		if _, err := d.SQL.ExecContext(t.Context(), insert); err != nil {
			t.Fatalf("%v\n%s", err, insert)
		}
	}
	server := strings.ToLower(d.Product(t))
	before := globex(t, d.SQL)
	for _, e := range append(read(t, "testdata/honest.sql"), read(t, "testdata/limits.sql")...) {
		if e.kind == "twin" {
			continue
		}
		if e.only != "" && e.only != server {
			t.Logf("not run on %s: %s", server, e.title)
			continue
		}
		t.Run(e.title, func(t *testing.T) {
			tx, err := d.SQL.BeginTx(t.Context(), nil)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = tx.Rollback() }()
			if answer := run(t, tx, e.sql, e.args...); strings.Contains(answer, "glob") {
				t.Errorf("%s\nreturns rows of globex:\n%s", e.sql, answer)
			}
			if globex(t, tx) != before {
				t.Errorf("%s\nchanges rows of globex", e.sql)
			}
		})
	}
}

func seed(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("testdata/seed.sql")
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(string(text), "\n")
}

// globex returns all rows of tenant 2.
func globex(t *testing.T, db queryer) (all string) {
	t.Helper()
	for _, table := range []string{"members", "projects", "items", "labels", "item_labels", "comments"} {
		all += run(t, db, "SELECT * FROM "+table+" WHERE tenant_id = 2 ORDER BY 1, 2, 3")
	}
	return all
}

type queryer interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// run returns the rows of a statement, which may have none, as text.
func run(t *testing.T, db queryer, query string, args ...any) string {
	t.Helper()
	rows, err := db.QueryContext(context.WithoutCancel(t.Context()), query, args...)
	if err != nil {
		t.Fatalf("%v\n%s", err, query)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	values, targets := make([]sql.RawBytes, len(columns)), make([]any, len(columns))
	for i := range values {
		targets[i] = &values[i]
	}
	var out bytes.Buffer
	for rows.Next() {
		if err := rows.Scan(targets...); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&out, "%s\n", values)
	}
	if err := rows.Err(); err != nil {
		t.Fatalf("%v\n%s", err, query)
	}
	return out.String()
}
