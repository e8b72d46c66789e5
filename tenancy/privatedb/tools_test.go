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

// start starts a server, which stops with the test.
func start(t *testing.T, dir string, opts privatedb.Options) *privatedb.Server {
	t.Helper()
	s, err := privatedb.Start(t.Context(), dir, complete(t, opts))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Stop() }) // tests that check the error call Stop themselves
	return s
}

// complete adds the log of the test and TEST_DATABASE_PROGRAM to options.
func complete(t *testing.T, opts privatedb.Options) privatedb.Options {
	opts.Log, opts.Program = logTo(t), os.Getenv("TEST_DATABASE_PROGRAM")
	return opts
}

// waitUntil polls until a condition is true, for two minutes at most.
func waitUntil(t *testing.T, event string, condition func() bool) {
	t.Helper()
	for end := time.Now().Add(2 * time.Minute); !condition(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Errorf("waited two minutes until %s", event)
			return
		}
	}
}

// stop stops a server, which must not fail.
func stop(t *testing.T, s *privatedb.Server) {
	t.Helper()
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
}

// logTo returns a logger that writes to the output of a test.
func logTo(t *testing.T) *slog.Logger {
	return slog.New(slog.NewTextHandler(t.Output(), nil))
}

// write writes a row to a new table.
func write(t *testing.T, dsn, text string) {
	t.Helper()
	query(t, dsn, "CREATE TABLE notes (text VARCHAR(20)) ENGINE=InnoDB")
	query(t, dsn, "INSERT INTO notes VALUES ('"+text+"')")
}

// read returns the row of write.
func read(t *testing.T, dsn string) string {
	t.Helper()
	return query(t, dsn, "SELECT text FROM notes")
}

// query returns the value of a statement, or "".
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

// sockets returns the socket folder of a server.
func sockets(s *privatedb.Server) string { return socketsIn(s.DSN("")) }

// socketsIn returns the socket folder in a DSN.
func socketsIn(dsn string) string {
	c, err := mysql.ParseDSN(dsn)
	if err != nil {
		return err.Error()
	}
	return filepath.Dir(c.Addr)
}

// exists reports whether a file exists.
func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// running reports whether a process runs.
func running(pid int) bool { return syscall.Kill(pid, 0) == nil }

// pidText returns the pid of this process.
func pidText() string { return strconv.Itoa(os.Getpid()) }

// commandsWith returns the processes with a string in their command line.
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
