package guard_test

import (
	"slices"
	"testing"

	"rowhouse/tenancy/guard"
)

// TestRequiredAliasesAreThoseOfTablesThatNoOnBinds checks statements that end before their WHERE.
func TestRequiredAliasesAreThoseOfTablesThatNoOnBinds(t *testing.T) {
	for _, test := range []struct {
		name, sql string
		want      []string
	}{
		{
			name: "a table",
			sql:  "SELECT * FROM `items` ",
			want: []string{"items"},
		},
		{
			name: "a table with an alias",
			sql:  "SELECT * FROM items AS i",
			want: []string{"i"},
		},
		{
			name: "an index hint",
			sql:  "SELECT * FROM items i FORCE INDEX (PRIMARY)",
			want: []string{"i"},
		},
		{
			name: "a list of tables",
			sql:  "SELECT * FROM items i, labels",
			want: []string{"i", "labels"},
		},
		{
			name: "a join",
			sql:  "SELECT ? FROM items i JOIN labels l ON l.id = ?",
			want: []string{"i", "l"},
		},
		{
			name: "a join by the tenant",
			sql:  "SELECT ? FROM items i JOIN labels l ON l.tenant_id = i.tenant_id",
			want: []string{"i"},
		},
		{
			name: "a join by the tenant of a later table",
			sql:  "SELECT * FROM items i JOIN labels l ON 1 JOIN notes n ON n.tenant_id = l.tenant_id AND i.tenant_id = n.tenant_id",
			want: []string{"i"},
		},
		{
			name: "a join by a constant",
			sql:  "SELECT * FROM items i JOIN labels l ON l.tenant_id = ?",
			want: []string{"i"},
		},
		{
			name: "a join by a constant for both",
			sql:  "SELECT * FROM items i JOIN labels l ON l.tenant_id = i.tenant_id AND i.tenant_id = 1",
		},
		{
			name: "a join by USING",
			sql:  "SELECT * FROM items i JOIN labels l USING (tenant_id)",
			want: []string{"i"},
		},
		{
			name: "a left join by the tenant",
			sql:  "SELECT * FROM items i LEFT JOIN labels l ON l.tenant_id = i.tenant_id",
			want: []string{"i"},
		},
		{
			name: "a left join that compares the tenant of the other side",
			sql:  "SELECT * FROM items i LEFT JOIN labels l ON i.tenant_id = 1 AND l.tenant_id = i.tenant_id",
			want: []string{"i"},
		},
		{
			name: "an OR in ON",
			sql:  "SELECT * FROM items i JOIN labels l ON l.tenant_id = 1 OR l.id = 2",
			want: []string{"i", "l"},
		},
		{
			name: "an unbound query in ON",
			sql:  "SELECT * FROM items i JOIN labels l ON l.id IN (SELECT id FROM notes)",
			want: []string{"i", "l"},
		},
		{
			name: "a left join",
			sql:  "SELECT * FROM items i LEFT JOIN labels l ON 1",
			want: []string{"i"},
		},
		{
			name: "a right join",
			sql:  "SELECT * FROM items i RIGHT JOIN labels l ON 1",
			want: []string{"l"},
		},
		{
			name: "joins in a left join",
			sql:  "SELECT * FROM items i LEFT JOIN (labels l JOIN notes n ON 1) ON 1 JOIN comments ON 1",
			want: []string{"i", "comments"},
		},
		{name: "a derived table", sql: "SELECT * FROM (SELECT * FROM items) i"},
		{
			name: "a table joined to a derived table",
			sql:  "SELECT * FROM (SELECT * FROM items) i JOIN labels l",
			want: []string{"l"},
		},
		{
			name: "a shared table",
			sql:  "SELECT * FROM items i JOIN countries c",
			want: []string{"i"},
		},
		{name: "no table", sql: "SELECT (SELECT 1 FROM items)"},
		{
			name: "an update",
			sql:  "UPDATE items i SET name = ?",
			want: []string{"i"},
		},
		{
			name: "an update of a join",
			sql:  "UPDATE items i LEFT JOIN labels l ON 1 SET i.name = ?",
			want: []string{"i"},
		},
		{
			name: "a delete",
			sql:  "DELETE FROM items ",
			want: []string{"items"},
		},
		{
			name: "a delete from a join",
			sql:  "DELETE i FROM items i JOIN labels l",
			want: []string{"i", "l"},
		},
	} {
		if got, err := guard.RequiredAliases(tables, test.sql); err != nil || !slices.Equal(got, test.want) {
			t.Errorf("%s: got %q, %v, want %q", test.name, got, err, test.want)
		}
	}
}

func TestRequiredAliasesFailsWhereProveRefusesATable(t *testing.T) {
	const empty = "the statement is empty"
	if _, err := guard.RequiredAliases(tables, ""); err == nil || err.Error() != empty {
		t.Errorf("an empty statement: got %v, want %s", err, empty)
	}
	for _, sql := range []string{
		"SELECT * FROM items UNION SELECT * FROM items",
		"INSERT INTO items (id) VALUES (1)",
		"SELECT * FROM tenants",
		"SELECT * FROM Items",
		"SELECT * FROM x.items",
		"SELECT * FROM items; SELECT 1",
		"SELECT * FROM items /*! AS i */",
		"SELECT * FROM",
		"WITH a AS (SELECT 1) (SELECT 1) AS d",
		"SELECT * FROM items i, labels i",
	} {
		if got, err := guard.RequiredAliases(tables, sql); err == nil || got != nil {
			t.Errorf("%s: got %q", sql, got)
		}
	}
}
