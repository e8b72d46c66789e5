package tenancy_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm"

	"rowhouse/tenancy"
	"rowhouse/tenancy/tenancytest"
)

// openNotes opens the database of newNotes with options, and with a note of each tenant.
func openNotes(t *testing.T, options tenancy.Options) *tenancytest.Database {
	t.Helper()
	d := newNotes(t)
	for _, tenant := range []context.Context{d.Acme, d.Globex} {
		if err := errors.Join(create(tenant, d, 1), create(tenant, d, 2)); err != nil {
			t.Fatal(err)
		}
	}
	return reopen(t, d, options)
}

// reopen returns the same database, opened with options.
func reopen(t *testing.T, d *tenancytest.Database, options tenancy.Options) *tenancytest.Database {
	t.Helper()
	if options.Log == nil {
		options.Log = slog.New(slog.DiscardHandler)
	}
	db, err := tenancy.Open(t.Context(), d.DSN, []any{&note{}}, newerSchema(options))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	again := *d
	again.DB = db
	return &again
}

// newerSchema returns options with which Open accepts tables without a model.
func newerSchema(options tenancy.Options) tenancy.Options {
	options.NewerSchema = true
	return options
}

// TestWaitForOwnSlotTimesOut deadlocks all connections of a tenant, or of the pool, by nested queries
// and transactions of each kind.
func TestWaitForOwnSlotTimesOut(t *testing.T) {
	const maxWait = 300 * time.Millisecond
	count := func(s *gorm.DB) error { var n int64; return s.Model(&note{}).Count(&n).Error }
	system := func(ctx context.Context) context.Context { return tenancy.System(ctx, "a report") }
	// each runs inner for each of the two rows that it reads.
	each := func(s *gorm.DB, inner func() error) error {
		rows, err := s.Model(&note{}).Select("id").Rows()
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			if err := inner(); err != nil {
				return err
			}
		}
		return rows.Err()
	}
	type work = func(d *tenancytest.Database, ctx context.Context, waitForOthers func()) error
	for _, test := range []struct {
		name    string
		work    work
		tenants int // how many tenants do it
		system  bool
		message string
	}{
		{
			name: "a query inside rows.Next",
			work: func(d *tenancytest.Database, ctx context.Context, waitForOthers func()) error {
				return each(d.For(ctx), func() error { waitForOthers(); return count(d.For(ctx)) })
			},
			tenants: 1,
			message: "the tenant uses all 2 of its connections and released none within 300ms: " +
				"0 in transactions, 2 in open rows, 0 in statements",
		},
		{
			name: "a session of the outer context in Tx",
			work: func(d *tenancytest.Database, ctx context.Context, waitForOthers func()) error {
				return d.Tx(ctx, func(context.Context) error { waitForOthers(); return count(d.For(ctx)) })
			},
			tenants: 1,
			message: "2 in transactions, 0 in open rows",
		},
		{
			name: "Tx with the outer context in Tx",
			work: func(d *tenancytest.Database, ctx context.Context, waitForOthers func()) error {
				return d.Tx(ctx, func(context.Context) error {
					waitForOthers()
					return d.Tx(ctx, func(ctx context.Context) error { return count(d.For(ctx)) })
				})
			},
			tenants: 1,
			message: "2 in transactions",
		},
		{
			name: "a row of the outer context in Tx",
			work: func(d *tenancytest.Database, ctx context.Context, waitForOthers func()) error {
				return d.Tx(ctx, func(context.Context) error {
					waitForOthers()
					return d.For(ctx).Raw("SELECT COUNT(*) FROM notes WHERE tenant_id = ?", 1).Row().Scan(new(int))
				})
			},
			tenants: 1,
			message: "2 in transactions",
		},
		{
			name: "an update of the outer context in Tx",
			work: func(d *tenancytest.Database, ctx context.Context, waitForOthers func()) error {
				return d.Tx(ctx, func(context.Context) error {
					waitForOthers()
					return d.For(ctx).Model(&note{ID: 2}).Update("text", "y").Error
				})
			},
			tenants: 1,
			message: "2 in transactions",
		},
		{
			name: "GORM's Begin, and a session without it",
			work: func(d *tenancytest.Database, ctx context.Context, waitForOthers func()) error {
				tx := d.For(ctx).Begin()
				defer tx.Rollback()
				waitForOthers()
				return count(d.For(ctx))
			},
			tenants: 1,
			message: "2 in transactions",
		},
		{
			name: "FindInBatches with a session without its own",
			work: func(d *tenancytest.Database, ctx context.Context, waitForOthers func()) error {
				return d.For(ctx).Transaction(func(s *gorm.DB) error {
					return s.FindInBatches(&[]note{}, 1, func(*gorm.DB, int) error { waitForOthers(); return count(d.For(ctx)) }).Error
				})
			},
			tenants: 1,
			message: "2 in transactions",
		},
		{
			name: "rows inside Tx of another context",
			work: func(d *tenancytest.Database, ctx context.Context, waitForOthers func()) error {
				other := context.WithoutCancel(ctx)
				return d.Tx(ctx, func(context.Context) error {
					waitForOthers()
					return each(d.For(other), func() error { return nil })
				})
			},
			tenants: 1,
			message: "2 in transactions",
		},
		{
			name: "the system scope",
			work: func(d *tenancytest.Database, ctx context.Context, waitForOthers func()) error {
				return each(d.For(system(ctx)), func() error { waitForOthers(); return count(d.For(system(ctx))) })
			},
			tenants: 1,
			system:  true,
			message: "this server uses all 8 of its connections and released none within 300ms: 0 in transactions, 8 in open rows",
		},
		{
			name: "the system scope inside a tenant's rows",
			work: func(d *tenancytest.Database, ctx context.Context, waitForOthers func()) error {
				return each(d.For(ctx), func() error { waitForOthers(); return count(d.For(system(ctx))) })
			},
			tenants: 4,
			message: "this server uses all 8 of its connections",
		},
		{
			name: "four concurrent tenants",
			work: func(d *tenancytest.Database, ctx context.Context, waitForOthers func()) error {
				return d.Tx(ctx, func(context.Context) error { waitForOthers(); return count(d.For(ctx)) })
			},
			tenants: 4,
			message: "the tenant uses all 2 of its connections",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := openNotes(t, tenancy.Options{MaxConnections: 8, MaxWait: maxWait})
			tenants, workers := []context.Context{d.Acme}, 2
			if test.system {
				workers = 8
			}
			for id := 3; len(tenants) < test.tenants; id++ {
				tenants = append(tenants, tenancy.NewContext(t.Context(), tenancy.Tenant{ID: tenancy.ID(id)}))
			}
			for _, tenant := range tenants[1:] {
				if err := create(tenant, d, 1); err != nil {
					t.Fatal(err)
				}
			}
			for _, ctx := range []context.Context{d.Acme, system(t.Context())} { // which leaves no trace in the message
				err := errors.Join(count(d.For(ctx)), d.For(ctx).Exec("UPDATE notes SET text = 'x' WHERE tenant_id = 1").Error,
					d.For(ctx).Raw("SELECT COUNT(*) FROM notes WHERE tenant_id = 1").Row().Scan(new(int)),
					d.For(ctx).Transaction(func(*gorm.DB) error { return nil }), each(d.For(ctx), func() error { return nil }))
				if err != nil {
					t.Fatal(err)
				}
			}
			errs := make(chan error, len(tenants)*workers)
			var holding, all sync.WaitGroup
			holding.Add(cap(errs))
			begun := time.Now()
			for _, tenant := range tenants {
				for range workers {
					all.Go(func() {
						once := sync.OnceFunc(func() { holding.Done(); holding.Wait() })
						errs <- test.work(d, tenant, once)
					})
				}
			}
			all.Wait()
			took := time.Since(begun)
			close(errs)
			busy, named := 0, false
			for err := range errs {
				if err == nil {
					continue
				}
				busy++
				if !errors.Is(err, tenancy.ErrBusy) {
					t.Error(err)
				}
				named = named || strings.Contains(err.Error(), test.message) // at least one error has it
				if !strings.Contains(err.Error(), "the context that Tx gives") || !strings.Contains(err.Error(), "close rows") {
					t.Errorf("it does not say what to do: %v", err)
				}
			}
			if busy == 0 || !named || took < maxWait {
				t.Errorf("%d are busy after %s, without %q", busy, took, test.message)
			}
			for range 2 * workers { // all slots are back
				for _, tenant := range tenants {
					if err := count(d.For(tenant)); err != nil {
						t.Fatal("afterwards:", err)
					}
				}
			}
		})
	}
}

