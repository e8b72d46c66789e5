// Package tenancytest gives each test a real database of its own, with two tenants in it. A
// test that finds no database server fails; it never skips.
//
// Start with Schema: it has the tables and models of a program, and New returns a database.
// Tests of one package share a private server, which the test binary starts when it first
// needs one. Environment variables choose another:
//
//	TEST_DATABASE_URL      the address of a running server, MariaDB, MySQL or vtgate
//	TEST_DATABASE_PROGRAM  the server program of private servers, such as /usr/sbin/mysqld
//	TEST_DATABASE_PRODUCT  MariaDB, MySQL or Vitess: tests fail on any other product
//	TEST_STATEMENTS        a folder to which the statements of all tests are appended
package tenancytest

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"rowhouse/tenancy"
)

// Schema has the tables and models of a program. Use it by pointer, as one variable per test
// binary: New migrates one database, and copies its tables for all others. The zero Schema has
// only the directory of tenants.
type Schema struct {
	// Migrate creates the tables in the empty database at dsn, the table tenants among them.
	// If it is nil, New creates that table with tenancy.CreateDirectory.
	Migrate func(ctx context.Context, dsn string) error
	// Models and Shared have empty rows of the models, as for tenancy.Open.
	Models, Shared []any
	// Keep names the tables whose rows Migrate inserts, such as goose_db_version. Each test
	// starts with these rows; all other tables are empty.
	Keep []string

	once     sync.Once
	template template
	err      error
}

// New returns a database with the tables of the schema and the tenants acme and globex. It is
// dropped when the test ends.
func (s *Schema) New(t testing.TB) *Database {
	t.Helper()
	server := started(t)
	s.once.Do(func() { s.template, s.err = server.migrate(context.Background(), s) })
	if s.err != nil {
		t.Fatal(s.err)
	}
	d := &Database{Statements: &Statements{collects: s.Migrate != nil}, schema: s}
	if s.template.keyspace != nil {
		d.DSN, d.SQL = s.template.keyspace.use(t), s.template.keyspace.open(t)
	} else {
		d.DSN = server.createDatabase(t)
		d.SQL = openDatabase(t, d.DSN)
	}
	for _, statement := range s.template.statements {
		if _, err := d.SQL.ExecContext(t.Context(), statement.sql, statement.args...); err != nil {
			t.Fatalf("%v\n%s", err, statement.sql)
		}
	}
	d.Own(t)
	d.createTenants(t)
	d.Reset()
	return d
}

// createTenants creates the tenants acme and globex.
func (d *Database) createTenants(t testing.TB) {
	t.Helper()
	directory := tenancy.NewDirectory(d.DB)
	for _, tenant := range []struct {
		slug, name string
		ctx        *context.Context
	}{
		{"acme", "Acme Ltd", &d.Acme},
		{"globex", "Globex Corp", &d.Globex},
	} {
		created, err := directory.Create(t.Context(), tenant.slug, tenant.name)
		if err != nil {
			t.Fatal(err)
		}
		*tenant.ctx = tenancy.NewContext(context.WithoutCancel(t.Context()), created)
	}
}

// Own opens the database again, with the models of the schema and further models of the test,
// whose tables the test has created.
func (d *Database) Own(t testing.TB, models ...any) {
	t.Helper()
	if k := d.schema.template.keyspace; k != nil && len(models) > 0 {
		k.addTables(t, d.SQL, models)
	}
	options := tenancy.Options{
		Log:     slog.New(d.Statements),
		Shared:  d.schema.Shared,
		MaxWait: 5 * time.Minute, // on a busy machine, statements of many goroutines wait long
	}
	db, err := tenancy.Open(t.Context(), d.DSN, append(d.schema.Models[:len(d.schema.Models):len(d.schema.Models)], models...), options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	d.DB = db
}

// Empty returns the address of a new database without tables. It skips the test on Vitess,
// where all tests share one keyspace.
func Empty(t testing.TB) (dsn string) {
	t.Helper()
	server := started(t)
	if server.product == vitess {
		t.Skip("on Vitess all tests share one keyspace, which is migrated")
	}
	return server.createDatabase(t)
}

// PID returns the process id of the private server, or 0 with TEST_DATABASE_URL.
func PID(t testing.TB) int {
	t.Helper()
	return started(t).pid
}
