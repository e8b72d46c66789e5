package tenancytest

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"slices"
	"strings"
	"testing"
	"time"

	"rowhouse/tenancy"
)

// newShards returns a keyspace of two shards with tables and rows. Each shard is a database whose name
// is the address of a shard in vtgate, such as name:-80.
func newShards(t *testing.T) (*keyspace, map[string]*sql.DB) {
	t.Helper()
	server := started(t)
	if server.product == vitess {
		t.Skip("vtgate has shards of its own: make vitess")
	}
	admin, err := server.openAdmin()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = admin.Close() })
	name := newDatabaseName()
	k := &keyspace{
		dsn:    server.address(name),
		shards: []string{"-80", "80-"},
		tables: []string{"notes", "tenants", "versions"},
		keep:   []string{"versions"},
	}
	shards := map[string]*sql.DB{}
	for _, shard := range k.shards {
		database := "`" + name + ":" + shard + "`"
		if _, err := admin.ExecContext(t.Context(), "CREATE DATABASE "+database); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _, _ = admin.ExecContext(context.Background(), "DROP DATABASE "+database) })
		db, err := k.openShard(shard)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		shards[shard] = db
		for _, statement := range []string{
			tenancy.CreateDirectory,
			"CREATE TABLE versions (id INT NOT NULL, PRIMARY KEY (id))",
			"CREATE TABLE notes (id INT NOT NULL, tenant_id INT UNSIGNED NOT NULL, PRIMARY KEY (id), " +
				"FOREIGN KEY (tenant_id) REFERENCES tenants (id))",
			"CREATE TABLE books (id INT NOT NULL, PRIMARY KEY (id))", // of an earlier test
			"INSERT INTO tenants (slug, name, created_at) VALUES ('acme', 'Acme', NOW())",
			"INSERT INTO versions VALUES (1)",
			"INSERT INTO notes VALUES (1, 1)",
		} {
			if _, err := db.ExecContext(t.Context(), statement); err != nil {
				t.Fatalf("%s: %v", statement, err)
			}
		}
	}
	return k, shards
}

func TestRowsOfEachShardAreDeleted(t *testing.T) {
	k, shards := newShards(t)
	k.tables = []string{"notes", "versions"} // no server truncates a table that a foreign key refers to
	k.keep = append(k.keep, "tenants")
	k.tables = append(k.tables, "tenants")
	if err := k.deleteRows(t.Context()); err != nil {
		t.Fatal(err)
	}
	for name, db := range shards {
		tables, err := readColumn(db.QueryContext(t.Context(), "SHOW TABLES"))
		if err != nil || !slices.Equal(tables, []string{"notes", "tenants", "versions"}) {
			t.Errorf("%s has the tables %q, %v", name, tables, err)
		}
		for table, want := range map[string]int{"notes": 0, "versions": 1, "tenants": 1} {
			var n int
			if err := db.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM "+table).Scan(&n); err != nil || n != want {
				t.Errorf("%s on %s has %d rows, %v", table, name, n, err)
			}
		}
	}
}

// TestTenantsAreNumberedFrom1 empties a directory, which no foreign key refers to on Vitess.
func TestTenantsAreNumberedFrom1(t *testing.T) {
	k, shards := newShards(t)
	k.tables = []string{"tenants", "versions"} // drops notes and books
	if err := k.deleteRows(t.Context()); err != nil {
		t.Fatal(err)
	}
	var id int
	first := shards[k.shards[0]]
	const insert = "INSERT INTO tenants (slug, name, created_at) VALUES ('acme', 'Acme', NOW())"
	if _, err := first.ExecContext(t.Context(), insert); err != nil {
		t.Fatal(err)
	}
	if err := first.QueryRowContext(t.Context(), "SELECT id FROM tenants").Scan(&id); err != nil || id != 1 {
		t.Errorf("the tenant has the id %d, %v", id, err)
	}
}

