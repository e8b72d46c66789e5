package tenancy_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// TestErrorOnCloseOfRowsEndsTheTransaction has a locking query that loses against another
// transaction after its first rows. Only Close returns the error.
func TestErrorOnCloseOfRowsEndsTheTransaction(t *testing.T) {
	for name, read := range map[string]func(context.Context, *gorm.DB){
		"with arguments": func(_ context.Context, s *gorm.DB) {
			locked := s.Model(&note{}).Where("id < 10000").Clauses(clause.Locking{Strength: "UPDATE"})
			rows, err := locked.Rows() //nolint:rowserrcheck // ignored
			if err == nil {
				rows.Next()
				_ = rows.Close() //nolint:sqlclosecheck // this test ignores its error
			}
		},
		"with the next result set": func(_ context.Context, s *gorm.DB) {
			locked := s.Model(&note{}).Where("id < 10000").Clauses(clause.Locking{Strength: "UPDATE"})
			rows, err := locked.Rows() //nolint:rowserrcheck // ignored
			if err == nil {
				rows.NextResultSet()
				_ = rows.Close() //nolint:sqlclosecheck // this test ignores its error
			}
		},
		"GORM's Take": func(_ context.Context, s *gorm.DB) {
			_ = s.Model(&note{}).Where("id < 10000").Clauses(clause.Locking{Strength: "UPDATE"}).Row().Scan(new(int), new(int), new(int),
				new(string))
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := newNotes(t)
			var rows []note
			for id := 1; id <= 1000; id++ {
				rows = append(rows, note{ID: id, Text: strings.Repeat("x", 100)})
			}
			if err := d.For(d.Acme).Create(&rows).Error; err != nil {
				t.Fatal(err)
			}
			other, err := d.SQL.BeginTx(t.Context(), &sql.TxOptions{Isolation: sql.LevelReadCommitted})
			if err == nil {
				_, err = other.ExecContext(t.Context(), "UPDATE notes SET text = 'theirs' WHERE id > 100")
			}
			if err != nil {
				t.Fatal(err)
			}
			ended := make(chan error, 1)
			runs := 0
			err = d.Tx(d.Acme, func(ctx context.Context) error {
				runs++
				s := d.For(ctx)
				if err := s.Create(&note{ID: 10000, Text: "first half"}).Error; err != nil {
					return err
				}
				if runs == 1 {
					go func() {
						time.Sleep(300 * time.Millisecond) // the query below holds row 1 and waits for another
						_, err := other.ExecContext(context.WithoutCancel(ctx), "UPDATE notes SET text = 'theirs' WHERE id = 1")
						ended <- errors.Join(err, other.Commit())
					}()
				}
				read(ctx, s)
				s.Create(&note{ID: 10001, Text: "second half"})
				return nil
			})
			if err := errors.Join(err, <-ended); err != nil {
				t.Fatal(err)
			}
			if n := d.Count(t, "notes", "id >= 10000"); n != 2 {
				t.Errorf("%d of the two rows are stored after %d runs", n, runs)
			}
		})
	}
}

// TestFailedRollbackClosesTheConnection fails a ROLLBACK on the server. The next transaction on the
// connection must not commit the writes of this one.
func TestFailedRollbackClosesTheConnection(t *testing.T) {
	d := newNotes(t)
	way := newGateway(t, d)
	pool, _, _ := limitToOneConn(t, d)
	_ = pool
	way.rewrite("ROLLBACK", "ROLLBAKK")
	boom := errors.New("boom")
	if err := d.Tx(d.Acme, func(ctx context.Context) error { return errors.Join(create(ctx, d, 1), boom) }); !errors.Is(err, boom) {
		t.Fatal(err)
	}
	way.rewrite("", "")
	if err := d.Tx(d.Globex, func(ctx context.Context) error { return create(ctx, d, 2) }); err != nil {
		t.Error(err)
	}
	if n := d.Count(t, "notes", "tenant_id = 1"); n != 0 {
		t.Error("a rolled back row is stored")
	}
}

