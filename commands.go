package main

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"rowhouse/graph"
	"rowhouse/graph/server"
	"rowhouse/tenancy"
)

// tenantCreate is the command that creates a tenant.
type tenantCreate struct {
	Slug string `arg:"" help:"Short public name: 2 to 40 lower-case letters, digits and inner hyphens, starting with a letter."`
	Name string `required:"" help:"Name for people."`
}

// Run creates the tenant and shows it.
func (t tenantCreate) Run(ctx context.Context, a *app) error {
	if err := tenancy.CheckTenant(t.Slug, t.Name); err != nil { // before a database is made for it
		return err
	}
	db, err := openDatabase(ctx, a, a.DatabaseURL == "")
	if err != nil {
		return err
	}
	defer db.close(a.log)
	created, err := db.directory.Create(ctx, t.Slug, t.Name)
	if err != nil {
		return err
	}
	fmt.Fprintf(a.out, "tenant %d: %s (%s)\n", created.ID, created.Slug, created.Name)
	return nil
}

// tenantList is the command that lists all tenants.
type tenantList struct{}

// Run lists the tenants as a table.
func (tenantList) Run(ctx context.Context, a *app) error {
	db, err := openDatabase(ctx, a, a.DatabaseURL == "")
	if err != nil {
		return err
	}
	defer db.close(a.log)
	tenants, err := db.directory.List(ctx)
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(a.out, 0, 0, 3, ' ', 0)
	fmt.Fprintln(table, "ID\tSLUG\tNAME\tCREATED")
	for _, t := range tenants {
		fmt.Fprintf(table, "%d\t%s\t%s\t%s\n", t.ID, t.Slug, t.Name, t.CreatedAt.Format(time.DateTime))
	}
	return table.Flush()
}

// schema is the command that prints the API's schema.
type schema struct{}

// Run prints what GET /schema.graphql serves.
func (schema) Run(a *app) error {
	_, err := io.WriteString(a.out, server.SDL(graph.NewExecutableSchema(graph.Config{}).Schema()))
	return err
}
