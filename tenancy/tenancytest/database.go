package tenancytest

import (
	"cmp"
	"context"
	"database/sql"
	"testing"

	"rowhouse/tenancy"
)

// Database is the database of one test.
type Database struct {
	*tenancy.DB
	*Statements
	// DSN is its address, in the Go driver's form.
	DSN string
	// SQL is an unguarded connection pool: it reaches the rows of all tenants.
	SQL *sql.DB
	// Acme and Globex are contexts of its tenants, whose ids are 1 and 2.
	Acme, Globex context.Context

	schema *Schema
	opened []*tenancy.DB
	drop   func() error
}

// Product returns the product that the tests run on: MariaDB, MySQL or Vitess.
func (d *Database) Product(t testing.TB) string {
	t.Helper()
	return started(t).product
}

// Count returns the number of rows in all tenants that match a condition. An empty condition
// matches every row.
func (d *Database) Count(t testing.TB, table, where string, args ...any) (n int) {
	t.Helper()
	query := "SELECT COUNT(*) FROM " + table + " WHERE " + cmp.Or(where, "TRUE")
	if err := d.SQL.QueryRowContext(t.Context(), query, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// Process is a connection to this database, from SHOW PROCESSLIST.
type Process struct {
	ID        int
	Statement string // the running statement, or ""
}

// Processes returns the connections that have selected this database. It does not read
// information_schema.processlist: MySQL fails there with error 3854 while any statement with
// binary arguments runs.
func (d *Database) Processes(t testing.TB) (all []Process) {
	t.Helper()
	config, err := tenancy.ParseDSN(d.DSN)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := d.SQL.QueryContext(t.Context(), "SHOW FULL PROCESSLIST")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns() // MariaDB has one more column
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		var p Process
		var database, statement sql.NullString
		to := make([]any, len(columns))
		for i, name := range columns {
			switch name {
			case "Id":
				to[i] = &p.ID
			case "db":
				to[i] = &database
			case "Info":
				to[i] = &statement
			default:
				to[i] = &sql.RawBytes{}
			}
		}
		if err := rows.Scan(to...); err != nil {
			t.Fatal(err)
		}
		if p.Statement = statement.String; database.String == config.DBName {
			all = append(all, p)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}
