-- Honest statements that the guard refuses all the same, and what to write instead. They
-- stay inside the tenant: the guard only can't tell. guard_test.go runs both, and holds
-- the refusal against its reason. A statement that is proved one day moves to honest.sql.

-- name: a common table expression that carries the tenant
-- args: 1
WITH mine AS (SELECT * FROM items WHERE tenant_id = ?)
SELECT mine.`key`, p.name FROM mine JOIN projects p ON p.tenant_id = mine.tenant_id AND p.id = mine.project_id;
-- refused: table projects (p): nothing binds it to the tenant: add `p.tenant_id = ?` to WHERE, by AND (what is said of its tenant_id now does not count: under OR, NOT or a function, in a row, in capitals, or equal to that of a derived table or another query block)
-- instead: the tenant once more, for each table beside it
-- args: 1, 1
WITH mine AS (SELECT * FROM items WHERE tenant_id = ?)
SELECT mine.`key`, p.name FROM mine JOIN projects p ON p.tenant_id = ? AND p.id = mine.project_id;

-- name: the arguments in an expression of their own
-- args: 1, "todo"
WITH wanted AS (SELECT ? AS tenant_id, ? AS status)
SELECT i.`key` FROM wanted JOIN items i ON i.tenant_id = wanted.tenant_id AND i.status = wanted.status;
-- refused: table items (i): nothing binds it to the tenant: add `i.tenant_id = ?` to WHERE, by AND (what is said of its tenant_id now does not count: under OR, NOT or a function, in a row, in capitals, or equal to that of a derived table or another query block)
-- instead: the tenant beside the table
-- args: "todo", 1
WITH wanted AS (SELECT ? AS status)
SELECT i.`key` FROM wanted JOIN items i ON i.status = wanted.status WHERE i.tenant_id = ?;

-- name: a derived table that carries the tenant
-- args: 1
SELECT p.`key`, t.n FROM projects p
JOIN (SELECT tenant_id, project_id, COUNT(*) AS n FROM items WHERE tenant_id = ? GROUP BY tenant_id, project_id) t
  ON t.tenant_id = p.tenant_id AND t.project_id = p.id;
-- refused: table projects (p): nothing binds it to the tenant: add `p.tenant_id = ?` to WHERE, by AND (what is said of its tenant_id now does not count: under OR, NOT or a function, in a row, in capitals, or equal to that of a derived table or another query block)
-- instead: the tenant once more
-- args: 1, 1
SELECT p.`key`, t.n FROM projects p
JOIN (SELECT tenant_id, project_id, COUNT(*) AS n FROM items WHERE tenant_id = ? GROUP BY tenant_id, project_id) t
  ON t.tenant_id = p.tenant_id AND t.project_id = p.id
WHERE p.tenant_id = ?;

-- name: the row of what a common table expression found, in a subquery
-- args: 1
WITH mine AS (SELECT tenant_id, id FROM items WHERE tenant_id = ?)
SELECT mine.id, (SELECT COUNT(*) FROM comments c WHERE c.tenant_id = mine.tenant_id AND c.item_id = mine.id) AS n FROM mine;
-- refused: table comments (c): nothing binds it to the tenant: add `c.tenant_id = ?` to WHERE, by AND (what is said of its tenant_id now does not count: under OR, NOT or a function, in a row, in capitals, or equal to that of a derived table or another query block)
-- instead: the tenant as an argument, in the subquery as well
-- args: 1, 1
WITH mine AS (SELECT tenant_id, id FROM items WHERE tenant_id = ?)
SELECT mine.id, (SELECT COUNT(*) FROM comments c WHERE c.tenant_id = ? AND c.item_id = mine.id) AS n FROM mine;