// TestWaitForOtherTransactionsSucceeds runs more transactions of a tenant than its quota. Slots are
// released in time, so nothing fails.
func TestWaitForOtherTransactionsSucceeds(t *testing.T) {
	d := openNotes(t, tenancy.Options{MaxConnections: 8, MaxWait: 5 * time.Minute})
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			err := d.Tx(d.Acme, func(ctx context.Context) error {
				time.Sleep(20 * time.Millisecond)
				return d.For(ctx).Find(&[]note{}).Error
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}

// TestErrBusyIsNotRetried counts the runs of Tx while no connection is free.
func TestErrBusyIsNotRetried(t *testing.T) {
	d := openNotes(t, tenancy.Options{MaxConnections: 1, MaxWait: 100 * time.Millisecond})
	runs, inner := 0, 0
	err := d.Tx(d.Acme, func(context.Context) error {
		runs++
		return d.Tx(d.Acme, func(context.Context) error { inner++; return nil }) //nolint:contextcheck // the error under test
	})
	if !errors.Is(err, tenancy.ErrBusy) || runs != 1 || inner != 0 {
		t.Errorf("%v, %d and %d runs", err, runs, inner)
	}
}

// TestContextEndsTheWaitForASlot waits for a slot with a context that ends first.
func TestContextEndsTheWaitForASlot(t *testing.T) {
	d := openNotes(t, tenancy.Options{MaxConnections: 1, MaxWait: time.Hour})
	rows, err := d.For(d.Acme).Model(&note{}).Rows()
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for name, tenant := range map[string]context.Context{"its own": d.Acme, "another": d.Globex} {
		ctx, cancel := context.WithTimeout(tenant, 50*time.Millisecond)
		for _, err := range []error{
			d.For(ctx).Find(&[]note{}).Error,
			d.For(ctx).Raw("SELECT id FROM notes WHERE tenant_id = 1").Row().Scan(new(int)),
			d.Tx(ctx, func(context.Context) error { return nil }),
		} {
			if !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, tenancy.ErrBusy) {
				t.Errorf("%s: %v", name, err)
			}
		}
		cancel()
	}
	if err := rows.Err(); err != nil {
		t.Error(err)
	}
}

// TestFullPoolReleasesTheTenantSlot runs failing statements of a tenant while the system scope uses the
// whole pool, more of them than the tenant has slots.
func TestFullPoolReleasesTheTenantSlot(t *testing.T) {
	d := openNotes(t, tenancy.Options{MaxConnections: 4, MaxWait: 50 * time.Millisecond})
	var open []interface{ Close() error }
	for range 4 {
		rows, err := d.For(tenancy.System(t.Context(), "fill the pool")).Model(&note{}).Rows() //nolint:rowserrcheck // closed below
		if err != nil {
			t.Fatal(err)
		}
		open = append(open, rows)
	}
	for range 3 {
		if err := d.For(d.Acme).Find(&[]note{}).Error; !errors.Is(err, tenancy.ErrBusy) ||
			!strings.Contains(err.Error(), "this server uses all 4") {
			t.Errorf("%v", err)
		}
	}
	for _, rows := range open {
		_ = rows.Close()
	}
	if err := d.For(d.Acme).Find(&[]note{}).Error; err != nil {
		t.Error(err)
	}
}

// TestRowHoldsItsSlotUntilScan keeps a row of the only connection of a tenant.
func TestRowHoldsItsSlotUntilScan(t *testing.T) {
	d := openNotes(t, tenancy.Options{MaxConnections: 4, MaxWait: 50 * time.Millisecond})
	row := d.For(d.Acme).Raw("SELECT id FROM notes WHERE tenant_id = ?", 1).Row()
	if err := d.For(d.Acme).Find(&[]note{}).Error; !errors.Is(err, tenancy.ErrBusy) {
		t.Errorf("a second connection: %v", err)
	}
	if err := row.Scan(new(int)); err != nil {
		t.Error(err)
	}
	if err := d.For(d.Acme).Find(&[]note{}).Error; err != nil {
		t.Error(err)
	}
}
