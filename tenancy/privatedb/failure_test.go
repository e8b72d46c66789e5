//go:build unix

package privatedb_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rowhouse/tenancy/privatedb"
)

func TestFailedStartReturnsTheServerLog(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	stop(t, start(t, dir, privatedb.Options{}))
	if err := os.WriteFile(filepath.Join(dir, "data", "ibdata1"), []byte("not a tablespace"), 0o600); err != nil {
		t.Fatal(err)
	}

	_, err := privatedb.Start(t.Context(), dir, complete(t, privatedb.Options{}))
	t.Log(err)
	if err == nil || !strings.Contains(err.Error(), "InnoDB") || !strings.Contains(err.Error(), "ibdata1") {
		t.Errorf("got %v", err)
	}
}

// The tests of cancelled starts cancel a little later each time, until the start succeeds before. They
// reach all phases of a start, on fast and slow machines.

func TestCancelledInitialisationLeavesNothing(t *testing.T) {
	for delay := 10 * time.Millisecond; ; delay *= 3 {
		t.Setenv("TMPDIR", t.TempDir())
		dir := filepath.Join(t.TempDir(), "throwaway")
		cancelled := startAndCancel(t, dir, delay, privatedb.Options{Throwaway: true})
		if exists(dir) {
			t.Errorf("after %s: the folder is still there", delay)
		}
		if !cancelled {
			break
		}
	}
}

func TestCancelledStartLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	stop(t, start(t, dir, privatedb.Options{}))
	for delay := time.Millisecond; ; delay *= 2 {
		t.Setenv("TMPDIR", t.TempDir())
		if !startAndCancel(t, dir, delay, privatedb.Options{}) {
			break
		}
	}
	start(t, dir, privatedb.Options{})
}

// startAndCancel cancels a start after a delay, and reports whether the start failed. It checks that no
// file and no process is left.
func startAndCancel(t *testing.T, dir string, delay time.Duration, opts privatedb.Options) (cancelled bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), delay)
	defer cancel()
	s, err := privatedb.Start(ctx, dir, complete(t, opts))
	if err == nil {
		stop(t, s)
	} else if !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("after %s: got %v", delay, err)
	}
	left, _ := filepath.Glob(filepath.Join(os.TempDir(), "*"))
	if commands := commandsWith(t, dir); len(left) > 0 || commands != "" {
		t.Errorf("after %s: left %v and the processes %s", delay, left, commands)
	}
	return err != nil
}

// TestCancelledStartOfHangingServerLeavesNothing has server programs that hang while they initialise, or
// while they start.
func TestCancelledStartOfHangingServerLeavesNothing(t *testing.T) {
	for _, phase := range []string{"initialising", "serving"} {
		t.Run(phase, func(t *testing.T) {
			programs, dir := hidePrograms(t), t.TempDir()
			t.Setenv("TMPDIR", t.TempDir())
			script(t, programs, "mysqld", `now=serving
case "$*" in *--initialize-insecure*) now=initialising;; esac
[ $now = `+phase+` ] || exit 0
: >"${0%/*}/reached"
exec /bin/sleep 1000`)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			go func() {
				waitUntil(t, "the server is "+phase, func() bool { return exists(filepath.Join(programs, "reached")) })
				cancel()
			}()
			s, err := privatedb.Start(ctx, dir, privatedb.Options{Log: logTo(t)})
			if !errors.Is(err, context.Canceled) {
				t.Errorf("got %v, %v", s, err)
			}
			left, _ := filepath.Glob(filepath.Join(os.TempDir(), "*"))
			if len(left) > 0 || exists(filepath.Join(dir, "data.new")) {
				t.Errorf("left %v, or an incomplete data folder", left)
			}
		})
	}
}

