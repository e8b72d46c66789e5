package guard_test

import (
	"testing"

	"rowhouse/tenancy/guard"
)

func TestStatementsOfTheSystemScopeAreClassified(t *testing.T) {
	for _, test := range []struct {
		sql                                     string
		onlyRows, keepsTransaction, returnsRows bool
	}{
		{
			sql:              "SELECT 1",
			onlyRows:         true,
			keepsTransaction: true,
			returnsRows:      true,
		},
		{
			sql:              "  /* a comment */ select name FROM items",
			onlyRows:         true,
			keepsTransaction: true,
			returnsRows:      true,
		},
		{
			sql:              "(SELECT 1) UNION ALL (SELECT 2)",
			onlyRows:         true,
			keepsTransaction: true,
			returnsRows:      true,
		},
		{
			sql:              "WITH a AS (SELECT 1) SELECT * FROM a",
			onlyRows:         true,
			keepsTransaction: true,
			returnsRows:      true,
		},
		{
			sql:              "WITH a AS (SELECT id FROM items) UPDATE items SET name = 'x' WHERE id IN (SELECT id FROM a)",
			onlyRows:         true,
			keepsTransaction: true,
		},
		{
			sql:              "INSERT INTO items (tenant_id, name) VALUES (1, 'RETURNING')",
			onlyRows:         true,
			keepsTransaction: true,
		},
		{
			sql:              "UPDATE items SET `returning` = 'returning' WHERE id = 1 -- RETURNING",
			onlyRows:         true,
			keepsTransaction: true,
		},
		{
			sql:              "REPLACE INTO items (tenant_id, id) VALUES (1, 1)",
			onlyRows:         true,
			keepsTransaction: true,
		},
		{
			sql:              "DELETE FROM items WHERE id = ?",
			onlyRows:         true,
			keepsTransaction: true,
		},
		{
			sql:              "SHOW TABLES",
			onlyRows:         true,
			keepsTransaction: true,
			returnsRows:      true,
		},
		{
			sql:              "SELECT UPPER(name), COALESCE(a, 1) FROM items",
			onlyRows:         true,
			keepsTransaction: true,
			returnsRows:      true,
		},
		{
			sql:              "SELECT CONNECTION_ID(), VERSION(), DATABASE(), COUNT(*), SLEEP(0)",
			onlyRows:         true,
			keepsTransaction: true,
			returnsRows:      true,
		},
		{
			sql:              "INSERT INTO items (tenant_id, id) VALUES (1, 1) RETURNING id",
			keepsTransaction: true,
			returnsRows:      true,
		},
		{
			sql:              "DELETE FROM items RETURNING id",
			keepsTransaction: true,
			returnsRows:      true,
		},
		{
			sql:              "SELECT f(1)",
			keepsTransaction: true,
			returnsRows:      true,
		},
		{
			sql:              "SELECT `left`('abc', 2)",
			keepsTransaction: true,
			returnsRows:      true,
		},
		{
			sql:              "SELECT SUM (1)",
			keepsTransaction: true,
			returnsRows:      true,
		},
		{
			sql:              "SELECT other.version()",
			keepsTransaction: true,
			returnsRows:      true,
		},
		{sql: "UPDATE items SET name = f(1)", keepsTransaction: true},
		{
			sql:              "INSERT INTO größe (id) VALUES (1) returning id",
			keepsTransaction: true,
			returnsRows:      true,
		},
		{sql: "DELETE FROM items /*RETURNING*/", onlyRows: true, keepsTransaction: true},
		{
			sql:              "SELECT GET_LOCK('a', 1)",
			keepsTransaction: true,
			returnsRows:      true,
		},
		{
			sql:              "SELECT @a := 1",
			keepsTransaction: true,
			returnsRows:      true,
		},
		{
			sql:              "SELECT @@sql_mode",
			keepsTransaction: true,
			returnsRows:      true,
		},
		{
			sql:              "SELECT 1 INTO @a",
			keepsTransaction: true,
			returnsRows:      true,
		},
		{
			sql:              "SELECT 1 INTO OUTFILE '/tmp/x'",
			keepsTransaction: true,
			returnsRows:      true,
		},
		{sql: "DO f(1)", keepsTransaction: true},
		{
			sql:              "EXPLAIN SELECT 1",
			keepsTransaction: true,
			returnsRows:      true,
		},
		{
			sql:              "SELECT 1; SET sql_mode = ''",
			keepsTransaction: true,
			returnsRows:      true,
		},
		{sql: "/*! SET sql_mode = '' */", returnsRows: true},
		{sql: "/*!50000 COMMIT */", returnsRows: true},
		{sql: "SELECT 1 /*!50000 INTO @a */", returnsRows: true},
		{sql: "/*M! CREATE TABLE o AS */ SELECT 1", returnsRows: true},
		{sql: "SELECT 1 /*M!100100 INTO @a */", returnsRows: true},
		{
			sql:              "VALUES ROW(1)",
			onlyRows:         true,
			keepsTransaction: true,
			returnsRows:      true,
		},
		{
			sql:              "TABLE items",
			keepsTransaction: true,
			returnsRows:      true,
		},
		{
			sql:              "DESCRIBE items",
			keepsTransaction: true,
			returnsRows:      true,
		},
		{
			sql:              "DESC items",
			keepsTransaction: true,
			returnsRows:      true,
		},
		{sql: "CHECK TABLE items", returnsRows: true},
		{sql: "CHECKSUM TABLE items", returnsRows: true},
		{sql: "OPTIMIZE TABLE items", returnsRows: true},
		{sql: "REPAIR TABLE items", returnsRows: true},
		{
			sql:              "WITH a AS (SELECT 1) SELECT unreadable FROM FROM",
			keepsTransaction: true,
			returnsRows:      true,
		},
		{sql: "UPDATE items SET name = 'x' WHERE id = 1 AND /* RETURNING", keepsTransaction: true},
		{sql: "SET sql_mode = ''"},
		{sql: "USE mysql"},
		{sql: "BEGIN"},
		{sql: "COMMIT"},
		{sql: "CALL p()", returnsRows: true},
		{sql: "CREATE TEMPORARY TABLE items (id INT)"},
		{sql: "CREATE TABLE a AS SELECT 1"},
		{sql: "ANALYZE TABLE items", returnsRows: true},
		{sql: "LOCK TABLES items READ"},
		{sql: "XA START 'x'"},
		{sql: "selectx 1"},
		{sql: "", returnsRows: true},
		{sql: "\x00SELECT 1", returnsRows: true},
	} {
		if got := guard.OnlyRows(test.sql); got != test.onlyRows {
			t.Errorf("OnlyRows(%q) = %v", test.sql, got)
		}
		if got := guard.KeepsTransaction(test.sql); got != test.keepsTransaction {
			t.Errorf("KeepsTransaction(%q) = %v", test.sql, got)
		}
		if got := guard.ReturnsRows(test.sql); got != test.returnsRows {
			t.Errorf("ReturnsRows(%q) = %v", test.sql, got)
		}
	}
}

