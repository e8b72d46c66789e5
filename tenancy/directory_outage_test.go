package tenancy_test

import (
	"bytes"
	"database/sql"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"rowhouse/tenancy"
	"rowhouse/tenancy/tenancytest"
)

// TestDirectoryServesCachedTenantsDuringAnOutage stops the database server.
func TestDirectoryServesCachedTenantsDuringAnOutage(t *testing.T) {
	server, err := tenancytest.StartPrivate(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	dsn := server.DSN("outage")
	root, err := sql.Open("mysql", server.DSN(""))
	if err != nil {
		t.Fatal(err)
	}
	fill(t, root, "CREATE DATABASE outage", strings.Replace(tenancy.CreateDirectory, "tenants", "outage.tenants", 1))
	_ = root.Close()
	var log bytes.Buffer
	db, err := tenancy.Open(t.Context(), dsn, nil, tenancy.Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	directory := tenancy.NewDirectory(db)
	directory.CacheTime = 0
	created := map[string]tenancy.Tenant{}
	for _, slug := range []string{"acme", "deleted", "renamed", "uncached"} {
		if created[slug], err = directory.Create(t.Context(), tenancy.Tenant{Slug: slug, Name: slug}); err != nil {
			t.Fatal(err)
		}
		if slug == "uncached" {
			continue
		}
		if found, err := directory.BySlug(t.Context(), slug); err != nil || found != created[slug] {
			t.Fatal(found, err)
		}
	}
	system := db.For(tenancy.System(t.Context(), "test"))
	if err := errors.Join(system.Exec("DELETE FROM tenants WHERE slug = 'deleted'").Error,
		system.Exec("UPDATE tenants SET slug = 'other' WHERE slug = 'renamed'").Error); err != nil {
		t.Fatal(err)
	}
	if _, err := directory.ByID(t.Context(), created["deleted"].ID); !errors.Is(err, tenancy.ErrUnavailable) {
		t.Error(err)
	}
	if found, err := directory.ByID(t.Context(), created["renamed"].ID); err != nil || found.Slug != "other" {
		t.Error(found, err)
	}
	if err := db.Ready(t.Context()); err != nil {
		t.Error(err)
	}

	if err := server.Stop(); err != nil {
		t.Fatal(err)
	}
	if err := db.Ready(t.Context()); !tenancy.IsOutage(err) {
		t.Errorf("ready during an outage: %v", err)
	}
	if found, err := directory.BySlug(t.Context(), "acme"); err != nil || found != created["acme"] {
		t.Errorf("a known tenant by its slug: %v, %v", found, err)
	}
	if found, err := directory.ByID(t.Context(), created["acme"].ID); err != nil || found != created["acme"] {
		t.Errorf("a known tenant by its id: %v, %v", found, err)
	}
	if found, err := directory.BySlug(t.Context(), "other"); err != nil || found.ID != created["renamed"].ID {
		t.Errorf("a renamed tenant by its new slug: %v, %v", found, err)
	}
	for _, slug := range []string{"deleted", "renamed", "uncached"} {
		if found, err := directory.BySlug(t.Context(), slug); !tenancy.IsOutage(err) {
			t.Errorf("%s: %v, %v, want an outage", slug, found, err)
		}
	}
	if n := strings.Count(log.String(), "the tenant directory does not respond"); n != 1 {
		t.Errorf("logged %d times, want once a second:\n%s", n, &log)
	}
}
