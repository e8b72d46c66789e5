package migration_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"vitess.io/vitess/go/vt/sqlparser"

	"rowhouse/model/dbtest"
	"rowhouse/model/migration"
)

var (
	discard  = slog.New(slog.DiscardHandler)
	released = os.DirFS("testdata/released") // versions 1 and 2, before they were split
)

// TestEachFileHasOneStatement in each direction: a file with two could stop between them.
func TestEachFileHasOneStatement(t *testing.T) {
	parser, err := sqlparser.New(sqlparser.Options{MySQLServerVersion: "8.0.40"})
	if err != nil {
		t.Fatal(err)
	}
	names, err := fs.Glob(migration.Files, "*.sql")
	if err != nil || len(names) < 13 {
		t.Fatal(names, err)
	}
	for _, name := range names {
		text, err := fs.ReadFile(migration.Files, name)
		if err != nil {
			t.Fatal(err)
		}
		up, down, found := strings.Cut(string(text), "-- +goose Down")
		if !found {
			t.Errorf("%s has no -- +goose Down", name)
		}
		for direction, part := range map[string]string{"Up": up, "Down": down} {
			statements, err := parser.SplitStatementToPieces(part)
			if err != nil {
				t.Fatal(name, err)
			}
			if len(statements) != 1 {
				t.Errorf("%s has %d statements in %s: a file has one, so that an interrupted run can continue", name, len(statements), direction)
			}
		}
	}
}

// TestAnInterruptedRunContinues cuts the connection before, during and after each
// statement that Up sends, on an empty database and on a database of release 1 with
// rows, and runs Up again each time.
func TestAnInterruptedRunContinues(t *testing.T) {
	whole := dbtest.Empty(t)
	mustUp(t, whole)
	want := tables(t, open(t, whole))
	for name, start := range map[string]int64{"empty": 0, "release 1": 1} {
		t.Run(name, func(t *testing.T) {
			dsn := dbtest.Empty(t)
			db := open(t, dsn)
			if start > 0 {
				release(t, dsn, start)
				insertItems(t, db)
			}
			c, cut := newCutter(t, dsn)
			for runs := 1; ; runs++ {
				c.arm()
				status, err := migration.Up(t.Context(), cut, discard)
				if err == nil && c.armed {
					if missing := status.Missing(); len(missing) > 0 {
						t.Errorf("Up left %v", missing)
					}
					t.Logf("%d runs, %d cuts", runs, len(c.cuts))
					break
				}
				if runs > 1000 {
					t.Fatal("it does not end:", err)
				}
				if _, err := migration.ReadStatus(t.Context(), dsn); err != nil {
					t.Fatal(err)
				}
			}
			checkCuts(t, c.cuts, start)
			if got := tables(t, db); !maps.Equal(got, want) {
				t.Errorf("the tables differ from those of an uninterrupted run:\n%v\n%v", got, want)
			}
			if start > 0 {
				checkItems(t, db)
			}
		})
	}
}

// checkCuts fails unless the connection was cut around all three statements of each file
// that ran. After a cut during the two that write goose's table, they need no second run.
func checkCuts(t *testing.T, cuts []string, start int64) {
	t.Helper()
	names, err := fs.Glob(migration.Files, "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		version := strings.TrimLeft(strings.SplitN(name, "_", 2)[0], "0")
		if start == 1 && strings.HasPrefix(version, "1") {
			continue
		}
		text, err := fs.ReadFile(migration.Files, name)
		if err != nil {
			t.Fatal(err)
		}
		for statement, ways := range map[string][]string{
			"INSERT INTO goose_db_version (version_id, is_applied) VALUES (" + version + ", 0)":                                            {cutBefore, cutDuring},
			firstLine.FindString(string(text)):                                                                                             {cutBefore, cutDuring, cutAfter},
			"UPDATE goose_db_version SET is_applied = 1, tstamp = CURRENT_TIMESTAMP WHERE version_id = " + version + " AND is_applied = 0": {cutBefore, cutDuring},
		} {
			for _, when := range ways {
				if statement == "" || !slices.ContainsFunc(cuts, func(cut string) bool { return strings.HasPrefix(cut, when+" ") && strings.Contains(cut, statement) }) {
					t.Errorf("%s: not cut %s %q", name, when, statement)
				}
			}
		}
	}
}