func TestTableThatCannotBeEmptiedIsNamed(t *testing.T) {
	k, _ := newShards(t)
	k.tables = []string{"notes", "versions", "tenants", "missing"}
	k.keep = append(k.keep, "tenants")
	if err := k.deleteRows(t.Context()); err == nil || !strings.Contains(err.Error(), "empty missing on -80") {
		t.Errorf("the error is %v", err)
	}
	k.tables = []string{"notes"} // the table tenants, of an earlier test, has a foreign key of notes
	if err := k.deleteRows(t.Context()); err == nil || !strings.Contains(err.Error(), "drop tenants of an earlier test") {
		t.Errorf("the error is %v", err)
	}
}

// TestShardIsInspected reads the process id file and the statements of one shard.
func TestShardIsInspected(t *testing.T) {
	k, shards := newShards(t)
	d := &Database{schema: &Schema{template: template{keyspace: k}}}
	var want string
	if err := shards["80-"].QueryRowContext(t.Context(), "SELECT @@pid_file").Scan(&want); err != nil {
		t.Fatal(err)
	}
	if file := d.ShardPIDFile(t, "80-"); file != want || file == "" {
		t.Errorf("the file is %q, want %q", file, want)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() {
		_, _ = shards["80-"].ExecContext(ctx, "SELECT SLEEP(60) /* of this test */")
	}()
	for start := time.Now(); d.RunningOnShard(t, "80-", "of this test") != 1; {
		if time.Since(start) > 30*time.Second {
			t.Fatal("the statement is not among those that run")
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// TestSelectMayReachAllShards reads statements from the list of the server's processes.
func TestSelectMayReachAllShards(t *testing.T) {
	server := started(t)
	db, err := openUnguarded(server.dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	connector, err := db.Driver().(driver.DriverContext).OpenConnector(server.dsn)
	if err != nil {
		t.Fatal(err)
	}
	scatter := sql.OpenDB(scatterConnector{connector})
	defer scatter.Close()
	var statement string
	const query = "SELECT info FROM information_schema.processlist WHERE id = CONNECTION_ID()"
	if err := scatter.QueryRowContext(t.Context(), query).Scan(&statement); err != nil {
		t.Fatal(err)
	}
	if want := strings.Replace(query, "SELECT", "SELECT /*vt+ ALLOW_SCATTER */", 1); statement != want {
		t.Errorf("the server ran %s, want %s", statement, want)
	}
	if show := "SHOW TABLES"; allowScatter(show) != show {
		t.Errorf("SHOW TABLES became %s", allowScatter(show))
	}
}

// TestKeyspaceNeedsVTGate opens a keyspace on a server without shards.
func TestKeyspaceNeedsVTGate(t *testing.T) {
	server := started(t)
	if server.product == vitess {
		t.Skip("the server is vtgate")
	}
	migrated := &Schema{Migrate: func(context.Context, string) error { return nil }}
	for _, test := range []struct {
		name, dsn, want string
		schema          *Schema
	}{
		{
			name:   "no migrations",
			dsn:    server.dsn,
			schema: &Schema{},
			want:   "Schema.Migrate",
		},
		{
			name:   "no address",
			dsn:    "postgres://db/rowhouse",
			schema: migrated,
			want:   "mysql://",
		},
		{
			name:   "no shards",
			dsn:    server.dsn,
			schema: migrated,
			want:   "VITESS_SHARDS",
		},
	} {
		if _, err := openKeyspace(t.Context(), test.dsn, test.schema); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: the error is %v", test.name, err)
		}
	}
	if err := (&keyspace{dsn: "postgres://db/rowhouse", shards: []string{"-80"}}).deleteRows(t.Context()); err == nil {
		t.Error("deleteRows has no error")
	}
}

// TestPoolOfAllShardsHasTheTransactionMode connects to a server that refuses the setting of vtgate.
func TestPoolOfAllShardsHasTheTransactionMode(t *testing.T) {
	server := started(t)
	if server.product == vitess {
		t.Skip("vtgate accepts the setting")
	}
	db, err := (&keyspace{dsn: server.address("mysql")}).openScatter()
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.PingContext(t.Context()); err == nil || !strings.Contains(err.Error(), "transaction_mode") {
		t.Errorf("the error is %v", err)
	}
	if _, err := (&keyspace{dsn: "postgres://db/rowhouse"}).openScatter(); err == nil {
		t.Error("an invalid address has no error")
	}
}
