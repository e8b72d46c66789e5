package tenancy

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"math/rand/v2"
	"time"

	"gorm.io/gorm"

	"rowhouse/tenancy/guard"
)

// tx is a running transaction of Tx.
type tx struct {
	db      *DB
	options sql.TxOptions
	session *gorm.DB // nil for Once
	failed  error    // of an inner Tx
	events  []Event  // published after COMMIT
	wrote   bool     // Once has run its statement
}

// txKey is the context key of a *tx.
type txKey struct{}

// txFrom returns the transaction of db in ctx, or nil.
func txFrom(ctx context.Context, db *DB) *tx {
	if ctx == nil {
		return nil
	}
	if t, ok := ctx.Value(txKey{}).(*tx); ok && t.db == db {
		return t
	}
	return nil
}

// maxRetries bounds the retries of a transaction after a write conflict.
const maxRetries = 5

// Tx runs fn in a transaction of ctx's tenant and commits it when fn returns nil. Sessions of
// For with fn's context are part of it. A Tx inside fn joins it; if the inner one fails, the
// outer one rolls back. Tx retries up to five times after a write conflict (deadlock, lock
// wait, snapshot), so fn must not change anything but the database.
//
// For a report whose queries read one snapshot, pass
// &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}. The first query
// determines the snapshot. Tx fails when it would join a transaction with other options.
func (db *DB) Tx(ctx context.Context, fn func(context.Context) error, options ...*sql.TxOptions) error {
	wanted := sql.TxOptions{}
	if len(options) > 0 && options[0] != nil {
		wanted = *options[0]
	}
	if outer := txFrom(ctx, db); outer != nil {
		return outer.join(ctx, fn, wanted)
	}
	return retryWriteConflicts(ctx, func() error { return db.runTx(ctx, fn, wanted) })
}

// Once is Tx without a transaction, for a change by one statement, which is atomic. It saves the round trips of BEGIN
// and COMMIT. fn may also run queries. A second statement that writes fails, and so does a Tx or Once inside fn; the first
// statement remains, also if fn fails. Like Tx, Once retries fn after a write conflict, and joins the transaction of ctx.
//
// If the connection fails or ctx ends while the statement runs, the outcome is unknown, as that of a COMMIT.
func (db *DB) Once(ctx context.Context, fn func(context.Context) error) error {
	if outer := txFrom(ctx, db); outer != nil {
		return outer.join(ctx, fn, sql.TxOptions{})
	}
	return retryWriteConflicts(ctx, func() error {
		t := &tx{db: db}
		if err := fn(context.WithValue(ctx, txKey{}, t)); err != nil {
			return err
		}
		t.publishEvents()
		return nil
	})
}

// InTx reports whether ctx is that of a running Tx.
func (db *DB) InTx(ctx context.Context) bool {
	t := txFrom(ctx, db)
	return t != nil && t.session != nil
}

// checkOnce fails for a second statement of Once that writes.
func (p *quotaPool) checkOnce(ctx context.Context) error {
	t, ok := ctx.Value(txKey{}).(*tx)
	if !ok || t.session != nil || t.db.sql != p.DB {
		return nil
	}
	if t.wrote {
		return fmt.Errorf("%w: Once has no transaction for a second statement that writes: use Tx", ErrScope)
	}
	t.wrote = true
	return nil
}

// retryWriteConflicts calls run again after a write conflict, up to five times.
func retryWriteConflicts(ctx context.Context, run func() error) error {
	for try := 0; ; try++ {
		err := run()
		if !isWriteConflict(err) || try == maxRetries {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(rand.N(10 * time.Millisecond << try)):
		}
	}
}

// join runs fn as a part of the transaction.
func (t *tx) join(ctx context.Context, fn func(context.Context) error, wanted sql.TxOptions) error {
	if t.session == nil {
		return fmt.Errorf("%w: Once has no transaction to join: use Tx for several statements", ErrScope)
	}
	if wanted != (sql.TxOptions{}) && wanted != t.options {
		return fmt.Errorf("%w: a Tx with %s can't join a transaction with %s",
			ErrScope, describeOptions(wanted), describeOptions(t.options))
	}
	err := fn(ctx)
	if err != nil {
		t.failed = err
	}
	return err
}

// runTx runs a transaction once, and publishes its events after COMMIT.
func (db *DB) runTx(ctx context.Context, fn func(context.Context) error, options sql.TxOptions) error {
	t := &tx{db: db, options: options}
	err := db.For(ctx).Transaction(func(session *gorm.DB) error {
		t.session = session
		if err := fn(context.WithValue(ctx, txKey{}, t)); err != nil {
			return err
		}
		return t.failed
	}, &options)
	if err != nil {
		return err
	}
	t.publishEvents()
	return nil
}

