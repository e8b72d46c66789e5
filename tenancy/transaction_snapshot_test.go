package tenancy_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"rowhouse/tenancy"
	"rowhouse/tenancy/tenancytest"
)

var snapshot = &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}

// TestReadOnlyTransactionReadsOneSnapshot reads before and after another transaction commits.
func TestReadOnlyTransactionReadsOneSnapshot(t *testing.T) {
	for _, test := range []struct {
		name    string
		options []*sql.TxOptions
		after   int64 // rows of the second read
	}{
		{
			name:    "one snapshot",
			options: []*sql.TxOptions{snapshot},
			after:   1,
		},
		{
			name:    "read-only alone reads what is committed",
			options: []*sql.TxOptions{{ReadOnly: true}},
			after:   3,
		},
		{
			name:  "no options",
			after: 3,
		},
		{
			name:    "nil",
			options: []*sql.TxOptions{nil},
			after:   3,
		},
		{
			name:    "READ COMMITTED",
			options: []*sql.TxOptions{{Isolation: sql.LevelReadCommitted}},
			after:   3,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := newNotes(t)
			read := func(s *gorm.DB) (n int64) {
				t.Helper()
				if err := s.Model(&note{}).Count(&n).Error; err != nil {
					t.Error(err)
				}
				return n
			}
			others := func() {
				t.Helper()
				err := errors.Join(create(d.Acme, d, 2), create(d.Acme, d, 3), create(d.Globex, d, 4),
					d.For(d.Acme).Model(&note{ID: 1}).Update("text", "changed").Error)
				if err != nil {
					t.Fatal(err)
				}
			}
			clean := func() {
				t.Helper()
				if _, err := d.SQL.ExecContext(t.Context(), "DELETE FROM notes"); err != nil {
					t.Fatal(err)
				}
				if err := create(d.Acme, d, 1); err != nil {
					t.Fatal(err)
				}
			}
			report := func(s *gorm.DB) {
				t.Helper()
				first := read(s)
				others()
				if second := read(s); first != 1 || second != test.after {
					t.Errorf("it read %d rows, and then %d instead of %d", first, second, test.after)
				}
				var one note
				want := map[bool]string{true: "x", false: "changed"}[test.after == 1]
				if err := s.First(&one, 1).Error; err != nil || one.Text != want {
					t.Errorf("it read %q, %v", one.Text, err)
				}
			}
			for way, run := range map[string]func() error{
				"Tx": func() error {
					return d.Tx(d.Acme, func(ctx context.Context) error { report(d.For(ctx)); return nil }, test.options...)
				},
				"Transaction": func() error {
					return d.For(d.Acme).Transaction(func(s *gorm.DB) error { report(s); return nil }, test.options...)
				},
				"Begin": func() error {
					s := d.For(d.Acme).Begin(test.options...)
					report(s)
					return s.Commit().Error
				},
				"nested": func() error {
					return d.Tx(d.Acme, func(ctx context.Context) error {
						return d.For(ctx).Transaction(func(s *gorm.DB) error { report(s); return nil })
					}, test.options...)
				},
				"joined": func() error {
					return d.Tx(d.Acme, func(ctx context.Context) error {
						return d.Tx(ctx, func(ctx context.Context) error { report(d.For(ctx)); return nil }, test.options...)
					}, test.options...)
				},
			} {
				clean()
				if err := run(); err != nil {
					t.Errorf("%s: %v", way, err)
				}
			}
		})
	}
}

