-- Statements that stay inside the tenant and that the guard refuses all the same, each with
-- replacements. accepted_test.go checks the reasons, and runs both on a server. If the
-- guard proves a statement one day, move it to accepted.sql.

-- name: a common table expression that carries the tenant
-- args: 1
WITH mine AS (SELECT * FROM items WHERE tenant_id = ?)
SELECT mine.`key`, p.name FROM mine JOIN projects p ON p.tenant_id = mine.tenant_id AND p.id = mine.project_id;
-- refused: table projects (p): nothing binds it to the tenant: `p.tenant_id = mine.tenant_id` does not bind, since mine is not a tenant table; add `p.tenant_id = ?` to WHERE, by AND
-- instead: the tenant once more, for each table beside it
-- args: 1, 1
WITH mine AS (SELECT * FROM items WHERE tenant_id = ?)
SELECT mine.`key`, p.name FROM mine JOIN projects p ON p.tenant_id = ? AND p.id = mine.project_id;

-- name: the arguments in an expression of their own
-- args: 1, "todo"
WITH wanted AS (SELECT ? AS tenant_id, ? AS status)
SELECT i.`key` FROM wanted JOIN items i ON i.tenant_id = wanted.tenant_id AND i.status = wanted.status;
-- refused: table items (i): nothing binds it to the tenant: `i.tenant_id = wanted.tenant_id` does not bind, since wanted is not a tenant table; add `i.tenant_id = ?` to WHERE, by AND
-- instead: the tenant beside the table
-- args: "todo", 1
WITH wanted AS (SELECT ? AS status)
SELECT i.`key` FROM wanted JOIN items i ON i.status = wanted.status WHERE i.tenant_id = ?;

-- name: a derived table that carries the tenant
-- args: 1
SELECT p.`key`, t.n FROM projects p
JOIN (SELECT tenant_id, project_id, COUNT(*) AS n FROM items WHERE tenant_id = ? GROUP BY tenant_id, project_id) t
  ON t.tenant_id = p.tenant_id AND t.project_id = p.id;
-- refused: table projects (p): nothing binds it to the tenant: `t.tenant_id = p.tenant_id` does not bind, since t is not a tenant table; add `p.tenant_id = ?` to WHERE, by AND
-- instead: the tenant once more
-- args: 1, 1
SELECT p.`key`, t.n FROM projects p
JOIN (SELECT tenant_id, project_id, COUNT(*) AS n FROM items WHERE tenant_id = ? GROUP BY tenant_id, project_id) t
  ON t.tenant_id = p.tenant_id AND t.project_id = p.id
WHERE p.tenant_id = ?;

-- name: a row of a common table expression, in a subquery
-- args: 1
WITH mine AS (SELECT tenant_id, id FROM items WHERE tenant_id = ?)
SELECT mine.id, (SELECT COUNT(*) FROM comments c WHERE c.tenant_id = mine.tenant_id AND c.item_id = mine.id) AS n FROM mine;
-- refused: table comments (c): nothing binds it to the tenant: `c.tenant_id = mine.tenant_id` does not bind, since mine is a table of the outer query; add `c.tenant_id = ?` to WHERE, by AND
-- instead: the tenant as an argument, in the subquery as well
-- args: 1, 1
WITH mine AS (SELECT tenant_id, id FROM items WHERE tenant_id = ?)
SELECT mine.id, (SELECT COUNT(*) FROM comments c WHERE c.tenant_id = ? AND c.item_id = mine.id) AS n FROM mine;

-- name: the tenant without a table's name, after USING
-- args: 1
SELECT item_id, name FROM item_labels JOIN labels USING (tenant_id) WHERE tenant_id = ? AND label_id = id;
-- refused: table item_labels: nothing binds it to the tenant: `tenant_id` does not bind, since it has no table name, and several tables have the column; add `item_labels.tenant_id = ?` to WHERE, by AND
-- instead: with the name of either
-- args: 1
SELECT item_id, name FROM item_labels JOIN labels USING (tenant_id) WHERE labels.tenant_id = ? AND label_id = id;