func TestIncompleteDataFolderIsInitialisedAgain(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	half := filepath.Join(dir, "data.new", "mysql")
	if err := os.MkdirAll(half, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(half, "user.frm"), []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	start(t, dir, privatedb.Options{})
	if exists(filepath.Join(dir, "data.new")) {
		t.Error("the incomplete data folder still exists")
	}
}

func TestErrorWithoutServerProgramNamesPackages(t *testing.T) {
	hidePrograms(t)
	_, err := privatedb.Start(t.Context(), t.TempDir(), privatedb.Options{Log: logTo(t)})
	for _, part := range []string{"mariadb-server-core", "DATABASE_URL"} {
		if !errors.Is(err, privatedb.ErrNoServer) || !strings.Contains(err.Error(), part) {
			t.Errorf("got %v, want %s", err, part)
		}
	}
}

// TestProgramOptionIsUsed runs programs that are not installed in the usual folders.
func TestProgramOptionIsUsed(t *testing.T) {
	dir := t.TempDir()
	for _, test := range []struct{ name, version, wantError string }{
		{
			name:      "mysqld",
			version:   "mysqld  Ver 9.7.4 for Linux",
			wantError: "initialised with --no-defaults --initialize-insecure",
		},
		{
			name:      "mariadbd",
			version:   "mariadbd  Ver 10.11.19-MariaDB",
			wantError: "mariadb-install-db is missing",
		},
		{
			name:      "link",
			version:   "mariadbd  Ver 10.11.19-MariaDB",
			wantError: "mariadb-install-db is missing",
		},
		{name: "missing", wantError: "no such file"},
	} {
		t.Run(test.name, func(t *testing.T) {
			hidePrograms(t)
			program := filepath.Join(dir, test.name)
			if test.version != "" {
				script(t, dir, test.name, `case "$*" in *--version*) echo "`+test.version+`"; exit;; esac
echo "initialised with $*"; exit 3`)
			}
			_, err := privatedb.Start(t.Context(), t.TempDir(), privatedb.Options{Log: logTo(t), Program: program})
			if err == nil || !strings.Contains(err.Error(), test.wantError) || !strings.Contains(err.Error(), program) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// TestMySQLRunsWithTheFlagsOfItsManual checks the command lines, also on machines without MySQL.
func TestMySQLRunsWithTheFlagsOfItsManual(t *testing.T) {
	programs := hidePrograms(t)
	script(t, programs, "mysqld", `echo "$@" >>"${0%/*}/calls"
case "$*" in *--initialize-insecure*) exit 0;; esac
echo "I am not a real server" >&2; exit 3`)

	_, err := privatedb.Start(t.Context(), t.TempDir(), privatedb.Options{Log: logTo(t)})
	if err == nil || !strings.Contains(err.Error(), "exit status 3") || !strings.Contains(err.Error(), "not a real server") {
		t.Errorf("got %v", err)
	}
	calls, _ := os.ReadFile(filepath.Join(programs, "calls"))
	initialise, serve, _ := strings.Cut(string(calls), "\n")
	if !strings.HasPrefix(initialise, "--no-defaults --initialize-insecure --datadir=/") {
		t.Errorf("initialised with %s", initialise)
	}
	if !strings.HasPrefix(serve, "--no-defaults ") || !strings.Contains(serve, "--mysqlx=OFF") {
		t.Errorf("served with %s", serve)
	}
}

func TestErrorExplainsAppArmor(t *testing.T) {
	script(t, hidePrograms(t), "mysqld",
		`echo "mysqld: Can't create file '/x/data.new/is_writable' (OS errno 13 - Permission denied)" >&2; exit 1`)

	_, err := privatedb.Start(t.Context(), t.TempDir(), privatedb.Options{Log: logTo(t)})
	for _, part := range []string{"AppArmor", "errno 13", "mariadb-server-core"} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("got %v, want %s", err, part)
		}
	}
}

// hidePrograms hides the installed server programs, and returns a folder in the PATH for others.
func hidePrograms(t *testing.T) string {
	t.Helper()
	programs := t.TempDir()
	rm, err := filepath.EvalSymlinks("/bin/rm")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(rm, filepath.Join(programs, "rm")); err != nil {
		t.Fatal(err)
	}
	was := *privatedb.ServerFolders
	t.Cleanup(func() { *privatedb.ServerFolders = was })
	*privatedb.ServerFolders = nil
	t.Setenv("PATH", programs)
	return programs
}

// script writes a shell script.
func script(t *testing.T, dir, name, body string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+body+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
}