// TestEarlierReleasesContinue brings databases that earlier releases migrated to the same
// tables, and such a release finds its versions in a database that this program made.
func TestEarlierReleasesContinue(t *testing.T) {
	whole := dbtest.Empty(t)
	mustUp(t, whole)
	want := tables(t, open(t, whole))
	for version := int64(1); version <= 2; version++ {
		dsn := dbtest.Empty(t)
		release(t, dsn, version)
		if status, err := migration.ReadStatus(t.Context(), dsn); err != nil || len(status.Unknown) > 0 || len(status.Missing()) != map[int64]int{1: 6, 2: 0}[version] {
			t.Errorf("release %d: %+v, %v", version, status, err)
		}
		db := open(t, dsn)
		if version == 1 {
			insertItems(t, db)
		}
		mustUp(t, dsn)
		if got := tables(t, db); !maps.Equal(got, want) {
			t.Errorf("release %d: got %v, want %v", version, got, want)
		}
		if version == 1 {
			checkItems(t, db)
		}
	}
	if current, err := migration.UpReleased(t.Context(), whole, released, 2); err != nil || current < 2 {
		t.Errorf("release 2 does not start on a database of this program: %d, %v", current, err)
	}
	if got := tables(t, open(t, whole)); !maps.Equal(got, want) {
		t.Error("release 2 has changed it")
	}
}

// TestDownUndoesEachFile undoes all, keeps priorities on the way, and Up starts again.
func TestDownUndoesEachFile(t *testing.T) {
	dsn := dbtest.Empty(t)
	release(t, dsn, 1)
	db := open(t, dsn)
	want := tables(t, db)
	insertItems(t, db)
	mustUp(t, dsn)
	if err := migration.DownTo(t.Context(), dsn, 107); err != nil {
		t.Fatal(err)
	}
	if got := tables(t, db); !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := column(t, db, "SELECT priority FROM items ORDER BY number"); !slices.Equal(got, priorities) {
		t.Error(got)
	}
	mustUp(t, dsn)
	checkItems(t, db)
	if err := migration.DownTo(t.Context(), dsn, 0); err != nil {
		t.Fatal(err)
	}
	if got := tables(t, db); len(got) > 0 {
		t.Error(got)
	}
	mustUp(t, dsn)
}

// TestAConflictSaysWhatToDo has a table in the way that no run began: Up says so each
// time, and continues when the table is gone.
func TestAConflictSaysWhatToDo(t *testing.T) {
	dsn := dbtest.Empty(t)
	db := open(t, dsn)
	mustExec(t, db, "CREATE TABLE projects (id INT)")
	for range 2 {
		_, err := migration.Up(t.Context(), dsn, discard)
		for _, want := range []string{
			"00103_create_projects.sql failed", "1050", "already exists", "Nothing needs to be undone",
			"no earlier run began this file", "run rowhouse migrate again",
		} {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("got %v, want %s", err, want)
			}
		}
		status, err := migration.ReadStatus(t.Context(), dsn)
		if err != nil || status.Version != 102 || status.Migrations[2].State != migration.Pending {
			t.Errorf("%+v, %v", status, err)
		}
	}
	mustExec(t, db, "DROP TABLE projects")
	mustUp(t, dsn)
}

// TestAWrongStatementIsNotBegun: a file whose statement the server refuses is corrected
// and runs.
func TestAWrongStatementIsNotBegun(t *testing.T) {
	dsn := dbtest.Empty(t)
	files := fstest.MapFS{
		"01001_a.sql": {Data: []byte("-- +goose Up\nCREATE TABLE a (a INT);")},
		"01002_b.sql": {Data: []byte("-- +goose Up\nALTER TABLE a RENAME COLUMN c TO b;")},
	}
	for range 2 {
		if _, err := migration.UpFiles(t.Context(), dsn, files, discard); err == nil || !strings.Contains(err.Error(), "01002_b.sql failed: Error 1054") || !strings.Contains(err.Error(), "fix the cause, and run") {
			t.Error(err)
		}
	}
	files["01002_b.sql"].Data = []byte("-- +goose Up\nALTER TABLE a RENAME COLUMN a TO b;")
	if _, err := migration.UpFiles(t.Context(), dsn, files, discard); err != nil {
		t.Error(err)
	}
}

