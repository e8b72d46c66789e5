package guard_test

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"

	"rowhouse/tenancy/guard"
)

// generatedTables are the tables of generated statements. The ids of codes are unique in all tenants.
var generatedTables = guard.Tables{
	"boxes":  {TenantLeadsKeys: true},
	"things": {TenantLeadsKeys: true},
	"parts":  {TenantLeadsKeys: true},
	"codes":  {},
	"rates":  {Shared: true},
}

// generatedSchema creates the tables and the rows of tenant 1.
var generatedSchema = strings.Split(`CREATE TABLE boxes (tenant_id INT UNSIGNED NOT NULL, id BIGINT NOT NULL, ref BIGINT,
	n BIGINT NOT NULL, txt VARCHAR(200),
	PRIMARY KEY (tenant_id, id), KEY (tenant_id, n));
CREATE TABLE things (tenant_id INT UNSIGNED NOT NULL, id BIGINT NOT NULL, ref BIGINT, n BIGINT NOT NULL, txt VARCHAR(200),
	PRIMARY KEY (tenant_id, id), KEY (n), FOREIGN KEY (tenant_id, ref) REFERENCES boxes (tenant_id, id));
CREATE TABLE parts (tenant_id INT UNSIGNED NOT NULL, id BIGINT NOT NULL, ref BIGINT, n BIGINT NOT NULL, txt VARCHAR(200),
	PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, ref, n));
CREATE TABLE codes (tenant_id INT UNSIGNED NOT NULL, id BIGINT NOT NULL PRIMARY KEY, ref BIGINT,
	n BIGINT NOT NULL, txt VARCHAR(200),
	KEY (tenant_id, id), KEY (txt));
CREATE TABLE rates (id BIGINT NOT NULL PRIMARY KEY, ref BIGINT, n BIGINT NOT NULL, txt VARCHAR(200), KEY (n));
CREATE TABLE w (tenant_id INT UNSIGNED, id BIGINT, n BIGINT, txt VARCHAR(200));
CREATE TABLE x LIKE w;
CREATE TABLE y LIKE w;
INSERT INTO boxes VALUES (1, 1, 2, 1001, 'acme 1'),
	(1, 2, 3, 1002, 'acme 2'),
	(1, 3, NULL, 1001, 'acme 3'),
	(1, 101, 1, 1003, NULL);
INSERT INTO rates VALUES (1, 2, 1001, 'acme 1'), (2, 1, 2, NULL), (3, NULL, 1002, 'rate'), (101, 3, 1, 'acme 2');
INSERT INTO things VALUES (1, 1, 1, 1001, 'acme 1'),
	(1, 2, NULL, 2, 'acme 2'),
	(1, 3, NULL, 1002, 'acme%'),
	(1, 102, NULL, 1004, 'acme');
INSERT INTO parts VALUES (1, 1, 2, 1001, 'acme 1'),
	(1, 2, 2, 1002, 'acme 2'),
	(1, 4, NULL, 1, 'acme 4'),
	(1, 101, 102, 1001, 'acme 1');
INSERT INTO codes VALUES (1, 1, 2, 1001, 'acme 1'),
	(1, 2, 1, 1002, 'acme 2'),
	(1, 3, NULL, 3, NULL),
	(1, 101, 3, 1001, 'acme 1')`, ";")

// otherRows inserts the rows of tenant 2. Each string, integer and id matches watermark, except the
// ids that both tenants have, which are for joins without the tenant.
var otherRows = strings.Split(`INSERT INTO boxes VALUES (2, 1, 2, 7000000001, 'globex 1'),
	(2, 2, NULL, 7000000002, 'globex 2'),
	(2, 7000000001, 1, 7000000001, 'globex 1');
INSERT INTO things VALUES (2, 1, 1, 7000000001, 'globex 1'),
	(2, 2, NULL, 7000000002, 'globex%'),
	(2, 7000000002, 2, 7000000003, 'globex 3');
INSERT INTO parts VALUES (2, 1, 1, 7000000001, 'globex 1'),
	(2, 4, 2, 7000000002, 'globex 2'),
	(2, 7000000001, NULL, 7000000001, 'globex 1');
INSERT INTO codes VALUES (2, 7000000001, 1, 7000000001, 'globex 1'),
	(2, 7000000002, 2, 7000000002, 'globex 2'),
	(2, 7000000003, NULL, 1001, 'globex 1');
INSERT INTO w VALUES (1, 1, 7000000001, 'globex 1'), (2, 2, 7000000002, 'globex 2');
INSERT INTO x SELECT * FROM w;
INSERT INTO y SELECT * FROM w`, ";")

