package model_test

// side is an argument: the id of a tenant.
type side int

const (
	us side = iota
	them
)

// statement is SQL of the attacker, as a template of target.sql, with a name for its attack.
type statement struct {
	name string
	want verdict
	sql  string
	args []any
}

// args returns the arguments of a statement for this attempt.
func (a *attempt) args(of []any) []any {
	args := make([]any, len(of))
	for i, arg := range of {
		switch arg {
		case us:
			arg = a.acmeID
		case them:
			arg = a.globexID
		}
		args[i] = arg
	}
	return args
}

// few are the statements for every reader.
var few = []statement{
	{"bound", 2, "SELECT * FROM {table} WHERE tenant_id = ?", []any{us}},
	{"bound by a number", 2, "SELECT * FROM {table} WHERE tenant_id = {us} AND (1=0 OR 1=1)", nil},
	{"unbound", fenced, "SELECT * FROM {table}", nil},
	{"for the other tenant", fenced, "SELECT * FROM {table} WHERE tenant_id = ?", []any{them}},
	{"for the other tenant by a number", fenced, "SELECT * FROM {table} WHERE tenant_id = {them}", nil},
	{"with an OR", fenced, "SELECT * FROM {table} WHERE tenant_id = ? OR 1=1", []any{us}},
}

var selects = []statement{
	{"the tenant on the right", 2, "SELECT * FROM {table} WHERE ? = tenant_id", []any{us}},
	{"the table's name before the column", 2, "SELECT * FROM {table} WHERE {table}.tenant_id = ?", []any{us}},
	{"an alias", 2, "SELECT * FROM {table} AS x WHERE x.tenant_id = ? ORDER BY x.{key}", []any{us}},
	{"a list of one", 2, "SELECT * FROM {table} WHERE tenant_id IN (?)", []any{us}},
	{"brackets", 2, "SELECT * FROM {table} WHERE ((1=0 OR 1=1) AND (tenant_id = ? AND 1=1))", []any{us}},
	{"a comment", 2, "SELECT * FROM {table} /* of ours */ WHERE tenant_id = ? -- whatever\n", []any{us}},
	{"FOR UPDATE", 2, "SELECT * FROM {table} WHERE tenant_id = ? FOR UPDATE", []any{us}},
	{
		"a join by the tenant",
		2,
		"SELECT x.* FROM {table} x JOIN {table} y ON y.tenant_id = x.tenant_id AND y.{key} = x.{key} WHERE x.tenant_id = ?",
		[]any{us},
	},
	{
		"a join, each bound",
		2,
		"SELECT x.* FROM {table} x JOIN {table} y ON y.tenant_id = ? AND y.{key} = x.{key} WHERE x.tenant_id = ?",
		[]any{us, us},
	},
	{"USING", 2, "SELECT x.* FROM {table} x JOIN {table} y USING (tenant_id, {key}) WHERE x.tenant_id = ?", []any{us}},
	{
		"a LEFT JOIN",
		2,
		"SELECT x.* FROM {table} x LEFT JOIN {table} y ON y.tenant_id = x.tenant_id AND 1=0 WHERE x.tenant_id = ?",
		[]any{us},
	},
	{
		"a list of tables",
		2,
		"SELECT x.* FROM {table} x, {table} y WHERE x.tenant_id = ? AND y.tenant_id = x.tenant_id AND y.{key} = x.{key}",
		[]any{us},
	},
	{
		"EXISTS",
		2,
		"SELECT * FROM {table} x WHERE tenant_id = ? AND EXISTS (SELECT 1 FROM {table} y WHERE y.tenant_id = ? AND y.{key} = x.{key})",
		[]any{us, us},
	},
	{"a derived table", 2, "SELECT * FROM (SELECT * FROM {table} WHERE tenant_id = ?) x", []any{us}},
	{"WITH", 2, "WITH x AS (SELECT * FROM {table} WHERE tenant_id = ?) SELECT * FROM x", []any{us}},
	{"UNION", 4, "SELECT * FROM {table} WHERE tenant_id = ? UNION ALL SELECT * FROM {table} WHERE tenant_id = {us}", []any{us}},
	{"a window", 2, "SELECT *, COUNT(*) OVER () FROM {table} WHERE tenant_id = ?", []any{us}},
	{"no table", 1, "SELECT {us} AS tenant_id", nil},
	{"for a name that no row has", 0, "SELECT * FROM {table} WHERE tenant_id = ? AND {key} = {theirs}", []any{us}},

	{
		"EXISTS by the table around it",
		fenced,
		"SELECT * FROM {table} x WHERE tenant_id = ? AND EXISTS (SELECT 1 FROM {table} y WHERE y.tenant_id = x.tenant_id)",
		[]any{us},
	},
	{"an OR on a line of its own", fenced, "SELECT * FROM {table} WHERE tenant_id = ?\nOR\n1=1", []any{us}},
	{"an OR as ||", fenced, "SELECT * FROM {table} WHERE tenant_id = ? || 1=1", []any{us}},
	{"an XOR", fenced, "SELECT * FROM {table} WHERE tenant_id = ? XOR 1=1", []any{us}},
	{"an OR in brackets", fenced, "SELECT * FROM {table} WHERE (tenant_id = ? OR 1=1) AND 1=1", []any{us}},
	{"an OR after an AND", fenced, "SELECT * FROM {table} WHERE tenant_id = ? AND 1=1 OR 1=1", []any{us}},
	{"NOT", fenced, "SELECT * FROM {table} WHERE NOT tenant_id = ?", []any{us}},
	{"!", fenced, "SELECT * FROM {table} WHERE !(tenant_id = ?)", []any{us}},
	{"another than", fenced, "SELECT * FROM {table} WHERE tenant_id <> ?", []any{us}},
	{"at least", fenced, "SELECT * FROM {table} WHERE tenant_id >= ?", []any{us}},
	{"BETWEEN", fenced, "SELECT * FROM {table} WHERE tenant_id BETWEEN ? AND ?", []any{us, us}},
	{"LIKE", fenced, "SELECT * FROM {table} WHERE tenant_id LIKE ?", []any{us}},
	{"<=>", fenced, "SELECT * FROM {table} WHERE tenant_id <=> ?", []any{us}},
	{"a list with the other tenant", fenced, "SELECT * FROM {table} WHERE tenant_id IN (?, ?)", []any{us, them}},
	{"rows of values", fenced, "SELECT * FROM {table} WHERE (tenant_id, {key}) IN ((?, {ours}))", []any{us}},
	{"NOT IN", fenced, "SELECT * FROM {table} WHERE tenant_id NOT IN (?)", []any{us}},
	{"a list that is a query", fenced, "SELECT * FROM {table} WHERE tenant_id IN (SELECT ? UNION SELECT {them})", []any{us}},
	{"= ANY", fenced, "SELECT * FROM {table} WHERE tenant_id = ANY (SELECT {us})", nil},
	{"a text", fenced, "SELECT * FROM {table} WHERE tenant_id = '{us}'", nil},
	{"a text as an argument", fenced, "SELECT * FROM {table} WHERE tenant_id = ?", []any{"1"}},
	{"a number with a point", fenced, "SELECT * FROM {table} WHERE tenant_id = {us}.0", nil},
	{"a float as an argument", fenced, "SELECT * FROM {table} WHERE tenant_id = ?", []any{1.0}},
	{"true", fenced, "SELECT * FROM {table} WHERE tenant_id = TRUE", nil},
	{"NULL as an argument", fenced, "SELECT * FROM {table} WHERE tenant_id = ?", []any{nil}},
	{"a sum", fenced, "SELECT * FROM {table} WHERE tenant_id = ? + 0", []any{us}},
	{"a comparison of a comparison", fenced, "SELECT * FROM {table} WHERE tenant_id = ? = 0", []any{us}},
	{"IS FALSE", fenced, "SELECT * FROM {table} WHERE tenant_id = ? IS FALSE", []any{us}},
	{"the column itself", fenced, "SELECT * FROM {table} WHERE tenant_id = tenant_id", nil},
	{"a function of the column", fenced, "SELECT * FROM {table} WHERE COALESCE(tenant_id) = ?", []any{us}},
	{"CASE", fenced, "SELECT * FROM {table} WHERE CASE WHEN tenant_id = ? THEN 1 ELSE 1 END", []any{us}},
	{"too few arguments", fenced, "SELECT * FROM {table} WHERE tenant_id = ? AND 1 = ?", []any{us}},
	{"HAVING alone", fenced, "SELECT * FROM {table} HAVING tenant_id = ?", []any{us}},
	{"a condition in a comment", fenced, "SELECT * FROM {table} -- WHERE tenant_id = {us}", nil},
	{"a condition in an open comment", fenced, "SELECT * FROM {table} /* WHERE tenant_id = {us}", nil},
	{"a comment that runs", fenced, "SELECT * FROM {table} WHERE tenant_id = ? /*! OR 1=1 */", []any{us}},
	{"a comment that MariaDB runs", fenced, "SELECT * FROM {table} WHERE tenant_id = ? /*M! OR 1=1 */", []any{us}},
	{"no space after two hyphens", fenced, "SELECT * FROM {table} WHERE tenant_id = {us}--1 OR 1=1", nil},
	{"two statements", fenced, "SELECT * FROM {table} WHERE tenant_id = ?; SELECT 1", []any{us}},
	{"an alias called like the column", fenced, "SELECT *, {us} AS tenant_id FROM {table} WHERE 1=1 HAVING tenant_id = {us}", nil},

	{"a join that is not bound", fenced, "SELECT y.* FROM {table} x JOIN {table} y ON 1=1 WHERE x.tenant_id = ?", []any{us}},
	{"a join by the key alone", fenced, "SELECT y.* FROM {table} x JOIN {table} y USING ({key}) WHERE x.tenant_id = ?", []any{us}},
	{"a NATURAL JOIN", fenced, "SELECT * FROM {table} x NATURAL JOIN {table} y WHERE x.tenant_id = ?", []any{us}},
	{"a CROSS JOIN", fenced, "SELECT y.* FROM {table} x CROSS JOIN {table} y WHERE x.tenant_id = ?", []any{us}},
	{"a STRAIGHT_JOIN", fenced, "SELECT y.* FROM {table} x STRAIGHT_JOIN {table} y WHERE x.tenant_id = ?", []any{us}},
	{
		"a LEFT JOIN whose ON binds the wrong side",
		fenced,
		"SELECT x.* FROM {table} x LEFT JOIN {table} y ON x.tenant_id = ? AND y.tenant_id = {us}",
		[]any{us},
	},
	{
		"a RIGHT JOIN whose ON binds the wrong side",
		fenced,
		"SELECT y.* FROM {table} x RIGHT JOIN {table} y ON x.tenant_id = ? AND y.tenant_id = {us}",
		[]any{us},
	},
	{"a second table in the list", fenced, "SELECT y.* FROM {table} x, {table} y WHERE x.tenant_id = ?", []any{us}},
	{"an alias that is another table's name", fenced, "SELECT x.* FROM {table} x, items {table} WHERE {table}.tenant_id = ?", []any{us}},
	{
		"a subquery that is not bound",
		fenced,
		"SELECT * FROM {table} WHERE tenant_id = ? AND EXISTS (SELECT 1 FROM {table} WHERE 1=1)",
		[]any{us},
	},
	{
		"a subquery bound from outside alone",
		fenced,
		"SELECT * FROM {table} x WHERE EXISTS (SELECT 1 FROM {table} y WHERE x.tenant_id = ?)",
		[]any{us},
	},
	{
		"a subquery for the other tenant",
		fenced,
		"SELECT *, (SELECT MAX({key}) FROM {table} WHERE tenant_id = ?) FROM {table} WHERE tenant_id = ?",
		[]any{them, us},
	},
	{"a subquery that orders", fenced, "SELECT * FROM {table} WHERE tenant_id = ? ORDER BY (SELECT COUNT(*) FROM {table})", []any{us}},
	{"a derived table that is not bound", fenced, "SELECT * FROM (SELECT * FROM {table}) x WHERE tenant_id = ?", []any{us}},
	{"WITH that is not bound", fenced, "WITH x AS (SELECT * FROM {table}) SELECT * FROM x WHERE tenant_id = ?", []any{us}},
	{
		"WITH that takes the table's name",
		fenced,
		"WITH {table} AS (SELECT * FROM {table}) SELECT * FROM {table} WHERE tenant_id = ?",
		[]any{us},
	},
	{"UNION with an arm that is not bound", fenced, "SELECT * FROM {table} WHERE tenant_id = ? UNION SELECT * FROM {table}", []any{us}},
	{
		"UNION with an arm for the other tenant",
		fenced,
		"SELECT * FROM {table} WHERE tenant_id = ? UNION ALL SELECT * FROM {table} WHERE tenant_id = ?",
		[]any{us, them},
	},
	{"EXCEPT from an arm that is not bound", fenced, "SELECT * FROM {table} EXCEPT SELECT * FROM {table} WHERE tenant_id = ?", []any{us}},
	{"EXCEPT of an arm that is not bound", fenced, "SELECT * FROM {table} WHERE tenant_id = ? EXCEPT SELECT * FROM {table}", []any{us}},
	{
		"INTERSECT with an arm for another tenant",
		fenced,
		"SELECT * FROM {table} WHERE tenant_id = ? INTERSECT SELECT * FROM {table} WHERE tenant_id = ?",
		[]any{us, them},
	},
	{"TABLE", fenced, "TABLE {table}", nil},
	{"HANDLER", fenced, "HANDLER {table} OPEN", nil},
	{"EXPLAIN", fenced, "EXPLAIN SELECT * FROM {table} WHERE tenant_id = ?", []any{us}},
	{"ANALYZE", fenced, "ANALYZE SELECT * FROM {table}", nil},
	{"SHOW", fenced, "SHOW TABLE STATUS", nil},
	{"DESCRIBE", fenced, "DESCRIBE {table}", nil},
	{"CHECKSUM", fenced, "CHECKSUM TABLE {table}", nil},
	{"the directory", fenced, "SELECT * FROM tenants WHERE id = ?", []any{us}},
	{"the catalogue", fenced, "SELECT * FROM information_schema.tables", nil},
	{"another database", fenced, "SELECT * FROM mysql.{table} WHERE tenant_id = ?", []any{us}},
	{"INTO OUTFILE", fenced, "SELECT * FROM {table} WHERE tenant_id = ? INTO OUTFILE '/tmp/rowhouse-isolation'", []any{us}},
	{"INTO a variable", fenced, "SELECT {key} INTO @x FROM {table} WHERE tenant_id = ? LIMIT 1", []any{us}},
	{"a variable", fenced, "SELECT @x", nil},
	{"a file", fenced, "SELECT LOAD_FILE('/etc/passwd')", nil},
	{"what another's statement left", fenced, "SELECT LAST_INSERT_ID()", nil},
	{"a lock", fenced, "SELECT GET_LOCK('x', 0)", nil},
	{"SLEEP", fenced, "SELECT SLEEP(9)", nil},
	{"CALL", fenced, "CALL x()", nil},
	{"EXECUTE", fenced, "EXECUTE IMMEDIATE 'SELECT * FROM {table}'", nil},
}

