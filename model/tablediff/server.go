package tablediff

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"vitess.io/vitess/go/mysql/collations"
	"vitess.io/vitess/go/vt/schemadiff"
	"vitess.io/vitess/go/vt/sqlparser"
	"vitess.io/vitess/go/vt/vtenv"
)

// serverSchema has the tables of tenants in a database, by name.
type serverSchema map[string]serverTable

// serverTable is the definition of a table, from SHOW CREATE TABLE.
type serverTable struct {
	full *sqlparser.CreateTable
	// planned is full, reduced to the parts of a Table.
	planned *sqlparser.CreateTable
}

// newEnv returns the environment of Vitess' packages, for the syntax of MySQL 8.4.
func newEnv() (*schemadiff.Environment, error) {
	env, err := vtenv.New(vtenv.Options{MySQLServerVersion: "8.4.0"})
	if err != nil {
		return nil, err
	}
	return schemadiff.NewEnv(env, collations.CollationUtf8mb4ID), nil
}

// readSchema reads the tables of tenants, which are those with the column tenant_id.
func readSchema(ctx context.Context, env *schemadiff.Environment, db *sql.DB) (serverSchema, error) {
	names, err := readTableNames(ctx, db)
	if err != nil {
		return nil, err
	}
	schema := serverSchema{}
	for _, name := range names {
		var text string
		if err := db.QueryRowContext(ctx, "SHOW CREATE TABLE `"+name+"`").Scan(&name, &text); err != nil {
			return nil, err
		}
		statement, err := env.Parser().ParseStrictDDL(foldDialect(text))
		if err != nil {
			return nil, fmt.Errorf("parse the server's definition of %s: %w\n%s", name, err, text)
		}
		create, ok := statement.(*sqlparser.CreateTable)
		if !ok {
			return nil, fmt.Errorf("the server's definition of %s is no CREATE TABLE", name)
		}
		schema[name] = serverTable{create, keepPlanned(create)}
	}
	return schema, nil
}

func readTableNames(ctx context.Context, db *sql.DB) (names []string, err error) {
	rows, err := db.QueryContext(ctx, "SELECT table_name FROM information_schema.columns"+
		" WHERE table_schema = DATABASE() AND column_name = '"+TenantColumn+"' AND table_name IN"+
		" (SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE')"+
		" ORDER BY table_name")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, rows.Err()
}

// keepPlanned returns a copy with the parts of a Table. Plan leaves the others alone: defaults, CHECK
// constraints, options of the table, and indexes of expressions, of prefixes, FULLTEXT and SPATIAL.
func keepPlanned(create *sqlparser.CreateTable) *sqlparser.CreateTable {
	create = sqlparser.Clone(create)
	spec := create.TableSpec
	for _, c := range spec.Columns {
		c.Type.Options.Default, c.Type.Options.DefaultLiteral, c.Type.Options.Comment = nil, false, nil
	}
	spec.Constraints = slices.DeleteFunc(spec.Constraints, func(c *sqlparser.ConstraintDefinition) bool {
		_, ok := c.Details.(*sqlparser.ForeignKeyDefinition)
		return !ok
	})
	spec.Indexes = slices.DeleteFunc(spec.Indexes, func(i *sqlparser.IndexDefinition) bool { return !isPlain(i) })
	for _, i := range spec.Indexes {
		i.Options = nil
	}
	spec.Options = slices.DeleteFunc(spec.Options, func(o *sqlparser.TableOption) bool {
		return !slices.Contains([]string{"CHARSET", "COLLATE"}, strings.ToUpper(o.Name))
	})
	spec.PartitionOption = nil
	return create
}

// isPlain reports whether an Index could describe the index.
func isPlain(i *sqlparser.IndexDefinition) bool {
	if i.Info.Type == sqlparser.IndexTypeFullText || i.Info.Type == sqlparser.IndexTypeSpatial {
		return false
	}
	for _, c := range i.Columns {
		if c.Expression != nil || c.Length != nil || c.Direction == sqlparser.DescOrder {
			return false
		}
	}
	return true
}

// createTables executes the CREATE TABLE statements of tables in an empty database, in any order.
func createTables(ctx context.Context, db *sql.DB, tables []Table) (err error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() {
		_, restored := conn.ExecContext(ctx, "SET foreign_key_checks = 1")
		err = errors.Join(err, restored, conn.Close())
	}()
	if _, err := conn.ExecContext(ctx, "SET foreign_key_checks = 0"); err != nil {
		return err
	}
	for _, t := range tables {
		if _, err := conn.ExecContext(ctx, t.CreateSQL()); err != nil {
			return fmt.Errorf("create the table %s: %w\n%s", t.Name, err, t.CreateSQL())
		}
	}
	return nil
}

// findServerColumn returns the column with a name, or nil.
func findServerColumn(create *sqlparser.CreateTable, name string) *sqlparser.ColumnDefinition {
	for _, c := range create.TableSpec.Columns {
		if strings.EqualFold(c.Name.String(), name) {
			return c
		}
	}
	return nil
}

// definition returns the server's definition of a column, without the collation of the table.
func definition(create *sqlparser.CreateTable, column string) string {
	c := sqlparser.Clone(findServerColumn(create, column))
	for _, o := range create.TableSpec.Options {
		if strings.EqualFold(o.Name, "COLLATE") && o.String == c.Type.Options.Collate {
			c.Type.Charset.Name, c.Type.Options.Collate = "", ""
		}
	}
	return sqlparser.String(c)
}
