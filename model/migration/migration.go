// Package migration migrates a database to the schema of the models: the SQL files in this folder,
// applied in order by goose, over connections without the guard.
//
// It guarantees that a run can be interrupted at any time and started again. No file is applied in
// part, because each file has one statement and DDL is atomic. No file is applied twice, because
// a row in goose's table records that it was begun: if the change of a begun file exists already,
// the file counts as applied. Replicas migrate one at a time. A program changes nothing in a
// database that a newer release has migrated.
//
// Start with [Up], or with [ReadStatus], which changes nothing. To add a migration, add a file with
// the next number, one statement for up and one for down. Expand and contract in separate releases:
// a program must work on a database with the next release's schema.
package migration

// The generator runs in this package because go generate reads the packages of ./... in order, and fails if a
// file disappears before: the generator deletes files of package model.
//go:generate go run -C ../.. ./graph/codegen/generate

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"strings"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"

	"rowhouse/tenancy"
)

//go:embed *.sql
var files embed.FS

// Up applies the missing migrations to the database at dsn, one replica at a time, and
// returns the state after them. It fails when another replica migrates for more than ten
// minutes. After a failure Up can run again. Up changes nothing in a database that a newer
// release has migrated.
func Up(ctx context.Context, dsn string, log *slog.Logger) (Status, error) {
	return migrateFiles(ctx, dsn, files, log)
}

func migrateFiles(ctx context.Context, dsn string, fsys fs.FS, log *slog.Logger) (Status, error) {
	config, err := tenancy.ParseDSN(dsn)
	if err != nil {
		return Status{}, err
	}
	db, err := tenancy.OpenUnguarded(config)
	if err != nil {
		return Status{}, err
	}
	defer db.Close()
	p, s, err := newProvider(db, fsys)
	if err != nil {
		return Status{}, err
	}
	r := &run{db, p, s, fsys, log, nil}
	status, err := r.migrateFiles(ctx, config.DBName)
	if err == nil && len(r.applied) > 0 {
		err = tenancy.AwaitVTGate(ctx, db)
	}
	if err != nil {
		return status, fmt.Errorf("migrate the database: %w", err)
	}
	return status, nil
}

// run is the state of one call of Up.
type run struct {
	db      *sql.DB
	goose   *goose.Provider
	store   store
	fsys    fs.FS
	log     *slog.Logger
	applied []string // the files applied by this run
}

func (r *run) migrateFiles(ctx context.Context, database string) (Status, error) {
	// This check takes no lock, so that a program without missing migrations starts while a
	// newer release migrates.
	status, done, err := r.readStatus(ctx)
	if err != nil || done {
		return status, err
	}
	unlock, err := acquireLock(ctx, r.db, lockName(database), r.log)
	if err != nil {
		return status, err
	}
	defer unlock()
	if status, done, err = r.readStatus(ctx); err != nil || done { // another replica has migrated
		return status, err
	}
	if err := r.prepareTable(ctx); err != nil {
		return status, err
	}
	for _, m := range status.Missing() {
		if err := r.applyFile(ctx, m); err != nil {
			return status, err
		}
	}
	return r.finishRun(ctx)
}

// readStatus returns the state of the migrations. done is true if there is nothing to do. It fails
// when the missing migrations can't be applied.
func (r *run) readStatus(ctx context.Context) (status Status, done bool, err error) {
	records, err := r.store.readRecords(ctx, r.db)
	if err != nil {
		return Status{}, false, err
	}
	status = newStatus(r.goose, records)
	missing := status.Missing()
	switch {
	case len(status.Unknown) > 0 && len(missing) > 0:
		return status, false, fmt.Errorf("the database has versions of a newer release (%s), and lacks %s: run a release that has both",
			FormatVersions(status.Unknown), missing[0].File)
	case len(status.Unknown) > 0:
		r.log.WarnContext(ctx, "the database is newer than this program: nothing to migrate", "unknownVersions",
			FormatVersions(status.Unknown))
		return status, true, nil
	case len(missing) > 0 && missing[0].Version < status.Version:
		return status, false, fmt.Errorf("%s is not applied, but the database is at version %d: give the file a higher number",
			missing[0].File, status.Version)
	}
	return status, len(missing) == 0 && len(findEquivalents(records)) == 0, nil
}