-- name: the tenant in each arm of OR
-- args: 1, "2026-01-03", 1, "2026-01-03", "acme-item-000003"
SELECT id FROM items
WHERE (tenant_id = ? AND created_at < ?) OR (tenant_id = ? AND created_at = ? AND id < ?);
-- refused: table items: nothing binds it to the tenant: `tenant_id = ? and created_at < ? or tenant_id = ? and create…` does not bind, since a row can meet the other side of OR; add `items.tenant_id = ?` to WHERE, by AND
-- instead: the tenant before the brackets
-- args: 1, "2026-01-03", "2026-01-03", "acme-item-000003"
SELECT id FROM items
WHERE tenant_id = ? AND (created_at < ? OR created_at = ? AND id < ?);

-- name: rows that a subquery found with their tenant
-- args: 1, "acme-labl-000001"
SELECT `key` FROM items WHERE (tenant_id, id) IN (SELECT tenant_id, item_id FROM item_labels WHERE tenant_id = ? AND label_id = ?);
-- refused: table items: nothing binds it to the tenant: `(tenant_id, id) in (select tenant_id, item_id from item_labe…` does not bind: only an equality joined by AND does; add `items.tenant_id = ?` to WHERE, by AND
-- instead: the tenant beside it
-- args: 1, 1, "acme-labl-000001"
SELECT `key` FROM items WHERE tenant_id = ? AND id IN (SELECT item_id FROM item_labels WHERE tenant_id = ? AND label_id = ?);

-- name: a row of the primary key
-- args: 1, "acme-item-000001"
SELECT * FROM items WHERE (tenant_id, id) = (?, ?);
-- refused: table items: nothing binds it to the tenant: `(tenant_id, id) = (?, ?)` does not bind, since it compares rows; add `items.tenant_id = ?` to WHERE, by AND
-- instead: one by one
-- args: 1, "acme-item-000001"
SELECT * FROM items WHERE tenant_id = ? AND id = ?;

-- name: a batch of rows, each with its tenant
-- args: 1, "acme-item-000001", 1, "acme-item-000002"
SELECT id, name FROM items WHERE (tenant_id, id) IN ((?, ?), (?, ?));
-- refused: table items: nothing binds it to the tenant: `(tenant_id, id) in ((?, ?), (?, ?))` does not bind: only an equality joined by AND does; add `items.tenant_id = ?` to WHERE, by AND
-- instead: the tenant once
-- args: 1, "acme-item-000001", "acme-item-000002"
SELECT id, name FROM items WHERE tenant_id = ? AND id IN (?, ?);

-- name: a join by rows
-- args: 1
SELECT p.`key`, i.`key` FROM projects p JOIN items i ON (i.tenant_id, i.project_id) = (p.tenant_id, p.id) WHERE p.tenant_id = ?;
-- refused: table items (i): nothing binds it to the tenant: `(i.tenant_id, i.project_id) = (p.tenant_id, p.id)` does not bind, since it compares rows; add `i.tenant_id = ?` to WHERE, by AND
-- instead: by columns
-- args: 1
SELECT p.`key`, i.`key` FROM projects p JOIN items i ON i.tenant_id = p.tenant_id AND i.project_id = p.id WHERE p.tenant_id = ?;

-- name: the tenant as BETWEEN, from a generator of filters
-- args: 1, 1
SELECT `key` FROM items WHERE tenant_id BETWEEN ? AND ?;
-- refused: table items: nothing binds it to the tenant: `tenant_id between ? and ?` does not bind: only an equality joined by AND does; add `items.tenant_id = ?` to WHERE, by AND
-- instead: as an equality
-- args: 1
SELECT `key` FROM items WHERE tenant_id = ?;

-- name: the NULL-safe equality <=>
-- args: 1
SELECT `key` FROM items WHERE tenant_id <=> ?;
-- refused: table items: nothing binds it to the tenant: `tenant_id <=> ?` does not bind: only an equality joined by AND does; add `items.tenant_id = ?` to WHERE, by AND
-- instead: the tenant is never NULL
-- args: 1
SELECT `key` FROM items WHERE tenant_id = ?;

-- name: the tenant of another row
-- args: 1, "acme-item-000001"
SELECT name FROM projects WHERE tenant_id = (SELECT tenant_id FROM items WHERE tenant_id = ? AND id = ?);
-- refused: table projects: nothing binds it to the tenant: `tenant_id = (select tenant_id from items where tenant_id = ?…` does not bind, since it compares with neither a ? nor an integer; add `projects.tenant_id = ?` to WHERE, by AND
-- instead: the tenant as an argument
-- args: 1
SELECT name FROM projects WHERE tenant_id = ?;

