package guard_test

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"rowhouse/tenancy"
	"rowhouse/tenancy/tenancytest"
)

// openEmpty opens a new database without tables, without a guard. product is "mariadb" or "mysql".
func openEmpty(t *testing.T) (db *sql.DB, product string) {
	t.Helper()
	config, err := tenancy.ParseDSN(tenancytest.Empty(t))
	if err != nil {
		t.Fatal(err)
	}
	if db, err = sql.Open("mysql", config.FormatDSN()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	product = "mysql"
	if strings.Contains(queryRows(t, db, "SELECT VERSION()"), "MariaDB") {
		product = "mariadb"
	}
	return db, product
}

// openTracker opens a new database with the tables of testdata/schema.sql, without a guard.
func openTracker(t *testing.T) (db *sql.DB, product string) {
	t.Helper()
	db, product = openEmpty(t)
	for create := range strings.SplitSeq(strings.TrimSuffix(readFile(t, "schema.sql"), ";\n"), ";\n") {
		execSQL(t, db, create)
	}
	return db, product
}

// execSQL runs a statement.
func execSQL(t *testing.T, db *sql.DB, statement string) {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), statement); err != nil {
		t.Fatalf("%v\n%s", err, statement)
	}
}

// queryer is a pool or a transaction.
type queryer interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// queryRows returns the rows of a statement, one per line. A write has none.
func queryRows(t *testing.T, db queryer, query string, args ...any) string {
	t.Helper()
	rows, err := db.QueryContext(context.WithoutCancel(t.Context()), query, args...)
	if err != nil {
		t.Fatalf("%v\n%s", err, query)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	values, targets := make([]sql.RawBytes, len(columns)), make([]any, len(columns))
	for i := range values {
		targets[i] = &values[i]
	}
	var out bytes.Buffer
	for rows.Next() {
		if err := rows.Scan(targets...); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&out, "%s\n", values)
	}
	if err := rows.Err(); err != nil {
		t.Fatalf("%v\n%s", err, query)
	}
	return out.String()
}
