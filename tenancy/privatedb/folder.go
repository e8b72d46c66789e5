package privatedb

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
)

// folder is a data folder whose lock we hold.
type folder struct {
	dir       string
	throwaway bool
	lock      *os.File
}

func (f *folder) data() string { return filepath.Join(f.dir, "data") }
func (f *folder) tmp() string  { return filepath.Join(f.dir, "tmp") }
func (f *folder) log() string  { return filepath.Join(f.dir, "database.log") }

// open makes dir if need be and takes its lock.
func open(ctx context.Context, dir string, throwaway bool, log *slog.Logger) (*folder, error) {
	// The database changes its working directory, and a relative path would move.
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	// A folder that exists keeps its mode: somebody may have named /tmp.
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	lock, err := lockFolder(ctx, dir, log)
	if err != nil {
		return nil, err
	}
	f := &folder{dir: dir, throwaway: throwaway, lock: lock}
	if err := f.prepare(); err != nil {
		f.close()
		return nil, err
	}
	return f, nil
}

func (f *folder) prepare() error {
	entries, err := os.ReadDir(f.dir)
	if err != nil {
		return err
	}
	if f.throwaway && len(entries) > 1 { // the one is our lock
		return fmt.Errorf("%s is not empty, and a throwaway database removes its folder; name a new one", f.dir)
	}
	// What a crashed database left there is of no use to the next.
	if err := os.RemoveAll(f.tmp()); err != nil {
		return err
	}
	return os.Mkdir(f.tmp(), 0o700)
}

// close lets go of our share in the lock; a database that runs keeps its own.
func (f *folder) close() { _ = f.lock.Close() }

// doomed is what goes when the database has ended.
func (f *folder) doomed() string {
	if f.throwaway {
		return f.dir
	}
	return ""
}

// discard removes the folder of a throwaway database that never ran.
func (f *folder) discard() error { return os.RemoveAll(f.doomed()) }

// environ is our own environment but for the temporary folder: two databases on
// one delete each other's tables.
func (f *folder) environ() []string { return append(os.Environ(), "TMPDIR="+f.tmp()) }

// socketFolder makes a folder for the socket, away from the data: the path of a
// socket ends at 103 bytes on macOS and 107 on Linux.
func socketFolder() (string, error) {
	dir := os.TempDir()
	if len(dir) > 70 {
		dir = "/tmp"
	}
	return os.MkdirTemp(dir, "rowhouse-")
}
