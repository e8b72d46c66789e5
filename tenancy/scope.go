package tenancy

import (
	"database/sql/driver"
	"fmt"
	"reflect"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
	"gorm.io/gorm/schema"
)

// scope binds what GORM builds to the tenant. It works where GORM writes the
// clauses, after callers and hooks had their say, so nothing that they wrote can
// widen it:
//
//   - WHERE becomes `tenant_id = ? AND (whatever the caller wrote)`.
//   - VALUES holds the tenant in each row, put there if it was left out.
//   - SET and ON DUPLICATE KEY UPDATE name columns of the model, never the tenant's.
//
// What it cannot bind (raw SQL, other tables, raw joins, models that no tenant
// owns) it refuses with ErrScope.
type scope struct{}

func (s scope) install(db *gorm.DB) error {
	onConflict := db.ClauseBuilders["ON CONFLICT"]
	values := db.ClauseBuilders["VALUES"]
	db.ClauseBuilders["WHERE"] = buildWhere
	db.ClauseBuilders["SET"] = buildSet
	db.ClauseBuilders["VALUES"] = func(c clause.Clause, b clause.Builder) { values(withTenant(c, b), b) }
	db.ClauseBuilders["ON CONFLICT"] = func(c clause.Clause, b clause.Builder) { buildOnConflict(c, b, onConflict) }
	for _, err := range []error{
		db.Callback().Query().Before("gorm:query").Register("tenancy:read", beforeRead),
		db.Callback().Row().Before("gorm:row").Register("tenancy:read", beforeRead),
		db.Callback().Create().Before("gorm:create").Register("tenancy:create", beforeCreate),
		db.Callback().Update().Before("gorm:update").Register("tenancy:write", beforeWrite),
		db.Callback().Delete().Before("gorm:delete").Register("tenancy:write", beforeWrite),
		db.Callback().Raw().Before("gorm:raw").Register("tenancy:raw", beforeRaw),
	} {
		if err != nil {
			return fmt.Errorf("install the tenant scope: %w", err)
		}
	}
	return nil
}

// QueryClauses makes ID a field that GORM asks for its own clause, in queries and
// in association joins.
func (ID) QueryClauses(f *schema.Field) []clause.Interface {
	return []clause.Interface{owned{f}}
}

// Value makes ID a plain integer for the driver.
func (id ID) Value() (driver.Value, error) { return int64(id), nil }

// owned is the clause that a tenant's field adds to its model's queries, and the
// mark by which a model owned by tenants is known.
type owned struct{ field *schema.Field }

// Name, Build and MergeClause are unused: GORM calls ModifyStatement instead.
func (owned) Name() string               { return "" }
func (owned) Build(clause.Builder)       {}
func (owned) MergeClause(*clause.Clause) {}

// ModifyStatement gives a query a WHERE, for buildWhere to fill. The ON of an
// association join is a statement of its own that bypasses buildWhere and has no
// context, so it gets the predicate at once.
func (o owned) ModifyStatement(stmt *gorm.Statement) {
	if stmt == stmt.DB.Statement {
		stmt.AddClause(clause.Where{})
		return
	}
	tenant, err := tenantOf(stmt.DB.Statement)
	if err != nil {
		_ = stmt.DB.AddError(err)
		return
	}
	stmt.AddClause(clause.Where{Exprs: []clause.Expression{
		clause.Eq{Column: clause.Column{Table: stmt.Table, Name: o.field.DBName}, Value: tenant},
	}})
}

// tenantOf returns the tenant of a statement: the one in its context, which must
// be the one that its session was made for.
func tenantOf(stmt *gorm.Statement) (ID, error) {
	tenant, err := FromContext(stmt.Context)
	if err != nil {
		return 0, err
	}
	if bound := stmt.Dialector.(*dialector).tenant; bound != tenant.ID {
		return 0, fmt.Errorf("%w: the session of one tenant met the context of another", ErrScope)
	}
	return tenant.ID, nil
}

// ownedBy returns the tenant's field of a model, and false when it is not exactly one.
func ownedBy(s *schema.Schema) (*schema.Field, bool) {
	if s == nil {
		return nil, false
	}
	var field *schema.Field
	for _, c := range s.QueryClauses {
		if o, ok := c.(owned); ok {
			if field != nil {
				return nil, false
			}
			field = o.field
		}
	}
	return field, field != nil
}