// TestEachKindOfStatementContinues runs a file of each kind twice, as if a run had been
// interrupted after the statement.
func TestEachKindOfStatementContinues(t *testing.T) {
	dsn := dbtest.Empty(t)
	db := open(t, dsn)
	files := fstest.MapFS{}
	for i, statement := range []string{
		"CREATE TABLE p (t INT NOT NULL, id INT NOT NULL, PRIMARY KEY (t, id))",
		"CREATE TABLE x (t INT NOT NULL, a INT NOT NULL)",
		"CREATE INDEX ix ON x (a)",
		"ALTER TABLE x ADD COLUMN b INT",
		"ALTER TABLE x ADD COLUMN c INT, ADD KEY kc (c)",
		"ALTER TABLE x MODIFY COLUMN b BIGINT",
		"ALTER TABLE x ALTER COLUMN b SET DEFAULT 1",
		"ALTER TABLE x ALTER COLUMN b DROP DEFAULT",
		"ALTER TABLE x CHANGE COLUMN b bb BIGINT",
		"ALTER TABLE x CHANGE COLUMN bb bbb BIGINT, ADD KEY kb (bbb)",
		"ALTER TABLE x RENAME COLUMN bbb TO b",
		"ALTER TABLE x RENAME INDEX kb TO kbb",
		"ALTER TABLE x DROP KEY kbb",
		"DROP INDEX ix ON x",
		"ALTER TABLE x DROP COLUMN b",
		"ALTER TABLE x ADD UNIQUE KEY u (t, c)",
		"ALTER TABLE x ADD CONSTRAINT fk1 FOREIGN KEY (t, c) REFERENCES p (t, id)",
		"ALTER TABLE x DROP FOREIGN KEY fk1",
		"ALTER TABLE x ADD CONSTRAINT ck CHECK (c > 0)",
		"ALTER TABLE x DROP CONSTRAINT ck",
		"ALTER TABLE x ADD PRIMARY KEY (t, a)",
		"ALTER TABLE x DROP PRIMARY KEY",
		"CREATE VIEW v AS SELECT a FROM x",
		"DROP VIEW v",
		"RENAME TABLE x TO y",
		"ALTER TABLE y RENAME TO z",
		"ALTER TABLE z CONVERT TO CHARACTER SET utf8mb4",
		"INSERT INTO z (t, a) VALUES (1, 1)",
		"DROP TABLE z",
	} {
		name := fmt.Sprintf("%05d_a.sql", 1000+i)
		files[name] = &fstest.MapFile{Data: []byte("-- +goose Up\n" + statement + ";")}
		if _, err := migration.UpFiles(t.Context(), dsn, files, discard); err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(statement, "INSERT") { // the row and the version are one transaction
			continue
		}
		mustExec(t, db, "UPDATE goose_db_version SET is_applied = 0 WHERE version_id = "+fmt.Sprint(1000+i))
		if _, err := migration.UpFiles(t.Context(), dsn, files, discard); err != nil {
			t.Errorf("%s: %v", statement, err)
			mustExec(t, db, "UPDATE goose_db_version SET is_applied = 1 WHERE version_id = "+fmt.Sprint(1000+i))
		}
	}
}

