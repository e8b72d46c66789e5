package migration_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"vitess.io/vitess/go/vt/sqlparser"

	"rowhouse/model/dbtest"
	"rowhouse/model/migration"
)

var (
	discard  = slog.New(slog.DiscardHandler)
	released = os.DirFS("testdata/released") // versions 1 and 2, before they were split
)

// TestEachFileHasOneStatement checks both directions. A run could stop between two statements.
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
				t.Errorf("%s has %d statements in %s: a file has one, so that an interrupted run can continue", name, len(statements),
					direction)
			}
		}
	}
}

// TestDatabasesOfEarlierReleasesAreMigrated migrates databases of earlier releases to the same tables.
// An earlier release also finds its versions in a database of this program.
func TestDatabasesOfEarlierReleasesAreMigrated(t *testing.T) {
	whole := dbtest.Empty(t)
	mustUp(t, whole)
	want := showTables(t, openDB(t, whole))
	for version := int64(1); version <= 2; version++ {
		dsn := dbtest.Empty(t)
		migrateAsReleased(t, dsn, version)
		if status, err := migration.ReadStatus(t.Context(), dsn); err != nil || len(status.Unknown) > 0 ||
			len(status.Migrations)-len(status.Missing()) != map[int64]int{1: 7, 2: 13}[version] {
			t.Errorf("release %d: %+v, %v", version, status, err)
		}
		db := openDB(t, dsn)
		if version == 1 {
			insertItems(t, db)
		}
		mustUp(t, dsn)
		if got := showTables(t, db); !maps.Equal(got, want) {
			t.Errorf("release %d: got %v, want %v", version, got, want)
		}
		if version == 1 {
			checkItems(t, db)
		}
	}
	if current, err := migration.UpReleased(t.Context(), whole, released, 2); err != nil || current < 2 {
		t.Errorf("release 2 does not start on a database of this program: %d, %v", current, err)
	}
	if got := showTables(t, openDB(t, whole)); !maps.Equal(got, want) {
		t.Error("release 2 has changed it")
	}
}

// TestDownRevertsEachFile reverts all files, keeps the priorities of items, and runs Up again.
func TestDownRevertsEachFile(t *testing.T) {
	dsn := dbtest.Empty(t)
	migrateAsReleased(t, dsn, 1)
	db := openDB(t, dsn)
	want := showTables(t, db)
	insertItems(t, db)
	mustUp(t, dsn)
	if err := migration.DownTo(t.Context(), dsn, 107); err != nil {
		t.Fatal(err)
	}
	if got := showTables(t, db); !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := queryColumn(t, db, "SELECT priority FROM items ORDER BY number"); !slices.Equal(got, priorities) {
		t.Error(got)
	}
	mustUp(t, dsn)
	checkItems(t, db)
	if err := migration.DownTo(t.Context(), dsn, 0); err != nil {
		t.Fatal(err)
	}
	if got := showTables(t, db); len(got) > 0 {
		t.Error(got)
	}
	mustUp(t, dsn)
}

// TestUpDoesNotChangeNewerDatabase also checks that Up fails if the newer database lacks a migration.
func TestUpDoesNotChangeNewerDatabase(t *testing.T) {
	dsn := dbtest.Empty(t)
	mustUp(t, dsn)
	db := openDB(t, dsn)
	mustExec(t, db, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (901, 1), (902, 0)")
	const rows = "SELECT CONCAT(id, version_id, is_applied, tstamp) FROM goose_db_version ORDER BY id"
	before := queryColumn(t, db, rows)
	var log bytes.Buffer
	status, err := migration.Up(t.Context(), dsn, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil || !slices.Equal(status.Unknown, []int64{901, 902}) || status.Version != 901 {
		t.Errorf("%+v, %v", status, err)
	}
	if !strings.Contains(log.String(), "the database is newer than this program") {
		t.Error(log.String())
	}
	if after := queryColumn(t, db, rows); !slices.Equal(before, after) {
		t.Error(before, after)
	}
	mustExec(t, db, "DELETE FROM goose_db_version WHERE version_id IN (2, 206)")
	if _, err := migration.Up(t.Context(), dsn, discard); err == nil ||
		!strings.Contains(err.Error(), "(901, 902), and lacks 00206_add_projects_name_key.sql") {
		t.Error(err)
	}
	mustExec(t, db, "DELETE FROM goose_db_version WHERE version_id > 900 OR version_id = 205")
	mustExec(t, db, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (206, 1)")
	if _, err := migration.Up(t.Context(), dsn, discard); err == nil || !strings.Contains(err.Error(), "give the file a higher number") {
		t.Error(err)
	}
}

// TestReadStatusChangesNothing reads an empty database.
func TestReadStatusChangesNothing(t *testing.T) {
	dsn := dbtest.Empty(t)
	status, err := migration.ReadStatus(t.Context(), dsn)
	if err != nil || len(status.Missing()) != len(status.Migrations) || status.Version != 0 {
		t.Errorf("%+v, %v", status, err)
	}
	if got := showTables(t, openDB(t, dsn)); len(got) > 0 {
		t.Error(got)
	}
}

// TestMigratedDatabaseNeedsNoLock runs Up while another replica holds the lock.
func TestMigratedDatabaseNeedsNoLock(t *testing.T) {
	dsn := dbtest.Empty(t)
	mustUp(t, dsn)
	db := openDB(t, dsn)
	holder, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer holder.Close()
	var name string
	if err := db.QueryRowContext(t.Context(), "SELECT DATABASE()").Scan(&name); err != nil {
		t.Fatal(err)
	}
	var got int // 10 seconds: the server frees the lock of mustUp after that has closed its connection
	if err := holder.QueryRowContext(t.Context(), "SELECT GET_LOCK(?, 10)", migration.LockName(name)).Scan(&got); err != nil || got != 1 {
		t.Fatal(got, err)
	}
	mustUp(t, dsn)
	// Up waits if a migration is missing.
	mustExec(t, db, "UPDATE goose_db_version SET is_applied = 0 WHERE version_id >= 305")
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	var log bytes.Buffer
	if _, err := migration.Up(ctx, dsn, slog.New(slog.NewTextHandler(&log, nil))); !errors.Is(err, context.DeadlineExceeded) ||
		!strings.Contains(log.String(), "another replica migrates the database") {
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
