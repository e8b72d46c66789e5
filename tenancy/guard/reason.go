package guard

import (
	"fmt"
	"strings"

	"vitess.io/vitess/go/vt/sqlparser"
)

// refuseUnbound returns the refusal of an unbound table, with the reason and the condition to add.
func (b *block) refuseUnbound(r *tableRef) error {
	reason := "nothing binds it to the tenant: "
	if why := b.explainUnbound(r); why != "" {
		reason += why + "; "
	}
	reason += "add `" + r.alias + "." + Column + " = ?` to "
	if r.nullable {
		reason += "the ON of its outer join, by AND; in WHERE it would drop the rows without a match"
	} else {
		reason += "WHERE, by AND"
	}
	return refuseTable(r.table, r.alias, "%s", reason)
}

// explainUnbound returns the reason why the first condition on the tenant_id of a table does not bind
// it, or "" if there is none.
func (b *block) explainUnbound(r *tableRef) string {
	for _, c := range b.conditions {
		if why := c.scope.explainCondition(c.expr, r); why != "" {
			return why
		}
	}
	if b.having != nil && mentionsTenant(b.having.Expr, r) {
		return "HAVING does not bind, since it filters groups and not rows"
	}
	return ""
}

// explainCondition returns the reason why a condition does not bind a table, or "" if it does not
// name the table's tenant_id. It is the counterpart of collectEqualities.
func (c condScope) explainCondition(e sqlparser.Expr, r *tableRef) string {
	if and, ok := e.(*sqlparser.AndExpr); ok {
		if why := c.explainCondition(and.Left, r); why != "" {
			return why
		}
		return c.explainCondition(and.Right, r)
	}
	if !mentionsTenant(e, r) {
		return ""
	}
	switch e := e.(type) {
	case *sqlparser.OrExpr:
		return quoteSQL(e) + " does not bind, since a row can meet the other side of OR"
	case *sqlparser.ComparisonExpr:
		return c.explainComparison(e, r)
	}
	return quoteSQL(e) + " does not bind: only an equality joined by AND does"
}

// explainComparison returns the reason why a comparison with the table's tenant_id does not bind it.
func (c condScope) explainComparison(e *sqlparser.ComparisonExpr, r *tableRef) string {
	left, right := e.Left, e.Right
	list, ok := right.(sqlparser.ValTuple)
	switch {
	case e.Operator == sqlparser.InOp && len(list) == 1:
		right = list[0]
	case ok && e.Operator == sqlparser.InOp && isTenantColumn(left, r):
		return quoteSQL(e) + " does not bind, since IN has several values"
	case e.Operator != sqlparser.EqualOp:
		return quoteSQL(e) + " does not bind: only an equality joined by AND does"
	}
	if !isTenantColumn(left, r) {
		left, right = right, left
	}
	column, plain := left.(*sqlparser.ColName)
	_, row := left.(sqlparser.ValTuple)
	switch {
	case row:
		return quoteSQL(e) + " does not bind, since it compares rows"
	case !plain:
		return quoteSQL(e) + " does not bind, since it compares an expression and not the column"
	case column.Name.String() != Column:
		return quoteSQL(column) + " does not bind, since the column is spelled " + Column
	case column.Qualifier.Name.IsEmpty() && c.unqualified == nil:
		return quoteSQL(column) + " does not bind, since it has no table name, and several tables have the column"
	case !column.Qualifier.Name.IsEmpty() && column.Qualifier.Name.String() != r.alias:
		return quoteSQL(column) + " does not bind, since the table is spelled " + r.alias
	case c.resolveTenantColumn(column) == nil && c.block.inOuterQuery(r.alias):
		return quoteSQL(e) + " does not bind, since " + r.alias + " is also a name in the outer query"
	case c.resolveTenantColumn(column) == nil:
		return quoteSQL(e) + " does not bind, since " + r.alias + " is not an operand of this join"
	}
	return c.explainOperand(e, right, r)
}

// explainOperand returns the reason why an equality of the table's tenant_id and an operand does not
// bind it.
func (c condScope) explainOperand(e *sqlparser.ComparisonExpr, with sqlparser.Expr, r *tableRef) string {
	if _, ok := constantOf(with); ok {
		return quoteSQL(e) + " does not bind, since the ON of an outer join filters only rows of its other side"
	}
	alias, ok := parseTenantColumn(with)
	if !ok {
		return quoteSQL(e) + " does not bind, since it compares with neither a ? nor an integer"
	}
	other := c.resolveTenantColumn(with)
	switch {
	case other == r:
		return quoteSQL(e) + " does not bind, since it compares the column with itself"
	case other == nil && c.block.inOuterQuery(alias) && findRef(alias, c.block.refs) != nil:
		return quoteSQL(e) + " does not bind, since " + alias + " is also a name in the outer query"
	case other == nil && c.block.inOuterQuery(alias):
		return quoteSQL(e) + " does not bind, since " + alias + " is a table of the outer query"
	case other == nil:
		return quoteSQL(e) + " does not bind, since its tables are not both operands of this join"
	case other.table == "":
		return quoteSQL(e) + " does not bind, since " + other.alias + " is not a tenant table"
	case other.boundBy == "":
		return quoteSQL(e) + " does not bind, since nothing binds " + other.alias
	}
	return quoteSQL(e) + " does not bind, since the ON of an outer join filters only rows of its other side"
}

// isTenantColumn reports whether a node may be the table's tenant_id, in any case.
func isTenantColumn(e sqlparser.SQLNode, r *tableRef) bool {
	n, ok := e.(*sqlparser.ColName)
	if !ok || !n.Name.EqualString(Column) {
		return false
	}
	if alias := n.Qualifier.Name.String(); alias != "" {
		return strings.EqualFold(alias, r.alias)
	}
	return true
}

// mentionsTenant reports whether an expression names the table's tenant_id outside its subqueries.
func mentionsTenant(e sqlparser.Expr, r *tableRef) (found bool) {
	_ = sqlparser.VisitSQLNode(e, func(node sqlparser.SQLNode) (bool, error) {
		found = found || isTenantColumn(node, r)
		_, inner := node.(*sqlparser.Subquery)
		return !inner, nil
	})
	return found
}

// quoteSQL returns a part of a statement for a message, with ? for its arguments.
func quoteSQL(e sqlparser.SQLNode) string {
	b := sqlparser.NewTrackedBuffer(func(b *sqlparser.TrackedBuffer, node sqlparser.SQLNode) {
		if _, ok := node.(*sqlparser.Argument); ok {
			b.WriteString("?")
			return
		}
		node.Format(b)
	})
	sql := strings.ReplaceAll(b.WriteNode(e).String(), "`", "")
	if len(sql) > maxQuote {
		sql = strings.ToValidUTF8(sql[:maxQuote], "") + "…"
	}
	return fmt.Sprintf("`%s`", sql)
}

// maxQuote limits the quoted part of a condition, in bytes.
const maxQuote = 60
