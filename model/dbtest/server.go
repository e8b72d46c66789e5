package dbtest

import (
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

	"rowhouse/model/migration"
	"rowhouse/tenancy"
	"rowhouse/tenancy/privatedb"
)

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
