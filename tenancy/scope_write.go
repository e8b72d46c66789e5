package tenancy

import (
	"fmt"
	"reflect"
	"slices"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
	"gorm.io/gorm/schema"

	"rowhouse/tenancy/guard"
)

// beforeCreate sets the tenant in the caller's rows, so that they equal the stored rows.
func beforeCreate(db *gorm.DB) {
	tenant, field, ok := scopeOf(db.Statement)
	if !ok {
		return
	}
	stamp := func(row reflect.Value) {
		if row = reflect.Indirect(row); row.IsValid() && row.Type() == db.Statement.Schema.ModelType {
			if _, isZero := field.ValueOf(db.Statement.Context, row); isZero {
				_ = db.AddError(field.Set(db.Statement.Context, row, tenant))
			}
		}
	}
	switch rows := db.Statement.ReflectValue; rows.Kind() {
	case reflect.Slice, reflect.Array:
		for i := range rows.Len() {
			stamp(rows.Index(i))
		}
	case reflect.Struct:
		stamp(rows)
	}
}

// withTenant returns the VALUES of an insert with the tenant in each row. In the system scope
// each row must have one already.
func (s scope) withTenant(c clause.Clause, b clause.Builder) clause.Clause {
	stmt := b.(*gorm.Statement)
	table, ok := s.guard.Table(stmt.Table)
	values, plain := c.Expression.(clause.Values)
	if _, hasTenant := findTenantField(stmt.Schema); !ok || table.Shared || !plain || !hasTenant && hasID(stmt.Schema) {
		return c
	}
	tenant, _ := tenantOf(stmt)
	at := slices.IndexFunc(values.Columns, func(column clause.Column) bool { return column.Name == guard.Column })
	if at < 0 {
		at = len(values.Columns)
		values.Columns = append(values.Columns, clause.Column{Name: guard.Column})
		for i := range values.Values {
			values.Values[i] = append(values.Values[i], tenant)
		}
	}
	if slices.ContainsFunc(values.Values, func(row []any) bool { return at < len(row) && row[at] == any(ID(0)) }) {
		_ = stmt.AddError(fmt.Errorf("%w: a row without a tenant", ErrScope))
	}
	c.Expression = values
	return c
}

// beforeWrite removes an empty WHERE, so that GORM refuses writes without conditions of the
// caller (gorm.ErrMissingWhereClause). With AllowGlobalUpdate, WHERE has only the tenant.
func beforeWrite(db *gorm.DB) {
	if db.AllowGlobalUpdate {
		db.Statement.AddClauseIfNotExists(clause.Where{})
		return
	}
	if where, ok := db.Statement.Clauses["WHERE"].Expression.(clause.Where); ok && len(where.Exprs) == 0 {
		delete(db.Statement.Clauses, "WHERE")
	}
}

// withoutTenant returns the assignments of an update or an upsert without redundant ones to
// tenant_id, which GORM makes when it writes a whole row.
func withoutTenant(c clause.Clause, b clause.Builder) clause.Clause {
	tenant, field, ok := scopeOf(b.(*gorm.Statement))
	if !ok {
		return c
	}
	// VALUES(tenant_id) of an upsert: the tenant leads every key, so it is the same.
	inserted := clause.Column{Table: "excluded", Name: field.DBName}
	withoutRedundant := func(all []clause.Assignment) []clause.Assignment {
		all = slices.DeleteFunc(slices.Clone(all), func(a clause.Assignment) bool {
			return a.Column.Name == field.DBName && (a.Value == any(tenant) || a.Value == any(inserted) || a.Value == any(ID(0)))
		})
		if len(all) == 0 {
			return assignNothing(field.Schema)
		}
		return all
	}
	switch e := c.Expression.(type) {
	case clause.Set:
		c.Expression = clause.Set(withoutRedundant(e))
	case clause.OnConflict:
		e.DoUpdates = withoutRedundant(e.DoUpdates)
		c.Expression = e
	}
	return c
}

// assignNothing returns an assignment without effect. SQL needs one, and GORM would use the
// first column, which may be the tenant's.
func assignNothing(s *schema.Schema) []clause.Assignment {
	for _, name := range s.DBNames {
		if name != guard.Column {
			return []clause.Assignment{{Column: clause.Column{Name: name}, Value: clause.Column{Name: name}}}
		}
	}
	return nil
}
