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

// The test binary, run again with this variable, is a process to be killed: it
// starts a database in the named folder, tells its pid and DSN, and waits.
const victimFolder = "PRIVATEDB_VICTIM"

func TestMain(m *testing.M) {
	if dir := os.Getenv(victimFolder); dir != "" {
		beVictim(dir)
	}
	os.Exit(m.Run())
}

func beVictim(dir string) {
	opts := privatedb.Options{Throwaway: os.Getenv("PRIVATEDB_THROWAWAY") != "", Program: os.Getenv("TEST_DATABASE_PROGRAM")}
	s, err := privatedb.Start(context.Background(), dir, opts)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println(s.PID(), s.DSN("mysql"))
	select {}
}

func TestKilledParentLeavesNoDatabase(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	v := startVictim(t, victimFolder+"="+dir)
	write(t, v.dsn, "kept")
	v.kill(t)

	// At once: this waits until the database of the victim has ended.
	s := start(t, dir, privatedb.Options{})
	if running(v.pid) {
		t.Error("two databases run on one folder")
	}
	if got := read(t, s.DSN("mysql")); got != "kept" {
		t.Errorf("read %q", got)
	}
	log, err := os.ReadFile(dir + "/database.log")
	if err != nil || !strings.Contains(string(log), "Shutdown complete") {
		t.Errorf("the database was not shut down cleanly: %v\n%s", err, log)
	}
	if exists(socketsIn(v.dsn)) {
		t.Error("the socket folder is still there")
	}
}

func TestKilledParentOfAThrowawayLeavesNoFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir() + "/throwaway"
	v := startVictim(t, victimFolder+"="+dir, "PRIVATEDB_THROWAWAY=1")
	v.kill(t)
	waitUntil(t, "the database, its folder and its socket are gone", func() bool {
		return !exists(dir) && !running(v.pid) && !exists(socketsIn(v.dsn))
	})
}

func TestParentKilledWhileItInitialisesLeavesAUsableFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), victimFolder+"="+dir)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	waitUntil(t, "the database is initialised", func() bool { return exists(dir+"/data.new/ibdata1") || exists(dir+"/data") })
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	write(t, start(t, dir, privatedb.Options{}).DSN("mysql"), "x")
}

func TestParentKilledWhileTheDatabaseStartsLeavesNoDatabase(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	stop(t, start(t, dir, privatedb.Options{}))
	for _, pause := range []time.Duration{0, 20, 50, 100, 200} {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), victimFolder+"="+dir)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		waitUntil(t, "the database runs", func() bool { return commandsWith(t, "--datadir="+dir) != "" })
		time.Sleep(pause * time.Millisecond)
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		stop(t, start(t, dir, privatedb.Options{}))
	}
}

type victim struct {
	cmd *exec.Cmd
	pid int
	dsn string
}

func startVictim(t *testing.T, env ...string) victim {
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
		t.Fatalf("victim said %q", line)
	}
	return victim{cmd, pid, dsn}
}

func (v victim) kill(t *testing.T) {
	t.Helper()
	if err := v.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = v.cmd.Wait() // says that it was killed
}
