package privatedb

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// ErrInUse is the error if another process runs a database in the folder. Errors that wrap it have
// the folder, the process and a remedy.
var ErrInUse = errors.New("another process runs a database in this folder")

// lockTimeout is the time to wait for the database of a killed process to end.
const lockTimeout = 15 * time.Second

// lockFolder locks the file dir/lock and writes the pid of this process to it. The lock belongs to
// the open file, which the server inherits: it is free when both have ended.
func lockFolder(ctx context.Context, dir string, log *slog.Logger) (*os.File, error) {
	file, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := waitForLock(ctx, file, log); err != nil {
		return nil, errors.Join(fmt.Errorf("lock %s: %w", dir, err), file.Close())
	}
	if err := writePID(file); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

// waitForLock locks a file. It waits only if the holder's process has ended, whose database ends soon.
func waitForLock(ctx context.Context, file *os.File, log *slog.Logger) error {
	inUse := fmt.Errorf("%w: the process was killed, but its database still runs", ErrInUse)
	ctx, cancel := context.WithTimeoutCause(ctx, lockTimeout, inUse)
	defer cancel()
	logged := false
	for {
		if err := tryLock(file); !errors.Is(err, syscall.EWOULDBLOCK) {
			return err
		}
		pid := readPID(file)
		if isAlive(pid) {
			return fmt.Errorf("%w (pid %d): stop it, or choose another folder with --data-dir", ErrInUse, pid)
		}
		if !logged {
			log.Info("waiting for the database of a killed process to end", "lock", file.Name(), "pid", pid)
			logged = true
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// writePID writes the pid of this process to a file.
func writePID(file *os.File) error {
	if err := file.Truncate(0); err != nil {
		return err
	}
	_, err := file.WriteAt([]byte(strconv.Itoa(os.Getpid())), 0)
	return err
}

// readPID returns the pid in a lock file, or 0 if the holder has not written it yet.
func readPID(file *os.File) int {
	text, _ := io.ReadAll(io.NewSectionReader(file, 0, 20))
	pid, _ := strconv.Atoi(string(text))
	return pid
}

// isAlive reports whether a process runs. It reports false for 0.
func isAlive(pid int) bool {
	p, err := os.FindProcess(pid)
	if err != nil || pid <= 0 {
		return false
	}
	// Any other error is about permissions, so the process runs.
	return !errors.Is(p.Signal(syscall.Signal(0)), os.ErrProcessDone)
}
