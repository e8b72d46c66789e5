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
	{"a comment that ends at once for the driver: the argument ended it for the server, and was SQL", "SELECT /*/ ? ' */ ? /* ' */"},
	{"before the statement as well", "/*/ ? \" */ SELECT ? /* \" */"},
	{"a subquery for the tenant of a table around it ran for all tenants: its errors told of them", "SELECT COUNT(*) FROM items i WHERE i.tenant_id = 1 AND NOT EXISTS (SELECT 1 FROM labels c WHERE c.tenant_id = i.tenant_id AND EXP(IF(c.text LIKE 'T2%', 1000, 1)) > 9)"},
	{"or quoted them", "UPDATE items i SET n = n WHERE i.tenant_id = 1 AND NOT EXISTS (SELECT 1 FROM labels c WHERE c.tenant_id = i.tenant_id AND IF(c.text LIKE 'T2%', c.text, '1') + 0 > 1)"},
	{"or locked their rows", "SELECT 1 FROM items i WHERE i.tenant_id = 1 AND NOT EXISTS (SELECT 1 FROM labels c WHERE c.tenant_id = i.tenant_id FOR UPDATE)"},
	{"the server crashed on 450 sums of decimals", "SELECT 1.5" + strings.Repeat(" + 1.5", 201)},
	{"in subqueries, too", "SELECT 1" + strings.Repeat(" + (SELECT 1.5"+strings.Repeat(" + 1.5", 50), 5) + ")))))"},
	{"NULLIF in NULLIF took twice the time, each", "SELECT " + strings.Repeat("NULLIF(", 11) + "1" + strings.Repeat(", 1)", 11)},
	{"no bound of time stopped REPLACE in a long text", "SELECT LENGTH(REPLACE(REPEAT('a', 1000000), 'a', 'bb'))"},
	{"nor when an argument said how long", "SELECT REPEAT('a', ?) LIKE CONCAT('%', SPACE(?), 'b%')"},
	{"nor the first argument", "SELECT SPACE(?)"},
	{"nor nothing", "SELECT LPAD('a')"},
	{"nor a sum", "SELECT LPAD('a', 999 + 999, 'b')"},
	{"200 kB for each subquery", "SELECT 1" + strings.Repeat(", (SELECT 1)", 201)},
	{"twice the memory for each part of WITH", doubled(8)},
	{"a table of WITH counts as often as it is used", "WITH a AS (SELECT 1 AS n)" + arms(201, "SELECT n FROM a")},
	{"with the tables in it", "WITH a AS (SELECT 1 AS n FROM items i JOIN labels l ON l.tenant_id = i.tenant_id WHERE i.tenant_id = 1)" + arms(67, "SELECT n FROM a")},
	{"a row for tenant 0, where USING made another column of the name", "INSERT IGNORE INTO items (tenant_id, id) SELECT items.tenant_id, 77 FROM (SELECT ? AS tenant_id, -5 AS id) j LEFT JOIN items USING (tenant_id, id) WHERE tenant_id = ?"},
	{"a row for tenant 0, as the total of no rows (MySQL)", "INSERT IGNORE INTO items (tenant_id, id) SELECT i.tenant_id, COUNT(*) FROM labels i WHERE i.tenant_id = 1 AND i.id = -9"},
	{"OF was left out as a lock's where it was a column: the parser's second column was the server's third, and the row another tenant's", "INSERT INTO items (text, tenant_id, id) SELECT SUBSTRING('stolen' FROM 1 FOR -of), (2), 1 FROM (SELECT -6 AS `of`) d"},
	{"a lock's list of names took in what is no name", "SELECT 1 FROM items i WHERE i.tenant_id = 1 FOR UPDATE OF i, ("},
	{"MySQL 9.7.4 ended, of a recursive table and ROLLUP in some plans", "WITH RECURSIVE y (n) AS (SELECT 1 UNION SELECT n + 1 FROM y WHERE n < 3) SELECT n FROM y EXCEPT SELECT COUNT(*) FROM y d WHERE (d.n, 1) IN (SELECT n, 2 FROM y) GROUP BY d.n WITH ROLLUP"},
}

// arms is a UNION of so many.
func arms(n int, arm string) string { return " " + arm + strings.Repeat(" UNION ALL "+arm, n-1) }

// doubled is a WITH of so many parts, each of which joins the one before with itself.
func doubled(n int) string {
	all := "WITH a0 AS (SELECT 1 AS x)"
	for i := range n {
		all += fmt.Sprintf(", a%d AS (SELECT a.x FROM a%d a JOIN a%[2]d b ON b.x = a.x)", i+1, i)
	}
	return all + fmt.Sprintf(" SELECT * FROM a%d", n)
}