func TestLockingReadsAreFound(t *testing.T) {
	for _, test := range []struct {
		sql   string
		locks bool
	}{
		{sql: "SELECT id FROM items"},
		{sql: "(SELECT id FROM items) UNION ALL (SELECT id FROM items)"},
		{sql: "SELECT 'FOR UPDATE' FROM items -- FOR UPDATE"},
		{sql: "SELECT @@tx_isolation"},
		{sql: "SELECT `share` FROM items WHERE name = ?"},
		{sql: "SAVEPOINT sp1"},
		{sql: "ROLLBACK TO SAVEPOINT sp1"},
		{sql: "VALUES ROW(1)"},
		{sql: "INSERT INTO items (id) VALUES (1)"},
		{sql: "SELECT id FROM items EXCEPT SELECT id FROM labels"},
		{sql: "SELECT id FROM items INTERSECT (SELECT id FROM labels)"},
		{sql: "SELECT id, RANK() OVER a, RANK() OVER b FROM items WINDOW a AS (ORDER BY id), b AS (ORDER BY name)"},
		{sql: "SELECT CAST(name AS YEAR) FROM items NATURAL INNER JOIN labels WHERE name SOUNDS LIKE 'x'"},
		{sql: "SELECT id FROM items EXCEPT SELECT id FROM labels FOR UPDATE", locks: true},
		{sql: "SELECT id FROM items EXCEPT (SELECT id FROM labels FOR SHARE)", locks: true},
		{sql: "SELECT id FROM items i FOR SHARE OF i", locks: true},
		{sql: "SELECT id FROM items FOR UPDATE", locks: true},
		{sql: "SELECT id FROM items FOR UPDATE NOWAIT", locks: true},
		{sql: "SELECT id FROM items FOR UPDATE SKIP LOCKED", locks: true},
		{sql: "SELECT id FROM items FOR SHARE", locks: true},
		{sql: "SELECT id FROM items FOR SHARE SKIP LOCKED", locks: true},
		{sql: "select id from items lock in share mode", locks: true},
		{sql: "(SELECT id FROM items) UNION ALL (SELECT id FROM items) FOR UPDATE", locks: true},
		{sql: "(SELECT id FROM items FOR SHARE) UNION ALL (SELECT id FROM items)", locks: true},
		{sql: "SELECT 1 FROM items WHERE EXISTS (SELECT 1 FROM labels FOR SHARE)", locks: true},
		{sql: "SELECT (SELECT id FROM items LIMIT 1 FOR UPDATE)", locks: true},
		{sql: "WITH a AS (SELECT id FROM items FOR SHARE) SELECT * FROM a", locks: true},
		{sql: "SELECT id FROM (SELECT id FROM items LOCK IN SHARE MODE) a", locks: true},
		{sql: "SELECT id FROM items FOR UPDATE OF items", locks: true},
		{sql: "this can't be parsed", locks: true},
		{sql: "", locks: true},
	} {
		if locks := guard.LocksRows(test.sql); locks != test.locks {
			t.Errorf("LocksRows(%q) = %v", test.sql, locks)
		}
	}
}