// prepareTable creates goose's table if it is missing. It records the versions that replace applied
// versions of earlier releases.
func (r *run) prepareTable(ctx context.Context) error {
	records, err := r.store.readRecords(ctx, r.db)
	if err != nil {
		return err
	}
	if _, ok := records[0]; !ok {
		if err := r.store.CreateVersionTable(ctx, r.db); err != nil {
			return fmt.Errorf("create the table %s: %w", r.store.Tablename(), err)
		}
		if err := r.store.insertAll(ctx, r.db, []int64{0}); err != nil {
			return err
		}
	}
	return r.recordEquivalents(ctx, records)
}

func (r *run) recordEquivalents(ctx context.Context, records map[int64]record) error {
	if versions := findEquivalents(records); len(versions) > 0 {
		return r.store.insertAll(ctx, r.db, versions)
	}
	return nil
}

// finishRun records the equivalent versions of earlier releases, and returns the state after the
// migrations.
func (r *run) finishRun(ctx context.Context) (Status, error) {
	records, err := r.store.readRecords(ctx, r.db)
	if err == nil {
		err = r.recordEquivalents(ctx, records)
	}
	return newStatus(r.goose, records), err
}

// applyFile applies one file. It records the version as begun before, and as applied after.
func (r *run) applyFile(ctx context.Context, m Migration) error {
	start := time.Now()
	if m.State == Pending {
		if err := r.store.insertBegun(ctx, r.db, m.Version); err != nil {
			return describeFailure(m, r.applied, err, false)
		}
	}
	statement, err := fs.ReadFile(r.fsys, m.File)
	if err != nil {
		return describeFailure(m, r.applied, err, false)
	}
	if err := r.runStep(ctx, m.Version); err != nil {
		return describeFailure(m, r.applied, err, false)
	}
	_, err = r.goose.ApplyVersion(ctx, m.Version, true)
	err = unwrapPartial(err)
	if m.State == Begun && (isRepeated(err) || isRenamed(err, string(statement))) {
		r.log.WarnContext(ctx, "an interrupted run has applied this file before", "file", m.File, "error", err)
		err = r.store.Insert(ctx, r.db, database.InsertRequest{Version: m.Version})
	}
	if err != nil {
		if m.State == Pending && isRefused(err) { // else an earlier run may have applied it
			ctx, cancel := newRecordContext(ctx)
			defer cancel()
			err = errors.Join(err, r.store.deleteBegun(ctx, r.db, m.Version))
		}
		return describeFailure(m, r.applied, err, isRepeated(err))
	}
	r.applied = append(r.applied, m.File)
	r.log.InfoContext(ctx, "migrated", "file", m.File, "took", time.Since(start).Round(time.Millisecond))
	return nil
}

// runStep runs the function of a version before its statement, if there is one.
func (r *run) runStep(ctx context.Context, version int64) error {
	step, ok := steps[version]
	if !ok {
		return nil
	}
	if err := tenancy.AwaitVTGate(ctx, r.db); err != nil {
		return err
	}
	return step(ctx, r.db)
}

// FormatVersions formats versions for messages, as 301, 302.
func FormatVersions(versions []int64) string {
	return strings.ReplaceAll(strings.Trim(fmt.Sprint(versions), "[]"), " ", ", ")
}

// CreateDatabase creates the database that dsn names, if it is missing. Call it only for a
// server on which this program may create databases.
func CreateDatabase(ctx context.Context, dsn string) error {
	config, err := tenancy.ParseDSN(dsn)
	if err != nil {
		return err
	}
	name := config.DBName
	config.DBName = ""
	db, err := tenancy.OpenUnguarded(config)
	if err != nil {
		return err
	}
	defer db.Close()
	if _, err := db.ExecContext(ctx, "CREATE DATABASE IF NOT EXISTS `"+name+"` CHARACTER SET utf8mb4"); err != nil {
		return fmt.Errorf("create the database %s: %w", name, err)
	}
	return nil
}
