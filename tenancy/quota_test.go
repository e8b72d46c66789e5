package tenancy_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"rowhouse/tenancy"
)

// TestQuotaLeavesConnectionsToOtherTenants needs more connections for one tenant than the pool has,
// in transactions and with open rows.
func TestQuotaLeavesConnectionsToOtherTenants(t *testing.T) {
	d := newNotes(t)
	pool, err := d.For(d.Acme).DB()
	if err != nil {
		t.Fatal(err)
	}
	const quota, all = 8, 40
	settled := func(inUse int) {
		t.Helper()
		waitFor(t, fmt.Sprintf("%d connections are in use", inUse), func() bool { return pool.Stats().InUse == inUse })
		time.Sleep(20 * time.Millisecond) // the number must stay the same
		if now := pool.Stats().InUse; now != inUse {
			t.Errorf("%d connections, not %d", now, inUse)
		}
	}
	otherTenant := func() {
		t.Helper()
		ctx, cancel := context.WithTimeout(d.Globex, 2*time.Minute)
		defer cancel()
		if err := create(ctx, d, int(time.Now().UnixNano()&0xFFFFFF)); err != nil {
			t.Error("the other tenant:", err)
		}
	}

	release := make(chan struct{})
	var transactions sync.WaitGroup
	for range all {
		transactions.Go(func() {
			err := d.Tx(d.Acme, func(ctx context.Context) error {
				<-release
				return d.For(ctx).Find(&[]note{}).Error // the transaction has a slot
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	settled(quota)
	otherTenant()
	close(release)
	transactions.Wait()
	settled(0)

	var open []interface{ Close() error }
	for range quota {
		rows, err := d.For(d.Acme).Model(&note{}).Rows() //nolint:rowserrcheck // closed below
		if err != nil {
			t.Fatal(err)
		}
		open = append(open, rows)
	}
	otherTenant()
	for _, want := range []error{context.DeadlineExceeded, nil} {
		limit := 2 * time.Minute
		if want != nil {
			limit = 200 * time.Millisecond
		}
		ctx, cancel := context.WithTimeout(d.Acme, limit)
		if err := d.For(ctx).Find(&[]note{}).Error; !errors.Is(err, want) {
			t.Errorf("%v, not %v", err, want)
		}
		if err := d.For(ctx).Model(&note{}).Select("id").Row().Scan(new(int)); want != nil && !errors.Is(err, want) {
			t.Errorf("%v, not %v", err, want)
		}
		cancel()
		_ = open[0].Close()
	}
	for _, rows := range open {
		_ = rows.Close()
	}
	settled(0)
}

// TestStatementHoldsItsSlotUntilItIsKilled cancels statements of a tenant faster than the server
// ends them.
func TestStatementHoldsItsSlotUntilItIsKilled(t *testing.T) {
	d := newNotes(t)
	pool, err := d.For(d.Acme).DB()
	if err != nil {
		t.Fatal(err)
	}
	for i := range 200 {
		if err := create(d.Acme, d, i); err != nil {
			t.Fatal(err)
		}
	}
	const quota, closing = 8, 1
	const slow = `SELECT COUNT(*) FROM notes a JOIN notes b ON b.tenant_id = 1 JOIN notes c ON c.tenant_id = 1
		JOIN notes d ON d.tenant_id = 1 WHERE a.tenant_id = 1`
	var hasty sync.WaitGroup
	end := time.Now().Add(2 * time.Second)
	for range 60 {
		hasty.Go(func() {
			for time.Now().Before(end) {
				ctx, cancel := context.WithTimeout(d.Acme, 20*time.Millisecond)
				if err := d.For(ctx).Raw(slow).Scan(new(int)).Error; !errors.Is(err, context.DeadlineExceeded) {
					t.Error(err)
				}
				cancel()
			}
		})
	}
	most := 0
	for time.Now().Before(end) {
		most = max(most, pool.Stats().InUse)
		time.Sleep(100 * time.Microsecond)
	}
	hasty.Wait()
	if most > quota+closing {
		t.Errorf("%d concurrent connections", most)
	}
}

// TestFailedStatementReleasesItsSlot fails in each way, more often than the tenant has slots.
func TestFailedStatementReleasesItsSlot(t *testing.T) {
	d := newNotes(t)
	if err := create(d.Acme, d, 1); err != nil {
		t.Fatal(err)
	}
	cancelled, cancel := context.WithCancel(d.Acme)
	cancel()
	for range 20 {
		for _, fail := range []func() error{
			func() error { return create(d.Acme, d, 1) },
			func() error {
				return d.For(d.Acme).Raw("SELECT nothing FROM notes WHERE tenant_id = 1").Scan(&[]int{}).Error
			},
			func() error { return d.For(d.Acme).Raw("SELECT id FROM notes").Scan(&[]int{}).Error },
			func() error { return d.For(d.Acme).Raw("SELECT id FROM notes").Row().Scan(new(int)) },
			func() error { return d.For(d.Acme).Model(&note{}).Where("id = 5").Select("id").Row().Scan(new(int)) },
			func() error { return d.For(cancelled).Find(&[]note{}).Error },
			func() error { return d.Tx(cancelled, func(context.Context) error { return nil }) },
			func() error { return d.Tx(d.Acme, func(context.Context) error { return errors.New("no") }) },
			func() error {
				ctx, cancel := context.WithTimeout(d.Acme, time.Millisecond)
				defer cancel()
				return d.Tx(ctx, func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() })
			},
		} {
			if err := fail(); err == nil {
				t.Fatal("it works")
			}
		}
	}
	ctx, cancel := context.WithTimeout(d.Acme, 2*time.Minute)
	defer cancel()
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			if err := create(ctx, d, 10+i); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}

// TestQuotaIsAQuarterOfThePool opens pools of several sizes and counts the connections that a tenant,
// and all tenants, use at a time.
func TestQuotaIsAQuarterOfThePool(t *testing.T) {
	d := newNotes(t)
	for _, test := range []struct{ connections, tenant, pool int }{{
		connections: 0,
		tenant:      8,
		pool:        32,
	}, {
		connections: 1,
		tenant:      1,
		pool:        1,
	}, {
		connections: 3,
		tenant:      1,
		pool:        3,
	}, {
		connections: 8,
		tenant:      2,
		pool:        8,
	}, {
		connections: 11,
		tenant:      2,
		pool:        11,
	}} {
		t.Run(fmt.Sprint(test.connections), func(t *testing.T) {
			d := reopen(t, d, tenancy.Options{MaxConnections: test.connections, MaxWait: 100 * time.Millisecond})
			// hold opens rows until it gets no further connection, and returns their number.
			hold := func(ctx context.Context) (n int) {
				for {
					rows, err := d.For(ctx).Model(&note{}).Rows() //nolint:rowserrcheck // nothing is read
					if errors.Is(err, tenancy.ErrBusy) {
						return n
					}
					if err != nil {
						t.Fatal(err)
					}
					t.Cleanup(func() { _ = rows.Close() })
					n++
				}
			}
			if n := hold(d.Acme); n != test.tenant {
				t.Errorf("a tenant uses %d connections, not %d", n, test.tenant)
			}
			if n := test.tenant + hold(tenancy.System(t.Context(), "count")); n != test.pool {
				t.Errorf("%d connections, not %d", n, test.pool)
			}
			pool, err := d.For(d.Acme).DB()
			if err != nil || pool.Stats().MaxOpenConnections != test.pool {
				t.Errorf("%+v, %v", pool.Stats(), err)
			}
		})
	}
	for _, options := range []tenancy.Options{{MaxConnections: -1}, {MaxWait: -1}} {
		if _, err := tenancy.Open(t.Context(), d.DSN, []any{&note{}}, options); err == nil || !strings.Contains(err.Error(), "negative") {
			t.Errorf("%+v: %v", options, err)
		}
	}
}
