-- Statements that a team writes by hand against the tables of schema.sql. Each is followed by
-- its variant "leak": one change that would read or write rows of other tenants, or that can't be
-- proved.
--
-- accepted_test.go proves each statement for tenant 1 and not for tenant 2, runs it on a server,
-- and checks the reason of the refusal of its variant. To write the reasons again:
-- go test ./tenancy/guard -run Applications -update. Arguments are JSON; a variant has those above it.

-- ============================================================ pages and lookups

-- name: an item by its key
-- args: 1, "WEB-1"
SELECT id, name, status, version FROM items WHERE tenant_id = ? AND `key` = ?;
-- leak: OR where AND was meant
SELECT id, name, status, version FROM items WHERE tenant_id = ? OR `key` = ?;
-- refused: table items: nothing binds it to the tenant: `tenant_id = ? or key = ?` does not bind, since a row can meet the other side of OR; add `items.tenant_id = ?` to WHERE, by AND

-- name: a point read by the primary key
-- args: 1, "acme-item-000001"
SELECT * FROM items WHERE tenant_id = ? AND id = ?;
-- leak: the row is less than another, in which the tenant is only the first part
SELECT * FROM items WHERE (tenant_id, id) <= (?, ?);
-- refused: table items: nothing binds it to the tenant: `(tenant_id, id) <= (?, ?)` does not bind: only an equality joined by AND does; add `items.tenant_id = ?` to WHERE, by AND

-- name: several items by their keys
-- args: 1, "WEB-1", "WEB-2", "OPS-1"
SELECT `key`, name FROM items WHERE tenant_id = ? AND `key` IN (?, ?, ?) ORDER BY FIELD(`key`, 'WEB-1', 'WEB-2', 'OPS-1');
-- leak: everything but the tenant
SELECT `key`, name FROM items WHERE tenant_id <> ? AND `key` IN (?, ?, ?) ORDER BY FIELD(`key`, 'WEB-1', 'WEB-2', 'OPS-1');
-- refused: table items: nothing binds it to the tenant: `tenant_id != ?` does not bind: only an equality joined by AND does; add `items.tenant_id = ?` to WHERE, by AND

-- name: a batch of rows for a loader
-- args: 1, "acme-item-000001", "acme-item-000002"
SELECT id, name FROM items WHERE tenant_id IN (?) AND id IN (?, ?);
-- leak: each with its tenant, one of which is another
-- args: 1, "acme-item-000001", 2, "glob-item-000001"
SELECT id, name FROM items WHERE (tenant_id, id) IN ((?, ?), (?, ?));
-- refused: table items: nothing binds it to the tenant: `(tenant_id, id) in ((?, ?), (?, ?))` does not bind: only an equality joined by AND does; add `items.tenant_id = ?` to WHERE, by AND

-- name: a page by offset
-- args: 1, 20, 0
SELECT id, `key`, name
FROM items
WHERE tenant_id = ?
ORDER BY created_at DESC, id DESC
LIMIT ? OFFSET ?;
-- leak: the tenant is a string
-- args: "1", 20, 0
SELECT id, `key`, name
FROM items
WHERE tenant_id = ?
ORDER BY created_at DESC, id DESC
LIMIT ? OFFSET ?;
-- refused: table items: argument 1 must be the tenant as an integer, but is a string

-- name: the next page by keyset, as a row comparison
-- args: 1, "2026-01-03", "acme-item-000003"
SELECT id, `key`, created_at FROM items
WHERE tenant_id = ? AND (created_at, id) < (?, ?)
ORDER BY created_at DESC, id DESC LIMIT 20;
-- leak: the tenant in HAVING, after all rows were read
SELECT id, `key`, created_at, tenant_id FROM items
HAVING tenant_id = ? AND (created_at, id) < (?, ?)
ORDER BY created_at DESC, id DESC LIMIT 20;
-- refused: table items: nothing binds it to the tenant: HAVING does not bind, since it filters groups and not rows; add `items.tenant_id = ?` to WHERE, by AND

-- name: the next page by keyset, spelled out
-- args: 1, "2026-01-03", "2026-01-03", "acme-item-000003"
SELECT i.id, i.name FROM items AS i
WHERE i.tenant_id = ?
  AND (i.created_at < ? OR (i.created_at = ? AND i.id < ?))
ORDER BY i.created_at DESC, i.id DESC
LIMIT 20;
-- leak: the brackets are missing, and OR frees the rest
SELECT i.id, i.name FROM items AS i
WHERE i.tenant_id = ?
  AND i.created_at < ? OR (i.created_at = ? AND i.id < ?)
ORDER BY i.created_at DESC, i.id DESC
LIMIT 20;
-- refused: table items (i): nothing binds it to the tenant: `i.tenant_id = ? and i.created_at < ? or i.created_at = ? and…` does not bind, since a row can meet the other side of OR; add `i.tenant_id = ?` to WHERE, by AND

-- name: a page with its total in one read
-- args: 1, "todo"
SELECT i.`key`, i.name, COUNT(*) OVER () AS total
FROM items i
WHERE i.tenant_id = ? AND i.status = ?
ORDER BY i.number LIMIT 10;
-- leak: the total is counted beside the page
SELECT i.`key`, i.name, (SELECT COUNT(*) FROM items) AS total
FROM items i
WHERE i.tenant_id = ? AND i.status = ?
ORDER BY i.number LIMIT 10;
-- refused: table items: nothing binds it to the tenant: add `items.tenant_id = ?` to WHERE, by AND

-- name: a deferred join for a deep page
-- args: 1, 1, 20, 40
SELECT i.* FROM (
  SELECT id FROM items WHERE tenant_id = ? ORDER BY updated_at DESC LIMIT 20
) AS page
JOIN items AS i ON i.tenant_id = ? AND i.id = page.id
WHERE i.number BETWEEN ? AND ? OR i.number < 100
ORDER BY i.updated_at DESC;
-- leak: ids are thought to be unique by themselves
-- args: 1, 20, 40
SELECT i.* FROM (
  SELECT id FROM items WHERE tenant_id = ? ORDER BY updated_at DESC LIMIT 20
) AS page
JOIN items AS i ON i.id = page.id
WHERE i.number BETWEEN ? AND ? OR i.number < 100
ORDER BY i.updated_at DESC;
-- refused: table items (i): nothing binds it to the tenant: add `i.tenant_id = ?` to WHERE, by AND

-- name: a search by a part of the name
-- args: 1, "%form%", "%form%"
SELECT `key`, name FROM items
WHERE tenant_id = ? AND (name LIKE ? OR description LIKE ? ESCAPE '|')
ORDER BY name COLLATE utf8mb4_unicode_ci;
-- leak: the search in one with a word that people may give
-- args: "x' OR 1=1 -- "
SELECT `key`, name FROM items
WHERE MATCH (name, description) AGAINST (? IN BOOLEAN MODE)
ORDER BY name COLLATE utf8mb4_unicode_ci;
-- refused: MATCH … AGAINST ranks by the rows of all tenants: search in Go, or in a search engine

-- name: a filter that may be absent
-- args: 1, null, null, null, null
SELECT `key` FROM items
WHERE tenant_id = ? AND (? IS NULL OR status = ?) AND (? IS NULL OR assignee_id = ?);
-- leak: the tenant may be absent as well
-- args: 1, 1, null, null
SELECT `key` FROM items
WHERE (? IS NULL OR tenant_id = ?) AND (? IS NULL OR assignee_id = ?);
-- refused: table items: nothing binds it to the tenant: `? is null or tenant_id = ?` does not bind, since a row can meet the other side of OR; add `items.tenant_id = ?` to WHERE, by AND

-- name: whether there is any
-- args: 1, "acme-memb-000001"
SELECT EXISTS (SELECT 1 FROM items WHERE tenant_id = ? AND assignee_id = ?) AS busy;
-- leak: whether any tenant has any
-- args: "acme-memb-000001"
SELECT EXISTS (SELECT 1 FROM items WHERE assignee_id = ?) AS busy;
-- refused: table items: nothing binds it to the tenant: add `items.tenant_id = ?` to WHERE, by AND