// fewWrites are the statements for every runner.
var fewWrites = []statement{
	{"bound", changes, "DELETE FROM {table} WHERE tenant_id = ?", []any{us}},
	{"unbound", fenced, "DELETE FROM {table}", nil},
	{"for the other tenant", fenced, "DELETE FROM {table} WHERE tenant_id = ?", []any{them}},
	{"with an OR", fenced, "DELETE FROM {table} WHERE tenant_id = ? OR 1=1", []any{us}},
}

var execs = []statement{
	{"INSERT", changes, "{insert}", nil},
	{"INSERT … SELECT", changes, "INSERT INTO {table} ({columns}) SELECT {values} FROM {table} WHERE tenant_id = ? LIMIT 1", []any{us}},
	{"INSERT IGNORE", changes, "INSERT IGNORE INTO {table} ({columns}) VALUES ({values})", nil},
	{"REPLACE", changes, "REPLACE INTO {table} ({columns}) VALUES ({values})", nil},
	{"an upsert", changes, "{insert} ON DUPLICATE KEY UPDATE {column} = VALUES({column})", nil},
	{"UPDATE", changes, "UPDATE {table} SET {column} = {value} WHERE tenant_id = ?", []any{us}},
	{
		"UPDATE of a join",
		changes,
		"UPDATE {table} x JOIN {table} y ON y.tenant_id = x.tenant_id AND y.{key} = x.{key} SET x.{column} = {value} WHERE x.tenant_id = ?",
		[]any{us},
	},
	{
		"DELETE of a join",
		changes,
		"DELETE x FROM {table} x JOIN {table} y ON y.tenant_id = x.tenant_id AND y.{key} = x.{key} WHERE x.tenant_id = ?",
		[]any{us},
	},
	{"DELETE with a limit", changes, "DELETE FROM {table} WHERE tenant_id = ? ORDER BY {key} LIMIT 1", []any{us}},
	{"UPDATE of their row", 0, "UPDATE {table} SET {column} = {value} WHERE tenant_id = ? AND {key} = {theirs}", []any{us}},
	{"DELETE of their row", 0, "DELETE FROM {table} WHERE tenant_id = ? AND {key} = {theirs}", []any{us}},

	{"UPDATE without WHERE", fenced, "UPDATE {table} SET {column} = {value}", nil},
	{"UPDATE with an OR", fenced, "UPDATE {table} SET {column} = {value} WHERE tenant_id = ? OR 1=1", []any{us}},
	{"UPDATE of the other tenant's", fenced, "UPDATE {table} SET {column} = {value} WHERE tenant_id = ?", []any{them}},
	{"UPDATE that gives away", fenced, "UPDATE {table} SET tenant_id = ? WHERE tenant_id = ?", []any{them, us}},
	{
		"UPDATE that gives away, in capitals",
		fenced,
		"UPDATE {table} SET {column} = {value}, {table}.TENANT_ID = ? WHERE tenant_id = ?",
		[]any{them, us},
	},
	{
		"UPDATE with the other tenant's value",
		fenced,
		"UPDATE {table} SET {column} = (SELECT MAX({column}) FROM (SELECT * FROM {table} WHERE tenant_id = ?) x) WHERE tenant_id = ?",
		[]any{them, us},
	},
	{
		"UPDATE of a join that is not bound",
		fenced,
		"UPDATE {table} x JOIN {table} y ON 1=1 SET y.{column} = {value} WHERE x.tenant_id = ?",
		[]any{us},
	},
	{"DELETE of a join that is not bound", fenced, "DELETE y FROM {table} x JOIN {table} y ON 1=1 WHERE x.tenant_id = ?", []any{us}},
	{"DELETE of what FROM does not name", fenced, "DELETE items FROM {table} x WHERE x.tenant_id = ?", []any{us}},
	{
		"DELETE by way of another's rows",
		fenced,
		"DELETE FROM {table} WHERE tenant_id = ? AND {key} IN (SELECT {key} FROM {table})",
		[]any{us},
	},
	{"INSERT without the tenant", fenced, "INSERT INTO {table} ({key}) VALUES ({ours})", nil},
	{"INSERT without columns", fenced, "INSERT INTO {table} VALUES ({values})", nil},
	{"INSERT for the other tenant", fenced, "INSERT INTO {table} (tenant_id, {key}) VALUES (?, {ours})", []any{them}},
	{
		"INSERT, the second row for the other tenant",
		fenced,
		"INSERT INTO {table} (tenant_id, {key}) VALUES (?, {ours}), (?, {ours})",
		[]any{us, them},
	},
	{"INSERT of a tenant that is computed", fenced, "INSERT INTO {table} (tenant_id, {key}) VALUES (? + 0, {ours})", []any{us}},
	{"INSERT … SET for the other tenant", fenced, "INSERT INTO {table} SET tenant_id = ?, {key} = {ours}", []any{them}},
	{
		"INSERT of the other tenant's rows",
		fenced,
		"INSERT INTO {table} ({columns}) SELECT {columns} FROM {table} WHERE tenant_id = ?",
		[]any{them},
	},
	{"INSERT of all rows", fenced, "INSERT INTO {table} ({columns}) SELECT {columns} FROM {table}", nil},
	{"REPLACE of the other tenant's", fenced, "REPLACE INTO {table} (tenant_id, {key}) VALUES (?, {theirs})", []any{them}},
	{"an upsert that gives away", fenced, "{insert} ON DUPLICATE KEY UPDATE tenant_id = ?", []any{them}},
	{
		"an upsert with the other tenant's value",
		fenced,
		"{insert} ON DUPLICATE KEY UPDATE {column} = (SELECT MAX({column}) FROM {table})",
		nil,
	},
	{"TRUNCATE", fenced, "TRUNCATE TABLE {table}", nil},
	{"DROP", fenced, "DROP TABLE {table}", nil},
	{"ALTER", fenced, "ALTER TABLE {table} ADD x INT", nil},
	{"RENAME", fenced, "RENAME TABLE {table} TO x", nil},
	{"CREATE TABLE … SELECT", fenced, "CREATE TABLE x SELECT * FROM {table} WHERE tenant_id = ?", []any{us}},
	{"CREATE VIEW", fenced, "CREATE VIEW x AS SELECT * FROM {table}", nil},
	{"CREATE TRIGGER", fenced, "CREATE TRIGGER x BEFORE INSERT ON {table} FOR EACH ROW SET NEW.tenant_id = 2", nil},
	{"LOAD DATA", fenced, "LOAD DATA INFILE '/etc/passwd' INTO TABLE {table}", nil},
	{"SET", fenced, "SET SESSION sql_mode = ''", nil},
	{"SET of a variable", fenced, "SET @x = (SELECT COUNT(*) FROM {table})", nil},
	{"USE", fenced, "USE mysql", nil},
	{"DO", fenced, "DO (SELECT COUNT(*) FROM {table})", nil},
	{"LOCK", fenced, "LOCK TABLES {table} WRITE", nil},
	{"GRANT", fenced, "GRANT ALL ON *.* TO x", nil},
	{"COMMIT", fenced, "COMMIT", nil},
	{"BEGIN", fenced, "BEGIN", nil},
	{"a row of the directory", fenced, "UPDATE tenants SET name = 'x' WHERE id = ?", []any{us}},
}