func TestHolesStayClosed(t *testing.T) {
	for _, h := range holes {
		if _, err := guard.Prove(tables, h.sql); err == nil {
			t.Errorf("%s: %s", h.name, h.sql)
		}
	}
	for _, sql := range []string{
		"SELECT 1 FROM items i" + joins(60) + " WHERE i.tenant_id = 1",
		"SELECT 1.5" + strings.Repeat(" + 1.5", 200),
		"SELECT " + strings.Repeat("NULLIF(", 10) + "1" + strings.Repeat(", 1)", 10),
		"SELECT 1" + strings.Repeat(", (SELECT 1)", 200),
		doubled(5),
		"WITH a AS (SELECT 1 AS n)" + arms(200, "SELECT n FROM a"),
		"WITH a AS (SELECT 1 AS n FROM items i JOIN labels l ON l.tenant_id = i.tenant_id WHERE i.tenant_id = 1)" + arms(66, "SELECT n FROM a"),
		"SELECT" + strings.Repeat(" LENGTH(1),", 20) + " 1",
		"SELECT LPAD('a', 1000, '0'), RPAD('a', 5, ' '), REPEAT('a', 3), SPACE(1)",
	} {
		if _, err := guard.Prove(tables, sql); err != nil {
			t.Error(sql, err)
		}
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

// counterexamples are what the fuzzer found, and what would get past a more careless
// guard, over the fuzzer's tables.
var counterexamples = []statement{
	// MariaDB takes the inner w for the table.
	{sql: "WITH w AS (SELECT 'mine' AS txt) SELECT (WITH a AS (SELECT txt FROM w) SELECT MAX(txt) FROM a)"},
	{sql: "WITH w AS (SELECT 'mine' AS txt) SELECT * FROM (WITH a AS (SELECT txt FROM w) SELECT txt FROM a) b"},
	// A row of no tenant: IGNORE makes the NULL a 0.
	{sql: "INSERT IGNORE INTO codes (tenant_id, id, n) SELECT a.tenant_id, 9, 9 FROM boxes b LEFT JOIN parts a ON a.tenant_id = 1 AND a.id = -1 WHERE b.tenant_id = 1"},
	// The parser panicked.
	{sql: "WITH a AS (SELECT 1) (SELECT 1) AS d"},
	// MariaDB 10.11 writes what its buffer holds of the row that it read last, tenant 2's.
	{sql: "UPDATE codes SET txt = txt WHERE tenant_id = 1 AND ref IN (SELECT codes.ref FROM things LEFT JOIN codes c ON c.tenant_id = 1 WHERE things.tenant_id = 1) ORDER BY id", write: true},
	// MariaDB 10.11 dies, for all tenants.
	{sql: "SELECT 1 FROM things d WHERE EXISTS (WITH w AS (SELECT c.ref FROM things c JOIN things b ON c.tenant_id = d.tenant_id AND b.tenant_id = 1) SELECT a.txt FROM parts a WHERE a.tenant_id = 1) AND d.tenant_id = 1"},

	{sql: "SELECT * FROM boxes WHERE tenant_id = ? OR n > ?", args: []any{int64(1), int64(0)}},
	{sql: "SELECT * FROM boxes WHERE tenant_id = ?", args: []any{int64(2)}},
	{sql: "SELECT * FROM boxes WHERE tenant_id = ?", args: []any{"1"}},
	{sql: "SELECT * FROM boxes WHERE tenant_id IN (1, 2)"},
	{sql: "SELECT * FROM boxes WHERE tenant_id = 1 IS NOT NULL"},
	{sql: "SELECT * FROM boxes WHERE 1 = tenant_id = 1"},
	{sql: "SELECT * FROM boxes WHERE n BETWEEN 0 AND tenant_id = 1"},
	{sql: "SELECT * FROM boxes WHERE 'it\\'s' <> ' AND tenant_id = 1 -- '"},
	{sql: "SELECT * FROM boxes a LEFT JOIN things b ON a.tenant_id = 1 AND b.tenant_id = 1"},
	{sql: "SELECT * FROM boxes a LEFT JOIN things b ON a.tenant_id = 1 AND b.tenant_id = a.tenant_id"},
	{sql: "SELECT * FROM boxes a JOIN (SELECT 2 AS tenant_id) b ON a.tenant_id = b.tenant_id"},
	{sql: "SELECT * FROM boxes a WHERE a.tenant_id = 1 AND EXISTS (SELECT 1 FROM things a WHERE a.tenant_id = a.tenant_id)"},
	{sql: "SELECT * FROM boxes WHERE tenant_id = 1 UNION SELECT * FROM boxes"},
	{sql: "INSERT INTO boxes (tenant_id, id, n) SELECT b.tenant_id, 9, 9 FROM (SELECT 2 AS tenant_id) b"},
	{sql: "REPLACE INTO codes (tenant_id, id, n) VALUES (1, 7000000001, 9)"},
	{sql: "UPDATE boxes SET tenant_id = 2 WHERE tenant_id = 1"},
	{sql: "DELETE b FROM boxes a JOIN things b ON b.ref = a.id WHERE a.tenant_id = 1"},
}

func TestCounterexamplesAreRefused(t *testing.T) {
	for _, c := range counterexamples {
		if verdict(t, c.sql) == "" && accepts(c) == nil {
			t.Errorf("accepted: %s %v", c.sql, c.args)
		}
	}
}