-- name: with the hint for an index, and a comment for the log
-- args: 1, "acme-proj-000001"
SELECT /* board */ id, number
FROM items USE INDEX (items_project, PRIMARY)
WHERE tenant_id = ? AND project_id = ? # of one board
ORDER BY number -- as it is shown
;
-- leak: a comment that servers execute
SELECT /* board */ id, number
FROM items USE INDEX (items_project, PRIMARY)
WHERE tenant_id = ? AND project_id = ? /*! OR 1 = 1 */
ORDER BY number -- as it is shown
;
-- refused: line 3, column 40, at "/*! OR 1 = 1 */": servers execute the comment /*! … */: write a space after /*

-- name: the tenant as an integer in the statement
-- args:
SELECT SQL_NO_CACHE DISTINCT status FROM items WHERE tenant_id = 1;
-- leak: the integer of another tenant in the statement
SELECT SQL_NO_CACHE DISTINCT status FROM items WHERE tenant_id = 2;
-- refused: table items: tenant_id is compared with 2, which is not the tenant

-- ============================================================ joins

-- name: open items with their project and assignee
-- args: 1, "todo", "doing"
SELECT i.`key`, i.name, p.name AS project, m.name AS assignee
FROM items i
JOIN projects p ON p.tenant_id = i.tenant_id AND p.id = i.project_id
LEFT JOIN members m ON m.tenant_id = i.tenant_id AND m.id = i.assignee_id
WHERE i.tenant_id = ? AND i.status IN (?, ?)
ORDER BY p.`key`, i.number;
-- leak: the optional table is bound to nothing
SELECT i.`key`, i.name, p.name AS project, m.name AS assignee
FROM items i
JOIN projects p ON p.tenant_id = i.tenant_id AND p.id = i.project_id
LEFT JOIN members m ON m.id = i.assignee_id
WHERE i.tenant_id = ? AND i.status IN (?, ?)
ORDER BY p.`key`, i.number;
-- refused: table members (m): nothing binds it to the tenant: add `m.tenant_id = ?` to the ON of its outer join, by AND; in WHERE it would drop the rows without a match

-- name: items without comments
-- args: 1
SELECT i.`key` FROM items i
LEFT JOIN comments c ON c.tenant_id = i.tenant_id AND c.item_id = i.id
WHERE i.tenant_id = ? AND c.id IS NULL;
-- leak: the tenant moved into ON, where it leaves out none of the left side's rows
SELECT i.`key` FROM items i
LEFT JOIN comments c ON c.tenant_id = i.tenant_id AND c.item_id = i.id AND i.tenant_id = ?
WHERE c.id IS NULL;
-- refused: table items (i): nothing binds it to the tenant: `c.tenant_id = i.tenant_id` does not bind, since nothing binds c; add `i.tenant_id = ?` to WHERE, by AND

-- name: items by label
-- args: 1, "bug"
SELECT i.`key`, l.name
FROM item_labels il
JOIN labels l ON l.tenant_id = il.tenant_id AND l.id = il.label_id
JOIN items i ON i.tenant_id = il.tenant_id AND i.id = il.item_id
WHERE il.tenant_id = ? AND l.name = ?;
-- leak: the label is bound to itself
SELECT i.`key`, l.name
FROM item_labels il
JOIN labels l ON l.tenant_id = l.tenant_id AND l.id = il.label_id
JOIN items i ON i.tenant_id = il.tenant_id AND i.id = il.item_id
WHERE il.tenant_id = ? AND l.name = ?;
-- refused: table labels (l): nothing binds it to the tenant: `l.tenant_id = l.tenant_id` does not bind, since it compares the column with itself; add `l.tenant_id = ?` to WHERE, by AND

-- name: pairs of items of one project, with USING
-- args: 1
SELECT a.`key`, b.`key` AS other
FROM items a JOIN items b USING (tenant_id, project_id)
WHERE a.tenant_id = ? AND a.number < b.number;
-- leak: USING without the tenant
SELECT a.`key`, b.`key` AS other
FROM items a JOIN items b USING (project_id)
WHERE a.tenant_id = ? AND a.number < b.number;
-- refused: table items (b): nothing binds it to the tenant: add `b.tenant_id = ?` to WHERE, by AND

-- name: tables by commas, as they were written long ago
-- args: 1, 1
SELECT p.`key`, COUNT(*) FROM projects p, items i
WHERE p.tenant_id = ? AND i.tenant_id = ? AND i.project_id = p.id
GROUP BY p.`key`;
-- leak: only the first is bound
-- args: 1
SELECT p.`key`, COUNT(*) FROM projects p, items i
WHERE p.tenant_id = ? AND i.project_id = p.id
GROUP BY p.`key`;
-- refused: table items (i): nothing binds it to the tenant: add `i.tenant_id = ?` to WHERE, by AND

-- name: a join in brackets on the optional side
-- args: 1
SELECT i.`key`, GROUP_CONCAT(l.name ORDER BY l.name SEPARATOR ', ') AS labels
FROM items i
LEFT JOIN (item_labels il JOIN labels l ON l.tenant_id = il.tenant_id AND l.id = il.label_id)
  ON il.tenant_id = i.tenant_id AND il.item_id = i.id
WHERE i.tenant_id = ?
GROUP BY i.id, i.`key`;
-- leak: nothing ties the brackets to the item's tenant
SELECT i.`key`, GROUP_CONCAT(l.name ORDER BY l.name SEPARATOR ', ') AS labels
FROM items i
LEFT JOIN (item_labels il JOIN labels l ON l.tenant_id = il.tenant_id AND l.id = il.label_id)
  ON il.item_id = i.id
WHERE i.tenant_id = ?
GROUP BY i.id, i.`key`;
-- refused: table item_labels (il): nothing binds it to the tenant: `l.tenant_id = il.tenant_id` does not bind, since nothing binds l; add `il.tenant_id = ?` to the ON of its outer join, by AND; in WHERE it would drop the rows without a match

-- name: every project with its last comment, by RIGHT JOIN
-- args: 1, 1
SELECT p.`key`, MAX(i.updated_at) AS touched
FROM items i RIGHT JOIN projects p ON i.project_id = p.id AND i.tenant_id = ?
WHERE p.tenant_id = ?
GROUP BY p.`key`;
-- leak: ON of a RIGHT JOIN leaves out no row of its right side
SELECT p.`key`, MAX(i.updated_at) AS touched
FROM items i RIGHT JOIN projects p ON i.project_id = p.id AND i.tenant_id = ? AND p.tenant_id = ?
GROUP BY p.`key`;
-- refused: table projects (p): nothing binds it to the tenant: `p.tenant_id = ?` does not bind, since the ON of an outer join filters only rows of its other side; add `p.tenant_id = ?` to WHERE, by AND

-- name: every member beside every project
-- args: 1, 1
SELECT m.name, p.name FROM members m CROSS JOIN projects p
WHERE m.tenant_id = ? AND p.tenant_id = ? ORDER BY 1, 2;
-- leak: the table of another database
-- args: 1, 1
SELECT m.name, p.name FROM members m CROSS JOIN backup.projects p
WHERE m.tenant_id = ? AND p.tenant_id = ? ORDER BY 1, 2;
-- refused: backup.projects: name the table without its database

-- name: a straight join, which sets the order of the tables
-- args: 1
SELECT STRAIGHT_JOIN c.body FROM items i STRAIGHT_JOIN comments c ON c.tenant_id = i.tenant_id AND c.item_id = i.id
WHERE i.tenant_id = ? AND CHAR_LENGTH(c.body) > 3;
-- leak: the directory of all tenants
-- args: 1
SELECT STRAIGHT_JOIN t.name FROM items i STRAIGHT_JOIN tenants t ON t.id = i.tenant_id
WHERE i.tenant_id = ? AND CHAR_LENGTH(t.name) > 3;
-- refused: table tenants: no model owns it: only the system scope may name it

-- name: a derived table joined to the table of its sums
-- args: 1, 1
SELECT p.`key`, open.n
FROM projects p
LEFT JOIN (
  SELECT project_id, COUNT(*) AS n FROM items
  WHERE tenant_id = ? AND status <> 'done' GROUP BY project_id
) AS open ON open.project_id = p.id
WHERE p.tenant_id = ?;
-- leak: the derived table sums up all tenants
-- args: 1
SELECT p.`key`, open.n
FROM projects p
LEFT JOIN (
  SELECT project_id, COUNT(*) AS n FROM items
  WHERE status <> 'done' GROUP BY project_id
) AS open ON open.project_id = p.id
WHERE p.tenant_id = ?;
-- refused: table items: nothing binds it to the tenant: add `items.tenant_id = ?` to WHERE, by AND

-- ============================================================ subqueries

-- name: members with work, by EXISTS
-- args: 1
SELECT m.name FROM members m
WHERE m.tenant_id = ? AND EXISTS (
  SELECT * FROM items i WHERE i.tenant_id = 1 AND i.assignee_id = m.id AND i.status <> 'done'
);
-- leak: the tenant forgotten inside
SELECT m.name FROM members m
WHERE m.tenant_id = ? AND EXISTS (
  SELECT * FROM items i WHERE i.assignee_id = m.id AND i.status <> 'done'
);
-- refused: table items (i): nothing binds it to the tenant: add `i.tenant_id = ?` to WHERE, by AND

-- name: labels that nothing wears, by NOT EXISTS
-- args: 1
SELECT name FROM labels AS l
WHERE l.tenant_id = ?
  AND NOT EXISTS (SELECT 1 FROM item_labels AS il WHERE il.tenant_id = 1 AND il.label_id = l.id);
-- leak: a bare tenant_id inside is the inner table's own
SELECT name FROM labels AS l
WHERE l.tenant_id = ?
  AND NOT EXISTS (SELECT 1 FROM item_labels AS il WHERE il.tenant_id = tenant_id AND il.label_id = l.id);
-- refused: table item_labels (il): nothing binds it to the tenant: `il.tenant_id = tenant_id` does not bind, since it compares the column with itself; add `il.tenant_id = ?` to WHERE, by AND

-- name: items of the projects that were found, by IN
-- args: 1, 1, "%site%"
SELECT `key` FROM items
WHERE tenant_id = ? AND project_id IN (SELECT id FROM projects WHERE tenant_id = ? AND name LIKE ?);
-- leak: a subquery in place of the tenant
-- args: 1, "%site%"
SELECT `key` FROM items
WHERE tenant_id IN (SELECT tenant_id FROM projects WHERE tenant_id = ? AND name LIKE ?);
-- refused: table items: nothing binds it to the tenant: `tenant_id in (select tenant_id from projects where tenant_id…` does not bind: only an equality joined by AND does; add `items.tenant_id = ?` to WHERE, by AND

-- name: items that are in none of the archived projects, by NOT IN
-- args: 1, 1
SELECT i.`key` FROM items i
WHERE i.tenant_id = ? AND i.project_id NOT IN (
  SELECT p.id FROM projects p WHERE p.tenant_id = ? AND p.description = 'archived');
-- leak: NOT IN of the tenant
-- args: 1
SELECT i.`key` FROM items i
WHERE i.tenant_id NOT IN (?) AND i.project_id IS NOT NULL;
-- refused: table items (i): nothing binds it to the tenant: `i.tenant_id not in (?)` does not bind: only an equality joined by AND does; add `i.tenant_id = ?` to WHERE, by AND

-- name: counts in the list of columns
-- args: 1
SELECT p.`key`,
  (SELECT COUNT(*) FROM items i WHERE i.tenant_id = 1 AND i.project_id = p.id) AS items,
  (SELECT COUNT(*) FROM comments c
     JOIN items i ON i.tenant_id = c.tenant_id AND i.id = c.item_id
    WHERE c.tenant_id = 1 AND i.project_id = p.id) AS comments
FROM projects p WHERE p.tenant_id = ? ORDER BY items DESC;
-- leak: one of the counts has no tenant
SELECT p.`key`,
  (SELECT COUNT(*) FROM items i WHERE i.tenant_id = 1 AND i.project_id = p.id) AS items,
  (SELECT COUNT(*) FROM comments c
     LEFT JOIN items i ON i.tenant_id = c.tenant_id AND i.id = c.item_id
    WHERE i.tenant_id <=> p.tenant_id AND i.project_id = p.id) AS comments
FROM projects p WHERE p.tenant_id = ? ORDER BY items DESC;
-- refused: table comments (c): nothing binds it to the tenant: `i.tenant_id = c.tenant_id` does not bind, since nothing binds i; add `c.tenant_id = ?` to WHERE, by AND

-- name: the newest item of each project, by a correlated maximum
-- args: 1
SELECT i.`key`, i.created_at FROM items i
WHERE i.tenant_id = ? AND i.created_at = (
  SELECT MAX(j.created_at) FROM items j WHERE j.tenant_id = 1 AND j.project_id = i.project_id);
-- leak: both are called i, so that the inner one is bound to itself
SELECT i.`key`, i.created_at FROM items i
WHERE i.tenant_id = ? AND i.created_at = (
  SELECT MAX(i.created_at) FROM items i WHERE i.tenant_id = i.tenant_id AND i.project_id = i.project_id);
-- refused: table items (i): nothing binds it to the tenant: `i.tenant_id = i.tenant_id` does not bind, since it compares the column with itself; add `i.tenant_id = ?` to WHERE, by AND

-- name: members with more work than the average
-- args: 1, 1
SELECT m.name, COUNT(i.id) AS n
FROM members m JOIN items i ON i.tenant_id = m.tenant_id AND i.assignee_id = m.id
WHERE m.tenant_id = ?
GROUP BY m.id, m.name
HAVING COUNT(i.id) >= (
  SELECT COUNT(*) / COUNT(DISTINCT assignee_id) FROM items WHERE tenant_id = ?);
-- leak: more than the average of all tenants
-- args: 1
SELECT m.name, COUNT(i.id) AS n
FROM members m JOIN items i ON i.tenant_id = m.tenant_id AND i.assignee_id = m.id
WHERE m.tenant_id = ?
GROUP BY m.id, m.name
HAVING COUNT(i.id) >= (
  SELECT COUNT(*) / COUNT(DISTINCT assignee_id) FROM items);
-- refused: table items: nothing binds it to the tenant: add `items.tenant_id = ?` to WHERE, by AND

-- name: items older than all done items, by ALL
-- args: 1, 1
SELECT `key` FROM items
WHERE tenant_id = ? AND created_at <= ALL (SELECT created_at FROM items WHERE tenant_id = ? AND status = 'done');
-- leak: the tenant compared by ANY
-- args: 1
SELECT `key` FROM items
WHERE tenant_id = ANY (SELECT tenant_id FROM items WHERE tenant_id = ? AND status = 'done');
-- refused: table items: nothing binds it to the tenant: `tenant_id = any (select tenant_id from items where tenant_id…` does not bind, since it compares with neither a ? nor an integer; add `items.tenant_id = ?` to WHERE, by AND

-- name: three deep, each bound by itself
-- args: 1
SELECT p.name FROM projects p
WHERE p.tenant_id = ? AND EXISTS (
  SELECT 1 FROM items i WHERE i.tenant_id = 1 AND i.project_id = p.id AND EXISTS (
    SELECT 1 FROM comments c WHERE c.tenant_id = 1 AND c.item_id = i.id));
-- leak: the innermost subquery excludes only the tenant of its project
SELECT p.name FROM projects p
WHERE p.tenant_id = ? AND EXISTS (
  SELECT 1 FROM items i WHERE i.tenant_id = 1 AND i.project_id = p.id AND EXISTS (
    SELECT 1 FROM comments c WHERE NOT (c.tenant_id = 1) AND c.item_id = i.id));
-- refused: table comments (c): nothing binds it to the tenant: `not c.tenant_id = 1` does not bind: only an equality joined by AND does; add `c.tenant_id = ?` to WHERE, by AND

-- ============================================================ reports

-- name: items by status and priority, with totals
-- args: 1
SELECT status, priority, COUNT(*) AS n, MIN(created_at) AS oldest
FROM items WHERE tenant_id = ?
GROUP BY status, priority WITH ROLLUP
HAVING n > 0;
-- leak: grouped by tenant, to select the own rows later
-- args: 1
SELECT tenant_id, status, COUNT(*) AS n, MIN(created_at) AS oldest
FROM items
GROUP BY tenant_id, status WITH ROLLUP
HAVING tenant_id = ?;
-- refused: table items: nothing binds it to the tenant: HAVING does not bind, since it filters groups and not rows; add `items.tenant_id = ?` to WHERE, by AND

-- name: a column of several words, for a spreadsheet
-- args: 1
SELECT status, COUNT(*) AS `number of items` FROM items WHERE tenant_id = ? GROUP BY status ORDER BY `number of items` DESC;
-- leak: a table of several words
SELECT status, COUNT(*) AS `number of items` FROM items AS `all items` WHERE tenant_id = ? GROUP BY status ORDER BY `number of items` DESC;
-- refused: the name "all items" must consist of ASCII letters, digits and _

-- name: the board of a project in one row
-- args: 1, "WEB"
SELECT p.name,
  SUM(i.status = 'todo') AS todo,
  SUM(CASE WHEN i.status = 'doing' THEN 1 ELSE 0 END) AS doing,
  COUNT(IF(i.status = 'done', 1, NULL)) AS done,
  ROUND(100 * AVG(i.status = 'done'), 1) AS percent
FROM projects p JOIN items i ON i.tenant_id = p.tenant_id AND i.project_id = p.id
WHERE p.tenant_id = ? AND p.`key` = ?
GROUP BY p.id, p.name;
-- leak: the columns crossed
SELECT p.name,
  SUM(i.status = 'todo') AS todo,
  SUM(CASE WHEN i.status = 'doing' THEN 1 ELSE 0 END) AS doing,
  COUNT(IF(i.status = 'done', 1, NULL)) AS done,
  ROUND(100 * AVG(i.status = 'done'), 1) AS percent
FROM projects p JOIN items i ON i.tenant_id = p.id AND i.project_id = p.tenant_id
WHERE p.tenant_id = ? AND p.`key` = ?
GROUP BY p.id, p.name;
-- refused: table items (i): nothing binds it to the tenant: `i.tenant_id = p.id` does not bind, since it compares with neither a ? nor an integer; add `i.tenant_id = ?` to WHERE, by AND

-- name: items made by week
-- args: 1, "2026-01-01"
SELECT YEARWEEK(created_at, 3) AS week, DATE_FORMAT(MIN(created_at), '%Y-%m-%d') AS since, COUNT(*) AS made
FROM items
WHERE tenant_id = ? AND created_at >= DATE_SUB(?, INTERVAL 12 WEEK)
GROUP BY YEARWEEK(created_at, 3)
ORDER BY week;
-- leak: the tenant inside a function
SELECT YEARWEEK(created_at, 3) AS week, DATE_FORMAT(MIN(created_at), '%Y-%m-%d') AS since, COUNT(*) AS made
FROM items
WHERE ABS(tenant_id) = ? AND created_at >= DATE_SUB(?, INTERVAL 12 WEEK)
GROUP BY YEARWEEK(created_at, 3)
ORDER BY week;
-- refused: table items: nothing binds it to the tenant: `ABS(tenant_id) = ?` does not bind, since it compares an expression and not the column; add `items.tenant_id = ?` to WHERE, by AND

-- name: how long items rest
-- args: 1
SELECT i.`key`, TIMESTAMPDIFF(DAY, i.updated_at, NOW()) AS days, LAST_DAY(i.updated_at) AS month,
  EXTRACT(YEAR FROM i.created_at) AS year, DATEDIFF(CURDATE(), DATE(i.created_at)) AS age,
  i.created_at + INTERVAL 30 DAY AS due, WEEKDAY(i.created_at) IN (5, 6) AS weekend
FROM items i
WHERE i.tenant_id = ? AND i.updated_at < NOW() - INTERVAL 7 DAY
ORDER BY days DESC;
-- leak: a function that holds the server up while others wait
SELECT i.`key`, SLEEP(10) AS days, LAST_DAY(i.updated_at) AS month,
  EXTRACT(YEAR FROM i.created_at) AS year, DATEDIFF(CURDATE(), DATE(i.created_at)) AS age,
  i.created_at + INTERVAL 30 DAY AS due, WEEKDAY(i.created_at) IN (5, 6) AS weekend
FROM items i
WHERE i.tenant_id = ? AND i.updated_at < NOW() - INTERVAL 7 DAY
ORDER BY days DESC;
-- refused: the function SLEEP holds a connection that other tenants wait for: wait in Go

-- name: a list for a spreadsheet
-- args: 1
SELECT CONCAT_WS(' ', UPPER(LEFT(m.name, 1)), SUBSTRING(m.name, 2)) AS name,
  LOWER(TRIM(m.email)) AS email, SUBSTRING_INDEX(m.email, '@', -1) AS domain,
  LPAD(CAST(COUNT(i.id) AS CHAR), 5, '0') AS items, COALESCE(MAX(i.name), '-') AS last,
  REPLACE(REGEXP_REPLACE(m.name, '[^a-zA-Z ]', ''), ' ', '.') AS handle, HEX(m.id) AS id
FROM members m LEFT JOIN items i ON i.tenant_id = m.tenant_id AND i.assignee_id = m.id
WHERE m.tenant_id = ?
GROUP BY m.id, m.name, m.email;
-- leak: into a file
SELECT CONCAT_WS(' ', UPPER(LEFT(m.name, 1)), SUBSTRING(m.name, 2)) AS name,
  LOWER(TRIM(m.email)) AS email, SUBSTRING_INDEX(m.email, '@', -1) AS domain
FROM members m
WHERE m.tenant_id = ? INTO OUTFILE '/tmp/members.csv';
-- refused: INTO can't be proved: read the rows in Go

-- name: names that differ only in case, and digits in strings
-- args: 1
SELECT a.name COLLATE utf8mb4_bin AS a, CAST(SUBSTRING_INDEX(a.`key`, '-', -1) AS UNSIGNED) AS n,
  CONVERT(b.name USING ascii) AS b, CAST(a.number / 7 AS DECIMAL(10, 2)) AS part, BINARY a.name = b.name AS same
FROM items a JOIN items b ON b.tenant_id = a.tenant_id AND LOWER(b.name) = LOWER(a.name)
WHERE a.tenant_id = ?;
-- leak: the tenant cast, which rounds
SELECT a.name COLLATE utf8mb4_bin AS a, CAST(SUBSTRING_INDEX(a.`key`, '-', -1) AS UNSIGNED) AS n,
  CONVERT(b.name USING ascii) AS b, CAST(a.number / 7 AS DECIMAL(10, 2)) AS part, BINARY a.name = b.name AS same
FROM items a JOIN items b ON b.tenant_id = CAST(a.tenant_id AS SIGNED) AND LOWER(b.name) = LOWER(a.name)
WHERE a.tenant_id = ?;
-- refused: table items (b): nothing binds it to the tenant: `b.tenant_id = cast(a.tenant_id as SIGNED)` does not bind, since it compares with neither a ? nor an integer; add `b.tenant_id = ?` to WHERE, by AND

-- name: a feed of events from several tables
-- args: 1, 1, 1
(SELECT 'item' AS kind, id, created_at AS at FROM items WHERE tenant_id = ?)
UNION ALL
(SELECT 'comment', id, created_at FROM comments WHERE tenant_id = ? ORDER BY created_at DESC LIMIT 50)
UNION ALL
SELECT 'project', id, NULL FROM projects WHERE tenant_id = ?
ORDER BY at DESC LIMIT 50;
-- leak: the last arm has no tenant
-- args: 1, 1
(SELECT 'item' AS kind, id, created_at AS at FROM items WHERE tenant_id = ?)
UNION ALL
(SELECT 'comment', id, created_at FROM comments WHERE tenant_id = ? ORDER BY created_at DESC LIMIT 50)
UNION ALL
SELECT 'project', id, NULL FROM projects
ORDER BY at DESC LIMIT 50;
-- refused: table projects: nothing binds it to the tenant: add `projects.tenant_id = ?` to WHERE, by AND

-- name: a nested UNION that drops duplicates
-- args: 1, 1
SELECT people.id, COUNT(*) AS times
FROM (
  SELECT assignee_id AS id FROM items WHERE tenant_id = ? AND assignee_id IS NOT NULL
  UNION DISTINCT
  SELECT author_id FROM comments WHERE tenant_id = ? AND author_id IS NOT NULL
) people
GROUP BY people.id;
-- leak: one arm is another tenant's
-- args: 1, 2
SELECT people.id, COUNT(*) AS times
FROM (
  SELECT assignee_id AS id FROM items WHERE tenant_id = ? AND assignee_id IS NOT NULL
  UNION DISTINCT
  SELECT author_id FROM comments WHERE tenant_id = ? AND author_id IS NOT NULL
) people
GROUP BY people.id;
-- refused: table comments: argument 2 must be the tenant of the context, but has another value

-- name: spread and other statistics
-- args: 1
SELECT project_id, AVG(number), STDDEV_POP(number), VAR_SAMP(number), BIT_OR(version), COUNT(DISTINCT status, priority)
FROM items WHERE tenant_id = ? GROUP BY project_id HAVING MAX(number) - MIN(number) >= 0;
-- leak: a function of one's own can read any table
SELECT project_id, AVG(number), STDDEV_POP(number), VAR_SAMP(number), BIT_OR(version), velocity(project_id)
FROM items WHERE tenant_id = ? GROUP BY project_id HAVING MAX(number) - MIN(number) >= 0;
-- refused: the function velocity is unknown to the guard and could read any table: compute it in Go

-- ============================================================ windows

-- name: the rank of items in their project
-- args: 1
SELECT `key`, ROW_NUMBER() OVER w AS place, RANK() OVER (PARTITION BY project_id ORDER BY priority) AS rank_of,
  DENSE_RANK() OVER w AS dense, NTILE(4) OVER w AS quarter, PERCENT_RANK() OVER w AS percent
FROM items WHERE tenant_id = ?
WINDOW w AS (PARTITION BY project_id ORDER BY number);
-- leak: the window is by tenant, but the rows are everyone's
-- args:
SELECT `key`, ROW_NUMBER() OVER w AS place, RANK() OVER (PARTITION BY project_id ORDER BY priority) AS rank_of,
  DENSE_RANK() OVER w AS dense, NTILE(4) OVER w AS quarter, PERCENT_RANK() OVER w AS percent
FROM items
WINDOW w AS (PARTITION BY tenant_id, project_id ORDER BY number);
-- refused: table items: nothing binds it to the tenant: add `items.tenant_id = ?` to WHERE, by AND

-- name: the running total of items by day
-- args: 1
SELECT day, n, SUM(n) OVER (ORDER BY day ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS total,
  AVG(n) OVER (ORDER BY day ROWS BETWEEN 6 PRECEDING AND CURRENT ROW) AS smooth
FROM (SELECT DATE(created_at) AS day, COUNT(*) AS n FROM items WHERE tenant_id = ? GROUP BY DATE(created_at)) AS days
ORDER BY day;
-- leak: the tenant only in the list of columns
SELECT day, n, SUM(n) OVER (ORDER BY day ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS total,
  AVG(n) OVER (ORDER BY day ROWS BETWEEN 6 PRECEDING AND CURRENT ROW) AS smooth
FROM (SELECT DATE(created_at) AS day, SUM(tenant_id = ?) AS n FROM items GROUP BY DATE(created_at)) AS days
ORDER BY day;
-- refused: table items: nothing binds it to the tenant: add `items.tenant_id = ?` to WHERE, by AND

-- name: the time between comments
-- args: 1
SELECT c.item_id, c.created_at,
  LAG(c.created_at) OVER w AS before_it, LEAD(c.created_at, 1) OVER w AS after_it,
  FIRST_VALUE(c.body) OVER w AS first_body,
  TIMESTAMPDIFF(SECOND, LAG(c.created_at, 1) OVER w, c.created_at) AS pause
FROM comments c WHERE c.tenant_id = ?
WINDOW w AS (PARTITION BY c.item_id ORDER BY c.created_at, c.id);
-- leak: the tenant is less than the next, and so are all before it
SELECT c.item_id, c.created_at,
  LAG(c.created_at) OVER w AS before_it, LEAD(c.created_at, 1) OVER w AS after_it,
  FIRST_VALUE(c.body) OVER w AS first_body,
  TIMESTAMPDIFF(SECOND, LAG(c.created_at, 1) OVER w, c.created_at) AS pause
FROM comments c WHERE c.tenant_id <= ?
WINDOW w AS (PARTITION BY c.item_id ORDER BY c.created_at, c.id);
-- refused: table comments (c): nothing binds it to the tenant: `c.tenant_id <= ?` does not bind: only an equality joined by AND does; add `c.tenant_id = ?` to WHERE, by AND

-- name: three items of each project, by a numbered derived table
-- args: 1
SELECT ranked.`key`, ranked.name FROM (
  SELECT i.`key`, i.name, ROW_NUMBER() OVER (PARTITION BY i.project_id ORDER BY i.updated_at DESC) AS n
  FROM items i WHERE i.tenant_id = ?
) ranked WHERE ranked.n <= 3;
-- leak: bound outside, after everyone's rows were numbered
SELECT ranked.`key`, ranked.name FROM (
  SELECT i.tenant_id, i.`key`, i.name, ROW_NUMBER() OVER (PARTITION BY i.project_id ORDER BY i.updated_at DESC) AS n
  FROM items i
) ranked WHERE ranked.tenant_id = ? AND ranked.n <= 3;
-- refused: table items (i): nothing binds it to the tenant: add `i.tenant_id = ?` to WHERE, by AND

-- ============================================================ common table expressions

-- name: several steps
-- args: 1, 1
WITH open AS (
  SELECT project_id, assignee_id, COUNT(*) AS n FROM items
  WHERE tenant_id = ? AND status <> 'done' GROUP BY project_id, assignee_id
), busy AS (
  SELECT assignee_id, SUM(n) AS n FROM open GROUP BY assignee_id HAVING SUM(n) > 0
)
SELECT m.name, busy.n FROM busy JOIN members m ON m.tenant_id = ? AND m.id = busy.assignee_id
ORDER BY busy.n DESC, m.name;
-- leak: the member is whoever has that id
-- args: 1
WITH open AS (
  SELECT project_id, assignee_id, COUNT(*) AS n FROM items
  WHERE tenant_id = ? AND status <> 'done' GROUP BY project_id, assignee_id
), busy AS (
  SELECT assignee_id, SUM(n) AS n FROM open GROUP BY assignee_id HAVING SUM(n) > 0
)
SELECT m.name, busy.n FROM busy JOIN members m ON m.id = busy.assignee_id
ORDER BY busy.n DESC, m.name;
-- refused: table members (m): nothing binds it to the tenant: add `m.tenant_id = ?` to WHERE, by AND

-- name: a calendar with the days on which nothing was made
-- args: 1
WITH RECURSIVE days (day) AS (
  SELECT CAST('2026-01-01' AS DATE)
  UNION ALL
  SELECT day + INTERVAL 1 DAY FROM days WHERE day < '2026-01-10'
)
SELECT days.day, COUNT(i.id) AS made
FROM days LEFT JOIN items i ON i.tenant_id = ? AND i.created_at >= days.day AND i.created_at < days.day + INTERVAL 1 DAY
GROUP BY days.day ORDER BY days.day;
-- leak: the days of everyone
-- args:
WITH RECURSIVE days (day) AS (
  SELECT CAST('2026-01-01' AS DATE)
  UNION ALL
  SELECT day + INTERVAL 1 DAY FROM days WHERE day < '2026-01-10'
)
SELECT days.day, COUNT(i.id) AS made
FROM days LEFT JOIN items i ON i.created_at >= days.day AND i.created_at < days.day + INTERVAL 1 DAY
GROUP BY days.day ORDER BY days.day;
-- refused: table items (i): nothing binds it to the tenant: add `i.tenant_id = ?` to the ON of its outer join, by AND; in WHERE it would drop the rows without a match

-- name: numbers that are missing in a project
-- args: 1, "acme-proj-000001", 1, "acme-proj-000001"
WITH RECURSIVE numbers AS (
  SELECT 1 AS n
  UNION ALL
  SELECT numbers.n + 1 FROM numbers WHERE numbers.n < (SELECT last_number FROM projects WHERE tenant_id = ? AND id = ?)
)
SELECT numbers.n FROM numbers
WHERE NOT EXISTS (SELECT 1 FROM items WHERE tenant_id = ? AND project_id = ? AND items.number = numbers.n);
-- leak: the bound of the recursion is any project's
-- args: "acme-proj-000001", 1, "acme-proj-000001"
WITH RECURSIVE numbers AS (
  SELECT 1 AS n
  UNION ALL
  SELECT numbers.n + 1 FROM numbers WHERE numbers.n < (SELECT last_number FROM projects WHERE id = ?)
)
SELECT numbers.n FROM numbers
WHERE NOT EXISTS (SELECT 1 FROM items WHERE tenant_id = ? AND project_id = ? AND items.number = numbers.n);
-- refused: table projects: nothing binds it to the tenant: add `projects.tenant_id = ?` to WHERE, by AND

-- name: a tree of items, where the parent is the half of the number
-- args: 1, 1
WITH RECURSIVE tree AS (
  SELECT i.id, i.number, 0 AS depth, CAST(i.`key` AS CHAR(200)) AS path FROM items i WHERE i.tenant_id = ? AND i.number = 1
  UNION ALL
  SELECT i.id, i.number, tree.depth + 1, CONCAT(tree.path, '/', i.`key`)
  FROM tree JOIN items i ON i.tenant_id = ? AND i.number DIV 2 = tree.number
  WHERE tree.depth < 5
)
SELECT path, depth FROM tree ORDER BY path;
-- leak: the recursive step reads children of all tenants
-- args: 1
WITH RECURSIVE tree AS (
  SELECT i.id, i.number, 0 AS depth, CAST(i.`key` AS CHAR(200)) AS path FROM items i WHERE i.tenant_id = ? AND i.number = 1
  UNION ALL
  SELECT i.id, i.number, tree.depth + 1, CONCAT(tree.path, '/', i.`key`)
  FROM tree JOIN items i ON i.number DIV 2 = tree.number
  WHERE tree.depth < 5
)
SELECT path, depth FROM tree ORDER BY path;
-- refused: table items (i): nothing binds it to the tenant: add `i.tenant_id = ?` to WHERE, by AND

-- name: one expression used twice
-- args: 1
WITH mine AS (SELECT id, project_id, number FROM items WHERE tenant_id = ?)
SELECT a.id, b.id AS next_id FROM mine a LEFT JOIN mine b ON b.project_id = a.project_id AND b.number = a.number + 1;
-- leak: it has the name of a table
WITH items AS (SELECT id, project_id, number FROM items WHERE tenant_id = ?)
SELECT a.id, b.id AS next_id FROM items a LEFT JOIN items b ON b.project_id = a.project_id AND b.number = a.number + 1;
-- refused: the common table expression items hides a table: give it another name

-- ============================================================ JSON

-- name: an item as a document
-- args: 1, "WEB-1"
SELECT JSON_OBJECT('key', i.`key`, 'name', i.name, 'labels', (
    SELECT JSON_ARRAYAGG(l.name) FROM item_labels il
    JOIN labels l ON l.tenant_id = il.tenant_id AND l.id = il.label_id
    WHERE il.tenant_id = 1 AND il.item_id = i.id)) AS document
FROM items i WHERE i.tenant_id = ? AND i.`key` = ?;
-- leak: the labels of whoever has that item
SELECT JSON_OBJECT('key', i.`key`, 'name', i.name, 'labels', (
    SELECT JSON_ARRAYAGG(l.name) FROM item_labels il
    JOIN labels l ON l.tenant_id = il.tenant_id AND l.id = il.label_id
    WHERE il.item_id = i.id)) AS document
FROM items i WHERE i.tenant_id = ? AND i.`key` = ?;
-- refused: table item_labels (il): nothing binds it to the tenant: `l.tenant_id = il.tenant_id` does not bind, since nothing binds l; add `il.tenant_id = ?` to WHERE, by AND

-- name: counts by status in one object
-- args: 1
SELECT JSON_OBJECTAGG(s.status, s.n) FROM (
  SELECT status, COUNT(*) AS n FROM items WHERE tenant_id = ? GROUP BY status) AS s;
-- leak: the object of all tenants, from which the program would pick
-- args:
SELECT JSON_OBJECTAGG(s.tenant_id, s.n) FROM (
  SELECT tenant_id, COUNT(*) AS n FROM items GROUP BY tenant_id) AS s;
-- refused: table items: nothing binds it to the tenant: add `items.tenant_id = ?` to WHERE, by AND

-- name: fields of a document in a column
-- args: 1
SELECT `key`, JSON_EXTRACT(description, '$.points') AS points, JSON_VALUE(description, '$.due') AS due,
  JSON_UNQUOTE(JSON_EXTRACT(description, '$.tags[0]')) AS tag, JSON_LENGTH(description, '$.tags') AS tags
FROM items
WHERE tenant_id = ? AND JSON_VALID(description) AND JSON_CONTAINS(description, '"api"', '$.tags');
-- leak: a document may say which tenant
SELECT `key`, JSON_EXTRACT(description, '$.points') AS points, JSON_VALUE(description, '$.due') AS due,
  JSON_UNQUOTE(JSON_EXTRACT(description, '$.tags[0]')) AS tag, JSON_LENGTH(description, '$.tags') AS tags
FROM items
WHERE tenant_id = JSON_VALUE(JSON_OBJECT('tenant', ?), '$.tenant') AND JSON_VALID(description) AND JSON_CONTAINS(description, '"api"', '$.tags');
-- refused: table items: nothing binds it to the tenant: `tenant_id = json_value(json_object('tenant', ?), '$.tenant')` does not bind, since it compares with neither a ? nor an integer; add `items.tenant_id = ?` to WHERE, by AND

-- name: a list of keys in one argument, by JSON_TABLE
-- args: "[\"WEB-1\", \"OPS-1\"]", 1
SELECT wanted.place, i.`key`, i.name
FROM JSON_TABLE(?, '$[*]' COLUMNS (place FOR ORDINALITY, item_key VARCHAR(21) PATH '$' NULL ON EMPTY)) AS wanted
JOIN items i ON i.tenant_id = ? AND i.`key` = wanted.item_key
ORDER BY wanted.place;
-- leak: the list brings the tenant along
-- args: "[{\"tenant_id\": 2, \"item_key\": \"WEB-1\"}]"
SELECT wanted.item_key, i.`key`, i.name
FROM JSON_TABLE(?, '$[*]' COLUMNS (tenant_id INT PATH '$.tenant_id', item_key VARCHAR(21) PATH '$.item_key')) AS wanted
JOIN items i ON i.tenant_id = wanted.tenant_id AND i.`key` = wanted.item_key
ORDER BY wanted.item_key;
-- refused: table items (i): nothing binds it to the tenant: `i.tenant_id = wanted.tenant_id` does not bind, since wanted is not a tenant table; add `i.tenant_id = ?` to WHERE, by AND

-- name: the tags of all documents, by JSON_TABLE beside its table
-- args: 1
SELECT tag.name, COUNT(*) AS n
FROM items i, JSON_TABLE(i.description, '$.tags[*]' COLUMNS (name VARCHAR(50) PATH '$' DEFAULT '0' ON ERROR)) AS tag
WHERE i.tenant_id = ? AND JSON_VALID(i.description)
GROUP BY tag.name;
-- leak: the document comes from a table that is not bound
SELECT tag.name, COUNT(*) AS n
FROM items i, JSON_TABLE((SELECT MAX(description) FROM projects), '$.tags[*]' COLUMNS (name VARCHAR(50) PATH '$' DEFAULT '0' ON ERROR)) AS tag
WHERE i.tenant_id = ? AND JSON_VALID(i.description)
GROUP BY tag.name;
-- refused: table projects: nothing binds it to the tenant: add `projects.tenant_id = ?` to WHERE, by AND

-- name: a document changed in its place
-- args: 5, 1, "WEB-2"
UPDATE items
SET description = JSON_REMOVE(JSON_SET(COALESCE(description, '{}'), '$.points', ?, '$.seen', JSON_ARRAY()), '$.old'),
    version = version + 1
WHERE tenant_id = ? AND `key` = ?;
-- leak: the document is another table's, of all tenants
-- args: 1, "WEB-2"
UPDATE items
SET description = (SELECT JSON_ARRAYAGG(email) FROM members),
    version = version + 1
WHERE tenant_id = ? AND `key` = ?;
-- refused: table members: nothing binds it to the tenant: add `members.tenant_id = ?` to WHERE, by AND

-- ============================================================ locks

-- name: the next number of a project, under a lock
-- args: 1, "acme-proj-000001"
SELECT last_number FROM projects WHERE tenant_id = ? AND id = ? FOR UPDATE;
-- leak: a lock on the row of whoever has it
-- args: "acme-proj-000001"
SELECT last_number FROM projects WHERE id = ? FOR UPDATE;
-- refused: table projects: nothing binds it to the tenant: add `projects.tenant_id = ?` to WHERE, by AND

-- name: one piece of work for one of many workers
-- args: 1
SELECT id FROM items WHERE tenant_id = ? AND status = 'todo' ORDER BY created_at LIMIT 1 FOR UPDATE SKIP LOCKED;
-- leak: a lock that all tenants share
SELECT id FROM items WHERE tenant_id = ? AND GET_LOCK('work', 5) = 1 ORDER BY created_at LIMIT 1;
-- refused: the function GET_LOCK has locks that all tenants share: lock a row of the tenant with SELECT … FOR UPDATE

-- name: rows that must not change meanwhile
-- args: 1
SELECT id FROM labels WHERE tenant_id = ? LOCK IN SHARE MODE;
-- leak: a lock on whole tables
-- args:
LOCK TABLES labels WRITE;
-- refused: LOCK can't be proved: only the system scope can run such a statement (tenancy.System)

-- ============================================================ inserts

-- name: a label
-- args: 1, "acme-labl-000009", "urgent", "#ff0000"
INSERT INTO labels (tenant_id, id, name, color) VALUES (?, ?, ?, ?);
-- leak: by position, without its columns
INSERT INTO labels VALUES (?, ?, ?, ?);
-- refused: table labels: INSERT must name its columns, tenant_id among them

-- name: several labels at once
-- args: 1, "acme-labl-000007", "docs", 1, "acme-labl-000008", "design"
INSERT INTO labels (tenant_id, id, name, color) VALUES (?, ?, ?, '#00ff00'), (?, ?, ?, TRIM(BOTH FROM '#00ffff')), (1, 'acme-labl-00000a', LOWER('Ops'), '#0000ff');
-- leak: one of them for another tenant
-- args: 1, "acme-labl-000007", "docs", 2, "glob-labl-000008", "design"
INSERT INTO labels (tenant_id, id, name, color) VALUES (?, ?, ?, '#00ff00'), (?, ?, ?, '#00ff00'), (1, 'acme-labl-00000a', LOWER('Ops'), '#0000ff');
-- refused: table labels: argument 4 must be the tenant of the context, but has another value

-- name: a comment, with SET
-- args: 1, "acme-comm-000009", "acme-item-000001", "acme-memb-000001", "done?"
INSERT INTO comments SET tenant_id = ?, id = ?, item_id = ?, author_id = ?, body = ?, created_at = UTC_TIMESTAMP(6);
-- leak: the tenant of another table
-- args: "acme-item-000001", "acme-comm-000009", "acme-item-000001", "acme-memb-000001", "done?"
INSERT INTO comments SET tenant_id = (SELECT tenant_id FROM items WHERE id = ?), id = ?, item_id = ?, author_id = ?, body = ?, created_at = UTC_TIMESTAMP(6);
-- refused: table items: nothing binds it to the tenant: add `items.tenant_id = ?` to WHERE, by AND

-- name: a label that is there already keeps its name and gets the new color
-- args: 1, "acme-labl-000001", "bug", "#cc0000"
INSERT INTO labels (tenant_id, id, name, color) VALUES (?, ?, ?, ?)
ON DUPLICATE KEY UPDATE color = VALUES(color), name = CONCAT(labels.name, '');
-- leak: the upsert hands the row over
-- args: 1, "acme-labl-000001", "bug", "#cc0000", 2
INSERT INTO labels (tenant_id, id, name, color) VALUES (?, ?, ?, ?)
ON DUPLICATE KEY UPDATE color = VALUES(color), tenant_id = ?;
-- refused: SET assigns tenant_id, which never changes: leave it out

-- name: a counter that is made when it is missing
-- args: 1, "acme-proj-000001", "WEB"
INSERT INTO projects (tenant_id, id, `key`, name, last_number) VALUES (?, ?, ?, 'Website', 1)
ON DUPLICATE KEY UPDATE last_number = last_number + 1, description = IF(description IS NULL, 'counted', description);
-- leak: the counter starts at that of another tenant
INSERT INTO projects (tenant_id, id, `key`, name, last_number) VALUES (?, ?, ?, 'Website', 1)
ON DUPLICATE KEY UPDATE last_number = (SELECT MAX(number) FROM items) + 1;
-- refused: table items: nothing binds it to the tenant: add `items.tenant_id = ?` to WHERE, by AND

-- name: a label on an item, once
-- args: 1, "acme-item-000001", "acme-labl-000001"
INSERT IGNORE INTO item_labels (tenant_id, item_id, label_id) VALUES (?, ?, ?);
-- leak: the columns name the tenant twice
-- args: 1, "acme-item-000001", "acme-labl-000001", 2
INSERT IGNORE INTO item_labels (tenant_id, item_id, label_id, Tenant_ID) VALUES (?, ?, ?, ?);
-- refused: INSERT must spell the column tenant_id in lower case

-- name: a label replaced
-- args: 1, "acme-labl-000002", "feature", "#00aa00"
REPLACE INTO labels (tenant_id, id, name, color) VALUES (?, ?, ?, ?);
-- leak: the tenant is left to the column's default
-- args: "acme-labl-000002", "feature", "#00aa00"
REPLACE INTO labels (id, name, color) VALUES (?, ?, ?);
-- refused: table labels: INSERT must name its columns, tenant_id among them

-- name: a project copied with its items, first the project
-- args: 1, "acme-proj-000009", "COPY", 1, "acme-proj-000001"
INSERT INTO projects (tenant_id, id, `key`, name, description, last_number)
SELECT ?, ?, ?, CONCAT(name, ' (copy)'), description, 0 FROM projects WHERE tenant_id = ? AND id = ?;
-- leak: the tenant of the copy is another argument than that of the source
-- args: 2, "acme-proj-000009", "COPY", 1, "acme-proj-000001"
INSERT INTO projects (tenant_id, id, `key`, name, description, last_number)
SELECT ?, ?, ?, CONCAT(name, ' (copy)'), description, 0 FROM projects WHERE tenant_id = ? AND id = ?;
-- refused: table projects: argument 1 must be the tenant of the context, but has another value

-- name: a label for every item of a member
-- args: "acme-labl-000001", 1, "acme-memb-000001"
INSERT INTO item_labels (tenant_id, item_id, label_id)
SELECT i.tenant_id, i.id, ? FROM items i WHERE i.tenant_id = ? AND i.assignee_id = ?
ON DUPLICATE KEY UPDATE label_id = VALUES(label_id);
-- leak: every column there is, in whatever order
-- args: 1, "acme-memb-000001"
INSERT INTO item_labels (tenant_id, item_id, label_id)
SELECT il.* FROM item_labels il JOIN items i ON i.tenant_id = il.tenant_id AND i.id = il.item_id
WHERE il.tenant_id = ? AND i.assignee_id = ?
ON DUPLICATE KEY UPDATE label_id = VALUES(label_id);
-- refused: table item_labels: the query must select the tenant, as an argument or an integer, for the column tenant_id: it selects *, whose columns are unknown to the guard

-- name: a label for all that is open, unless they have it
-- args: "acme-labl-000001", 1
INSERT IGNORE INTO item_labels (tenant_id, item_id, label_id)
SELECT tenant_id, id, ? FROM items WHERE tenant_id = ? AND status <> 'done';
-- leak: the tenant of a table that may not be there, which IGNORE makes 0
INSERT IGNORE INTO item_labels (tenant_id, item_id, label_id)
SELECT c.tenant_id, i.id, ? FROM items i LEFT JOIN comments c ON c.tenant_id = i.tenant_id AND c.item_id = i.id WHERE i.tenant_id = ?;
-- refused: table item_labels: the query must select the tenant, as an argument or an integer, for the column tenant_id: an outer join can make it NULL

-- name: a label unless there is one
-- args: 1, "acme-labl-00000b", "chore", 1, "chore"
INSERT INTO labels (tenant_id, id, name, color)
SELECT ?, ?, ?, '#888888' FROM DUAL
WHERE NOT EXISTS (SELECT 1 FROM labels WHERE tenant_id = ? AND name = ?);
-- leak: unless any tenant has one
-- args: 1, "acme-labl-00000b", "chore", "chore"
INSERT INTO labels (tenant_id, id, name, color)
SELECT ?, ?, ?, '#888888' FROM DUAL
WHERE NOT EXISTS (SELECT 1 FROM labels WHERE name = ?);
-- refused: table labels: nothing binds it to the tenant: add `labels.tenant_id = ?` to WHERE, by AND

-- name: two labels on all open items, from a union
-- args: 1, "acme-labl-000001", 1, 1, "acme-labl-000002", 1
INSERT INTO item_labels (tenant_id, item_id, label_id)
SELECT ?, id, ? FROM items WHERE tenant_id = ? AND status = 'todo'
UNION ALL
SELECT ?, id, ? FROM items WHERE tenant_id = ? AND status = 'todo'
ON DUPLICATE KEY UPDATE label_id = VALUES(label_id);
-- leak: in one arm the id and the tenant changed places
INSERT INTO item_labels (tenant_id, item_id, label_id)
SELECT ?, id, ? FROM items WHERE tenant_id = ? AND status = 'todo'
UNION ALL
SELECT id, ?, ? FROM items WHERE tenant_id = ? AND status = 'todo'
ON DUPLICATE KEY UPDATE label_id = VALUES(label_id);
-- refused: table item_labels: the query must select the tenant, as an argument or an integer, for the column tenant_id: it selects `id`

-- ============================================================ updates

-- name: an update with optimistic locking
-- args: "doing", 1, "acme-item-000001", 1
UPDATE items SET status = ?, version = version + 1, updated_at = NOW(6) WHERE tenant_id = ? AND id = ? AND version = ?;
-- leak: the tenant is set as well
-- args: "doing", 2, 1, "acme-item-000001", 1
UPDATE items SET status = ?, tenant_id = ? WHERE tenant_id = ? AND id = ? AND version = ?;
-- refused: SET assigns tenant_id, which never changes: leave it out

-- name: many rows in one statement, by CASE
-- args: "acme-item-000001", 3, "acme-item-000002", 1, 1, "acme-item-000001", "acme-item-000002"
UPDATE items
SET priority = CASE id WHEN ? THEN ? WHEN ? THEN ? ELSE priority END
WHERE tenant_id = ? AND id IN (?, ?);
-- leak: the tenant inside CASE
-- args: 1, 3, "acme-item-000001", "acme-item-000002"
UPDATE items
SET priority = CASE tenant_id WHEN ? THEN ? ELSE priority END
WHERE id IN (?, ?);
-- refused: table items: nothing binds it to the tenant: add `items.tenant_id = ?` to WHERE, by AND

-- name: items of the projects that were closed, by JOIN
-- args: 1, "OPS"
UPDATE items i
JOIN projects p ON p.tenant_id = i.tenant_id AND p.id = i.project_id
SET i.status = 'done', p.description = CONCAT_WS(' ', p.description, 'closed')
WHERE i.tenant_id = ? AND p.`key` = ?;
-- leak: LEFT JOIN, which keeps the items of everyone
UPDATE items i
LEFT JOIN projects p ON p.tenant_id = i.tenant_id AND p.id = i.project_id AND p.tenant_id = ? AND p.`key` = ?
SET i.status = 'done';
-- refused: table items (i): nothing binds it to the tenant: `p.tenant_id = i.tenant_id` does not bind, since the ON of an outer join filters only rows of its other side; add `i.tenant_id = ?` to WHERE, by AND

-- name: counters set right, from a derived table
-- args: 1, 1
UPDATE projects p
JOIN (SELECT project_id, MAX(number) AS top FROM items WHERE tenant_id = ? GROUP BY project_id) t ON t.project_id = p.id
SET p.last_number = GREATEST(p.last_number, t.top)
WHERE p.tenant_id = ?;
-- leak: the derived table has the tenant, but binds no table
-- args:
UPDATE projects p
JOIN (SELECT tenant_id, project_id, MAX(number) AS top FROM items GROUP BY tenant_id, project_id) t
  ON t.tenant_id = p.tenant_id AND t.project_id = p.id
SET p.last_number = GREATEST(p.last_number, t.top);
-- refused: table items: nothing binds it to the tenant: add `items.tenant_id = ?` to WHERE, by AND

-- name: counters set right, from a subquery
-- args: 1
UPDATE projects SET last_number = (
  SELECT COALESCE(MAX(i.number), 0) FROM items i WHERE i.tenant_id = 1 AND i.project_id = projects.id)
WHERE tenant_id = ?;
-- leak: no WHERE at all
-- args:
UPDATE projects SET last_number = (
  SELECT COALESCE(MAX(i.number), 0) FROM items i WHERE i.tenant_id = 1 AND i.project_id = projects.id);
-- refused: table projects: nothing binds it to the tenant: add `projects.tenant_id = ?` to WHERE, by AND

-- name: the oldest hundred, in order
-- args: 1
UPDATE items SET priority = 3 WHERE tenant_id = ? AND status = 'todo' ORDER BY created_at LIMIT 100;
-- leak: only one partition, whichever rows are there
UPDATE items PARTITION (p0) SET priority = 3 WHERE tenant_id = ? AND status = 'todo' ORDER BY created_at LIMIT 100;
-- refused: PARTITION can't be proved: leave it out

-- ============================================================ deletes

-- name: a label
-- args: 1, "acme-labl-000001"
DELETE FROM labels WHERE tenant_id = ? AND id = ?;
-- leak: a table emptied
-- args:
TRUNCATE TABLE labels;
-- refused: TRUNCATE can't be proved: only the system scope can run such a statement (tenancy.System)

-- name: old comments, some at a time
-- args: 1, "2026-06-01"
DELETE FROM comments WHERE tenant_id = ? AND created_at < ? ORDER BY created_at LIMIT 1000;
-- leak: of all tenants, some at a time
-- args: "2026-06-01"
DELETE FROM comments WHERE created_at < ? ORDER BY created_at LIMIT 1000;
-- refused: table comments: nothing binds it to the tenant: add `comments.tenant_id = ?` to WHERE, by AND

-- name: comments of done items, by JOIN
-- args: 1
DELETE c FROM comments c
JOIN items i ON i.tenant_id = c.tenant_id AND i.id = c.item_id
WHERE i.tenant_id = ? AND i.status = 'done';
-- leak: it names a table that is not joined
DELETE comments, labels FROM comments
JOIN items i ON i.tenant_id = comments.tenant_id AND i.id = comments.item_id
WHERE i.tenant_id = ? AND i.status = 'done';
-- refused: DELETE can't be proved: labels is not in FROM, or has another spelling there

-- name: items with their comments, by LEFT JOIN and USING
-- args: 1, "acme-item-000001"
DELETE FROM i, c USING items AS i LEFT JOIN comments AS c ON c.tenant_id = i.tenant_id AND c.item_id = i.id
WHERE i.tenant_id = ? AND i.id = ?;
-- leak: the comments of whoever has such an item
DELETE FROM i, c USING items AS i LEFT JOIN comments AS c ON c.item_id = i.id
WHERE i.tenant_id = ? AND i.id = ?;
-- refused: table comments (c): nothing binds it to the tenant: add `c.tenant_id = ?` to the ON of its outer join, by AND; in WHERE it would drop the rows without a match

-- name: labels that nothing wears
-- args: 1
DELETE FROM labels
WHERE tenant_id = ? AND NOT EXISTS (
  SELECT 1 FROM item_labels WHERE item_labels.tenant_id = 1 AND item_labels.label_id = labels.id);
-- leak: two statements in one string
DELETE FROM labels WHERE tenant_id = ?; DELETE FROM item_labels;
-- refused: line 1, column 41, at "DELETE FROM item_labels": a second statement in one string: run each in its own call

-- name: labels of deleted items
-- args: 1
DELETE il FROM item_labels il LEFT JOIN items i ON i.tenant_id = il.tenant_id AND i.id = il.item_id
WHERE il.tenant_id = ? AND i.id IS NULL;
-- leak: the tenant was kept in a variable
-- args:
DELETE il FROM item_labels il LEFT JOIN items i ON i.tenant_id = il.tenant_id AND i.id = il.item_id
WHERE il.tenant_id = @tenant AND i.id IS NULL;
-- refused: line 2, column 22, at "@tenant AND i.id IS NULL": variables outlive the statement: pass an argument, with a ? for it

-- ============================================================ syntax of MySQL only

-- name: a field by the arrow
-- mysql only
-- args: 1
SELECT `key`, description->>'$.due' AS due FROM items WHERE tenant_id = ? AND description->'$.points' > 3;
-- leak: the tenant by the arrow
SELECT `key`, description->>'$.due' AS due FROM items WHERE description->'$.tenant_id' = ?;
-- refused: table items: nothing binds it to the tenant: add `items.tenant_id = ?` to WHERE, by AND

-- name: the newest comments of each item, by LATERAL
-- mysql only
-- args: 1
SELECT i.`key`, latest.body FROM items i
LEFT JOIN LATERAL (
  SELECT c.body FROM comments c WHERE c.tenant_id = 1 AND c.item_id = i.id ORDER BY c.created_at DESC LIMIT 2
) AS latest ON TRUE
WHERE i.tenant_id = ?;
-- leak: LATERAL uses the item, but not its tenant
SELECT i.`key`, latest.body FROM items i
LEFT JOIN LATERAL (
  SELECT c.body FROM comments c WHERE c.item_id = i.id ORDER BY c.created_at DESC LIMIT 2
) AS latest ON TRUE
WHERE i.tenant_id = ?;
-- refused: table comments (c): nothing binds it to the tenant: add `c.tenant_id = ?` to WHERE, by AND

-- name: an upsert with a name for the new row
-- mysql only
-- args: 1, "acme-labl-000001", "bug", "#cc0000"
INSERT INTO labels (tenant_id, id, name, color) VALUES (?, ?, ?, ?) AS fresh
ON DUPLICATE KEY UPDATE color = fresh.color;
-- leak: it gives the new row's tenant away
INSERT INTO labels (tenant_id, id, name, color) VALUES (?, ?, ?, ?) AS fresh
ON DUPLICATE KEY UPDATE color = fresh.color, tenant_id = fresh.id;
-- refused: SET assigns tenant_id, which never changes: leave it out

-- name: a delete of the rows of a common table expression
-- mysql only
-- args: 1, 1
WITH old AS (SELECT id FROM comments WHERE tenant_id = ? ORDER BY created_at LIMIT 10)
DELETE c FROM comments c JOIN old ON old.id = c.id WHERE c.tenant_id = ?;
-- leak: it found those of everyone
-- args: 1
WITH old AS (SELECT id FROM comments ORDER BY created_at LIMIT 10)
DELETE c FROM comments c JOIN old ON old.id = c.id WHERE c.tenant_id = ?;
-- refused: table comments: nothing binds it to the tenant: add `comments.tenant_id = ?` to WHERE, by AND

-- name: a member of a list in a document, and the totals told apart
-- mysql only
-- args: 1
SELECT status, GROUPING(status) AS is_total, ANY_VALUE(name), JSON_VALUE(MIN(description), '$.points' RETURNING UNSIGNED) AS points
FROM items WHERE tenant_id = ? AND 'api' MEMBER OF (description->'$.tags')
GROUP BY status WITH ROLLUP;
-- leak: the tenant is a member of a list
-- args: "[1, 2]"
SELECT status, GROUPING(status) AS is_total, ANY_VALUE(name), JSON_VALUE(MIN(description), '$.points' RETURNING UNSIGNED) AS points
FROM items WHERE tenant_id MEMBER OF (?)
GROUP BY status WITH ROLLUP;
-- refused: table items: nothing binds it to the tenant: `tenant_id member of (?)` does not bind: only an equality joined by AND does; add `items.tenant_id = ?` to WHERE, by AND

-- ============================================================ syntax that the parser lacks

-- name: members in both lists, by INTERSECT
-- args: 1, 1
SELECT id FROM members WHERE tenant_id = ? INTERSECT SELECT assignee_id FROM items WHERE tenant_id = ?;
-- leak: in that of everyone
-- args: 1
SELECT id FROM members WHERE tenant_id = ? INTERSECT SELECT assignee_id FROM items;
-- refused: table items: nothing binds it to the tenant: add `items.tenant_id = ?` to WHERE, by AND

-- name: labels that no item has, except the last of them
-- args: 1, 1
(SELECT id FROM labels WHERE tenant_id = ?) EXCEPT ALL (SELECT label_id FROM item_labels WHERE tenant_id = ?) ORDER BY id LIMIT 1;
-- leak: of everyone
-- args: 1
(SELECT id FROM labels) EXCEPT ALL (SELECT label_id FROM item_labels WHERE tenant_id = ?) ORDER BY id LIMIT 1;
-- refused: table labels: nothing binds it to the tenant: add `labels.tenant_id = ?` to WHERE, by AND

-- name: two named windows
-- args: 1
SELECT RANK() OVER v, SUM(number) OVER w FROM items WHERE tenant_id = ? WINDOW v AS (ORDER BY id), w AS (PARTITION BY project_id ORDER BY number);
-- leak: the second one reads another table
-- args: 1
SELECT RANK() OVER v, SUM(number) OVER w FROM items WHERE tenant_id = ? WINDOW v AS (ORDER BY id), w AS (ORDER BY (SELECT MAX(name) FROM labels));
-- refused: table labels: nothing binds it to the tenant: add `labels.tenant_id = ?` to WHERE, by AND

-- name: names that sound alike
-- args: 1
SELECT name FROM labels WHERE tenant_id = ? AND name SOUNDS LIKE 'bug';
-- leak: the tenant sounds alike
-- args: 1
SELECT name FROM labels WHERE tenant_id SOUNDS LIKE ?;
-- refused: table labels: nothing binds it to the tenant: `tenant_id like ?` does not bind: only an equality joined by AND does; add `labels.tenant_id = ?` to WHERE, by AND

-- name: the middle of a string
-- args: 1
SELECT MID(name, 2), MID(name, 2, 1), MID(name FROM 2 FOR 1) FROM labels WHERE tenant_id = ?;
-- leak: the tenant's
-- args: 1
SELECT name FROM labels WHERE MID(tenant_id, 1) = ?;
-- refused: table labels: nothing binds it to the tenant: `substr(tenant_id, 1) = ?` does not bind, since it compares an expression and not the column; add `labels.tenant_id = ?` to WHERE, by AND

-- name: casts by the long names of types
-- args: 1
SELECT CAST(number AS SIGNED INT), CAST(number AS UNSIGNED INT), CAST(number AS DEC(5, 1)), CAST(name AS CHARACTER(3)) FROM items WHERE tenant_id = ?;
-- leak: the tenant is cast
-- args: 1
SELECT `key` FROM items WHERE CAST(tenant_id AS SIGNED INT) = ?;
-- refused: table items: nothing binds it to the tenant: `cast(tenant_id as SIGNED) = ?` does not bind, since it compares an expression and not the column; add `items.tenant_id = ?` to WHERE, by AND

-- name: casts to types that MySQL has
-- mysql only
-- args: 1
SELECT CAST(created_at AS YEAR), CONVERT(created_at, YEAR), CAST(number AS DOUBLE PRECISION), CAST(name AS NATIONAL CHAR(3)) FROM items WHERE tenant_id = ?;
-- leak: to the tenant
-- args: 1
SELECT `key` FROM items WHERE tenant_id = CAST(? AS YEAR);
-- refused: table items: nothing binds it to the tenant: `tenant_id = cast(? as DATE)` does not bind, since it compares with neither a ? nor an integer; add `items.tenant_id = ?` to WHERE, by AND

-- name: casts to types that MariaDB has
-- mariadb only
-- args: 1
SELECT CAST(number AS INT), CAST(number AS INTEGER), CAST(name AS VARCHAR(3)), CAST('::1' AS INET6) FROM items WHERE tenant_id = ?;
-- leak: to the tenant
-- args: 1
SELECT `key` FROM items WHERE tenant_id = CAST(? AS INT);
-- refused: table items: nothing binds it to the tenant: `tenant_id = cast(? as SIGNED)` does not bind, since it compares with neither a ? nor an integer; add `items.tenant_id = ?` to WHERE, by AND

-- name: a natural inner join
-- args: 1, 1
SELECT COUNT(*) FROM items i NATURAL INNER JOIN labels l WHERE i.tenant_id = ? AND l.tenant_id = ?;
-- leak: which binds one side
-- args: 1
SELECT COUNT(*) FROM items i NATURAL INNER JOIN labels l WHERE i.tenant_id = ?;
-- refused: table labels (l): nothing binds it to the tenant: add `l.tenant_id = ?` to WHERE, by AND

-- name: a lock of one table
-- mysql only
-- args: 1
SELECT i.`key` FROM items i JOIN projects p ON p.tenant_id = i.tenant_id AND p.id = i.project_id WHERE i.tenant_id = ? FOR UPDATE OF i, p SKIP LOCKED;
-- leak: of a table that is not bound
-- args: 1
SELECT i.`key` FROM items i JOIN projects p ON p.id = i.project_id WHERE i.tenant_id = ? FOR UPDATE OF i, p SKIP LOCKED;
-- refused: table projects (p): nothing binds it to the tenant: add `p.tenant_id = ?` to WHERE, by AND

-- name: writes that are in no hurry
-- args: 1, "acme-labl-00000a", "x", "#000000"
INSERT LOW_PRIORITY IGNORE INTO labels (tenant_id, id, name, color) VALUES (?, ?, ?, ?);
-- leak: of another tenant
-- args: 2, "acme-labl-00000a", "x", "#000000"
INSERT LOW_PRIORITY IGNORE INTO labels (tenant_id, id, name, color) VALUES (?, ?, ?, ?);
-- refused: table labels: argument 1 must be the tenant of the context, but has another value

-- name: a write that is in a hurry
-- args: 1, "acme-labl-00000a", "x", "#000000"
INSERT HIGH_PRIORITY INTO labels (tenant_id, id, name, color) VALUES (?, ?, ?, ?);
-- leak: without the tenant
-- args: "acme-labl-00000a", "x", "#000000"
INSERT HIGH_PRIORITY INTO labels (id, name, color) VALUES (?, ?, ?);
-- refused: table labels: INSERT must name its columns, tenant_id among them

-- name: an update that is in no hurry
-- args: 1
UPDATE LOW_PRIORITY labels SET color = '#000000' WHERE tenant_id = ?;
-- leak: of everyone's
-- args:
UPDATE LOW_PRIORITY labels SET color = '#000000';
-- refused: table labels: nothing binds it to the tenant: add `labels.tenant_id = ?` to WHERE, by AND

-- name: a quick delete
-- args: 1
DELETE LOW_PRIORITY QUICK IGNORE FROM item_labels WHERE tenant_id = ?;
-- leak: of everyone's
-- args:
DELETE LOW_PRIORITY QUICK IGNORE FROM item_labels;
-- refused: table item_labels: nothing binds it to the tenant: add `item_labels.tenant_id = ?` to WHERE, by AND

-- name: a quick delete from a join
-- args: 1
DELETE QUICK il FROM item_labels il JOIN items i ON i.tenant_id = il.tenant_id AND i.id = il.item_id WHERE i.tenant_id = ?;
-- leak: of everyone's
-- args: 1
DELETE QUICK il FROM item_labels il JOIN items i ON i.id = il.item_id WHERE i.tenant_id = ?;
-- refused: table item_labels (il): nothing binds it to the tenant: add `il.tenant_id = ?` to WHERE, by AND

-- name: a replacement that is in no hurry
-- args: 1, "acme-labl-000001", "bug", "#000000"
REPLACE LOW_PRIORITY labels (tenant_id, id, name, color) VALUES (?, ?, ?, ?);
-- leak: of another tenant
-- args: 2, "acme-labl-000001", "bug", "#000000"
REPLACE LOW_PRIORITY labels (tenant_id, id, name, color) VALUES (?, ?, ?, ?);
-- refused: table labels: argument 1 must be the tenant of the context, but has another value

-- ============================================================ statements that an earlier guard refused

-- name: rows of values in a join
-- mysql only
-- args: 1
SELECT i.`key`, w.place FROM items i JOIN (VALUES ROW(1, 'WEB-1'), ROW(2, 'OPS-1')) AS w (place, name) ON w.name = i.`key` WHERE i.tenant_id = ?;
-- leak: one is read from another table
-- args: 1
SELECT i.`key`, w.place FROM items i JOIN (VALUES ROW(1, 'WEB-1'), ROW(2, (SELECT MAX(`key`) FROM items))) AS w (place, name) ON w.name = i.`key` WHERE i.tenant_id = ?;
-- refused: table items: nothing binds it to the tenant: add `items.tenant_id = ?` to WHERE, by AND

-- name: rows of values that are inserted
-- mysql only
-- args: 1, "acme-labl-00000a", "x", "#000000", 1, "acme-labl-00000b", "y", "#000000"
INSERT INTO labels (tenant_id, id, name, color) VALUES ROW(?, ?, ?, ?), ROW(?, ?, ?, ?);
-- leak: one for another tenant
-- args: 1, "acme-labl-00000a", "x", "#000000", 2, "acme-labl-00000b", "y", "#000000"
INSERT INTO labels (tenant_id, id, name, color) VALUES ROW(?, ?, ?, ?), ROW(?, ?, ?, ?);
-- refused: table labels: argument 5 must be the tenant of the context, but has another value

-- name: an update with ORDER BY of the rows of a subquery
-- args: 1, 1
UPDATE items SET priority = 0 WHERE tenant_id = ? AND project_id IN (SELECT id FROM projects WHERE tenant_id = ?) ORDER BY id LIMIT 2;
-- leak: it finds those of everyone
-- args: 1
UPDATE items SET priority = 0 WHERE tenant_id = ? AND project_id IN (SELECT id FROM projects) ORDER BY id LIMIT 2;
-- refused: table projects: nothing binds it to the tenant: add `projects.tenant_id = ?` to WHERE, by AND

-- name: a delete with ORDER BY of the rows of a subquery
-- args: 1, 1
DELETE FROM comments WHERE tenant_id = ? AND item_id IN (SELECT id FROM items WHERE tenant_id = ? AND status = 'done') ORDER BY created_at LIMIT 10;
-- leak: it finds those of everyone
-- args: 1
DELETE FROM comments WHERE tenant_id = ? AND item_id IN (SELECT id FROM items WHERE status = 'done') ORDER BY created_at LIMIT 10;
-- refused: table items: nothing binds it to the tenant: add `items.tenant_id = ?` to WHERE, by AND

-- name: an index for one purpose each
-- args: 1
SELECT `key` FROM items USE INDEX FOR JOIN (PRIMARY) USE INDEX FOR ORDER BY (PRIMARY) USE KEY FOR GROUP BY (PRIMARY) WHERE tenant_id = ? ORDER BY id;
-- leak: no index for one of them
-- args: 1
SELECT `key` FROM items USE INDEX FOR JOIN () WHERE tenant_id = ? ORDER BY id;
-- refused: USE INDEX () leaves a table without an index that tenant_id leads: name those to use

-- name: an index that has to be used for one purpose
-- args: 1
SELECT `key` FROM items FORCE INDEX FOR JOIN (PRIMARY) WHERE tenant_id = ?;
-- leak: one that must not
-- args: 1
SELECT `key` FROM items IGNORE INDEX FOR JOIN (PRIMARY) WHERE tenant_id = ?;
-- refused: IGNORE INDEX can leave a table without an index that tenant_id leads: write USE INDEX with those to use

-- name: how far it is
-- args: 1
SELECT `key`, ST_Distance_Sphere(POINT(13.4 + number, 52.5), POINT(2.35, 48.85)) AS metres FROM items
WHERE tenant_id = ? AND ST_Within(POINT(number, 1), ST_GeomFromText('POLYGON((0 0, 0 9, 9 9, 9 0, 0 0))')) ORDER BY metres;
-- leak: from where another tenant's is
-- args: 1
SELECT `key`, ST_Distance_Sphere(POINT(13.4 + number, 52.5), (SELECT POINT(MAX(number), 1) FROM items)) AS metres FROM items WHERE tenant_id = ?;
-- refused: table items: nothing binds it to the tenant: add `items.tenant_id = ?` to WHERE, by AND

-- name: how strings are compared and sorted
-- args: 1
SELECT CHARSET(name), COLLATION(name), COERCIBILITY(name), HEX(WEIGHT_STRING(name AS CHAR(3))), name = _utf8mb4'bug' FROM labels WHERE tenant_id = ?;
-- leak: the tenant is compared by its weight
-- args: 1
SELECT name FROM labels WHERE WEIGHT_STRING(tenant_id) = WEIGHT_STRING(?);
-- refused: table labels: nothing binds it to the tenant: `weight_string(tenant_id) = weight_string(?)` does not bind, since it compares an expression and not the column; add `labels.tenant_id = ?` to WHERE, by AND

-- name: documents that have a form
-- mysql only
-- args: 1
SELECT `key` FROM items WHERE tenant_id = ? AND JSON_SCHEMA_VALID('{"type": "object", "required": ["points"]}', description) AND JSON_STORAGE_SIZE(description) < 1000;
-- leak: a form for the tenant
-- args: 1
SELECT `key` FROM items WHERE JSON_SCHEMA_VALID(CONCAT('{"const": ', ?, '}'), tenant_id);
-- refused: table items: nothing binds it to the tenant: `json_schema_valid(CONCAT('{"const": ', ?, '}'), tenant_id)` does not bind: only an equality joined by AND does; add `items.tenant_id = ?` to WHERE, by AND
