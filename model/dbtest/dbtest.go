// Package dbtest gives each test a real, migrated database of its own, with two
// tenants in it: on a private server that the test binary starts when it first needs
// one, or on the server that TEST_DATABASE_URL names. TEST_DATABASE_PROGRAM names another
// server program for private servers. With TEST_DATABASE_PRODUCT, MariaDB or MySQL, tests
// fail on a server of another product. Without a database a test fails; it never skips.
package dbtest

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"rowhouse/model"
	"rowhouse/model/migration"
	"rowhouse/tenancy"
	"rowhouse/tenancy/privatedb"
)

// Database is a test's own database. It is dropped when the test ends.
type Database struct {
	*tenancy.DB
	*Statements
	// DSN is its address, in the Go driver's form.
	DSN string
	// SQL reaches all of it, past every fence: for preparing and for looking.
	SQL *sql.DB
	// Acme and Globex are contexts of its tenants, with the numbers 1 and 2.
	Acme, Globex context.Context
}

// New returns a migrated database with the tenants acme and globex, and nothing else
// in it.
func New(t testing.TB) *Database {
	t.Helper()
	server, err := start()
	if err != nil {
		t.Fatal(err)
	}
	d := &Database{Statements: &Statements{}, DSN: server.create(t)}
	template := server.template
	if server.keyspace != nil {
		d.SQL, template = server.keyspace.open(t), nil
	} else {
		d.SQL = open(t, d.DSN)
	}
	for _, ddl := range template {
		if _, err := d.SQL.ExecContext(t.Context(), ddl); err != nil {
			t.Fatalf("%v\n%s", err, ddl)
		}
	}
	d.Own(t)
	directory := tenancy.NewDirectory(d.DB)
	for _, tenant := range []struct {
		slug, name string
		ctx        *context.Context
	}{{"acme", "Acme Ltd", &d.Acme}, {"globex", "Globex Corp", &d.Globex}} {
		created, err := directory.Create(t.Context(), tenant.slug, tenant.name)
		if err != nil {
			t.Fatal(err)
		}
		*tenant.ctx = tenancy.NewContext(context.WithoutCancel(t.Context()), created)
	}
	d.Reset()
	return d
}

