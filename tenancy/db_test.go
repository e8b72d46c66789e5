package tenancy_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/go-sql-driver/mysql"
	"gorm.io/gorm"

	"rowhouse/tenancy"
	"rowhouse/tenancy/tenancytest"
)

// note is a model of tenants.
type note struct {
	TenantID tenancy.ID
	ID       int `gorm:"primaryKey;autoIncrement:false"`
	Folder   int
	Text     string
}

func newNotes(t *testing.T) *tenancytest.Database {
	t.Helper()
	d := schema.New(t)
	if _, err := d.SQL.ExecContext(t.Context(), `CREATE TABLE notes (
		tenant_id INT UNSIGNED NOT NULL, id INT NOT NULL, folder INT NOT NULL, text VARCHAR(100) NOT NULL,
		PRIMARY KEY (tenant_id, id), KEY folder (tenant_id, folder, id))`); err != nil {
		t.Fatal(err)
	}
	d.Reopen(t, &note{})
	return d
}

func create(ctx context.Context, d *tenancytest.Database, id int) error {
	return d.For(ctx).Create(&note{ID: id, Text: "x"}).Error
}

func TestTxCommitsOrRollsBack(t *testing.T) {
	d := newNotes(t)
	boom := errors.New("boom")
	for _, test := range []struct {
		name string
		fn   func(ctx context.Context) error
		want error
		rows int
	}{
		{
			name: "commits",
			fn:   func(ctx context.Context) error { return create(ctx, d, 1) },
			rows: 1,
		},
		{
			name: "rolls back",
			fn:   func(ctx context.Context) error { return errors.Join(create(ctx, d, 2), boom) },
			want: boom,
			rows: 1,
		},
		{
			name: "joins",
			fn: func(ctx context.Context) error {
				return errors.Join(create(ctx, d, 3), d.Tx(ctx, func(ctx context.Context) error { return create(ctx, d, 4) }))
			},
			rows: 3,
		},
		{
			name: "fails with the inner one, even if its error is ignored",
			fn: func(ctx context.Context) error {
				_ = d.Tx(ctx, func(ctx context.Context) error { return errors.Join(create(ctx, d, 5), boom) })
				return create(ctx, d, 6)
			},
			want: boom,
			rows: 3,
		},
		{
			name: "reads its own writes",
			fn: func(ctx context.Context) error {
				var n int64
				err := errors.Join(create(ctx, d, 7), d.For(ctx).Model(&note{}).Where("id = 7").Count(&n).Error)
				if n != 1 {
					err = errors.Join(err, fmt.Errorf("saw %d", n))
				}
				return err
			},
			rows: 4,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			if err := d.Tx(d.Acme, test.fn); !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
			if n := d.Count(t, "notes", ""); n != test.rows {
				t.Errorf("%d rows, want %d", n, test.rows)
			}
		})
	}
}

func TestPanicRollsBack(t *testing.T) {
	d := newNotes(t)
	func() {
		defer func() { _ = recover() }()
		_ = d.Tx(d.Acme, func(ctx context.Context) error {
			if err := create(ctx, d, 1); err != nil {
				t.Error(err)
			}
			panic("boom")
		})
	}()
	if n := d.Count(t, "notes", ""); n != 0 {
		t.Errorf("%d rows stayed", n)
	}
}

// TestTransactionHasOneTenant uses the context of another tenant in a transaction.
func TestTransactionHasOneTenant(t *testing.T) {
	d := newNotes(t)
	globex, err := tenancy.FromContext(d.Globex)
	if err != nil {
		t.Fatal(err)
	}
	err = d.Tx(d.Acme, func(ctx context.Context) error {
		return create(tenancy.NewContext(ctx, globex), d, 1)
	})
	if !errors.Is(err, tenancy.ErrScope) || d.Count(t, "notes", "") != 0 {
		t.Errorf("got %v", err)
	}
}

