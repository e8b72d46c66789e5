package tenancy_test

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"testing"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"rowhouse/tenancy"
)

// TestIgnoredErrorStillRollsBack ignores the error of a deadlock. The server has rolled back the
// first half of the transaction, so its second half must not be committed.
func TestIgnoredErrorStillRollsBack(t *testing.T) {
	second := func(s *gorm.DB) *gorm.DB { return s.Model(&note{}).Where("id = 2") }
	locking := clause.Locking{Strength: "UPDATE"}
	// The server sends the columns, and the first row, before it waits for the second.
	both := func(s *gorm.DB) *gorm.DB { return s.Model(&note{}).Where("id BETWEEN 1 AND 2").Clauses(locking) }
	for _, test := range []struct {
		name   string
		ignore func(context.Context, *gorm.DB)
	}{
		{name: "an update", ignore: func(_ context.Context, s *gorm.DB) { second(s).Update("text", "mine") }},
		{
			name: "a query that locks",
			ignore: func(_ context.Context, s *gorm.DB) {
				second(s).Clauses(locking).Find(&[]note{})
			},
		},
		{
			name:   "a query that locks one row after another",
			ignore: func(_ context.Context, s *gorm.DB) { both(s).Find(&[]note{}) },
		},
		{
			name: "a prepared query that locks one row after another",
			ignore: func(_ context.Context, s *gorm.DB) {
				both(s.Session(&gorm.Session{PrepareStmt: true})).Find(&[]note{})
			},
		},
		{
			name: "a prepared query that locks",
			ignore: func(_ context.Context, s *gorm.DB) {
				second(s.Session(&gorm.Session{PrepareStmt: true})).Clauses(locking).Find(&[]note{})
			},
		},
		{
			name: "rows that lock",
			ignore: func(_ context.Context, s *gorm.DB) {
				rows, err := both(s).Rows()
				_ = drain(rows, err)
			},
		},
		{
			name: "raw SQL without arguments",
			ignore: func(_ context.Context, s *gorm.DB) {
				s.Exec("UPDATE notes SET text = 'mine' WHERE tenant_id = 1 AND id = 2")
			},
		},
		{
			name: "GORM's nested transaction",
			ignore: func(_ context.Context, s *gorm.DB) {
				_ = s.Transaction(func(s *gorm.DB) error { second(s).Update("text", "mine"); return nil })
			},
		},
		{
			name: "GORM's nested transaction that fails",
			ignore: func(_ context.Context, s *gorm.DB) {
				_ = s.Transaction(func(s *gorm.DB) error { return second(s).Update("text", "mine").Error })
			},
		},
		{
			name: "a prepared statement",
			ignore: func(_ context.Context, s *gorm.DB) {
				second(s.Session(&gorm.Session{PrepareStmt: true})).Update("text", "mine")
			},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := newNotes(t)
			for id := 1; id <= 9; id++ {
				if err := create(d.Acme, d, id); err != nil {
					t.Fatal(err)
				}
			}
			// The server ends the transaction that has changed less: ours.
			other, err := d.SQL.BeginTx(t.Context(), &sql.TxOptions{Isolation: sql.LevelReadCommitted})
			if err == nil {
				_, err = other.ExecContext(t.Context(), "UPDATE notes SET text = 'theirs' WHERE id > 1")
			}
			if err != nil {
				t.Fatal(err)
			}
			ended := make(chan error, 1)
			runs := 0
			err = d.Tx(d.Acme, func(ctx context.Context) error {
				runs++
				s := d.For(ctx)
				if err := s.Create(&note{ID: 100, Text: "first half"}).Error; err != nil {
					return err
				}
				if err := s.Model(&note{ID: 1}).Update("text", "mine").Error; err != nil {
					return err
				}
				if runs == 1 {
					go func() {
						_, err := other.ExecContext(context.WithoutCancel(ctx), "UPDATE notes SET text = 'theirs' WHERE id = 1")
						ended <- errors.Join(err, other.Commit())
					}()
				}
				test.ignore(ctx, s)
				s.Create(&note{ID: 101, Text: "second half"}) // its error is ignored, too
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			if err := <-ended; err != nil {
				t.Fatal(err)
			}
			if runs != 2 {
				t.Errorf("it ran %d times, so nothing was lost", runs)
			}
			if n := d.Count(t, "notes", "id >= 100"); n != 2 {
				t.Errorf("%d of the two rows are stored", n)
			}
		})
	}
}

// TestErrorsThatEndATransaction ignores errors in the middle of a transaction. A transaction that
// the server may have ended is not committed.
func TestErrorsThatEndATransaction(t *testing.T) {
	d := newNotes(t)
	for _, ddl := range []string{
		"CREATE TRIGGER fails BEFORE UPDATE ON notes FOR EACH ROW " +
			"IF NEW.folder = 1020 THEN SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = 1020; " +
			"ELSEIF NEW.folder = 1206 THEN SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = 1206; " +
			"ELSEIF NEW.folder = 3101 THEN SIGNAL SQLSTATE '40000' SET MYSQL_ERRNO = 3101; " +
			"ELSEIF NEW.folder = 1317 THEN SIGNAL SQLSTATE '70100' SET MYSQL_ERRNO = 1317; END IF",
	} {
		if _, err := d.SQL.ExecContext(t.Context(), ddl); err != nil {
			t.Fatal(err)
		}
	}
	if err := create(d.Acme, d, 1); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, statement string
		commits         bool
	}{
		{
			name:      "duplicate key",
			statement: "INSERT INTO notes (tenant_id, id, folder, text) VALUES (1, 1, 1, '')",
			commits:   true,
		},
		{
			name:      "too long",
			statement: "INSERT INTO notes (tenant_id, id, folder, text) VALUES (1, 50, 1, REPEAT('x', 200))",
			commits:   true,
		},
		{
			name:      "unknown column",
			statement: "SELECT missing FROM notes WHERE tenant_id = 1",
			commits:   true,
		},
		{
			name:      "division by zero",
			statement: "UPDATE notes SET folder = 1 / 0 WHERE tenant_id = 1",
			commits:   true,
		},
		{
			name:      "1020",
			statement: "UPDATE notes SET folder = 1020 WHERE tenant_id = 1",
		},
		{
			name:      "1206",
			statement: "UPDATE notes SET folder = 1206 WHERE tenant_id = 1",
		},
		{
			name:      "3101",
			statement: "UPDATE notes SET folder = 3101 WHERE tenant_id = 1",
		},
		{
			name:      "1317",
			statement: "UPDATE notes SET folder = 1317 WHERE tenant_id = 1",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			if _, err := d.SQL.ExecContext(t.Context(), "DELETE FROM notes WHERE id >= 100"); err != nil {
				t.Fatal(err)
			}
			err := d.Tx(d.Acme, func(ctx context.Context) error {
				if err := create(ctx, d, 100); err != nil {
					return err
				}
				if err := d.For(ctx).Exec(test.statement).Error; err == nil {
					t.Error("the statement does not fail")
				}
				if after := create(ctx, d, 101); test.commits != (after == nil) {
					t.Error("the statement after it:", after)
				}
				return nil
			})
			if test.commits != (err == nil) {
				t.Error(err)
			}
			if n := d.Count(t, "notes", "id >= 100"); n != map[bool]int{true: 2, false: 0}[test.commits] {
				t.Errorf("%d rows are stored", n)
			}
		})
	}
}