// TestLostPreparedStatementEndsTheTransaction resets the session in the middle of a transaction, as
// a proxy does when it switches connections. The server then has neither the prepared statements
// nor the transaction.
func TestLostPreparedStatementEndsTheTransaction(t *testing.T) {
	d := newNotes(t)
	way := newGateway(t, d)
	limitToOneConn(t, d)
	if err := create(d.Acme, d, 5); err != nil { // the statement is prepared from here on
		t.Fatal(err)
	}
	boom := errors.New("boom")
	err := d.Tx(d.Acme, func(ctx context.Context) error {
		if err := create(ctx, d, 10); err != nil {
			return err
		}
		way.command(t, 0x1f) // COM_RESET_CONNECTION
		if err := create(ctx, d, 11); err != nil {
			return err
		}
		return nil
	})
	n := d.Count(t, "notes", "id >= 10")
	if err == nil && n != 2 || err != nil && n != 0 {
		t.Errorf("%v, and %d of two rows are stored", err, n)
	}
	err = d.Tx(d.Acme, func(ctx context.Context) error {
		if err := create(ctx, d, 20); err != nil {
			return err
		}
		way.command(t, 0x1f)
		return errors.Join(create(ctx, d, 21), boom)
	})
	if n := d.Count(t, "notes", "id >= 20"); n != 0 {
		t.Errorf("%v, and %d rows are stored", err, n)
	}
}

// command sends a command of one byte over each connection, and drops the response.
func (g *gateway) command(t *testing.T, command byte) {
	t.Helper()
	g.mu.Lock()
	g.injected = make(chan struct{}, len(g.open))
	servers := len(g.open) / 2
	for i := 1; i < len(g.open); i += 2 {
		if _, err := g.open[i].Write([]byte{1, 0, 0, 0, command}); err != nil {
			servers--
		}
	}
	injected := g.injected
	g.mu.Unlock()
	for range servers {
		select {
		case <-injected:
		case <-time.After(time.Second):
		}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.injected = nil
}

// TestConnectionInATransactionIsNotReused begins a transaction on the connection of Raw.
func TestConnectionInATransactionIsNotReused(t *testing.T) {
	d := newNotes(t)
	pool, _, _ := limitToOneConn(t, d)
	conn, err := pool.Conn(d.Acme)
	if err != nil {
		t.Fatal(err)
	}
	err = conn.Raw(func(inner any) error {
		if _, err := inner.(driver.ConnBeginTx).BeginTx(d.Acme, driver.TxOptions{}); err != nil {
			return err
		}
		_, err := inner.(driver.ExecerContext).ExecContext(
			d.Acme,
			"INSERT INTO notes (tenant_id, id, folder, text) VALUES (1, 1, 1, '')",
			nil,
		)
		return err
	})
	if err := errors.Join(err, conn.Close()); err != nil {
		t.Fatal(err)
	}
	time.Sleep(time.Second)
	var n int
	if err := d.SQL.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM information_schema.innodb_trx WHERE trx_mysql_thread_id "+
		"<> CONNECTION_ID()").Scan(&n); err != nil ||
		n != 0 {
		t.Errorf("%d transactions wait in the pool, %v", n, err)
	}
}

// TestTooManyArgumentsAreRefused has more arguments than the protocol can count. Nothing ran, so the
// transaction continues.
func TestTooManyArgumentsAreRefused(t *testing.T) {
	d := newNotes(t)
	ids := make([]int, 65536)
	for i := range ids {
		ids[i] = i
	}
	var found []note
	if err := d.For(d.Acme).Where("id IN ?", ids).Find(&found).Error; err == nil ||
		!strings.Contains(err.Error(), "the limit is 65535: split it") {
		t.Error(err)
	}
	err := d.Tx(d.Acme, func(ctx context.Context) error {
		_ = d.For(ctx).Where("id IN ?", ids).Find(&found).Error
		return create(ctx, d, 1)
	})
	if err != nil {
		t.Error("the transaction ends with it:", err)
	}
}