-- name: the tenant with a cast
-- args: 1
SELECT `key` FROM items WHERE tenant_id = CAST(? AS UNSIGNED);
-- refused: table items: nothing binds it to the tenant: `tenant_id = cast(? as UNSIGNED)` does not bind, since it compares with neither a ? nor an integer; add `items.tenant_id = ?` to WHERE, by AND
-- instead: the driver sends integers
-- args: 1
SELECT `key` FROM items WHERE tenant_id = ?;

-- name: the tenant told in capitals
-- args: 1
SELECT `key` FROM items WHERE TENANT_ID = ?;
-- refused: table items: nothing binds it to the tenant: `TENANT_ID` does not bind, since the column is spelled tenant_id; add `items.tenant_id = ?` to WHERE, by AND
-- instead: as the column is written
-- args: 1
SELECT `key` FROM items WHERE tenant_id = ?;

-- name: a NATURAL JOIN
-- args: 1
SELECT COUNT(*) FROM items NATURAL JOIN labels WHERE items.tenant_id = ?;
-- refused: table labels: nothing binds it to the tenant: add `labels.tenant_id = ?` to WHERE, by AND
-- instead: USING with the columns
-- args: 1
SELECT COUNT(*) FROM items JOIN labels USING (tenant_id, id, name) WHERE items.tenant_id = ?;

-- name: a join without brackets on the right
-- args: 1
SELECT i.`key`, l.name FROM items i
LEFT JOIN item_labels il JOIN labels l ON l.tenant_id = il.tenant_id AND l.id = il.label_id
  ON il.tenant_id = i.tenant_id AND il.item_id = i.id
WHERE i.tenant_id = ?;
-- refused: put a join on the right of a join into parentheses
-- instead: with brackets
-- args: 1
SELECT i.`key`, l.name FROM items i
LEFT JOIN (item_labels il JOIN labels l ON l.tenant_id = il.tenant_id AND l.id = il.label_id)
  ON il.tenant_id = i.tenant_id AND il.item_id = i.id
WHERE i.tenant_id = ?;

-- name: the written rows, by RETURNING
-- mariadb only
-- args: 1, "acme-labl-000001"
DELETE FROM labels WHERE tenant_id = ? AND id = ? RETURNING name;
-- refused: line 1, column 51, at "RETURNING name": the parser can't read RETURNING, which MySQL does not have: SELECT the rows before or after
-- instead: a SELECT before it, with a lock
-- args: 1, "acme-labl-000001"
SELECT name FROM labels WHERE tenant_id = ? AND id = ? FOR UPDATE;

-- name: rows of values in the statement
-- mariadb only
-- args: 1
WITH wanted AS (VALUES (1, 'WEB-1'), (2, 'OPS-1'))
SELECT COUNT(*) FROM wanted JOIN items i ON i.tenant_id = ?;
-- refused: line 1, column 17, at "VALUES (1, 'WEB-1'), (2,…": the parser can't read MariaDB's VALUES (…): write SELECT … UNION ALL SELECT …
-- instead: a union
-- args: 1
WITH wanted AS (SELECT 1 AS place, 'WEB-1' AS name UNION ALL SELECT 2, 'OPS-1')
SELECT COUNT(*) FROM wanted JOIN items i ON i.tenant_id = ? AND i.`key` = wanted.name;

-- name: the plan of a statement
-- args: 1
EXPLAIN SELECT `key` FROM items WHERE tenant_id = ?;
-- refused: EXPLAIN can't be proved: only the system scope can run such a statement (tenancy.System)

-- name: the columns of a table
-- args:
SHOW COLUMNS FROM items;
-- refused: SHOW can't be proved: only the system scope can run such a statement (tenancy.System)

-- name: a row counter in a variable
-- args: 1
SELECT @n := @n + 1 AS n, i.`key` FROM items i, (SELECT @n := 0) start WHERE i.tenant_id = ?;
-- refused: line 1, column 8, at "@n := @n + 1 AS n, i.`ke…": variables outlive the statement: pass an argument, with a ? for it
-- instead: ROW_NUMBER
-- args: 1
SELECT ROW_NUMBER() OVER (ORDER BY i.id) AS n, i.`key` FROM items i WHERE i.tenant_id = ?;

