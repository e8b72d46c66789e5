package tenancy_test

import (
	"context"
	"testing"
	"time"

	"rowhouse/tenancy"
)

// TestNothingThatTheSystemScopeCallsRowsStays runs statements whose first word reads rows and
// that do more, and then a tenant's on the same connection.
func TestNothingThatTheSystemScopeCallsRowsStays(t *testing.T) {
	d := newNotes(t)
	mariaDB := d.Product(t) == "MariaDB"
	if err := create(d.Acme, d, 1); err != nil {
		t.Fatal(err)
	}
	if _, err := d.SQL.ExecContext(t.Context(), "CREATE FUNCTION makes_a_table() RETURNS INT NOT DETERMINISTIC MODIFIES SQL DATA BEGIN "+
		"CREATE TEMPORARY TABLE notes (tenant_id INT UNSIGNED, id INT, folder INT, text VARCHAR(100)) ENGINE = MEMORY; RETURN 1; END"); err != nil {
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
		pool, system, _ := single(t, d)
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

// TestNoLockStays takes a lock by name, which the pooled connection keeps.
func TestNoLockStays(t *testing.T) {
	d := newNotes(t)
	pool, system, _ := single(t, d)
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

// TestACommentThatMariaDBRunsCommitsNothing runs DDL in a transaction.
func TestACommentThatMariaDBRunsCommitsNothing(t *testing.T) {
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

// TestAWordInATextIsNoClause updates a row with a text that has the word RETURNING in the
// statement, or a column with that name.
func TestAWordInATextIsNoClause(t *testing.T) {
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

// TestAReturnedRowIsRead writes RETURNING between names in quotes, where the driver would wait
// forever for columns that MariaDB does not send again.
func TestAReturnedRowIsRead(t *testing.T) {
	d := newNotes(t)
	if d.Product(t) != "MariaDB" {
		t.Skip("it knows no RETURNING")
	}
	pool, system, _ := single(t, d)
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

// TestAPreparationEndsWithItsContext has the server wait for a table while it prepares.
func TestAPreparationEndsWithItsContext(t *testing.T) {
	d := newNotes(t)
	pool, _, id := single(t, d)
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
	if runs(t, d, running) && err != nil {
		t.Error("the server goes on to wait: ", err)
	}
	if _, err := lock.ExecContext(t.Context(), "UNLOCK TABLES"); err != nil {
		t.Fatal(err)
	}
}
