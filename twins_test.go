package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"rowhouse/model"
	"rowhouse/model/dbtest"
	"rowhouse/model/relay"
)

// twins is a server whose tenants have the same rows with the same ids, of each registered type. A statement
// without the tenant's condition finds or changes both.
type twins struct {
	*testServer
	tables map[string][]string // the columns of each table of tenants
	copied relay.ID            // greater than the ids of the rows that both tenants have, and smaller than those of later rows
}

// newTwins fills acme, and copies its rows to globex.
func newTwins(t *testing.T) *twins {
	t.Helper()
	w := &twins{testServer: newTestServer(t), tables: map[string][]string{}}
	dbtest.FillEmptyTables(w.Acme, t, w.Database)
	w.copyTenant(t)
	return w
}

// copyTenant copies the rows of acme to globex.
func (w *twins) copyTenant(t *testing.T) {
	t.Helper()
	w.copied = relay.NewID()
	rows, err := w.SQL.QueryContext(t.Context(), `SELECT c.table_name, c.column_name FROM information_schema.columns c
		JOIN information_schema.columns tenant ON tenant.table_schema = c.table_schema AND tenant.table_name = c.table_name
		WHERE c.table_schema = DATABASE() AND tenant.column_name = 'tenant_id' AND c.column_name <> 'tenant_id'
		ORDER BY c.table_name, c.ordinal_position`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var table, column string
		if err := rows.Scan(&table, &column); err != nil {
			t.Fatal(err)
		}
		w.tables[table] = append(w.tables[table], "`"+column+"`")
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	conn, err := w.SQL.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	statements := []string{"SET SESSION foreign_key_checks = 0"} // the tables come in no order
	for table, columns := range w.tables {
		names := strings.Join(columns, ", ")
		statements = append(statements,
			fmt.Sprintf("INSERT INTO %s (tenant_id, %s) SELECT 2, %[2]s FROM %[1]s WHERE tenant_id = 1", table, names))
	}
	for _, statement := range append(statements, "SET SESSION foreign_key_checks = 1") {
		if _, err := conn.ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%v\n%s", err, statement)
		}
	}
}

// removeOne deletes a row of each type in acme, and returns the global ids by type. Only globex has these rows. They
// are rows to which no others refer, if there are such, or else lose optional references.
func (w *twins) removeOne(t *testing.T) map[string]string {
	t.Helper()
	removed := map[string]string{}
	for _, of := range slices.Backward(model.Types.All()) {
		rows := w.findRows(t, of, "TRUE")
		slices.Reverse(rows)
		i := max(slices.IndexFunc(rows, func(row any) bool { return len(w.findReferences(t, of, idOf(row))) == 0 }), 0)
		for _, r := range w.findReferences(t, of, idOf(rows[i])) {
			w.exec(t, fmt.Sprintf("UPDATE %s SET %s = NULL WHERE tenant_id = 1 AND %[2]s = ?", r.table, r.column), idOf(rows[i]))
		}
		w.exec(t, fmt.Sprintf("DELETE FROM %s WHERE tenant_id = 1 AND id = ?", of.Schema().Table), idOf(rows[i]))
		removed[of.Name()] = globalID(rows[i])
	}
	return removed
}

// reference is a column that refers to a row.
type reference struct{ table, column string }

// findReferences returns the columns in which rows of acme refer to a row. Links do not count.
func (w *twins) findReferences(t *testing.T, of relay.AnyType, id relay.ID) (found []reference) {
	t.Helper()
	for _, other := range model.Types.All() {
		for _, r := range other.Relations() {
			table := other.Schema().Table
			if !r.Many && r.Target == of.Name() && w.Count(t, table, "tenant_id = 1 AND "+r.Column+" = ?", id[:]) > 0 {
				found = append(found, reference{table, r.Column})
			}
		}
	}
	return found
}

// findRows returns the rows of acme that match a condition, the newest first.
func (w *twins) findRows(t *testing.T, of relay.AnyType, condition string, args ...any) []any {
	t.Helper()
	return w.findRowsOf(w.Acme, t, of, condition, args...)
}

// findRowsOf returns rows of the tenant of ctx, as findRows does.
func (w *twins) findRowsOf(ctx context.Context, t *testing.T, of relay.AnyType, condition string, args ...any) (found []any) {
	t.Helper()
	rows := of.Schema().MakeSlice()
	if err := w.For(ctx).Where(condition, args...).Order("id DESC").Find(rows.Interface()).Error; err != nil {
		t.Fatal(err)
	}
	for i := range rows.Elem().Len() {
		found = append(found, rows.Elem().Index(i).Interface())
	}
	return found
}

// readState returns a checksum of the rows of each table of a tenant.
func (w *twins) readState(t *testing.T, tenant int) map[string]string {
	t.Helper()
	var arms []string
	for table, columns := range w.tables {
		values := make([]string, len(columns))
		for i, c := range columns {
			values[i] = "COALESCE(HEX(" + c + "), '-')"
		}
		arms = append(arms, fmt.Sprintf("SELECT '%s', CONCAT(COUNT(*), ' rows, ', COALESCE(SUM(CRC32(CONCAT_WS(',', %s))), 0)) "+
			"FROM %[1]s WHERE tenant_id = %[3]d", table, strings.Join(values, ", "), tenant))
	}
	rows, err := w.SQL.QueryContext(t.Context(), strings.Join(arms, " UNION ALL "))
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	state := map[string]string{}
	for rows.Next() {
		var table, sum string
		if err := rows.Scan(&table, &sum); err != nil {
			t.Fatal(err)
		}
		state[table] = sum
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return state
}

// checkUnchanged fails if the rows of a tenant have changed since a state.
func (w *twins) checkUnchanged(t *testing.T, tenant int, before map[string]string, document string) {
	t.Helper()
	if after := w.readState(t, tenant); !maps.Equal(before, after) {
		t.Errorf("%s changed the rows of tenant %d:\n%v\n%v", document, tenant, before, after)
	}
}

// exec runs a statement without the guard.
func (w *twins) exec(t *testing.T, statement string, args ...any) {
	t.Helper()
	if _, err := w.SQL.ExecContext(t.Context(), statement, args...); err != nil {
		t.Fatalf("%v\n%s", err, statement)
	}
}

// contextOf returns the context of a tenant.
func (w *twins) contextOf(tenant string) context.Context {
	if tenant == "globex" {
		return w.Globex
	}
	return w.Acme
}
