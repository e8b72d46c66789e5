package guard_test

import (
	"slices"
	"testing"

	"rowhouse/tenancy/guard"
)

// TestRequiredTablesAreThoseThatWHERECanBind checks Required on statements that end before WHERE.
func TestRequiredTablesAreThoseThatWHERECanBind(t *testing.T) {
	for _, test := range []struct {
		name, sql string
		want      []string
	}{
		{"a table", "SELECT * FROM `items` ", []string{"items"}},
		{"an alias", "SELECT * FROM items AS i", []string{"i"}},
		{"a hint", "SELECT * FROM items i FORCE INDEX (PRIMARY)", []string{"i"}},
		{"a list", "SELECT * FROM items i, labels", []string{"i", "labels"}},
		{"a join", "SELECT ? FROM items i JOIN labels l ON l.id = ?", []string{"i", "l"}},
		{"a join by the tenant", "SELECT ? FROM items i JOIN labels l ON l.tenant_id = i.tenant_id", []string{"i"}},
		{"a join by the tenant of a table after it", "SELECT * FROM items i JOIN labels l ON 1 JOIN notes n ON n.tenant_id = l.tenant_id AND i.tenant_id = n.tenant_id", []string{"i"}},
		{"a join with the tenant", "SELECT * FROM items i JOIN labels l ON l.tenant_id = ?", []string{"i"}},
		{"a join with the tenant for both", "SELECT * FROM items i JOIN labels l ON l.tenant_id = i.tenant_id AND i.tenant_id = 1", nil},
		{"a join by USING", "SELECT * FROM items i JOIN labels l USING (tenant_id)", []string{"i"}},
		{"a left join by the tenant", "SELECT * FROM items i LEFT JOIN labels l ON l.tenant_id = i.tenant_id", []string{"i"}},
		{"a left join that says the tenant of the other side", "SELECT * FROM items i LEFT JOIN labels l ON i.tenant_id = 1 AND l.tenant_id = i.tenant_id", []string{"i"}},
		{"an OR in ON", "SELECT * FROM items i JOIN labels l ON l.tenant_id = 1 OR l.id = 2", []string{"i", "l"}},
		{"a query in ON that is not bound", "SELECT * FROM items i JOIN labels l ON l.id IN (SELECT id FROM notes)", []string{"i", "l"}},
		{"a left join", "SELECT * FROM items i LEFT JOIN labels l ON 1", []string{"i"}},
		{"a right join", "SELECT * FROM items i RIGHT JOIN labels l ON 1", []string{"l"}},
		{"joins in a left join", "SELECT * FROM items i LEFT JOIN (labels l JOIN notes n ON 1) ON 1 JOIN comments ON 1", []string{"i", "comments"}},
		{"a derived table", "SELECT * FROM (SELECT * FROM items) i", nil},
		{"a table beside a derived one", "SELECT * FROM (SELECT * FROM items) i JOIN labels l", []string{"l"}},
		{"a shared table", "SELECT * FROM items i JOIN countries c", []string{"i"}},
		{"no table", "SELECT (SELECT 1 FROM items)", nil},
		{"an update", "UPDATE items i SET name = ?", []string{"i"}},
		{"an update of a join", "UPDATE items i LEFT JOIN labels l ON 1 SET i.name = ?", []string{"i"}},
		{"a delete", "DELETE FROM items ", []string{"items"}},
		{"a delete from a join", "DELETE i FROM items i JOIN labels l", []string{"i", "l"}},
	} {
		if got, err := guard.RequiredAliases(tables, test.sql); err != nil || !slices.Equal(got, test.want) {
			t.Errorf("%s: got %q, %v, want %q", test.name, got, err, test.want)
		}
	}
	for _, sql := range []string{
		"", "SELECT * FROM items UNION SELECT * FROM items", "INSERT INTO items (id) VALUES (1)", "SELECT * FROM tenants", "SELECT * FROM Items", "SELECT * FROM x.items",
		"SELECT * FROM items; SELECT 1", "SELECT * FROM items /*! AS i */", "SELECT * FROM", "WITH a AS (SELECT 1) (SELECT 1) AS d", "SELECT * FROM items i, labels i",
	} {
		if got, err := guard.RequiredAliases(tables, sql); err == nil || got != nil {
			t.Errorf("%s: got %q", sql, got)
		}
	}
}
