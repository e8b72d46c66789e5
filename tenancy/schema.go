package tenancy

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"

	"rowhouse/tenancy/guard"
)

// Tables returns the tables of models, an empty row of each. It fails on a model that
// has not exactly one field of type ID, stored in tenant_id. It needs no database, and
// takes for granted what Open asks one for: that tenant_id leads each unique key.
func Tables(models []any) (guard.Tables, error) {
	session, err := gorm.Open(nil, &gorm.Config{})
	if err != nil {
		return nil, err
	}
	tables, err := ownedTables(session, models)
	for name := range tables {
		tables[name] = guard.Table{Keyed: true}
	}
	return tables, err
}

func ownedTables(session *gorm.DB, models []any) (guard.Tables, error) {
	tables := guard.Tables{}
	for _, m := range models {
		stmt := &gorm.Statement{DB: session}
		if err := stmt.Parse(m); err != nil {
			return nil, fmt.Errorf("the model %T: %w", m, err)
		}
		if _, ok := ownedBy(stmt.Schema); !ok {
			return nil, fmt.Errorf("the model %T needs one field of type tenancy.ID, in the column %s", m, guard.Column)
		}
		tables[stmt.Schema.Table] = guard.Table{}
	}
	return tables, nil
}

// agree fails unless the database has all tables, each with the tenant's column, and no
// further table with it. It sets for which of them an upsert is safe.
func agree(ctx context.Context, db *sql.DB, tables guard.Tables) error {
	const inThisDatabase = " FROM information_schema.columns WHERE table_schema = DATABASE()"
	all, err := column(db.QueryContext(ctx, "SELECT DISTINCT table_name"+inThisDatabase))
	if err != nil {
		return fmt.Errorf("read the database's tables: %w", err)
	}
	owned, err := column(db.QueryContext(ctx, "SELECT table_name"+inThisDatabase+" AND column_name = ?", guard.Column))
	if err != nil {
		return fmt.Errorf("read the database's tables: %w", err)
	}
	integers, err := column(db.QueryContext(ctx, "SELECT table_name"+inThisDatabase+" AND column_name = ? AND data_type LIKE '%int'", guard.Column))
	if err != nil {
		return fmt.Errorf("read the database's tables: %w", err)
	}
	shared, err := column(db.QueryContext(ctx, `SELECT DISTINCT table_name FROM information_schema.statistics
		WHERE table_schema = DATABASE() AND non_unique = 0 AND seq_in_index = 1 AND NOT (column_name <=> ?)`, guard.Column))
	if err != nil {
		return fmt.Errorf("read the database's keys: %w", err)
	}
	var wrong []string
	for _, name := range owned {
		if _, ok := tables[name]; !ok {
			wrong = append(wrong, fmt.Sprintf("the table %s has %s, but no model owns it: add its model, or drop the column", name, guard.Column))
		}
	}
	for name := range tables {
		switch {
		case !slices.Contains(all, name):
			wrong = append(wrong, fmt.Sprintf("the table %s of a model does not exist: migrate the database", name))
		case !slices.Contains(owned, name):
			wrong = append(wrong, fmt.Sprintf("the table %s of a model has no column %s", name, guard.Column))
		case !slices.Contains(integers, name): // texts are equal to more than one number
			wrong = append(wrong, fmt.Sprintf("the column %s of the table %s must be an integer", guard.Column, name))
		}
		tables[name] = guard.Table{Keyed: !slices.Contains(shared, name)}
	}
	if len(wrong) == 0 {
		return nil
	}
	slices.Sort(wrong)
	return fmt.Errorf("models and database disagree: %s", strings.Join(wrong, "; "))
}

// column reads the texts of a result with one column.
func column(rows *sql.Rows, err error) ([]string, error) {
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
