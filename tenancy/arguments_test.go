package tenancy_test

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"rowhouse/tenancy"
	"rowhouse/tenancy/tenancytest"
)

// dated is a note with a time. Its text comes before the time in every statement.
type dated struct {
	TenantID tenancy.ID
	ID       int `gorm:"primaryKey;autoIncrement:false"`
	Text     string
	Folder   int
	At       *time.Time
}

func newDated(t *testing.T) *tenancytest.Database {
	t.Helper()
	d := schema.New(t)
	if _, err := d.SQL.ExecContext(t.Context(), `CREATE TABLE dateds (
		tenant_id INT UNSIGNED NOT NULL, id INT NOT NULL, text LONGTEXT NOT NULL, folder INT NOT NULL, at DATETIME(6),
		PRIMARY KEY (tenant_id, id))`); err != nil {
		t.Fatal(err)
	}
	d.Reopen(t, &dated{})
	pool, _ := d.For(d.Acme).DB()
	pool.SetMaxOpenConns(1)
	return d
}

// long returns a string that the driver sends before the statement: it is longer than
// maxAllowedPacket (64 MiB), divided by the number of arguments and 1.
func longString() string { return strings.Repeat("secret of acme ", 1<<20) }

// year10000 returns a time that the driver rejects after it has sent the earlier arguments.
func year10000() *time.Time {
	at := time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)
	return &at
}

// TestLongArgumentReachesOnlyItsStatement fails a statement of one tenant in the driver, after a
// long argument was sent. If the cached statement kept it, another tenant would store it.
func TestLongArgumentReachesOnlyItsStatement(t *testing.T) {
	d := newDated(t)
	if err := d.For(d.Acme).Create(&dated{ID: 1, Text: longString(), At: year10000()}).Error; err == nil {
		t.Fatal("the year 10000 is accepted")
	}
	now := time.Now()
	own := dated{ID: 2, Text: "own text", At: &now}
	err := d.For(d.Globex).Create(&own).Error
	var stored dated
	if found := d.For(d.Globex).First(&stored).Error; found != nil || err != nil || stored.Text != "own text" {
		t.Errorf("%v; %v; globex stored %d bytes: %.60s", err, found, len(stored.Text), stored.Text)
	}
}

// TestLongArgumentDoesNotMoveOtherArguments tries to write a row of another tenant with GORM: a
// server with a leftover argument would read later arguments from inside the client's string.
func TestLongArgumentDoesNotMoveOtherArguments(t *testing.T) {
	d := newDated(t)
	for _, row := range []*dated{{TenantID: 1, ID: 1, Text: "acme"}, {TenantID: 2, ID: 7, Text: "globex"}} {
		if err := d.For(tenancy.NewContext(t.Context(), tenancy.Tenant{ID: row.TenantID})).Create(row).Error; err != nil {
			t.Fatal(err)
		}
	}
	update := func(text string, at *time.Time) error {
		return d.For(d.Acme).Model(&dated{ID: 1}).Select("text", "folder", "at").Updates(&dated{Text: text, Folder: 1, At: at}).Error
	}
	if update(strings.Repeat("written by acme", 1<<20), year10000()) == nil {
		t.Fatal("the year 10000 is accepted")
	}
	now := time.Now()
	// The length of the text and 7 bytes are the folder. Then come a time, the tenant and the id.
	err := update(
		"\x00\x00\x00\x00\x00\x00\x00"+"\x0a2020-01-01"+"\x02\x00\x00\x00\x00\x00\x00\x00"+"\x07\x00\x00\x00\x00\x00\x00\x00",
		&now,
	)
	var other dated
	if found := d.For(d.Globex).First(&other).Error; found != nil || other.Text != "globex" {
		t.Errorf("%v; %v; the row of globex: %.40s", err, found, other.Text)
	}
}

// TestTooLongArgumentFailsOnlyItsStatement sends an argument that is too long for the server. If
// the cached statement kept the error, it would fail for other tenants.
func TestTooLongArgumentFailsOnlyItsStatement(t *testing.T) {
	d := newDated(t)
	if err := d.For(d.Acme).Create(&dated{ID: 1, Text: strings.Repeat("x", 65<<20)}).Error; err == nil {
		t.Fatal("65 MiB are accepted")
	} else {
		t.Log(err)
	}
	for id := range 3 {
		if err := d.For(d.Globex).Create(&dated{ID: id, Text: "short"}).Error; err != nil {
			t.Error(err)
		}
	}
}

// TestTooLongStatementLeavesNoArguments has an address with a small maxAllowedPacket. The driver
// rejects the sum of the arguments after it has sent the first.
func TestTooLongStatementLeavesNoArguments(t *testing.T) {
	d := newNotes(t)
	for _, ctx := range []context.Context{d.Acme, d.Globex} {
		if err := create(ctx, d, 1); err != nil {
			t.Fatal(err)
		}
	}
	base, _, _ := strings.Cut(d.DSN, "?")
	d.DSN = base + "?maxAllowedPacket=1048576"
	d.Reopen(t, &note{})
	pool, _, _ := limitToOneConn(t, d)
	query := "SELECT ? FROM notes WHERE tenant_id = ? AND text NOT IN (''" + strings.Repeat(",?", 998) + ")"
	arguments := func(tenant int, first, other string) []any {
		all := []any{first, tenant}
		for range 998 {
			all = append(all, other)
		}
		return all
	}
	if got, _ := resultOf(d.Acme, pool, query, arguments(1, strings.Repeat("secret of acme ", 100), strings.Repeat("y",
		1046))); !strings.Contains(
		got,
		"too large",
	) {
		t.Fatal("all of it is accepted: ", short(got))
	}
	if got, _ := resultOf(d.Globex, pool, query, arguments(2, "own", "y")); got != `bytes "own"; ` {
		t.Error("globex finds ", short(got))
	}
}

