package migration_test

import (
	"database/sql"
	"fmt"
	"regexp"
	"slices"
	"testing"

	"rowhouse/model/migration"
	"rowhouse/tenancy"
)

// firstLine finds the beginning of a file's statement.
var firstLine = regexp.MustCompile(`(?m)^(CREATE|ALTER|DROP) TABLE \w+.*$`)

var (
	priorities = []string{"NONE", "LOW", "MEDIUM", "HIGH", "URGENT"}
	ranks      = []string{"0", "1", "2", "3", "4"}
)

func mustUp(t *testing.T, dsn string) {
	t.Helper()
	status, err := migration.Up(t.Context(), dsn, discard)
	if err != nil || len(status.Missing()) > 0 || len(status.Unknown) > 0 {
		t.Fatalf("%+v, %v", status, err)
	}
}

// migrateAsReleased migrates a database as an earlier release did.
func migrateAsReleased(t *testing.T, dsn string, version int64) {
	t.Helper()
	if current, err := migration.UpReleased(t.Context(), dsn, released, version); err != nil || current != version {
		t.Fatal(current, err)
	}
}

// insertItems inserts an item of each priority into tables of release 1.
func insertItems(t *testing.T, db *sql.DB) {
	t.Helper()
	mustExec(t, db, "INSERT INTO projects (tenant_id, id, `key`, name, last_number) VALUES (1, 'p', 'WEB', 'Web shop', 5)")
	for i, priority := range priorities {
		mustExec(t, db, fmt.Sprintf("INSERT INTO items"+
			" (tenant_id, id, project_id, number, `key`, name, status, priority, version, created_at, updated_at)"+
			" VALUES (1, '%d', 'p', %d, 'WEB-%d', 'name', 'TODO', '%s', 1, NOW(6), NOW(6))", i, i, i, priority))
	}
}

func checkItems(t *testing.T, db *sql.DB) {
	t.Helper()
	if got := queryColumn(t, db, "SELECT priority FROM items ORDER BY number"); !slices.Equal(got, ranks) {
		t.Errorf("priorities: got %v, want %v", got, ranks)
	}
}

func openDB(t *testing.T, dsn string) *sql.DB {
	t.Helper()
	config, err := tenancy.ParseDSN(dsn)
	if err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("mysql", config.FormatDSN())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func mustExec(t *testing.T, db *sql.DB, statement string) {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
}

func queryColumn(t *testing.T, db *sql.DB, query string) (all []string) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// showTables returns the statement that creates each table but goose's.
func showTables(t *testing.T, db *sql.DB) map[string]string {
	t.Helper()
	all := map[string]string{}
	names := queryColumn(t, db, "SELECT table_name FROM information_schema.tables"+
		" WHERE table_schema = DATABASE() AND table_name <> 'goose_db_version'")
	for _, name := range names {
		var ddl string
		if err := db.QueryRowContext(t.Context(), "SHOW CREATE TABLE `"+name+"`").Scan(&name, &ddl); err != nil {
			t.Fatal(err)
		}
		all[name] = ddl
	}
	return all
}