// TestTransactionBelongsToItsDatabase writes to another database in a transaction that fails.
func TestTransactionBelongsToItsDatabase(t *testing.T) {
	d, other := newNotes(t), newNotes(t)
	boom := errors.New("boom")
	err := d.Tx(d.Acme, func(ctx context.Context) error {
		return errors.Join(create(ctx, d, 1), create(ctx, other, 1), boom)
	})
	if !errors.Is(err, boom) || errors.Is(err, tenancy.ErrScope) {
		t.Fatal(err)
	}
	if here, there := d.Count(t, "notes", ""), other.Count(t, "notes", ""); here != 0 || there != 1 {
		t.Errorf("%d rows are in the database of the transaction, and %d in the other", here, there)
	}
}

// TestWriteConflictIsRetried makes two transactions wait for each other. The server ends one of
// them, and Tx retries it.
func TestWriteConflictIsRetried(t *testing.T) {
	d := newNotes(t)
	for id := 1; id <= 2; id++ {
		if err := create(d.Acme, d, id); err != nil {
			t.Fatal(err)
		}
	}
	var barrier, wait sync.WaitGroup
	barrier.Add(2)
	runs := make([]int, 2)
	for i, order := range [][]int{{1, 2}, {2, 1}} {
		wait.Go(func() {
			err := d.Tx(d.Acme, func(ctx context.Context) error {
				runs[i]++
				for n, id := range order {
					if n == 1 && runs[i] == 1 {
						barrier.Done()
						barrier.Wait()
					}
					if err := d.For(ctx).Model(&note{}).Where("id = ?", id).Update("text", fmt.Sprint(i)).Error; err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if runs[0]+runs[1] != 3 {
		t.Errorf("ran %v times, want one of them twice", runs)
	}
	if n := d.Count(t, "notes", "text = (SELECT text FROM notes WHERE id = 1)"); n != 2 {
		t.Error("the two rows come of different transactions")
	}
}

// TestStatementWithoutTenantNeverReachesTheDriver bypasses GORM in each way.
func TestStatementWithoutTenantNeverReachesTheDriver(t *testing.T) {
	d := newNotes(t)
	pool, err := d.For(d.Acme).DB()
	if err != nil {
		t.Fatal(err)
	}
	prepared, err := pool.PrepareContext(d.Acme, "SELECT 1") //nolint:sqlclosecheck // it is closed below
	if err != nil {
		t.Fatal(err)
	}
	defer prepared.Close()
	for name, attack := range map[string]func(context.Context) error{
		"query":       func(ctx context.Context) error { return drain(pool.QueryContext(ctx, "SELECT 1")) },
		"exec":        func(ctx context.Context) error { _, err := pool.ExecContext(ctx, "DO 1"); return err },
		"query row":   func(ctx context.Context) error { return pool.QueryRowContext(ctx, "SELECT 1").Scan(new(int)) },
		"transaction": func(ctx context.Context) error { _, err := pool.BeginTx(ctx, nil); return err },
		"prepare": func(ctx context.Context) error {
			_, err := pool.PrepareContext(ctx, "SELECT 1") //nolint:sqlclosecheck // there is none
			return err
		},
		"prepared query": func(ctx context.Context) error { return drain(prepared.QueryContext(ctx)) },
		"prepared exec":  func(ctx context.Context) error { _, err := prepared.ExecContext(ctx); return err },
		"nil": func(context.Context) error {
			return d.For(nil).Find(&[]note{}).Error //nolint:staticcheck,contextcheck // the attack
		},
		"For": func(ctx context.Context) error { return d.For(ctx).Find(&[]note{}).Error },
		"Tx":  func(ctx context.Context) error { return d.Tx(ctx, func(context.Context) error { return nil }) },
		"Each": func(ctx context.Context) error {
			return tenancy.UnionAllByKey([]*gorm.DB{d.For(ctx)}, "folder", []int{1}, "", &[]note{})
		},
	} {
		if err := attack(t.Context()); !errors.Is(err, tenancy.ErrNone) {
			t.Errorf("%s: got %v", name, err)
		}
		if err := attack(tenancy.NewContext(t.Context(), tenancy.Tenant{})); !errors.Is(err, tenancy.ErrNone) {
			t.Errorf("%s with the zero tenant: got %v", name, err)
		}
	}
}

func drain(rows *sql.Rows, err error) error {
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		continue
	}
	return rows.Err()
}

func TestDriverConnectionIsHidden(t *testing.T) {
	d := newNotes(t)
	pool, err := d.For(d.Acme).DB()
	if err != nil {
		t.Fatal(err)
	}
	conn, err := pool.Conn(d.Acme)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.Raw(func(inner any) error {
		if name := fmt.Sprintf("%T", inner); strings.Contains(name, "mysql") {
			t.Errorf("it is a %s", name)
		}
		return nil
	})
}

func TestConnectionsHaveTheRequiredSettings(t *testing.T) {
	d := newNotes(t)
	pool, err := d.For(d.Acme).DB()
	if err != nil {
		t.Fatal(err)
	}
	ctx := tenancy.System(t.Context(), "look at the connection")
	var level, mode string
	var lockWait int
	if err := pool.QueryRowContext(ctx, "SELECT @@innodb_lock_wait_timeout").Scan(&lockWait); err != nil || lockWait > 5 {
		t.Errorf("a row is waited for %d s, %v", lockWait, err)
	}
	// MariaDB before 11.1 has only the former name.
	if err := pool.QueryRowContext(ctx, "SELECT @@tx_isolation, @@sql_mode").Scan(&level, &mode); err != nil {
		var unknown *mysql.MySQLError
		if !errors.As(err, &unknown) {
			t.Fatal(err)
		}
		if err := pool.QueryRowContext(ctx, "SELECT @@transaction_isolation, @@sql_mode").Scan(&level, &mode); err != nil {
			t.Fatal(err)
		}
	}
	if level != "READ-COMMITTED" || !strings.Contains(mode, "STRICT_ALL_TABLES") {
		t.Errorf("isolation %s, mode %s", level, mode)
	}
}

func TestUnionAllByKeyReadsTheRowsOfEachKey(t *testing.T) {
	d := newNotes(t)
	for id := range 30 {
		for _, ctx := range []context.Context{d.Acme, d.Globex} {
			tenant, _ := tenancy.FromContext(ctx)
			if err := d.For(ctx).Create(&note{ID: id, Folder: id % 3, Text: tenant.Slug}).Error; err != nil {
				t.Fatal(err)
			}
		}
	}
	d.Reset()
	var found []note
	if err := tenancy.UnionAllByKey([]*gorm.DB{d.For(d.Acme).Where("id > 5 OR id < 3").Order("id DESC").Limit(2)}, "folder",
		[]int{0, 2, 7}, "", &found); err != nil {
		t.Fatal(err)
	}
	ids := map[int]int{}
	for _, n := range found {
		if n.Text != "acme" || n.TenantID != 1 {
			t.Errorf("a row of another tenant: %+v", n)
		}
		ids[n.ID] = n.Folder
	}
	if want := (map[int]int{27: 0, 24: 0, 29: 2, 26: 2}); fmt.Sprint(ids) != fmt.Sprint(want) || len(found) != 4 {
		t.Errorf("got %v, want %v", ids, want)
	}
	if ran := d.Ran(); len(ran) != 1 {
		t.Errorf("%d statements", len(ran))
	}
	if err := tenancy.UnionAllByKey([]*gorm.DB{d.For(d.Acme)}, "folder", []int{}, "", &found); err != nil || len(d.Ran()) != 1 {
		t.Error("no keys need no statement", err)
	}
	many := make([]int, 1500) // more than a statement should hold
	for i := range many {
		many[i] = i
	}
	found = nil
	if err := tenancy.UnionAllByKey([]*gorm.DB{d.For(d.Acme).Order("id").Limit(1)}, "folder", many, "", &found); err != nil ||
		len(found) != 3 ||
		len(d.Ran()) != 3 {
		t.Errorf("%d rows in %d statements, %v", len(found), len(d.Ran())-1, err)
	}
}

func TestOpenReportsInvalidOptions(t *testing.T) {
	for dsn, want := range map[string]string{
		"root@unix(/nowhere/s)/x": "/nowhere/s",
		"root@tcp(db)":            "can't be parsed",
	} {
		if _, err := tenancy.Open(t.Context(), dsn, nil, tenancy.Options{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v", dsn, err)
		}
	}
}
