package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"text/tabwriter"
	"time"

	"rowhouse/model/migration"
)

// migrateUp is the command that migrates the database and exits.
type migrateUp struct{}

// Run applies the missing migrations, and prints the version.
func (migrateUp) Run(ctx context.Context, flags databaseFlags, log *slog.Logger, out stdout) error {
	at, err := findDatabase(ctx, flags, log)
	if err != nil {
		return err
	}
	db, err := openDatabase(ctx, at, flags, migration.Up, log)
	if err != nil {
		return err
	}
	defer db.close(log)
	fmt.Fprintf(out, "%s is at version %d%s\n", db.description, db.migrations.Version, describeUnknown(db.migrations))
	return nil
}

// migrateStatus is the command that prints the state of the migrations.
type migrateStatus struct{}

// Run prints the migrations as a table. It fails when one is missing.
func (migrateStatus) Run(ctx context.Context, flags databaseFlags, log *slog.Logger, out stdout) error {
	at, err := findDatabase(ctx, flags, log)
	if err != nil {
		return err
	}
	defer at.stop(log)
	status, err := migration.ReadStatus(ctx, at.dsn)
	if err != nil {
		return err
	}
	if err := writeStatus(out, at.description, status); err != nil {
		return err
	}
	if len(status.Missing()) > 0 {
		return errReported
	}
	return nil
}

// writeStatus writes the migrations of the database as a table, with a summary below.
func writeStatus(w io.Writer, database string, status migration.Status) error {
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
	summary := "nothing to migrate"
	if n := len(status.Missing()); n > 0 {
		summary = fmt.Sprintf("%d of %d migrations are missing: run rowhouse migrate", n, len(status.Migrations))
	}
	_, err := fmt.Fprintf(w, "%s is at version %d%s: %s\n", database, status.Version, describeUnknown(status), summary)
	return err
}

// describeUnknown describes the versions that only a newer release has, or returns "".
func describeUnknown(status migration.Status) string {
	if len(status.Unknown) == 0 {
		return ""
	}
	return fmt.Sprintf(", migrated by a newer release (this program does not know %s)", migration.FormatVersions(status.Unknown))
}
