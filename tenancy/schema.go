package tenancy

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/schema"

	"rowhouse/tenancy/guard"
)

// Tables returns the tables of models, of their many-to-many relations, and of shared models,
// for the guard. The arguments are empty rows, as for Open. It needs no database, and assumes
// that tenant_id leads each unique key. It fails on models on which Open fails.
func Tables(models []any, shared ...any) (guard.Tables, error) {
	session, err := gorm.Open(nil, &gorm.Config{})
	if err != nil {
		return nil, err
	}
	parsed, err := parseModels(session, models, shared)
	if err != nil {
		return nil, err
	}
	tables := parsed.guardTables()
	for name, t := range tables {
		t.TenantLeadsKeys = !t.Shared
		tables[name] = t
	}
	return tables, nil
}

// tableModel is the model, or the many-to-many relation, of a table.
type tableModel struct {
	row    any    // an empty row of the model, or nil without a declared model
	name   string // for errors
	shared bool
}

// tableModels are the models of all tables, by the name of the table.
type tableModels map[string]tableModel

// guardTables returns the tables without TenantLeadsKeys, which comes from the database.
func (all tableModels) guardTables() guard.Tables {
	tables := guard.Tables{}
	for name, m := range all {
		tables[name] = guard.Table{Shared: m.shared}
	}
	return tables
}

