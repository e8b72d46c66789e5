package tenancy_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"rowhouse/tenancy"
)

// TestExternalIDFindsOneTenant creates tenants with external ids, and finds them. Ids that differ in case or in a space at the
// end are different.
func TestExternalIDFindsOneTenant(t *testing.T) {
	d := schema.New(t)
	directory := tenancy.NewDirectory(d.DB)
	directory.CacheTime = 0
	for _, test := range []struct {
		name   string
		tenant tenancy.Tenant
		err    error
	}{
		{name: "mixed case", tenant: tenancy.Tenant{Slug: "initech", Name: "x", ExternalID: "org_2aBc"}},
		{name: "other case", tenant: tenancy.Tenant{Slug: "initrode", Name: "x", ExternalID: "ORG_2aBc"}},
		{name: "a GUID", tenant: tenancy.Tenant{Slug: "hooli", Name: "x", ExternalID: "72f988bf-86f1-41af-91ab-2d7cd011db47"}},
		{name: "longest", tenant: tenancy.Tenant{Slug: "pied-piper", Name: "x", ExternalID: strings.Repeat("~", 255)}},
		{name: "taken", tenant: tenancy.Tenant{Slug: "later", Name: "x", ExternalID: "org_2aBc"}, err: tenancy.ErrTaken},
		{name: "a slug that is taken", tenant: tenancy.Tenant{Slug: "later", Name: "x", ExternalID: "acme"}, err: tenancy.ErrTaken},
		{name: "a taken slug", tenant: tenancy.Tenant{Slug: "acme", Name: "x", ExternalID: "org_new"}, err: tenancy.ErrTaken},
		{name: "too long", tenant: tenancy.Tenant{Slug: "later", Name: "x", ExternalID: strings.Repeat("~", 256)}, err: tenancy.ErrInvalid},
		{name: "a space", tenant: tenancy.Tenant{Slug: "later", Name: "x", ExternalID: "org_2aBc "}, err: tenancy.ErrInvalid},
		{name: "a line break", tenant: tenancy.Tenant{Slug: "later", Name: "x", ExternalID: "org\n"}, err: tenancy.ErrInvalid},
		{name: "another script", tenant: tenancy.Tenant{Slug: "later", Name: "x", ExternalID: "örg"}, err: tenancy.ErrInvalid},
	} {
		created, err := directory.Create(t.Context(), test.tenant)
		if !errors.Is(err, test.err) {
			t.Errorf("%s: got %v, want %v", test.name, err, test.err)
		}
		if err != nil {
			continue
		}
		if found, err := directory.ByExternalID(t.Context(), test.tenant.ExternalID); err != nil || found != created {
			t.Errorf("%s: stored %+v, found %+v, %v", test.name, created, found, err)
		}
	}
	for _, id := range []string{"", "org_2ABC", "org_2aBc ", "later", "ACME"} {
		if found, err := directory.ByExternalID(t.Context(), id); !errors.Is(err, tenancy.ErrUnavailable) {
			t.Errorf("%q: found %+v, %v", id, found, err)
		}
	}
}

// TestExternalIDChanges moves an external id from one tenant to another, and reads both tenants through the cache.
func TestExternalIDChanges(t *testing.T) {
	d := schema.New(t)
	directory := tenancy.NewDirectory(d.DB)
	requireExternalID := func(id, slug string) {
		t.Helper()
		found, err := directory.ByExternalID(t.Context(), id)
		if slug == "" && errors.Is(err, tenancy.ErrUnavailable) {
			return
		}
		if err != nil || found.Slug != slug || found.ExternalID != id {
			t.Errorf("%s: found %+v, %v, want %s", id, found, err, slug)
		}
	}
	requireExternalID("acme", "acme")
	requireExternalID("globex", "globex")
	for _, change := range [][2]string{{"acme", "org_1"}, {"acme", "org_1"}, {"acme", "org_2"}, {"globex", "org_1"}} {
		if changed, err := directory.SetExternalID(t.Context(), change[0], change[1]); err != nil || changed.ExternalID != change[1] {
			t.Fatalf("%q: %+v, %v", change, changed, err)
		}
		requireExternalID(change[1], change[0])
		requireExternalID(change[0], "")
	}
	requireExternalID("org_2", "acme")
	for _, test := range []struct {
		slug, id string
		err      error
	}{
		{slug: "acme", id: "org_1", err: tenancy.ErrTaken},
		{slug: "nobody", id: "org_3", err: tenancy.ErrUnavailable},
		{slug: "acme", id: "", err: tenancy.ErrInvalid},
		{slug: "acme", id: "a b", err: tenancy.ErrInvalid},
	} {
		if _, err := directory.SetExternalID(t.Context(), test.slug, test.id); !errors.Is(err, test.err) {
			t.Errorf("%q to %q: %v, want %v", test.slug, test.id, err, test.err)
		}
	}
	requireExternalID("org_1", "globex")
}

// TestReadsThatWaitedAreNotCachedForLonger reads a tenant from a locked table for longer than the cache time, and moves its
// external id. It fails if the time in the cache begins at the end of the read.
func TestReadsThatWaitedAreNotCachedForLonger(t *testing.T) {
	t.Parallel() // it waits
	d := schema.New(t)
	d.SkipOnVitess(t) // which has no table locks
	directory := tenancy.NewDirectory(d.DB)
	directory.CacheTime = 2 * time.Second
	lock, err := d.SQL.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Close()
	run := func(statement string) {
		t.Helper()
		if _, err := lock.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	run("LOCK TABLES tenants WRITE")
	read := make(chan error)
	go func() {
		_, err := directory.ByExternalID(t.Context(), "acme")
		read <- err
	}()
	time.Sleep(directory.CacheTime + time.Second)
	run("UNLOCK TABLES")
	if err := <-read; err != nil {
		t.Fatal(err)
	}
	run("UPDATE tenants SET external_id = 'org_1' WHERE slug = 'acme'")
	if found, err := directory.ByExternalID(t.Context(), "acme"); !errors.Is(err, tenancy.ErrUnavailable) {
		t.Errorf("found %+v, %v", found, err)
	}
}
