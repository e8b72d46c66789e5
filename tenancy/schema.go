package tenancy

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"

	"gorm.io/gorm"

	"rowhouse/tenancy/guard"
)

// Tables returns the tables of models, an empty row of each. It fails on a model that
// has not exactly one field of type ID, stored in tenant_id. It needs no database, and
// assumes that tenant_id leads each unique key, which Open checks.
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
			return nil, fmt.Errorf("the model %T needs one field of type tenancy.ID, in the column %s; leave it out if it belongs to no tenant", m, guard.Column)
		}
		scanEmpty(stmt.Schema)
		tables[stmt.Schema.Table] = guard.Table{}
	}
	return tables, nil
}

// checkSchema fails unless exactly the tables of models have the tenant's column in the
// database. With options.NewerSchema it only logs further tables with that column. It also
// sets Keyed for each table in tables.
func checkSchema(ctx context.Context, db *sql.DB, tables guard.Tables, options Options) error {
	found, err := inspect(ctx, db)
	if err != nil {
		return fmt.Errorf("read the database's tables: %w", err)
	}
	var wrong []string
	for _, name := range slices.Sorted(maps.Keys(found)) {
		if _, ok := tables[name]; ok || found[name].columnType == "" {
			continue
		}
		if options.NewerSchema {
			options.Log.WarnContext(ctx, "a table of a newer release is refused to this program", "table", name)
			continue
		}
		wrong = append(wrong, fmt.Sprintf("the table %s has %s, but no model owns it: add its model, or drop the column", name, guard.Column))
	}
	for name := range tables {
		t, ok := found[name]
		switch {
		case !ok:
			wrong = append(wrong, fmt.Sprintf("the table %s of a model does not exist: migrate the database", name))
		case t.columnType == "":
			wrong = append(wrong, fmt.Sprintf("the table %s of a model has no column %s", name, guard.Column))
		case !strings.HasSuffix(t.columnType, "int"): // a string can equal more than one integer
			wrong = append(wrong, fmt.Sprintf("the column %s of the table %s must be an integer", guard.Column, name))
		}
		tables[name] = guard.Table{Keyed: !t.sharesKeys}
	}
	if len(wrong) == 0 {
		return nil
	}
	slices.Sort(wrong)
	return fmt.Errorf("the tables of the database do not match the models: %s", strings.Join(wrong, "; "))
}

// foundTable describes a table of the database.
type foundTable struct {
	columnType string // of the tenant's column, or empty
	sharesKeys bool   // the tenant's column does not lead some unique key
}

// inspect returns the tables and views of db's database. A key part that is an expression has
// no column name. Each query reads one table, because Vitess can't join those of
// information_schema.
func inspect(ctx context.Context, db *sql.DB) (map[string]foundTable, error) {
	const ours = " WHERE table_schema = DATABASE()"
	all := map[string]foundTable{}
	for _, look := range []struct {
		query string
		add   func(t *foundTable, value string)
	}{
		{"SELECT table_name, '' FROM information_schema.tables" + ours, func(*foundTable, string) {}},
		{
			"SELECT table_name, LOWER(data_type) FROM information_schema.columns" + ours + " AND column_name = '" + guard.Column + "'",
			func(t *foundTable, dataType string) { t.columnType = dataType },
		},
		{
			"SELECT table_name, COALESCE(column_name, '') FROM information_schema.statistics" + ours + " AND non_unique = 0 AND seq_in_index = 1",
			func(t *foundTable, column string) { t.sharesKeys = t.sharesKeys || column != guard.Column },
		},
	} {
		err := untilShardResponds(func() error {
			rows, err := db.QueryContext(ctx, look.query)
			if err != nil {
				return err
			}
			defer rows.Close()
			for rows.Next() {
				var name, value string
				if err := rows.Scan(&name, &value); err != nil {
					return err
				}
				t := all[name]
				look.add(&t, value)
				all[name] = t
			}
			return rows.Err()
		})
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}
