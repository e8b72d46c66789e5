package tenancy_test

import (
	"context"
	"database/sql"
	"errors"
	"testing"
	"time"

	"rowhouse/model/dbtest"
	"rowhouse/tenancy"
)

// single returns the pool with one connection, a system scope, and the connection's number.
func single(t *testing.T, d *dbtest.Database) (pool *sql.DB, ctx context.Context, id func() int) {
	t.Helper()
	ctx = tenancy.System(t.Context(), "look at connections")
	pool, err := d.For(ctx).DB()
	if err != nil {
		t.Fatal(err)
	}
	pool.SetMaxOpenConns(1)
	return pool, ctx, func() (n int) {
		if err := pool.QueryRowContext(ctx, "SELECT CONNECTION_ID()").Scan(&n); err != nil {
			t.Error(err)
		}
		return n
	}
}

// ended waits until the server has ended a connection.
func ended(t *testing.T, d *dbtest.Database, id int) {
	t.Helper()
	for range 100 {
		var n int
		if err := d.SQL.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM information_schema.processlist WHERE id = ?", id).Scan(&n); err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Errorf("the connection %d is left open", id)
}

func TestConnectionsAreKeptAndClosed(t *testing.T) {
	d := newNotes(t)
	pool, ctx, id := single(t, d)
	first := id()
	if again := id(); again != first {
		t.Error("a connection is not used again")
	}
	for range 3 {
		s, err := pool.PrepareContext(ctx, "SELECT 123456")
		if err != nil {
			t.Fatal(err)
		}
		_ = s.Close() //nolint:sqlclosecheck // its close is what counts
	}
	var name, closed string
	if err := pool.QueryRowContext(ctx, "SHOW SESSION STATUS LIKE 'Com_stmt_close'").Scan(&name, &closed); err != nil || closed != "3" {
		t.Error("of three prepared statements closed:", closed, err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	ended(t, d, first)
}

func TestALostConnectionIsNoticed(t *testing.T) {
	d := newNotes(t)
	pool, ctx, id := single(t, d)
	lost := id()
	conn, err := pool.Conn(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.SQL.ExecContext(t.Context(), "KILL ?", lost); err != nil {
		t.Fatal(err)
	}
	ended(t, d, lost)
	if err := conn.PingContext(ctx); err == nil {
		t.Error("it answers")
	}
	_ = conn.Close()
	if now := id(); now == lost {
		t.Error("it was not replaced")
	}
}

// A text that was refused when a tenant prepared it stays refused.
func TestTheSystemScopeRunsNoRefusedStatement(t *testing.T) {
	d := newNotes(t)
	pool, ctx, _ := single(t, d)
	refused, err := pool.PrepareContext(d.Acme, "DROP TABLE notes")
	if err != nil {
		t.Fatal(err)
	}
	defer refused.Close()
	if _, err := refused.ExecContext(ctx); !errors.Is(err, tenancy.ErrScope) {
		t.Error(err)
	}
	if err := drain(refused.QueryContext(ctx)); !errors.Is(err, tenancy.ErrScope) {
		t.Error(err)
	}
}

// Joins of the system scope are as GORM makes them.
func TestTheSystemScopeJoins(t *testing.T) {
	d := newNotes(t)
	type folder struct {
		TenantID tenancy.ID
		ID       int
	}
	type paper struct {
		TenantID tenancy.ID
		ID       int
		FolderID int
		Folder   *folder `gorm:"foreignKey:FolderID;references:ID"`
	}
	for _, sql := range []string{
		"CREATE TABLE folders (tenant_id INT UNSIGNED NOT NULL, id INT NOT NULL, PRIMARY KEY (tenant_id, id))",
		"CREATE TABLE papers (tenant_id INT UNSIGNED NOT NULL, id INT NOT NULL, folder_id INT NOT NULL, PRIMARY KEY (tenant_id, id))",
		"INSERT INTO folders VALUES (1, 7)", "INSERT INTO papers VALUES (1, 8, 7)",
	} {
		if _, err := d.SQL.ExecContext(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	d.Own(t, &note{}, &folder{}, &paper{})
	var papers []paper
	if err := d.For(tenancy.System(t.Context(), "report")).Joins("Folder").Find(&papers).Error; err != nil || len(papers) != 1 || papers[0].Folder == nil {
		t.Errorf("%+v, %v", papers, err)
	}
}
