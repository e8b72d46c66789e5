package tenancy

import (
	"testing"
	"time"
)

// TestEarlierReadsAreNotCached caches two reads of an external id, before and after it moved to another tenant, in both orders.
func TestEarlierReadsAreNotCached(t *testing.T) {
	now := time.Now()
	before := cachedTenant{Tenant{ID: 1, Slug: "acme", ExternalID: "org_1"}, now}
	after := cachedTenant{Tenant{ID: 2, Slug: "globex", ExternalID: "org_1"}, now.Add(time.Second)}
	for _, reads := range [][]cachedTenant{{before, after}, {after, before}} {
		d := NewDirectory(&DB{})
		for _, read := range reads {
			d.cacheTenant(read)
		}
		if found, err := d.ByExternalID(t.Context(), "org_1"); err != nil || found != after.Tenant {
			t.Errorf("%+v: found %+v, %v", reads, found, err)
		}
	}
}