-- name: the tenant without a table's name, after USING
-- args: 1
SELECT item_id, name FROM item_labels JOIN labels USING (tenant_id) WHERE tenant_id = ? AND label_id = id;
-- refused: table item_labels: nothing binds it to the tenant: add `item_labels.tenant_id = ?` to WHERE, by AND (what is said of its tenant_id now does not count: under OR, NOT or a function, in a row, in capitals, or equal to that of a derived table or another query block)
-- instead: with the name of either
-- args: 1
SELECT item_id, name FROM item_labels JOIN labels USING (tenant_id) WHERE labels.tenant_id = ? AND label_id = id;

-- name: the tenant in each arm of OR
-- args: 1, "2026-01-03", 1, "2026-01-03", "acme-item-000003"
SELECT id FROM items
WHERE (tenant_id = ? AND created_at < ?) OR (tenant_id = ? AND created_at = ? AND id < ?);
-- refused: table items: nothing binds it to the tenant: add `items.tenant_id = ?` to WHERE, by AND (what is said of its tenant_id now does not count: under OR, NOT or a function, in a row, in capitals, or equal to that of a derived table or another query block)
-- instead: the tenant before the brackets
-- args: 1, "2026-01-03", "2026-01-03", "acme-item-000003"
SELECT id FROM items
WHERE tenant_id = ? AND (created_at < ? OR created_at = ? AND id < ?);

-- name: rows that a subquery found with their tenant
-- args: 1, "acme-labl-000001"
SELECT `key` FROM items WHERE (tenant_id, id) IN (SELECT tenant_id, item_id FROM item_labels WHERE tenant_id = ? AND label_id = ?);
-- refused: table items: nothing binds it to the tenant: add `items.tenant_id = ?` to WHERE, by AND (what is said of its tenant_id now does not count: under OR, NOT or a function, in a row, in capitals, or equal to that of a derived table or another query block)
-- instead: the tenant beside it
-- args: 1, 1, "acme-labl-000001"
SELECT `key` FROM items WHERE tenant_id = ? AND id IN (SELECT item_id FROM item_labels WHERE tenant_id = ? AND label_id = ?);

-- name: a row of the primary key
-- args: 1, "acme-item-000001"
SELECT * FROM items WHERE (tenant_id, id) = (?, ?);
-- refused: table items: nothing binds it to the tenant: add `items.tenant_id = ?` to WHERE, by AND (what is said of its tenant_id now does not count: under OR, NOT or a function, in a row, in capitals, or equal to that of a derived table or another query block)
-- instead: one by one
-- args: 1, "acme-item-000001"
SELECT * FROM items WHERE tenant_id = ? AND id = ?;

-- name: a batch of rows, each with its tenant
-- args: 1, "acme-item-000001", 1, "acme-item-000002"
SELECT id, name FROM items WHERE (tenant_id, id) IN ((?, ?), (?, ?));
-- refused: table items: nothing binds it to the tenant: add `items.tenant_id = ?` to WHERE, by AND (what is said of its tenant_id now does not count: under OR, NOT or a function, in a row, in capitals, or equal to that of a derived table or another query block)
-- instead: the tenant once
-- args: 1, "acme-item-000001", "acme-item-000002"
SELECT id, name FROM items WHERE tenant_id = ? AND id IN (?, ?);

-- name: a join by rows
-- args: 1
SELECT p.`key`, i.`key` FROM projects p JOIN items i ON (i.tenant_id, i.project_id) = (p.tenant_id, p.id) WHERE p.tenant_id = ?;
-- refused: table items (i): nothing binds it to the tenant: add `i.tenant_id = ?` to WHERE, by AND (what is said of its tenant_id now does not count: under OR, NOT or a function, in a row, in capitals, or equal to that of a derived table or another query block)
-- instead: by columns
-- args: 1
SELECT p.`key`, i.`key` FROM projects p JOIN items i ON i.tenant_id = p.tenant_id AND i.project_id = p.id WHERE p.tenant_id = ?;

