package tenancy

import (
	"database/sql/driver"
	"fmt"
	"slices"
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

func (scope) install(db *gorm.DB) error {
	onConflict, values := db.ClauseBuilders["ON CONFLICT"], db.ClauseBuilders["VALUES"]
	db.ClauseBuilders["WHERE"] = buildWhere
	db.ClauseBuilders["SET"] = buildSet
	db.ClauseBuilders["VALUES"] = func(c clause.Clause, b clause.Builder) { values(withTenant(c, b), b) }
	db.ClauseBuilders["ON CONFLICT"] = func(c clause.Clause, b clause.Builder) { buildOnConflict(c, b, onConflict) }
	// All clauses that can hold a caller's SQL.
	for _, name := range []string{"SELECT", "FROM", "WHERE", "GROUP BY", "ORDER BY", "LIMIT", "FOR", "VALUES", "ON CONFLICT", "SET"} {
		build := db.ClauseBuilders[name]
		if build == nil {
			build = clause.Clause.Build
		}
		db.ClauseBuilders[name] = func(c clause.Clause, b clause.Builder) { inStep(b, func() { build(c, b) }) }
	}
	on := db.Callback()
	for _, err := range []error{
		on.Query().Before("gorm:query").Register("tenancy:read", checked(on.Query().Clauses, beforeRead)),
		on.Row().Before("gorm:row").Register("tenancy:read", checked(on.Row().Clauses, beforeRead)),
		on.Create().Before("gorm:create").Register("tenancy:create", checked(on.Create().Clauses, beforeCreate)),
		on.Update().Before("gorm:update").Register("tenancy:write", checked(on.Update().Clauses, beforeWrite)),
		on.Delete().Before("gorm:delete").Register("tenancy:write", checked(on.Delete().Clauses, beforeWrite)),
		on.Raw().Before("gorm:raw").Register("tenancy:raw", func(db *gorm.DB) { refuse(db, "raw SQL can't be scoped") }),
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

// ownedBy returns the tenant's field of a model, and false when it is not exactly one,
// or is stored in another column than the one that leads every key.
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
	return field, field != nil && field.DBName == "tenant_id"
}

// checked runs next for statements that pass check.
func checked(clauses []string, next func(*gorm.DB)) func(*gorm.DB) {
	return func(db *gorm.DB) {
		if check(db, clauses); db.Error == nil {
			next(db)
		}
	}
}

// check refuses what no clause builder will see: the statement's tenant, table and
// model must be known before GORM builds it, of all the clauses of its kind.
func check(db *gorm.DB, clauses []string) {
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
	if !slices.Equal(stmt.BuildClauses, clauses) {
		refuse(db, "BuildClauses leaves clauses out, or adds some")
	}
	for name, c := range stmt.Clauses {
		if !isPlain(name, c) {
			refuse(db, "the clause "+name+" can't be scoped")
		}
	}
}

// isPlain reports whether a clause is no more than its builder knows of: nothing
// around its expression, and no other table than the model's.
func isPlain(name string, c clause.Clause) bool {
	if c.Builder != nil || c.BeforeExpression != nil || c.AfterNameExpression != nil || c.AfterExpression != nil {
		return false
	}
	switch name {
	case "INSERT":
		return c.Expression == clause.Insert{}
	case "UPDATE":
		return c.Expression == clause.Update{}
	case "DELETE":
		return c.Expression == clause.Delete{}
	case "FROM":
		from, ok := c.Expression.(clause.From)
		return ok && len(from.Tables)+len(from.Joins) == 0
	}
	return true
}

func refuse(db *gorm.DB, why string) {
	_ = db.AddError(fmt.Errorf("%w: %s", ErrScope, why))
}

func beforeRead(db *gorm.DB) {
	for i := range db.Statement.Joins {
		join := &db.Statement.Joins[i]
		if join.Expression != nil || !isAssociation(db.Statement.Schema, join.Name) {
			refuse(db, "only joins of associations can be scoped")
		}
		switch join.JoinType {
		case clause.LeftJoin, clause.InnerJoin, clause.RightJoin:
		default:
			refuse(db, "only left, inner and right joins can be scoped")
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
	inStep(b, func() {
		_ = b.WriteByte('(')
		p.Expression.Build(b)
		_ = b.WriteByte(')')
	})
}

// inStep refuses what build writes when it has not one value for each placeholder: a
// value too many here, and one too few there, would move a value of the caller's to
// the tenant's placeholder.
func inStep(b clause.Builder, build func()) {
	stmt := b.(*gorm.Statement)
	length, values := stmt.SQL.Len(), len(stmt.Vars)
	build()
	if strings.Count(stmt.SQL.String()[length:], "?") != len(stmt.Vars)-values {
		refuse(stmt.DB, "each placeholder needs one value")
		// GORM forgets the errors of subqueries, so this one must not run at all.
		_, _ = b.WriteString(" !refused! ")
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
