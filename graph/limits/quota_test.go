package limits_test

import (
	"errors"
	"runtime"
	"strings"
	"sync"
	"testing"

	"rowhouse/graph/limits"
	"rowhouse/graph/transport"
	"rowhouse/tenancy"
)

// TestQuotaIsThatOfATenantAndAResource acquires the whole quota of one tenant, while the other
// tenant and the other resources keep theirs.
func TestQuotaIsThatOfATenantAndAResource(t *testing.T) {
	q := limits.NewQuota(limits.Limits{Sockets: 1, Operations: 2, Subscriptions: 5, Buffered: 10})
	acme := tenancy.NewContext(t.Context(), tenancy.Tenant{ID: 1})
	globex := tenancy.NewContext(t.Context(), tenancy.Tenant{ID: 2})
	first, err := q.Acquire(acme, transport.Subscriptions, 3)
	if err != nil {
		t.Fatal(err)
	}
	second, err := q.Acquire(acme, transport.Subscriptions, 2)
	if err != nil {
		t.Fatal(err)
	}
	var exceeded *limits.Error
	if _, err := q.Acquire(acme, transport.Subscriptions, 1); !errors.As(err, &exceeded) ||
		exceeded.Code() != "RATE_LIMITED" || exceeded.Public() != "the tenant has 5 subscriptions, and may have no more" {
		t.Errorf("the sixth subscription: %v", err)
	}
	for resource, n := range map[transport.Resource]int{transport.Sockets: 1, transport.Operations: 2, limits.Buffered: 10} {
		if _, err := q.Acquire(acme, resource, n); err != nil {
			t.Errorf("%d %s: %v", n, resource, err)
		}
	}
	if _, err := q.Acquire(globex, transport.Subscriptions, 5); err != nil {
		t.Errorf("another tenant: %v", err)
	}
	second()
	if _, err := q.Acquire(acme, transport.Subscriptions, 3); err == nil || !strings.Contains(err.Error(), "and this one counts for 3") {
		t.Errorf("more than the rest: %v", err)
	}
	first()
	if _, err := q.Acquire(acme, transport.Subscriptions, 5); err != nil {
		t.Errorf("after the release: %v", err)
	}
}

// TestQuotaNeedsATenant acquires without a tenant.
func TestQuotaNeedsATenant(t *testing.T) {
	q := limits.NewQuota(limits.DefaultLimits())
	if _, err := q.Acquire(t.Context(), transport.Operations, 1); !errors.Is(err, tenancy.ErrNone) {
		t.Error(err)
	}
}

// TestQuotaHoldsUnderConcurrency acquires and releases in many goroutines. At most 10 hold a unit at
// once, and at the end none.
func TestQuotaHoldsUnderConcurrency(t *testing.T) {
	q := limits.NewQuota(limits.Limits{Operations: 10})
	ctx := tenancy.NewContext(t.Context(), tenancy.Tenant{ID: 1})
	var wait sync.WaitGroup
	held := make(chan struct{}, 10)
	for range 100 {
		wait.Go(func() {
			for range 100 {
				release, err := q.Acquire(ctx, transport.Operations, 1)
				if err != nil {
					continue
				}
				select {
				case held <- struct{}{}:
					<-held
				default:
					t.Error("more than 10 units are held")
				}
				release()
			}
		})
	}
	wait.Wait()
	if _, err := q.Acquire(ctx, transport.Operations, 10); err != nil {
		t.Error(err)
	}
}

// TestQuotaNeedsNoMemoryForIdleTenants acquires and releases a unit of each of 100,000 tenants.
func TestQuotaNeedsNoMemoryForIdleTenants(t *testing.T) {
	q := limits.NewQuota(limits.DefaultLimits())
	usedBytes := func() int64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	before := usedBytes()
	for id := range 100_000 {
		release, err := q.Acquire(tenancy.NewContext(t.Context(), tenancy.Tenant{ID: tenancy.ID(id + 1)}), transport.Operations, 1)
		if err != nil {
			t.Fatal(err)
		}
		release()
	}
	if used := usedBytes() - before; used > 1<<20 {
		t.Errorf("the quota uses %d bytes", used)
	}
	runtime.KeepAlive(q)
}
