package tenancy

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"log/slog"
	"time"

	"rowhouse/tenancy/guard"
)

// connector is the driver.Connector of guarded connections. It is below GORM, transactions,
// prepared statements and raw SQL: each execution calls conn.checkStatement. Its connections
// hide the driver's connection from sql.Conn.Raw, and from reflection, since no field is
// exported or embedded.
type connector struct {
	inner *sessionConnector
	log   *slog.Logger
	guard *guard.Guard
	// killPool runs KILL for cancelled statements.
	killPool *sql.DB
}

// Driver returns the MySQL driver. database/sql requires the method.
func (c *connector) Driver() driver.Driver { return c.inner.Driver() }

// Connect opens a connection and verifies its settings.
func (c *connector) Connect(ctx context.Context) (driver.Conn, error) {
	inner, session, err := c.inner.openConn(ctx)
	if err != nil {
		return nil, err
	}
	return &conn{
		inner: inner, pool: c, id: session.connID(), vitess: session.isVitess(),
		verified: time.Now(), prepared: newStatements(),
	}, nil
}

// driverConn has the interfaces of the driver's connection that database/sql uses.
type driverConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.NamedValueChecker
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

// conn is a guarded connection. It runs one statement at a time.
type conn struct {
	inner driverConn
	pool  *connector
	id    connID
	// vitess means that the server is a vtgate.
	vitess bool
	// last is the context of the last statement, and began is the time of its start.
	last  context.Context
	began time.Time
	// timeout is the session's query_timeout on Vitess.
	timeout  time.Duration
	prepared *statements
	// verified is the time when the settings were last read back. It is zero after a
	// statement of the system scope, which can change them.
	verified time.Time
	// tainted means that no tenant may use the connection any more: the system scope ran a
	// statement that can leave session state outside the settings (a temporary table, a lock,
	// a transaction), or the settings are wrong, or a COMMIT failed.
	tainted bool
	// open means that a transaction is open. endedBy is the error with which the server
	// may have ended it.
	open    bool
	endedBy error
	// snapshot means that the open transaction is REPEATABLE READ and read-only.
	snapshot bool
	// slot is the slot of the tenant that uses the connection, or nil.
	slot *slot
}

// adoptSlot ties the slot in ctx to this connection. After an error it does nothing, and
// quotaPool releases the slot: database/sql may retry on another connection.
func (c *conn) adoptSlot(ctx context.Context, err error) {
	if with, ok := ctx.(*slotContext); ok && err == nil {
		c.slot = with.slot
	}
}

// releaseSlot releases the slot of this connection, if it has one.
func (c *conn) releaseSlot() {
	if c.slot != nil {
		c.slot.release()
		c.slot = nil
	}
}

// startStatement records the start of a statement. On Vitess it sets the statement's timeout.
func (c *conn) startStatement(ctx context.Context) error {
	if c.vitess {
		if err := c.setQueryTimeout(ctx); err != nil {
			return err
		}
	}
	c.last, c.began = ctx, time.Now()
	return nil
}

// endStatement records and logs the end of a statement.
func (c *conn) endStatement(ctx context.Context, query string, err error) {
	c.adoptSlot(ctx, err)
	c.noteError(err)
	c.pool.logStatement(ctx, query, c.began)
}

// logStatement logs a statement at debug level. It leaves out the arguments, which may be
// personal data.
func (c *connector) logStatement(ctx context.Context, query string, start time.Time) {
	if c.log.Enabled(ctx, slog.LevelDebug) {
		c.log.DebugContext(ctx, "sql", "statement", query, "took", time.Since(start))
	}
}

// QueryContext runs a query if checkStatement accepts it.
func (c *conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if c.isTooLong(query, args) {
		return nil, driver.ErrSkip
	}
	if err := c.checkStatement(ctx, query, args); err != nil {
		return nil, err
	}
	if err := c.startStatement(ctx); err != nil {
		return nil, err
	}
	rows, err := c.runWatched(ctx, query, args)
	c.endStatement(ctx, query, err)
	return c.watchRows(rows), err
}

// runWatched runs a query. If its rows are read without a pause, only the driver watches the context while they are open.
func (c *conn) runWatched(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	s, ok := ctx.(*slotContext)
	if !ok || !s.readsAtOnce {
		return c.runQuery(ctx, query, args)
	}
	// The driver calls Done in another goroutine, so it gets the inner context.
	rows, err := c.runQuery(s.Context, query, args) //nolint:contextcheck // it is inside ctx
	s.isWatched = err == nil
	return rows, err
}

// ExecContext runs a statement if checkStatement accepts it.
func (c *conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if c.isTooLong(query, args) {
		return nil, driver.ErrSkip
	}
	if err := c.checkStatement(ctx, query, args); err != nil {
		return nil, err
	}
	if err := c.startStatement(ctx); err != nil {
		return nil, err
	}
	result, err := c.runExec(ctx, query, args)
	c.endStatement(ctx, query, err)
	return result, err
}

// ResetSession returns driver.ErrBadConn for a connection with an open transaction, and for
// one with wrong settings. It reads the settings again only when verifiedFor has passed.
func (c *conn) ResetSession(ctx context.Context) error {
	if c.open {
		return driver.ErrBadConn
	}
	if time.Since(c.verified) > verifiedFor && c.verifySettings(ctx) != nil {
		return driver.ErrBadConn
	}
	return c.inner.ResetSession(ctx)
}

// IsValid reports whether the connection may return to the pool. It is false when no
// tenant may use the connection any more, and inside a transaction. If it is true, IsValid
// releases the slot.
func (c *conn) IsValid() bool {
	valid := c.inner.IsValid() && !c.tainted && !c.open
	if valid { // else Close follows, and a statement that still runs keeps its slot until then
		c.releaseSlot()
		c.last = nil
	}
	return valid
}

// isCancelled reports whether the context of the last statement has ended while it ran, so
// that the statement may still run on the server.
func (c *conn) isCancelled() bool { return !c.inner.IsValid() && c.last != nil && c.last.Err() != nil }

// Close kills a cancelled statement, closes the connection and releases its slot. On Vitess
// it kills nothing, and the tenant's slot is released when query_timeout has ended the
// statement. The pool counts the connection until Close returns. After any other failure of
// the connection Close kills nothing: the server may have given the id to another connection.
func (c *conn) Close() error {
	if c.vitess && c.isCancelled() {
		if s := c.slot; s != nil {
			c.slot = nil
			s.releasePool()
			time.AfterFunc(time.Until(c.began.Add(c.timeout)), s.releaseTenant)
		}
		return c.inner.Close()
	}
	defer c.releaseSlot()
	if c.isCancelled() {
		if err := c.pool.killConnection(c.id); err != nil {
			c.pool.log.Warn("a cancelled statement may still run on the server", "connection", c.id.thread, "error", err)
		}
	}
	return c.inner.Close()
}

// Ping checks that the server responds.
func (c *conn) Ping(ctx context.Context) error { return c.inner.Ping(ctx) }

// CheckNamedValue converts an argument as the driver does.
func (c *conn) CheckNamedValue(v *driver.NamedValue) error { return c.inner.CheckNamedValue(v) }
