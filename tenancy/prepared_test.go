package tenancy_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"rowhouse/model/dbtest"
	"rowhouse/tenancy"
)

// prepares returns how many statements the only connection of a pool has prepared and closed.
func prepares(t *testing.T, pool *sql.DB) (prepared, closed int) {
	t.Helper()
	rows, err := pool.QueryContext(tenancy.System(t.Context(), "count"), "SHOW SESSION STATUS WHERE Variable_name IN ('Com_stmt_prepare', 'Com_stmt_close')")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var name, value string
		if err := rows.Scan(&name, &value); err != nil {
			t.Fatal(err)
		}
		n, err := strconv.Atoi(value)
		if err != nil {
			t.Fatal(err)
		}
		if strings.EqualFold(name, "Com_stmt_close") {
			closed = n
		} else {
			prepared = n
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return prepared, closed
}

// TestStatementsWithArgumentsArePreparedOnce counts what one connection prepares and closes.
func TestStatementsWithArgumentsArePreparedOnce(t *testing.T) {
	const kept, longest = 64, 8 << 10
	selectOf := func(length int) string {
		s := "SELECT COUNT(*) FROM notes WHERE tenant_id = ?"
		return s + strings.Repeat(" ", length-len(s))
	}
	deleteOf := func(length int) string {
		s := "DELETE FROM notes WHERE tenant_id = ?"
		return s + strings.Repeat(" ", length-len(s))
	}
	long := strings.Repeat(" ", longest)
	for _, test := range []struct {
		name             string
		statements       []string
		arguments        []any
		prepared, closed int
	}{
		{"one statement", []string{selectOf(100)}, []any{1}, 1, 0},
		{"two statements", []string{selectOf(100), deleteOf(100)}, []any{1}, 2, 0},
		{"the longest that are kept", []string{selectOf(longest), deleteOf(longest)}, []any{1}, 2, 0},
		{"a long query", []string{selectOf(longest + 1)}, []any{1}, 3, 3},
		{"a long write", []string{deleteOf(longest + 1)}, []any{1}, 3, 3},
		{"without arguments", []string{"SELECT COUNT(*) FROM notes WHERE tenant_id = 1", "DELETE FROM notes WHERE tenant_id = 1"}, nil, 0, 0},
		{"long and without arguments", []string{"SELECT COUNT(*) FROM notes WHERE tenant_id = 1" + long, "DELETE FROM notes WHERE tenant_id = 1" + long}, nil, 0, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := newNotes(t)
			pool, system, _ := single(t, d)
			start, _ := prepares(t, pool)
			one, err := pool.PrepareContext(system, "SELECT 1")
			if err != nil {
				t.Fatal(err)
			}
			_ = one.Close() //nolint:sqlclosecheck // it is counted
			preparedBefore, closedBefore := prepares(t, pool)
			unit := preparedBefore - start // MySQL counts each twice
			for range 3 {
				for _, statement := range test.statements {
					var err error
					if strings.HasPrefix(statement, "SELECT") {
						err = drain(pool.QueryContext(d.Acme, statement, test.arguments...))
					} else {
						_, err = pool.ExecContext(d.Acme, statement, test.arguments...)
					}
					if err != nil {
						t.Fatal(err)
					}
				}
			}
			prepared, closed := prepares(t, pool)
			if prepared -= preparedBefore; prepared != test.prepared*unit {
				t.Errorf("%d prepared, want %d", prepared, test.prepared*unit)
			}
			if closed -= closedBefore; closed != test.closed {
				t.Errorf("%d closed, want %d", closed, test.closed)
			}
		})
	}
	t.Run("more than are kept", func(t *testing.T) {
		d := newNotes(t)
		pool, _, _ := single(t, d)
		_, before := prepares(t, pool)
		for i := range kept + 10 {
			if err := drain(pool.QueryContext(d.Acme, fmt.Sprintf("SELECT COUNT(*) AS n%d FROM notes WHERE tenant_id = ?", i), 1)); err != nil {
				t.Fatal(err)
			}
		}
		if _, closed := prepares(t, pool); closed-before != 10 {
			t.Errorf("%d closed, want those that are not kept", closed-before)
		}
	})
}