// TestLockWaitTimeoutRetriesTheTransaction waits for a row in a transaction that handles the error.
func TestLockWaitTimeoutRetriesTheTransaction(t *testing.T) {
	d := newNotes(t)
	if err := create(d.Globex, d, 1); err != nil {
		t.Fatal(err)
	}
	if err := create(d.Acme, d, 1); err != nil {
		t.Fatal(err)
	}
	other, err := d.SQL.BeginTx(t.Context(), nil)
	if err == nil {
		_, err = other.ExecContext(t.Context(), "UPDATE notes SET text = 'theirs'")
	}
	if err != nil {
		t.Fatal(err)
	}
	runs := 0
	err = d.Tx(d.Acme, func(ctx context.Context) error {
		if runs++; runs == 2 {
			_ = other.Rollback()
		}
		if err := create(ctx, d, 100); err != nil {
			return err
		}
		_ = d.For(ctx).Transaction(func(s *gorm.DB) error { return s.Model(&note{ID: 1}).Update("text", "mine").Error })
		_ = create(ctx, d, 101)
		return nil
	})
	if n := d.Count(t, "notes", "id >= 100"); err != nil || n != 2 || runs != 2 {
		t.Error(err, n, runs)
	}
}

// TestSavepointsWorkAfterErrors nests GORM's transactions, with errors and panics inside.
func TestSavepointsWorkAfterErrors(t *testing.T) {
	d := newNotes(t)
	boom := errors.New("boom")
	for i, test := range []struct {
		fn   func(context.Context) error
		rows int
	}{
		{
			fn: func(ctx context.Context) error {
				_ = d.For(ctx).Transaction(func(s *gorm.DB) error { return errors.Join(s.Create(&note{ID: 1}).Error, boom) })
				return create(ctx, d, 2)
			},
			rows: 1,
		},
		{
			fn: func(ctx context.Context) error {
				_ = d.For(ctx).Transaction(func(s *gorm.DB) error {
					_ = s.Transaction(func(s *gorm.DB) error { return errors.Join(s.Create(&note{ID: 1}).Error, boom) })
					return s.Create(&note{ID: 3}).Error
				})
				return create(ctx, d, 2)
			},
			rows: 2,
		},
		{
			fn: func(ctx context.Context) error {
				func() {
					defer func() { _ = recover() }()
					_ = d.For(ctx).Transaction(func(s *gorm.DB) error { s.Create(&note{ID: 1}); panic("x") })
				}()
				return create(ctx, d, 2)
			},
			rows: 1,
		},
		{
			fn: func(ctx context.Context) error {
				_ = d.For(ctx).Transaction(func(s *gorm.DB) error {
					s.Create(&note{ID: 1})
					return s.Create(&note{ID: 1}).Error // a duplicate
				})
				return create(ctx, d, 2)
			},
			rows: 1,
		},
		{
			fn: func(ctx context.Context) error {
				tx := d.For(ctx).Begin() // it is the same transaction
				tx.Create(&note{ID: 1})
				tx.Rollback()
				return create(ctx, d, 2)
			},
			rows: 0,
		},
		{
			fn: func(ctx context.Context) error {
				d.For(ctx).Commit()
				return create(ctx, d, 2)
			},
			rows: 0,
		},
		{
			fn: func(ctx context.Context) error {
				_ = d.For(ctx).Rollback()
				_ = create(ctx, d, 2)
				return nil
			},
			rows: 0,
		},
		{
			fn: func(ctx context.Context) error {
				cancelled, cancel := context.WithCancel(ctx)
				cancel()
				_ = create(cancelled, d, 1)
				_ = create(ctx, d, 2)
				return nil
			},
			rows: 1,
		},
		{
			fn: func(ctx context.Context) error {
				short, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
				defer cancel()
				_ = create(ctx, d, 1)
				_ = d.For(short).Exec("DO SLEEP(2)").Error
				_ = d.For(short).Exec("SELECT SLEEP(2)").Error
				_ = create(ctx, d, 2)
				return nil
			},
			rows: -1,
		},
	} {
		if _, err := d.SQL.ExecContext(t.Context(), "DELETE FROM notes"); err != nil {
			t.Fatal(err)
		}
		err := d.Tx(d.Acme, test.fn)
		n := d.Count(t, "notes", "")
		if test.rows >= 0 && n != test.rows {
			t.Errorf("%d: %v, %d rows", i, err, n)
		}
		if test.rows < 0 && (err == nil) != (n == 2) {
			t.Errorf("%d: %v, %d rows", i, err, n)
		}
	}
}
