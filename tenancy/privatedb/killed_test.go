//go:build unix

package privatedb_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"rowhouse/tenancy/privatedb"
)

// parentFolder is an environment variable. With it, the test binary is a process for tests to kill: it
// starts a server in this folder, prints its pid and DSN, and waits.
const parentFolder = "PRIVATEDB_PARENT"

func TestMain(m *testing.M) {
	if dir := os.Getenv(parentFolder); dir != "" {
		runParent(dir)
	}
	os.Exit(m.Run())
}

// runParent starts a server and waits to be killed.
func runParent(dir string) {
	opts := privatedb.Options{Throwaway: os.Getenv("PRIVATEDB_THROWAWAY") != "", Program: os.Getenv("TEST_DATABASE_PROGRAM")}
	s, err := privatedb.Start(context.Background(), dir, opts)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println(s.PID(), s.DSN("mysql"))
	select {}
}

func TestKilledParentLeavesNoServer(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := startParent(t, parentFolder+"="+dir)
	write(t, p.dsn, "kept")
	p.kill(t)

	// Start waits until the server of the killed process has ended.
	s := start(t, dir, privatedb.Options{})
	if running(p.pid) {
		t.Error("two servers run in the same folder")
	}
	if got := read(t, s.DSN("mysql")); got != "kept" {
		t.Errorf("read %q", got)
	}
	log, err := os.ReadFile(dir + "/database.log")
	if err != nil || !strings.Contains(string(log), "Shutdown complete") {
		t.Errorf("the server was not shut down cleanly: %p\n%s", err, log)
	}
	if exists(socketsIn(p.dsn)) {
		t.Error("the socket folder still exists")
	}
}

func TestKilledParentOfThrowawayLeavesNoFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir() + "/throwaway"
	p := startParent(t, parentFolder+"="+dir, "PRIVATEDB_THROWAWAY=1")
	p.kill(t)
	waitUntil(t, "the server, its folder and its socket are removed", func() bool {
		return !exists(dir) && !running(p.pid) && !exists(socketsIn(p.dsn))
	})
}

func TestParentKilledDuringInitialisationLeavesUsableFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), parentFolder+"="+dir)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	waitUntil(t, "the database is initialised", func() bool { return exists(dir+"/data.new/ibdata1") || exists(dir+"/data") })
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	write(t, start(t, dir, privatedb.Options{}).DSN("mysql"), "x")
}

func TestParentKilledDuringStartLeavesNoServer(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	stop(t, start(t, dir, privatedb.Options{}))
	for _, pause := range []time.Duration{0, 20, 50, 100, 200} {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), parentFolder+"="+dir)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		waitUntil(t, "the server runs", func() bool { return commandsWith(t, "--datadir="+dir) != "" })
		time.Sleep(pause * time.Millisecond)
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		stop(t, start(t, dir, privatedb.Options{}))
	}
}

// parent is a process to kill, and its server.
type parent struct {
	cmd *exec.Cmd
	pid int
	dsn string
}

// startParent starts the test binary again as a parent.
func startParent(t *testing.T, env ...string) parent {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env, cmd.Stderr = append(os.Environ(), env...), os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, _ := bufio.NewReader(out).ReadString('\n')
	number, dsn, _ := strings.Cut(strings.TrimSpace(line), " ")
	pid, err := strconv.Atoi(number)
	if err != nil {
		t.Fatalf("the parent printed %q", line)
	}
	return parent{cmd, pid, dsn}
}

// kill kills the parent, not the server.
func (p parent) kill(t *testing.T) {
	t.Helper()
	if err := p.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = p.cmd.Wait() // the error is the kill
}
