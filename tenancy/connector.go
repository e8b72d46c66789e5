package tenancy

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"rowhouse/tenancy/guard"
)

// connector is the driver.Connector that checks each statement before the driver runs it.
// It is below GORM, transactions, prepared statements and raw SQL: each execution calls
// conn.check. Its connections hide the driver's connection from sql.Conn.Raw, and from
// reflection, since no field is exported or embedded.
type connector struct {
	inner *sessionConnector
	log   *slog.Logger
	guard *guard.Guard
	// killPool runs KILL for cancelled statements.
	killPool *sql.DB
}

// Driver returns the MySQL driver. database/sql requires the method.
func (c *connector) Driver() driver.Driver { return c.inner.Driver() }

// Connect opens a connection whose settings are verified.
func (c *connector) Connect(ctx context.Context) (driver.Conn, error) {
	inner, session, err := c.inner.open(ctx)
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
	// changed means that no tenant may use the connection any more: the system scope ran a
	// statement that can leave session state which no setting shows (a temporary table, a
	// lock, a transaction), or the settings are wrong, or a COMMIT failed.
	changed bool
	// open means that a transaction is open. lost is the error with which the server may
	// have ended it.
	open bool
	lost error
	// snapshot means that the open transaction is REPEATABLE READ and read-only.
	snapshot bool
	// slot is the slot of the tenant that uses the connection, or nil.
	slot *slot
}

// adoptSlot ties the slot in ctx to this connection. After an error it does nothing, and
// quotaPool releases the slot: database/sql may retry on another connection.
func (c *conn) adoptSlot(ctx context.Context, err error) {
	if s, ok := ctx.Value(slotKey{}).(*slot); ok && err == nil {
		c.slot = s
	}
}

// releaseSlot releases the slot of this connection, if it has one.
func (c *conn) releaseSlot() {
	if c.slot != nil {
		c.slot.release()
		c.slot = nil
	}
}

// check refuses a statement unless the guard proves that it stays inside the context's
// tenant; statements of the system scope need no proof. When the server may have ended the
// transaction, check refuses every statement.
func (c *conn) check(ctx context.Context, query string, args []driver.NamedValue) error {
	if c.lost != nil {
		return c.endedError()
	}
	if err := c.checkSnapshot(query); err != nil {
		return err
	}
	if s, ok := systemOf(ctx); ok {
		return c.checkSystem(ctx, s, query)
	}
	tenant, err := FromContext(ctx)
	if err != nil {
		return err
	}
	if err := c.pool.logRefusal(ctx, c.pool.guard.Check(uint32(tenant.ID), query, args)); err != nil {
		return err
	}
	return c.ready(ctx)
}

// checkSystem logs a statement of the system scope, and records whether it can change the
// session. In a transaction it refuses statements that could commit.
func (c *conn) checkSystem(ctx context.Context, s systemScope, query string) error {
	if s.unlogged {
		return nil
	}
	if c.open && !guard.KeepsTransaction(query) {
		return fmt.Errorf("%w: in a transaction the system scope runs only statements on rows; this one could commit it: %s", ErrScope, query)
	}
	if !guard.OnlyRows(query) {
		c.changed = true
	}
	c.verified = time.Time{}
	c.pool.log.InfoContext(ctx, "system scope", "reason", s.reason, "statement", query)
	return nil
}

// ready verifies the settings that a proof assumes, if the system scope may have changed
// them. It fails on a connection that tenants must not use any more.
func (c *conn) ready(ctx context.Context) error {
	if c.changed {
		return fmt.Errorf("%w: no tenant may use this connection any more: the system scope has changed its session, or its settings are wrong; take another one", ErrScope)
	}
	if !c.verified.IsZero() {
		return nil
	}
	return c.verify(ctx)
}

// verify reads the settings back. After a failure the connection does not return to the
// pool.
func (c *conn) verify(ctx context.Context) error {
	_, err := c.pool.inner.verify(ctx, c.inner)
	if err != nil {
		c.changed = true
		c.pool.log.WarnContext(ctx, "a connection is closed because its settings could not be verified", "error", err)
		return fmt.Errorf("verify the connection: %w", err)
	}
	c.verified = time.Now()
	return nil
}

// requireTenant fails with ErrNone on a context with neither a tenant nor the system scope.
func requireTenant(ctx context.Context) error {
	if _, ok := systemOf(ctx); ok {
		return nil
	}
	_, err := FromContext(ctx)
	return err
}

// logRefusal logs a refusal of the guard, since the caller may ignore the error, and adds
// ErrScope to it.
func (c *connector) logRefusal(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	var r *guard.Refusal
	if errors.As(err, &r) {
		c.log.WarnContext(ctx, "statement refused", "table", r.Table, "alias", r.Alias, "reason", r.Reason, "statement", r.SQL)
	}
	return fmt.Errorf("%w: %w", ErrScope, err)
}

// trace logs a statement at debug level. It leaves out the arguments, which may be personal
// data.
func (c *connector) trace(ctx context.Context, query string, start time.Time) {
	if c.log.Enabled(ctx, slog.LevelDebug) {
		c.log.DebugContext(ctx, "sql", "statement", query, "took", time.Since(start))
	}
}

// finish records and logs the end of a statement.
func (c *conn) finish(ctx context.Context, query string, err error) {
	c.adoptSlot(ctx, err)
	c.noteError(err)
	c.pool.trace(ctx, query, c.began)
}

// QueryContext runs a query if check accepts it.
func (c *conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if c.skips(query, args) {
		return nil, driver.ErrSkip
	}
	if err := c.check(ctx, query, args); err != nil {
		return nil, err
	}
	if err := c.begin(ctx); err != nil {
		return nil, err
	}
	rows, err := c.query(ctx, query, args)
	c.finish(ctx, query, err)
	return c.watched(rows), err
}

// ExecContext runs a statement if check accepts it.
func (c *conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if c.skips(query, args) {
		return nil, driver.ErrSkip
	}
	if err := c.check(ctx, query, args); err != nil {
		return nil, err
	}
	if err := c.begin(ctx); err != nil {
		return nil, err
	}
	result, err := c.exec(ctx, query, args)
	c.finish(ctx, query, err)
	return result, err
}

// ResetSession returns driver.ErrBadConn for a connection with an open transaction, and for
// one whose settings are wrong. It reads them again only when verifiedFor has passed.
func (c *conn) ResetSession(ctx context.Context) error {
	if c.open {
		return driver.ErrBadConn
	}
	if time.Since(c.verified) > verifiedFor && c.verify(ctx) != nil {
		return driver.ErrBadConn
	}
	return c.inner.ResetSession(ctx)
}

func (c *conn) Ping(ctx context.Context) error             { return c.inner.Ping(ctx) }
func (c *conn) CheckNamedValue(v *driver.NamedValue) error { return c.inner.CheckNamedValue(v) }
