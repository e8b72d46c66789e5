package tenancy

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"

	"github.com/go-sql-driver/mysql"
)

// Begin is never called by database/sql, which has BeginTx.
func (c *conn) Begin() (driver.Tx, error) { return nil, ErrNone }

// BeginTx begins a transaction, unless one is open or it would lock gaps.
func (c *conn) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	if err := belongs(ctx); err != nil {
		return nil, err
	}
	if i := sql.IsolationLevel(opts.Isolation); i != sql.LevelDefault && i != sql.LevelReadCommitted {
		return nil, fmt.Errorf("%w: transactions are READ COMMITTED: %s locks gaps between the rows of other tenants", ErrScope, i)
	}
	if c.open {
		return nil, fmt.Errorf("%w: a transaction is open, which another would commit", ErrScope)
	}
	inner, err := c.inner.BeginTx(ctx, opts)
	c.holds(ctx, err)
	if err != nil {
		return nil, err
	}
	c.open = true
	return &transaction{inner, c}, nil
}

// failed remembers an error with which the server may have ended the open transaction. A
// deadlock always does, a lock wait where innodb_rollback_on_timeout is on, and statements
// after it would each commit by itself. Only errors of a value, a constraint or the syntax
// (SQLSTATE 22, 23, 42 and 45), and a lock that is not waited for, are known to undo no more than their statement.
func (c *conn) failed(err error) {
	var e *mysql.MySQLError
	if !c.open || c.lost != nil || !errors.As(err, &e) || e.Number == errNoWait {
		return
	}
	switch string(e.SQLState[:2]) {
	case "22", "23", "42", "45": // 45 is SIGNAL's, of a trigger
	default:
		c.lost = err
	}
}

// ended is the error of what comes after the transaction's end.
func (c *conn) ended() error {
	return fmt.Errorf("the transaction has ended, roll it back: %w", c.lost)
}

// transaction tells its connection when it ends.
type transaction struct {
	inner driver.Tx
	conn  *conn
}

// Commit fails with the error that ended the transaction before, if one did. A connection
// whose COMMIT fails is closed: what became of the transaction is not known.
func (t *transaction) Commit() error {
	if t.conn.lost != nil {
		err := t.conn.ended()
		_ = t.Rollback() // err says more
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

// driverRows are the rows of the driver, with all that database/sql and GORM ask of them.
type driverRows interface {
	driver.RowsNextResultSet
	driver.RowsColumnTypeDatabaseTypeName
	driver.RowsColumnTypeNullable
	driver.RowsColumnTypePrecisionScale
	driver.RowsColumnTypeScanType
}

// watchedRows notice an error that ends the transaction: a query that locks rows can fail
// at any of them.
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

// Next reads a row.
func (r watchedRows) Next(row []driver.Value) error {
	err := r.driverRows.Next(row)
	r.conn.failed(err)
	return err
}

// Close reads what is left, which can fail as Next can.
func (r watchedRows) Close() error {
	err := r.driverRows.Close()
	r.conn.failed(err)
	return err
}

// NextResultSet reads what is left, too.
func (r watchedRows) NextResultSet() error {
	err := r.driverRows.NextResultSet()
	r.conn.failed(err)
	return err
}