// TestAStatementThatTheServerLostIsPreparedAgain has the server fail as it does when it no
// longer has a prepared statement, or has to prepare it anew.
func TestAStatementThatTheServerLostIsPreparedAgain(t *testing.T) {
	for _, test := range []struct {
		name         string
		number       int
		fails, tries int // the first so many executions fail
	}{
		{"lost", 1243, 1, 2},
		{"outdated", 1615, 1, 2},
		{"always lost", 1243, 99, 2},
		{"always outdated", 1615, 99, 2},
		{"another error", 1644, 1, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := newNotes(t)
			trigger := fmt.Sprintf("CREATE TRIGGER fails BEFORE INSERT ON notes FOR EACH ROW BEGIN SET @tries = COALESCE(@tries, 0) + 1; "+
				"IF @tries <= %d THEN SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = %d; END IF; END", test.fails, test.number)
			if _, err := d.SQL.ExecContext(t.Context(), trigger); err != nil {
				t.Fatal(err)
			}
			pool, system, _ := single(t, d)
			ctx, cancel := context.WithTimeout(d.Acme, time.Minute)
			defer cancel()
			_, err := pool.ExecContext(ctx, "INSERT INTO notes (tenant_id, id, folder, text) VALUES (?, 1, 1, '')", 1)
			if good := test.fails < test.tries; good != (err == nil) || !good && !strings.Contains(err.Error(), strconv.Itoa(test.number)) {
				t.Error(err)
			}
			var tries int
			if err := pool.QueryRowContext(system, "SELECT @tries").Scan(&tries); err != nil || tries != test.tries {
				t.Errorf("%d tries, want %d; %v", tries, test.tries, err)
			}
		})
	}
	t.Run("a connection that a proxy resets", func(t *testing.T) {
		d := newNotes(t)
		way := newGateway(t, d)
		pool, _, _ := single(t, d)
		for range 3 {
			for _, run := range []func(*sql.DB) error{
				func(pool *sql.DB) error {
					return drain(pool.QueryContext(d.Acme, "SELECT id FROM notes WHERE tenant_id = ?", 1))
				},
				func(pool *sql.DB) error {
					_, err := pool.ExecContext(d.Acme, "DELETE FROM notes WHERE tenant_id = ?", 1)
					return err
				},
			} {
				if err := run(pool); err != nil {
					t.Error(err)
				}
			}
			way.inject(t, comResetConnection, "")
		}
	})
}

// TestPreparedStatementsMakeRoom lowers the number of statements that all clients may prepare.
func TestPreparedStatementsMakeRoom(t *testing.T) {
	s := newBadServer(t)
	db, acme, _ := s.open(t)
	pool, err := db.For(acme).DB()
	if err != nil {
		t.Fatal(err)
	}
	pool.SetMaxOpenConns(1)
	s.exec(t, "SET GLOBAL max_prepared_stmt_count = 10")
	for i := range 25 {
		if err := drain(pool.QueryContext(acme, fmt.Sprintf("SELECT COUNT(*) AS n%d FROM notes WHERE tenant_id = ?", i), 1)); err != nil {
			t.Fatal(i, err)
		}
	}
	s.exec(t, "SET GLOBAL max_prepared_stmt_count = 0")
	if err := drain(pool.QueryContext(acme, "SELECT id FROM notes WHERE tenant_id = ?", 1)); err == nil || !strings.Contains(err.Error(), "1461") {
		t.Error(err)
	}
}

