package tenancy_test

import (
	"context"
	"database/sql"
	"log/slog"
	"os"
	"strings"
	"testing"

	"rowhouse/tenancy"
	"rowhouse/tenancy/tenancytest"
)

// badServer is a private server whose configuration a test changes.
type badServer struct {
	root *sql.DB
	dsn  string // of a user with init_connect
}

// newBadServer starts a server that ignores the character set of clients.
func newBadServer(t testing.TB, flags ...string) *badServer {
	t.Helper()
	dir, err := os.MkdirTemp("", "rowhouse-test-")
	if err != nil {
		t.Fatal(err)
	}
	server, err := tenancytest.StartPrivate(t.Context(), dir, append(flags, "--loose-skip-character-set-client-handshake")...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Stop() })
	root, err := sql.Open("mysql", server.DSN(""))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = root.Close() })
	s := &badServer{root: root, dsn: strings.Replace(server.DSN("tests"), "root@", "app@", 1)}
	for _, statement := range []string{
		"CREATE DATABASE tests CHARACTER SET utf8mb4", "CREATE DATABASE another",
		"CREATE USER app@localhost IDENTIFIED BY ''", "GRANT ALL ON tests.* TO app@localhost", "GRANT ALL ON another.* TO app@localhost",
		"CREATE TABLE tests.notes (tenant_id INT UNSIGNED NOT NULL, id INT NOT NULL, folder INT NOT NULL, " +
			"text VARCHAR(500) NOT NULL, PRIMARY KEY (tenant_id, id)) CHARACTER SET utf8mb4",
		"INSERT INTO tests.notes VALUES (1, 1, 1, 'acme'), (2, 1, 1, 'globex')",
	} {
		s.exec(t, statement)
	}
	return s
}

func (s *badServer) exec(t testing.TB, statement string) {
	t.Helper()
	if _, err := s.root.ExecContext(t.Context(), statement); err != nil {
		t.Fatalf("%v\n%s", err, statement)
	}
}

// open returns a database and a context of each of two tenants in it.
func (s *badServer) open(t testing.TB) (db *tenancy.DB, acme, globex context.Context) {
	t.Helper()
	db, err := tenancy.Open(t.Context(), s.dsn, []any{&note{}}, tenancy.Options{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db, tenancy.NewContext(t.Context(), tenancy.Tenant{ID: 1}), tenancy.NewContext(t.Context(), tenancy.Tenant{ID: 2})
}

// multiByte returns the multi-byte character sets of the server that a client can use.
func (s *badServer) multiByte(t testing.TB) (all []string) {
	t.Helper()
	rows, err := s.root.QueryContext(
		t.Context(),
		"SELECT character_set_name FROM information_schema.character_sets WHERE maxlen > 1 AND character_set_name NOT IN ('ucs2', "+
			"'utf16', 'utf16le', 'utf32')",
	)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		all = append(all, name)
	}
	if err := rows.Err(); err != nil || len(all) < 10 {
		t.Fatal(all, err)
	}
	return all
}