-- name: the version that an update made, by LAST_INSERT_ID
-- args: 1, "acme-proj-000001"
UPDATE projects SET last_number = LAST_INSERT_ID(last_number + 1) WHERE tenant_id = ? AND id = ?;
-- refused: the function LAST_INSERT_ID returns the id of the connection's last INSERT, which can be another tenant's: read the row by its unique key
-- instead: under a lock, and read again
-- args: 1, "acme-proj-000001"
UPDATE projects SET last_number = last_number + 1 WHERE tenant_id = ? AND id = ?;

-- name: a label with an umlaut, without quotes
-- args: 1
SELECT name AS Länge FROM labels WHERE tenant_id = ? ORDER BY Länge;
-- refused: line 1, column 17, at "änge FROM labels WHERE …": a name with this letter needs quotes
-- instead: a label in quotes, and the place in ORDER BY
-- args: 1
SELECT name AS 'Länge' FROM labels WHERE tenant_id = ? ORDER BY 1;

-- name: a hint with a time limit
-- args: 1
SELECT /*+ MAX_EXECUTION_TIME(1000) */ COUNT(*) FROM items WHERE tenant_id = ?;
-- refused: line 1, column 8, at "/*+ MAX_EXECUTION_TIME(1…": a hint in a comment can set variables: write an index hint, or set a deadline in the context
-- instead: a deadline in the context
-- args: 1
SELECT COUNT(*) FROM items WHERE tenant_id = ?;

-- name: rows counted past the page
-- args: 1
SELECT FOUND_ROWS() AS n, COUNT(*) FROM items WHERE tenant_id = ?;
-- refused: the function FOUND_ROWS counts rows of the connection's last SELECT, which can be another tenant's: select COUNT(*), or COUNT(*) OVER ()
-- instead: a window
-- args: 1
SELECT i.id, COUNT(*) OVER () AS n FROM items i WHERE i.tenant_id = ? LIMIT 1;

-- name: an index that is not to be used
-- args: 1
SELECT `key` FROM items IGNORE INDEX (items_project) WHERE tenant_id = ?;
-- refused: IGNORE INDEX can leave a table without an index that tenant_id leads: write USE INDEX with those to use
-- instead: one that is
-- args: 1
SELECT `key` FROM items FORCE INDEX (items_key) WHERE tenant_id = ?;

-- name: common table expressions within
-- args: 1, 1
WITH p AS (SELECT id FROM projects WHERE tenant_id = ?)
SELECT COUNT(*) FROM (WITH open AS (SELECT project_id FROM items WHERE tenant_id = ? AND status <> 'done') SELECT * FROM open) i JOIN p ON p.id = i.project_id;
-- refused: only one WITH of a statement can be proved: define all common table expressions there
-- instead: all at the beginning
-- args: 1, 1
WITH p AS (SELECT id FROM projects WHERE tenant_id = ?), open AS (SELECT project_id FROM items WHERE tenant_id = ? AND status <> 'done')
SELECT COUNT(*) FROM open i JOIN p ON p.id = i.project_id;

-- name: a comment behind the end
-- args: 1
SELECT COUNT(*) FROM items WHERE tenant_id = ?; -- of mine
-- refused: line 1, column 49, at "-- of mine": a comment after the ; that ends the statement: write it before
-- instead: before it
-- args: 1
SELECT COUNT(*) FROM items WHERE tenant_id = ? -- of mine
;

-- name: pages of FETCH
-- mariadb only
-- args: 1
SELECT `key` FROM items WHERE tenant_id = ? ORDER BY id OFFSET 1 ROWS FETCH NEXT 2 ROWS ONLY;
-- refused: line 1, column 57, at "OFFSET 1 ROWS FETCH NEXT…": the parser can't read OFFSET … FETCH: write LIMIT … OFFSET …
-- instead: LIMIT
-- args: 1
SELECT `key` FROM items WHERE tenant_id = ? ORDER BY id LIMIT 2 OFFSET 1;

-- name: a lock that waits a while
-- mariadb only
-- args: 1
SELECT `key` FROM items WHERE tenant_id = ? FOR UPDATE WAIT 2;
-- refused: line 1, column 56, at "WAIT 2": the parser can't read WAIT: write NOWAIT, or set a deadline in the context

