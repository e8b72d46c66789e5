package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"rowhouse/model/migration"
)

// migrateUp is the command that migrates the database and exits.
type migrateUp struct{}

// Run migrates.
func (migrateUp) Run(ctx context.Context, a *app) error {
	db, err := openDatabase(ctx, a, true)
	if err != nil {
		return err
	}
	defer db.close(a.log)
	fmt.Fprintf(a.out, "%s is at version %d%s\n", db.where, db.migrations.Version, newer(db.migrations))
	return nil
}

// migrateStatus is the command that shows the state of the migrations.
type migrateStatus struct{}

// errMissing sets the exit code of a command that has printed the missing migrations.
var errMissing = errors.New("migrations are missing")

// Run prints the migrations as a table, and fails when one is missing.
func (migrateStatus) Run(ctx context.Context, a *app) error {
	db := &database{dsn: a.DatabaseURL}
	defer db.close(a.log)
	if err := db.locate(ctx, a); err != nil {
		return err
	}
	status, err := migration.ReadStatus(ctx, db.dsn)
	if err != nil {
		return err
	}
	if err := writeStatus(a.out, db.where, status); err != nil {
		return err
	}
	if len(status.Missing()) > 0 {
		return errMissing
	}
	return nil
}

func writeStatus(w io.Writer, where string, status migration.Status) error {
	table := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
	fmt.Fprintln(table, "VERSION\tSTATE\tWHEN (UTC)\tFILE")
	for _, m := range status.Migrations {
		when := "-"
		if !m.At.IsZero() {
			when = m.At.Format(time.DateTime)
		}
		fmt.Fprintf(table, "%d\t%s\t%s\t%s\n", m.Version, m.State, when, m.File)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	verdict := "nothing to migrate"
	if n := len(status.Missing()); n > 0 {
		verdict = fmt.Sprintf("%d of %d migrations are missing: run rowhouse migrate", n, len(status.Migrations))
	}
	_, err := fmt.Fprintf(w, "%s is at version %d%s: %s\n", where, status.Version, newer(status), verdict)
	return err
}

// newer describes the versions of a database that this program does not know, or returns "".
func newer(status migration.Status) string {
	if len(status.Unknown) == 0 {
		return ""
	}
	return fmt.Sprintf(", migrated by a newer release (this program does not know %s)", migration.Versions(status.Unknown))
}
