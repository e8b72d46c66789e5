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
// prepared statements and raw SQL: whatever reaches the server passes check, when it
// is executed. Its connections hide the driver's own, so that sql.Conn.Raw can't walk
// around it; fields with names of their own, so that reflection can't either.
type connector struct {
	inner driver.Connector
	log   *slog.Logger
	guard *guard.Guard
	// killer ends statements on connections that the pool has given up.
	killer *sql.DB
}

// session is what a connection begins with: it reads only what is committed, in every
// transaction, and a statement ends after a minute, if nothing ends it before, or with
// 256 MiB. Each server skips the other's comment.
const session = "SET SESSION" +
	" /*M! tx_isolation = 'READ-COMMITTED', max_statement_time = 60, max_session_mem_used = 268435456 */" +
	" /*!50720 transaction_isolation = 'READ-COMMITTED', max_execution_time = 60000 */"

// Driver is what database/sql asks for.
func (c *connector) Driver() driver.Driver { return c.inner.Driver() }

// Connect opens a connection.
func (c *connector) Connect(ctx context.Context) (driver.Conn, error) {
	inner, err := c.inner.Connect(ctx)
	if err != nil {
		return nil, err
	}
	mysql, ok := inner.(driverConn)
	if !ok {
		_ = inner.Close()
		return nil, fmt.Errorf("the driver's connection %T lacks what tenancy needs", inner)
	}
	if _, err := mysql.ExecContext(ctx, session, nil); err != nil {
		_ = inner.Close()
		return nil, err
	}
	at, err := placeOf(ctx, mysql)
	if err != nil {
		_ = inner.Close()
		return nil, err
	}
	return &conn{inner: mysql, pool: c, at: at}, nil
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
	last  context.Context // of its last statement: whether that was cut off
	// open means that a transaction has begun and not ended.
	open bool
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

// check refuses a statement that is not proved to stay inside the tenant of its
// context, unless it is the system scope's.
func (c *connector) check(ctx context.Context, query string, args []driver.NamedValue) error {
	if s, ok := systemOf(ctx); ok {
		if !s.quiet {
			c.log.InfoContext(ctx, "system scope", "reason", s.reason, "statement", query)
		}
		return nil
	}
	tenant, err := FromContext(ctx)
	if err != nil {
		return err
	}
	return c.refused(ctx, c.guard.Check(uint32(tenant.ID), query, args))
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

// QueryContext runs a query that passes check.
func (c *conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if err := c.pool.check(ctx, query, args); err != nil {
		return nil, err
	}
	c.last = ctx
	defer c.pool.trace(ctx, query, time.Now())
	rows, err := c.inner.QueryContext(ctx, query, args)
	c.holds(ctx, err)
	return rows, err
}

// ExecContext runs a statement that passes check.
func (c *conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if err := c.pool.check(ctx, query, args); err != nil {
		return nil, err
	}
	c.last = ctx
	defer c.pool.trace(ctx, query, time.Now())
	result, err := c.inner.ExecContext(ctx, query, args)
	c.holds(ctx, err)
	return result, err
}

// PrepareContext prepares what some arguments could prove.
func (c *conn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	if err := belongs(ctx); err != nil {
		return nil, err
	}
	if _, system := systemOf(ctx); !system {
		if _, refused := c.pool.guard.Prove(query); refused != nil {
			return &stmt{conn: c, refused: c.pool.refused(ctx, refused)}, nil
		}
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
	return &stmt{inner: s, conn: c, query: query}, nil
}

// Prepare is never called by database/sql, which has PrepareContext.
func (c *conn) Prepare(string) (driver.Stmt, error) { return nil, ErrNone }

// Begin is never called by database/sql, which has BeginTx.
func (c *conn) Begin() (driver.Tx, error) { return nil, ErrNone }

// BeginTx begins a transaction, unless one is open or it would lock gaps.
func (c *conn) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	if err := belongs(ctx); err != nil {
		return nil, err
	}
	if i := sql.IsolationLevel(opts.Isolation); i != sql.LevelDefault && i != sql.LevelReadCommitted {
		return nil, fmt.Errorf("%w: transactions are READ COMMITTED: %s locks gaps between the rows of neighbours", ErrScope, i)
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
	return &driverTx{inner, c}, nil
}

// driverTx tells its connection when it ends.
type driverTx struct {
	inner driver.Tx
	conn  *conn
}

func (t *driverTx) Commit() error {
	t.conn.ended()
	return t.inner.Commit()
}

func (t *driverTx) Rollback() error {
	t.conn.ended()
	return t.inner.Rollback()
}

// ResetSession gives up a connection that comes back to the pool inside a transaction.
func (c *conn) ResetSession(ctx context.Context) error {
	if c.open {
		return driver.ErrBadConn
	}
	return c.inner.ResetSession(ctx)
}

func (c *conn) Ping(ctx context.Context) error             { return c.inner.Ping(ctx) }
func (c *conn) CheckNamedValue(v *driver.NamedValue) error { return c.inner.CheckNamedValue(v) }
func (s *stmt) CheckNamedValue(v *driver.NamedValue) error { return s.conn.CheckNamedValue(v) }
func (s *stmt) Exec([]driver.Value) (driver.Result, error) { return nil, ErrNone }
func (s *stmt) Query([]driver.Value) (driver.Rows, error)  { return nil, ErrNone }

// stmt is checked at each execution: it may have been prepared under one tenant
// and run under another. What no arguments would prove is not prepared, and fails
// when it runs, since GORM panics where preparing fails.
type stmt struct {
	inner   driverStmt
	conn    *conn
	query   string
	refused error
}

// Close closes what was prepared.
func (s *stmt) Close() error {
	if s.inner == nil {
		return nil
	}
	return s.inner.Close()
}

// NumInput returns how many arguments there must be, or -1 when that does not matter.
func (s *stmt) NumInput() int {
	if s.inner == nil {
		return -1
	}
	return s.inner.NumInput()
}

type driverStmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
	driver.NamedValueChecker
}

func (s *stmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	if s.refused != nil {
		return nil, s.refused
	}
	if err := s.conn.pool.check(ctx, s.query, args); err != nil {
		return nil, err
	}
	s.conn.last = ctx
	defer s.conn.pool.trace(ctx, s.query, time.Now())
	return s.inner.QueryContext(ctx, args)
}

func (s *stmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	if s.refused != nil {
		return nil, s.refused
	}
	if err := s.conn.pool.check(ctx, s.query, args); err != nil {
		return nil, err
	}
	s.conn.last = ctx
	defer s.conn.pool.trace(ctx, s.query, time.Now())
	return s.inner.ExecContext(ctx, args)
}
