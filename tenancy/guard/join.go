package guard

import (
	"slices"

	"vitess.io/vitess/go/vt/sqlparser"
)

// addJoin adds the table references of both operands of a join, and returns them. The ON of an
// inner join holds for each row of both operands. The ON of an outer join filters only the rows of
// its nullable side, so it binds only those tables.
func (b *block) addJoin(e *sqlparser.JoinTableExpr) ([]*tableRef, error) {
	if _, nested := e.RightExpr.(*sqlparser.JoinTableExpr); nested {
		return nil, refuse("put a join on the right of a join into parentheses")
	}
	left, err := b.addTableExpr(e.LeftExpr)
	if err != nil {
		return nil, err
	}
	right, err := b.addTableExpr(e.RightExpr)
	if err != nil {
		return nil, err
	}
	both := slices.Concat(left, right)
	nullable := nullableSide(e.Join, left, right)
	for _, r := range nullable {
		r.nullable = true
	}
	conditional := e.Condition != nil && (e.Condition.On != nil || e.Condition.Using != nil)
	b.unconditionalJoin = b.unconditionalJoin || !conditional
	b.rightJoin = b.rightJoin || e.Join == sqlparser.RightJoinType
	b.mergedColumns = b.mergedColumns || isNatural(e.Join) || e.Condition.Using != nil
	if !conditional {
		return both, nil
	}
	b.deferred = append(b.deferred, func() error {
		filtered := both
		if nullable != nil && !b.whereRejectsNull(nullable) {
			filtered = nullable
		}
		if err := b.proveOn(e.Condition.On, both, filtered); err != nil {
			return err
		}
		b.collectUsing(e, left, right, filtered)
		return nil
	})
	return both, nil
}

// nullableSide returns the side of an outer join whose columns can be NULL, or nil for an inner join.
func nullableSide(join sqlparser.JoinType, left, right []*tableRef) []*tableRef {
	switch join {
	case sqlparser.LeftJoinType, sqlparser.NaturalLeftJoinType:
		return right
	case sqlparser.RightJoinType, sqlparser.NaturalRightJoinType:
		return left
	}
	return nil
}

// isNatural reports whether a join is NATURAL, which has no condition of its own.
func isNatural(join sqlparser.JoinType) bool {
	return join == sqlparser.NaturalJoinType || join == sqlparser.NaturalLeftJoinType || join == sqlparser.NaturalRightJoinType
}

// whereRejectsNull reports whether WHERE is false for each row in which these tables are NULL. This
// makes an outer join an inner join.
func (b *block) whereRejectsNull(nullable []*tableRef) bool {
	return !b.unconditionalJoin &&
		slices.ContainsFunc(b.equalities[:b.whereEqualities], func(e equality) bool { return slices.Contains(nullable, e.table) })
}

// proveOn proves an ON and collects its equalities. operands are the tables of the join, filtered
// those whose rows ON filters.
func (b *block) proveOn(on sqlparser.Expr, operands, filtered []*tableRef) error {
	if b.unconditionalJoin { // servers may resolve an operand's name in an outer query
		operands = slices.DeleteFunc(slices.Clone(operands), func(r *tableRef) bool { return b.inOuterQuery(r.alias) })
	}
	b.addCondition(condScope{block: b, visible: operands, filtered: filtered}, on)
	return b.proveExprs(on)
}

// collectUsing adds an equality for USING (tenant_id). It does not if the column of the left side may
// be that of another table than its first.
func (b *block) collectUsing(e *sqlparser.JoinTableExpr, left, right, filtered []*tableRef) {
	for _, column := range e.Condition.Using {
		if column.String() == Column && len(left) > 0 && len(right) == 1 && !b.unconditionalJoin && !b.rightJoin {
			condScope{block: b, filtered: filtered}.addTableEquality(left[0], right[0])
		}
	}
}
