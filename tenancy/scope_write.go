package tenancy

import (
	"reflect"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// beforeCreate puts the tenant into the rows themselves, so that the caller sees
// what was stored.
func beforeCreate(db *gorm.DB) {
	tenant, _ := tenantOf(db.Statement)
	field, _ := ownedBy(db.Statement.Schema)
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

// withTenant returns the VALUES of an insert with the tenant in each row; a row
// that names another tenant is refused.
func withTenant(c clause.Clause, b clause.Builder) clause.Clause {
	stmt := b.(*gorm.Statement)
	tenant, err := tenantOf(stmt)
	field, owned := ownedBy(stmt.Schema)
	values, ok := c.Expression.(clause.Values)
	if err != nil || !owned || !ok {
		refuse(stmt.DB, "VALUES without tenant, model or plain columns")
		return c
	}
	at := -1
	for i, column := range values.Columns {
		switch known := stmt.Schema.FieldsByDBName[column.Name]; {
		case known == nil || column.Raw || column.Alias != "" || known == field && at >= 0:
			refuse(stmt.DB, "a value for what is no column of the model")
		case known == field:
			at = i
		}
	}
	if at < 0 {
		at = len(values.Columns)
		values.Columns = append(values.Columns, clause.Column{Name: field.DBName})
		for i := range values.Values {
			values.Values[i] = append(values.Values[i], tenant)
		}
	}
	for _, row := range values.Values {
		if row[at] != any(tenant) {
			refuse(stmt.DB, "a row of another tenant")
		}
		row[at] = ownTenant(tenant)
	}
	c.Expression = values
	return c
}

// ownTenant is the tenant among the values of an insert.
type ownTenant ID

// Build writes the tenant's placeholder, in step.
func (o ownTenant) Build(b clause.Builder) {
	stmt := b.(*gorm.Statement)
	if strings.Count(stmt.SQL.String(), "?") != len(stmt.Vars) {
		refuse(stmt.DB, "each placeholder needs one value")
	}
	b.AddVar(b, ID(o))
}

// beforeWrite keeps GORM's guard against writes without a condition armed: the
// tenant is no condition, and an empty WHERE is none either.
func beforeWrite(db *gorm.DB) {
	if where, ok := db.Statement.Clauses["WHERE"].Expression.(clause.Where); ok && len(where.Exprs) == 0 {
		delete(db.Statement.Clauses, "WHERE")
	}
}

// buildSet writes the SET clause of an update.
func buildSet(c clause.Clause, b clause.Builder) {
	stmt := b.(*gorm.Statement)
	set, ok := c.Expression.(clause.Set)
	if !ok {
		refuse(stmt.DB, "a SET clause of one's own can't be scoped")
		return
	}
	c.Expression = clause.Set(withoutTenant(stmt, set))
	c.Build(b)
}

// withoutTenant returns assignments without those that leave the tenant as it is, or
// unset, which GORM makes when it writes a whole row. It refuses those that change it,
// and those to whatever is not the plain name of one of the model's columns.
func withoutTenant(stmt *gorm.Statement, assignments []clause.Assignment) []clause.Assignment {
	tenant, err := tenantOf(stmt)
	field, ok := ownedBy(stmt.Schema)
	if err != nil || !ok {
		refuse(stmt.DB, "an assignment without tenant or model")
		return nil
	}
	// VALUES(tenant_id) of an upsert: the tenant leads every key, so it is the same.
	inserted := clause.Column{Table: "excluded", Name: field.DBName}
	kept := make([]clause.Assignment, 0, len(assignments))
	for _, a := range assignments {
		switch known := stmt.Schema.FieldsByDBName[a.Column.Name]; {
		case known == nil || a.Column.Raw || a.Column.Alias != "":
			refuse(stmt.DB, "an assignment to what is no column of the model")
		case known != field:
			switch a.Value.(type) {
			case clause.Expression, gorm.Valuer:
				// In parentheses it is one value, and no further assignment.
				a.Value = parenthesized{clause.Expr{SQL: "?", Vars: []any{a.Value}}}
			}
			kept = append(kept, a)
		case a.Value != any(tenant) && a.Value != any(inserted) && a.Value != any(ID(0)):
			refuse(stmt.DB, "an assignment of another tenant")
		}
	}
	return kept
}

// buildOnConflict writes the assignments of an upsert through GORM's builder.
func buildOnConflict(c clause.Clause, b clause.Builder, build clause.ClauseBuilder) {
	stmt := b.(*gorm.Statement)
	conflict, ok := c.Expression.(clause.OnConflict)
	if !ok {
		refuse(stmt.DB, "an ON CONFLICT clause of one's own can't be scoped")
		return
	}
	conflict.DoUpdates = withoutTenant(stmt, conflict.DoUpdates)
	c.Expression = conflict
	build(c, b)
}
