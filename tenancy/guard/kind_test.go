package guard_test

import (
	"testing"

	"rowhouse/tenancy/guard"
)

// TestStatementsOfTheSystemScopeAreJudged tells statements that leave nothing behind, that
// can't commit and that return rows from those that do.
func TestStatementsOfTheSystemScopeAreJudged(t *testing.T) {
	for _, test := range []struct {
		sql                              string
		onlyRows, keepsTransaction, rows bool
	}{
		{"SELECT 1", true, true, true},
		{"  /* a comment */ select name FROM items", true, true, true},
		{"(SELECT 1) UNION ALL (SELECT 2)", true, true, true},
		{"WITH a AS (SELECT 1) SELECT * FROM a", true, true, true},
		{"WITH a AS (SELECT id FROM items) UPDATE items SET name = 'x' WHERE id IN (SELECT id FROM a)", true, true, false},
		{"INSERT INTO items (tenant_id, name) VALUES (1, 'RETURNING')", true, true, false},
		{"UPDATE items SET `returning` = 'returning' WHERE id = 1 -- RETURNING", true, true, false},
		{"REPLACE INTO items (tenant_id, id) VALUES (1, 1)", true, true, false},
		{"DELETE FROM items WHERE id = ?", true, true, false},
		{"SHOW TABLES", true, true, true},
		{"SELECT UPPER(name), COALESCE(a, 1) FROM items", true, true, true},
		{"SELECT CONNECTION_ID(), VERSION(), DATABASE(), COUNT(*), SLEEP(0)", true, true, true},
		{"INSERT INTO items (tenant_id, id) VALUES (1, 1) RETURNING id", false, true, true},
		{"DELETE FROM items RETURNING id", false, true, true},
		{"SELECT stored(1)", false, true, true},
		{"SELECT other.version()", false, true, true},
		{"UPDATE items SET name = stored(1)", false, true, false},
		{"SELECT GET_LOCK('a', 1)", false, true, true},
		{"SELECT @a := 1", false, true, true},
		{"SELECT @@sql_mode", false, true, true},
		{"SELECT 1 INTO @a", false, true, true},
		{"SELECT 1 INTO OUTFILE '/tmp/x'", false, true, true},
		{"DO stored(1)", false, true, false},
		{"EXPLAIN SELECT 1", false, true, true},
		{"SELECT 1; SET sql_mode = ''", false, true, true},
		{"/*! SET sql_mode = '' */", false, false, true},
		{"/*!50000 COMMIT */", false, false, true},
		{"/*M! CREATE TABLE o AS */ SELECT 1", false, false, true},
		{"SELECT 1 /*M!100100 INTO @a */", false, false, true},
		{"VALUES ROW(1)", true, true, true},
		{"TABLE items", false, true, true},
		{"DESCRIBE items", false, true, true},
		{"DESC items", false, true, true},
		{"CHECK TABLE items", false, false, true},
		{"CHECKSUM TABLE items", false, false, true},
		{"OPTIMIZE TABLE items", false, false, true},
		{"REPAIR TABLE items", false, false, true},
		{"WITH a AS (SELECT 1) SELECT unreadable FROM FROM", false, true, true},
		{"UPDATE items SET name = 'x' WHERE id = 1 AND /* RETURNING", false, true, false},
		{"SET sql_mode = ''", false, false, false},
		{"USE mysql", false, false, false},
		{"BEGIN", false, false, false},
		{"COMMIT", false, false, false},
		{"CALL p()", false, false, true},
		{"CREATE TEMPORARY TABLE items (id INT)", false, false, false},
		{"CREATE TABLE a AS SELECT 1", false, false, false},
		{"ANALYZE TABLE items", false, false, true},
		{"LOCK TABLES items READ", false, false, false},
		{"XA START 'x'", false, false, false},
		{"selectx 1", false, false, false},
		{"", false, false, true},
		{"\x00SELECT 1", false, false, true},
	} {
		if got := guard.OnlyRows(test.sql); got != test.onlyRows {
			t.Errorf("OnlyRows(%q) = %v", test.sql, got)
		}
		if got := guard.KeepsTransaction(test.sql); got != test.keepsTransaction {
			t.Errorf("KeepsTransaction(%q) = %v", test.sql, got)
		}
		if got := guard.ReturnsRows(test.sql); got != test.rows {
			t.Errorf("ReturnsRows(%q) = %v", test.sql, got)
		}
	}
}

// TestLocksAreFound checks statements that lock the rows that they read, and others.
func TestLocksAreFound(t *testing.T) {
	for _, test := range []struct {
		sql   string
		locks bool
	}{
		{"SELECT id FROM items", false},
		{"(SELECT id FROM items) UNION ALL (SELECT id FROM items)", false},
		{"SELECT 'FOR UPDATE' FROM items -- FOR UPDATE", false},
		{"SELECT `share` FROM items WHERE name = ?", false},
		{"SAVEPOINT sp1", false},
		{"ROLLBACK TO SAVEPOINT sp1", false},
		{"VALUES ROW(1)", false},
		{"INSERT INTO items (id) VALUES (1)", false},
		{"SELECT id FROM items EXCEPT SELECT id FROM labels", false},
		{"SELECT id FROM items INTERSECT (SELECT id FROM labels)", false},
		{"SELECT id, RANK() OVER a, RANK() OVER b FROM items WINDOW a AS (ORDER BY id), b AS (ORDER BY name)", false},
		{"SELECT CAST(name AS YEAR) FROM items NATURAL INNER JOIN labels WHERE name SOUNDS LIKE 'x'", false},
		{"SELECT id FROM items EXCEPT SELECT id FROM labels FOR UPDATE", true},
		{"SELECT id FROM items EXCEPT (SELECT id FROM labels FOR SHARE)", true},
		{"SELECT id FROM items i FOR SHARE OF i", true},
		{"SELECT id FROM items FOR UPDATE", true},
		{"SELECT id FROM items FOR UPDATE NOWAIT", true},
		{"SELECT id FROM items FOR UPDATE SKIP LOCKED", true},
		{"SELECT id FROM items FOR SHARE", true},
		{"SELECT id FROM items FOR SHARE SKIP LOCKED", true},
		{"select id from items lock in share mode", true},
		{"(SELECT id FROM items) UNION ALL (SELECT id FROM items) FOR UPDATE", true},
		{"(SELECT id FROM items FOR SHARE) UNION ALL (SELECT id FROM items)", true},
		{"SELECT 1 FROM items WHERE EXISTS (SELECT 1 FROM labels FOR SHARE)", true},
		{"SELECT (SELECT id FROM items LIMIT 1 FOR UPDATE)", true},
		{"WITH a AS (SELECT id FROM items FOR SHARE) SELECT * FROM a", true},
		{"SELECT id FROM (SELECT id FROM items LOCK IN SHARE MODE) a", true},
		{"SELECT id FROM items FOR UPDATE OF items", true},
		{"this can't be read", true},
		{"", true},
	} {
		if locks := guard.LocksRows(test.sql); locks != test.locks {
			t.Errorf("%s: locks %t", test.sql, locks)
		}
	}
}
