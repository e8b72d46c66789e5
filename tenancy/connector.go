package tenancy

import (
	"context"
	"database/sql/driver"
	"fmt"
	"log/slog"
	"time"
)

// connector stands between database/sql and the driver, below GORM, transactions,
// prepared statements and raw SQL: whatever reaches the server passes check. Its
// connections hide the driver's own, so that sql.Conn.Raw can't walk around it.
type connector struct {
	driver.Connector
	log *slog.Logger
}

// Connect opens a connection that reads only what is committed, in every
// transaction. A statement sets that, because the variable has another name on
// each server.
func (c *connector) Connect(ctx context.Context) (driver.Conn, error) {
	inner, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	mysql, ok := inner.(driverConn)
	if !ok {
		_ = inner.Close()
		return nil, fmt.Errorf("the driver's connection %T lacks what tenancy needs", inner)
	}
	if _, err := mysql.ExecContext(ctx, "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED", nil); err != nil {
		_ = inner.Close()
		return nil, err
	}
	return &conn{mysql, c.log}, nil
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
	log   *slog.Logger
}

// check refuses a statement whose context carries neither a tenant nor the system
// scope.
func (c *conn) check(ctx context.Context) error {
	if _, err := FromContext(ctx); err != nil && !isSystem(ctx) {
		return err
	}
	return nil
}

// trace logs a statement, without its arguments, which may be personal data.
func (c *conn) trace(ctx context.Context, query string, start time.Time) {
	if c.log.Enabled(ctx, slog.LevelDebug) {
		c.log.DebugContext(ctx, "sql", "statement", query, "took", time.Since(start))
	}
}

func (c *conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if err := c.check(ctx); err != nil {
		return nil, err
	}
	defer c.trace(ctx, query, time.Now())
	return c.inner.QueryContext(ctx, query, args)
}

func (c *conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if err := c.check(ctx); err != nil {
		return nil, err
	}
	defer c.trace(ctx, query, time.Now())
	return c.inner.ExecContext(ctx, query, args)
}

func (c *conn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	if err := c.check(ctx); err != nil {
		return nil, err
	}
	inner, err := c.inner.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	s, ok := inner.(driverStmt)
	if !ok {
		_ = inner.Close()
		return nil, fmt.Errorf("the driver's statement %T lacks what tenancy needs", inner)
	}
	return &stmt{s, c, query}, nil
}

// Prepare is never called by database/sql, which has PrepareContext.
func (c *conn) Prepare(string) (driver.Stmt, error) { return nil, ErrNone }

// Begin is never called by database/sql, which has BeginTx.
func (c *conn) Begin() (driver.Tx, error) { return nil, ErrNone }

func (c *conn) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	if err := c.check(ctx); err != nil {
		return nil, err
	}
	return c.inner.BeginTx(ctx, opts)
}

func (c *conn) Close() error                               { return c.inner.Close() }
func (c *conn) Ping(ctx context.Context) error             { return c.inner.Ping(ctx) }
func (c *conn) ResetSession(ctx context.Context) error     { return c.inner.ResetSession(ctx) }
func (c *conn) IsValid() bool                              { return c.inner.IsValid() }
func (c *conn) CheckNamedValue(v *driver.NamedValue) error { return c.inner.CheckNamedValue(v) }
func (s *stmt) Close() error                               { return s.inner.Close() }
func (s *stmt) NumInput() int                              { return s.inner.NumInput() }
func (s *stmt) CheckNamedValue(v *driver.NamedValue) error { return s.inner.CheckNamedValue(v) }
func (s *stmt) Exec([]driver.Value) (driver.Result, error) { return nil, ErrNone }
func (s *stmt) Query([]driver.Value) (driver.Rows, error)  { return nil, ErrNone }

// stmt is checked at each execution: it may have been prepared under one tenant
// and run under another.
type stmt struct {
	inner driverStmt
	conn  *conn
	query string
}

type driverStmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
	driver.NamedValueChecker
}

func (s *stmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	if err := s.conn.check(ctx); err != nil {
		return nil, err
	}
	defer s.conn.trace(ctx, s.query, time.Now())
	return s.inner.QueryContext(ctx, args)
}

func (s *stmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	if err := s.conn.check(ctx); err != nil {
		return nil, err
	}
	defer s.conn.trace(ctx, s.query, time.Now())
	return s.inner.ExecContext(ctx, args)
}

type systemKey struct{}

// system marks statements that belong to no tenant: the directory's, and those of
// start-up. It is not exported: nothing else has a reason yet.
func system(ctx context.Context, reason string) context.Context {
	return context.WithValue(ctx, systemKey{}, reason)
}

func isSystem(ctx context.Context) bool {
	_, ok := ctx.Value(systemKey{}).(string)
	return ok
}
