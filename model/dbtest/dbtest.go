// Package dbtest gives each test of the application a migrated database of its own, with the
// tenants acme and globex, and rows of any registered type. Package tenancytest has the mechanism
// and its environment variables.
package dbtest

import (
	"context"
	"log/slog"
	"testing"

	"rowhouse/model"
	"rowhouse/model/migration"
	"rowhouse/tenancy/privatedb"
	"rowhouse/tenancy/tenancytest"
)

// application has the migrations and models of the application.
var application = &tenancytest.Schema{
	Migrate: func(ctx context.Context, dsn string) error {
		_, err := migration.Up(ctx, dsn, slog.New(slog.DiscardHandler))
		return err
	},
	Models:  model.Types.Models(),
	Shared:  model.Types.Shared(),
	Keep:    []string{"goose_db_version"},
	Collect: true,
}

// Database is the database of one test.
type Database = tenancytest.Database

// Process is a connection to a database.
type Process = tenancytest.Process

// New returns a migrated database with the tenants acme and globex. It is dropped when the test
// ends.
func New(t testing.TB) *Database {
	t.Helper()
	return application.New(t)
}

// Empty returns the address of a new database without tables.
func Empty(t testing.TB) (dsn string) {
	t.Helper()
	return tenancytest.Empty(t)
}

// PID returns the process id of the private server, or 0 with TEST_DATABASE_URL.
func PID(t testing.TB) int {
	t.Helper()
	return tenancytest.PID(t)
}

// Program returns the server program of private servers, or "" for an installed one.
func Program() string { return tenancytest.Program() }

// StartPrivate starts another private server with data in dir, and with flags.
func StartPrivate(ctx context.Context, dir string, flags ...string) (*privatedb.Server, error) {
	return tenancytest.StartPrivate(ctx, dir, flags...)
}