// database is a connection to one of two databases, which differ only in the rows of tenant 2.
type database struct {
	*sql.Conn
	// otherTenants are all rows that are not of tenant 1.
	otherTenants string
	isMySQL      bool
}

// newDatabase returns a connection to a new database, after some statements.
func newDatabase(t *testing.T, statements ...string) *database {
	t.Helper()
	db, product := openEmpty(t)
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s := &database{Conn: conn, isMySQL: product == "mysql"}
	for _, ddl := range append(statements, "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED") {
		if _, err := conn.ExecContext(t.Context(), ddl); err != nil {
			t.Fatalf("%v\n%s", err, ddl)
		}
	}
	timeout := "SET max_execution_time = 2000" // only for SELECT
	if product == "mariadb" {
		timeout = "SET max_statement_time = 2"
	}
	if _, err := conn.ExecContext(t.Context(), timeout); err != nil {
		t.Fatal(err)
	}
	s.otherTenants, err = s.dumpRows(t.Context(), "<> 1")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// outcome is the effect of a statement in a transaction that was rolled back.
type outcome struct {
	rows     []string
	affected int64
	// tenant1 and others are the rows of tenant 1 and all other rows, after a write.
	tenant1, others string
	err             error
}

// runStatement runs a statement and rolls back.
func (s *database) runStatement(ctx context.Context, st statement) (o outcome) {
	if _, o.err = s.ExecContext(ctx, "BEGIN"); o.err != nil {
		return o
	}
	defer func() {
		if _, err := s.ExecContext(ctx, "ROLLBACK"); err != nil {
			o.err = err
		}
	}()
	if !st.write {
		o.rows, o.err = readRows(s.QueryContext(ctx, st.sql, st.args...))
		slices.Sort(o.rows)
		return o
	}
	result, err := s.ExecContext(ctx, st.sql, st.args...)
	if err != nil {
		return outcome{err: err}
	}
	if o.affected, o.err = result.RowsAffected(); o.err != nil {
		return o
	}
	if o.tenant1, o.err = s.dumpRows(ctx, "= 1"); o.err == nil {
		o.others, o.err = s.dumpRows(ctx, "<> 1")
	}
	return o
}

// dumpRows returns all rows of tenants, "= 1" or "<> 1". The latter include shared rows, which no
// tenant may write.
func (s *database) dumpRows(ctx context.Context, tenants string) (string, error) {
	query := ""
	if tenants != "= 1" {
		query = " UNION ALL SELECT 'rates', 0, id, ref, n, txt FROM rates"
	}
	for table, t := range generatedTables {
		if t.Shared {
			continue
		}
		query += fmt.Sprintf(" UNION ALL SELECT '%s', tenant_id, id, ref, n, txt FROM %[1]s WHERE tenant_id %[2]s", table, tenants)
	}
	rows, err := readRows(s.QueryContext(ctx, strings.TrimPrefix(query, " UNION ALL ")+" ORDER BY 1, 2, 3"))
	return strings.Join(rows, "\n"), err
}

// readRows returns each row as a string.
func readRows(rows *sql.Rows, err error) ([]string, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	var all []string
	cells, to := make([]sql.NullString, len(names)), make([]any, len(names))
	for i := range cells {
		to[i] = &cells[i]
	}
	for rows.Next() {
		if err := rows.Scan(to...); err != nil {
			return nil, err
		}
		var row []string
		for _, c := range cells {
			if !c.Valid {
				c.String = "NULL"
			}
			row = append(row, c.String)
		}
		all = append(all, strings.Join(row, "|"))
	}
	return all, rows.Err()
}
