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
	"log/slog"
	"strings"
	"testing"
	"time"

	"rowhouse/model"
	"rowhouse/tenancy"
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
	// On a busy machine, statements of many goroutines wait longer than on a server.
	options := tenancy.Options{Log: slog.New(d.Statements), Shared: model.Types.Shared(), MaxWait: 5 * time.Minute}
	db, err := tenancy.Open(t.Context(), d.DSN, append(model.Types.Models(), models...), options)
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

func open(t testing.TB, dsn string) *sql.DB {
	t.Helper()
	db, err := handle(dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
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