// publishEvents publishes the events after the change has been committed.
func (t *tx) publishEvents() {
	for _, e := range t.events {
		t.db.bus.Publish(e)
	}
}

// describeOptions returns the options of a transaction for a message.
func describeOptions(o sql.TxOptions) string {
	access := "read-write"
	if o.ReadOnly {
		access = "read-only"
	}
	return fmt.Sprintf("isolation level %s, %s", o.Isolation, access)
}

// Begin fails. database/sql calls BeginTx instead.
func (c *conn) Begin() (driver.Tx, error) { return nil, ErrNone }

// BeginTx begins a READ COMMITTED transaction, or a read-only one that reads a snapshot. It
// refuses other isolation levels, and a transaction within a transaction.
func (c *conn) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	if err := requireTenant(ctx); err != nil {
		return nil, err
	}
	snapshot, err := c.checkIsolation(opts)
	if err != nil {
		return nil, err
	}
	if c.open {
		return nil, fmt.Errorf("%w: a transaction is open, and BEGIN would commit it", ErrScope)
	}
	inner, err := c.inner.BeginTx(ctx, opts)
	c.adoptSlot(ctx, err)
	if err != nil {
		if snapshot { // the driver may have set the level of the next transaction, which no variable shows
			c.tainted = true
		}
		return nil, err
	}
	c.open, c.snapshot = true, snapshot
	return &connTx{inner, c}, nil
}

// checkIsolation checks an isolation level, and reports whether it is REPEATABLE READ, which
// reads a snapshot. Locks and writes at that level lock gaps between rows, so it must be
// read-only.
func (c *conn) checkIsolation(opts driver.TxOptions) (snapshot bool, err error) {
	switch i := sql.IsolationLevel(opts.Isolation); {
	case i == sql.LevelDefault || i == sql.LevelReadCommitted:
		return false, nil
	case i != sql.LevelRepeatableRead || !opts.ReadOnly:
		return false, fmt.Errorf("%w: transactions are READ COMMITTED, and %s is not possible: "+
			"it locks gaps between the rows of other tenants, or reads uncommitted rows; "+
			"to read a snapshot, use &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}", ErrScope, i)
	case c.vitess:
		return false, fmt.Errorf("%w: Vitess would change the isolation level of the session, and not of one transaction: "+
			"read data that must be consistent with one statement", ErrScope)
	}
	return true, nil
}

// checkSnapshot refuses a statement that locks rows in a snapshot. It would also lock the gaps
// between rows, and so inserts of other tenants.
func (c *conn) checkSnapshot(query string) error {
	if c.snapshot && guard.LocksRows(query) {
		return fmt.Errorf("%w: this statement in a REPEATABLE READ transaction locks rows, or the guard can't read it; "+
			"lock them in a READ COMMITTED transaction: %s", ErrScope, query)
	}
	return nil
}

// noteError records an error with which the server may have ended the open transaction: each
// later statement would then commit on its own.
func (c *conn) noteError(err error) {
	if c.open && c.endedBy == nil && mayEndTransaction(err) {
		c.endedBy = err
	}
}

// endedError returns the error for statements after the server may have ended the
// transaction.
func (c *conn) endedError() error {
	return fmt.Errorf("the transaction has ended, roll it back: %w", c.endedBy)
}

// endTransaction records that the transaction ends. It keeps the last statement if that was
// cancelled, so that Close kills it. Otherwise no statement of the transaction runs any more,
// even if the connection fails later.
func (c *conn) endTransaction() {
	c.open, c.endedBy, c.snapshot = false, nil, false
	if c.inner.IsValid() {
		c.last = nil
	}
}

// connTx is a driver.Tx that records its end in the connection.
type connTx struct {
	inner driver.Tx
	conn  *conn
}

// Commit commits the transaction. If an earlier error may have ended it, Commit rolls back
// and returns that error. When COMMIT itself fails, the outcome is unknown, and the
// connection does not return to the pool.
func (t *connTx) Commit() error {
	if t.conn.endedBy != nil {
		err := t.conn.endedError()
		_ = t.Rollback() // err names the cause
		return err
	}
	t.conn.endTransaction()
	err := t.inner.Commit()
	t.conn.tainted = t.conn.tainted || err != nil
	return err
}

// Rollback ends the transaction. A connection whose ROLLBACK fails is closed: the next
// transaction on it would commit this one.
func (t *connTx) Rollback() error {
	t.conn.endTransaction()
	err := t.inner.Rollback()
	t.conn.tainted = t.conn.tainted || err != nil
	return err
}
