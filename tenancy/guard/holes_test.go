package guard_test

import (
	"fmt"
	"strings"
	"testing"

	"rowhouse/tenancy/guard"
)

// holes are statements that a guard let through, with what they did on MariaDB 10.11
// when they ran as tenant 1, unless another server is named.
var holes = []struct{ name, sql string }{
	{"a table called dual was no table: all rows of all tenants", "SELECT * FROM items AS `dual`"},
	{"and could be changed", "UPDATE items AS `dual` SET text = 'x' WHERE n = 3"},
	{"interpolation made the alias ON5: the inner table was not bound", "SELECT (SELECT GROUP_CONCAT(ON5.text) FROM (items a JOIN items ON?) WHERE a.tenant_id = 1 AND items.tenant_id = 1) FROM items WHERE items.tenant_id = 1"},
	{"interpolation made the tenant 1e1, which is 10", "INSERT INTO items (tenant_id, id) SELECT ?e1, 77"},
	{"interpolation made a text: what follows ? began as a quote", "SELECT ?'x' FROM items WHERE tenant_id = 1"},
	{"TIME 1 equals a text that equals tenant 2", "SELECT n.* FROM (SELECT SEC_TO_TIME(1) AS tenant_id) j JOIN (SELECT '2-01-01 00:00:01' AS tenant_id UNION SELECT 'x') d ON d.tenant_id = j.tenant_id JOIN items n ON n.tenant_id = d.tenant_id WHERE j.tenant_id = 1"},
	{"YEAR 1 is stored as 2001", "INSERT INTO items (tenant_id, id) SELECT j.tenant_id, 502 FROM JSON_TABLE('[2001]', '$[*]' COLUMNS (tenant_id YEAR PATH '$')) j WHERE j.tenant_id = 1"},
	{"rows of neighbours were locked", "SELECT c.id FROM items c STRAIGHT_JOIN (SELECT '1' AS tenant_id UNION SELECT '1.0') x ON c.tenant_id = x.tenant_id WHERE x.tenant_id = 1 FOR UPDATE"},
	{"the error quoted a neighbour's text: no index for a row of one", "UPDATE items c SET n = n WHERE c.text LIKE 'T2%' AND c.text + 0 > 1 AND (c.tenant_id, c.id) IN ((1, 1))"},
	{"nor for a row comparison", "UPDATE items c SET n = n WHERE c.text + 0 > 1 AND (c.tenant_id, RAND()) = (1, 1)"},
	{"nor where it is to be ignored", "UPDATE items c IGNORE INDEX (PRIMARY) SET n = n WHERE c.text + 0 > 1 AND c.tenant_id = 1"},
	{"nor where none is to be used", "UPDATE items c USE INDEX () SET n = n WHERE c.text + 0 > 1 AND c.tenant_id = 1"},
	{"a long list gives up the index (MySQL)", "SELECT * FROM items WHERE tenant_id IN (1, 1)"},
	{"WITH inside a part of WITH saw the base table", "WITH tenants AS (SELECT 'cte' AS slug) SELECT slug FROM (WITH z AS (SELECT slug FROM tenants) SELECT * FROM z) d"},
	{"the table of a name, not the expression, could be deleted from", "WITH tenants AS (SELECT 1 AS id) DELETE FROM tenants"},
	{"or updated", "WITH tenants AS (SELECT 1 AS id) UPDATE tenants SET id = 2"},
	{"the parser panicked, and the pool lost a connection", "WITH a AS (SELECT 1) (SELECT 1)"},
	{"a row for tenant 0, by an outer join", "INSERT IGNORE INTO items (tenant_id, id) SELECT n.tenant_id, 1 FROM projects p LEFT JOIN items n ON n.tenant_id = 1 AND n.id = -1 WHERE p.tenant_id = 1"},
	{"by ROLLUP", "INSERT IGNORE INTO items (tenant_id, id) SELECT n.tenant_id, 1 FROM items n WHERE n.tenant_id = 1 GROUP BY n.tenant_id WITH ROLLUP"},
	{"by ROLLUP over a number", "INSERT IGNORE INTO items (tenant_id, id) SELECT 1, 1 FROM items n WHERE n.tenant_id = 1 GROUP BY 1 WITH ROLLUP"},
	{"a chain of joins grouped to the right has another ON", "SELECT * FROM items a JOIN items b RIGHT JOIN items c ON b.tenant_id = 1 AND c.tenant_id = 1 WHERE a.tenant_id = 1"},
	{"quadratic time: 61 tables are what servers join", "SELECT 1 FROM items i" + joins(61) + " WHERE i.tenant_id = 1"},
	{"and as many expressions", "WITH a0 AS (SELECT 1)" + strings.Repeat(", a AS (SELECT 1)", 61) + " SELECT 1"},
	{"quotes in dollars (MySQL 9)", "SELECT $$a$$"},
}

func TestHolesStayClosed(t *testing.T) {
	for _, h := range holes {
		if _, err := guard.Prove(tables, h.sql); err == nil {
			t.Errorf("%s: %s", h.name, h.sql)
		}
	}
	if _, err := guard.Prove(tables, "SELECT 1 FROM items i"+joins(60)+" WHERE i.tenant_id = 1"); err != nil {
		t.Error(err)
	}
}

// joins returns n joins of tables that are bound.
func joins(n int) string {
	var all strings.Builder
	for i := range n {
		fmt.Fprintf(&all, " JOIN projects p%d ON p%d.tenant_id = 1", i, i)
	}
	return all.String()
}
