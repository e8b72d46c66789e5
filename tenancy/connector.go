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

// connector stands between database/sql and the driver, below GORM, transactions,
// prepared statements and raw SQL: each statement passes conn.check when it is executed.
// Its connections hide the driver's own, so that sql.Conn.Raw can't walk around it; fields
// with names of their own, so that reflection can't either.
type connector struct {
	inner *sessionConnector
	log   *slog.Logger
	guard *guard.Guard
	// killer ends statements on connections that the pool has given up.
	killer *sql.DB
}

// Driver is what database/sql asks for.
func (c *connector) Driver() driver.Driver { return c.inner.Driver() }

// Connect opens a connection whose settings are verified.
func (c *connector) Connect(ctx context.Context) (driver.Conn, error) {
	inner, session, err := c.inner.open(ctx)
	if err != nil {
		return nil, err
	}
	return &conn{
		inner: inner, pool: c, at: session.place(), vitess: session.isVitess(),
		verified: time.Now(), prepared: newStatements(),
	}, nil
}

// driverConn is what database/sql asks of a connection, and the driver's has.
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
	at    place
	// vitess means that the server is a vtgate.
	vitess bool
	// last is the context of the last statement, and began when it began.
	last  context.Context
	began time.Time
	// timeout is query_timeout on Vitess.
	timeout  time.Duration
	prepared *statements
	// verified is when the settings were read back; zero after a statement of the system
	// scope, which can change them.
	verified time.Time
	// changed means that the system scope ran a statement that can leave something behind
	// which no setting tells: a temporary table, a lock, a transaction.
	changed bool
	// open means that a transaction has begun and not ended, and lost is the error with
	// which the server may have ended it.
	open bool
	lost error
	// free gives back the place of the tenant that holds the connection.
	free func()
}

// holds keeps the place in which something was begun until it ends. What failed leaves it
// to sharedPool: database/sql may try another connection.
func (c *conn) holds(ctx context.Context, err error) {
	if free, ok := ctx.Value(placeInShare{}).(func()); ok && err == nil {
		c.free = free
	}
}

// back gives the place back.
func (c *conn) back() {
	if c.free != nil {
		c.free()
		c.free = nil
	}
}

// check refuses a statement that is not proved to stay inside the tenant of its context,
// unless it is the system scope's, and any that can't run on this connection any more.
func (c *conn) check(ctx context.Context, query string, args []driver.NamedValue) error {
	if c.lost != nil {
		return c.ended()
	}
	if s, ok := systemOf(ctx); ok {
		return c.checkSystem(ctx, s, query)
	}
	tenant, err := FromContext(ctx)
	if err != nil {
		return err
	}
	if err := c.pool.refused(ctx, c.pool.guard.Check(uint32(tenant.ID), query, args)); err != nil {
		return err
	}
	return c.ready(ctx)
}

// checkSystem logs a statement of the system scope, and what it may change.
func (c *conn) checkSystem(ctx context.Context, s systemScope, query string) error {
	if s.quiet {
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

// ready makes sure that a tenant's statement meets the settings that its proof assumes.
func (c *conn) ready(ctx context.Context) error {
	if c.changed {
		return fmt.Errorf("%w: the system scope used this connection before: take another", ErrScope)
	}
	if !c.verified.IsZero() {
		return nil
	}
	return c.verify(ctx)
}

// verify reads the settings back. A connection that has others is closed after use.
func (c *conn) verify(ctx context.Context) error {
	_, err := c.pool.inner.verify(ctx, c.inner)
	if err != nil {
		c.changed = true
		c.pool.log.WarnContext(ctx, "a connection is given up", "error", err)
		return fmt.Errorf("verify the connection: %w", err)
	}
	c.verified = time.Now()
	return nil
}

// belongs refuses what has neither a tenant nor the system scope in its context.
func belongs(ctx context.Context) error {
	if _, ok := systemOf(ctx); ok {
		return nil
	}
	_, err := FromContext(ctx)
	return err
}

// refused logs a refusal, which whoever gets the error may forget.
func (c *connector) refused(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	var r *guard.Refusal
	if errors.As(err, &r) {
		c.log.WarnContext(ctx, "statement refused", "table", r.Table, "alias", r.Alias, "reason", r.Reason, "statement", r.SQL)
	}
	return fmt.Errorf("%w: %w", ErrScope, err)
}

// trace logs a statement, without its arguments, which may be personal data.
func (c *connector) trace(ctx context.Context, query string, start time.Time) {
	if c.log.Enabled(ctx, slog.LevelDebug) {
		c.log.DebugContext(ctx, "sql", "statement", query, "took", time.Since(start))
	}
}

// done notes how a statement went.
func (c *conn) done(ctx context.Context, query string, err error) {
	c.holds(ctx, err)
	c.failed(err)
	c.pool.trace(ctx, query, c.began)
}

// QueryContext runs a query that passes check.
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
	c.done(ctx, query, err)
	return c.watched(rows), err
}

// ExecContext runs a statement that passes check.
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
	c.done(ctx, query, err)
	return result, err
}

// ResetSession gives up a connection that comes back to the pool inside a transaction, and
// verifies the settings of one that was not verified for a while.
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
