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
	t.Parallel()
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

func TestCancelledInitialisationLeavesNothing(t *testing.T) {
	for _, patience := range []time.Duration{10, 100, 500} {
		t.Setenv("TMPDIR", t.TempDir())
		dir := filepath.Join(t.TempDir(), "throwaway")
		startAndCancel(t, dir, patience*time.Millisecond, privatedb.Options{Throwaway: true})
		if exists(dir) {
			t.Errorf("after %d ms: the folder is still there", patience)
		}
	}
}

func TestCancelledStartLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	stop(t, start(t, dir, privatedb.Options{}))
	for _, patience := range []time.Duration{1, 30, 150} {
		t.Setenv("TMPDIR", t.TempDir())
		startAndCancel(t, dir, patience*time.Millisecond, privatedb.Options{})
	}
	start(t, dir, privatedb.Options{})
}

func startAndCancel(t *testing.T, dir string, patience time.Duration, opts privatedb.Options) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	opts.Log = logTo(t)
	s, err := privatedb.Start(ctx, dir, opts)
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("after %s: got %v", patience, err)
	}
	if err == nil {
		stop(t, s)
	}
	left, _ := filepath.Glob(filepath.Join(os.TempDir(), "*"))
	if commands := commandsWith(t, dir); len(left) > 0 || commands != "" {
		t.Errorf("after %s: left %v and the processes %s", patience, left, commands)
	}
}

func TestHalfInitialisedFolderIsMadeAgain(t *testing.T) {
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
