//go:build unix

package privatedb_test

import (
	"database/sql"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"

	"rowhouse/tenancy/privatedb"
)

func start(t *testing.T, dir string, opts privatedb.Options) *privatedb.Server {
	t.Helper()
	s, err := privatedb.Start(t.Context(), dir, complete(t, opts))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Stop() }) // the test itself looks at the error
	return s
}

// complete adds the test's log, and the server program that the tests are run with.
func complete(t *testing.T, opts privatedb.Options) privatedb.Options {
	opts.Log, opts.Program = logTo(t), os.Getenv("TEST_DATABASE_PROGRAM")
	return opts
}

// waitUntil polls for an event. Its limit is for events that never come; a slow machine
// stays far below.
func waitUntil(t *testing.T, event string, happened func() bool) {
	t.Helper()
	for end := time.Now().Add(2 * time.Minute); !happened(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Errorf("it never happened that %s", event)
			return
		}
	}
}

func stop(t *testing.T, s *privatedb.Server) {
	t.Helper()
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
}

func logTo(t *testing.T) *slog.Logger {
	return slog.New(slog.NewTextHandler(t.Output(), nil))
}

func write(t *testing.T, dsn, text string) {
	t.Helper()
	query(t, dsn, "CREATE TABLE notes (text VARCHAR(20)) ENGINE=InnoDB")
	query(t, dsn, "INSERT INTO notes VALUES ('"+text+"')")
}

func read(t *testing.T, dsn string) string {
	t.Helper()
	return query(t, dsn, "SELECT text FROM notes")
}

// query returns the one value of a statement, if it has one.
func query(t *testing.T, dsn, statement string) string {
	t.Helper()
	db, err := sql.Open("mysql", dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	rows, err := db.QueryContext(t.Context(), statement)
	if err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	defer func() { _ = rows.Close() }()
	var value string
	for rows.Next() {
		if err := rows.Scan(&value); err != nil {
			t.Fatal(err)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return value
}

func sockets(s *privatedb.Server) string { return socketsIn(s.DSN("")) }

func socketsIn(dsn string) string {
	c, err := mysql.ParseDSN(dsn)
	if err != nil {
		return err.Error()
	}
	return filepath.Dir(c.Addr)
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func running(pid int) bool { return syscall.Kill(pid, 0) == nil }

func pidText() string { return strconv.Itoa(os.Getpid()) }

// commandsWith lists the processes whose command line has the text.
func commandsWith(t *testing.T, text string) string {
	t.Helper()
	all, err := exec.CommandContext(t.Context(), "ps", "-axww", "-o", "pid,args").Output()
	if err != nil {
		t.Fatal(err)
	}
	var found strings.Builder
	for line := range strings.Lines(string(all)) {
		if strings.Contains(line, text) {
			found.WriteString(line)
		}
	}
	return found.String()
}
