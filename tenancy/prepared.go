package tenancy

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"regexp"

	"github.com/hashicorp/golang-lru/v2/simplelru"

	"rowhouse/tenancy/guard"
)

// Arguments are sent apart from the statement, in MySQL's binary protocol: no character set,
// SQL mode or escape can make them part of the SQL. A connection prepares a statement with
// arguments on the server when it first runs it, and keeps it for later executions.
//
// On Vitess the driver writes the arguments into the SQL string. To prepare a SELECT, vtgate
// asks a random shard for its columns, which fails while that shard is down and puts a
// transaction on the wrong shard. Arguments in the string are safe there: vtgate reads it with
// the guard's own parser, and knows one character set and one meaning of the backslash.
const (
	// preparedPerConn bounds the statements that a connection keeps. All connections
	// together stay far below max_prepared_stmt_count, which is 16,382 by default.
	preparedPerConn = 64
	// preparedBytes bounds the total SQL of these statements, in bytes. MariaDB 10.11 uses
	// about 65 bytes of memory for each byte of SQL.
	preparedBytes = 256 << 10
	// longestPrepared bounds the SQL of one statement that is kept, in bytes.
	longestPrepared = 64 << 10
)

// statements is an LRU cache of a connection's server-side prepared statements, by their SQL.
type statements struct {
	byText *simplelru.LRU[string, prepared]
	bytes  int
}

func newStatements() *statements {
	s := &statements{}
	var err error
	s.byText, err = simplelru.NewLRU(preparedPerConn, func(text string, p prepared) {
		s.bytes -= len(text)
		_ = p.Close()
	})
	if err != nil {
		panic(err) // the size is a constant
	}
	return s
}

func (s *statements) add(text string, p prepared) {
	for s.bytes += len(text); s.bytes > preparedBytes; {
		s.byText.RemoveOldest()
	}
	s.byText.Add(text, p)
}

// driverStmt has the interfaces of the driver's statement that database/sql uses.
type driverStmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
	driver.NamedValueChecker
}

// prepared is a statement that the server has prepared.
type prepared struct {
	driverStmt
	// rows means that executing the statement returns rows.
	rows bool
}

// returning matches RETURNING, with which a write returns rows. The word is reserved on
// MariaDB; MySQL and Vitess do not know it.
var returning = regexp.MustCompile("(?i)(^|[^`\\w])RETURNING($|[^`\\w])")

// ExecContext executes the statement and discards its rows. The driver's own ExecContext
// (1.10.1) would wait forever for column definitions that MariaDB does not send again.
func (p prepared) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	if !p.rows {
		return p.driverStmt.ExecContext(ctx, args)
	}
	rows, err := p.QueryContext(ctx, args)
	if err != nil {
		return nil, err
	}
	row := make([]driver.Value, len(rows.Columns()))
	for err == nil {
		err = rows.Next(row)
	}
	if !errors.Is(err, io.EOF) {
		return nil, errors.Join(err, rows.Close())
	}
	return driver.RowsAffected(0), rows.Close()
}

func (c *conn) query(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if len(args) == 0 || c.vitess {
		return c.inner.QueryContext(ctx, query, args)
	}
	return retryPrepared(ctx, c, query, args, prepared.QueryContext)
}

func (c *conn) exec(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if len(args) == 0 || c.vitess {
		return c.inner.ExecContext(ctx, query, args)
	}
	return retryPrepared(ctx, c, query, args, prepared.ExecContext)
}

// retryPrepared runs a prepared statement, and retries once after ER_NEED_REPREPARE or
// ER_UNKNOWN_STMT_HANDLER. With these errors the server has executed nothing.
func retryPrepared[T any](ctx context.Context, c *conn, query string, args []driver.NamedValue,
	run func(prepared, context.Context, []driver.NamedValue) (T, error),
) (T, error) {
	for retried := false; ; retried = true {
		s, err := c.statement(ctx, query, len(args))
		if err != nil {
			return *new(T), err
		}
		result, err := run(s, ctx, args)
		if n := errorNumber(err); retried || n != errReprepare && n != errNoStatement {
			return result, err
		}
		c.prepared.byText.Remove(query)
	}
}