-- name: the median of a window
-- mariadb only
-- args: 1
SELECT DISTINCT project_id, MEDIAN(number) OVER (PARTITION BY project_id) AS middle FROM items WHERE tenant_id = ?;
-- refused: line 1, column 44, at "OVER (PARTITION BY proje…": the parser can't read OVER after this function: find the row by ROW_NUMBER() and COUNT(*) OVER
-- instead: by places
-- args: 1
SELECT project_id, AVG(number) AS middle FROM (
  SELECT project_id, number, ROW_NUMBER() OVER w AS place, COUNT(*) OVER (PARTITION BY project_id) AS n
  FROM items WHERE tenant_id = ? WINDOW w AS (PARTITION BY project_id ORDER BY number)) t
WHERE place IN ((n + 1) DIV 2, (n + 2) DIV 2) GROUP BY project_id;

-- name: the database user, for a log
-- args: 1
SELECT CURRENT_USER(), COUNT(*) FROM items WHERE tenant_id = ?;
-- refused: the function CURRENT_USER returns the database user, which tenants share: pass the name of the caller as an argument
-- instead: without the user of the shared connection
-- args: 1
SELECT COUNT(*) FROM items WHERE tenant_id = ?;

-- name: the columns of an INSERT in capitals
-- args: 1, "acme-labl-00000d", "x", "#000000"
INSERT INTO labels (Tenant_ID, Id, Name, Color) VALUES (?, ?, ?, ?);
-- refused: INSERT must spell the column tenant_id in lower case
-- instead: the tenant as it is written
-- args: 1, "acme-labl-00000d", "x", "#000000"
INSERT INTO labels (tenant_id, Id, Name, Color) VALUES (?, ?, ?, ?);

-- name: a copy of all columns
-- args: 1
INSERT IGNORE INTO item_labels (tenant_id, item_id, label_id) SELECT * FROM item_labels WHERE tenant_id = ?;
-- refused: table item_labels: the query must select the tenant, as an argument or an integer, for the column tenant_id: it selects *, whose columns are unknown to the guard
-- instead: by name, the tenant as an argument
-- args: 1, 1
INSERT IGNORE INTO item_labels (tenant_id, item_id, label_id) SELECT ?, item_id, label_id FROM item_labels WHERE tenant_id = ?;

-- name: a copy from a derived table that carries the tenant
-- args: 1
INSERT IGNORE INTO item_labels (tenant_id, item_id, label_id)
SELECT d.tenant_id, d.item_id, d.label_id FROM (SELECT * FROM item_labels WHERE tenant_id = ?) d;
-- refused: table item_labels: the query must select the tenant, as an argument or an integer, for the column tenant_id: it selects `d.tenant_id`
-- instead: the tenant as an argument
-- args: 1, 1
INSERT IGNORE INTO item_labels (tenant_id, item_id, label_id)
SELECT ?, d.item_id, d.label_id FROM (SELECT * FROM item_labels WHERE tenant_id = ?) d;

-- name: a derived table in the place of a view, bound outside
-- args: 1
SELECT open.`key` FROM (SELECT tenant_id, `key` FROM items WHERE status <> 'done') AS open WHERE open.tenant_id = ?;
-- refused: table items: nothing binds it to the tenant: add `items.tenant_id = ?` to WHERE, by AND
-- instead: bound inside
-- args: 1
SELECT open.`key` FROM (SELECT `key` FROM items WHERE tenant_id = ? AND status <> 'done') AS open;

-- name: bound inside EXISTS, and only there
-- args: 1
SELECT i.`key` FROM items i
WHERE EXISTS (SELECT 1 FROM projects p WHERE p.tenant_id = ? AND p.tenant_id = i.tenant_id AND p.id = i.project_id);
-- refused: table items (i): nothing binds it to the tenant: add `i.tenant_id = ?` to WHERE, by AND
-- instead: bound outside and inside
-- args: 1, 1
SELECT i.`key` FROM items i
WHERE i.tenant_id = ? AND EXISTS (SELECT 1 FROM projects p WHERE p.tenant_id = ? AND p.id = i.project_id);

-- name: a subquery bound by the outer query, which MariaDB may run first for all tenants
-- args: 1
SELECT l.name FROM labels l
WHERE l.tenant_id = ? AND NOT EXISTS (SELECT 1 FROM item_labels il WHERE il.tenant_id = l.tenant_id AND il.label_id = l.id);
-- refused: table item_labels (il): nothing binds it to the tenant: `il.tenant_id = l.tenant_id` does not bind, since l is a table of the outer query; add `il.tenant_id = ?` to WHERE, by AND
-- instead: each by itself
-- args: 1, 1
SELECT l.name FROM labels l
WHERE l.tenant_id = ? AND NOT EXISTS (SELECT 1 FROM item_labels il WHERE il.tenant_id = ? AND il.label_id = l.id);

