package tenancy

import (
	"fmt"
	"slices"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"rowhouse/tenancy/guard"
)

// beforeRead scopes the joins and preloads of a query, and adds a WHERE clause for buildWhere.
func beforeRead(db *gorm.DB) {
	bracketJoins(db)
	bindPreloads(db)
	if db.Statement.SQL.Len() == 0 {
		db.Statement.AddClauseIfNotExists(clause.Where{})
	}
}

// bindPreloads wraps the functions in Preload. They fail if they return a session of another
// tenant, whose rows would become part of this tenant's result.
func bindPreloads(db *gorm.DB) {
	for name, args := range db.Statement.Preloads {
		for i, arg := range args {
			if fn, ok := arg.(func(*gorm.DB) *gorm.DB); ok {
				args = slices.Clone(args) // other sessions have the same slice
				args[i] = requireSameTenant(fn)
				db.Statement.Preloads[name] = args
			}
		}
	}
}

// requireSameTenant wraps a function that returns a session. It adds an error to a session of
// another tenant.
func requireSameTenant(fn func(*gorm.DB) *gorm.DB) func(*gorm.DB) *gorm.DB {
	return func(db *gorm.DB) *gorm.DB {
		before, _ := boundTo(db)
		session := fn(db)
		if after, ok := boundTo(session); !ok || after.tenant != before.tenant {
			_ = session.AddError(fmt.Errorf("%w: a function in Preload returned a session of another tenant", ErrScope))
		}
		return session
	}
}

// bracketJoins adds parentheses to the caller's ON conditions of association joins: GORM combines
// them with the tenant's condition by AND, which an OR in them would override. A right join
// makes the model's own table optional, so its ON gets the tenant's condition.
func bracketJoins(db *gorm.DB) {
	stmt := db.Statement
	tenant, field, ok := scopeOf(stmt)
	for i := range stmt.Joins {
		join := &stmt.Joins[i]
		var on []clause.Expression
		if join.JoinType == clause.RightJoin && ok {
			on = append(on, clause.Eq{Column: clause.Column{Table: stmt.Table, Name: field.DBName}, Value: tenant})
		}
		if join.On != nil {
			on = append(on, bracketed{*join.On})
		}
		if on != nil {
			join.On = &clause.Where{Exprs: on}
		}
	}
}

// bracketed is an expression in parentheses.
type bracketed struct{ clause.Expression }

// Build writes the expression.
func (e bracketed) Build(b clause.Builder) {
	_ = b.WriteByte('(')
	e.Expression.Build(b)
	_ = b.WriteByte(')')
}

// buildWhere writes a WHERE clause: the tenant's conditions, the condition on the key of
// UnionAllByKey, and the conditions of the caller.
func (s scope) buildWhere(c clause.Clause, b clause.Builder) {
	stmt := b.(*gorm.Statement)
	where, _ := c.Expression.(clause.Where)
	var exprs []clause.Expression
	tenant, err := tenantOf(stmt)
	scoped := err == nil && tenant != 0
	if scoped {
		for _, alias := range s.requiredAliases(stmt) {
			exprs = append(exprs, clause.Eq{Column: clause.Column{Table: alias, Name: guard.Column}, Value: tenant})
		}
	}
	column, keyed := stmt.Get(keyColumn)
	if keyed {
		exprs = append(exprs, clause.Eq{Column: clause.Column{Table: clause.CurrentTable, Name: column.(string)}, Value: placeholder{}})
	}
	switch {
	case !scoped && !keyed:
		exprs = where.Exprs
	case len(where.Exprs) > 0:
		exprs = append(exprs, bracketed{where})
	}
	if len(exprs) > 0 {
		c.Expression = clause.Where{Exprs: exprs}
		c.Build(b)
	}
}

// requiredAliases returns the aliases of the tables that WHERE has to bind. A statement of one
// table needs no parser. If the guard can't parse the part that GORM has written so far, it
// refuses the whole statement later, with the reason. It also refuses a model whose field of
// type ID is not in the column tenant_id.
func (s scope) requiredAliases(stmt *gorm.Statement) []string {
	if _, hasTenant := findTenantField(stmt.Schema); !hasTenant && hasID(stmt.Schema) {
		return nil
	}
	if hasOneTable(stmt) {
		if t, ok := s.guard.Table(stmt.Table); !ok || t.Shared {
			return nil
		}
		return []string{stmt.Table}
	}
	return s.guard.RequiredAliases(stmt.SQL.String())
}

// hasOneTable reports whether a statement has only the table of Table or Model.
func hasOneTable(stmt *gorm.Statement) bool {
	from, _ := stmt.Clauses["FROM"].Expression.(clause.From)
	simple := stmt.TableExpr == nil || stmt.TableExpr.SQL == stmt.Quote(stmt.Table)
	return simple && len(from.Tables) == 0 && len(from.Joins) == 0
}
