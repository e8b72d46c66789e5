package main

import (
	"context"
	"fmt"
	"log/slog"
	"text/tabwriter"
	"time"

	"rowhouse/tenancy"
)

// tenantCreate is the command that creates a tenant.
type tenantCreate struct {
	Slug string `arg:"" help:"Short public name: 2 to 40 lower-case letters, digits and inner hyphens, starting with a letter."`
	Name string `required:"" help:"Display name."`
}

// Run creates the tenant and prints it.
func (t tenantCreate) Run(ctx context.Context, flags databaseFlags, log *slog.Logger, out stdout) error {
	if err := tenancy.CheckTenant(t.Slug, t.Name); err != nil { // before it starts a private database
		return err
	}
	db, err := findAndOpen(ctx, flags, log)
	if err != nil {
		return err
	}
	defer db.close(log)
	created, err := db.directory.Create(ctx, t.Slug, t.Name)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "tenant %d: %s (%s)\n", created.ID, created.Slug, created.Name)
	return nil
}

// tenantList is the command that lists all tenants.
type tenantList struct{}

// Run prints the tenants as a table.
func (tenantList) Run(ctx context.Context, flags databaseFlags, log *slog.Logger, out stdout) error {
	db, err := findAndOpen(ctx, flags, log)
	if err != nil {
		return err
	}
	defer db.close(log)
	tenants, err := db.directory.List(ctx)
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(out, 0, 0, 3, ' ', 0)
	fmt.Fprintln(table, "ID\tSLUG\tNAME\tCREATED")
	for _, t := range tenants {
		fmt.Fprintf(table, "%d\t%s\t%s\t%s\n", t.ID, t.Slug, t.Name, t.CreatedAt.Format(time.DateTime))
	}
	return table.Flush()
}
