package migration

import (
	"context"
	"io/fs"
	"log/slog"

	"github.com/pressly/goose/v3"

	"rowhouse/tenancy"
)

// Files are the migrations of this program.
var Files fs.FS = files

// LockName returns the name of the lock that Up takes.
func LockName(database string) string { return lockName(database) }

// IsRefused reports whether a file with this error has changed nothing.
var IsRefused = isRefused

// UpFiles is Up with the migrations in fsys.
func UpFiles(ctx context.Context, dsn string, fsys fs.FS, log *slog.Logger) (Status, error) {
	return migrateFiles(ctx, dsn, fsys, log)
}

// DownTo undoes the migrations after a version.
func DownTo(ctx context.Context, dsn string, version int64) error {
	config, err := tenancy.ParseDSN(dsn)
	if err != nil {
		return err
	}
	db, err := tenancy.OpenUnguarded(config)
	if err != nil {
		return err
	}
	defer db.Close()
	p, _, err := newProvider(db, files)
	if err != nil {
		return err
	}
	_, err = p.DownTo(ctx, version)
	return err
}

// UpReleased migrates as an earlier release does: with goose's own store and the files in
// fsys, up to a version.
func UpReleased(ctx context.Context, dsn string, fsys fs.FS, version int64) (current int64, err error) {
	config, err := tenancy.ParseDSN(dsn)
	if err != nil {
		return 0, err
	}
	db, err := tenancy.OpenUnguarded(config)
	if err != nil {
		return 0, err
	}
	defer db.Close()
	p, err := goose.NewProvider(goose.DialectMySQL, db, fsys, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return 0, err
	}
	if _, err := p.UpTo(ctx, version); err != nil {
		return 0, err
	}
	return p.GetDBVersion(ctx)
}

// KeyBatch is the number of rows that FillKeys reads at once.
const KeyBatch = keyBatch

// FillKeys sets the wrong keys of a string column.
var FillKeys = fillKeys
