package guard

import (
	"slices"
	"strings"

	"vitess.io/vitess/go/vt/sqlparser"
)

// proveUpdate proves an UPDATE, of one table or of a join.
func (p *prover) proveUpdate(s *sqlparser.Update) error {
	ctes, err := p.proveWith(s.With, nil, nil)
	if err != nil {
		return err
	}
	b := &block{prover: p, ctes: ctes}
	if err := b.proveFromWhere(s.TableExprs, s.Where); err != nil {
		return err
	}
	if err := b.proveAssignments(s.Exprs); err != nil {
		return err
	}
	return b.proveOrderBy(s.OrderBy, s.Limit)
}

// proveDelete proves a DELETE, from one table or from a join.
func (p *prover) proveDelete(s *sqlparser.Delete) error {
	if len(s.Partitions) > 0 {
		return refusePartition()
	}
	ctes, err := p.proveWith(s.With, nil, nil)
	if err != nil {
		return err
	}
	b := &block{prover: p, ctes: ctes}
	if err := b.proveFromWhere(s.TableExprs, s.Where); err != nil {
		return err
	}
	targets := s.Targets
	for _, r := range b.refs {
		if len(s.Targets) == 0 {
			targets = append(targets, sqlparser.NewTableName(r.alias))
		}
	}
	for _, t := range targets {
		if r := b.findShared(t.Name.String()); r != nil {
			return r.refuseWrite()
		}
		if !t.Qualifier.IsEmpty() {
			return refuse("%s: name the table without its database", quoteSQL(t))
		}
		if why := b.explainTarget(t.Name.String()); why != "" {
			return refuse("DELETE can't be proved: %s", why)
		}
	}
	return b.proveOrderBy(s.OrderBy, s.Limit)
}

// proveAssignments proves the assignments of SET and ON DUPLICATE KEY UPDATE, which never change
// tenant_id.
func (b *block) proveAssignments(set []*sqlparser.UpdateExpr) error {
	for _, a := range set {
		alias := a.Name.Qualifier.Name.String()
		if r := b.findShared(alias); r != nil {
			return r.refuseWrite()
		}
		if why := b.explainTarget(alias); why != "" {
			return refuse("SET can't be proved for %s: %s", quoteSQL(a.Name), why)
		}
		if strings.EqualFold(a.Name.Name.String(), Column) {
			return refuse("SET assigns %s, which never changes: leave it out", Column)
		}
		if err := checkName(a.Name.Name.String()); err != nil {
			return err
		}
		if err := b.proveExprs(a.Name, a.Expr); err != nil {
			return err
		}
	}
	return nil
}

// explainTarget returns the reason why a written table may be no tenant table of FROM, or "". The
// alias may be empty. The query block of an INSERT has no FROM: its table is checked before.
func (b *block) explainTarget(alias string) string {
	switch r := findRef(alias, b.refs); {
	case alias == "" && slices.ContainsFunc(b.refs, func(r *tableRef) bool { return r.table == "" }):
		return "without a table name, the column may not be of a tenant table"
	case alias == "" || len(b.refs) == 0:
		return ""
	case r == nil:
		return alias + " is not in FROM, or has another spelling there"
	case r.table == "":
		return alias + " is not a tenant table"
	}
	return ""
}

// proveOrderBy ends the proof of an UPDATE or DELETE. With ORDER BY, its subqueries must not read its
// tables: MariaDB 10.11 sorts rows in a buffer, which the subquery overwrites, and writes wrong
// rows. MySQL refuses such a statement.
func (b *block) proveOrderBy(by sqlparser.OrderBy, limit *sqlparser.Limit) error {
	if err := b.proveExprs(by, limit); err != nil {
		return err
	}
	for _, r := range b.refs {
		if len(by) > 0 && b.prover.readTables[r.table] {
			return refuseTable(r.table, r.alias,
				"an UPDATE or DELETE with ORDER BY can't read the table in a subquery: select the ids first")
		}
	}
	return b.checkBound()
}
