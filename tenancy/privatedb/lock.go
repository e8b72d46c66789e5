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

// ErrInUse says that another process runs a database on the folder. The error
// that wraps it names both, and what to do.
var ErrInUse = errors.New("another rowhouse runs on this folder")

// lockTimeout is how long the database of a killed process may take to end.
const lockTimeout = 15 * time.Second

// lockFolder takes dir/lock and writes our pid there. The lock belongs to the
// open file, which the database inherits, so it is free exactly when neither we
// nor a database are left.
func lockFolder(ctx context.Context, dir string, log *slog.Logger) (*os.File, error) {
	file, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := awaitLock(ctx, file, log); err != nil {
		return nil, errors.Join(fmt.Errorf("lock %s: %w", dir, err), file.Close())
	}
	if err := writePID(file); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

// awaitLock waits only for a holder that is dead: its database is about to end.
func awaitLock(ctx context.Context, file *os.File, log *slog.Logger) error {
	ctx, cancel := context.WithTimeoutCause(ctx, lockTimeout, fmt.Errorf("%w: its process was killed, but its database is still there", ErrInUse))
	defer cancel()
	said := false
	for {
		if err := flock(file); !errors.Is(err, syscall.EWOULDBLOCK) {
			return err
		}
		pid := readPID(file)
		if alive(pid) {
			return fmt.Errorf("%w, as process %d: stop that one, or choose another folder with --data-dir", ErrInUse, pid)
		}
		if !said {
			log.Info("waiting for the database of a killed process to end", "lock", file.Name(), "pid", pid)
			said = true
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func writePID(file *os.File) error {
	if err := file.Truncate(0); err != nil {
		return err
	}
	_, err := file.WriteAt([]byte(strconv.Itoa(os.Getpid())), 0)
	return err
}

// readPID returns 0, which is never alive, while the holder has yet to write.
func readPID(file *os.File) int {
	text, _ := io.ReadAll(io.NewSectionReader(file, 0, 20))
	pid, _ := strconv.Atoi(string(text))
	return pid
}

func alive(pid int) bool {
	p, err := os.FindProcess(pid)
	if err != nil || pid <= 0 {
		return false
	}
	// Any other error means that it is there but not ours to signal.
	return !errors.Is(p.Signal(syscall.Signal(0)), os.ErrProcessDone)
}
