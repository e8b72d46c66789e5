package tenancy_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gorm.io/gorm"
)

// TestKilledConnectionLeavesNoPartialTransaction kills queries and connections at any moment, while
// transactions write pairs of rows and ignore every error.
func TestKilledConnectionLeavesNoPartialTransaction(t *testing.T) {
	d := newNotes(t)
	pool, err := d.For(d.Acme).DB()
	if err != nil {
		t.Fatal(err)
	}
	pool.SetMaxOpenConns(4)
	end := time.Now().Add(2 * time.Second)
	var next, stored, failed, kills atomic.Int64
	results := sync.Map{}
	var wait sync.WaitGroup
	for worker := range 4 {
		wait.Go(func() {
			r := rand.New(rand.NewPCG(uint64(worker), 5))
			for time.Now().Before(end) {
				id := int(next.Add(1))
				boom := errors.New("boom")
				fail := r.IntN(4) == 0
				err := d.Tx(d.Acme, func(ctx context.Context) error {
					s := d.For(ctx)
					s.Create(&note{ID: id, Text: "x"})
					switch r.IntN(4) {
					case 0:
						_ = s.Transaction(func(s *gorm.DB) error { s.Create(&note{ID: 2_000_000 + id}); return boom })
					case 1:
						var notes []note
						s.Where("id > ?", id-100).Find(&notes)
					case 2:
						s.Exec(fmt.Sprintf("UPDATE notes SET text = '' WHERE tenant_id = 1 AND id = %d", id))
					}
					s.Create(&note{ID: 1_000_000 + id, Text: "x"})
					if fail {
						return boom
					}
					return nil
				})
				if err == nil {
					stored.Add(1)
				} else {
					failed.Add(1)
				}
				results.Store(id, err)
			}
		})
	}
	wait.Go(func() {
		r := rand.New(rand.NewPCG(9, 9))
		for time.Now().Before(end) {
			for _, p := range d.Processes(t) {
				if r.IntN(3) == 0 {
					how := "KILL QUERY %d"
					if r.IntN(10) == 0 {
						how = "KILL %d"
					}
					var own int
					_ = d.SQL.QueryRowContext(t.Context(), "SELECT CONNECTION_ID()").Scan(&own)
					if p.ID != own {
						_, _ = d.SQL.ExecContext(t.Context(), fmt.Sprintf(how, p.ID))
						kills.Add(1)
					}
				}
			}
		}
	})
	wait.Wait()
	halves := d.Count(
		t,
		"notes",
		"id < 1000000 AND NOT EXISTS (SELECT 1 FROM notes o WHERE o.tenant_id = notes.tenant_id AND o.id = notes.id + 1000000)",
	)
	others := d.Count(
		t,
		"notes",
		"id BETWEEN 1000000 AND 1999999 AND NOT EXISTS "+
			"(SELECT 1 FROM notes o WHERE o.tenant_id = notes.tenant_id AND o.id = notes.id - 1000000)",
	)
	undone := d.Count(t, "notes", "id >= 2000000")
	whole := d.Count(t, "notes", "id < 1000000")
	t.Log(stored.Load(), "stored,", failed.Load(), "failed,", kills.Load(), "kills,", whole, "pairs in the table")
	if halves+others+undone > 0 {
		t.Errorf("%d first halves, %d second halves, %d undone rows", halves, others, undone)
	}
	missing := 0
	results.Range(func(id, err any) bool {
		if err == nil && d.Count(t, "notes", fmt.Sprintf("id = %d", id)) == 0 {
			missing++
		}
		return true
	})
	if missing > 0 {
		t.Errorf("%d transactions returned nil and are not stored", missing)
	}
}
