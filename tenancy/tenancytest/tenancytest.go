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
//	TEST_STATEMENTS        a folder for the tables and statements of schemas with Collect
//
// The part for Vitess has tests on plain databases in place of shards. Only vtgate can test that it
// lists shards and changes a VSchema: make vitess runs the tests of an application on it.
package tenancytest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
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
	// Keep names the tables with rows of Migrate, such as goose_db_version. Each test starts with
	// these rows, and with those of the tables of Shared; all other tables are empty.
	Keep []string
	// Collect appends the statements of its databases to the folder in TEST_STATEMENTS.
	Collect bool

	once     sync.Once
	template template
	err      error
}

// New returns a database with the tables of the schema and the tenants acme and globex. It is
// dropped when the test ends.
func (s *Schema) New(t testing.TB) *Database {
	t.Helper()
	d, err := s.Create(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Drop(); err != nil {
			t.Error(err)
		}
	})
	return d
}

// Create is New for code without a testing.TB, such as an Example. The caller drops the
// database.
func (s *Schema) Create(ctx context.Context) (*Database, error) {
	server, err := startServer()
	if err != nil {
		return nil, err
	}
	s.once.Do(func() { s.template, s.err = server.migrate(context.WithoutCancel(ctx), s) })
	if s.err != nil {
		return nil, s.err
	}
	d := &Database{Statements: &Statements{collects: s.Collect}, schema: s}
	if k := s.template.keyspace; k != nil {
		d.DSN, d.drop = k.dsn, func() error { return nil }
		err = k.deleteRows(ctx)
	} else {
		d.DSN, d.drop, err = server.createDatabase(ctx)
	}
	if err != nil {
		return nil, err
	}
	if err := d.fill(ctx); err != nil {
		return nil, errors.Join(err, d.Drop())
	}
	return d, nil
}

// fill runs the statements of the template, opens the database, and creates its tenants.
func (d *Database) fill(ctx context.Context) (err error) {
	if k := d.schema.template.keyspace; k != nil {
		d.SQL, err = k.openScatter()
	} else {
		d.SQL, err = openUnguarded(d.DSN)
	}
	if err != nil {
		return err
	}
	for _, s := range d.schema.template.statements {
		if _, err := d.SQL.ExecContext(ctx, s.sql, s.args...); err != nil {
			return fmt.Errorf("%w\n%s", err, s.sql)
		}
	}
	if err := d.open(ctx, nil); err != nil {
		return err
	}
	if err := d.createTenants(ctx); err != nil {
		return err
	}
	d.Reset()
	return nil
}

// createTenants creates the tenants acme and globex.
func (d *Database) createTenants(ctx context.Context) error {
	directory := tenancy.NewDirectory(d.DB)
	for _, tenant := range []struct {
		slug, name string
		ctx        *context.Context
	}{
		{"acme", "Acme Ltd", &d.Acme},
		{"globex", "Globex Corp", &d.Globex},
	} {
		created, err := directory.Create(ctx, tenancy.Tenant{Slug: tenant.slug, Name: tenant.name})
		if err != nil {
			return err
		}
		*tenant.ctx = tenancy.NewContext(context.WithoutCancel(ctx), created)
	}
	return nil
}

// Reopen opens the database again with the models of the schema and further models. The test has
// created their tables.
func (d *Database) Reopen(t testing.TB, models ...any) {
	t.Helper()
	if k := d.schema.template.keyspace; k != nil && len(models) > 0 {
		k.addTables(t, d.SQL, models)
	}
	if err := d.open(t.Context(), models); err != nil {
		t.Fatal(err)
	}
}

// open opens the database with the models of the schema and further models.
func (d *Database) open(ctx context.Context, models []any) error {
	options := tenancy.Options{
		Log:     slog.New(d.Statements),
		Shared:  d.schema.Shared,
		MaxWait: 5 * time.Minute, // on a busy machine, statements of many goroutines wait long
	}
	db, err := tenancy.Open(ctx, d.DSN, slices.Concat(d.schema.Models, models), options)
	if err == nil {
		d.DB, d.opened = db, append(d.opened, db)
	}
	return err
}

// Drop closes all connection pools of the database and drops it. A test drops its database when
// it ends.
func (d *Database) Drop() error {
	for _, db := range d.opened {
		_ = db.Close() // fails when the server has ended a connection
	}
	if d.SQL != nil {
		_ = d.SQL.Close()
	}
	return d.drop()
}

// Empty returns the address of a new database without tables. It skips the test on Vitess,
// where all tests share one keyspace.
func Empty(t testing.TB) (dsn string) {
	t.Helper()
	server := started(t)
	if server.product == vitess {
		t.Skip("on Vitess all tests share one keyspace, which is migrated")
	}
	dsn, drop, err := server.createDatabase(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := drop(); err != nil {
			t.Error(err)
		}
	})
	return dsn
}

// PID returns the process id of the private server, or 0 with TEST_DATABASE_URL.
func PID(t testing.TB) int {
	t.Helper()
	return started(t).pid
}