-- name: the tenant as BETWEEN, from a generator of filters
-- args: 1, 1
SELECT `key` FROM items WHERE tenant_id BETWEEN ? AND ?;
-- refused: table items: nothing binds it to the tenant: add `items.tenant_id = ?` to WHERE, by AND (what is said of its tenant_id now does not count: under OR, NOT or a function, in a row, in capitals, or equal to that of a derived table or another query block)
-- instead: as an equality
-- args: 1
SELECT `key` FROM items WHERE tenant_id = ?;

-- name: the equality that knows NULL
-- args: 1
SELECT `key` FROM items WHERE tenant_id <=> ?;
-- refused: table items: nothing binds it to the tenant: add `items.tenant_id = ?` to WHERE, by AND (what is said of its tenant_id now does not count: under OR, NOT or a function, in a row, in capitals, or equal to that of a derived table or another query block)
-- instead: the tenant is never NULL
-- args: 1
SELECT `key` FROM items WHERE tenant_id = ?;

-- name: the tenant of another row
-- args: 1, "acme-item-000001"
SELECT name FROM projects WHERE tenant_id = (SELECT tenant_id FROM items WHERE tenant_id = ? AND id = ?);
-- refused: table projects: nothing binds it to the tenant: add `projects.tenant_id = ?` to WHERE, by AND (what is said of its tenant_id now does not count: under OR, NOT or a function, in a row, in capitals, or equal to that of a derived table or another query block)
-- instead: the program knows the tenant
-- args: 1
SELECT name FROM projects WHERE tenant_id = ?;

-- name: the tenant with a cast
-- args: 1
SELECT `key` FROM items WHERE tenant_id = CAST(? AS UNSIGNED);
-- refused: table items: nothing binds it to the tenant: add `items.tenant_id = ?` to WHERE, by AND (what is said of its tenant_id now does not count: under OR, NOT or a function, in a row, in capitals, or equal to that of a derived table or another query block)
-- instead: the driver sends integers
-- args: 1
SELECT `key` FROM items WHERE tenant_id = ?;

-- name: the tenant told in capitals
-- args: 1
SELECT `key` FROM items WHERE TENANT_ID = ?;
-- refused: table items: nothing binds it to the tenant: add `items.tenant_id = ?` to WHERE, by AND (what is said of its tenant_id now does not count: under OR, NOT or a function, in a row, in capitals, or equal to that of a derived table or another query block)
-- instead: as the column is written
-- args: 1
SELECT `key` FROM items WHERE tenant_id = ?;

-- name: an EXCEPT
-- args: 1, 1
SELECT id FROM labels WHERE tenant_id = ? EXCEPT SELECT label_id FROM item_labels WHERE tenant_id = ?;
-- refused: EXCEPT can't be proved: use EXISTS, NOT EXISTS or UNION, or quote it if it is a name
-- instead: NOT EXISTS
-- args: 1
SELECT id FROM labels WHERE tenant_id = ?
  AND NOT EXISTS (SELECT 1 FROM item_labels il WHERE il.tenant_id = 1 AND il.label_id = labels.id);

-- name: an INTERSECT
-- args: 1, 1
SELECT id FROM members WHERE tenant_id = ? INTERSECT SELECT assignee_id FROM items WHERE tenant_id = ?;
-- refused: INTERSECT can't be proved: use EXISTS, NOT EXISTS or UNION, or quote it if it is a name
-- instead: IN
-- args: 1, 1
SELECT id FROM members WHERE tenant_id = ? AND id IN (SELECT assignee_id FROM items WHERE tenant_id = ?);

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

-- name: an answer from what was written, by RETURNING
-- mariadb only
-- args: 1, "acme-labl-000001"
DELETE FROM labels WHERE tenant_id = ? AND id = ? RETURNING name;
-- refused: the statement can't be read: syntax error at position 60 near 'RETURNING'
-- instead: a SELECT before it, with a lock
-- args: 1, "acme-labl-000001"
SELECT name FROM labels WHERE tenant_id = ? AND id = ? FOR UPDATE;

