package tablediff_test

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/pressly/goose/v3"

	"rowhouse/model/tablediff"
)

func TestFilesAreNumberedByHundreds(t *testing.T) {
	steps := []tablediff.Step{{Name: "create_a", Up: "A", Down: "B"}, {Name: "a_columns", Up: "C", Down: "D"}}
	for last, want := range map[string]string{"none.txt": "00101", "00305_x.sql": "00401", "00400_x.sql": "00501", "99_x.sql": "00101"} {
		files, err := tablediff.Files(fstest.MapFS{last: {}, "00001_first.sql": {}}, "add_a", steps)
		if err != nil || files[0].Name != want+"_add_a_create_a.sql" || files[1].Name != want[:4]+"2_add_a_a_columns.sql" {
			t.Errorf("after %s: %+v, %v", last, files, err)
		}
	}
}

func TestFileHasBothDirections(t *testing.T) {
	step := tablediff.Step{Name: "x", Up: "DROP TABLE a", Down: "CREATE TABLE a (b INT)", Note: "A note."}
	step.Contract = "the table a is dropped with its rows"
	files, err := tablediff.Files(fstest.MapFS{}, "drop_a", []tablediff.Step{step})
	if err != nil {
		t.Fatal(err)
	}
	const want = `-- +goose Up

-- lint: contracts the schema: the table a is dropped with its rows.
-- Release it when no replica runs a program of the release before: see docs/deploys.md.
-- A note.
DROP TABLE a;

-- +goose Down

CREATE TABLE a (b INT);
`
	if files[0].Name != "00101_drop_a.sql" || files[0].Text != want {
		t.Errorf("%s has\n%s", files[0].Name, files[0].Text)
	}
}

// TestGooseReadsStatementsWithSQLInStrings applies files with defaults that look like comments and ends of statements.
func TestGooseReadsStatementsWithSQLInStrings(t *testing.T) {
	db, folder := open(t), fstest.MapFS{}
	exec(t, db, "CREATE TABLE a (id INT PRIMARY KEY)")
	exec(t, db, "INSERT INTO a VALUES (1)")
	values := []string{"a;", "a; -- b", "a --b", "a -- b;", "a -- +goose Down"}
	for i, value := range values {
		name := "b" + strconv.Itoa(i)
		up := "ALTER TABLE a ADD COLUMN " + name + " VARCHAR(50) NOT NULL DEFAULT '" + value + "'"
		down := "ALTER TABLE a DROP COLUMN " + name + ", COMMENT '" + value + "'"
		files, err := tablediff.Files(folder, "add_"+name, []tablediff.Step{{Up: up, Down: down}})
		if err != nil {
			t.Fatal(err)
		}
		folder[files[0].Name] = &fstest.MapFile{Data: []byte(files[0].Text)}
	}
	if findings, err := tablediff.Lint(folder, 0); err != nil || slices.ContainsFunc(findings, hasSeveralStatements) {
		t.Errorf("lint reports %+v, %v", findings, err)
	}
	p, err := goose.NewProvider(goose.DialectMySQL, db, folder, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Up(t.Context()); err != nil {
		t.Fatal(err)
	}
	for i, want := range values {
		var got string
		if err := db.QueryRowContext(t.Context(), "SELECT b"+strconv.Itoa(i)+" FROM a").Scan(&got); err != nil || got != want {
			t.Errorf("the default is %q, %v, want %q", got, err, want)
		}
	}
	if _, err := p.DownTo(t.Context(), 0); err != nil {
		t.Error(err)
	}
}

func hasSeveralStatements(f tablediff.Finding) bool {
	return strings.Contains(f.Problem, "statements, so a run")
}

func TestInvalidNamesOfChangesAreRefused(t *testing.T) {
	for _, name := range []string{"", "Add", "add-a", "add a", "../a", "1", strings.Repeat("a", 65)} {
		if _, err := tablediff.Files(fstest.MapFS{}, name, nil); err == nil {
			t.Errorf("%q passes", name)
		}
	}
}

// TestPlanContinuesAfterAnInterruption writes only the first files of a plan. The next plan has the others.
func TestPlanContinuesAfterAnInterruption(t *testing.T) {
	tables := []tablediff.Table{books(), shelves()}
	before := newTable("loans", stateOf("NEW", "OLD"))
	after := renamed(stateOf("NEW", "PAST"), "PAST", "OLD")
	options := tablediff.Options{Enums: tablediff.EnumsOf([]tablediff.Table{before})}
	wanted := slices.Concat(tables, []tablediff.Table{newTable("loans", after, optional("note", "TEXT"))})
	plan := func(written int) []tablediff.Step {
		db := create(t, before)
		steps, err := tablediff.Plan(t.Context(), create(t, before), open(t), wanted, options)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range steps[:written] {
			exec(t, db, s.Up)
		}
		rest, err := tablediff.Plan(t.Context(), db, open(t), wanted, options)
		if err != nil {
			t.Fatal(err)
		}
		return rest
	}
	for written, want := range []int{4, 3, 2, 1, 1} { // a value is renamed until it is recorded
		if steps := plan(written); len(steps) != want {
			t.Errorf("after %d files: %+v", written, steps)
		}
	}
}

func TestWriteReplacesNoFile(t *testing.T) {
	dir := t.TempDir()
	files := []tablediff.File{{Name: "00101_a.sql", Text: "new"}}
	if err := tablediff.Write(dir, files); err != nil {
		t.Fatal(err)
	}
	if err := tablediff.Write(dir, []tablediff.File{{Name: "00101_b.sql", Text: "other"}}); err == nil {
		t.Error("a second file with the same number is written")
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("the folder has %v, %v", entries, err)
	}
	if text, err := os.ReadFile(filepath.Join(dir, "00101_a.sql")); err != nil || string(text) != "new" {
		t.Errorf("%s, %v", text, err)
	}
}
