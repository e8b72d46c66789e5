package tenancy_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"gorm.io/gorm"

	"rowhouse/tenancy"
	"rowhouse/tenancy/guard"
)

// A statement is checked when it runs, since its context can have another tenant than at Prepare.
func TestPreparedStatementIsCheckedAtEachExecution(t *testing.T) {
	d := newNotes(t)
	for id := range 2 {
		if err := create(d.Acme, d, id); err != nil {
			t.Fatal(err)
		}
	}
	pool, err := d.For(d.Acme).DB()
	if err != nil {
		t.Fatal(err)
	}
	notes, err := pool.PrepareContext(d.Acme, "SELECT COUNT(*) FROM notes WHERE tenant_id = ?")
	if err != nil {
		t.Fatal(err)
	}
	defer notes.Close()
	var n int
	if err := notes.QueryRowContext(d.Acme, 1).Scan(&n); err != nil || n != 2 {
		t.Errorf("the tenant's own: %d, %v", n, err)
	}
	if err := notes.QueryRowContext(d.Globex, 1).Scan(&n); !errors.Is(err, tenancy.ErrScope) {
		t.Errorf("another tenant's: %v", err)
	}
	if err := notes.QueryRowContext(d.Acme, "1").Scan(&n); !errors.Is(err, tenancy.ErrScope) {
		t.Errorf("a string for the tenant: %v", err)
	}
	refused, err := pool.PrepareContext(d.Acme, "DROP TABLE notes")
	if err != nil {
		t.Fatal(err)
	}
	defer refused.Close()
	if _, err := refused.ExecContext(d.Acme); !errors.Is(err, tenancy.ErrScope) {
		t.Errorf("a statement without a proof was prepared: %v", err)
	}
	if err := d.For(d.Acme).Session(&gorm.Session{PrepareStmt: true}).Raw("SELECT COUNT(*) FROM notes").Row().Scan(&n); !errors.Is(
		err,
		tenancy.ErrScope,
	) {
		t.Errorf("GORM passes the refusal on: %v", err)
	}
}

// The inner of a tenant and the system scope counts, so a loop over tenants in the system scope
// has one tenant at a time.
func TestInnerOfTenantAndSystemScopeCounts(t *testing.T) {
	d := newNotes(t)
	for id, ctx := range []context.Context{d.Acme, d.Globex} {
		if err := create(ctx, d, id); err != nil {
			t.Fatal(err)
		}
	}
	tenant, _ := tenancy.FromContext(d.Acme)
	for want, ctx := range map[int64]context.Context{
		1: tenancy.NewContext(tenancy.System(t.Context(), "maintenance"), tenant),
		2: tenancy.System(d.Acme, "maintenance"),
	} {
		var n int64
		if err := d.For(ctx).Model(&note{}).Count(&n).Error; err != nil || n != want {
			t.Errorf("%d of %d notes, %v", n, want, err)
		}
	}
}

// A refusal has a type, a message, a line in the log and a count.
func TestRefusalHasTableReasonAndLog(t *testing.T) {
	d := newNotes(t)
	var log bytes.Buffer
	db := open(t, d.DSN, &log, &note{})
	before := db.Counts()
	err := db.For(d.Acme).Raw("SELECT n.text FROM notes n WHERE n.text = ?", "secret").Scan(new(string)).Error
	var refusal *guard.Refusal
	if !errors.Is(err, tenancy.ErrScope) || !errors.As(err, &refusal) {
		t.Fatal(err)
	}
	if refusal.Table != "notes" || refusal.Alias != "n" || !strings.Contains(err.Error(), "add `n.tenant_id = ?`") {
		t.Errorf("%v", err)
	}
	if refusal.SQL != "SELECT n.text FROM notes n WHERE n.text = ?" {
		t.Error(refusal.SQL)
	}
	if line := log.String(); !strings.Contains(line, "level=WARN") || !strings.Contains(line, "table=notes") ||
		strings.Contains(line, "secret") {
		t.Error(line)
	}
	if after := db.Counts(); after.Refused != before.Refused+1 || after.Parsed != before.Parsed+1 || after.Proved != before.Proved {
		t.Errorf("%+v, then %+v", before, after)
	}
}