-- name: rows of values in the text
-- mariadb only
-- args: 1
WITH wanted AS (VALUES (1, 'WEB-1'), (2, 'OPS-1'))
SELECT COUNT(*) FROM wanted JOIN items i ON i.tenant_id = ?;
-- refused: the statement can't be read: syntax error at position 25
-- instead: a union
-- args: 1
WITH wanted AS (SELECT 1 AS place, 'WEB-1' AS name UNION ALL SELECT 2, 'OPS-1')
SELECT COUNT(*) FROM wanted JOIN items i ON i.tenant_id = ? AND i.`key` = wanted.name;

-- name: the plan of a statement
-- args: 1
EXPLAIN SELECT `key` FROM items WHERE tenant_id = ?;
-- refused: only SELECT, INSERT, REPLACE, UPDATE, DELETE and savepoints can be proved; the rest is the system scope's

-- name: the columns of a table
-- args:
SHOW COLUMNS FROM items;
-- refused: only SELECT, INSERT, REPLACE, UPDATE, DELETE and savepoints can be proved; the rest is the system scope's

-- name: a row counter in a variable
-- args: 1
SELECT @n := @n + 1 AS n, i.`key` FROM items i, (SELECT @n := 0) start WHERE i.tenant_id = ?;
-- refused: variables outlive the statement: pass arguments, for each a ?
-- instead: ROW_NUMBER
-- args: 1
SELECT ROW_NUMBER() OVER (ORDER BY i.id) AS n, i.`key` FROM items i WHERE i.tenant_id = ?;

-- name: the version that an update made, by LAST_INSERT_ID
-- args: 1, "acme-proj-000001"
UPDATE projects SET last_number = LAST_INSERT_ID(last_number + 1) WHERE tenant_id = ? AND id = ?;
-- refused: the function LAST_INSERT_ID is not on the list of those that stay inside the row
-- instead: under a lock, and read again
-- args: 1, "acme-proj-000001"
UPDATE projects SET last_number = last_number + 1 WHERE tenant_id = ? AND id = ?;

-- name: a label with an umlaut, without quotes
-- args: 1
SELECT name AS Länge FROM labels WHERE tenant_id = ? ORDER BY Länge;
-- refused: the statement can't be read at position 18
-- instead: a label in quotes, and the place in ORDER BY
-- args: 1
SELECT name AS 'Länge' FROM labels WHERE tenant_id = ? ORDER BY 1;

-- name: a hint that ends what takes long
-- args: 1
SELECT /*+ MAX_EXECUTION_TIME(1000) */ COUNT(*) FROM items WHERE tenant_id = ?;
-- refused: hints in comments can set variables: use index hints, and the context for time limits
-- instead: a deadline in the context
-- args: 1
SELECT COUNT(*) FROM items WHERE tenant_id = ?;

-- name: rows counted past the page
-- args: 1
SELECT FOUND_ROWS() AS n, COUNT(*) FROM items WHERE tenant_id = ?;
-- refused: the function FOUND_ROWS is not on the list of those that stay inside the row
-- instead: a window
-- args: 1
SELECT i.id, COUNT(*) OVER () AS n FROM items i WHERE i.tenant_id = ? LIMIT 1;

-- name: an index that is not to be used
-- args: 1
SELECT `key` FROM items IGNORE INDEX (items_project) WHERE tenant_id = ?;
-- refused: of index hints, only USE INDEX and FORCE INDEX with names can be proved
-- instead: one that is
-- args: 1
SELECT `key` FROM items FORCE INDEX (items_key) WHERE tenant_id = ?;

-- name: two named windows
-- args: 1
SELECT RANK() OVER v, RANK() OVER w FROM items WHERE tenant_id = ? WINDOW v AS (ORDER BY id), w AS (ORDER BY number);
-- refused: the statement can't be read: syntax error at position 96 near 'w'
-- instead: one named, the other in its place
-- args: 1
SELECT RANK() OVER (ORDER BY id), RANK() OVER w FROM items WHERE tenant_id = ? WINDOW w AS (ORDER BY number);

