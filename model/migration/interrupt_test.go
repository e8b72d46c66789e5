package migration_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/go-sql-driver/mysql"

	"rowhouse/model/dbtest"
	"rowhouse/model/migration"
)

// TestInterruptedRunContinues cuts the connection before, during and after each
// statement that Up sends, on an empty database and on a database of release 1 with
// rows, and runs Up again each time.
func TestInterruptedRunContinues(t *testing.T) {
	whole := dbtest.Empty(t)
	mustUp(t, whole)
	want := showTables(t, openDB(t, whole))
	for name, start := range map[string]int64{"empty": 0, "release 1": 1} {
		t.Run(name, func(t *testing.T) {
			dsn := dbtest.Empty(t)
			db := openDB(t, dsn)
			if start > 0 {
				migrateAsReleased(t, dsn, start)
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
			if got := showTables(t, db); !maps.Equal(got, want) {
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
			"INSERT INTO goose_db_version (version_id, is_applied) VALUES (" + version +
				", 0)": {cutBefore, cutDuring},
			firstLine.FindString(string(text)): {cutBefore, cutDuring, cutAfter},
			"UPDATE goose_db_version SET is_applied = 1, tstamp = CURRENT_TIMESTAMP WHERE version_id = " + version +
				" AND is_applied = 0": {cutBefore, cutDuring},
		} {
			for _, when := range ways {
				if statement == "" || !slices.ContainsFunc(cuts, func(cut string) bool {
					return strings.HasPrefix(cut, when+" ") &&
						strings.Contains(cut, statement)
				}) {
					t.Errorf("%s: not cut %s %q", name, when, statement)
				}
			}
		}
	}
}

// TestConflictingTableIsReported creates a table of a migration beforehand. Up fails each time, and
// continues after the table is dropped.
func TestConflictingTableIsReported(t *testing.T) {
	dsn := dbtest.Empty(t)
	db := openDB(t, dsn)
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

// TestRefusedStatementIsNotRecorded corrects a file after the server has refused its statement.
func TestRefusedStatementIsNotRecorded(t *testing.T) {
	dsn := dbtest.Empty(t)
	files := fstest.MapFS{
		"01001_a.sql": {Data: []byte("-- +goose Up\nCREATE TABLE a (a INT);")},
		"01002_b.sql": {Data: []byte("-- +goose Up\nALTER TABLE a RENAME COLUMN c TO b;")},
	}
	for range 2 {
		if _, err := migration.UpFiles(t.Context(), dsn, files, discard); err == nil ||
			!strings.Contains(err.Error(), "01002_b.sql failed: Error 1054") || !strings.Contains(err.Error(), "fix the cause, and run") {
			t.Error(err)
		}
	}
	files["01002_b.sql"].Data = []byte("-- +goose Up\nALTER TABLE a RENAME COLUMN a TO b;")
	if _, err := migration.UpFiles(t.Context(), dsn, files, discard); err != nil {
		t.Error(err)
	}
}

// TestRepeatedStatementCountsAsApplied runs a file of each kind twice, as if a run had been
// interrupted after the statement.
func TestRepeatedStatementCountsAsApplied(t *testing.T) {
	dsn := dbtest.Empty(t)
	db := openDB(t, dsn)
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

// TestCancelledRunContinues cancels Up while a statement waits for a transaction that
// uses the table.
func TestCancelledRunContinues(t *testing.T) {
	dsn := dbtest.Empty(t)
	migrateAsReleased(t, dsn, 1)
	db := openDB(t, dsn)
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
	if !errors.Is(err, context.DeadlineExceeded) ||
		!strings.Contains(err.Error(), "00201_add_items_due_at_and_priority_rank.sql failed") ||
		!strings.Contains(err.Error(), "run rowhouse migrate again") {
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

// TestTimeoutKeepsBegunVersion repeats an applied file, which times out in
// the next run, and counts as applied in the one after.
func TestTimeoutKeepsBegunVersion(t *testing.T) {
	dir, err := os.MkdirTemp("", "rowhouse-test-")
	if err != nil {
		t.Fatal(err)
	}
	server, err := dbtest.StartPrivate(t.Context(), dir, "--lock-wait-timeout=1")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Stop() })
	dsn := server.DSN("timeout")
	if err := migration.CreateDatabase(t.Context(), dsn); err != nil {
		t.Fatal(err)
	}
	mustUp(t, dsn)
	db := openDB(t, dsn)
	mustExec(t, db, "UPDATE goose_db_version SET is_applied = 0 WHERE version_id >= 305")
	holder, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer holder.Close()
	if _, err := holder.ExecContext(t.Context(), "LOCK TABLES items WRITE"); err != nil {
		t.Fatal(err)
	}
	if _, err := migration.Up(t.Context(), dsn, discard); err == nil || !strings.Contains(err.Error(), "Error 1205") {
		t.Error(err)
	}
	if _, err := holder.ExecContext(t.Context(), "UNLOCK TABLES"); err != nil {
		t.Fatal(err)
	}
	mustUp(t, dsn)
}

// TestFailureToRecordVersionIsReported: the server applies the statement and refuses to record
// the version. The next run continues.
func TestFailureToRecordVersionIsReported(t *testing.T) {
	dsn := dbtest.Empty(t)
	migrateAsReleased(t, dsn, 1)
	db := openDB(t, dsn)
	mustExec(t, db, "CREATE TRIGGER refuse BEFORE UPDATE ON goose_db_version FOR EACH ROW SIGNAL SQLSTATE '45000'")
	if _, err := migration.Up(t.Context(), dsn, discard); err == nil ||
		!strings.Contains(err.Error(), "priority_rank.sql failed: record the version: Error 1644") {
		t.Error(err)
	}
	mustExec(t, db, "DROP TRIGGER refuse")
	mustUp(t, dsn)
}

// TestBegunFileWithUnknownColumnFails: the error for an unknown column means that a statement has
// run before only if it renames something.
func TestBegunFileWithUnknownColumnFails(t *testing.T) {
	dsn := dbtest.Empty(t)
	files := fstest.MapFS{
		"01001_a.sql": {Data: []byte("-- +goose Up\nCREATE TABLE a (a INT);")},
		"01002_b.sql": {Data: []byte("-- +goose Up\nALTER TABLE a ADD KEY b (b);")},
	}
	for range 2 {
		if _, err := migration.UpFiles(t.Context(), dsn, files, discard); err == nil ||
			!strings.Contains(err.Error(), "01002_b.sql failed: Error 1072") &&
				!strings.Contains(err.Error(), "01002_b.sql failed: Error 1054") {
			t.Error(err)
		}
		mustExec(t, openDB(t, dsn), "INSERT INTO goose_db_version (version_id, is_applied) VALUES (1002, 0)")
		files["01002_b.sql"].Data = []byte("-- +goose Up\nALTER TABLE a ALTER COLUMN b SET DEFAULT 1;")
	}
}

// TestVitessErrorsAreUncertain checks that an error of one shard keeps the version: other shards may
// have run the statement.
func TestVitessErrorsAreUncertain(t *testing.T) {
	for number, want := range map[uint16]bool{1114: false, 1061: true, 1054: true} {
		err := &mysql.MySQLError{Number: number, Message: "target: rowhouse.-40.primary: vttablet: rpc error"}
		if migration.IsRefused(err) != want {
			t.Errorf("error %d of a shard: want %v", number, want)
		}
	}
	if err := (&mysql.MySQLError{Number: 1114, Message: "The table is full"}); !migration.IsRefused(err) {
		t.Error("a server that is no shard refuses a statement as a whole")
	}
}
