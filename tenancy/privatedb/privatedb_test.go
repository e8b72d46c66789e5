//go:build unix

package privatedb_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"rowhouse/tenancy/privatedb"
)

func TestDataSurvivesRestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := start(t, dir, privatedb.Options{})
	write(t, s.DSN("mysql"), "kept")
	stop(t, s)

	s = start(t, dir, privatedb.Options{})
	if got := read(t, s.DSN("mysql")); got != "kept" {
		t.Errorf("read %q after a restart", got)
	}
}

// TestNextStartInitialisesNothing checks that the data folder is kept. BenchmarkNextStart measures the
// time of such a start.
func TestNextStartInitialisesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	stop(t, start(t, dir, privatedb.Options{}))
	before, err := os.Stat(filepath.Join(dir, "data", "ibdata1"))
	if err != nil {
		t.Fatal(err)
	}

	var log bytes.Buffer
	opts := complete(t, privatedb.Options{})
	opts.Log = slog.New(slog.NewTextHandler(&log, nil))
	s, err := privatedb.Start(t.Context(), dir, opts)
	if err != nil {
		t.Fatal(err)
	}
	stop(t, s)
	after, err := os.Stat(filepath.Join(dir, "data", "ibdata1"))
	if err != nil || !os.SameFile(before, after) || strings.Contains(log.String(), "initialising") {
		t.Errorf("%v, the log:\n%s", err, log.String())
	}
}

func BenchmarkNextStart(b *testing.B) {
	opts := privatedb.Options{Log: slog.New(slog.DiscardHandler), Program: os.Getenv("TEST_DATABASE_PROGRAM")}
	dir := b.TempDir()
	next := func() {
		s, err := privatedb.Start(b.Context(), dir, opts)
		if err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		if err := s.Stop(); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
	next() // the first start initialises
	for b.Loop() {
		next()
	}
}

func TestLongDataFolderPathWorks(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), strings.Repeat("long and 'odd' $HOME ", 6))
	s := start(t, dir, privatedb.Options{Throwaway: true})
	write(t, s.DSN("mysql"), "x")
	stop(t, s)
	if exists(dir) {
		t.Error("the folder still exists")
	}
}

func TestLongTempFolderPathWorks(t *testing.T) {
	long := filepath.Join(t.TempDir(), strings.Repeat("x", 120))
	if err := os.Mkdir(long, 0o700); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	t.Setenv("TMPDIR", long)
	start(t, dir, privatedb.Options{Throwaway: true})
}

func TestSecondServerInSameFolderFails(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first := start(t, dir, privatedb.Options{})

	_, err := privatedb.Start(t.Context(), dir, complete(t, privatedb.Options{}))
	if !errors.Is(err, privatedb.ErrInUse) || !strings.Contains(err.Error(), dir) || !strings.Contains(err.Error(), pidText()) {
		t.Fatalf("got %v", err)
	}

	stop(t, first)
	start(t, dir, privatedb.Options{})
}

func TestOnlyTheOwnerCanConnect(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "new")
	s := start(t, dir, privatedb.Options{Throwaway: true})
	for _, folder := range []string{dir, filepath.Join(dir, "data"), filepath.Join(dir, "tmp"), sockets(s)} {
		info, err := os.Stat(folder)
		if err != nil || info.Mode().Perm() != 0o700 {
			t.Errorf("%s: %v, %v", folder, info.Mode(), err)
		}
	}
	for variable, want := range map[string]string{
		"skip_networking": "1", "log_bin": "0", "performance_schema": "0",
		"tmpdir": filepath.Join(dir, "tmp"), "character_set_server": "utf8mb4",
	} {
		if got := query(t, s.DSN(""), "SELECT @@"+variable); got != want {
			t.Errorf("%s is %q", variable, got)
		}
	}
}

func TestStopEndsTheServerAndCanBeCalledTwice(t *testing.T) {
	t.Parallel()
	s := start(t, t.TempDir(), privatedb.Options{Throwaway: true})
	if !running(s.PID()) || !exists(sockets(s)) {
		t.Fatal("the test does not see the server")
	}
	stop(t, s)
	stop(t, s)
	if running(s.PID()) || exists(sockets(s)) {
		t.Error("the server still runs, or its socket exists")
	}
	select {
	case <-s.Done():
	default:
		t.Error("Done is open")
	}
}

func TestThrowawayRemovesItsFolder(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "new")
	s := start(t, dir, privatedb.Options{Throwaway: true})
	write(t, s.DSN("mysql"), "x")
	stop(t, s)
	if exists(dir) {
		t.Errorf("%s still exists", dir)
	}
}

func TestThrowawayFailsInNonEmptyFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	precious := filepath.Join(dir, "precious")
	if err := os.WriteFile(precious, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := privatedb.Start(t.Context(), dir, complete(t, privatedb.Options{Throwaway: true})); err == nil {
		t.Error("the server started")
	}
	if !exists(precious) {
		t.Error("the file was removed")
	}
}

func TestKilledServerClosesDone(t *testing.T) {
	t.Parallel()
	s := start(t, t.TempDir(), privatedb.Options{Throwaway: true})
	if err := syscall.Kill(s.PID(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	<-s.Done()
	err := s.Stop()
	if err == nil || !strings.Contains(err.Error(), "killed") || !strings.Contains(err.Error(), "ready for connections") {
		t.Errorf("Stop returned %v", err)
	}
	if exists(sockets(s)) {
		t.Error("the socket still exists")
	}
}

func TestVersionHasProductAndNumber(t *testing.T) {
	t.Parallel()
	s := start(t, t.TempDir(), privatedb.Options{Throwaway: true})
	full := query(t, s.DSN(""), "SELECT VERSION()")
	product, number, _ := strings.Cut(s.Version(), " ")
	if product != "MariaDB" && product != "MySQL" || !strings.HasPrefix(full, number) {
		t.Errorf("%q for %q", s.Version(), full)
	}
}

func TestContextHasNoEffectAfterStart(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	s, err := privatedb.Start(ctx, t.TempDir(), complete(t, privatedb.Options{Throwaway: true}))
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	time.Sleep(100 * time.Millisecond)
	write(t, s.DSN("mysql"), "x")
	stop(t, s)
}

func TestRunningFindsTheServerOfAFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if dsn, ok := privatedb.Running(t.Context(), dir, "mysql"); ok {
		t.Errorf("found %s before the start", dsn)
	}
	s := start(t, dir, privatedb.Options{})
	if dsn, ok := privatedb.Running(t.Context(), dir, "mysql"); !ok || dsn != s.DSN("mysql") {
		t.Errorf("found %q, %v", dsn, ok)
	}
	stop(t, s)
	if dsn, ok := privatedb.Running(t.Context(), dir, "mysql"); ok {
		t.Errorf("found %s after the server has ended", dsn)
	}
}

// TestStartFailsIfItCantCreateItsFiles has a file or a folder in their place.
func TestStartFailsIfItCantCreateItsFiles(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	lock, log := t.TempDir(), t.TempDir()
	for _, dir := range []string{filepath.Join(lock, "lock"), filepath.Join(log, "database.log")} {
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for _, dir := range []string{file, lock, log} {
		if s, err := privatedb.Start(t.Context(), dir, complete(t, privatedb.Options{})); err == nil {
			stop(t, s)
			t.Errorf("the server started in %s", dir)
		}
	}
}