// check refuses what no clause builder will see: the statement's tenant, table and
// model must be known before GORM builds it.
func check(db *gorm.DB) {
	stmt := db.Statement
	if _, err := tenantOf(stmt); err != nil {
		_ = db.AddError(err)
		return
	}
	if stmt.SQL.Len() > 0 {
		if _, ok := stmt.Settings.Load(scopedKey{}); !ok {
			refuse(db, "raw SQL can't be scoped")
		}
		return
	}
	if _, ok := ownedBy(stmt.Schema); !ok {
		refuse(db, "the statement has no model with a field of type tenancy.ID")
		return
	}
	if stmt.TableExpr != nil || stmt.Table != stmt.Schema.Table {
		refuse(db, "Table() names something else than the model's table")
	}
	if db.AllowGlobalUpdate {
		refuse(db, "AllowGlobalUpdate is not allowed")
	}
}

func refuse(db *gorm.DB, why string) {
	_ = db.AddError(fmt.Errorf("%w: %s", ErrScope, why))
}

func beforeRead(db *gorm.DB) {
	if check(db); db.Error != nil {
		return
	}
	if from, ok := db.Statement.Clauses["FROM"].Expression.(clause.From); ok && len(from.Tables)+len(from.Joins) > 0 {
		refuse(db, "a FROM clause of one's own can't be scoped")
	}
	for i := range db.Statement.Joins {
		join := &db.Statement.Joins[i]
		if join.Expression != nil || !isAssociation(db.Statement.Schema, join.Name) {
			refuse(db, "only joins of associations can be scoped")
		}
		// ON gets the tenant and the caller's conditions in one list, where an OR
		// would escape: make them one.
		if join.On != nil {
			join.On = &clause.Where{Exprs: []clause.Expression{parenthesized{*join.On}}}
		}
	}
}

// isAssociation reports whether GORM will take a join's name for a path of
// associations to models that tenants own, and not for raw SQL.
func isAssociation(s *schema.Schema, path string) bool {
	for name := range strings.SplitSeq(path, ".") {
		relation, ok := s.Relationships.Relations[name]
		if !ok {
			return false
		}
		if s = relation.FieldSchema; s == nil {
			return false
		}
		if _, ok := ownedBy(s); !ok {
			return false
		}
	}
	return true
}

type parenthesized struct{ clause.Expression }

func (p parenthesized) Build(b clause.Builder) {
	_ = b.WriteByte('(')
	p.Expression.Build(b)
	_ = b.WriteByte(')')
}

// beforeWrite keeps GORM's guard against writes without a condition armed: the
// tenant is no condition, and an empty WHERE is none either.
func beforeWrite(db *gorm.DB) {
	check(db)
	if where, ok := db.Statement.Clauses["WHERE"].Expression.(clause.Where); ok && len(where.Exprs) == 0 {
		delete(db.Statement.Clauses, "WHERE")
	}
}

func beforeRaw(db *gorm.DB) {
	if check(db); db.Error == nil {
		refuse(db, "raw SQL can't be scoped")
	}
}

// beforeCreate puts the tenant into the rows themselves, so that the caller sees
// what was stored.
func beforeCreate(db *gorm.DB) {
	if check(db); db.Error != nil {
		return
	}
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

// buildWhere writes a WHERE clause with the tenant first.
func buildWhere(c clause.Clause, b clause.Builder) {
	stmt := b.(*gorm.Statement)
	tenant, err := tenantOf(stmt)
	field, ok := ownedBy(stmt.Schema)
	if err != nil || !ok {
		refuse(stmt.DB, "a WHERE clause without tenant or model")
		return
	}
	_, _ = b.WriteString("WHERE ")
	clause.Eq{Column: clause.Column{Table: stmt.Table, Name: field.DBName}, Value: tenant}.Build(b)
	if where, ok := c.Expression.(clause.Where); ok && len(where.Exprs) == 0 {
		return
	}
	_, _ = b.WriteString(" AND ")
	parenthesized{c.Expression}.Build(b)
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

// withoutTenant returns assignments without those that leave the tenant as it is,
// which GORM makes when it writes a whole row. It refuses those that change it, and
// those to whatever is not the plain name of one of the model's columns.
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
			kept = append(kept, a)
		case a.Value != any(tenant) && a.Value != any(inserted):
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
	}
	c.Expression = values
	return c
}
