package tenancy_test

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"rowhouse/tenancy"
	"rowhouse/tenancy/tenancytest"
)

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
		return slices.ContainsFunc(d.Processes(t), func(p tenancytest.Process) bool { return strings.HasPrefix(p.Statement, "ALTER") })
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