-- name: two LEFT JOINs, bound at their end
-- args: 1
SELECT i.`key`, l.name FROM items i
LEFT JOIN item_labels il ON il.tenant_id = i.tenant_id AND il.item_id = i.id
LEFT JOIN labels l ON l.tenant_id = il.tenant_id AND l.id = il.label_id
WHERE l.tenant_id = ?;
-- refused: table items (i): nothing binds it to the tenant: `il.tenant_id = i.tenant_id` does not bind, since the ON of an outer join filters only rows of its other side; add `i.tenant_id = ?` to WHERE, by AND
-- instead: bound at their beginning
-- args: 1
SELECT i.`key`, l.name FROM items i
LEFT JOIN item_labels il ON il.tenant_id = i.tenant_id AND il.item_id = i.id
LEFT JOIN labels l ON l.tenant_id = il.tenant_id AND l.id = il.label_id
WHERE i.tenant_id = ?;

-- name: an order with a subquery that reads the table that is written, which MySQL refuses
-- mariadb only
-- args: 1, 1
UPDATE items SET priority = 1 WHERE tenant_id = ? AND project_id IN (SELECT i.project_id FROM items i WHERE i.tenant_id = ?) ORDER BY id LIMIT 1;
-- refused: table items: an UPDATE or DELETE with ORDER BY can't read the table in a subquery: select the ids first
-- instead: the ids first
-- args: 1, "acme-item-000001"
UPDATE items SET priority = 1 WHERE tenant_id = ? AND id IN (?) ORDER BY id LIMIT 1;

-- name: literals of ODBC
-- args: 1
SELECT `key` FROM items WHERE tenant_id = ? AND created_at > {ts '2026-01-01 00:00:00'};
-- refused: line 1, column 62, at "{ts '2026-01-01 00:00:00…": braces are ODBC syntax: write TIMESTAMP '…'
-- instead: those of SQL
-- args: 1
SELECT `key` FROM items WHERE tenant_id = ? AND created_at > TIMESTAMP '2026-01-01 00:00:00';

-- name: a unit by its long name
-- args: 1
SELECT `key` FROM items WHERE tenant_id = ? AND created_at > '2026-01-01' - INTERVAL 1 SQL_TSI_DAY;
-- refused: line 1, column 88, at "SQL_TSI_DAY": the parser can't read SQL_TSI_DAY here: write DAY
-- instead: by its short name
-- args: 1
SELECT `key` FROM items WHERE tenant_id = ? AND created_at > '2026-01-01' - INTERVAL 1 DAY;

-- name: a time in another zone
-- mysql only
-- args: 1
SELECT CAST(TIMESTAMP '2026-01-01 00:00:00+02:00' AT TIME ZONE '+00:00' AS DATETIME), COUNT(*) FROM items WHERE tenant_id = ?;
-- refused: line 1, column 51, at "AT TIME ZONE '+00:00' AS…": the parser can't read AT TIME ZONE: write CONVERT_TZ
-- instead: by a function
-- args: 1
SELECT CONVERT_TZ('2026-01-01 00:00:00', '+02:00', '+00:00'), COUNT(*) FROM items WHERE tenant_id = ?;

-- name: all rows of a common table expression, by TABLE
-- mysql only
-- args: 1
WITH open AS (SELECT `key` FROM items WHERE tenant_id = ? AND status <> 'done') TABLE open;
-- refused: line 1, column 81, at "TABLE open": TABLE has no WHERE that could bind the table: write SELECT * FROM … WHERE tenant_id = ?
-- instead: by a star
-- args: 1
WITH open AS (SELECT `key` FROM items WHERE tenant_id = ? AND status <> 'done') SELECT * FROM open;

-- name: two locks
-- mysql only
-- args: 1
SELECT i.id FROM items i JOIN projects p ON p.tenant_id = i.tenant_id AND p.id = i.project_id WHERE i.tenant_id = ? FOR UPDATE OF i FOR SHARE OF p;
-- refused: line 1, column 133, at "FOR SHARE OF p": the parser can't read this
-- instead: one
-- args: 1
SELECT i.id FROM items i JOIN projects p ON p.tenant_id = i.tenant_id AND p.id = i.project_id WHERE i.tenant_id = ? FOR UPDATE;

