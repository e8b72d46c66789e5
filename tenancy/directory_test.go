package tenancy_test

import (
	"errors"
	"strings"
	"testing"

	"rowhouse/tenancy"
)

func TestCreateTenant(t *testing.T) {
	d := schema.New(t)
	directory := tenancy.NewDirectory(d.DB)
	for _, test := range []struct {
		slug, name string
		err        error
	}{
		{"initech", "Initech Inc", nil},
		{"a1", strings.Repeat("🏠", 200), nil},
		{"acme", "Acme again", tenancy.ErrSlugTaken},
		{"ACME", "Acme loud", tenancy.ErrInvalid},
		{"a", "too short", tenancy.ErrInvalid},
		{"1st", "starts with a digit", tenancy.ErrInvalid},
		{"a-", "ends with a hyphen", tenancy.ErrInvalid},
		{"a\n", "line break", tenancy.ErrInvalid},
		{strings.Repeat("a", 41), "too long", tenancy.ErrInvalid},
		{"blank", " ", tenancy.ErrInvalid},
		{"long-name", strings.Repeat("x", 201), tenancy.ErrInvalid},
	} {
		created, err := directory.Create(t.Context(), test.slug, test.name)
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

// TestTheDirectoryReadsATenantOnce counts statements, and asks again for those that
// are not there, who may come.
func TestTheDirectoryReadsATenantOnce(t *testing.T) {
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
	if _, err := directory.Create(t.Context(), "later", "Later"); err != nil {
		t.Error(err)
	}
	if _, err := directory.BySlug(t.Context(), "later"); err != nil {
		t.Errorf("the tenant that came was not found: %v", err)
	}
}
