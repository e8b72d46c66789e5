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
	owners, err := ownersOf(session, models, shared)
	if err != nil {
		return nil, err
	}
	tables := owners.guardTables()
	for name, t := range tables {
		t.Keyed = !t.Shared
		tables[name] = t
	}
	return tables, nil
}

// owner is the model, or the many-to-many relation, to which a table belongs.
type owner struct {
	model  any    // an empty row, or nil
	name   string // for errors
	shared bool
}

// owners are the owners of tables, by the tables' names.
type owners map[string]owner

// guardTables returns the tables without Keyed, which comes from the database.
func (all owners) guardTables() guard.Tables {
	tables := guard.Tables{}
	for name, o := range all {
		tables[name] = guard.Table{Shared: o.shared}
	}
	return tables
}

// ownersOf returns the owners of all tables: models of tenants, shared models, and many-to-many
// relations. It prepares the session to read and write them.
func ownersOf(session *gorm.DB, models, shared []any) (owners, error) {
	all := owners{}
	for i, m := range slices.Concat(models, shared) {
		s, err := parseModel(session, m)
		if err != nil {
			return nil, err
		}
		o := owner{m, "a model", i >= len(models)}
		if err := checkModel(m, s, o.shared); err != nil {
			return nil, err
		}
		if other, ok := all[s.Table]; ok && other.shared != o.shared {
			return nil, fmt.Errorf("the table %s of the model %T is in both lists: tenants own it, or share it", s.Table, m)
		}
		scanEmpty(s)
		all[s.Table] = o
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
	_, ok := ownedBy(s)
	switch {
	case !shared && !ok:
		return fmt.Errorf("the model %T needs one field of type tenancy.ID, in the column %s; "+
			"add it to Options.Shared if all tenants may read it, or leave it out", m, guard.Column)
	case shared && (hasID(s) || s.LookUpField(guard.Column) != nil):
		return fmt.Errorf("the model %T in Options.Shared has a tenant: add it to the list of models that tenants own", m)
	}
	return nil
}

// checkSchema compares the owners with the database, and returns their tables for the guard. It
// fails on a mismatch: each model of tenants, and no other table, must have the column tenant_id;
// shared tables must exist without it. With options.NewerSchema it only logs further tables with
// that column.
func checkSchema(ctx context.Context, db *sql.DB, owners owners, options Options) (guard.Tables, error) {
	found, err := readTables(ctx, db)
	if err != nil {
		return nil, fmt.Errorf("read the database's tables: %w", err)
	}
	tables := owners.guardTables()
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
		if mismatch := owners[name].compare(name, t, exists); mismatch != "" {
			mismatches = append(mismatches, mismatch)
		}
		if !tables[name].Shared {
			tables[name] = guard.Table{Keyed: !t.sharesKeys}
		}
	}
	if len(mismatches) == 0 {
		return tables, nil
	}
	slices.Sort(mismatches)
	return nil, fmt.Errorf("the tables of the database do not match the models: %s", strings.Join(mismatches, "; "))
}

// compare returns the mismatch between an owner and its table in the database, or "".
func (o owner) compare(table string, t foundTable, exists bool) string {
	switch {
	case !exists:
		return fmt.Sprintf("the table %s of %s does not exist: migrate the database", table, o.name)
	case o.shared:
		if reason := t.checkShared(); reason != "" {
			return fmt.Sprintf("the shared table %s of %s %s", table, o.name, reason)
		}
	case t.columnType == "":
		return fmt.Sprintf("the table %s of %s has no column %s: add it, as the first column of each key", table, o.name, guard.Column)
	case !strings.HasSuffix(t.columnType, "int"): // a string can equal more than one integer
		return fmt.Sprintf("the column %s of the table %s must be an integer", guard.Column, table)
	}
	return ""
}

// foundTable describes a table of the database.
type foundTable struct {
	kind       string // BASE TABLE, VIEW, …
	columnType string // of the tenant's column, or empty
	sharesKeys bool   // the tenant's column does not lead some unique key
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
			"SELECT table_name, LOWER(data_type) FROM information_schema.columns" + inDatabase + " AND column_name = '" + guard.Column + "'",
			func(t *foundTable, dataType string) { t.columnType = dataType },
		},
		{
			"SELECT table_name, COALESCE(column_name, '') FROM information_schema.statistics" + inDatabase +
				" AND non_unique = 0 AND seq_in_index = 1",
			func(t *foundTable, column string) { t.sharesKeys = t.sharesKeys || column != guard.Column },
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