// TestSnapshotRefusesLocksAndWrites runs statements that write or lock rows in a snapshot.
func TestSnapshotRefusesLocksAndWrites(t *testing.T) {
	d := newNotes(t)
	if err := create(d.Acme, d, 1); err != nil {
		t.Fatal(err)
	}
	const readOnly, locks = "READ ONLY transaction", "locks rows"
	lock := func(strength string) func(*gorm.DB) error {
		return func(s *gorm.DB) error {
			return s.Clauses(clause.Locking{Strength: strength}).Find(&[]note{}).Error
		}
	}
	raw := func(query string) func(*gorm.DB) error {
		return func(s *gorm.DB) error { return s.Raw(query).Scan(&[]int{}).Error }
	}
	for _, test := range []struct {
		name    string
		do      func(*gorm.DB) error
		message string
	}{
		{
			name:    "insert",
			do:      func(s *gorm.DB) error { return s.Create(&note{ID: 9}).Error },
			message: readOnly,
		},
		{
			name:    "update",
			do:      func(s *gorm.DB) error { return s.Model(&note{ID: 1}).Update("text", "y").Error },
			message: readOnly,
		},
		{
			name:    "delete",
			do:      func(s *gorm.DB) error { return s.Delete(&note{ID: 1}).Error },
			message: readOnly,
		},
		{
			name: "upsert",
			do: func(s *gorm.DB) error {
				return s.Clauses(clause.OnConflict{UpdateAll: true}).Create(&note{ID: 1}).Error
			},
			message: readOnly,
		},
		{
			name: "raw insert",
			do: func(s *gorm.DB) error {
				return s.Exec("INSERT INTO notes (tenant_id, id, folder, text) VALUES (1, 9, 1, '')").Error
			},
			message: readOnly,
		},
		{
			name:    "FOR UPDATE",
			do:      lock("UPDATE"),
			message: locks,
		},
		{
			name:    "FOR SHARE",
			do:      lock("SHARE"),
			message: locks,
		},
		{
			name:    "LOCK IN SHARE MODE",
			do:      raw("SELECT id FROM notes WHERE tenant_id = 1 LOCK IN SHARE MODE"),
			message: locks,
		},
		{
			name:    "lower case and comments",
			do:      raw("select id from notes where tenant_id = 1 lock /* x */ in\nshare mode"),
			message: locks,
		},
		{
			name:    "a UNION",
			do:      raw("(SELECT id FROM notes WHERE tenant_id = 1) UNION ALL (SELECT id FROM notes WHERE tenant_id = 1 FOR UPDATE)"),
			message: locks,
		},
		{
			name: "a subquery",
			do: raw("SELECT id FROM notes WHERE tenant_id = 1 AND id IN " +
				"(SELECT id FROM notes WHERE tenant_id = 1 LOCK IN SHARE MODE)"),
			message: locks,
		},
		{
			name:    "a derived table",
			do:      raw("SELECT n.id FROM (SELECT id FROM notes WHERE tenant_id = 1 LOCK IN SHARE MODE) n"),
			message: locks,
		},
		{
			name:    "a prepared lock",
			do:      func(s *gorm.DB) error { return lock("SHARE")(s.Session(&gorm.Session{PrepareStmt: true})) },
			message: locks,
		},
		{
			name: "words in a string",
			do: func(s *gorm.DB) error {
				return s.Where("text <> ?", "FOR UPDATE").Where("text <> 'LOCK IN SHARE MODE'").Find(&[]note{}).Error
			},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := d.Tx(d.Acme, func(ctx context.Context) error { return test.do(d.For(ctx)) }, snapshot)
			if test.message == "" && err != nil || test.message != "" && (err == nil || !strings.Contains(err.Error(), test.message)) {
				t.Errorf("%v, not %q", err, test.message)
			}
			if err := lock("UPDATE")(d.For(d.Acme)); err != nil {
				t.Error("the next statement:", err)
			}
			if err := d.Tx(d.Acme, func(ctx context.Context) error { return lock("UPDATE")(d.For(ctx)) }); err != nil {
				t.Error("the next transaction:", err)
			}
		})
	}
	if n := d.Count(t, "notes", "text = 'x'"); n != 1 {
		t.Errorf("%d notes", n)
	}
}

// TestIsolationLevelsThatLockGapsAreRefused has all isolation levels of database/sql.
func TestIsolationLevelsThatLockGapsAreRefused(t *testing.T) {
	d := newNotes(t)
	for level := sql.LevelDefault; level <= sql.LevelLinearizable; level++ {
		for _, readOnly := range []bool{false, true} {
			options := &sql.TxOptions{Isolation: level, ReadOnly: readOnly}
			works := level == sql.LevelDefault || level == sql.LevelReadCommitted || level == sql.LevelRepeatableRead && readOnly
			err := d.Tx(d.Acme, func(ctx context.Context) error { return d.For(ctx).Find(&[]note{}).Error }, options)
			if works != (err == nil) || !works && (!errors.Is(err, tenancy.ErrScope) || !strings.Contains(err.Error(), "ReadOnly: true")) {
				t.Errorf("%s, read-only %t: %v", level, readOnly, err)
			}
		}
	}
}

