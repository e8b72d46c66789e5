package servertest

import (
	"context"
	"fmt"
	"strings"

	"rowhouse/graph/servertest/model"
	"rowhouse/model/tablediff"
	"rowhouse/tenancy"
)

// Snapshot copies the rows of a tenant. It returns a function that brings them back, and removes those made since.
func (l *library) Snapshot(tenant tenancy.Tenant) (restore func()) {
	tables, err := tablediff.Tables(model.Types)
	if err != nil {
		panic(err)
	}
	copies, restores := []string{}, []string{"SET foreign_key_checks = 0", "BEGIN"}
	for _, t := range tables {
		copies = append(copies, fmt.Sprintf("CREATE TABLE copied_%s AS SELECT * FROM %[1]s WHERE tenant_id = %d", t.Name, tenant.ID))
		restores = append(restores,
			fmt.Sprintf("DELETE FROM %s WHERE tenant_id = %d", t.Name, tenant.ID),
			fmt.Sprintf("INSERT INTO %s SELECT * FROM copied_%[1]s", t.Name))
	}
	l.Exec(copies...)
	return func() { l.Exec(append(restores, "COMMIT", "SET foreign_key_checks = 1")...) }
}

// LockTable blocks all other statements on a table. unlock executes statements on it, and unlocks it.
func (l *library) LockTable(table string) (unlock func(statements ...string)) {
	connection, err := l.unguarded.Conn(context.Background())
	if err != nil {
		panic(err)
	}
	exec := func(statements ...string) {
		for _, s := range statements {
			if _, err := connection.ExecContext(context.Background(), s); err != nil {
				panic(err)
			}
		}
	}
	exec("SET foreign_key_checks = 0", "LOCK TABLES "+table+" WRITE")
	return func(statements ...string) {
		exec(statements...)
		exec("UNLOCK TABLES", "SET foreign_key_checks = 1")
		_ = connection.Close()
	}
}

// HasBlocked reports whether a statement waits for a locked table.
func (l *library) HasBlocked() bool {
	rows, err := l.unguarded.QueryContext(context.Background(), "SHOW PROCESSLIST")
	if err != nil {
		panic(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		panic(err)
	}
	values, to := make([][]byte, len(columns)), make([]any, len(columns))
	for i := range to {
		to[i] = &values[i]
	}
	blocked := false
	for rows.Next() {
		if err := rows.Scan(to...); err != nil {
			panic(err)
		}
		for i, name := range columns {
			blocked = blocked || name == "State" && strings.Contains(string(values[i]), "metadata lock")
		}
	}
	if err := rows.Err(); err != nil {
		panic(err)
	}
	return blocked
}
