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

func TestFailedStartTellsTheLog(t *testing.T) {
	dir := t.TempDir()
	stop(t, start(t, dir, privatedb.Options{}))
	if err := os.WriteFile(filepath.Join(dir, "data", "ibdata1"), []byte("not a tablespace"), 0o600); err != nil {
		t.Fatal(err)
	}

	_, err := privatedb.Start(t.Context(), dir, privatedb.Options{Log: logTo(t)})
	t.Log(err)
	if err == nil || !strings.Contains(err.Error(), "InnoDB") || !strings.Contains(err.Error(), "ibdata1") {
		t.Errorf("got %v", err)
	}
}

func TestCancelledStartLeavesNothing(t *testing.T) {
	// The first is cut off while it initialises, the last when it has nearly begun.
	for _, patience := range []time.Duration{50, 200, 500, 900, 1200, 1500, 1800} {
		patience *= time.Millisecond
		t.Run(patience.String(), func(t *testing.T) {
			t.Setenv("TMPDIR", t.TempDir())
			dir := filepath.Join(t.TempDir(), "throwaway")
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			s, err := privatedb.Start(ctx, dir, privatedb.Options{Throwaway: true, Log: logTo(t)})
			if err == nil {
				stop(t, s) // this machine is quicker
			} else if !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("got %v", err)
			}
			left, _ := filepath.Glob(filepath.Join(os.TempDir(), "*"))
			if exists(dir) || len(left) > 0 || commandsWith(t, dir) != "" {
				t.Errorf("left: %v, folder: %v, processes: %s", left, exists(dir), commandsWith(t, dir))
			}
		})
	}
}

func TestHalfInitialisedFolderIsMadeAgain(t *testing.T) {
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
		t.Error("the half-made folder is still there")
	}
}

func TestMachineWithoutAServerIsToldWhatToInstall(t *testing.T) {
	pretendInstalled(t)
	_, err := privatedb.Start(t.Context(), t.TempDir(), privatedb.Options{Log: logTo(t)})
	if !errors.Is(err, privatedb.ErrNoServer) || !strings.Contains(err.Error(), "mariadb-server-core") || !strings.Contains(err.Error(), "DATABASE_URL") {
		t.Errorf("got %v", err)
	}
}

// No MySQL is at hand: this pins the commands that its manual gives.
func TestMySQLInitialisesItself(t *testing.T) {
	programs := pretendInstalled(t)
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

func TestMySQLConfinedByAppArmorIsExplained(t *testing.T) {
	script(t, pretendInstalled(t), "mysqld", `echo "mysqld: Can't create file '/x/data.new/is_writable' (OS errno 13 - Permission denied)" >&2; exit 1`)

	_, err := privatedb.Start(t.Context(), t.TempDir(), privatedb.Options{Log: logTo(t)})
	if err == nil || !strings.Contains(err.Error(), "AppArmor") || !strings.Contains(err.Error(), "errno 13") || !strings.Contains(err.Error(), "mariadb-server-core") {
		t.Errorf("got %v", err)
	}
}

// pretendInstalled leaves sh's own tools but no database server, and returns a
// folder in which to put one.
func pretendInstalled(t *testing.T) string {
	t.Helper()
	programs := t.TempDir()
	rm, err := filepath.EvalSymlinks("/bin/rm")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(rm, filepath.Join(programs, "rm")); err != nil {
		t.Fatal(err)
	}
	was := *privatedb.Folders
	t.Cleanup(func() { *privatedb.Folders = was })
	*privatedb.Folders = nil
	t.Setenv("PATH", programs)
	return programs
}

func script(t *testing.T, dir, name, body string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+body+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
}
