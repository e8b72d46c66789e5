package demo_test

import (
	"log/slog"
	"slices"
	"testing"

	"rowhouse/model"
	"rowhouse/model/dbtest"
	"rowhouse/model/demo"
	"rowhouse/model/migration"
	"rowhouse/tenancy"
)

// TestCreateAddsMissingTenantsOnce starts without tenants.
func TestCreateAddsMissingTenantsOnce(t *testing.T) {
	dsn, log := dbtest.Empty(t), slog.New(slog.DiscardHandler)
	if _, err := migration.Up(t.Context(), dsn, log); err != nil {
		t.Fatal(err)
	}
	db, err := tenancy.Open(t.Context(), dsn, model.Types.Models(), tenancy.Options{Log: log, Shared: model.Types.Shared()})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	directory := tenancy.NewDirectory(db)
	if slugs := demo.Slugs(t.Context(), directory); len(slugs) != 0 {
		t.Errorf("tenants before Create: %v", slugs)
	}
	for range 2 {
		if err := demo.Create(t.Context(), db, directory); err != nil {
			t.Fatal(err)
		}
		if slugs := demo.Slugs(t.Context(), directory); !slices.Equal(slugs, []string{"acme", "globex"}) {
			t.Errorf("tenants after Create: %v", slugs)
		}
		for slug, want := range map[string]int64{"acme": 13, "globex": 7} {
			tenant, err := directory.BySlug(t.Context(), slug)
			if err != nil {
				t.Fatal(err)
			}
			var items int64
			session := db.For(tenancy.NewContext(t.Context(), tenant))
			if err := session.Model(&model.Item{}).Count(&items).Error; err != nil || items != want {
				t.Errorf("%s has %d items, want %d: %v", slug, items, want, err)
			}
		}
	}
}

// TestCreateChangesNoExistingTenant runs Create on tenants without rows.
func TestCreateChangesNoExistingTenant(t *testing.T) {
	d := dbtest.New(t)
	if err := demo.Create(t.Context(), d.DB, tenancy.NewDirectory(d.DB)); err != nil {
		t.Fatal(err)
	}
	var projects int64
	if err := d.For(d.Acme).Model(&model.Project{}).Count(&projects).Error; err != nil || projects != 0 {
		t.Errorf("acme has %d projects: %v", projects, err)
	}
}
