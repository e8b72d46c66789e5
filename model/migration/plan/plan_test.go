package main

import (
	"bytes"
	"context"
	"database/sql"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"rowhouse/model"
	"rowhouse/model/dbtest"
	"rowhouse/model/migration"
	"rowhouse/model/tablediff"
	"rowhouse/tenancy"
)

// openDB returns a connection to a new database without tables.
func openDB(t *testing.T) (db *sql.DB, dsn string) {
	t.Helper()
	dsn = dbtest.Empty(t)
	config, err := tenancy.ParseDSN(dsn)
	if err != nil {
		t.Fatal(err)
	}
	if db, err = tenancy.OpenUnguarded(config); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db, dsn
}

// TestMigrationsProduceTablesOfTypes fails when the types need a migration that does not exist.
func TestMigrationsProduceTablesOfTypes(t *testing.T) {
	current, dsn := openDB(t)
	scratch, _ := openDB(t)
	if _, err := migration.Up(t.Context(), dsn, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	wanted, err := tablediff.Tables(model.Types, unindexed...)
	if err != nil {
		t.Fatal(err)
	}
	recorded, err := tablediff.ReadEnums(os.DirFS(".."))
	if err != nil {
		t.Fatal(err)
	}
	if enums := tablediff.EnumsOf(wanted); enums.String() != recorded.String() {
		t.Errorf("the values of enums are\n%s\nand %s has\n%s\nRun: go run . migrate diff NAME", enums, tablediff.EnumsFile, recorded)
	}
	steps, err := tablediff.Plan(t.Context(), current, scratch, wanted, tablediff.Options{Keep: kept, Enums: recorded})
	if err != nil {
		t.Errorf("%v\nRun: go run . migrate diff NAME", err)
	}
	for _, s := range steps {
		t.Errorf("the types need a migration; run: go run . migrate diff NAME\n%s", s.Up)
	}
}

// TestUnindexedColumnsExist checks that each entry of unindexed is the column of an order, unless its table
// has been dropped.
func TestUnindexedColumnsExist(t *testing.T) {
	all, err := tablediff.Tables(model.Types)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range unindexed {
		name, column, _ := strings.Cut(entry, ".")
		found := !slices.ContainsFunc(all, func(table tablediff.Table) bool { return table.Name == name })
		for _, table := range all {
			for _, i := range table.Indexes {
				found = found || table.Name == name && len(i.Columns) == 3 && i.Columns[1] == column
			}
		}
		if !found {
			t.Errorf("%s would have no index anyway", entry)
		}
	}
}

// runCommand runs the program.
func runCommand(ctx context.Context, args ...string) (code int, out, errOut string) {
	var o, e bytes.Buffer
	code = run(ctx, args, &o, &e)
	return code, o.String(), e.String()
}

// programFlag returns the flag for the server program of the tests.
func programFlag() []string {
	if program := dbtest.Program(); program != "" {
		return []string{"--database-program", program}
	}
	return nil
}

func TestDiffWithoutDifferencesWritesNothing(t *testing.T) {
	dir := t.TempDir()
	code, out, errOut := runCommand(t.Context(), append([]string{"diff", "nothing", "--dir", dir}, programFlag()...)...)
	if code != 0 || !strings.Contains(out, "there is nothing to write") || !strings.Contains(errOut, "Starting a throwaway database") ||
		!strings.Contains(errOut, "enums.txt is missing") {
		t.Errorf("%d %s %s", code, out, errOut)
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) != 1 || files[0].Name() != tablediff.EnumsFile {
		t.Errorf("%v, %v", files, err)
	}
}

func TestInvalidFlagsAreReported(t *testing.T) {
	for _, test := range []struct {
		args    []string
		code    int
		message string
	}{
		{args: []string{"diff"}, code: 2, message: "<name>"},
		{args: []string{"diff", "Add-It", "--dir", "."}, code: 1, message: `the name "Add-It": use at most 64 lower-case letters`},
		{args: []string{"diff", "a", "--dir", "nowhere"}, code: 1, message: "nowhere"},
		{args: []string{"diff", "a", "--dir", ".", "--database-program", "/nowhere/mysqld"}, code: 1, message: "/nowhere/mysqld"},
		{
			args:    append([]string{"diff", "a", "--dir", ".", "--drop", "itmes"}, programFlag()...),
			code:    1,
			message: "itmes: an option names this object, but no change needs it",
		},
		{args: []string{"lint", "--nonsense"}, code: 2, message: "--nonsense"},
	} {
		if code, out, errOut := runCommand(t.Context(), test.args...); code != test.code || !strings.Contains(errOut, test.message) {
			t.Errorf("%v: %d %s %s", test.args, code, out, errOut)
		}
	}
}

// TestDiffPrintsNextSteps plans a further type, a dropped table and a unique key on the throwaway server of
// the command.
func TestDiffPrintsNextSteps(t *testing.T) {
	wanted, err := tablediff.Tables(model.Types, unindexed...)
	if err != nil {
		t.Fatal(err)
	}
	var changed []tablediff.Table
	for _, table := range wanted {
		if table.Name == "comments" {
			continue
		}
		if table.Name == "projects" {
			key := tablediff.Column{Name: "name_key", Type: "BINARY(32)", Default: "(UNHEX(SHA2(LOWER(name), 256)))"}
			table.Columns = append(table.Columns, key)
			index := tablediff.Index{Name: "projects_name_key", Columns: []string{"tenant_id", "name_key"}, Unique: true}
			table.Indexes = append(table.Indexes, index)
		}
		changed = append(changed, table)
	}
	command := diff{Drop: []string{"comments"}, Accept: []string{"projects.name"}, Program: dbtest.Program()}
	steps, err := command.plan(t.Context(), changed, nil, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	files, err := tablediff.Files(os.DirFS("."), "change", steps) // no migrations
	if err == nil {
		err = tablediff.Write(dir, files)
	}
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	printFiles(&out, dir, files)
	want := strings.ReplaceAll(`expand    DIR/00101_change_projects_columns.sql
CONTRACT  DIR/00102_change_projects_unique.sql
          rows with equal values of name make the statement fail, or inserts of the release before
CONTRACT  DIR/00103_change_drop_comments.sql
          the table comments is dropped with its rows

Read the files. Then:
- Add to steps in keys.go, so that existing rows get the right keys:
    102: func(ctx context.Context, db *sql.DB) error { return fillKeys(ctx, db, "projects", "name") },
- Release the files with CONTRACT when no replica runs the release before: see docs/deploys.md.
- Update the VSchema of Vitess:  go run . vschema > testdata/vschema.json
- Check locks and data:  go run . migrate lint --after 100
- Migrate:  go run . migrate
`, "DIR", dir)
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
}

func TestFlagsThatChangeExceptionsAreNamed(t *testing.T) {
	kept = []string{"items.due_at"}
	t.Cleanup(func() { kept = nil })
	var out bytes.Buffer
	diff{Keep: []string{"items.version"}, Drop: []string{"items.due_at", "labels"}}.printKept(&out)
	const want = "Add \"items.version\" to kept in exceptions.go, until a release drops it.\n" +
		"Remove \"items.due_at\" from kept in exceptions.go.\n"
	if out.String() != want {
		t.Errorf("got %s", &out)
	}
}

// TestMigrationsPassLint checks the migrations of the application.
func TestMigrationsPassLint(t *testing.T) {
	if code, out, errOut := runCommand(t.Context(), "lint", "--dir", ".."); code != 0 || !strings.Contains(out, "0 errors, ") {
		t.Errorf("%d %s %s", code, out, errOut)
	}
}

func TestLintFailsForErrors(t *testing.T) {
	dir := t.TempDir()
	text := "-- +goose Up\nDROP TABLE items;\n-- +goose Down\n"
	if err := os.WriteFile(filepath.Join(dir, "00101_drop_items.sql"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, errOut := runCommand(t.Context(), "lint", "--dir", dir)
	const want = "00101_drop_items.sql: error: drop table items\n  problem: drops the table with its rows\n  remedy:  "
	if code != 1 || errOut != "" || !strings.HasPrefix(out, want) ||
		!strings.HasSuffix(out, "1 errors, 0 warnings\n") {
		t.Errorf("%d %s %s", code, out, errOut)
	}
	if code, out, _ := runCommand(t.Context(), "lint", "--dir", dir, "--after", "101"); code != 0 || out != "0 errors, 0 warnings\n" {
		t.Errorf("%d %s", code, out)
	}
}
