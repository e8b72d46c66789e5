package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"text/tabwriter"

	"rowhouse/graph/server"
	"rowhouse/tenancy"
)

func newLog(w io.Writer, format string, level slog.Level) *slog.Logger {
	options := &slog.HandlerOptions{Level: level}
	if format == "json" {
		// Durations would be bare numbers of nanoseconds.
		options.ReplaceAttr = func(_ []string, a slog.Attr) slog.Attr {
			if a.Value.Kind() == slog.KindDuration {
				a.Value = slog.StringValue(a.Value.Duration().String())
			}
			return a
		}
		return slog.New(withContext{slog.NewJSONHandler(w, options)})
	}
	return slog.New(withContext{slog.NewTextHandler(w, options)})
}

// logLevel is a slog.Level on the command line.
type logLevel struct{ slog.Level }

// UnmarshalText reads a level. It fails with the names of levels.
func (l *logLevel) UnmarshalText(text []byte) error {
	if l.Level.UnmarshalText(text) != nil {
		return fmt.Errorf("must be debug, info, warn or error, but got %q", text)
	}
	return nil
}

// withContext adds to each record the request and the tenant that it belongs to.
type withContext struct{ slog.Handler }

// Handle is part of slog.Handler.
func (h withContext) Handle(ctx context.Context, r slog.Record) error {
	if id := server.RequestIDFrom(ctx); id != "" {
		r.AddAttrs(slog.String("requestId", id))
	}
	if t, err := tenancy.FromContext(ctx); err == nil {
		r.AddAttrs(slog.Uint64("tenant", uint64(t.ID)))
	}
	return h.Handler.Handle(ctx, r)
}

// WithAttrs is part of slog.Handler.
func (h withContext) WithAttrs(attrs []slog.Attr) slog.Handler {
	return withContext{h.Handler.WithAttrs(attrs)}
}

// WithGroup is part of slog.Handler.
func (h withContext) WithGroup(name string) slog.Handler {
	return withContext{h.Handler.WithGroup(name)}
}

// greet tells what runs where.
func (s *serve) greet(ctx context.Context, a *app, db *database, addr string) {
	if s.TrustTenantHeader {
		a.log.Warn("the header "+tenancy.HeaderName+" is trusted: a gateway must set it for every request", "addr", addr)
	} else {
		a.log.Warn("development mode: whoever can reach this address chooses the tenant by the header "+tenancy.HeaderName, "addr", addr)
	}
	if a.LogFormat == "json" {
		a.log.Info("serving", "addr", addr, "database", db.where)
		return
	}
	var tenants []string
	all, err := db.directory.List(ctx)
	for _, t := range all[:min(len(all), 5)] {
		tenants = append(tenants, fmt.Sprintf("%s (%d)", t.Slug, t.ID))
	}
	switch {
	case err != nil:
		tenants = []string{"not known: " + err.Error()}
	case len(all) == 0:
		tenants = []string{"none yet: rowhouse tenant create SLUG --name NAME"}
	case len(all) > 5:
		tenants = append(tenants, fmt.Sprintf("and %d more", len(all)-5))
	}
	table := tabwriter.NewWriter(a.screen, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "\n  Playground\thttp://%s/\n", addr)
	fmt.Fprintf(table, "  GraphQL\thttp://%s/graphql\tsend the header %s with each request\n", addr, tenancy.HeaderName)
	if s.API.Introspection {
		fmt.Fprintf(table, "  Schema\thttp://%s/schema.graphql\n", addr)
	}
	if n := s.API.Documents.Len(); n > 0 {
		fmt.Fprintf(table, "  Documents\t%d trusted, others %s\n", n, map[string]string{"also": "run, too", "only": "are refused"}[s.API.TrustedDocuments])
	}
	fmt.Fprintf(table, "  Health\thttp://%s/healthz\thttp://%[1]s/readyz\n", addr)
	fmt.Fprintf(table, "  Database\t%s\n", db.where)
	fmt.Fprintf(table, "  Tenants\t%s\n\n", strings.Join(tenants, ", "))
	_ = table.Flush()
}
