package tenancytest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"rowhouse/tenancy"
)

// template is the source of all databases of a schema: statements on MariaDB and MySQL, and on
// Vitess the keyspace that all tests share.
type template struct {
	statements []statement
	keyspace   *keyspace
}

// statement is SQL with its arguments.
type statement struct {
	sql  string
	args []any
}

// migrate migrates one database, and returns the statements that create a copy of it: they
// run ten times faster than migrations.
func (s *server) migrate(ctx context.Context, schema *Schema) (template, error) {
	if s.product == vitess {
		k, err := openKeyspace(ctx, s.dsn, schema)
		return template{keyspace: k}, err
	}
	if schema.Migrate == nil {
		return template{statements: []statement{{sql: tenancy.CreateDirectory}}}, nil
	}
	dsn, drop, err := s.createDatabase(ctx)
	if err != nil {
		return template{}, err
	}
	statements, err := copyDatabase(ctx, dsn, schema)
	return template{statements: statements}, errors.Join(err, drop())
}

// copyDatabase migrates a database, and returns the statements that create a copy of it.
func copyDatabase(ctx context.Context, dsn string, schema *Schema) (all []statement, err error) {
	if err := schema.Migrate(ctx, dsn); err != nil {
		return nil, err
	}
	db, err := openUnguarded(dsn)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	tables, err := dumpTables(ctx, db)
	if err != nil {
		return nil, err
	}
	if schema.Collect {
		if err := writeSchema(tables); err != nil {
			return nil, err
		}
	}
	for _, table := range tables {
		all = append(all, statement{sql: table.ddl})
	}
	keep, err := schema.keptTables()
	if err != nil {
		return nil, err
	}
	for _, name := range keep {
		rows, err := dumpRows(ctx, db, name)
		if err != nil {
			return nil, fmt.Errorf("copy the rows of %s: %w", name, err)
		}
		all = append(all, rows...)
	}
	return all, nil
}

// keptTables returns the tables whose rows each test starts with.
func (s *Schema) keptTables() ([]string, error) {
	shared, err := tenancy.Tables(nil, s.Shared...)
	if err != nil {
		return nil, err
	}
	return slices.Concat(s.Keep, slices.Sorted(maps.Keys(shared))), nil
}

// table is a table and the statement that creates it.
type table struct{ name, ddl string }

// refersTo reports whether a has a foreign key to b.
func (a table) refersTo(b table) bool {
	return a != b && strings.Contains(a.ddl, "REFERENCES `"+b.name+"`")
}

// dumpTables returns the tables of db, each after those that its foreign keys refer to.
func dumpTables(ctx context.Context, db *sql.DB) ([]table, error) {
	const query = "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() ORDER BY table_name"
	names, err := readColumn(db.QueryContext(ctx, query))
	if err != nil {
		return nil, err
	}
	tables := make([]table, len(names))
	for i, name := range names {
		if err := db.QueryRowContext(ctx, "SHOW CREATE TABLE `"+name+"`").Scan(&tables[i].name, &tables[i].ddl); err != nil {
			return nil, err
		}
	}
	var ordered []table
	for len(tables) > 0 {
		free := slices.IndexFunc(tables, func(a table) bool { return !slices.ContainsFunc(tables, a.refersTo) })
		if free < 0 {
			return nil, fmt.Errorf("the foreign keys of these tables form a cycle: %v", tables)
		}
		ordered = append(ordered, tables[free])
		tables = slices.Delete(tables, free, free+1)
	}
	return ordered, nil
}

// dumpRows returns the statements that insert the rows of a table.
func dumpRows(ctx context.Context, db *sql.DB, table string) (all []statement, err error) {
	const query = "SELECT column_name FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = ? " +
		"AND COALESCE(generation_expression, '') = '' ORDER BY ordinal_position" // the server computes generated columns
	columns, err := readColumn(db.QueryContext(ctx, query, table))
	if err != nil {
		return nil, err
	}
	list := "`" + strings.Join(columns, "`, `") + "`"
	rows, err := db.QueryContext(ctx, "SELECT "+list+" FROM `"+table+"`")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	insert := "INSERT INTO `" + table + "` (" + list + ") " +
		"VALUES (?" + strings.Repeat(", ?", len(columns)-1) + ")"
	for rows.Next() {
		values, pointers := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			pointers[i] = &values[i]
		}
		if err := rows.Scan(pointers...); err != nil {
			return nil, err
		}
		all = append(all, statement{insert, values})
	}
	return all, rows.Err()
}

// readColumn returns the strings of rows with one column.
func readColumn(rows *sql.Rows, err error) ([]string, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, rows.Err()
}
