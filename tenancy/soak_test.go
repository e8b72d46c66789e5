package tenancy_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gorm.io/gorm"

	"rowhouse/tenancy"
)

// TestTenantsStayApartUnderLoad runs statements of two tenants in every way, cancels many of them
// at any moment, and checks that connections, slots and goroutines are released.
func TestTenantsStayApartUnderLoad(t *testing.T) {
	d := newNotes(t)
	pool, err := d.For(d.Acme).DB()
	if err != nil {
		t.Fatal(err)
	}
	pool.SetMaxOpenConns(12)
	contexts := []context.Context{d.Acme, d.Globex}
	for _, ctx := range contexts {
		tenant, _ := tenancy.FromContext(ctx)
		rows := make([]note, 500)
		for i := range rows {
			rows[i] = note{ID: i, Folder: i % 10, Text: tenant.Slug + strings.Repeat("x", 80)}
		}
		if err := d.For(ctx).Create(&rows).Error; err != nil {
			t.Fatal(err)
		}
	}
	const sharedQuery = "SELECT text FROM notes WHERE tenant_id = ? AND id >= ? LIMIT 50"
	shared, err := pool.PrepareContext(d.Acme, sharedQuery) //nolint:sqlclosecheck // closed below
	if err != nil {
		t.Fatal(err)
	}
	defer shared.Close()
	long := strings.Repeat(" ", 9000)
	before := runtime.NumGoroutine()
	var count, cancelled, wrong, failures atomic.Int64
	kinds := sync.Map{}
	checkTexts := func(own string, rows *sql.Rows, err error, stop int) error {
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var text string
			if err := rows.Scan(&text); err != nil {
				return err
			}
			if !strings.HasPrefix(text, own) {
				wrong.Add(1)
				t.Error("another tenant's text ", text)
			}
			if stop--; stop == 0 {
				break
			}
		}
		return rows.Err()
	}
	ways := []func(context.Context, tenancy.Tenant, *rand.Rand) error{
		func(ctx context.Context, tenant tenancy.Tenant, r *rand.Rand) error {
			var notes []note
			err := d.For(ctx).Where("id >= ?", r.IntN(500)).Find(&notes).Error
			for _, n := range notes {
				if err == nil && n.TenantID != tenant.ID || err == nil && !strings.HasPrefix(n.Text, tenant.Slug) {
					t.Errorf("another tenant's %+v", n)
				}
			}
			return err
		},
		func(ctx context.Context, tenant tenancy.Tenant, r *rand.Rand) error { // many statements, to evict others
			query := fmt.Sprintf("SELECT text FROM notes WHERE tenant_id = ? AND id >= %d", r.IntN(200))
			rows, err := pool.QueryContext(ctx, query, uint32(tenant.ID)) //nolint:rowserrcheck // checkTexts checks it
			return checkTexts(tenant.Slug, rows, err, r.IntN(200))
		},
		func(ctx context.Context, tenant tenancy.Tenant, r *rand.Rand) error { // too long for the cache
			s := d.For(ctx).Raw("SELECT text FROM notes WHERE tenant_id = ?"+long+" AND id >= ?", tenant.ID, r.IntN(500))
			rows, err := s.Rows() //nolint:rowserrcheck // checkTexts checks it
			return checkTexts(tenant.Slug, rows, err, r.IntN(200))
		},
		func(ctx context.Context, tenant tenancy.Tenant, r *rand.Rand) error {
			return d.For(ctx).Exec("UPDATE notes SET folder = ? WHERE tenant_id = ?"+long+" AND id = ?", 1, tenant.ID, r.IntN(500)).Error
		},
		func(ctx context.Context, tenant tenancy.Tenant, r *rand.Rand) error {
			rows, err := shared.QueryContext(ctx, uint32(tenant.ID), r.IntN(500)) //nolint:rowserrcheck // checkTexts checks it
			return checkTexts(tenant.Slug, rows, err, r.IntN(60))
		},
		func(ctx context.Context, tenant tenancy.Tenant, r *rand.Rand) error {
			return d.Tx(ctx, func(ctx context.Context) error {
				id := 1000 + r.IntN(100000)
				err := d.For(ctx).Create(&note{ID: id, Text: tenant.Slug + " pair"}).Error
				if r.IntN(3) == 0 {
					_ = d.For(ctx).Transaction(func(s *gorm.DB) error {
						_ = s.Create(&note{ID: id, Text: tenant.Slug + " pair"}).Error
						return errors.New("no")
					})
				}
				return errors.Join(err, d.For(ctx).Create(&note{ID: -id, Text: tenant.Slug + " pair"}).Error)
			})
		},
		func(ctx context.Context, tenant tenancy.Tenant, r *rand.Rand) error {
			s := d.For(ctx).Session(&gorm.Session{PrepareStmt: true})
			s = s.Raw("SELECT text FROM notes WHERE tenant_id = ? AND id > ?", tenant.ID, r.IntN(500))
			rows, err := s.Rows() //nolint:rowserrcheck // checkTexts checks it
			return checkTexts(tenant.Slug, rows, err, r.IntN(60))
		},
		func(ctx context.Context, tenant tenancy.Tenant, r *rand.Rand) error {
			return d.For(ctx).Connection(func(s *gorm.DB) error {
				var n int64
				return errors.Join(
					s.Model(&note{}).Where("id > ?", r.IntN(500)).Count(&n).Error,
					s.Raw("SELECT COUNT(*) FROM notes WHERE tenant_id = ? AND text LIKE ?", tenant.ID, "%").Scan(&n).Error,
				)
			})
		},
		func(ctx context.Context, _ tenancy.Tenant, r *rand.Rand) error {
			const query = "SELECT text FROM notes WHERE tenant_id = ? AND id > ?"
			rows, err := pool.QueryContext(ctx, query, 3, r.IntN(5)) //nolint:rowserrcheck // it is refused
			return checkTexts("", rows, err, 1)
		},
		func(ctx context.Context, tenant tenancy.Tenant, _ *rand.Rand) error {
			return d.For(ctx).Raw("SELECT missing FROM notes WHERE tenant_id = ?", tenant.ID).Scan(new(string)).Error
		},
		func(ctx context.Context, tenant tenancy.Tenant, _ *rand.Rand) error {
			var text string
			return d.For(ctx).Raw("SELECT text FROM notes WHERE tenant_id = ? AND id = ?", tenant.ID, 7).Row().Scan(&text)
		},
	}
	var wait sync.WaitGroup
	end := time.Now().Add(2 * time.Second)
	for worker := range 24 {
		wait.Go(func() {
			r := rand.New(rand.NewPCG(uint64(worker), 3))
			for time.Now().Before(end) {
				base := contexts[r.IntN(2)]
				tenant, _ := tenancy.FromContext(base)
				ctx, cancel := context.WithCancel(base)
				if r.IntN(3) == 0 {
					cancelled.Add(1)
					time.AfterFunc(time.Duration(r.IntN(3000))*time.Microsecond, cancel)
				}
				way := r.IntN(len(ways))
				err := func() (err error) {
					defer func() {
						if p := recover(); p != nil {
							err = fmt.Errorf("panic %v", p)
							if way != 10 {
								t.Error(way, err)
							}
						}
					}()
					return ways[way](ctx, tenant, r)
				}()
				if err != nil && ctx.Err() == nil {
					failures.Add(1)
					kinds.Store(fmt.Sprint(way, " ", fmt.Sprintf("%.90s", err.Error())), true)
				}
				count.Add(1)
				cancel()
			}
		})
	}
	wait.Wait()
	n := 0
	kinds.Range(func(k, _ any) bool {
		if n++; n < 25 {
			t.Log(k)
		}
		return true
	})
	t.Log(count.Load(), "statements,", cancelled.Load(), "to be cancelled,", failures.Load(), "failed otherwise;", pool.Stats())
	waitFor(t, "all connections are back", func() bool { return pool.Stats().InUse == 0 })
	if n := d.Count(t, "notes", "text LIKE '%pair' AND id > 0 AND NOT EXISTS (SELECT 1 FROM notes o WHERE o.tenant_id = "+
		"notes.tenant_id AND o.id = -notes.id)"); n != 0 {
		t.Error(n, "halves of transactions")
	}
	if n := d.Count(t, "notes", "text LIKE '%pair' AND id < 0 AND NOT EXISTS (SELECT 1 FROM notes o WHERE o.tenant_id = "+
		"notes.tenant_id AND o.id = -notes.id)"); n != 0 {
		t.Error(n, "second halves of transactions")
	}
	// Each tenant gets all eight slots at the same time, and no ninth.
	pool.SetMaxOpenConns(32)
	for _, ctx := range contexts {
		var all []*gorm.DB
		for i := range 9 {
			short, cancel := context.WithTimeout(ctx, map[bool]time.Duration{true: time.Minute, false: time.Second}[i < 8])
			defer cancel()
			tx := d.For(short).Begin()
			if (tx.Error == nil) != (i < 8) {
				t.Errorf("transaction %d: %v", i, tx.Error)
			}
			if tx.Error == nil {
				all = append(all, tx)
			}
		}
		for _, tx := range all {
			tx.Rollback()
		}
	}
	pool.SetMaxIdleConns(0)
	waitFor(t, "goroutines end", func() bool { return runtime.NumGoroutine() <= before+3 })
}
