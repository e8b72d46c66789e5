package tenancy

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"

	"github.com/hashicorp/golang-lru/v2/simplelru"

	"rowhouse/tenancy/guard"
)

// Arguments are sent apart from the statement, in MySQL's binary protocol: no character set,
// SQL mode or escape can make them part of the SQL. A connection prepares a statement with
// arguments on the server when it first runs it, and keeps it for later executions.
//
// On Vitess the driver writes the arguments into the SQL string. To prepare a SELECT, vtgate
// reads its columns from a random shard, which fails while that shard is down and puts a
// transaction on the wrong shard. Arguments in the string are safe there: vtgate has the parser
// of the guard, one character set and one meaning of the backslash.
const (
	// preparedPerConn bounds the statements that a connection keeps. A server keeps
	// max_prepared_stmt_count of all its clients, 16,382 by default: enough for 15 programs.
	preparedPerConn = 32
	// preparedBytes bounds the SQL of these statements together, in bytes. MariaDB 10.11
	// uses about 65 bytes of memory for each of them.
	preparedBytes = 256 << 10
	// maxPreparedLength bounds the SQL of one statement that is kept, in bytes.
	maxPreparedLength = 64 << 10
)

// maxArguments is the protocol's limit of arguments per statement.
const maxArguments = 65_535

// statementKey identifies a prepared statement by its SQL and the types of its arguments. MySQL
// keeps the types of an earlier execution: after an integer, it would compare a string as one.
type statementKey struct {
	text  string
	types uint64 // of the first 21 arguments, three bits each
	more  string // of the others, one byte each
}

// keyOf returns the key of a statement.
func keyOf(query string, args []driver.NamedValue) statementKey {
	const inTypes = 64 / 3
	key := statementKey{text: query}
	for i, arg := range args[:min(len(args), inTypes)] {
		key.types |= uint64(typeOf(arg.Value)) << (3 * i)
	}
	if len(args) > inTypes {
		more := make([]byte, len(args)-inTypes)
		for i, arg := range args[inTypes:] {
			more[i] = typeOf(arg.Value)
		}
		key.more = string(more)
	}
	return key
}

// typeOf returns the same code for all Go types that the driver sends as one MySQL type. NULL
// changes no type and counts as a string.
func typeOf(v driver.Value) byte {
	switch v.(type) {
	case int64:
		return 1
	case uint64:
		return 2
	case float64, float32:
		return 3
	case bool:
		return 4
	}
	return 0
}

// statements is the LRU cache of a connection's prepared statements. It closes evicted ones.
type statements struct {
	byKey *simplelru.LRU[statementKey, prepared]
	bytes int
}

// newStatements returns an empty cache.
func newStatements() *statements {
	s := &statements{}
	var err error
	s.byKey, err = simplelru.NewLRU(preparedPerConn, func(key statementKey, p prepared) {
		s.bytes -= len(key.text)
		_ = p.Close()
	})
	if err != nil {
		panic(err) // the size is a constant
	}
	return s
}