// Own opens the database again, with models of the test's own beside ours, whose tables
// it has made.
func (d *Database) Own(t testing.TB, models ...any) {
	t.Helper()
	if server, err := start(); err == nil && server.keyspace != nil && len(models) > 0 {
		server.keyspace.add(t, d.SQL, models)
	}
	db, err := tenancy.Open(t.Context(), d.DSN, append(model.All(), models...), tenancy.Options{Log: slog.New(d.Statements)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	d.DB = db
}

// Empty returns the address of a new database without tables.
func Empty(t testing.TB) (dsn string) {
	t.Helper()
	server, err := start()
	if err != nil {
		t.Fatal(err)
	}
	if server.keyspace != nil {
		t.Skip("on Vitess all tests share one keyspace, which is migrated")
	}
	return server.create(t)
}

// PID returns the process of the private database server, or 0 when
// TEST_DATABASE_URL names another.
func PID(t testing.TB) int {
	t.Helper()
	server, err := start()
	if err != nil {
		t.Fatal(err)
	}
	return server.pid
}

// server is where this test binary's databases are.
type server struct {
	dsn      string
	pid      int
	template []string  // the statements that make a migrated database
	keyspace *keyspace // on Vitess
}

var start = sync.OnceValues(func() (*server, error) {
	ctx := context.Background()
	s := &server{dsn: os.Getenv("TEST_DATABASE_URL")}
	if s.dsn == "" {
		dir, err := os.MkdirTemp("", "rowhouse-test-")
		if err != nil {
			return nil, err
		}
		// It stops with this process, and takes its folder along.
		private, err := StartPrivate(ctx, dir)
		if err != nil {
			return nil, err
		}
		s.dsn, s.pid = private.DSN("mysql"), private.PID()
	}
	return s, errors.Join(s.checkProduct(ctx), s.migrateTemplate(ctx))
})

// Program returns the server program of private servers, or "" for an installed one.
func Program() string { return os.Getenv("TEST_DATABASE_PROGRAM") }

// StartPrivate starts another private server with data in dir, and with flags. It stops with
// this process at the latest, and then its data is removed.
func StartPrivate(ctx context.Context, dir string, flags ...string) (*privatedb.Server, error) {
	return privatedb.Start(ctx, dir, privatedb.Options{Log: slog.New(slog.DiscardHandler), Program: Program(), Flags: flags, Throwaway: true})
}

// checkProduct fails unless the server is of the product in TEST_DATABASE_PRODUCT: a run for
// MySQL must not pass on MariaDB.
func (s *server) checkProduct(ctx context.Context) error {
	want := os.Getenv("TEST_DATABASE_PRODUCT")
	if want == "" {
		return nil
	}
	admin, err := s.admin()
	if err != nil {
		return err
	}
	defer admin.Close()
	got, err := product(ctx, admin)
	if err == nil && got != want {
		err = fmt.Errorf("the tests need %s, and the server is %s: change TEST_DATABASE_URL or TEST_DATABASE_PROGRAM", want, got)
	}
	return err
}

// Product returns the product that the tests run on: MariaDB, MySQL or Vitess.
func (d *Database) Product(t testing.TB) string {
	t.Helper()
	name, err := product(t.Context(), d.SQL)
	if err != nil {
		t.Fatal(err)
	}
	return name
}

func product(ctx context.Context, db *sql.DB) (string, error) {
	var version string
	if err := db.QueryRowContext(ctx, "SELECT VERSION()").Scan(&version); err != nil {
		return "", err
	}
	if strings.HasSuffix(version, "-Vitess") {
		return "Vitess", nil
	}
	if strings.Contains(version, "MariaDB") {
		return "MariaDB", nil
	}
	return "MySQL", nil
}

// migrateTemplate migrates one database and keeps the statements that make others
// like it: ten times faster than migrating each.
func (s *server) migrateTemplate(ctx context.Context) error {
	shared, err := handle(s.dsn)
	if err != nil {
		return err
	}
	defer shared.Close()
	if name, err := product(ctx, shared); err == nil && name == "Vitess" { // on other servers the database need not exist
		s.keyspace, err = openKeyspace(ctx, s.dsn, shared)
		return err
	}
	admin, err := s.admin()
	if err != nil {
		return err
	}
	defer admin.Close()
	name := databaseName()
	dsn := s.address(name)
	if _, err := admin.ExecContext(ctx, "CREATE DATABASE "+name); err != nil {
		return err
	}
	defer func() { _, _ = admin.ExecContext(ctx, "DROP DATABASE "+name) }()
	if _, err := migration.Up(ctx, dsn, slog.New(slog.DiscardHandler)); err != nil {
		return err
	}
	db, err := handle(dsn)
	if err != nil {
		return err
	}
	defer db.Close()
	if s.template, err = dump(ctx, db); err != nil {
		return err
	}
	return collectSchema(s.template)
}

// dump returns the statements that make db's tables, in an order that their foreign
// keys allow on one connection, and the rows that goose keeps.
func dump(ctx context.Context, db *sql.DB) ([]string, error) {
	names, err := column(db.QueryContext(ctx, "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()"))
	if err != nil {
		return nil, err
	}
	type table struct{ name, ddl string }
	tables := make([]table, len(names))
	for i, name := range names {
		if err := db.QueryRowContext(ctx, "SHOW CREATE TABLE `"+name+"`").Scan(&tables[i].name, &tables[i].ddl); err != nil {
			return nil, err
		}
	}
	refers := func(a, b table) bool { return strings.Contains(a.ddl, "REFERENCES `"+b.name+"`") }
	var ordered []string
	for len(tables) > 0 {
		free := slices.IndexFunc(tables, func(a table) bool {
			return !slices.ContainsFunc(tables, func(b table) bool { return a != b && refers(a, b) })
		})
		if free < 0 {
			return nil, fmt.Errorf("tables refer to each other in a circle: %v", tables)
		}
		ordered = append(ordered, tables[free].ddl)
		tables = slices.Delete(tables, free, free+1)
	}
	versions, err := column(db.QueryContext(ctx, "SELECT CONCAT('INSERT INTO goose_db_version (version_id, is_applied) VALUES (', version_id, ', 1)') FROM goose_db_version ORDER BY id"))
	return append(ordered, versions...), err
}

func column(rows *sql.Rows, err error) ([]string, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, rows.Err()
}

// create makes an empty database that is dropped when the test ends.
func (s *server) create(t testing.TB) (dsn string) {
	t.Helper()
	if s.keyspace != nil {
		return s.keyspace.use(t)
	}
	name := databaseName()
	admin, err := s.admin()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = admin.Close() })
	if _, err := admin.ExecContext(t.Context(), "CREATE DATABASE "+name+" CHARACTER SET utf8mb4"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := admin.ExecContext(context.Background(), "DROP DATABASE "+name); err != nil {
			t.Error(err)
		}
	})
	return s.address(name)
}