-- name: common table expressions within
-- args: 1, 1
WITH p AS (SELECT id FROM projects WHERE tenant_id = ?)
SELECT COUNT(*) FROM (WITH open AS (SELECT project_id FROM items WHERE tenant_id = ? AND status <> 'done') SELECT * FROM open) i JOIN p ON p.id = i.project_id;
-- refused: a statement may have one WITH, at its beginning, of at most 61 tables
-- instead: all at the beginning
-- args: 1, 1
WITH p AS (SELECT id FROM projects WHERE tenant_id = ?), open AS (SELECT project_id FROM items WHERE tenant_id = ? AND status <> 'done')
SELECT COUNT(*) FROM open i JOIN p ON p.id = i.project_id;

-- name: a comment behind the end
-- args: 1
SELECT COUNT(*) FROM items WHERE tenant_id = ?; -- of mine
-- refused: several statements in one text: send each by itself, with nothing after its ;
-- instead: before it
-- args: 1
SELECT COUNT(*) FROM items WHERE tenant_id = ? -- of mine
;

-- name: a text with its character set
-- args: 1
SELECT `key` FROM items WHERE tenant_id = ? AND name = _utf8mb4'Form';
-- refused: _utf8mb4 changes how a text is read: pass an argument
-- instead: an argument
-- args: 1, "Form"
SELECT `key` FROM items WHERE tenant_id = ? AND name = ?;

-- name: pages of FETCH
-- mariadb only
-- args: 1
SELECT `key` FROM items WHERE tenant_id = ? ORDER BY id OFFSET 1 ROWS FETCH NEXT 2 ROWS ONLY;
-- refused: the statement can't be read: syntax error at position 63 near 'OFFSET'
-- instead: LIMIT
-- args: 1
SELECT `key` FROM items WHERE tenant_id = ? ORDER BY id LIMIT 2 OFFSET 1;

-- name: a lock that waits a while
-- mariadb only
-- args: 1
SELECT `key` FROM items WHERE tenant_id = ? FOR UPDATE WAIT 2;
-- refused: the statement can't be read: syntax error at position 60 near 'WAIT'

-- name: the median of a window
-- mariadb only
-- args: 1
SELECT DISTINCT project_id, MEDIAN(number) OVER (PARTITION BY project_id) AS middle FROM items WHERE tenant_id = ?;
-- refused: the statement can't be read: syntax error at position 48 near 'OVER'
-- instead: by places
-- args: 1
SELECT project_id, AVG(number) AS middle FROM (
  SELECT project_id, number, ROW_NUMBER() OVER w AS place, COUNT(*) OVER (PARTITION BY project_id) AS n
  FROM items WHERE tenant_id = ? WINDOW w AS (PARTITION BY project_id ORDER BY number)) t
WHERE place IN ((n + 1) DIV 2, (n + 2) DIV 2) GROUP BY project_id;

-- name: names that sound alike
-- args: 1
SELECT name FROM labels WHERE tenant_id = ? AND name SOUNDS LIKE 'bug';
-- refused: the statement can't be read: syntax error at position 60 near 'SOUNDS'
-- instead: by the function
-- args: 1
SELECT name FROM labels WHERE tenant_id = ? AND SOUNDEX(name) = SOUNDEX('bug');

-- name: what sorts as the server would
-- args: 1
SELECT HEX(WEIGHT_STRING(name)) FROM labels WHERE tenant_id = ?;
-- refused: WeightStringFuncExpr can't be proved: the guard does not know that syntax

