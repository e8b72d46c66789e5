package tenancytest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"rowhouse/tenancy"
	"rowhouse/tenancy/privatedb"
)

// The products that tests run on.
const (
	mariaDB = "MariaDB"
	mySQL   = "MySQL"
	vitess  = "Vitess"
)

// server is the database server of this test binary.
type server struct {
	dsn     string
	pid     int // of a private server, or 0
	product string
}

// startServer starts the private server once, or connects to TEST_DATABASE_URL. The private
// server stops with this process, and removes its folder.
var startServer = sync.OnceValues(func() (*server, error) {
	ctx := context.Background()
	s := &server{dsn: os.Getenv("TEST_DATABASE_URL")}
	if s.dsn == "" {
		dir, err := os.MkdirTemp("", "rowhouse-test-")
		if err != nil {
			return nil, err
		}
		private, err := StartPrivate(ctx, dir)
		if err != nil {
			return nil, err
		}
		s.dsn, s.pid = private.DSN("mysql"), private.PID()
	}
	return s, s.checkProduct(ctx)
})

// started returns the server of this test binary. The test fails when it can't start.
func started(t testing.TB) *server {
	t.Helper()
	s, err := startServer()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Program returns the server program of private servers, or "" for an installed one.
func Program() string { return os.Getenv("TEST_DATABASE_PROGRAM") }

// StartPrivate starts another private server with data in dir, and with flags. It stops with
// this process at the latest, and then its data is removed.
func StartPrivate(ctx context.Context, dir string, flags ...string) (*privatedb.Server, error) {
	options := privatedb.Options{Log: slog.New(slog.DiscardHandler), Program: Program(), Flags: flags, Throwaway: true}
	return privatedb.Start(ctx, dir, options)
}

// checkProduct reads the product of the server. It fails when TEST_DATABASE_PRODUCT names
// another: a run for MySQL must not pass on MariaDB.
func (s *server) checkProduct(ctx context.Context) (err error) {
	if s.product, err = s.readProduct(ctx); err != nil {
		return err
	}
	if want := os.Getenv("TEST_DATABASE_PRODUCT"); want != "" && s.product != want {
		return fmt.Errorf("the tests need %s, and the server is %s: change TEST_DATABASE_URL or TEST_DATABASE_PROGRAM", want, s.product)
	}
	return nil
}

// readProduct returns the product of the server. The database of its address need not exist,
// except on Vitess, where it is the keyspace.
func (s *server) readProduct(ctx context.Context) (string, error) {
	keyspace, err := openUnguarded(s.dsn)
	if err != nil {
		return "", fmt.Errorf("TEST_DATABASE_URL: %w", err)
	}
	defer keyspace.Close()
	if name, err := productOf(ctx, keyspace); err == nil {
		return name, nil
	}
	admin, err := s.openAdmin()
	if err != nil {
		return "", err
	}
	defer admin.Close()
	return productOf(ctx, admin)
}

// productOf returns the product of the server behind db.
func productOf(ctx context.Context, db *sql.DB) (string, error) {
	var version string
	if err := db.QueryRowContext(ctx, "SELECT VERSION()").Scan(&version); err != nil {
		return "", err
	}
	switch {
	case strings.HasSuffix(version, "-Vitess"):
		return vitess, nil
	case strings.Contains(version, "MariaDB"):
		return mariaDB, nil
	}
	return mySQL, nil
}

// createDatabase creates an empty database, and returns its address and the function that drops
// it.
func (s *server) createDatabase(ctx context.Context) (dsn string, drop func() error, err error) {
	admin, err := s.openAdmin()
	if err != nil {
		return "", nil, err
	}
	name := newDatabaseName()
	if _, err := admin.ExecContext(ctx, "CREATE DATABASE "+name+" CHARACTER SET utf8mb4"); err != nil {
		return "", nil, errors.Join(err, admin.Close())
	}
	drop = func() error {
		_, err := admin.ExecContext(context.WithoutCancel(ctx), "DROP DATABASE "+name)
		return errors.Join(err, admin.Close())
	}
	return s.address(name), drop, nil
}

// address returns the address of a database on the server.
func (s *server) address(database string) string {
	config, err := tenancy.ParseDSN(s.dsn)
	if err != nil {
		panic(err) // readProduct has parsed it
	}
	config.DBName = database
	return config.FormatDSN()
}

func newDatabaseName() string {
	return "rowhouse_test_" + strings.ReplaceAll(uuid.NewString(), "-", "")
}

// openUnguarded opens a database without the guard. Package tenancy registers the driver.
func openUnguarded(dsn string) (*sql.DB, error) {
	config, err := tenancy.ParseDSN(dsn)
	if err != nil {
		return nil, err
	}
	return tenancy.OpenUnguarded(config)
}

// openAdmin opens the server without a database, for CREATE DATABASE and DROP DATABASE.
func (s *server) openAdmin() (*sql.DB, error) {
	config, err := tenancy.ParseDSN(s.dsn)
	if err != nil {
		return nil, fmt.Errorf("TEST_DATABASE_URL: %w", err)
	}
	config.DBName = ""
	return tenancy.OpenUnguarded(config)
}
