package guard

import (
	"vitess.io/vitess/go/vt/sqlparser"
)

// block is the proof of one query block: a SELECT, UPDATE, DELETE or INSERT without
// its subqueries.
type block struct {
	prover *prover
	// outer is the query block around this one, or nil.
	outer *block
	// ctes are the visible common table expressions.
	ctes *cte
	// refs are the tables in FROM.
	refs []*tableRef
	// equalities are those of WHERE and each ON. The first whereEqualities of them are from WHERE.
	equalities      []equality
	whereEqualities int
	// conditions are WHERE and each ON; having is HAVING, which binds nothing. Refusals explain
	// them.
	conditions []scopedCondition
	having     *sqlparser.Where
	// unconditionalJoin is true if a join has no ON or USING: servers may group a chain of joins
	// with it differently than the parser.
	unconditionalJoin bool
	// rightJoin is true if there is a RIGHT JOIN, whose USING returns the column of the right side.
	rightJoin bool
	// mergedColumns is true if USING or NATURAL merges columns of the same name.
	mergedColumns bool
	// implicitGroup is true for aggregate functions without GROUP BY: they return one row, with
	// NULL columns if there are no rows.
	implicitGroup bool
	// deferred are checks to run when refs is complete.
	deferred []func() error
}

// tableRef is a table reference in FROM: a tenant table, a shared table, a derived table, a common
// table expression or JSON_TABLE.
type tableRef struct {
	alias string
	// table is the name of a tenant table, and empty for all other references.
	table string
	// shared is the name of a shared table, or empty.
	shared string
	// boundBy describes the equality that binds the table, or is empty.
	boundBy string
	// nullable is true on the nullable side of an outer join, where columns can be NULL.
	nullable bool
}

// proveFromWhere proves FROM and WHERE, and collects their equalities on tenant_id.
func (b *block) proveFromWhere(from []sqlparser.TableExpr, where *sqlparser.Where) error {
	for _, e := range from {
		if _, err := b.addTableExpr(e); err != nil {
			return err
		}
	}
	if where != nil {
		b.addCondition(b.whereScope(), where.Expr)
		b.whereEqualities = len(b.equalities)
	}
	for _, check := range b.deferred {
		if err := check(); err != nil {
			return err
		}
	}
	return b.proveExprs(where)
}

// inOuterQuery reports whether a query block around this one has a table reference of this alias.
func (b *block) inOuterQuery(alias string) bool {
	for b = b.outer; b != nil; b = b.outer {
		if findRef(alias, b.refs) != nil {
			return true
		}
	}
	return false
}

// findRef returns the table reference of an alias, or nil.
func findRef(alias string, refs []*tableRef) *tableRef {
	for _, r := range refs {
		if r.alias == alias {
			return r
		}
	}
	return nil
}
