package tenancy_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"rowhouse/tenancy/tenancytest"
)

// The driver leaves a statement running when its context ends, and whoever starts many
// would keep the database from everybody else. SLEEP would not do: MariaDB ends it when the
// client has gone.
func TestAStatementEndsWithItsContext(t *testing.T) {
	d := newNotes(t)
	pool, system, id := single(t, d)
	for name, run := range map[string]func(context.Context) error{
		"query": func(ctx context.Context) error {
			return drain(pool.QueryContext(ctx, "SELECT BENCHMARK(1e15, SHA2(1, 256))"))
		},
		"exec": func(ctx context.Context) error {
			_, err := pool.ExecContext(ctx, "DO BENCHMARK(1e15, SHA2(1, 256))")
			return err
		},
		"prepared": func(ctx context.Context) error {
			s, err := pool.PrepareContext(ctx, "SELECT BENCHMARK(?, SHA2(1, 256))")
			if err != nil {
				return err
			}
			defer s.Close()
			return drain(s.QueryContext(ctx, 1e15))
		},
		"prepared exec": func(ctx context.Context) error {
			s, err := pool.PrepareContext(ctx, "DO BENCHMARK(?, SHA2(1, 256))")
			if err != nil {
				return err
			}
			defer s.Close()
			_, err = s.ExecContext(ctx, 1e15)
			return err
		},
		"transaction": func(ctx context.Context) error {
			return d.Tx(ctx, func(ctx context.Context) error { return d.For(ctx).Exec("DO BENCHMARK(1e15, SHA2(1, 256))").Error })
		},
	} {
		running := id()
		ctx, cancel := context.WithTimeout(system, 200*time.Millisecond)
		if err := run(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(name, err)
		}
		cancel()
		start := time.Now()
		if ended(t, d, running); time.Since(start) > 30*time.Second {
			t.Errorf("%s: the statement ends after %s, so by its limit", name, time.Since(start))
		}
	}
}

// TestATenantsStatementEndsWithItsContext cancels a statement that the guard accepts, outside
// of a transaction: nothing but the cancellation keeps its connection out of the pool.
func TestATenantsStatementEndsWithItsContext(t *testing.T) {
	d := newNotes(t)
	for i := range 20 {
		if err := create(d.Acme, d, i); err != nil {
			t.Fatal(err)
		}
	}
	pool, _, _ := single(t, d)
	const slow = "SELECT COUNT(*) FROM notes a JOIN notes b ON b.tenant_id = 1 JOIN notes c ON c.tenant_id = 1 " +
		"JOIN notes d ON d.tenant_id = 1 JOIN notes e ON e.tenant_id = 1 JOIN notes f ON f.tenant_id = 1 " +
		"JOIN notes g ON g.tenant_id = 1 JOIN notes h ON h.tenant_id = 1 WHERE a.tenant_id = 1"
	ctx, cancel := context.WithTimeout(d.Acme, time.Second)
	defer cancel()
	if err := drain(pool.QueryContext(ctx, slow)); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	start := time.Now()
	within(t, "the server ends the statement", func() bool {
		return !slices.ContainsFunc(d.Processes(t), func(p tenancytest.Process) bool { return strings.HasPrefix(p.Statement, "SELECT COUNT") })
	})
	if took := time.Since(start); took > 30*time.Second {
		t.Errorf("the statement ends after %s, so by its limit", took)
	}
}

// TestWhatHasEndedIsNotKilled closes a connection whose last statement ended before its
// context: only a statement that may still run is worth a connection that kills it.
func TestWhatHasEndedIsNotKilled(t *testing.T) {
	d := newNotes(t)
	way := newGateway(t, d)
	pool, system, _ := single(t, d)
	conn, err := pool.Conn(system)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(system)
	if _, err := conn.ExecContext(ctx, "SET @changed = 1"); err != nil { // so it does not return to the pool
		t.Error(err)
	}
	cancel()
	before := way.count()
	if err := conn.Close(); err != nil {
		t.Error(err)
	}
	if now := way.count(); now > before {
		t.Errorf("%d connections came to kill what does not run", now-before)
	}
	if open := pool.Stats().OpenConnections; open != 0 {
		t.Errorf("%d connections are open, so none was closed", open)
	}
}

// What ends one statement leaves those of others alone.
func TestNobodyElsesStatementEnds(t *testing.T) {
	d := newNotes(t)
	pool, system, _ := single(t, d)
	pool.SetMaxOpenConns(3)
	ended := make(chan error)
	for _, tenant := range []context.Context{d.Globex, system} {
		go func() {
			ended <- d.Tx(tenant, func(ctx context.Context) error {
				var notes []note
				if err := d.For(ctx).Find(&notes).Error; err != nil {
					return err
				}
				time.Sleep(time.Second)
				return d.For(ctx).Find(&notes).Error
			})
		}()
	}
	for range 10 {
		ctx, cancel := context.WithTimeout(system, 50*time.Millisecond)
		if err := drain(pool.QueryContext(ctx, "SELECT SLEEP(600)")); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		cancel()
	}
	for range 2 {
		if err := <-ended; err != nil {
			t.Error("another's:", err)
		}
	}
}

// Behind one address may be several servers, or another after a failover. What has the
// same number there is somebody else's.
func TestNoStatementOfAnotherServerEnds(t *testing.T) {
	d := newNotes(t)
	way := newGateway(t, d)
	pool, system, id := single(t, d)
	pool.SetMaxIdleConns(0) // each connection is a new one
	for id() < 100 {        // the other server's first numbers are given away
		continue
	}
	pool.SetMaxIdleConns(1)
	running := id()
	theirs := way.elsewhere(t, d, running)
	ended := make(chan error)
	go func() { ended <- drain(theirs.QueryContext(t.Context(), "SELECT SLEEP(2)")) }()
	ctx, cancel := context.WithTimeout(system, 200*time.Millisecond)
	defer cancel()
	if err := drain(pool.QueryContext(ctx, "SELECT SLEEP(5)")); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	if err := <-ended; err != nil {
		t.Error("another server's statement:", err)
	}
}

// After a connection is lost, the server may give its id to another connection.
func TestALostConnectionsNumberIsLeftAlone(t *testing.T) {
	d := newNotes(t)
	way := newGateway(t, d)
	pool, system, id := single(t, d)
	lost := id()
	var cut sync.WaitGroup
	cut.Go(func() {
		within(t, "the statement runs", func() bool {
			return slices.ContainsFunc(d.Processes(t), func(p tenancytest.Process) bool { return p.ID == lost && strings.Contains(p.Statement, "SLEEP") })
		})
		way.cut()
	})
	if err := drain(pool.QueryContext(system, "SELECT SLEEP(5)")); err == nil {
		t.Error("nothing was lost")
	}
	cut.Wait()
	if !runs(t, d, lost) {
		t.Error("a lost connection was killed")
	}

	// So it is when a transaction is idle, and its context ends before it.
	ctx, cancel := context.WithTimeout(d.Acme, 200*time.Millisecond)
	defer cancel()
	var connections int
	_ = d.Tx(ctx, func(ctx context.Context) error {
		if err := d.For(ctx).Find(&[]note{}).Error; err != nil {
			t.Error(err)
		}
		way.cut()
		connections = way.count()
		<-ctx.Done()
		return ctx.Err()
	})
	time.Sleep(100 * time.Millisecond) // database/sql rolls back by itself
	if now := way.count(); now != connections {
		t.Errorf("%d connections came to kill what does not run", now-connections)
	}
}