// parseModels returns the models of all tables: those of tenants, shared ones, and many-to-many
// relations. It prepares the session to read and write them.
func parseModels(session *gorm.DB, models, shared []any) (tableModels, error) {
	all := tableModels{}
	for i, m := range slices.Concat(models, shared) {
		s, err := parseModel(session, m)
		if err != nil {
			return nil, err
		}
		parsed := tableModel{m, "a model", i >= len(models)}
		if err := checkModel(m, s, parsed.shared); err != nil {
			return nil, err
		}
		if other, ok := all[s.Table]; ok && other.shared != parsed.shared {
			return nil, fmt.Errorf("the table %s of the model %T is in both lists: tenants own it, or share it", s.Table, m)
		}
		scanEmpty(s)
		all[s.Table] = parsed
	}
	for _, m := range slices.Concat(models, shared) {
		if err := all.setupJoins(session, m); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// parseModel returns the GORM schema of a model.
func parseModel(session *gorm.DB, m any) (*schema.Schema, error) {
	stmt := &gorm.Statement{DB: session}
	if err := stmt.Parse(m); err != nil {
		return nil, fmt.Errorf("the model %T: %w", m, err)
	}
	return stmt.Schema, nil
}

// checkModel checks that a model has one tenant field, or none if it is shared.
func checkModel(m any, s *schema.Schema, shared bool) error {
	_, ok := findTenantField(s)
	switch {
	case !shared && !ok:
		return fmt.Errorf("the model %T needs one field of type tenancy.ID, in the column %s; "+
			"add it to Options.Shared if all tenants may read it, or leave it out", m, guard.Column)
	case shared && (hasID(s) || s.LookUpField(guard.Column) != nil):
		return fmt.Errorf("the model %T in Options.Shared has a tenant: add it to the list of models that tenants own", m)
	}
	return nil
}

// checkSchema compares the models with the database. It returns their tables for the guard, and the indexes of the tables
// whose unique keys all begin with tenant_id. It fails on a mismatch: each model of tenants, and no other table, must have
// the column tenant_id; shared tables must exist without it. With options.NewerSchema it only logs further tables with that
// column.
func checkSchema(ctx context.Context, db *sql.DB, models tableModels, options Options) (guard.Tables, indexes, error) {
	found, err := readTables(ctx, db)
	if err != nil {
		return nil, nil, fmt.Errorf("read the database's tables: %w", err)
	}
	tables, all := models.guardTables(), indexes{}
	var mismatches []string
	for _, name := range slices.Sorted(maps.Keys(found)) {
		if _, ok := tables[name]; ok || found[name].columnType == "" {
			continue
		}
		if options.NewerSchema {
			options.Log.WarnContext(ctx, "the guard refuses a table without a model: a newer release has created it", "table", name)
			continue
		}
		mismatches = append(mismatches,
			fmt.Sprintf("the table %s has %s, but no model owns it: add its model, or drop the column", name, guard.Column))
	}
	for name := range tables {
		t, exists := found[name]
		if mismatch := models[name].compareTable(name, t, exists); mismatch != "" {
			mismatches = append(mismatches, mismatch)
		}
		if !tables[name].Shared {
			tables[name] = guard.Table{TenantLeadsKeys: !t.hasOtherKey}
			if !t.hasOtherKey { // the primary key begins with tenant_id, too
				all[name] = t.indexes
			}
		}
	}
	if len(mismatches) == 0 {
		return tables, all, nil
	}
	slices.Sort(mismatches)
	return nil, nil, fmt.Errorf("the tables of the database do not match the models: %s", strings.Join(mismatches, "; "))
}

// compareTable returns the mismatch between a model and its table in the database, or "".
func (m tableModel) compareTable(table string, t foundTable, exists bool) string {
	switch {
	case !exists:
		return fmt.Sprintf("the table %s of %s does not exist: migrate the database", table, m.name)
	case m.shared:
		if reason := t.checkShared(); reason != "" {
			return fmt.Sprintf("the shared table %s of %s %s", table, m.name, reason)
		}
	case t.columnType == "":
		return fmt.Sprintf("the table %s of %s has no column %s: add it, as the first column of each key", table, m.name, guard.Column)
	case !strings.HasSuffix(t.columnType, "int"): // a string can equal more than one integer
		return fmt.Sprintf("the column %s of the table %s must be an integer", guard.Column, table)
	}
	return ""
}

// foundTable describes a table of the database.
type foundTable struct {
	kind        string  // BASE TABLE, VIEW, …
	columnType  string  // of the tenant's column, or empty
	hasOtherKey bool    // some unique key begins with another column than the tenant's
	indexes     []index // by name
}

// checkShared returns the reason why a table can't be shared, or "". A view could have rows of
// tenants.
func (t foundTable) checkShared() string {
	if t.columnType != "" {
		return "has the column " + guard.Column + ": it is not shared"
	}
	if t.kind != "BASE TABLE" && t.kind != "SYSTEM VERSIONED" { // MariaDB's name for a table with history
		return "is a " + t.kind + ": only a table can be shared"
	}
	return ""
}

// readTables returns the tables and views of the database. A key part that is an expression has
// no column name. Each query reads one table, because Vitess can't join those of
// information_schema.
func readTables(ctx context.Context, db *sql.DB) (map[string]foundTable, error) {
	const inDatabase = " WHERE table_schema = DATABASE()"
	all := map[string]foundTable{}
	for _, part := range []struct {
		query string
		add   func(t *foundTable, value string)
	}{
		{"SELECT table_name, table_type FROM information_schema.tables" + inDatabase, func(t *foundTable, kind string) { t.kind = kind }},
		{
			"SELECT table_name, LOWER(data_type) FROM information_schema.columns" + inDatabase +
				" AND column_name = '" + guard.Column + "'",
			func(t *foundTable, dataType string) { t.columnType = dataType },
		},
		{
			"SELECT table_name, COALESCE(column_name, '') FROM information_schema.statistics" + inDatabase +
				" AND non_unique = 0 AND seq_in_index = 1",
			func(t *foundTable, column string) { t.hasOtherKey = t.hasOtherKey || column != guard.Column },
		},
		{
			"SELECT table_name, CONCAT(column_name, ' ', index_name) FROM information_schema.statistics" + inDatabase +
				" AND seq_in_index = 2 AND column_name IS NOT NULL ORDER BY index_name",
			func(t *foundTable, of string) {
				column, name, _ := strings.Cut(of, " ")
				t.indexes = append(t.indexes, index{name, column})
			},
		},
	} {
		err := retryOnAnyShard(func() error {
			rows, err := db.QueryContext(ctx, part.query)
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
				part.add(&t, value)
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
