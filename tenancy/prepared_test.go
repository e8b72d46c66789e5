package tenancy_test

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"rowhouse/tenancy"
)

// countPrepared returns the number of statements that the connection has prepared, and closed.
func countPrepared(system context.Context, t *testing.T, pool *sql.DB) (made, closed int) {
	t.Helper()
	status := func(name string) (n int) {
		if err := pool.QueryRowContext(system, "SHOW SESSION STATUS LIKE '"+name+"'").Scan(&name, &n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	// MySQL counts it as prepared when it prepares a statement again for the types of the arguments.
	return status("Com_stmt_prepare") - status("Com_stmt_reprepare"), status("Com_stmt_close")
}

// distinct returns a distinct statement with one argument and about the given length.
func distinctStatement(n, length int) string {
	return fmt.Sprintf("SELECT text FROM notes WHERE tenant_id = ? AND id < 10000%d AND text <> '%s'", n, strings.Repeat("x", length))
}

func TestStatementsWithArgumentsArePreparedOnce(t *testing.T) {
	for _, test := range []struct {
		name                        string
		texts, length, made, closed int
	}{
		{
			name:   "few",
			texts:  10,
			length: 10,
			made:   10,
			closed: 0,
		},
		{
			name:   "as many as are kept",
			texts:  32,
			length: 10,
			made:   32,
			closed: 0,
		},
		{
			name:   "more than are kept",
			texts:  40,
			length: 10,
			made:   40 * 3,
			closed: 40*3 - 32,
		},
		{
			name:   "as long as are kept",
			texts:  4,
			length: 60_000,
			made:   4,
			closed: 0,
		},
		{
			name:   "longer together than are kept",
			texts:  5,
			length: 60_000,
			made:   5 * 3,
			closed: 5*3 - 4,
		},
		{
			name:   "too long to be kept",
			texts:  2,
			length: 70_000,
			made:   2 * 3,
			closed: 2 * 3,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := newNotes(t)
			if _, err := d.SQL.ExecContext(t.Context(), "INSERT INTO notes VALUES (1, 1, 1, 'x')"); err != nil {
				t.Fatal(err)
			}
			pool, system, _ := limitToOneConn(t, d)
			made, closed := countPrepared(system, t, pool)
			for range 3 {
				for n := range test.texts {
					var text string
					if err := pool.QueryRowContext(d.Acme, distinctStatement(n, test.length), 1).Scan(&text); err != nil || text != "x" {
						t.Fatal(text, err)
					}
				}
			}
			madeNow, closedNow := countPrepared(system, t, pool)
			if madeNow-made != test.made || closedNow-closed != test.closed {
				t.Errorf("prepared %d and closed %d, want %d and %d", madeNow-made, closedNow-closed, test.made, test.closed)
			}
		})
	}
}

// TestPreparedStatementsAreBounded runs on a server whose max_prepared_stmt_count is less than the
// caches of its connections.
func TestPreparedStatementsAreBounded(t *testing.T) {
	s := newBadServer(t, "--max-prepared-stmt-count=10")
	db, acme, _ := s.open(t)
	pool, err := db.For(acme).DB()
	if err != nil {
		t.Fatal(err)
	}
	pool.SetMaxOpenConns(1)
	for n := range 25 {
		var text string
		if err := pool.QueryRowContext(acme, distinctStatement(n, 10), 1).Scan(&text); err != nil || text != "acme" {
			t.Fatal(n, text, err)
		}
	}
}

// TestLongPreparedStatementRunsAgain executes a statement that is too long for the cache.
func TestLongPreparedStatementRunsAgain(t *testing.T) {
	d := newNotes(t)
	pool, _, _ := limitToOneConn(t, d)
	if err := create(d.Acme, d, 1); err != nil {
		t.Fatal(err)
	}
	long, err := pool.PrepareContext(d.Acme, "SELECT id FROM notes WHERE tenant_id = ?"+strings.Repeat(" ", 64<<10))
	if err != nil {
		t.Fatal(err)
	}
	defer long.Close()
	for range 3 {
		id := 0
		if err := long.QueryRowContext(d.Acme, 1).Scan(&id); err != nil || id != 1 {
			t.Error(id, err)
		}
	}
}

// TestPreparedStatementSurvivesDDL changes the tables of cached statements.
func TestPreparedStatementSurvivesDDL(t *testing.T) {
	d := newNotes(t)
	limitToOneConn(t, d)
	if err := create(d.Acme, d, 1); err != nil {
		t.Fatal(err)
	}
	for _, ddl := range []string{
		"SELECT 1", "ALTER TABLE notes ADD COLUMN more INT NOT NULL DEFAULT 7",
		"ALTER TABLE notes MODIFY COLUMN text VARCHAR(200) NOT NULL AFTER more",
		"ALTER TABLE notes DROP COLUMN more", "ALTER TABLE notes ADD KEY texts (tenant_id, text)", "ANALYZE TABLE notes", "FLUSH TABLES",
	} {
		if _, err := d.SQL.ExecContext(t.Context(), ddl); err != nil {
			t.Fatal(err)
		}
		var notes []note
		if err := d.For(d.Acme).Where("text = ?", "x").Find(&notes).Error; err != nil || len(notes) != 1 || notes[0].ID != 1 {
			t.Errorf("%s: %+v, %v", ddl, notes, err)
		}
		if err := d.For(d.Acme).Model(&note{ID: 1}).Update("folder", 3).Error; err != nil {
			t.Errorf("%s: %v", ddl, err)
		}
	}
}

// TestExecDiscardsRows executes statements that return rows, with Exec. The driver would wait
// forever for column definitions that MariaDB does not send.
func TestExecDiscardsRows(t *testing.T) {
	d := newNotes(t)
	if err := create(d.Acme, d, 1); err != nil {
		t.Fatal(err)
	}
	pool, _, id := limitToOneConn(t, d)
	first := id()
	statement, err := pool.PrepareContext(d.Acme, "SELECT text FROM notes WHERE tenant_id = ?")
	if err != nil {
		t.Fatal(err)
	}
	defer statement.Close()
	for range 2 {
		for _, query := range []string{
			"SELECT text FROM notes WHERE tenant_id = ?",
			"(SELECT text FROM notes WHERE tenant_id = ?)",
			"WITH a AS (SELECT text FROM notes WHERE tenant_id = ?) SELECT * FROM a",
			"SELECT text FROM notes WHERE tenant_id = ? FOR UPDATE",
		} {
			if err := d.For(d.Acme).Exec(query, 1).Error; err != nil {
				t.Errorf("%s: %v", query, err)
			}
		}
		if _, err := statement.ExecContext(d.Acme, 1); err != nil {
			t.Error(err)
		}
	}
	if id() != first {
		t.Error("a connection was lost")
	}
	if d.Product(t) == "MariaDB" {
		system := tenancy.System(t.Context(), "returning")
		if _, err := pool.ExecContext(system, "INSERT INTO notes (tenant_id, id, folder, text) VALUES (1, ?, 1, 'x') RETURNING id",
			7); err != nil {
			t.Error(err)
		}
	}
}

// TestWritesReturnTheirRowCount checks RowsAffected of prepared writes.
func TestWritesReturnTheirRowCount(t *testing.T) {
	d := newNotes(t)
	pool, _, _ := limitToOneConn(t, d)
	statements := []string{
		"INSERT INTO notes (tenant_id, id, folder, text) VALUES (?, 1, 1, 'RETURNING')",
		"UPDATE notes SET text = 'a `returning` b' WHERE tenant_id = ?",
		"/* a comment */ UPDATE notes SET folder = 2 WHERE tenant_id = ?", "DELETE FROM notes WHERE tenant_id = ?",
		"REPLACE INTO notes (tenant_id, id, folder, text) VALUES (?, 2, 1, 'x')",
	}
	if d.Product(t) == "MySQL" {
		statements = append(
			statements,
			"WITH a AS (SELECT id FROM notes WHERE tenant_id = 1) "+
				"UPDATE notes SET folder = 9 WHERE tenant_id = ? AND id IN (SELECT id FROM a)",
		)
	}
	for _, statement := range statements[1:] {
		if strings.HasPrefix(statement, "DELETE") {
			continue // last
		}
		if _, err := pool.ExecContext(d.Acme, "REPLACE INTO notes (tenant_id, id, folder, text) VALUES (?, 2, 1, 'x')", 1); err != nil {
			t.Fatal(err)
		}
		result, err := pool.ExecContext(d.Acme, statement, 1)
		if err != nil {
			t.Errorf("%s: %v", statement, err)
			continue
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 {
			t.Errorf("%s: %d rows, %v", statement, n, err)
		}
	}
}