-- name: a bound on the rows that are read
-- mariadb only
-- args: 1
SELECT `key` FROM items WHERE tenant_id = ? LIMIT ROWS EXAMINED 1000;
-- refused: line 1, column 51, at "ROWS EXAMINED 1000": the parser can't read LIMIT ROWS EXAMINED: set a deadline in the context

-- name: an order of groups
-- mariadb only
-- args: 1
SELECT status, COUNT(*) FROM items WHERE tenant_id = ? GROUP BY status DESC;
-- refused: line 1, column 72, at "DESC": MySQL has no order in GROUP BY: write ORDER BY
-- instead: of rows
-- args: 1
SELECT status, COUNT(*) FROM items WHERE tenant_id = ? GROUP BY status ORDER BY status DESC;

-- name: an array of values in an order
-- mariadb only
-- args: 1
SELECT JSON_ARRAYAGG(`key` ORDER BY `key`) FROM items WHERE tenant_id = ?;
-- refused: line 1, column 28, at "ORDER BY `key`) FROM ite…": the parser can't read this
-- instead: a string in an order
-- args: 1
SELECT GROUP_CONCAT(`key` ORDER BY `key`) FROM items WHERE tenant_id = ?;

-- name: the string of all its values, in the national character set
-- args: 1
SELECT `key` FROM items WHERE tenant_id = ? AND name = N'Form';
-- refused: line 1, column 56, at "N'Form'": servers read N'…' differently: write '…'
-- instead: in the connection's, which has all characters
-- args: 1
SELECT `key` FROM items WHERE tenant_id = ? AND name = 'Form';

-- name: an outer join of ODBC
-- args: 1
SELECT i.`key` FROM { OJ items i LEFT OUTER JOIN comments c ON c.tenant_id = i.tenant_id AND c.item_id = i.id } WHERE i.tenant_id = ?;
-- refused: line 1, column 21, at "{ OJ items i LEFT OUTER …": braces are ODBC syntax: leave them out, and the word after {
-- instead: of SQL
-- args: 1
SELECT i.`key` FROM items i LEFT OUTER JOIN comments c ON c.tenant_id = i.tenant_id AND c.item_id = i.id WHERE i.tenant_id = ?;

-- name: a name for the new row behind SET
-- mysql only
-- args: 1, "acme-labl-000001", "bug", "#cc0000"
INSERT INTO labels SET tenant_id = ?, id = ?, name = ?, color = ? AS fresh ON DUPLICATE KEY UPDATE color = fresh.color;
-- refused: line 1, column 67, at "AS fresh ON DUPLICATE KE…": the parser can't read AS after SET: write VALUES (…) AS, or VALUES(column)
-- instead: behind VALUES
-- mysql only
-- args: 1, "acme-labl-000001", "bug", "#cc0000"
INSERT INTO labels (tenant_id, id, name, color) VALUES (?, ?, ?, ?) AS fresh ON DUPLICATE KEY UPDATE color = fresh.color;

-- name: a write that waits in a queue, which MariaDB refuses for InnoDB
-- mysql only
-- args: 1, "acme-labl-00000e", "x", "#000000"
INSERT DELAYED INTO labels (tenant_id, id, name, color) VALUES (?, ?, ?, ?);
-- refused: line 1, column 8, at "DELAYED INTO labels (ten…": servers ignore DELAYED or refuse it: leave it out
-- instead: at once
-- args: 1, "acme-labl-00000e", "x", "#000000"
INSERT INTO labels (tenant_id, id, name, color) VALUES (?, ?, ?, ?);

-- name: a chain that ends where it comes to itself
-- mariadb only
-- args: 1
WITH RECURSIVE t (n) AS (SELECT 1 UNION SELECT n FROM t) CYCLE n RESTRICT SELECT t.n FROM t JOIN items i ON i.tenant_id = ?;
-- refused: line 1, column 58, at "CYCLE n RESTRICT SELECT …": the parser can't read CYCLE: write UNION, which leaves out duplicate rows
-- instead: by UNION alone
-- args: 1
WITH RECURSIVE t (n) AS (SELECT 1 UNION SELECT n FROM t) SELECT t.n FROM t JOIN items i ON i.tenant_id = ?;