// addStatement adds a prepared statement, and evicts others until the SQL fits preparedBytes.
func (s *statements) addStatement(key statementKey, p prepared) {
	for s.bytes += len(key.text); s.bytes > preparedBytes; {
		s.byKey.RemoveOldest()
	}
	s.byKey.Add(key, p)
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

// ExecContext executes the statement and discards its rows. The driver's ExecContext (1.10.1)
// blocks on rows: it waits for column definitions that MariaDB does not send again.
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

// isTooLong reports whether a statement is too long for the cache. Then database/sql prepares it,
// runs it once and closes it.
func (c *conn) isTooLong(query string, args []driver.NamedValue) bool {
	return len(args) > 0 && len(args) <= maxArguments && len(query) > maxPreparedLength && !c.vitess
}

// runQuery runs a query, as a prepared statement if it has arguments.
func (c *conn) runQuery(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if len(args) == 0 || c.vitess {
		return c.inner.QueryContext(ctx, query, args)
	}
	return runPrepared(ctx, c, query, args, prepared.QueryContext)
}

// runExec runs a statement, as a prepared statement if it has arguments.
func (c *conn) runExec(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if len(args) == 0 || c.vitess {
		return c.inner.ExecContext(ctx, query, args)
	}
	return runPrepared(ctx, c, query, args, prepared.ExecContext)
}

// runPrepared runs a prepared statement, and closes it if it fails: the driver sends long
// arguments first, and the server would keep them for the next execution, possibly of another
// tenant.
func runPrepared[T any](ctx context.Context, c *conn, query string, args []driver.NamedValue,
	run func(prepared, context.Context, []driver.NamedValue) (T, error),
) (T, error) {
	key := keyOf(query, args)
	for retried := false; ; retried = true {
		s, err := c.findStatement(ctx, key, len(args))
		if err != nil {
			return *new(T), err
		}
		result, err := run(s, ctx, args)
		if err == nil {
			return result, nil
		}
		c.prepared.byKey.Remove(key)
		if retried || errorNumber(err) != errReprepare { // after errReprepare, nothing was executed
			return result, c.taintIfReset(err)
		}
	}
}

// taintIfReset taints the connection if the server has lost its prepared statement: the session
// was reset, without its transaction and settings. It returns err, or driver.ErrBadConn outside
// of a transaction, so that database/sql retries on another connection.
func (c *conn) taintIfReset(err error) error {
	if errorNumber(err) != errNoStatement {
		return err
	}
	c.tainted = true
	if !c.open {
		return driver.ErrBadConn
	}
	return err
}

// findStatement returns the prepared statement of a key from the cache, or prepares it.
func (c *conn) findStatement(ctx context.Context, key statementKey, args int) (prepared, error) {
	s, ok := c.prepared.byKey.Get(key)
	if !ok {
		var err error
		if s, err = c.prepareStatement(ctx, key.text, args); err != nil {
			return s, err
		}
		c.prepared.addStatement(key, s)
	}
	return s, nil
}

// prepareStatement prepares a statement on the server. It fails if the server reads another
// number of placeholders than args; a negative args is not compared.
func (c *conn) prepareStatement(ctx context.Context, query string, args int) (prepared, error) {
	if args > maxArguments {
		return prepared{}, fmt.Errorf("the statement has %d arguments, and the limit is %d: split it", args, maxArguments)
	}
	inner, err := c.inner.PrepareContext(ctx, query)
	if errorNumber(err) == errManyStatements { // the limit of all clients together
		c.prepared.byKey.Purge()
		inner, err = c.inner.PrepareContext(ctx, query)
	}
	if err != nil {
		return prepared{}, err
	}
	s, ok := inner.(driverStmt)
	if !ok {
		return prepared{}, errors.Join(fmt.Errorf("the driver's statement %T lacks a required interface", inner), inner.Close())
	}
	if n := s.NumInput(); args >= 0 && n != args {
		err := fmt.Errorf("%w: the server reads %d placeholders in the statement, which has %d arguments", ErrScope, n, args)
		return prepared{}, errors.Join(err, s.Close())
	}
	return prepared{s, guard.ReturnsRows(query)}, nil
}

// PrepareContext prepares a statement that the guard can prove with suitable arguments. For any
// other statement it returns a stmt whose executions fail.
func (c *conn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	if err := requireTenant(ctx); err != nil {
		return nil, err
	}
	if _, system := systemOf(ctx); !system {
		if _, refused := c.pool.guard.Prove(query); refused != nil {
			return &stmt{conn: c, inputs: unknownInputs, refused: c.pool.logRefusal(ctx, refused)}, nil
		}
		if err := c.requireVerified(ctx); err != nil {
			return nil, err
		}
	}
	s := &stmt{conn: c, query: query, inputs: unknownInputs}
	if c.vitess {
		return s, nil
	}
	inner, err := c.prepareStatement(ctx, query, -1)
	if err != nil {
		c.noteError(err)
		return nil, err
	}
	s.inputs = inner.NumInput()
	if len(query) > maxPreparedLength {
		s.long = &inner
		return s, nil
	}
	// QueryContext and ExecContext find it in the cache, or prepare it again.
	return s, inner.Close()
}

// Prepare fails. database/sql calls PrepareContext instead.
func (c *conn) Prepare(string) (driver.Stmt, error) { return nil, ErrNone }

// stmt is a statement that the caller, or database/sql, has prepared. Each execution is checked,
// since its tenant can differ from that of PrepareContext. If no arguments can prove the
// statement, each execution returns refused: GORM panics when PrepareContext fails.
type stmt struct {
	conn    *conn
	query   string
	inputs  int
	refused error
	// long is a prepared statement that is too long for the cache. It runs once.
	long *prepared
}

// CheckNamedValue converts an argument as the driver does.
func (s *stmt) CheckNamedValue(v *driver.NamedValue) error { return s.conn.CheckNamedValue(v) }

// Exec fails. database/sql calls ExecContext instead.
func (s *stmt) Exec([]driver.Value) (driver.Result, error) { return nil, ErrNone }

// Query fails. database/sql calls QueryContext instead.
func (s *stmt) Query([]driver.Value) (driver.Rows, error) { return nil, ErrNone }

// Close closes a long statement.
func (s *stmt) Close() error {
	if s.long == nil {
		return nil
	}
	return s.long.Close()
}

// NumInput returns the required number of arguments, or -1 if any number is accepted.
func (s *stmt) NumInput() int { return s.inputs }

// startStatement checks an execution and records its start.
func (s *stmt) startStatement(ctx context.Context, args []driver.NamedValue) error {
	if s.refused != nil {
		return s.refused
	}
	if err := s.conn.checkStatement(ctx, s.query, args); err != nil {
		return err
	}
	return s.conn.startStatement(ctx)
}

// takeLong returns the prepared statement of a long SQL string, a new one for each execution.
func (s *stmt) takeLong(ctx context.Context, args []driver.NamedValue) (prepared, error) {
	if s.inputs == unknownInputs {
		_ = s.long.Close()
		again, err := s.conn.prepareStatement(ctx, s.query, len(args))
		if err != nil {
			return prepared{}, err
		}
		*s.long = again
	}
	s.inputs = unknownInputs
	return *s.long, nil
}

// unknownInputs is the result of NumInput if the number of placeholders is unknown: for a refused
// statement, on Vitess, and after the execution of a long statement.
const unknownInputs = -1

// QueryContext runs a query if checkStatement accepts it.
func (s *stmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	if err := s.startStatement(ctx, args); err != nil {
		return nil, err
	}
	rows, err := s.runQuery(ctx, args)
	s.conn.endStatement(ctx, s.query, err)
	return s.conn.watchRows(rows), err
}

// runQuery runs a checked query.
func (s *stmt) runQuery(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	if s.long == nil {
		return s.conn.runQuery(ctx, s.query, args)
	}
	p, err := s.takeLong(ctx, args)
	if err != nil {
		return nil, err
	}
	rows, err := p.QueryContext(ctx, args)
	return rows, s.conn.taintIfReset(err)
}

// ExecContext runs a statement if checkStatement accepts it.
func (s *stmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	if err := s.startStatement(ctx, args); err != nil {
		return nil, err
	}
	result, err := s.runExec(ctx, args)
	s.conn.endStatement(ctx, s.query, err)
	return result, err
}

// runExec runs a checked statement.
func (s *stmt) runExec(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	if s.long == nil {
		return s.conn.runExec(ctx, s.query, args)
	}
	p, err := s.takeLong(ctx, args)
	if err != nil {
		return nil, err
	}
	result, err := p.ExecContext(ctx, args)
	return result, s.conn.taintIfReset(err)
}
