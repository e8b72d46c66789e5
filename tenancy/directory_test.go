package tenancy_test

import (
	"errors"
	"strings"
	"testing"

	"rowhouse/tenancy"
)

func TestDirectoryCreatesTenants(t *testing.T) {
	d := schema.New(t)
	directory := tenancy.NewDirectory(d.DB)
	for _, test := range []struct {
		slug, name string
		err        error
	}{
		{
			slug: "initech",
			name: "Initech Inc",
		},
		{
			slug: "a1",
			name: strings.Repeat("🏠", 200),
		},
		{
			slug: "acme",
			name: "Acme again",
			err:  tenancy.ErrTaken,
		},
		{
			slug: "ACME",
			name: "Acme loud",
			err:  tenancy.ErrInvalid,
		},
		{
			slug: "a",
			name: "too short",
			err:  tenancy.ErrInvalid,
		},
		{
			slug: "1st",
			name: "starts with a digit",
			err:  tenancy.ErrInvalid,
		},
		{
			slug: "a-",
			name: "ends with a hyphen",
			err:  tenancy.ErrInvalid,
		},
		{
			slug: "a\n",
			name: "line break",
			err:  tenancy.ErrInvalid,
		},
		{
			slug: strings.Repeat("a", 41),
			name: "too long",
			err:  tenancy.ErrInvalid,
		},
		{
			slug: "blank",
			name: " ",
			err:  tenancy.ErrInvalid,
		},
		{
			slug: "long-name",
			name: strings.Repeat("x", 201),
			err:  tenancy.ErrInvalid,
		},
	} {
		created, err := directory.Create(t.Context(), tenancy.Tenant{Slug: test.slug, Name: test.name})
		if !errors.Is(err, test.err) {
			t.Errorf("%q: got %v, want %v", test.slug, err, test.err)
		}
		if err != nil {
			continue
		}
		if found, err := directory.BySlug(t.Context(), test.slug); err != nil || found != created {
			t.Errorf("%q: stored %+v, found %+v, %v", test.slug, created, found, err)
		}
	}
	if all, err := directory.List(t.Context()); err != nil || len(all) != 4 || all[0].Slug != "acme" || all[3].Slug != "a1" {
		t.Errorf("got %+v, %v", all, err)
	}
}

// TestDirectoryReadsATenantOnce counts statements. Tenants that do not exist are read each time,
// since they may be created.
func TestDirectoryReadsATenantOnce(t *testing.T) {
	d := schema.New(t)
	directory := tenancy.NewDirectory(d.DB)
	for range 3 {
		if _, err := directory.BySlug(t.Context(), "acme"); err != nil {
			t.Error(err)
		}
		if _, err := directory.ByID(t.Context(), 1); err != nil {
			t.Error(err)
		}
	}
	if ran := d.Ran(); len(ran) != 1 {
		t.Errorf("%d statements: %q", len(ran), ran)
	}
	if _, err := directory.BySlug(t.Context(), "later"); !errors.Is(err, tenancy.ErrUnavailable) {
		t.Error(err)
	}
	if _, err := directory.Create(t.Context(), tenancy.Tenant{Slug: "later", Name: "Later"}); err != nil {
		t.Error(err)
	}
	if _, err := directory.BySlug(t.Context(), "later"); err != nil {
		t.Errorf("the tenant that came was not found: %v", err)
	}
}
