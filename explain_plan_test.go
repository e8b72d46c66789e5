package main

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"strings"
	"sync"
	"testing"

	"gorm.io/gorm"
	gormschema "gorm.io/gorm/schema"

	"rowhouse/model"
)

// statement is an SQL statement with its arguments.
type statement struct {
	sql  string
	args []any
}

// recordStatements records all further statements, except for INSERT.
func recordStatements(t *testing.T, s *testServer) *[]statement {
	t.Helper()
	var all []statement
	var mu sync.Mutex
	add := func(_ context.Context, sql string, args []any) {
		mu.Lock()
		defer mu.Unlock()
		all = append(all, statement{sql, args})
	}
	record := func(db *gorm.DB) {
		if !db.DryRun {
			add(db.Statement.Context, db.Statement.SQL.String(), db.Statement.Vars)
		}
	}
	s.Trace(add)
	callbacks := s.For(s.Acme).Callback()
	for _, err := range []error{
		callbacks.Query().After("gorm:query").Register("test:record", record),
		callbacks.Row().After("gorm:row").Register("test:record", record),
		callbacks.Update().After("gorm:update").Register("test:record", record),
		callbacks.Delete().After("gorm:delete").Register("test:record", record),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return &all
}

// step is a row of EXPLAIN.
type step struct{ Table, Type, Key, Extra string }

// readsTooMuch reports whether a step reads more than a range of an index, or sorts and may not.
func (s step) readsTooMuch(maySort bool) bool {
	if maySort {
		s.Extra = ""
	}
	if strings.HasPrefix(s.Table, "<") || s.Table == "" { // a UNION's result, or no table at all
		return strings.Contains(s.Extra, "filesort")
	}
	return s.Key == "" || s.Type == "ALL" || s.Type == "index" ||
		strings.Contains(s.Extra, "filesort") || strings.Contains(s.Extra, "temporary")
}

func explainStatement(t *testing.T, db *sql.DB, s statement) (steps []step) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), "EXPLAIN FORMAT=TRADITIONAL "+s.sql, s.args...)
	if err != nil {
		t.Fatalf("%v\n%s", err, s.sql)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil || len(columns) < 10 { // MySQL's default format has one, with which each test would pass
		t.Fatal(columns, err)
	}
	for rows.Next() {
		values := make([]sql.NullString, len(columns))
		pointers := make([]any, len(columns))
		for i := range values {
			pointers[i] = &values[i]
		}
		if err := rows.Scan(pointers...); err != nil {
			t.Fatal(err)
		}
		byName := map[string]string{}
		for i, name := range columns {
			byName[strings.ToLower(name)] = values[i].String
		}
		steps = append(steps, step{byName["table"], byName["type"], byName["key"], byName["extra"]})
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return steps
}

// copyRows gives each tenant up to n a copy of tenant 1's rows. Ids are unique within a tenant only.
func copyRows(t *testing.T, s *testServer, n int) {
	t.Helper()
	conn, err := s.SQL.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Raw(func(any) error { return driver.ErrBadConn }) }() // it is not used again
	exec := func(query string) {
		t.Helper()
		if _, err := conn.ExecContext(t.Context(), query); err != nil {
			t.Fatalf("%v\n%s", err, query)
		}
	}
	exec("SET foreign_key_checks = 0") // so that any order of tables fits
	for _, m := range model.Types.Models() {
		of := parseModel(t, m)
		columns := strings.ReplaceAll("`"+strings.Join(of.DBNames, "`, `")+"`", "`tenant_id`, ", "")
		for tenant := 3; tenant <= n; tenant++ {
			exec(fmt.Sprintf("INSERT INTO %s (tenant_id, %s) SELECT %d, %[2]s FROM %[1]s WHERE tenant_id = 1", of.Table, columns, tenant))
		}
		exec("ANALYZE TABLE " + of.Table)
	}
	if want := s.Count(t, "items", "tenant_id = 1"); want < 110 || s.Count(t, "items", "tenant_id = ?", n) != want {
		t.Fatalf("tenant %d does not have the %d items of tenant 1", n, want)
	}
}

// parseModel returns GORM's schema of a model.
func parseModel(t *testing.T, m any) *gormschema.Schema {
	t.Helper()
	s, err := gormschema.Parse(m, &sync.Map{}, gormschema.NamingStrategy{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}
