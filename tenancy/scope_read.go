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

// bindPreloads wraps the functions that a caller gave to Preload. They fail when they return a
// session of another tenant, whose rows would become part of this tenant's result.
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

// requireSameTenant wraps fn, and adds an error if fn returns a session of another tenant.
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

// bracketJoins puts the caller's ON conditions of association joins into brackets. GORM joins
// them with the tenant's condition by AND, which an OR among them would override. A right join
// makes the model's own table optional: its ON binds it.
func bracketJoins(db *gorm.DB) {
	stmt := db.Statement
	tenant, field, ok := scoped(stmt)
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

type bracketed struct{ clause.Expression }

func (e bracketed) Build(b clause.Builder) {
	_ = b.WriteByte('(')
	e.Expression.Build(b)
	_ = b.WriteByte(')')
}

// buildWhere writes a WHERE clause with the tenant first, for each table that can have it, and
// then the key of an arm of UnionEach.
func (s scope) buildWhere(c clause.Clause, b clause.Builder) {
	stmt := b.(*gorm.Statement)
	where, _ := c.Expression.(clause.Where)
	var exprs []clause.Expression
	tenant, err := tenantOf(stmt)
	scoped := err == nil && tenant != 0
	if scoped {
		for _, alias := range s.required(stmt) {
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

// required returns the aliases of the tables that WHERE has to bind. A statement of one
// table needs no parser. If the guard can't read the part that GORM has written so far,
// it can't read the whole statement either, and refuses it with the reason. A model whose
// field of type ID is not the table's tenant_id is refused.
func (s scope) required(stmt *gorm.Statement) []string {
	if _, owned := ownedBy(stmt.Schema); !owned && hasID(stmt.Schema) {
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

// hasOneTable reports whether a statement has only the table that Table or Model named.
func hasOneTable(stmt *gorm.Statement) bool {
	from, _ := stmt.Clauses["FROM"].Expression.(clause.From)
	simple := stmt.TableExpr == nil || stmt.TableExpr.SQL == stmt.Quote(stmt.Table)
	return simple && len(from.Tables) == 0 && len(from.Joins) == 0
}