// TestEarlierArgumentTypeDoesNotChangeResults runs a statement for two tenants, with arguments of
// different types. The second result must equal that of a new connection.
func TestEarlierArgumentTypeDoesNotChangeResults(t *testing.T) {
	d := newNotes(t)
	if _, err := d.SQL.ExecContext(t.Context(), "CREATE TABLE facts (tenant_id INT UNSIGNED NOT NULL, id INT NOT NULL, "+
		"data JSON, amount DECIMAL(10,2), at DATETIME(6), text VARCHAR(50), PRIMARY KEY (tenant_id, id))"); err != nil {
		t.Fatal(err)
	}
	if _, err := d.SQL.ExecContext(t.Context(), `INSERT INTO facts VALUES (2, 1, '{"a": "x"}', 1.5, '2026-02-03', 'x'), (2, 2, `+
		`'{"a": 1}', 2, '2026-02-04', '10'), (2, 3, '{"a": true}', 0, NULL, NULL), (2, 4, '{"a": 1.5}', 0, NULL, '0')`); err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 2, 3, 0, 0, 0, 0, time.UTC)
	values := []any{1, "x", 1.5, true, at, nil, "10", []byte("x")}
	for _, where := range []string{
		"JSON_EXTRACT(data, '$.a') = ?", "COALESCE(?, text) = text", "COALESCE(text, ?) = text", "GREATEST(?, 'a') = 'x'",
		"IF(? = 'x', 1, 0) = 1", "NULLIF(text, ?) IS NULL", "text = ?", "amount = ?", "at = ?", "text IN (?, 'y')",
		"CASE WHEN ? IS NULL THEN 1 ELSE text = 'x' END", "CONCAT(?, '') = text", "text LIKE ?", "IFNULL(?, text) = text",
		"LEAST(text, ?) = 'x'", "FIELD(text, ?) > 0", "HEX(?) = '78'", "text = CAST(? AS CHAR)", "(SELECT ?) = text",
		"text BETWEEN ? AND 'y'", "LENGTH(?) = 1", "UPPER(?) = 'X'", "REPLACE(?, 'x', 'y') = 'y'",
	} {
		query := "SELECT id FROM facts WHERE tenant_id = 2 AND " + where + " ORDER BY id"
		for i, first := range values {
			for j, second := range values {
				if i == j {
					continue
				}
				text := fmt.Sprintf("%s /* %d %d %s */", query, i, j, "%s")
				pool, system, _ := limitToOneConn(t, d)
				alone, _ := resultOf(system, pool, fmt.Sprintf(text, "alone"), []any{second})
				_, _ = resultOf(system, pool, fmt.Sprintf(text, "after"), []any{first})
				after, _ := resultOf(system, pool, fmt.Sprintf(text, "after"), []any{second})
				if alone != after {
					t.Errorf(
						"%s with %T %v after %T %v finds %s, alone %s",
						where,
						second,
						second,
						first,
						first,
						short(after),
						short(alone),
					)
				}
			}
		}
	}
	// The same after more arguments than fit into the first part of a key.
	many := "SELECT id FROM facts WHERE tenant_id = 2 AND 'q' NOT IN (?" + strings.Repeat(", ?", 24) + ") AND text = ? ORDER BY id /* %s */"
	with := func(value any) []any { return append(slices.Repeat([]any{"z"}, 25), value) }
	pool, system, _ := limitToOneConn(t, d)
	alone, _ := resultOf(system, pool, fmt.Sprintf(many, "alone"), with("x"))
	_, _ = resultOf(system, pool, fmt.Sprintf(many, "after"), with(1))
	if after, _ := resultOf(system, pool, fmt.Sprintf(many, "after"), with("x")); alone != after {
		t.Errorf("after many arguments it finds %s, alone %s", short(after), short(alone))
	}
}

func short(s string) string { return fmt.Sprintf("%.200s", s) }

// resultOf returns all values with their Go types, and the types of the columns.
func resultOf(ctx context.Context, db *sql.DB, query string, args []any) (values, types string) {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return "error " + err.Error(), ""
	}
	defer rows.Close()
	columns, _ := rows.ColumnTypes()
	for _, c := range columns {
		types += c.DatabaseTypeName() + " " + c.ScanType().String() + ", "
	}
	for rows.Next() {
		row := make([]any, len(columns))
		to := make([]any, len(columns))
		for i := range row {
			to[i] = &row[i]
		}
		if err := rows.Scan(to...); err != nil {
			return "error " + err.Error(), types
		}
		for _, v := range row {
			if b, ok := v.([]byte); ok {
				values += fmt.Sprintf("bytes %q; ", b)
			} else {
				values += fmt.Sprintf("%T %v; ", v, v)
			}
		}
	}
	if err := rows.Err(); err != nil {
		return "error " + err.Error(), types
	}
	return values, types
}
