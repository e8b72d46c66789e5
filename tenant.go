package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"text/tabwriter"
	"time"

	"rowhouse/tenancy"
)

// tenantCreate is the command that creates a tenant.
type tenantCreate struct {
	Slug       string `arg:"" help:"Short public name: 2 to 40 lower-case letters, digits and inner hyphens, starting with a letter."`
	Name       string `required:"" help:"Display name."`
	ExternalID string `placeholder:"ID" help:"Id of the tenant in the tokens of an identity provider, such as org_2abc. The default is the slug."`
}

// Run creates the tenant and prints it.
func (t tenantCreate) Run(ctx context.Context, flags databaseFlags, log *slog.Logger, out stdout) error {
	tenant := tenancy.Tenant{Slug: t.Slug, Name: t.Name, ExternalID: t.ExternalID}
	if err := tenancy.CheckTenant(tenant); err != nil { // before it starts a private database
		return err
	}
	db, err := findAndOpen(ctx, flags, log)
	if err != nil {
		return err
	}
	defer db.close(log)
	created, err := db.directory.Create(ctx, tenant)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "tenant %d: %s (%s)\n", created.ID, created.Slug, created.Name)
	return nil
}

// tenantSetExternalID is the command that changes the external id of a tenant.
type tenantSetExternalID struct {
	Slug       string `arg:"" help:"Slug of the tenant."`
	ExternalID string `arg:"" help:"Id of the tenant in the tokens of an identity provider: 1 to 255 printable ASCII characters without spaces."`
}

// Run changes the external id and prints the tenant.
func (t tenantSetExternalID) Run(ctx context.Context, flags databaseFlags, log *slog.Logger, out stdout) error {
	db, err := findAndOpen(ctx, flags, log)
	if err != nil {
		return err
	}
	defer db.close(log)
	changed, err := db.directory.SetExternalID(ctx, t.Slug, t.ExternalID)
	if errors.Is(err, tenancy.ErrUnavailable) {
		return fmt.Errorf("no tenant has the slug %q: see rowhouse tenant list", t.Slug)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "tenant %d: %s has the external id %s\n", changed.ID, changed.Slug, changed.ExternalID)
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
	fmt.Fprintln(table, "ID\tSLUG\tEXTERNAL ID\tNAME\tCREATED")
	for _, t := range tenants {
		fmt.Fprintf(table, "%d\t%s\t%s\t%s\t%s\n", t.ID, t.Slug, t.ExternalID, t.Name, t.CreatedAt.Format(time.DateTime))
	}
	return table.Flush()
}