// TestExecOfAStatementThatReturnsRows runs statements whose rows nobody reads, twice on one
// connection.
func TestExecOfAStatementThatReturnsRows(t *testing.T) {
	d := newNotes(t)
	for _, ddl := range []string{
		"INSERT INTO notes (tenant_id, id, folder, text) VALUES (1, 1, 1, ''), (1, 2, 1, ''), (1, 3, 1, '')",
		"CREATE PROCEDURE two(n INT) BEGIN SELECT n; SELECT n + 1; END",
		"CREATE FUNCTION fails(n INT) RETURNS INT DETERMINISTIC NO SQL BEGIN IF n = 3 THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'three'; END IF; RETURN n; END",
	} {
		if _, err := d.SQL.ExecContext(t.Context(), ddl); err != nil {
			t.Fatal(err)
		}
	}
	pool, system, _ := single(t, d)
	maria := d.Product(t) == "MariaDB"
	for _, test := range []struct {
		name, statement string
		ctx             context.Context
		argument        any
		want            string // in the error
		affected        int64
		mariaDB         bool // only there
	}{
		{"a query", "SELECT id FROM notes WHERE tenant_id = ?", d.Acme, 1, "", 0, false},
		{"a query of one row", "SELECT id FROM notes WHERE tenant_id = 1 AND id = ?", d.Acme, 1, "", 0, false},
		{"a query without rows", "SELECT id FROM notes WHERE tenant_id = 1 AND id = ?", d.Acme, 9, "", 0, false},
		{"a query that fails at a row", "SELECT fails(id), ? FROM notes", system, 1, "three", 0, false},
		{"a write", "UPDATE notes SET folder = folder + ? WHERE tenant_id = 1", d.Acme, 1, "", 3, false},
		{"a write that fails", "INSERT INTO notes (tenant_id, id, folder, text) VALUES (1, ?, 1, '')", d.Acme, 1, "1062", 0, false},
		{"a call", "CALL two(?)", system, 1, "", 0, false},
		{"RETURNING", "DELETE FROM notes WHERE id > ? RETURNING id", system, 100, "", 0, true},
		{"a column called returning", "UPDATE notes SET text = 'returning' WHERE id = ?", system, 1, "", 0, false},
	} {
		if test.mariaDB && !maria {
			continue
		}
		conn, err := pool.Conn(system)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			ctx, cancel := context.WithTimeout(test.ctx, time.Minute)
			result, err := conn.ExecContext(ctx, test.statement, test.argument)
			cancel()
			if test.want != "" {
				if err == nil || !strings.Contains(err.Error(), test.want) {
					t.Errorf("%s: %v", test.name, err)
				}
				continue
			}
			if err != nil {
				t.Errorf("%s: %v", test.name, err)
				break
			}
			if n, err := result.RowsAffected(); err != nil || n != test.affected && test.affected > 0 {
				t.Errorf("%s: %d rows, %v", test.name, n, err)
			}
		}
		_ = conn.Close()
	}
}

// TestPreparingCanEndATransaction interrupts a statement that waits to be prepared, behind an
// ALTER TABLE.
func TestPreparingCanEndATransaction(t *testing.T) {
	d := newNotes(t)
	pool, _, id := single(t, d)
	running := id()
	tx, err := pool.BeginTx(d.Acme, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	reader, err := d.SQL.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = reader.Rollback() }()
	if err := reader.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM notes").Scan(new(int)); err != nil {
		t.Fatal(err)
	}
	altered, ended := make(chan error, 1), make(chan error, 1)
	go func() {
		_, err := d.SQL.ExecContext(t.Context(), "ALTER TABLE notes ADD COLUMN more INT")
		altered <- err
	}()
	within(t, "ALTER TABLE waits for the reader", func() bool {
		return slices.ContainsFunc(d.Processes(t), func(p dbtest.Process) bool { return strings.HasPrefix(p.Statement, "ALTER") })
	})
	time.Sleep(50 * time.Millisecond) // until it waits
	go func() {
		_, err := tx.PrepareContext(d.Acme, "SELECT text FROM notes WHERE tenant_id = ?") //nolint:sqlclosecheck // there is none
		ended <- err
	}()
	within(t, "the server interrupts the statement", func() bool {
		if _, err := d.SQL.ExecContext(t.Context(), "KILL QUERY "+strconv.Itoa(running)); err != nil {
			t.Fatal(err)
		}
		return len(ended) > 0
	})
	if err := <-ended; err == nil || !strings.Contains(err.Error(), "1317") {
		t.Error(err)
	}
	if err := errors.Join(reader.Rollback(), <-altered); err != nil {
		t.Fatal(err)
	}
	if _, err := tx.ExecContext(d.Acme, "DELETE FROM notes WHERE tenant_id = 1"); err == nil || !strings.Contains(err.Error(), "the transaction has ended") {
		t.Error(err)
	}
	if err := tx.Commit(); err == nil {
		t.Error("it commits")
	}
}

// TestAPreparedStatementTakesValuesOfEachType passes what the driver has to convert.
func TestAPreparedStatementTakesValuesOfEachType(t *testing.T) {
	d := newNotes(t)
	pool, _, _ := single(t, d)
	insert, err := pool.PrepareContext(d.Acme, "INSERT INTO notes (tenant_id, id, folder, text) VALUES (?, ?, ?, ?)")
	if err != nil {
		t.Fatal(err)
	}
	defer insert.Close()
	type text string
	if _, err := insert.ExecContext(d.Acme, tenancy.ID(1), uint16(7), new(int8), text("named")); err != nil {
		t.Error(err)
	}
	if n := d.Count(t, "notes", "tenant_id = 1 AND id = 7 AND folder = 0 AND text = 'named'"); n != 1 {
		t.Errorf("%d rows", n)
	}
	if _, err := insert.ExecContext(d.Acme, 1, 2); err == nil || errors.Is(err, tenancy.ErrScope) {
		t.Error("two of four arguments:", err)
	}
}
