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

// Arguments travel apart from the statement, in MySQL's binary protocol: no character set,
// SQL mode or escape can make them part of its text. A statement with arguments is prepared
// on the server when a connection first runs it, and kept for the next time.
//
// On Vitess they become part of the text, in the driver. To prepare a SELECT, vtgate asks any
// shard for its columns, which fails where that shard is down, and puts a transaction on the
// wrong shard. vtgate is safe there: it reads the text with the guard's own parser, and knows
// one character set and one meaning of the backslash.
const (
	// preparedPerConn bounds the statements that a connection keeps. All connections
	// together stay far below max_prepared_stmt_count, which is 16,382 by default.
	preparedPerConn = 64
	// preparedBytes bounds the texts of these statements. MariaDB 10.11 takes about 65
	// bytes of memory for each byte of a text.
	preparedBytes = 256 << 10
	// longestPrepared is the length of the longest text that is kept, in bytes.
	longestPrepared = 64 << 10
)

// statements are the server-side prepared statements of a connection, by text. Those that
// were not used for longest are closed first.
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

// driverStmt is what database/sql asks of a prepared statement, and the driver's has.
type driverStmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
	driver.NamedValueChecker
}

// prepared is a statement that the server has prepared.
type prepared struct {
	driverStmt
	// rows means that it returns some.
	rows bool
}

// returning finds RETURNING, which makes rows of a write. It is a reserved word on MariaDB,
// and unknown to the others.
var returning = regexp.MustCompile("(?i)(^|[^`\\w])RETURNING($|[^`\\w])")

// ExecContext reads and forgets what a statement returns. The driver (1.10.1) waits forever
// there, for columns that MariaDB does not send again.
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
	return again(ctx, c, query, args, prepared.QueryContext)
}

func (c *conn) exec(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if len(args) == 0 || c.vitess {
		return c.inner.ExecContext(ctx, query, args)
	}
	return again(ctx, c, query, args, prepared.ExecContext)
}

// again runs a prepared statement, and once more where the server no longer has it: nothing
// was executed then.
func again[T any](ctx context.Context, c *conn, query string, args []driver.NamedValue,
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

// statement returns the prepared statement for a text, and fails when the server reads
// another number of placeholders in it than there are arguments.
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
		return s, fmt.Errorf("%w: the server reads %d placeholders in the statement, which has %d arguments", ErrScope, n, args)
	}
	return s, nil
}

func (c *conn) prepare(ctx context.Context, query string) (prepared, error) {
	inner, err := c.inner.PrepareContext(ctx, query)
	if errorNumber(err) == errManyStatements { // of all clients of the server
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

// PrepareContext prepares what some arguments could prove.
func (c *conn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	if err := belongs(ctx); err != nil {
		return nil, err
	}
	if _, system := systemOf(ctx); !system {
		if _, refused := c.pool.guard.Prove(query); refused != nil {
			return &stmt{conn: c, refused: c.pool.refused(ctx, refused)}, nil
		}
		if err := c.ready(ctx); err != nil {
			return nil, err
		}
	}
	inner, err := c.prepare(ctx, query)
	if err != nil {
		c.failed(err)
		return nil, err
	}
	return &stmt{inner: inner, conn: c, query: query}, nil
}

// Prepare is never called by database/sql, which has PrepareContext.
func (c *conn) Prepare(string) (driver.Stmt, error) { return nil, ErrNone }

func (s *stmt) CheckNamedValue(v *driver.NamedValue) error { return s.conn.CheckNamedValue(v) }
func (s *stmt) Exec([]driver.Value) (driver.Result, error) { return nil, ErrNone }
func (s *stmt) Query([]driver.Value) (driver.Rows, error)  { return nil, ErrNone }

// stmt is a statement that the caller, or database/sql, prepared. It is checked at each
// execution: it may have been prepared under one tenant and run under another. What no
// arguments would prove is not prepared, and fails when it runs, since GORM panics where
// preparing fails.
type stmt struct {
	inner   prepared
	conn    *conn
	query   string
	refused error
}

// Close closes what was prepared.
func (s *stmt) Close() error {
	if s.inner.driverStmt == nil {
		return nil
	}
	return s.inner.Close()
}

// NumInput returns how many arguments there must be, or -1 when that does not matter.
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
	s.conn.done(ctx, s.query, err)
	return s.conn.watched(rows), err
}

func (s *stmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	if err := s.begin(ctx, args); err != nil {
		return nil, err
	}
	result, err := s.inner.ExecContext(ctx, args)
	s.conn.done(ctx, s.query, err)
	return result, err
}