// TestANewerDatabaseIsLeftAlone, and refused when it lacks a migration of this program.
func TestANewerDatabaseIsLeftAlone(t *testing.T) {
	dsn := dbtest.Empty(t)
	mustUp(t, dsn)
	db := open(t, dsn)
	mustExec(t, db, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (901, 1), (902, 0)")
	before := column(t, db, "SELECT CONCAT(id, version_id, is_applied, tstamp) FROM goose_db_version ORDER BY id")
	var log bytes.Buffer
	status, err := migration.Up(t.Context(), dsn, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil || !slices.Equal(status.Unknown, []int64{901, 902}) || status.Version != 901 {
		t.Errorf("%+v, %v", status, err)
	}
	if !strings.Contains(log.String(), "the database is newer than this program") {
		t.Error(log.String())
	}
	if after := column(t, db, "SELECT CONCAT(id, version_id, is_applied, tstamp) FROM goose_db_version ORDER BY id"); !slices.Equal(before, after) {
		t.Error(before, after)
	}
	mustExec(t, db, "DELETE FROM goose_db_version WHERE version_id IN (2, 206)")
	if _, err := migration.Up(t.Context(), dsn, discard); err == nil || !strings.Contains(err.Error(), "(901, 902), and lacks 00206_add_projects_name_key.sql") {
		t.Error(err)
	}
	mustExec(t, db, "DELETE FROM goose_db_version WHERE version_id > 900 OR version_id = 205")
	mustExec(t, db, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (206, 1)")
	if _, err := migration.Up(t.Context(), dsn, discard); err == nil || !strings.Contains(err.Error(), "give the file a higher number") {
		t.Error(err)
	}
}

// TestStatusChangesNothing in an empty database.
func TestStatusChangesNothing(t *testing.T) {
	dsn := dbtest.Empty(t)
	status, err := migration.ReadStatus(t.Context(), dsn)
	if err != nil || len(status.Missing()) != len(status.Migrations) || status.Version != 0 {
		t.Errorf("%+v, %v", status, err)
	}
	if got := tables(t, open(t, dsn)); len(got) > 0 {
		t.Error(got)
	}
}

// TestAProgramThatLacksNothingStartsDuringAMigration: another replica has the lock.
func TestAProgramThatLacksNothingStartsDuringAMigration(t *testing.T) {
	dsn := dbtest.Empty(t)
	mustUp(t, dsn)
	db := open(t, dsn)
	holder, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer holder.Close()
	var name string
	if err := db.QueryRowContext(t.Context(), "SELECT DATABASE()").Scan(&name); err != nil {
		t.Fatal(err)
	}
	var got int
	if err := holder.QueryRowContext(t.Context(), "SELECT GET_LOCK(?, 0)", migration.LockName(name)).Scan(&got); err != nil || got != 1 {
		t.Fatal(got, err)
	}
	mustUp(t, dsn)
	// One that lacks something waits.
	mustExec(t, db, "DELETE FROM goose_db_version WHERE version_id IN (2, 206)")
	mustExec(t, db, "ALTER TABLE projects DROP KEY projects_name")
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	var log bytes.Buffer
	if _, err := migration.Up(ctx, dsn, slog.New(slog.NewTextHandler(&log, nil))); !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(log.String(), "another replica migrates the database") {
		t.Error(err, log.String())
	}
	if err := holder.QueryRowContext(t.Context(), "SELECT RELEASE_LOCK(?)", migration.LockName(name)).Scan(&got); err != nil || got != 1 {
		t.Fatal(got, err)
	}
	mustUp(t, dsn)
	if n := len(migration.LockName(strings.Repeat("x", 64))); n > 64 {
		t.Errorf("the lock's name has %d characters", n)
	}
}

// TestACancelledRunContinues cancels Up while a statement waits for a transaction that
// uses the table.
func TestACancelledRunContinues(t *testing.T) {
	dsn := dbtest.Empty(t)
	release(t, dsn, 1)
	db := open(t, dsn)
	insertItems(t, db)
	reader, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = reader.Rollback() }()
	if _, err := reader.ExecContext(t.Context(), "UPDATE items SET version = 2"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	_, err = migration.Up(ctx, dsn, discard)
	if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "00201_add_items_due_at_and_priority_rank.sql failed") || !strings.Contains(err.Error(), "run rowhouse migrate again") {
		t.Error(err)
	}
	if status, err := migration.ReadStatus(t.Context(), dsn); err != nil || status.Migrations[7].State != migration.Begun {
		t.Errorf("%+v, %v", status.Migrations[7], err)
	}
	if err := reader.Rollback(); err != nil {
		t.Fatal(err)
	}
	mustUp(t, dsn)
	checkItems(t, db)
}

// TestATimeoutKeepsWhatWasBegun: a file that an interrupted run has applied times out in
// the next run, and counts as applied in the one after.
func TestATimeoutKeepsWhatWasBegun(t *testing.T) {
	dsn := dbtest.Empty(t)
	mustUp(t, dsn)
	db := open(t, dsn)
	mustExec(t, db, "DELETE FROM goose_db_version WHERE version_id = 2")
	mustExec(t, db, "UPDATE goose_db_version SET is_applied = 0 WHERE version_id = 206")
	holder, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer holder.Close()
	if _, err := holder.ExecContext(t.Context(), "LOCK TABLES projects WRITE"); err != nil {
		t.Fatal(err)
	}
	impatient := dsn + "&lock_wait_timeout=1"
	if _, err := migration.Up(t.Context(), impatient, discard); err == nil || !strings.Contains(err.Error(), "Error 1205") {
		t.Error(err)
	}
	if _, err := holder.ExecContext(t.Context(), "UNLOCK TABLES"); err != nil {
		t.Fatal(err)
	}
	mustUp(t, dsn)
}