-- name: who asks, for a log
-- args: 1
SELECT CURRENT_USER(), COUNT(*) FROM items WHERE tenant_id = ?;
-- refused: the function CURRENT_USER is not on the list of those that stay inside the row
-- instead: nothing that tells of a connection, which tenants share
-- args: 1
SELECT COUNT(*) FROM items WHERE tenant_id = ?;

-- name: a write that lets readers go first
-- args: 1
UPDATE LOW_PRIORITY labels SET color = '#000000' WHERE tenant_id = ?;
-- refused: the statement can't be read: syntax error at position 20 near 'LOW_PRIORITY'
-- instead: InnoDB has no such thing
-- args: 1
UPDATE labels SET color = '#000000' WHERE tenant_id = ?;

-- name: the columns of an INSERT in capitals
-- args: 1, "acme-labl-00000d", "x", "#000000"
INSERT INTO labels (Tenant_ID, Id, Name, Color) VALUES (?, ?, ?, ?);
-- refused: INSERT must name tenant_id once, in lower case
-- instead: the tenant as it is written
-- args: 1, "acme-labl-00000d", "x", "#000000"
INSERT INTO labels (tenant_id, Id, Name, Color) VALUES (?, ?, ?, ?);

-- name: a copy of all columns
-- args: 1
INSERT IGNORE INTO item_labels (tenant_id, item_id, label_id) SELECT * FROM item_labels WHERE tenant_id = ?;
-- refused: table item_labels: the query must select the tenant, as an argument or a number, in the place of tenant_id
-- instead: by name, the tenant as an argument
-- args: 1, 1
INSERT IGNORE INTO item_labels (tenant_id, item_id, label_id) SELECT ?, item_id, label_id FROM item_labels WHERE tenant_id = ?;

-- name: a copy from a derived table that carries the tenant
-- args: 1
INSERT IGNORE INTO item_labels (tenant_id, item_id, label_id)
SELECT d.tenant_id, d.item_id, d.label_id FROM (SELECT * FROM item_labels WHERE tenant_id = ?) d;
-- refused: table item_labels: the query must select the tenant, as an argument or a number, in the place of tenant_id
-- instead: the tenant as an argument
-- args: 1, 1
INSERT IGNORE INTO item_labels (tenant_id, item_id, label_id)
SELECT ?, d.item_id, d.label_id FROM (SELECT * FROM item_labels WHERE tenant_id = ?) d;

-- name: a derived table in the place of a view, bound outside
-- args: 1
SELECT open.`key` FROM (SELECT tenant_id, `key` FROM items WHERE status <> 'done') AS open WHERE open.tenant_id = ?;
-- refused: table items: nothing binds it to the tenant: add `items.tenant_id = ?` to WHERE, by AND (what is said of its tenant_id now does not count: under OR, NOT or a function, in a row, in capitals, or equal to that of a derived table or another query block)
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

-- name: a subquery that takes the tenant of the table around it, which MariaDB may run for all tenants first
-- args: 1
SELECT l.name FROM labels l
WHERE l.tenant_id = ? AND NOT EXISTS (SELECT 1 FROM item_labels il WHERE il.tenant_id = l.tenant_id AND il.label_id = l.id);
-- refused: table item_labels (il): nothing binds it to the tenant: add `il.tenant_id = ?` to WHERE, by AND (what is said of its tenant_id now does not count: under OR, NOT or a function, in a row, in capitals, or equal to that of a derived table or another query block)
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
-- refused: table items (i): nothing binds it to the tenant: add `i.tenant_id = ?` to WHERE, by AND (what is said of its tenant_id now does not count: under OR, NOT or a function, in a row, in capitals, or equal to that of a derived table or another query block)
-- instead: bound at their beginning
-- args: 1
SELECT i.`key`, l.name FROM items i
LEFT JOIN item_labels il ON il.tenant_id = i.tenant_id AND il.item_id = i.id
LEFT JOIN labels l ON l.tenant_id = il.tenant_id AND l.id = il.label_id
WHERE i.tenant_id = ?;
