package tenancy_test

import (
	"context"
	"testing"
	"time"

	"rowhouse/tenancy"
)

// TestStatementsOnRowsLeaveNoSessionState runs statements whose first word reads rows and
// that do more, and then a statement of a tenant on the same connection.
func TestStatementsOnRowsLeaveNoSessionState(t *testing.T) {
	d := newNotes(t)
	mariaDB := d.Product(t) == "MariaDB"
	if err := create(d.Acme, d, 1); err != nil {
		t.Fatal(err)
	}
	if _, err := d.SQL.ExecContext(t.Context(), "CREATE FUNCTION makes_a_table() RETURNS INT NOT DETERMINISTIC MODIFIES SQL DATA BEGIN "+
		"CREATE TEMPORARY TABLE notes (tenant_id INT UNSIGNED, id INT, folder INT, text VARCHAR(100)) "+
		"ENGINE = MEMORY; RETURN 1; END"); err != nil {
		t.Fatal(err)
	}
	for statement, here := range map[string]bool{
		"SELECT makes_a_table()": true,
		"DO makes_a_table()":     true,
		"/*M! CREATE TEMPORARY TABLE notes AS */ SELECT 1 AS tenant_id, 1 AS id, 1 AS folder, 'false' AS text": mariaDB,
	} {
		if !here {
			continue
		}
		pool, system, _ := limitToOneConn(t, d)
		if _, err := pool.ExecContext(system, statement); err != nil {
			t.Fatal(err)
		}
		var notes []note
		if err := d.For(d.Acme).Find(&notes).Error; err != nil || len(notes) != 1 || notes[0].Text != "x" {
			t.Errorf("%s: a tenant reads a temporary table: %+v, %v", statement, notes, err)
		}
		_, _ = pool.ExecContext(system, "DROP TEMPORARY TABLE IF EXISTS notes")
	}
}

// TestNamedLocksTaintTheConnection takes a lock by name, which the pooled connection keeps.
func TestNamedLocksTaintTheConnection(t *testing.T) {
	d := newNotes(t)
	pool, system, _ := limitToOneConn(t, d)
	if _, err := pool.ExecContext(system, "SELECT GET_LOCK('maintenance', 0)"); err != nil {
		t.Fatal(err)
	}
	if err := d.For(d.Acme).Find(&[]note{}).Error; err != nil {
		t.Error(err)
	}
	var free bool
	if err := d.SQL.QueryRowContext(t.Context(), "SELECT IS_FREE_LOCK('maintenance')").Scan(&free); err != nil || !free {
		t.Error("the lock is held by a connection in the pool", err)
	}
}

// TestExecutableCommentCannotCommit runs DDL in a transaction.
func TestExecutableCommentCannotCommit(t *testing.T) {
	d := newNotes(t)
	if d.Product(t) != "MariaDB" {
		t.Skip("the comment is a comment")
	}
	err := d.Tx(tenancy.System(t.Context(), "maintenance"), func(ctx context.Context) error {
		s := d.For(ctx)
		if err := s.Create(&note{TenantID: 1, ID: 1}).Error; err != nil {
			return err
		}
		if err := s.Exec("/*M! CREATE TABLE others AS */ SELECT 1").Error; err != nil {
			return err
		}
		return context.Canceled
	})
	if n := d.Count(t, "notes", ""); n != 0 {
		t.Errorf("%v: the transaction was committed", err)
	}
}

// TestWordsInStringsAreNotClauses runs updates with the word RETURNING in a string, and as the name
// of a column.
func TestWordsInStringsAreNotClauses(t *testing.T) {
	d := newNotes(t)
	if err := create(d.Acme, d, 1); err != nil {
		t.Fatal(err)
	}
	result := d.For(d.Acme).Exec("UPDATE notes SET text = 'returning soon' WHERE tenant_id = ? AND id = ?", 1, 1)
	if result.Error != nil || result.RowsAffected != 1 {
		t.Errorf("%d rows, %v", result.RowsAffected, result.Error)
	}
	pool, err := d.For(d.Acme).DB()
	if err != nil {
		t.Fatal(err)
	}
	inserted, err := pool.ExecContext(d.Acme, "INSERT INTO notes (tenant_id, id, folder, text) VALUES (?, 2, 1, 'returning')", 1)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := inserted.LastInsertId(); err != nil {
		t.Error(err)
	}
}

// TestReturningReadsRows has RETURNING between quoted names. The driver would wait forever for
// columns that MariaDB does not send again.
func TestReturningReadsRows(t *testing.T) {
	d := newNotes(t)
	if d.Product(t) != "MariaDB" {
		t.Skip("it knows no RETURNING")
	}
	pool, system, _ := limitToOneConn(t, d)
	for id := range 3 {
		if err := create(d.Acme, d, id); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(system, 3*time.Second)
		if _, err := pool.ExecContext(ctx, "DELETE FROM notes WHERE ? = `id`RETURNING`id`", id); err != nil {
			t.Error(err)
		}
		cancel()
	}
}

// TestPrepareEndsWithItsContext prepares a statement that waits for a locked table.
func TestPrepareEndsWithItsContext(t *testing.T) {
	d := newNotes(t)
	pool, _, id := limitToOneConn(t, d)
	running := id()
	lock, err := d.SQL.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Close()
	if _, err := lock.ExecContext(t.Context(), "LOCK TABLES notes WRITE"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(d.Acme, 200*time.Millisecond)
	defer cancel()
	s, err := pool.PrepareContext(ctx, "SELECT text FROM notes WHERE tenant_id = ?")
	if err == nil {
		_ = s.Close() //nolint:sqlclosecheck // in a loop
		t.Log("this server does not wait")
	}
	time.Sleep(2 * time.Second)
	if hasConn(t, d, running) && err != nil {
		t.Error("the server goes on to wait: ", err)
	}
	if _, err := lock.ExecContext(t.Context(), "UNLOCK TABLES"); err != nil {
		t.Fatal(err)
	}
}
