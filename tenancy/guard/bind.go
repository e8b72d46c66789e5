package guard

import (
	"slices"
	"strconv"
	"strings"

	"vitess.io/vitess/go/vt/sqlparser"
)

// equality is a condition on the rows of a table: only rows whose tenant_id equals a constant, or the
// tenant_id of another table, are read or written.
type equality struct {
	table *tableRef
	// other is nil if the table is compared with a constant.
	other    *tableRef
	constant constant
}

// constant is an argument or an integer literal.
type constant struct {
	arg     int // index from 0, or -1 for a literal
	literal uint64
}

// String returns "argument 1" or the literal.
func (c constant) String() string {
	if c.arg < 0 {
		return strconv.FormatUint(c.literal, 10)
	}
	return "argument " + strconv.Itoa(c.arg+1)
}

// constantOf returns the constant of an integer literal or a placeholder. ok is false for other
// expressions.
func constantOf(e sqlparser.Expr) (c constant, ok bool) {
	switch e := e.(type) {
	case *sqlparser.Argument:
		n, _ := strconv.Atoi(strings.TrimPrefix(e.Name, "v")) // the parser numbers ?
		return constant{arg: n - 1}, n > 0
	case *sqlparser.Literal:
		if e.Type == sqlparser.IntVal && e.Val[0] != '0' {
			n, err := strconv.ParseUint(e.Val, 10, 32)
			return constant{arg: -1, literal: n}, err == nil
		}
	}
	return constant{}, false
}

// condScope is the scope of a condition, which is WHERE or the ON of a join.
type condScope struct {
	block *block
	// visible are the tables with columns in the condition. filtered are the tables whose rows are
	// read or written only if the condition is true for them.
	visible, filtered []*tableRef
	// unqualified is the table of a tenant_id without a table name, or nil.
	unqualified *tableRef
}

// scopedCondition is a condition with its scope.
type scopedCondition struct {
	scope condScope
	expr  sqlparser.Expr
}

// whereScope returns the scope of WHERE, which filters all tables of the block. A tenant_id without
// a table name belongs to the only tenant table. If there are several, it is ambiguous to a server,
// unless a join merges the columns.
func (b *block) whereScope() condScope {
	c := condScope{block: b, visible: b.refs, filtered: b.refs}
	if b.mergedColumns {
		return c
	}
	for _, r := range b.refs {
		if r.table != "" && c.unqualified != nil {
			c.unqualified = nil
			break
		}
		if r.table != "" {
			c.unqualified = r
		}
	}
	return c
}

// addCondition adds a condition and its equalities to the block.
func (b *block) addCondition(c condScope, e sqlparser.Expr) {
	b.conditions = append(b.conditions, scopedCondition{c, e})
	c.collectEqualities(e)
}

// collectEqualities adds the equalities of a condition to its block. It goes only into AND: the
// operands of OR and NOT need not be true.
func (c condScope) collectEqualities(e sqlparser.Expr) {
	switch e := e.(type) {
	case *sqlparser.AndExpr:
		c.collectEqualities(e.Left)
		c.collectEqualities(e.Right)
	case *sqlparser.ComparisonExpr:
		switch e.Operator {
		case sqlparser.EqualOp:
			c.collectEquality(e.Left, e.Right)
		case sqlparser.InOp:
			if list, _ := e.Right.(sqlparser.ValTuple); len(list) == 1 {
				c.collectEquality(e.Left, list[0])
			}
		}
	}
}

// collectEquality adds the equality left = right if it is on tenant_id. The tenant_id of an outer
// query binds nothing: servers may run a subquery first by itself, for all tenants. A comparison of
// rows, (left, …) = (right, …), binds nothing: servers evaluate it on rows of other tenants, and
// their errors quote those.
func (c condScope) collectEquality(left, right sqlparser.Expr) {
	l, r := c.resolveTenantColumn(left), c.resolveTenantColumn(right)
	if l != nil && r != nil {
		c.addTableEquality(l, r)
		return
	}
	if l == nil {
		l, right = r, left
	}
	if l == nil {
		return
	}
	if v, ok := constantOf(right); ok {
		c.addEqualities(equality{table: l, constant: v})
	}
}

// resolveTenantColumn returns the table of a column tenant_id, and nil for other expressions.
func (c condScope) resolveTenantColumn(e sqlparser.Expr) *tableRef {
	alias, ok := parseTenantColumn(e)
	if ok && alias == "" {
		return c.unqualified
	}
	if !ok {
		return nil
	}
	return findRef(alias, c.visible)
}

// parseTenantColumn returns the table alias, which may be empty, of a column tenant_id.
func parseTenantColumn(e sqlparser.Expr) (alias string, ok bool) {
	c, ok := e.(*sqlparser.ColName)
	if !ok || c.Name.String() != Column {
		return "", false
	}
	return c.Qualifier.Name.String(), true
}

// addTableEquality adds the equality l.tenant_id = r.tenant_id, in both directions.
func (c condScope) addTableEquality(l, r *tableRef) {
	c.addEqualities(equality{table: l, other: r}, equality{table: r, other: l})
}

// addEqualities adds the equalities of tenant tables whose rows the condition filters. It leaves out
// derived tables, so they bind no table: their tenant_id may have another type, and equality is not
// transitive between types ('1' = 1 and 1 = '1.0', but '1' <> '1.0').
func (c condScope) addEqualities(equalities ...equality) {
	for _, e := range equalities {
		if e.table.table != "" && slices.Contains(c.filtered, e.table) {
			c.block.equalities = append(c.block.equalities, e)
		}
	}
}

// checkBound ends the proof of a query block: it adds the bindings to the proof, or refuses the first
// unbound tenant table.
func (b *block) checkBound() error {
	for _, e := range b.equalities {
		if e.other == nil {
			b.prover.addRequirement(e.table, e.constant)
		}
	}
	b.bindTables()
	for _, r := range b.refs {
		if r.table == "" {
			continue
		}
		if r.boundBy == "" {
			return b.refuseUnbound(r)
		}
		b.prover.addBinding(r, r.boundBy)
	}
	return nil
}

// bindTables sets boundBy of each table with an equality to a constant or to a bound table.
func (b *block) bindTables() {
	for _, e := range b.equalities {
		if e.other == nil {
			e.table.boundBy = e.table.alias + "." + Column + " = " + e.constant.String()
		}
	}
	for changed := true; changed; {
		changed = false
		for _, e := range b.equalities {
			if e.other != nil && e.other.boundBy != "" && e.table.boundBy == "" {
				e.table.boundBy = e.table.alias + "." + Column + " = " + e.other.alias + "." + Column
				changed = true
			}
		}
	}
}