func (s *server) address(database string) string {
	config, err := tenancy.ParseDSN(s.dsn)
	if err != nil {
		panic(err) // it was read before
	}
	config.DBName = database
	return config.FormatDSN()
}

func databaseName() string { return "rowhouse_test_" + strings.ReplaceAll(uuid.NewString(), "-", "") }

func open(t testing.TB, dsn string) *sql.DB {
	t.Helper()
	db, err := handle(dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// handle reaches a database past every fence. The driver is registered by tenancy.
func handle(dsn string) (*sql.DB, error) {
	config, err := tenancy.ParseDSN(dsn)
	if err != nil {
		return nil, err
	}
	return sql.Open("mysql", config.FormatDSN())
}

// admin returns a handle for CREATE DATABASE and DROP DATABASE. It selects no database, since
// the database in TEST_DATABASE_URL need not exist.
func (s *server) admin() (*sql.DB, error) {
	config, err := tenancy.ParseDSN(s.dsn)
	if err != nil {
		return nil, fmt.Errorf("TEST_DATABASE_URL: %w", err)
	}
	config.DBName = ""
	return sql.Open("mysql", config.FormatDSN())
}

// Count returns how many rows match a condition, in all tenants; an empty condition
// counts the table.
func (d *Database) Count(t testing.TB, table, where string, args ...any) (n int) {
	t.Helper()
	query := "SELECT COUNT(*) FROM " + table + " WHERE " + cmp.Or(where, "TRUE")
	if err := d.SQL.QueryRowContext(t.Context(), query, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// Process is a connection to this database, from SHOW PROCESSLIST.
type Process struct {
	ID        int
	Statement string // the running statement, or ""
}

// Processes returns the connections that have selected this database. It does not read
// information_schema.processlist: MySQL fails there with error 3854 while any statement with
// binary arguments runs.
func (d *Database) Processes(t testing.TB) (all []Process) {
	t.Helper()
	config, err := tenancy.ParseDSN(d.DSN)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := d.SQL.QueryContext(t.Context(), "SHOW FULL PROCESSLIST")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns() // MariaDB has one more column
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		var p Process
		var database, statement sql.NullString
		to := make([]any, len(columns))
		for i, name := range columns {
			switch name {
			case "Id":
				to[i] = &p.ID
			case "db":
				to[i] = &database
			case "Info":
				to[i] = &statement
			default:
				to[i] = &sql.RawBytes{}
			}
		}
		if err := rows.Scan(to...); err != nil {
			t.Fatal(err)
		}
		if p.Statement = statement.String; database.String == config.DBName {
			all = append(all, p)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}
