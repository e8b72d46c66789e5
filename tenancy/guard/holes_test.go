package guard_test

import (
	"fmt"
	"strings"
	"testing"

	"rowhouse/tenancy/guard"
)

// formerHoles are statements that earlier guards proved, with their effect for tenant 1 on MariaDB
// 10.11, unless another server is named.
var formerHoles = []struct{ effect, sql string }{
	{effect: "a table with the alias dual was left out: it returned all rows of all tenants", sql: "SELECT * FROM items AS `dual`"},
	{effect: "a table with the alias dual could be updated", sql: "UPDATE items AS `dual` SET text = 'x' WHERE n = 3"},
	{
		effect: "interpolation made the alias ON5, so that the inner table was not bound",
		sql: "SELECT (SELECT GROUP_CONCAT(ON5.text) FROM (items a JOIN items ON?) WHERE a.tenant_id = 1 AND " +
			"items.tenant_id = 1) FROM items WHERE items.tenant_id = 1",
	},
	{effect: "interpolation made the tenant 1e1, which is 10", sql: "INSERT INTO items (tenant_id, id) SELECT ?e1, 77"},
	{effect: "interpolation made a string of the quote after ?", sql: "SELECT ?'x' FROM items WHERE tenant_id = 1"},
	{
		effect: "TIME 1 equals a string that equals tenant 2",
		sql: "SELECT n.* FROM (SELECT SEC_TO_TIME(1) AS tenant_id) j JOIN (SELECT '2-01-01 00:00:01' AS " +
			"tenant_id UNION SELECT 'x') d ON d.tenant_id = j.tenant_id JOIN items n ON n.tenant_id = " +
			"d.tenant_id WHERE j.tenant_id = 1",
	},
	{
		effect: "YEAR 1 is stored as 2001",
		sql: "INSERT INTO items (tenant_id, id) SELECT j.tenant_id, 502 FROM JSON_TABLE('[2001]', '$[*]' " +
			"COLUMNS (tenant_id YEAR PATH '$')) j WHERE j.tenant_id = 1",
	},
	{
		effect: "rows of other tenants were locked",
		sql: "SELECT c.id FROM items c STRAIGHT_JOIN (SELECT '1' AS tenant_id UNION SELECT '1.0') x ON " +
			"c.tenant_id = x.tenant_id WHERE x.tenant_id = 1 FOR UPDATE",
	},
	{
		effect: "the error quoted another tenant's row: IN with one row uses no index",
		sql:    "UPDATE items c SET n = n WHERE c.text LIKE 'T2%' AND c.text + 0 > 1 AND (c.tenant_id, c.id) IN ((1, 1))",
	},
	{
		effect: "a row comparison uses no index either",
		sql:    "UPDATE items c SET n = n WHERE c.text + 0 > 1 AND (c.tenant_id, RAND()) = (1, 1)",
	},
	{
		effect: "IGNORE INDEX (PRIMARY) leaves no index",
		sql:    "UPDATE items c IGNORE INDEX (PRIMARY) SET n = n WHERE c.text + 0 > 1 AND c.tenant_id = 1",
	},
	{effect: "USE INDEX () leaves no index", sql: "UPDATE items c USE INDEX () SET n = n WHERE c.text + 0 > 1 AND c.tenant_id = 1"},
	{effect: "MySQL uses no index for a long list", sql: "SELECT * FROM items WHERE tenant_id IN (1, 1)"},
	{
		effect: "WITH inside a common table expression used the base table",
		sql:    "WITH tenants AS (SELECT 'cte' AS slug) SELECT slug FROM (WITH z AS (SELECT slug FROM tenants) SELECT * FROM z) d",
	},
	{
		effect: "DELETE wrote the table with the name of a common table expression",
		sql:    "WITH tenants AS (SELECT 1 AS id) DELETE FROM tenants",
	},
	{
		effect: "UPDATE wrote the table with the name of a common table expression",
		sql:    "WITH tenants AS (SELECT 1 AS id) UPDATE tenants SET id = 2",
	},
	{effect: "the parser panicked, and the pool lost a connection", sql: "WITH a AS (SELECT 1) (SELECT 1)"},
	{
		effect: "an outer join inserted a row of tenant 0",
		sql: "INSERT IGNORE INTO items (tenant_id, id) SELECT n.tenant_id, 1 FROM projects p LEFT JOIN items n " +
			"ON n.tenant_id = 1 AND n.id = -1 WHERE p.tenant_id = 1",
	},
	{
		effect: "ROLLUP inserted a row of tenant 0",
		sql: "INSERT IGNORE INTO items (tenant_id, id) SELECT n.tenant_id, 1 FROM items n WHERE n.tenant_id = 1 " +
			"GROUP BY n.tenant_id WITH ROLLUP",
	},
	{
		effect: "ROLLUP over a literal inserted a row of tenant 0",
		sql:    "INSERT IGNORE INTO items (tenant_id, id) SELECT 1, 1 FROM items n WHERE n.tenant_id = 1 GROUP BY 1 WITH ROLLUP",
	},
	{
		effect: "a chain of joins that is grouped to the right has another ON",
		sql:    "SELECT * FROM items a JOIN items b RIGHT JOIN items c ON b.tenant_id = 1 AND c.tenant_id = 1 WHERE a.tenant_id = 1",
	},
	{
		effect: "more tables than the 61 that servers join take quadratic time",
		sql:    "SELECT 1 FROM items i" + boundJoins(61) + " WHERE i.tenant_id = 1",
	},
	{
		effect: "more than 61 common table expressions take quadratic time",
		sql:    "WITH a0 AS (SELECT 1)" + strings.Repeat(", a AS (SELECT 1)", 61) + " SELECT 1",
	},
	{effect: "MySQL 9 reads $$ as quotes", sql: "SELECT $$a$$"},
	{effect: "an argument ended a comment that the driver took as ended", sql: "SELECT /*/ ? ' */ ? /* ' */"},
	{effect: "the same comment before the statement", sql: "/*/ ? \" */ SELECT ? /* \" */"},
	{
		effect: "a subquery bound by the outer query ran for all tenants",
		sql: "SELECT COUNT(*) FROM items i WHERE i.tenant_id = 1 AND NOT EXISTS (SELECT 1 FROM labels c WHERE " +
			"c.tenant_id = i.tenant_id AND EXP(IF(c.text LIKE 'T2%', 1000, 1)) > 9)",
	},
	{
		effect: "the errors of such a subquery quoted rows of other tenants",
		sql: "UPDATE items i SET n = n WHERE i.tenant_id = 1 AND NOT EXISTS (SELECT 1 FROM labels c WHERE " +
			"c.tenant_id = i.tenant_id AND IF(c.text LIKE 'T2%', c.text, '1') + 0 > 1)",
	},
	{
		effect: "such a subquery locked rows of other tenants",
		sql: "SELECT 1 FROM items i WHERE i.tenant_id = 1 AND NOT EXISTS (SELECT 1 FROM labels c WHERE " +
			"c.tenant_id = i.tenant_id FOR UPDATE)",
	},
	{effect: "the server crashed on 450 sums of decimals", sql: "SELECT 1.5" + strings.Repeat(" + 1.5", 201)},
	{
		effect: "the server crashed on sums of decimals in subqueries",
		sql:    "SELECT 1" + strings.Repeat(" + (SELECT 1.5"+strings.Repeat(" + 1.5", 50), 5) + ")))))",
	},
	{
		effect: "each NULLIF inside NULLIF doubled the time",
		sql:    "SELECT " + strings.Repeat("NULLIF(", 11) + "1" + strings.Repeat(", 1)", 11),
	},
	{effect: "REPLACE in a long string could not be killed", sql: "SELECT LENGTH(REPLACE(REPEAT('a', 1000000), 'a', 'bb'))"},
	{
		effect: "a string with its length in an argument could not be killed",
		sql:    "SELECT REPEAT('a', ?) LIKE CONCAT('%', SPACE(?), 'b%')",
	},
	{effect: "SPACE of an argument could not be killed", sql: "SELECT SPACE(?)"},
	{effect: "LPAD without a length", sql: "SELECT LPAD('a')"},
	{effect: "LPAD with a sum as its length", sql: "SELECT LPAD('a', 999 + 999, 'b')"},
	{effect: "each subquery takes 200 kB", sql: "SELECT 1" + strings.Repeat(", (SELECT 1)", 201)},
	{effect: "each common table expression doubled the memory", sql: doublingWith(8)},
	{effect: "a common table expression counts at each use", sql: "WITH a AS (SELECT 1 AS n)" + unionOf(201, "SELECT n FROM a")},
	{
		effect: "the tables of a common table expression count at each use",
		sql: "WITH a AS (SELECT 1 AS n FROM items i JOIN labels l ON l.tenant_id = i.tenant_id WHERE " +
			"i.tenant_id = 1)" + unionOf(67, "SELECT n FROM a"),
	},
	{
		effect: "USING merged tenant_id: a row of tenant 0 was inserted",
		sql: "INSERT IGNORE INTO items (tenant_id, id) SELECT items.tenant_id, 77 FROM (SELECT ? AS tenant_id, " +
			"-5 AS id) j LEFT JOIN items USING (tenant_id, id) WHERE tenant_id = ?",
	},
	{
		effect: "an aggregate over no rows inserted a row of tenant 0 (MySQL)",
		sql: "INSERT IGNORE INTO items (tenant_id, id) SELECT i.tenant_id, COUNT(*) FROM labels i WHERE " +
			"i.tenant_id = 1 AND i.id = -9",
	},
	{
		effect: "a column OF was removed as that of a lock: a row of another tenant was inserted",
		sql:    "INSERT INTO items (text, tenant_id, id) SELECT SUBSTRING('stolen' FROM 1 FOR -of), (2), 1 FROM (SELECT -6 AS `of`) d",
	},
	{
		effect: "the list of names of a lock included a parenthesis",
		sql:    "SELECT 1 FROM items i WHERE i.tenant_id = 1 FOR UPDATE OF i, (",
	},
	{
		effect: "MySQL read the option SQL_CACHE as a column: a row of tenant 2 was inserted",
		sql: "INSERT INTO items (tenant_id, id) SELECT SQL_CACHE tenant_id, 77 FROM (SELECT 2 AS `SQL_CACHE`) d " +
			"JOIN labels l ON l.tenant_id = 1",
	},
	{effect: "a blank before the parenthesis called a stored function, which read all tenants", sql: "SELECT MID ('abc', 2)"},
	{effect: "a name in quotes called a stored function, which read all tenants", sql: "SELECT `left`('abc', 2)"},
	{
		effect: "MySQL 9.7.4 crashed on ROLLUP with a recursive query, in some plans",
		sql: "WITH RECURSIVE y (n) AS (SELECT 1 UNION SELECT n + 1 FROM y WHERE n < 3) SELECT n FROM y EXCEPT " +
			"SELECT COUNT(*) FROM y d WHERE (d.n, 1) IN (SELECT n, 2 FROM y) GROUP BY d.n WITH ROLLUP",
	},
}

