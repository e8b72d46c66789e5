package guard

import (
	"fmt"
	"strings"

	"vitess.io/vitess/go/vt/sqlparser"
)

// searchedCondition is a condition that was searched for facts.
type searchedCondition struct {
	condition
	expr sqlparser.Expr
}

// refuseUnbound returns the refusal of a table that no condition binds, with the reason and a remedy.
func (b *block) refuseUnbound(s *source) error {
	reason := "nothing binds it to the tenant: "
	if why := b.explainMiss(s); why != "" {
		reason += why + "; "
	}
	reason += "add `" + s.alias + "." + Column + " = ?` to "
	if s.optional {
		reason += "the ON of its outer join, by AND; in WHERE it would drop the rows without a match"
	} else {
		reason += "WHERE, by AND"
	}
	return &Refusal{Table: s.table, Alias: s.alias, Reason: reason}
}

// explainMiss returns the reason why the first condition on the tenant of s does not bind it, or "".
func (b *block) explainMiss(s *source) string {
	for _, r := range b.searched {
		if why := r.explainMiss(r.expr, s); why != "" {
			return why
		}
	}
	if b.having != nil && (condition{block: b}).mentions(b.having.Expr, s) {
		return "HAVING does not bind, since it filters groups and not rows"
	}
	return ""
}

// explainMiss does the same for one condition. It is the counterpart of collect.
func (c condition) explainMiss(e sqlparser.Expr, s *source) string {
	if and, ok := e.(*sqlparser.AndExpr); ok {
		if why := c.explainMiss(and.Left, s); why != "" {
			return why
		}
		return c.explainMiss(and.Right, s)
	}
	if !c.mentions(e, s) {
		return ""
	}
	switch e := e.(type) {
	case *sqlparser.OrExpr:
		return quote(e) + " does not bind, since a row can meet the other side of OR"
	case *sqlparser.ComparisonExpr:
		return c.explainComparison(e, s)
	}
	return quote(e) + " does not bind: only an equality joined by AND does"
}

// explainComparison returns the reason why a comparison with the tenant of s does not bind it.
func (c condition) explainComparison(e *sqlparser.ComparisonExpr, s *source) string {
	left, right := e.Left, e.Right
	list, ok := right.(sqlparser.ValTuple)
	switch {
	case ok && e.Operator == sqlparser.InOp && len(list) == 1:
		right = list[0]
	case ok && e.Operator == sqlparser.InOp && c.column(left, s):
		return quote(e) + " does not bind, since IN has several values"
	case e.Operator != sqlparser.EqualOp:
		return quote(e) + " does not bind: only an equality joined by AND does"
	}
	if !c.column(left, s) {
		left, right = right, left
	}
	column, plain := left.(*sqlparser.ColName)
	_, row := left.(sqlparser.ValTuple)
	switch {
	case row:
		return quote(e) + " does not bind, since it compares rows"
	case !plain:
		return quote(e) + " does not bind, since it compares an expression and not the column"
	case column.Name.String() != Column:
		return quote(column) + " does not bind, since the column is spelled " + Column
	case column.Qualifier.Name.IsEmpty() && c.bare == nil:
		return quote(column) + " does not bind, since it has no table name, and several tables have the column"
	case !column.Qualifier.Name.IsEmpty() && column.Qualifier.Name.String() != s.alias:
		return quote(column) + " does not bind, since the table is spelled " + s.alias
	case c.tenantOf(column) == nil && c.around(s.alias):
		return quote(e) + " does not bind, since " + s.alias + " is also a name in the outer query"
	case c.tenantOf(column) == nil:
		return quote(e) + " does not bind, since " + s.alias + " is not an operand of this join"
	}
	return c.explainOperand(e, right, s)
}

// explainOperand returns the reason why equality with an expression does not bind the tenant of s.
func (c condition) explainOperand(e *sqlparser.ComparisonExpr, with sqlparser.Expr, s *source) string {
	if _, ok := valueOf(with); ok {
		return quote(e) + " does not bind, since the ON of an outer join filters only rows of its other side"
	}
	alias, ok := tenantColumn(with)
	if !ok {
		return quote(e) + " does not bind, since it compares with neither a ? nor an integer"
	}
	other := c.tenantOf(with)
	switch {
	case other == s:
		return quote(e) + " does not bind, since it compares the column with itself"
	case other == nil && c.around(alias) && named(alias, c.sources) != nil:
		return quote(e) + " does not bind, since " + alias + " is also a name in the outer query"
	case other == nil && c.around(alias):
		return quote(e) + " does not bind, since " + alias + " is a table of the outer query"
	case other == nil:
		return quote(e) + " does not bind, since its tables are not both operands of this join"
	case other.table == "":
		return quote(e) + " does not bind, since " + other.alias + " is not a tenant's table"
	case other.by == "":
		return quote(e) + " does not bind, since nothing binds " + other.alias
	}
	return quote(e) + " does not bind, since the ON of an outer join filters only rows of its other side"
}

// column reports whether an expression is the tenant of s, in any case.
func (c condition) column(e sqlparser.Expr, s *source) bool {
	n, ok := e.(*sqlparser.ColName)
	if !ok || !n.Name.EqualString(Column) {
		return false
	}
	if alias := n.Qualifier.Name.String(); alias != "" {
		return strings.EqualFold(alias, s.alias)
	}
	return true
}

// mentions reports whether an expression names the tenant of s outside of its subqueries.
func (c condition) mentions(e sqlparser.Expr, s *source) (found bool) {
	_ = sqlparser.VisitSQLNode(e, func(node sqlparser.SQLNode) (bool, error) {
		n, ok := node.(sqlparser.Expr)
		found = found || ok && c.column(n, s)
		_, inner := node.(*sqlparser.Subquery)
		return !inner && !found, nil
	})
	return found
}

// quote returns a part of a statement for a message, with ? for its arguments.
func quote(e sqlparser.SQLNode) string {
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

// maxQuote bounds, in bytes, how much of a condition a refusal quotes.
const maxQuote = 60
