package privatedb

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
)

// dataFolder is the folder of a private database, with the lock that this process holds.
type dataFolder struct {
	dir       string
	throwaway bool
	lock      *os.File
}

// These are the paths of the server's data, its temporary files and its log.
func (f *dataFolder) dataDir() string { return filepath.Join(f.dir, "data") }
func (f *dataFolder) tempDir() string { return filepath.Join(f.dir, "tmp") }
func (f *dataFolder) logPath() string { return filepath.Join(f.dir, "database.log") }

// openFolder creates dir if it does not exist, and locks it.
func openFolder(ctx context.Context, dir string, throwaway bool, log *slog.Logger) (*dataFolder, error) {
	// The server changes its working directory, so a relative path would change.
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	// An existing folder keeps its mode: dir may be /tmp.
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	lock, err := lockFolder(ctx, dir, log)
	if err != nil {
		return nil, err
	}
	f := &dataFolder{dir: dir, throwaway: throwaway, lock: lock}
	if err := f.prepareTemp(); err != nil {
		f.close()
		return nil, err
	}
	return f, nil
}

// prepareTemp creates an empty folder for temporary files. It fails for a throwaway database in a
// folder that is not empty.
func (f *dataFolder) prepareTemp() error {
	entries, err := os.ReadDir(f.dir)
	if err != nil {
		return err
	}
	if f.throwaway && len(entries) > 1 { // the lock is there
		return fmt.Errorf("%s is not empty, and a throwaway database removes its folder: choose a new folder", f.dir)
	}
	// A server that crashed may have left files.
	if err := os.RemoveAll(f.tempDir()); err != nil {
		return err
	}
	return os.Mkdir(f.tempDir(), 0o700)
}

// close closes the lock. A running server has inherited it, and keeps it.
func (f *dataFolder) close() { _ = f.lock.Close() }

// removedOnExit returns the folder to remove after the server has ended, or "".
func (f *dataFolder) removedOnExit() string {
	if f.throwaway {
		return f.dir
	}
	return ""
}

// removeThrowaway removes the folder of a throwaway database that was not started.
func (f *dataFolder) removeThrowaway() error { return os.RemoveAll(f.removedOnExit()) }

// buildEnv returns the environment of this process with another temporary folder: servers with the
// same one delete each other's tables.
func (f *dataFolder) buildEnv() []string { return append(os.Environ(), "TMPDIR="+f.tempDir()) }

// makeSocketDir creates a folder for the socket. It is not in the data folder, whose path may be too
// long: the limit for a socket is 103 bytes on macOS and 107 on Linux.
func makeSocketDir() (string, error) {
	dir := os.TempDir()
	if len(dir) > 70 {
		dir = "/tmp"
	}
	return os.MkdirTemp(dir, "rowhouse-")
}