// unionOf returns a UNION of n arms.
func unionOf(n int, arm string) string { return " " + arm + strings.Repeat(" UNION ALL "+arm, n-1) }

// doublingWith returns a WITH of n common table expressions, each of which joins the one before with
// itself.
func doublingWith(n int) string {
	all := "WITH a0 AS (SELECT 1 AS x)"
	for i := range n {
		all += fmt.Sprintf(", a%d AS (SELECT a.x FROM a%d a JOIN a%[2]d b ON b.x = a.x)", i+1, i)
	}
	return all + fmt.Sprintf(" SELECT * FROM a%d", n)
}

func TestFormerHolesAreRefused(t *testing.T) {
	for _, h := range formerHoles {
		if _, err := guard.Prove(tables, h.sql); err == nil {
			t.Errorf("%s: %s", h.effect, h.sql)
		}
	}
}

func TestStatementsAtTheLimitsAreProved(t *testing.T) {
	for _, sql := range []string{
		"SELECT 1 FROM items i" + boundJoins(60) + " WHERE i.tenant_id = 1",
		"SELECT 1.5" + strings.Repeat(" + 1.5", 200),
		"SELECT " + strings.Repeat("NULLIF(", 10) + "1" + strings.Repeat(", 1)", 10),
		"SELECT 1" + strings.Repeat(", (SELECT 1)", 200),
		doublingWith(5),
		"WITH a AS (SELECT 1 AS n)" + unionOf(200, "SELECT n FROM a"),
		"WITH a AS (SELECT 1 AS n FROM items i JOIN labels l ON l.tenant_id = i.tenant_id WHERE i.tenant_id = 1)" +
			unionOf(66, "SELECT n FROM a"),
		"SELECT" + strings.Repeat(" LENGTH(1),", 20) + " 1",
		"SELECT LPAD('a', 1000, '0'), RPAD('a', 5, ' '), REPEAT('a', 3), SPACE(1)",
	} {
		if _, err := guard.Prove(tables, sql); err != nil {
			t.Error(sql, err)
		}
	}
}

