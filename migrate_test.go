package main

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"

	"rowhouse/graph/servertest"
	"rowhouse/model"
	"rowhouse/model/dbtest"
	"rowhouse/model/migration"
	"rowhouse/tenancy"
)

// TestMigrateStatusPrintsEachState reads an empty and a migrated database.
func TestMigrateStatusPrintsEachState(t *testing.T) {
	dsn := dbtest.Empty(t)
	all, newest := countMigrations(t, dsn)
	for range 2 { // the first has changed nothing
		code, out, errOut := runCommand(t, "migrate", "status", "--database-url", dsn)
		if code != 1 || errOut != "" || !regexp.MustCompile(`(?m)^101 +pending +- +00101_create_tenants.sql$`).MatchString(out) ||
			!strings.Contains(out, fmt.Sprintf("is at version 0: %d of %d migrations are missing: run rowhouse migrate", all, all)) {
			t.Errorf("empty: %d %s %s", code, out, errOut)
		}
	}
	for _, args := range [][]string{{"migrate"}, {"migrate", "up"}} {
		if code, out, errOut := runCommand(t, append(args, "--database-url", dsn)...); code != 0 ||
			!strings.Contains(out, fmt.Sprintf("is at version %d\n", newest)) {
			t.Errorf("%v: %d %s %s", args, code, out, errOut)
		}
	}
	code, out, _ := runCommand(t, "migrate", "status", "--database-url", dsn)
	if code != 0 || !regexp.MustCompile(`(?m)^305 +applied +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d +00305_`).MatchString(out) ||
		!strings.Contains(out, fmt.Sprintf("is at version %d: nothing to migrate", newest)) {
		t.Errorf("migrated: %d %s", code, out)
	}
	if code, help, _ := runCommand(t, "migrate", "status", "--help"); code != 0 || !strings.Contains(help, "exit code is 0 when all are") {
		t.Error(code, help)
	}
}

// countMigrations returns the number of this program's migrations, and the version of the newest.
func countMigrations(t *testing.T, dsn string) (n int, newest int64) {
	t.Helper()
	status, err := migration.ReadStatus(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	n = len(status.Migrations)
	return n, status.Migrations[n-1].Version
}

// TestMigrateContinuesAfterFailure checks the message for a failed file, removes the cause and runs
// the command again.
func TestMigrateContinuesAfterFailure(t *testing.T) {
	d := dbtest.New(t)
	dsn := dbtest.Empty(t)
	all, newest := countMigrations(t, dsn)
	name := dsn[strings.LastIndex(dsn, "/")+1:]
	name, _, _ = strings.Cut(name, "?")
	exec := func(statement string) {
		t.Helper()
		if _, err := d.SQL.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	exec("CREATE TABLE " + name + ".labels (id INT)")
	code, _, errOut := runCommand(t, "migrate", "--database-url", dsn)
	for _, want := range []string{
		"00105_create_labels.sql failed: Error 1050", "applied before it: 4 files, 00101_create_tenants.sql to 00104_create_items.sql",
		"Nothing needs to be undone", "run rowhouse migrate again",
	} {
		if code != 1 || !strings.Contains(errOut, want) {
			t.Errorf("%d %s lacks %s", code, errOut, want)
		}
	}
	if code, out, _ := runCommand(t, "migrate", "status", "--database-url", dsn); code != 1 ||
		!strings.Contains(out, fmt.Sprintf("is at version 104: %d of %d migrations are missing", all-4, all)) {
		t.Errorf("%d %s", code, out)
	}
	exec("DROP TABLE " + name + ".labels")
	if code, out, errOut := runCommand(t, "migrate", "--database-url", dsn); code != 0 ||
		!strings.Contains(out, fmt.Sprintf("is at version %d", newest)) {
		t.Errorf("%d %s %s", code, out, errOut)
	}
}

// TestOlderProgramServesNewerDatabase adds a tenant table and columns with defaults, as a newer
// release does. Without the version of that release, the start fails.
func TestOlderProgramServesNewerDatabase(t *testing.T) {
	d := dbtest.New(t)
	exec := func(statement string) {
		t.Helper()
		if _, err := d.SQL.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	exec("CREATE TABLE invoices (tenant_id INT UNSIGNED NOT NULL, id BINARY(16) NOT NULL, PRIMARY KEY (tenant_id, id))")
	tables := []string{"tenants"}
	for _, of := range model.Types.All() {
		tables = append(tables, of.Schema().Table)
	}
	for _, table := range tables {
		exec("ALTER TABLE " + table + " ADD COLUMN novelty VARCHAR(20) NOT NULL DEFAULT 'new' FIRST")
	}
	if code, _, errOut := runCommand(t, "--addr", "127.0.0.1:0", "--database-url", d.DSN); code != 1 ||
		!strings.Contains(errOut, "the table invoices has tenant_id, but no model owns it") {
		t.Errorf("without a newer version: %d %s", code, errOut)
	}
	for state, applied := range []int{0, 1} { // while the newer release migrates, and after
		exec("DELETE FROM goose_db_version WHERE version_id = 901")
		exec(fmt.Sprintf("INSERT INTO goose_db_version (version_id, is_applied) VALUES (901, %d)", applied))
		for _, flag := range []string{"--migrate", "--no-migrate"} {
			s := serveInBackground(t, "--database-url", d.DSN, flag)
			for _, want := range []string{
				"the database is newer than this program",
				"unknownVersions=901",
				"the guard refuses a table without a model",
				"table=invoices",
			} {
				if !strings.Contains(s.errOut.String(), want) {
					t.Errorf("%s: the log lacks %s: %s", flag, want, s.errOut)
				}
			}
			if status, _ := s.get(t, "/readyz"); status != http.StatusOK {
				t.Error("not ready:", status)
			}
			name := fmt.Sprint(state, flag)
			for _, document := range []string{
				`mutation { createMember(input: {name: \"n\", email: \"` + name + `@example.com\", role: MEMBER}) { member { name } } }`,
				`{ members { nodes { name } } items { totalCount } tenant { name } }`,
			} {
				r := servertest.NewRequest(t, http.MethodPost, "http://"+s.addr+"/graphql", `{"query": "`+document+`"}`,
					tenancy.HeaderName, "acme", "Content-Type", "application/json")
				r.RequestURI = ""
				if status, body := sendRequest(t, r); status != http.StatusOK || strings.Contains(body, "errors") {
					t.Errorf("%s: %d %s", document, status, body)
				}
			}
			if code := s.stop(); code != 0 {
				t.Errorf("exit code %d: %s", code, s.errOut)
			}
		}
	}
	for _, args := range [][]string{{"migrate"}, {"migrate", "status"}} {
		code, out, errOut := runCommand(t, append(args, "--database-url", d.DSN)...)
		if code != 0 || !strings.Contains(out, "is at version 901, migrated by a newer release (this program does not know 901)") {
			t.Errorf("%v: %d %s %s", args, code, out, errOut)
		}
	}
}

// TestReplicasMigrateOneAtATime starts four commands concurrently on an empty database.
func TestReplicasMigrateOneAtATime(t *testing.T) {
	dsn := dbtest.Empty(t)
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			if code, _, errOut := runCommand(t, "migrate", "--database-url", dsn); code != 0 {
				t.Error(errOut)
			}
		})
	}
	wait.Wait()
}