// TestTxJoinsOnlyWithEqualOptions nests transactions with equal and different options.
func TestTxJoinsOnlyWithEqualOptions(t *testing.T) {
	d := newNotes(t)
	for _, test := range []struct {
		name         string
		outer, inner *sql.TxOptions
		joins        bool
	}{
		{
			name:  "a snapshot in a snapshot",
			outer: snapshot,
			inner: snapshot,
			joins: true,
		},
		{
			name:  "no options in a snapshot",
			outer: snapshot,
			joins: true,
		},
		{
			name:  "a snapshot in a transaction that writes",
			inner: snapshot,
		},
		{
			name:  "read-only in a transaction that writes",
			inner: &sql.TxOptions{ReadOnly: true},
		},
		{
			name:  "READ COMMITTED in a snapshot",
			outer: snapshot,
			inner: &sql.TxOptions{Isolation: sql.LevelReadCommitted},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			ran := false
			err := d.Tx(d.Acme, func(ctx context.Context) error {
				return d.Tx(ctx, func(context.Context) error { ran = true; return nil }, test.inner)
			}, test.outer)
			if ran != test.joins || test.joins != (err == nil) {
				t.Errorf("joined: %t, %v", ran, err)
			}
			for _, part := range []string{"can't join", "read-only", "read-write"} {
				if err != nil && !strings.Contains(err.Error(), part) {
					t.Errorf("the error lacks %q: %v", part, err)
				}
			}
		})
	}
}

// TestSnapshotRestoresTheIsolationLevel uses the only connection after a snapshot: the next
// transaction reads rows that are committed meanwhile.
func TestSnapshotRestoresTheIsolationLevel(t *testing.T) {
	for _, test := range []struct {
		name   string
		first  func(*testing.T, *tenancytest.Database, *gateway)
		reused bool
	}{
		{
			name: "a commit",
			first: func(t *testing.T, d *tenancytest.Database, _ *gateway) {
				if err := d.Tx(d.Acme, func(ctx context.Context) error { return d.For(ctx).Find(&[]note{}).Error }, snapshot); err != nil {
					t.Fatal(err)
				}
			},
			reused: true,
		},
		{
			name: "a commit before any statement",
			first: func(t *testing.T, d *tenancytest.Database, _ *gateway) {
				if err := d.Tx(d.Acme, func(context.Context) error { return nil }, snapshot); err != nil {
					t.Fatal(err)
				}
			},
			reused: true,
		},
		{
			name: "a rollback",
			first: func(_ *testing.T, d *tenancytest.Database, _ *gateway) {
				_ = d.Tx(d.Acme, func(context.Context) error { return errors.New("no") }, snapshot)
			},
			reused: true,
		},
		{
			name: "a refused statement",
			first: func(_ *testing.T, d *tenancytest.Database, _ *gateway) {
				_ = d.Tx(d.Acme, func(ctx context.Context) error { return create(ctx, d, 9) }, snapshot)
			},
			reused: true,
		},
		{
			name: "a level that was set, and no transaction after it",
			first: func(t *testing.T, d *tenancytest.Database, way *gateway) {
				way.rewrite("START TRANSACTION READ ONLY", "START TRANSACTION READ ONLX")
				if err := d.Tx(d.Acme, func(context.Context) error { return nil }, snapshot); err == nil {
					t.Fatal("it began")
				}
				way.rewrite("", "")
			},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := newNotes(t)
			way := newGateway(t, d)
			_, _, id := limitToOneConn(t, d)
			before := id()
			test.first(t, d, way)
			if again := id() == before; again != test.reused {
				t.Errorf("the connection is used again: %t", again)
			}
			err := d.Tx(d.Acme, func(ctx context.Context) error {
				var first, second int64
				err := d.For(ctx).Model(&note{}).Count(&first).Error
				_, inserted := d.SQL.ExecContext(ctx, "INSERT INTO notes (tenant_id, id, folder, text) VALUES (1, 77, 1, '')")
				err = errors.Join(err, inserted)
				err = errors.Join(err, d.For(ctx).Model(&note{}).Count(&second).Error)
				if second != first+1 {
					err = errors.Join(err, fmt.Errorf("it reads a snapshot: %d, then %d", first, second))
				}
				return errors.Join(err, create(ctx, d, 78))
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
}