// statement returns the prepared statement for query from the cache, or prepares it. It fails
// when the server counts more or fewer placeholders in it than there are arguments.
func (c *conn) statement(ctx context.Context, query string, args int) (prepared, error) {
	s, ok := c.prepared.byText.Get(query)
	if !ok {
		var err error
		if s, err = c.prepare(ctx, query); err != nil {
			return s, err
		}
		c.prepared.add(query, s)
	}
	if n := s.NumInput(); n != args {
		return s, fmt.Errorf("%w: the server counts %d placeholders in the statement, which has %d arguments", ErrScope, n, args)
	}
	return s, nil
}

func (c *conn) prepare(ctx context.Context, query string) (prepared, error) {
	inner, err := c.inner.PrepareContext(ctx, query)
	if errorNumber(err) == errManyStatements { // the limit counts all clients of the server
		c.prepared.byText.Purge()
		inner, err = c.inner.PrepareContext(ctx, query)
	}
	if err != nil {
		return prepared{}, err
	}
	s, ok := inner.(driverStmt)
	if !ok {
		return prepared{}, errors.Join(fmt.Errorf("the driver's statement %T lacks what tenancy needs", inner), inner.Close())
	}
	return prepared{s, !guard.Writes(query) || returning.MatchString(query)}, nil
}

// PrepareContext prepares a statement that the guard can prove with suitable arguments. For
// any other statement it returns a stmt whose executions fail.
func (c *conn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	if err := requireTenant(ctx); err != nil {
		return nil, err
	}
	if _, system := systemOf(ctx); !system {
		if _, refused := c.pool.guard.Prove(query); refused != nil {
			return &stmt{conn: c, refused: c.pool.logRefusal(ctx, refused)}, nil
		}
		if err := c.ready(ctx); err != nil {
			return nil, err
		}
	}
	inner, err := c.prepare(ctx, query)
	if err != nil {
		c.noteError(err)
		return nil, err
	}
	return &stmt{inner: inner, conn: c, query: query}, nil
}

// Prepare fails. database/sql calls PrepareContext instead.
func (c *conn) Prepare(string) (driver.Stmt, error) { return nil, ErrNone }

func (s *stmt) CheckNamedValue(v *driver.NamedValue) error { return s.conn.CheckNamedValue(v) }
func (s *stmt) Exec([]driver.Value) (driver.Result, error) { return nil, ErrNone }
func (s *stmt) Query([]driver.Value) (driver.Rows, error)  { return nil, ErrNone }

// stmt is a statement that the caller, or database/sql, prepared. Each execution is checked,
// since its tenant may be another than at PrepareContext. If no arguments can prove the
// statement, each execution returns refused: GORM panics when PrepareContext fails.
type stmt struct {
	inner   prepared
	conn    *conn
	query   string
	refused error
}

// Close closes the server-side statement, if there is one.
func (s *stmt) Close() error {
	if s.inner.driverStmt == nil {
		return nil
	}
	return s.inner.Close()
}

// NumInput returns the number of placeholders, or -1 if the statement was refused.
func (s *stmt) NumInput() int {
	if s.inner.driverStmt == nil {
		return -1
	}
	return s.inner.NumInput()
}

func (s *stmt) begin(ctx context.Context, args []driver.NamedValue) error {
	if s.refused != nil {
		return s.refused
	}
	if err := s.conn.check(ctx, s.query, args); err != nil {
		return err
	}
	return s.conn.begin(ctx)
}

func (s *stmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	if err := s.begin(ctx, args); err != nil {
		return nil, err
	}
	rows, err := s.inner.QueryContext(ctx, args)
	s.conn.finish(ctx, s.query, err)
	return s.conn.watched(rows), err
}

func (s *stmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	if err := s.begin(ctx, args); err != nil {
		return nil, err
	}
	result, err := s.inner.ExecContext(ctx, args)
	s.conn.finish(ctx, s.query, err)
	return result, err
}
