package guard

import "vitess.io/vitess/go/vt/sqlparser"

// proveQuery proves a SELECT, a UNION or VALUES. outer is the query block around it, or nil, and
// ctes are the visible common table expressions.
func (p *prover) proveQuery(s sqlparser.TableStatement, outer *block, ctes *cte) error {
	switch s := s.(type) {
	case *sqlparser.Select:
		return p.proveSelect(s, outer, ctes)
	case *sqlparser.Union:
		return p.proveUnion(s, outer, ctes)
	case *sqlparser.ValuesStatement:
		return p.proveValues(s, outer, ctes)
	}
	return refuseSyntax(s)
}

// proveUnion proves both operands of UNION, and of INTERSECT and EXCEPT, which are rewritten.
func (p *prover) proveUnion(s *sqlparser.Union, outer *block, ctes *cte) error {
	if s.Into != nil {
		return refuseInto()
	}
	if p.rewroteSetOp && (hasSubqueryInList(s.Left) || hasSubqueryInList(s.Right)) {
		return refuse("INTERSECT and EXCEPT can't be proved with a subquery in the list of a SELECT, which can crash MySQL: " +
			"write EXISTS or NOT EXISTS")
	}
	p.locksRows = p.locksRows || s.Lock != sqlparser.NoLock
	ctes, err := p.proveWith(s.With, outer, ctes)
	if err != nil {
		return err
	}
	if err := p.proveQuery(s.Left, outer, ctes); err != nil {
		return err
	}
	if err := p.proveQuery(s.Right, outer, ctes); err != nil {
		return err
	}
	b := &block{prover: p, outer: outer, ctes: ctes}
	return b.proveExprs(s.OrderBy, s.Limit)
}

// refuseInto returns the refusal of SELECT … INTO.
func refuseInto() error { return refuse("INTO can't be proved: read the rows in Go") }

// hasSubqueryInList reports whether the list of a SELECT has a subquery. In an operand of INTERSECT
// or EXCEPT in a derived table, such a subquery without rows crashes MySQL 9.7.4.
func hasSubqueryInList(s sqlparser.TableStatement) bool {
	selection, ok := s.(*sqlparser.Select)
	return ok && containsNode(selection.SelectExprs, func(node sqlparser.SQLNode) bool {
		_, ok := node.(*sqlparser.Subquery)
		return ok
	})
}

// proveValues proves VALUES ROW(…), ROW(…), which has no tables except in subqueries.
func (p *prover) proveValues(s *sqlparser.ValuesStatement, outer *block, ctes *cte) error {
	ctes, err := p.proveWith(s.With, outer, ctes)
	if err != nil {
		return err
	}
	b := &block{prover: p, outer: outer, ctes: ctes}
	for _, row := range s.Rows {
		if err := b.proveExprs(row); err != nil {
			return err
		}
	}
	return b.proveExprs(s.Order, s.Limit)
}

// proveSelect proves one SELECT and the queries in it.
func (p *prover) proveSelect(s *sqlparser.Select, outer *block, ctes *cte) error {
	if s.Into != nil {
		return refuseInto()
	}
	p.locksRows = p.locksRows || s.Lock != sqlparser.NoLock
	ctes, err := p.proveWith(s.With, outer, ctes)
	if err != nil {
		return err
	}
	rollup := s.GroupBy != nil && s.GroupBy.WithRollup
	if rollup && p.recursive { // MySQL 9.7.4 ended with signal 11, in some plans
		return refuse("ROLLUP can't be proved in a statement with WITH RECURSIVE, which can end MySQL: write two statements")
	}
	b := &block{prover: p, outer: outer, ctes: ctes, having: s.Having}
	if err := b.proveFromWhere(s.From, s.Where); err != nil {
		return err
	}
	for _, r := range b.refs {
		p.readTables[r.table] = r.table != ""
	}
	if err := b.proveExprs(s.SelectExprs, s.GroupBy, s.Having, s.OrderBy, s.Limit); err != nil {
		return err
	}
	for _, w := range s.Windows {
		if err := b.proveExprs(w); err != nil {
			return err
		}
	}
	if !rollup { // ROLLUP makes columns NULL
		p.selects[s] = b
	}
	b.implicitGroup = s.GroupBy == nil && sqlparser.ContainsAggregation(s)
	return b.checkBound()
}