// boundJoins returns n joins with bound tables.
func boundJoins(n int) string {
	var all strings.Builder
	for i := range n {
		fmt.Fprintf(&all, " JOIN projects p%d ON p%d.tenant_id = 1", i, i)
	}
	return all.String()
}

// counterexamples are statements that generated tests found, and statements that a less careful
// guard would prove. They use the generated tables.
var counterexamples = []statement{
	// MariaDB takes the inner w for the table.
	{sql: "WITH w AS (SELECT 'mine' AS txt) SELECT (WITH a AS (SELECT txt FROM w) SELECT MAX(txt) FROM a)"},
	{sql: "WITH w AS (SELECT 'mine' AS txt) SELECT * FROM (WITH a AS (SELECT txt FROM w) SELECT txt FROM a) b"},
	// INSERT IGNORE writes NULL as 0: a row of tenant 0.
	{
		sql: "INSERT IGNORE INTO codes (tenant_id, id, n) SELECT a.tenant_id, 9, 9 FROM boxes b LEFT JOIN parts " +
			"a ON a.tenant_id = 1 AND a.id = -1 WHERE b.tenant_id = 1",
	},
	// The parser panicked.
	{sql: "WITH a AS (SELECT 1) (SELECT 1) AS d"},
	// MariaDB 10.11 writes the values in its buffer, which are of the last row read: tenant 2's.
	{
		sql: "UPDATE codes SET txt = txt WHERE tenant_id = 1 AND ref IN (SELECT codes.ref FROM things LEFT JOIN " +
			"codes c ON c.tenant_id = 1 WHERE things.tenant_id = 1) ORDER BY id",
		write: true,
	},
	// MariaDB 10.11 crashes.
	{
		sql: "SELECT 1 FROM things d WHERE EXISTS (WITH w AS (SELECT c.ref FROM things c JOIN things b ON " +
			"c.tenant_id = d.tenant_id AND b.tenant_id = 1) SELECT a.txt FROM parts a WHERE a.tenant_id = 1) " +
			"AND d.tenant_id = 1",
	},

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
		if findRefusal(t, c.sql) == "" && checkForTenant1(c) == nil {
			t.Errorf("accepted: %s %v", c.sql, c.args)
		}
	}
}
