package guard

import (
	"fmt"
	"strings"

	"vitess.io/vitess/go/vt/sqlparser"
)

// read is a condition that was searched for facts.
type read struct {
	condition
	expr sqlparser.Expr
}

// unbound says how to bind a table, and why the condition that names its tenant does not.
func (b *block) unbound(s *source) error {
	reason := "nothing binds it to the tenant: "
	if why := b.miss(s); why != "" {
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

// miss says why the first condition that names the tenant of s does not bind it, or nothing.
func (b *block) miss(s *source) string {
	for _, r := range b.read {
		if why := r.miss(r.expr, s); why != "" {
			return why
		}
	}
	if b.having != nil && (condition{block: b}).mentions(b.having.Expr, s) {
		return "HAVING does not bind, since it leaves groups out and not rows"
	}
	return ""
}

// miss is the counterpart of collect.
func (c condition) miss(e sqlparser.Expr, s *source) string {
	if and, ok := e.(*sqlparser.AndExpr); ok {
		if why := c.miss(and.Left, s); why != "" {
			return why
		}
		return c.miss(and.Right, s)
	}
	if !c.mentions(e, s) {
		return ""
	}
	switch e := e.(type) {
	case *sqlparser.OrExpr:
		return quote(e) + " does not bind, since rows that do not meet one side of OR can meet the other"
	case *sqlparser.ComparisonExpr:
		return c.missed(e, s)
	}
	return quote(e) + " does not bind: only = by itself does, joined by AND"
}

// missed says why a comparison that names the tenant of s does not bind it.
func (c condition) missed(e *sqlparser.ComparisonExpr, s *source) string {
	left, right := e.Left, e.Right
	list, ok := right.(sqlparser.ValTuple)
	switch {
	case ok && e.Operator == sqlparser.InOp && len(list) == 1:
		right = list[0]
	case ok && e.Operator == sqlparser.InOp && c.column(left, s):
		return quote(e) + " does not bind, since IN has several values"
	case e.Operator != sqlparser.EqualOp:
		return quote(e) + " does not bind: only = by itself does, joined by AND"
	}
	if !c.column(left, s) {
		left, right = right, left
	}
	column, plain := left.(*sqlparser.ColName)
	_, row := left.(sqlparser.ValTuple)
	switch {
	case row:
		return quote(e) + " does not bind, since rows are compared"
	case !plain:
		return quote(e) + " does not bind, since it compares an expression and not the column"
	case column.Name.String() != Column:
		return quote(column) + " does not bind, since the column is spelled " + Column
	case column.Qualifier.Name.IsEmpty() && c.bare == nil:
		return quote(column) + " does not bind, since it has no table's name and could be that of several"
	case !column.Qualifier.Name.IsEmpty() && column.Qualifier.Name.String() != s.alias:
		return quote(column) + " does not bind, since the table is spelled " + s.alias
	case c.tenantOf(column) == nil && c.around(s.alias):
		return quote(e) + " does not bind, since " + s.alias + " is a name in the query around this one, too"
	case c.tenantOf(column) == nil:
		return quote(e) + " does not bind, since " + s.alias + " is no operand of this join"
	}
	return c.compared(e, right, s)
}

// compared says why the tenant of a source is not bound by what it is equal to.
func (c condition) compared(e *sqlparser.ComparisonExpr, with sqlparser.Expr, s *source) string {
	if _, ok := valueOf(with); ok {
		return quote(e) + " does not bind, since ON of an outer join leaves out rows of its other side only"
	}
	alias, ok := tenantColumn(with)
	if !ok {
		return quote(e) + " does not bind, since it is compared with neither a ? nor an integer"
	}
	other := c.tenantOf(with)
	switch {
	case other == s:
		return quote(e) + " does not bind, since it compares the column with itself"
	case other == nil && c.around(alias) && named(alias, c.sources) != nil:
		return quote(e) + " does not bind, since " + alias + " is a name in the query around this one, too"
	case other == nil && c.around(alias):
		return quote(e) + " does not bind, since " + alias + " stands in the query around this one"
	case other == nil:
		return quote(e) + " does not bind, since its tables are not both operands of this join"
	case other.table == "":
		return quote(e) + " does not bind, since " + other.alias + " is not a tenant's table"
	case other.by == "":
		return quote(e) + " does not bind, since nothing binds " + other.alias
	}
	return quote(e) + " does not bind, since ON of an outer join leaves out rows of its other side only"
}

// column reports whether an expression is the tenant of s, in any spelling.
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

// quote shows a part of a statement, with ? for its arguments.
func quote(e sqlparser.SQLNode) string {
	b := sqlparser.NewTrackedBuffer(func(b *sqlparser.TrackedBuffer, node sqlparser.SQLNode) {
		if _, ok := node.(*sqlparser.Argument); ok {
			b.WriteString("?")
			return
		}
		node.Format(b)
	})
	text := strings.ReplaceAll(b.WriteNode(e).String(), "`", "")
	if len(text) > maxQuote {
		text = strings.ToValidUTF8(text[:maxQuote], "") + "…"
	}
	return fmt.Sprintf("`%s`", text)
}

// maxQuote bounds, in bytes, how much of a condition a refusal quotes.
const maxQuote = 60
