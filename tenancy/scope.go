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

// scope adds the tenant to the statements that GORM builds. Its clause builders run when GORM
// writes the SQL, after callers and hooks:
//
//   - WHERE becomes `tenant_id = ? AND (conditions of the caller)`, with a tenant_id for each
//     table of tenants in FROM that no ON binds. Derived tables are bound inside. Tables that
//     an outer join makes optional are bound in its ON: by the scope for associations of GORM,
//     and by the caller for other joins.
//   - VALUES has the tenant in each row. The scope adds it if it is missing.
//   - SET and ON DUPLICATE KEY UPDATE do not assign the tenant.
//
// The scope is a convenience; isolation depends on the guard, which also checks raw SQL. The
// scope refuses only a session of one tenant with the context of another, which the guard
// can't detect.
type scope struct{ guard *guard.Guard }

// installCallbacks registers the clause builders and callbacks of the scope.
func (s scope) installCallbacks(db *gorm.DB) error {
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
		on.Query().Before("gorm:query").Register("tenancy:read", withChecks(beforeRead)),
		on.Row().Before("gorm:row").Register("tenancy:read", withChecks(beforeRead)),
		on.Create().Before("gorm:create").Register("tenancy:create", withChecks(beforeCreate)),
		on.Create().Replace("gorm:create", s.orFindShared(on.Create().Get("gorm:create"))),
		on.Update().Before("gorm:update").Register("tenancy:write", withChecks(beforeWrite)),
		on.Delete().Before("gorm:delete").Register("tenancy:write", withChecks(beforeWrite)),
		on.Raw().Before("gorm:raw").Register("tenancy:raw", withChecks(func(*gorm.DB) {})),
	} {
		if err != nil {
			return fmt.Errorf("install the tenant scope: %w", err)
		}
	}
	return nil
}

// QueryClauses returns the clause that GORM adds to queries and association joins of a model
// with an ID.
func (ID) QueryClauses(f *schema.Field) []clause.Interface {
	return []clause.Interface{tenantClause{f}}
}

// Value returns the id as an integer for the driver.
func (id ID) Value() (driver.Value, error) { return int64(id), nil }

// tenantClause is the clause of a tenant's field. A model of tenants has exactly one.
type tenantClause struct{ field *schema.Field }

// Name, Build and MergeClause are unused: GORM calls ModifyStatement instead.
func (tenantClause) Name() string               { return "" }
func (tenantClause) Build(clause.Builder)       {}
func (tenantClause) MergeClause(*clause.Clause) {}

// ModifyStatement binds the ON of an association join. GORM builds it as a separate statement,
// which bypasses buildWhere and has no context.
func (c tenantClause) ModifyStatement(stmt *gorm.Statement) {
	if stmt == stmt.DB.Statement {
		return
	}
	if tenant, err := tenantOf(stmt.DB.Statement); err != nil {
		_ = stmt.DB.AddError(err)
	} else if tenant != 0 {
		stmt.AddClause(clause.Where{Exprs: []clause.Expression{
			clause.Eq{Column: clause.Column{Table: stmt.Table, Name: c.field.DBName}, Value: tenant},
		}})
	}
}

// tenantOf returns the tenant of a statement, or 0 in the system scope. It fails if the context
// and the session have different tenants. gorm.G renders a subquery with a background context,
// and does not run it: its tenant is the session's.
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
		return 0, fmt.Errorf("%w: the session of one tenant has the context of another", ErrScope)
	}
	return tenant.ID, nil
}

// boundTo returns the pool that binds a session. ok is false for a session that is not from
// For.
func boundTo(db *gorm.DB) (pool boundPool, ok bool) {
	dialector, ok := db.Dialector.(*mysql.Dialector)
	if !ok {
		return boundPool{}, false
	}
	pool, ok = dialector.Conn.(boundPool)
	return pool, ok
}

// findTenantField returns the tenant's field of a model. ok is false unless there is exactly one,
// in the column tenant_id.
func findTenantField(s *schema.Schema) (field *schema.Field, ok bool) {
	if s == nil {
		return nil, false
	}
	for _, q := range s.QueryClauses {
		if c, ok := q.(tenantClause); ok {
			if field != nil {
				return nil, false
			}
			field = c.field
		}
	}
	return field, field != nil && field.DBName == guard.Column
}

// hasID reports whether a model has a field of type ID.
func hasID(s *schema.Schema) bool {
	return s != nil && slices.ContainsFunc(s.QueryClauses, func(c clause.Interface) bool { _, ok := c.(tenantClause); return ok })
}

// scopeOf returns the tenant of a statement and the tenant's field of its model. It returns
// false in the system scope and for models without a tenant.
func scopeOf(stmt *gorm.Statement) (ID, *schema.Field, bool) {
	tenant, err := tenantOf(stmt)
	field, ok := findTenantField(stmt.Schema)
	return tenant, field, ok && err == nil && tenant != 0
}

// withChecks returns a callback that runs next after two checks: the session and the context of
// the statement have the same tenant, and GORM can write all of its clauses.
func withChecks(next func(*gorm.DB)) func(*gorm.DB) {
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

// omissible are the clauses that GORM may omit from each kind of statement. Each of the two
// statements of FirstOrCreate has the clauses of both.
var omissible = map[string][]string{
	"SELECT": {"ON CONFLICT"},
	"INSERT": {"SELECT", "FROM", "WHERE", "GROUP BY", "ORDER BY", "LIMIT", "FOR"},
	"UPDATE": {"SELECT", "FROM"},
	"DELETE": {"SELECT"},
}

// checkClauses fails on a clause that GORM would omit without an error: the statement would
// lock nothing, return nothing, or write more rows.
func checkClauses(stmt *gorm.Statement) error {
	kind := "raw"
	if stmt.SQL.Len() == 0 && len(stmt.BuildClauses) > 0 {
		kind = stmt.BuildClauses[0]
	}
	for name := range stmt.Clauses {
		written := kind != "raw" && slices.Contains(stmt.BuildClauses, name) || kind == "raw" && !locksOrReturns[name]
		if !written && name != "soft_delete_enabled" && !slices.Contains(omissible[kind], name) {
			return fmt.Errorf("%w: GORM would omit the clause %s from this statement; lock or read the rows with a separate query",
				gorm.ErrNotImplemented, name)
		}
	}
	if len(stmt.Joins) > 0 && (kind == "UPDATE" || kind == "DELETE") {
		return fmt.Errorf("%w: GORM would omit Joins from this statement; select the ids with a subquery", gorm.ErrNotImplemented)
	}
	return nil
}

// locksOrReturns are the clauses that GORM must not omit from raw SQL.
var locksOrReturns = map[string]bool{"FOR": true, "RETURNING": true, "ON CONFLICT": true}

// checkShareLock fails on a FOR SHARE with options or a table: on MariaDB, GORM translates it to
// LOCK IN SHARE MODE, which has neither.
func checkShareLock(c clause.Clause, b clause.Builder) {
	lock, ok := c.Expression.(clause.Locking)
	if ok && strings.EqualFold(lock.Strength, "SHARE") && (lock.Options != "" || lock.Table.Name != "") {
		err := fmt.Errorf("%w: GORM would omit the options or the table of this SHARE lock on MariaDB; use UPDATE", gorm.ErrNotImplemented)
		_ = b.AddError(err)
	}
}