func TestSystemScopeIsLoggedWithItsReason(t *testing.T) {
	d := newNotes(t)
	var log bytes.Buffer
	db := open(t, d.DSN, &log, &note{})
	if strings.Contains(log.String(), "system scope") {
		t.Errorf("Open logs the system scope: %s", &log)
	}
	if err := db.For(tenancy.System(t.Context(), "yearly report")).Find(&[]note{}).Error; err != nil {
		t.Fatal(err)
	}
	if line := log.String(); !strings.Contains(line, "level=INFO") || !strings.Contains(line, `reason="yearly report"`) {
		t.Error(line)
	}
	if err := db.For(tenancy.System(t.Context(), "")).Find(&[]note{}).Error; !errors.Is(err, tenancy.ErrNone) {
		t.Errorf("without a reason: %v", err)
	}
}

// TestOpenChecksTheSchema opens databases with one mismatch each.
func TestOpenChecksTheSchema(t *testing.T) {
	type unowned struct{ ID int }
	type owner struct {
		Other, TenantID tenancy.ID
		ID              int
	}
	type renamed struct {
		Tenant tenancy.ID `gorm:"column:owner"`
		ID     int
	}
	const foreign = "has tenant_id, but no model owns it: add its model, or drop the column"
	for _, test := range []struct {
		name, ddl string
		models    []any
		want      string
	}{
		{
			name: "a table without a model",
			ddl:  "CREATE TABLE forgotten (tenant_id INT)",
			want: "the table forgotten has tenant_id, but no model owns it",
		},
		{
			name: "a view of a tenant table",
			ddl:  "CREATE VIEW all_items AS SELECT * FROM items",
			want: "the table all_items has tenant_id",
		},
		{
			name:   "a model's table without the column",
			ddl:    "CREATE TABLE notes (id INT)",
			models: []any{&note{}},
			want:   "the table notes of a model has no column tenant_id",
		},
		{
			name:   "a string for the tenant",
			ddl:    "CREATE TABLE notes (tenant_id VARCHAR(10))",
			models: []any{&note{}},
			want:   "the column tenant_id of the table notes must be an integer",
		},
		{
			name:   "a model without a table",
			ddl:    "SELECT 1",
			models: []any{&note{}},
			want:   "the table notes of a model does not exist: migrate",
		},
		{
			name:   "a model without a tenant",
			ddl:    "SELECT 1",
			models: []any{&unowned{}},
			want:   "needs one field of type tenancy.ID",
		},
		{
			name:   "a model with two",
			ddl:    "SELECT 1",
			models: []any{&owner{}},
			want:   "needs one field of type tenancy.ID",
		},
		{
			name:   "a model with another column",
			ddl:    "SELECT 1",
			models: []any{&renamed{}},
			want:   "needs one field of type tenancy.ID, in the column tenant_id",
		},
		{
			name:   "a value that is no model",
			ddl:    "SELECT 1",
			models: []any{1},
			want:   "the model int: unsupported data type",
		},
		{
			name: "several mismatches, sorted",
			ddl: "CREATE TABLE a (tenant_id INT); CREATE TABLE b (tenant_id INT); " +
				"CREATE TABLE c (tenant_id INT); CREATE TABLE d (tenant_id INT)",
			want: "the table a " + foreign + "; the table b " + foreign + "; the table c " + foreign + "; the table d " + foreign,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := itemSchema.New(t)
			for ddl := range strings.SplitSeq(test.ddl, ";") {
				if _, err := d.SQL.ExecContext(t.Context(), ddl); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := tenancy.Open(t.Context(), d.DSN, append(itemSchema.Models, test.models...), tenancy.Options{}); err == nil ||
				!strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}

// TestTablesOfANewerReleaseAreRefused opens a database of a newer release: Open accepts its tables,
// and the guard refuses them.
func TestTablesOfANewerReleaseAreRefused(t *testing.T) {
	d := itemSchema.New(t)
	if _, err := d.SQL.ExecContext(t.Context(), "CREATE TABLE invoices (tenant_id INT UNSIGNED NOT NULL, id INT NOT NULL, "+
		"PRIMARY KEY (tenant_id, id))"); err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	options := tenancy.Options{Log: slog.New(slog.NewTextHandler(&log, nil)), NewerSchema: true}
	db, err := tenancy.Open(t.Context(), d.DSN, itemSchema.Models, options)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if line := log.String(); !strings.Contains(line, "level=WARN") || !strings.Contains(line, "table=invoices") ||
		strings.Contains(line, "table=items") {
		t.Error(line)
	}
	for _, statement := range []string{
		"SELECT COUNT(*) FROM invoices WHERE tenant_id = 1",
		"SELECT COUNT(*) FROM items i JOIN invoices v ON v.tenant_id = i.tenant_id WHERE i.tenant_id = 1",
	} {
		if err := db.For(d.Acme).Raw(statement).Scan(new(int)).Error; !errors.Is(err, tenancy.ErrScope) ||
			!strings.Contains(err.Error(), "no model owns it") {
			t.Errorf("%s: %v", statement, err)
		}
	}
	if _, err := tenancy.Open(t.Context(), d.DSN, append(itemSchema.Models, &note{}), options); err == nil ||
		!strings.Contains(err.Error(), "the table notes of a model does not exist") {
		t.Errorf("a model without a table: %v", err)
	}
}

func TestOpenFailsWhenItsContextEnds(t *testing.T) {
	d := itemSchema.New(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := tenancy.Open(ctx, d.DSN, itemSchema.Models, tenancy.Options{}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// Fields other than the tenant may have clauses, too.
func TestModelWithSoftDeleteIsAccepted(t *testing.T) {
	type soft struct {
		TenantID  tenancy.ID
		ID        int
		DeletedAt gorm.DeletedAt
	}
	if tables, err := tenancy.Tables([]any{&soft{}}); err != nil || !tables["softs"].TenantLeadsKeys {
		t.Error(tables, err)
	}
}

// An upsert could change a row of another tenant if a unique key spans all tenants.
func TestUpsertsNeedUniqueKeysLedByTenant(t *testing.T) {
	d := schema.New(t)
	if _, err := d.SQL.ExecContext(t.Context(), "CREATE TABLE notes (tenant_id INT UNSIGNED NOT NULL, id INT PRIMARY KEY, "+
		"folder INT NOT NULL, text VARCHAR(100) NOT NULL)"); err != nil {
		t.Fatal(err)
	}
	d.Reopen(t, &note{})
	if err := create(d.Globex, d, 1); err != nil {
		t.Fatal(err)
	}
	if err := d.For(d.Acme).Save(&note{ID: 1, Text: "taken over"}).Error; !errors.Is(err, tenancy.ErrScope) ||
		!strings.Contains(fmt.Sprint(err), "must lead each unique key") {
		t.Error(err)
	}
}

// open opens a database again, with a log in a buffer.
func open(t *testing.T, dsn string, log *bytes.Buffer, models ...any) *tenancy.DB {
	t.Helper()
	db, err := tenancy.Open(t.Context(), dsn, models, tenancy.Options{Log: slog.New(slog.NewTextHandler(log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// SET omits only the column tenant_id. An array has rows as a slice has.
func TestOnlyTheTenantColumnIsOmittedFromSET(t *testing.T) {
	d := newNotes(t)
	pair := [2]note{{ID: 1}, {ID: 2}}
	if err := d.For(d.Acme).Create(&pair).Error; err != nil || pair[1].TenantID != 1 {
		t.Error(pair, err)
	}
	if err := d.For(d.Acme).Model(&note{ID: 1}).Update("folder", tenancy.ID(1)).Error; err != nil ||
		d.Count(t, "notes", "folder = 1") != 1 {
		t.Error("the folder's number, of the tenant's type, was not stored", err)
	}
}

// GORM replaces a nil row by an empty one, after an error.
func TestNilRowFails(t *testing.T) {
	d := newNotes(t)
	if err := d.For(d.Acme).Create([]*note{nil}).Error; err == nil {
		t.Error("it was stored")
	}
}
