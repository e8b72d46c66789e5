package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"rowhouse/tenancy"
)

// writeBanner writes the addresses, the database and the tenants after the start.
func writeBanner(ctx context.Context, w io.Writer, addr string, db *database, options apiOptions) {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "\n  Playground\thttp://%s/\n", addr)
	credential := "header " + tenancy.HeaderName
	if options.Resolve != nil {
		credential = "header Authorization: Bearer TOKEN"
	}
	fmt.Fprintf(table, "  GraphQL\thttp://%s/graphql\tsend the %s with each request\n", addr, credential)
	if options.Introspection {
		fmt.Fprintf(table, "  Schema\thttp://%s/schema.graphql\n", addr)
	}
	if n := options.Documents.Len(); n > 0 {
		others := "others run, too"
		if options.TrustedOnly {
			others = "others are refused"
		}
		fmt.Fprintf(table, "  Documents\t%d trusted, %s\n", n, others)
	}
	fmt.Fprintf(table, "  Health\thttp://%s/healthz\thttp://%[1]s/readyz\n", addr)
	fmt.Fprintf(table, "  Database\t%s\n", db.description)
	fmt.Fprintf(table, "  Tenants\t%s\n\n", describeTenants(ctx, db.directory))
	_ = table.Flush()
}

// describeTenants lists at most five tenants with their ids, or says how to create the first one.
func describeTenants(ctx context.Context, directory *tenancy.Directory) string {
	const maxShown = 5
	tenants, err := directory.List(ctx)
	if err != nil {
		return "unknown: " + err.Error()
	}
	if len(tenants) == 0 {
		return "none yet: rowhouse tenant create SLUG --name NAME"
	}
	var parts []string
	for _, t := range tenants[:min(len(tenants), maxShown)] {
		parts = append(parts, fmt.Sprintf("%s (%d)", t.Slug, t.ID))
	}
	if n := len(tenants) - maxShown; n > 0 {
		parts = append(parts, fmt.Sprintf("and %d more", n))
	}
	return strings.Join(parts, ", ")
}
