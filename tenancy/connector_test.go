package tenancy_test

import (
	"context"
	"database/sql"
	sqldriver "database/sql/driver"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"rowhouse/tenancy"
	"rowhouse/tenancy/tenancytest"
)

// limitToOneConn limits the pool to one connection. It returns the pool, a system scope, and a
// function for the connection's id.
func limitToOneConn(t *testing.T, d *tenancytest.Database) (pool *sql.DB, ctx context.Context, id func() int) {
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

// waitForEnd waits until the server has ended a connection.
func waitForEnd(t *testing.T, d *tenancytest.Database, id int) {
	t.Helper()
	waitFor(t, "the server ends the connection", func() bool { return !hasConn(t, d, id) })
}

// waitFor polls until a condition is true. It fails after two minutes, far longer than a slow
// machine needs.
func waitFor(t *testing.T, event string, happened func() bool) {
	t.Helper()
	for end := time.Now().Add(2 * time.Minute); !happened(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Errorf("timed out while waiting: %s", event)
			return
		}
	}
}

// hasConn reports whether the server has a connection.
func hasConn(t *testing.T, d *tenancytest.Database, id int) bool {
	t.Helper()
	return slices.ContainsFunc(d.Processes(t), func(p tenancytest.Process) bool { return p.ID == id })
}

func TestConnectionsAreReusedAndClosed(t *testing.T) {
	d := newNotes(t)
	pool, ctx, id := limitToOneConn(t, d)
	first := id()
	for _, end := range []func(*sql.Tx) error{(*sql.Tx).Commit, (*sql.Tx).Rollback} {
		tx, err := pool.BeginTx(ctx, nil)
		if err == nil {
			err = end(tx)
		}
		if err != nil {
			t.Fatal(err)
		}
		if again := id(); again != first {
			t.Error("a connection is not used again")
		}
	}
	for range 3 {
		s, err := pool.PrepareContext(ctx, "SELECT 123456")
		if err != nil {
			t.Fatal(err)
		}
		_ = s.Close() //nolint:sqlclosecheck // this test is about Close
	}
	var name, closed string
	if err := pool.QueryRowContext(ctx, "SHOW SESSION STATUS LIKE 'Com_stmt_close'").Scan(&name, &closed); err != nil || closed != "3" {
		t.Error("of three prepared statements closed:", closed, err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	waitForEnd(t, d, first)
}

func TestLostConnectionIsReplaced(t *testing.T) {
	d := newNotes(t)
	pool, ctx, id := limitToOneConn(t, d)
	lost := id()
	conn, err := pool.Conn(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.SQL.ExecContext(t.Context(), "KILL ?", lost); err != nil {
		t.Fatal(err)
	}
	waitForEnd(t, d, lost)
	if err := conn.PingContext(ctx); err == nil {
		t.Error("the killed connection responds")
	}
	_ = conn.Close()
	if now := id(); now == lost {
		t.Error("it was not replaced")
	}
}

// A statement that was refused when a tenant prepared it stays refused.
func TestSystemScopeDoesNotRunRefusedStatement(t *testing.T) {
	d := newNotes(t)
	pool, ctx, _ := limitToOneConn(t, d)
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

// The scope adds no condition to joins of the system scope.
func TestSystemScopeJoinsAllTenants(t *testing.T) {
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
	d.Reopen(t, &note{}, &folder{}, &paper{})
	var papers []paper
	if err := d.For(tenancy.System(t.Context(), "report")).Joins("Folder").Find(&papers).Error; err != nil || len(papers) != 1 ||
		papers[0].Folder == nil {
		t.Errorf("%+v, %v", papers, err)
	}
}

// Statements of a tenant have limits of time and memory: the driver leaves a cancelled statement
// running on the server. MySQL has other variables, and no limit of memory.
func TestSessionLimitsStatements(t *testing.T) {
	d := newNotes(t)
	pool, ctx, _ := limitToOneConn(t, d)
	var version string
	if err := pool.QueryRowContext(ctx, "SELECT VERSION()").Scan(&version); err != nil {
		t.Fatal(err)
	}
	query, want := "SELECT CONCAT_WS(' ', @@transaction_isolation, @@max_execution_time)", "READ-COMMITTED 60000"
	if strings.Contains(version, "MariaDB") {
		query = "SELECT CONCAT_WS(' ', @@tx_isolation, @@max_statement_time, @@max_session_mem_used)"
		want = "READ-COMMITTED 60.000000 268435456"
	}
	var got string
	if err := pool.QueryRowContext(ctx, query).Scan(&got); err != nil || got != want {
		t.Errorf("%s, want %s; %v", got, want, err)
	}
}

// A transaction that a caller begins through sql.Conn.Raw ends with its connection.
func TestOpenTransactionNeverReturnsToThePool(t *testing.T) {
	d := newNotes(t)
	pool, _, id := limitToOneConn(t, d)
	first := id()
	conn, err := pool.Conn(d.Acme)
	if err != nil {
		t.Fatal(err)
	}
	var left sqldriver.Tx
	err = conn.Raw(func(c any) (err error) {
		if left, err = c.(sqldriver.ConnBeginTx).BeginTx(d.Acme, sqldriver.TxOptions{}); err == nil {
			if _, again := c.(sqldriver.ConnBeginTx).BeginTx(d.Acme, sqldriver.TxOptions{}); !errors.Is(again, tenancy.ErrScope) {
				t.Error("a second transaction begins, and commits the first:", again)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.Close()
	if _, err := pool.ExecContext(d.Globex, "INSERT INTO notes (tenant_id, id, folder, text) VALUES (2, 77, 1, 'kept')"); err != nil {
		t.Fatal(err)
	}
	_ = left.Rollback()
	if d.Count(t, "notes", "id = 77") != 1 {
		t.Error("the other tenant's row is not stored")
	}
	if id() == first {
		t.Error("the connection is used again")
	}
}

func TestReflectionCannotReachTheDriverConnection(t *testing.T) {
	d := newNotes(t)
	pool, ctx, _ := limitToOneConn(t, d)
	conn, err := pool.Conn(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	err = conn.Raw(func(c any) error {
		if _, ok := c.(sqldriver.Connector); ok {
			t.Error("a connection connects")
		}
		for i, v := 0, reflect.ValueOf(c).Elem(); i < v.NumField(); i++ {
			if v.Field(i).CanInterface() {
				t.Errorf("the field %s can be taken", v.Type().Field(i).Name)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestTransactionsLockNoGaps(t *testing.T) {
	d := newNotes(t)
	pool, _, _ := limitToOneConn(t, d)
	for level, good := range map[sql.IsolationLevel]bool{
		sql.LevelDefault: true, sql.LevelReadCommitted: true,
		sql.LevelReadUncommitted: false, sql.LevelRepeatableRead: false, sql.LevelSerializable: false,
	} {
		tx, err := pool.BeginTx(d.Acme, &sql.TxOptions{Isolation: level})
		if good != (err == nil) || !good && !errors.Is(err, tenancy.ErrScope) {
			t.Errorf("%s: %v", level, err)
		}
		if err == nil {
			err = tx.Rollback()
		}
		if good && err != nil {
			t.Error(err)
		}
	}
}
