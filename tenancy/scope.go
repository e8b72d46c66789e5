package tenancy

import (
	"context"
	"database/sql/driver"
	"fmt"
	"slices"
	"strings"

	"gorm.io/driver/mysql"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
	"gorm.io/gorm/schema"

	"rowhouse/tenancy/guard"
)

// scope binds what GORM builds to the tenant, so that the code of models need not. It
// works where GORM writes the clauses, after callers and hooks had their say:
//
//   - WHERE becomes `tenant_id = ? AND (whatever the caller wrote)`, with a tenant_id for
//     each table in FROM that tenants own and no ON binds. Derived tables are bound inside.
//     Tables that an outer join makes optional are bound in its ON: here for GORM's
//     associations, and by the caller for other joins.
//   - VALUES holds the tenant in each row, put there if it was left out.
//   - SET and ON DUPLICATE KEY UPDATE leave the tenant out.
//
// It is a convenience, and no wall: what it does not bind (raw SQL, outer joins in raw
// SQL, a caller's brackets) meets the guard. The one thing that it refuses is what
// the guard can't see: a session of one tenant with the context of another.
type scope struct{ guard *guard.Guard }

func (s scope) install(db *gorm.DB) error {
	values, onConflict, forShare := db.ClauseBuilders["VALUES"], db.ClauseBuilders["ON CONFLICT"], db.ClauseBuilders["FOR"]
	db.ClauseBuilders["WHERE"] = s.buildWhere
	db.ClauseBuilders["SET"] = func(c clause.Clause, b clause.Builder) { withoutTenant(c, b).Build(b) }
	db.ClauseBuilders["VALUES"] = func(c clause.Clause, b clause.Builder) { values(s.withTenant(c, b), b) }
	db.ClauseBuilders["ON CONFLICT"] = func(c clause.Clause, b clause.Builder) { onConflict(withoutTenant(c, b), b) }
	if forShare != nil { // MariaDB
		db.ClauseBuilders["FOR"] = func(c clause.Clause, b clause.Builder) { checkShareLock(c, b); forShare(c, b) }
	}
	on := db.Callback()
	for _, err := range []error{
		on.Query().Before("gorm:query").Register("tenancy:read", checked(beforeRead)),
		on.Row().Before("gorm:row").Register("tenancy:read", checked(beforeRead)),
		on.Create().Before("gorm:create").Register("tenancy:create", checked(beforeCreate)),
		on.Create().Replace("gorm:create", s.orFindShared(on.Create().Get("gorm:create"))),
		on.Update().Before("gorm:update").Register("tenancy:write", checked(beforeWrite)),
		on.Delete().Before("gorm:delete").Register("tenancy:write", checked(beforeWrite)),
		on.Raw().Before("gorm:raw").Register("tenancy:raw", checked(func(*gorm.DB) {})),
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

// ModifyStatement binds the ON of an association join. GORM builds it as a separate statement,
// which bypasses buildWhere and has no context.
func (o owned) ModifyStatement(stmt *gorm.Statement) {
	if stmt == stmt.DB.Statement {
		return
	}
	if tenant, err := tenantOf(stmt.DB.Statement); err != nil {
		_ = stmt.DB.AddError(err)
	} else if tenant != 0 {
		stmt.AddClause(clause.Where{Exprs: []clause.Expression{
			clause.Eq{Column: clause.Column{Table: stmt.Table, Name: o.field.DBName}, Value: tenant},
		}})
	}
}

// tenantOf returns the tenant of a statement: the one in its context, which must
// be the one that its session was made for. In the system scope it is 0. gorm.G renders a
// subquery with a background context, and does not run it: its tenant is the session's.
func tenantOf(stmt *gorm.Statement) (ID, error) {
	pool, ok := boundTo(stmt.DB)
	var tenant Tenant
	if _, system := systemOf(stmt.Context); !system {
		var err error
		if tenant, err = FromContext(stmt.Context); err != nil {
			if stmt.DB.DryRun && stmt.Context == context.Background() && (pool.tenant != 0 || pool.system) {
				return pool.tenant, nil
			}
			return 0, err
		}
	}
	if !ok || pool.tenant != tenant.ID {
		return 0, fmt.Errorf("%w: the session of one tenant met the context of another", ErrScope)
	}
	return tenant.ID, nil
}

// boundTo returns the pool that binds a session. ok is false for a session that For did not
// make.
func boundTo(db *gorm.DB) (pool boundPool, ok bool) {
	dialector, ok := db.Dialector.(*mysql.Dialector)
	if !ok {
		return boundPool{}, false
	}
	pool, ok = dialector.Conn.(boundPool)
	return pool, ok
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
	return field, field != nil && field.DBName == guard.Column
}

// hasID reports whether a model has a field of type ID.
func hasID(s *schema.Schema) bool {
	return s != nil && slices.ContainsFunc(s.QueryClauses, func(c clause.Interface) bool { _, ok := c.(owned); return ok })
}

// scoped returns the tenant of a statement and the field that holds it, and false for
// what has neither: the system scope, and models that no tenant owns.
func scoped(stmt *gorm.Statement) (ID, *schema.Field, bool) {
	tenant, err := tenantOf(stmt)
	field, ok := ownedBy(stmt.Schema)
	return tenant, field, ok && err == nil && tenant != 0
}

// checked returns next behind two checks: the statement's session and context have the same
// tenant, and GORM can write all of its clauses.
func checked(next func(*gorm.DB)) func(*gorm.DB) {
	return func(db *gorm.DB) {
		_, err := tenantOf(db.Statement)
		if err == nil {
			err = checkClauses(db.Statement)
		}
		if err != nil {
			_ = db.AddError(err)
			return
		}
		next(db)
	}
}

// unwritten are the clauses that GORM may leave out of each kind of statement, besides those
// that it writes and its mark of a query that leaves softly deleted rows out. FirstOrCreate
// gives each of its two statements the clauses of both.
var unwritten = map[string][]string{
	"SELECT": {"ON CONFLICT"},
	"INSERT": {"SELECT", "FROM", "WHERE", "GROUP BY", "ORDER BY", "LIMIT", "FOR"},
	"UPDATE": {"SELECT", "FROM"},
	"DELETE": {"SELECT"},
}

// checkClauses fails on a clause that GORM would leave out of the statement without an error,
// so that it locks nothing, returns nothing, or writes more rows.
func checkClauses(stmt *gorm.Statement) error {
	kind := "raw"
	if stmt.SQL.Len() == 0 && len(stmt.BuildClauses) > 0 {
		kind = stmt.BuildClauses[0]
	}
	for name := range stmt.Clauses {
		written := kind != "raw" && slices.Contains(stmt.BuildClauses, name) || kind == "raw" && !locksOrReturns[name]
		if !written && name != "soft_delete_enabled" && !slices.Contains(unwritten[kind], name) {
			return fmt.Errorf("%w: GORM would leave the clause %s out of this statement; lock or read the rows with a query of its own", gorm.ErrNotImplemented, name)
		}
	}
	if len(stmt.Joins) > 0 && (kind == "UPDATE" || kind == "DELETE") {
		return fmt.Errorf("%w: GORM would leave Joins out of this statement; select the ids with a subquery", gorm.ErrNotImplemented)
	}
	return nil
}

// locksOrReturns are the clauses that raw SQL can't do without when they are asked for.
var locksOrReturns = map[string]bool{"FOR": true, "RETURNING": true, "ON CONFLICT": true}

// checkShareLock fails where GORM's translation of FOR SHARE for MariaDB, LOCK IN SHARE MODE,
// would leave something out.
func checkShareLock(c clause.Clause, b clause.Builder) {
	lock, ok := c.Expression.(clause.Locking)
	if ok && strings.EqualFold(lock.Strength, "SHARE") && (lock.Options != "" || lock.Table.Name != "") {
		_ = b.AddError(fmt.Errorf("%w: GORM would leave the options or the table of this SHARE lock out on MariaDB; use UPDATE", gorm.ErrNotImplemented))
	}
}