// TestLockWaitWithRollbackOnTimeoutEndsTheTransaction runs on a server with
// innodb_rollback_on_timeout, where a lock wait timeout rolls back the whole transaction.
func TestLockWaitWithRollbackOnTimeoutEndsTheTransaction(t *testing.T) {
	s := newBadServer(t, "--innodb-rollback-on-timeout=ON")
	db, acme, _ := s.open(t)
	other, err := s.root.BeginTx(t.Context(), &sql.TxOptions{Isolation: sql.LevelReadCommitted})
	if err == nil {
		_, err = other.ExecContext(t.Context(), "UPDATE tests.notes SET text = 'theirs' WHERE tenant_id = 1")
	}
	if err != nil {
		t.Fatal(err)
	}
	runs := 0
	err = db.Tx(acme, func(ctx context.Context) error {
		if runs++; runs == 2 {
			if err := other.Commit(); err != nil {
				return err
			}
		}
		db.For(ctx).Create(&note{ID: 100})
		db.For(ctx).Model(&note{ID: 1}).Update("text", "mine")
		db.For(ctx).Create(&note{ID: 101})
		return nil
	})
	var notes []note
	if found := db.For(acme).Find(&notes); err != nil || found.Error != nil || len(notes) != 3 || runs != 2 {
		t.Errorf("%v, %v, %d runs, %+v", err, found.Error, runs, notes)
	}
}

