package tenancy

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"

	"github.com/go-sql-driver/mysql"

	"rowhouse/tenancy/guard"
)

// Begin fails. database/sql calls BeginTx instead.
func (c *conn) Begin() (driver.Tx, error) { return nil, ErrNone }

// BeginTx begins a READ COMMITTED transaction, or a read-only one that reads a snapshot. It
// refuses other isolation levels, and a transaction within a transaction.
func (c *conn) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	if err := requireTenant(ctx); err != nil {
		return nil, err
	}
	snapshot, err := c.checkLevel(opts)
	if err != nil {
		return nil, err
	}
	if c.open {
		return nil, fmt.Errorf("%w: a transaction is open, and BEGIN would commit it", ErrScope)
	}
	inner, err := c.inner.BeginTx(ctx, opts)
	c.adoptSlot(ctx, err)
	if err != nil {
		if snapshot { // the driver may have set the next level, which no variable shows
			c.changed = true
		}
		return nil, err
	}
	c.open, c.snapshot = true, snapshot
	return &transaction{inner, c}, nil
}

// checkLevel checks an isolation level, and reports whether it is REPEATABLE READ, which
// reads a snapshot. Locks and writes at that level lock gaps between rows, so it must be
// read-only.
func (c *conn) checkLevel(opts driver.TxOptions) (snapshot bool, err error) {
	switch i := sql.IsolationLevel(opts.Isolation); {
	case i == sql.LevelDefault || i == sql.LevelReadCommitted:
		return false, nil
	case i != sql.LevelRepeatableRead || !opts.ReadOnly:
		return false, fmt.Errorf("%w: transactions are READ COMMITTED, and %s is not possible: "+
			"it locks gaps between the rows of other tenants, or reads uncommitted rows; "+
			"to read a snapshot, use &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}", ErrScope, i)
	case c.vitess:
		return false, fmt.Errorf("%w: Vitess would change the isolation level of the session, and not of one transaction: "+
			"read data that must agree with one statement", ErrScope)
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

// noteError records an error with which the server may have ended the open transaction. A
// deadlock always ends it, and a lock wait timeout does with innodb_rollback_on_timeout; each
// later statement would then commit on its own. Only errors in SQLSTATE classes 22, 23, 42 and
// 45 (value, constraint, syntax, SIGNAL) and NOWAIT are known to undo no more than their
// statement.
func (c *conn) noteError(err error) {
	var e *mysql.MySQLError
	if !c.open || c.lost != nil || !errors.As(err, &e) || e.Number == errNoWait {
		return
	}
	switch string(e.SQLState[:2]) {
	case "22", "23", "42", "45":
	default:
		c.lost = err
	}
}

// endedError returns the error for statements after the server may have ended the
// transaction.
func (c *conn) endedError() error {
	return fmt.Errorf("the transaction has ended, roll it back: %w", c.lost)
}

// transaction is a driver.Tx that records its end in the connection.
type transaction struct {
	inner driver.Tx
	conn  *conn
}

// Commit commits the transaction. If an earlier error may have ended it, Commit rolls back
// and returns that error. When COMMIT itself fails, the outcome is unknown, and the
// connection does not return to the pool.
func (t *transaction) Commit() error {
	if t.conn.lost != nil {
		err := t.conn.endedError()
		_ = t.Rollback() // err names the cause
		return err
	}
	t.conn.endTransaction()
	err := t.inner.Commit()
	t.conn.changed = t.conn.changed || err != nil
	return err
}

// Rollback ends the transaction. A connection whose ROLLBACK fails is closed: the next
// transaction on it would commit this one.
func (t *transaction) Rollback() error {
	t.conn.endTransaction()
	err := t.inner.Rollback()
	t.conn.changed = t.conn.changed || err != nil
	return err
}

// driverRows has the interfaces of the driver's rows that database/sql and GORM use.
type driverRows interface {
	driver.RowsNextResultSet
	driver.RowsColumnTypeDatabaseTypeName
	driver.RowsColumnTypeNullable
	driver.RowsColumnTypePrecisionScale
	driver.RowsColumnTypeScanType
}

// watchedRows report their errors to the connection: a locking read can fail at any row, and
// that can end the transaction.
type watchedRows struct {
	driverRows
	conn *conn
}

// watched returns rows that report errors to the connection while a transaction is open.
func (c *conn) watched(rows driver.Rows) driver.Rows {
	if inner, ok := rows.(driverRows); ok && c.open {
		return watchedRows{inner, c}
	}
	return rows
}

// Next reads a row and reports its error.
func (r watchedRows) Next(row []driver.Value) error {
	err := r.driverRows.Next(row)
	r.conn.noteError(err)
	return err
}

// Close reads what is left, which can fail as Next can.
func (r watchedRows) Close() error {
	err := r.driverRows.Close()
	r.conn.noteError(err)
	return err
}

// NextResultSet reads what is left, too.
func (r watchedRows) NextResultSet() error {
	err := r.driverRows.NextResultSet()
	r.conn.noteError(err)
	return err
}