// TestStatementsCannotCommitATransaction runs statements in the system scope that would implicitly
// commit an open transaction.
func TestStatementsCannotCommitATransaction(t *testing.T) {
	d := newNotes(t)
	system := tenancy.System(t.Context(), "maintenance")
	for _, statement := range []string{
		"CREATE TABLE others (id INT)", "DROP TABLE IF EXISTS others", "ALTER TABLE notes COMMENT 'x'", "TRUNCATE TABLE notes",
		"RENAME TABLE notes TO others",
		"BEGIN", "START TRANSACTION", "COMMIT", "ROLLBACK", "SET autocommit = 1", "SET @a = 1", "LOCK TABLES notes WRITE",
		"UNLOCK TABLES", "ANALYZE TABLE notes",
		"FLUSH TABLES", "CREATE USER x", "GRANT SELECT ON *.* TO x", "CALL p()", "/*!50000 COMMIT */", "/* a */ COMMIT",
		" ;COMMIT", "XA START 'x'", "CREATE INDEX i ON notes (text)",
		"LOAD DATA INFILE 'x' INTO TABLE notes", "",
	} {
		err := d.Tx(system, func(ctx context.Context) error {
			s := d.For(ctx)
			if err := s.Create(&note{TenantID: 1, ID: 1}).Error; err != nil {
				return err
			}
			return s.Exec(statement).Error
		})
		if !errors.Is(err, tenancy.ErrScope) || !strings.Contains(err.Error(), "could commit it") {
			t.Errorf("%q: %v", statement, err)
		}
		if n := d.Count(t, "notes", ""); n != 0 {
			t.Fatalf("%q: the transaction was committed", statement)
		}
	}
}

// TestFailedCommitClosesTheConnection fails a COMMIT on the server, where the transaction stays
// open.
func TestFailedCommitClosesTheConnection(t *testing.T) {
	d := newNotes(t)
	way := newGateway(t, d)
	_, _, id := limitToOneConn(t, d)
	first := id()
	way.rewrite("COMMIT", "COMMIX")
	if err := d.Tx(d.Acme, func(ctx context.Context) error { return create(ctx, d, 1) }); err == nil ||
		!strings.Contains(err.Error(), "1064") {
		t.Error(err)
	}
	way.rewrite("", "")
	if id() == first {
		t.Error("the connection is used again")
	}
	if err := create(d.Acme, d, 1); err != nil || d.Count(t, "notes", "") != 1 {
		t.Error("the transaction is still open:", err)
	}
}

// TestCommitBySystemScopeTaintsTheConnection commits on a connection that the system scope has
// changed before.
func TestCommitBySystemScopeTaintsTheConnection(t *testing.T) {
	d := newNotes(t)
	pool, system, _ := limitToOneConn(t, d)
	conn, err := pool.Conn(system)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.ExecContext(system,
		"CREATE TEMPORARY TABLE notes (tenant_id INT UNSIGNED, id INT, folder INT, text VARCHAR(100))"); err != nil {
		t.Fatal(err)
	}
	for name, end := range map[string]func(*sql.Tx) error{"COMMIT": (*sql.Tx).Commit, "ROLLBACK": (*sql.Tx).Rollback} {
		tx, err := conn.BeginTx(system, nil)
		if err == nil {
			err = end(tx)
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := drain(conn.QueryContext(d.Acme, "SELECT id FROM notes WHERE tenant_id = 1")); !errors.Is(err, tenancy.ErrScope) {
			t.Errorf("after %s a tenant reads a temporary table: %v", name, err)
		}
	}
}
