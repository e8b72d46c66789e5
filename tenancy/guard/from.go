package guard

import (
	"strings"

	"vitess.io/vitess/go/vt/sqlparser"
)

// addTableExpr adds the table references of one operand of FROM or JOIN, and returns them.
func (b *block) addTableExpr(e sqlparser.TableExpr) ([]*tableRef, error) {
	switch e := e.(type) {
	case *sqlparser.AliasedTableExpr:
		return b.addAliased(e)
	case *sqlparser.ParenTableExpr:
		var all []*tableRef
		for _, inner := range e.Exprs {
			refs, err := b.addTableExpr(inner)
			if err != nil {
				return nil, err
			}
			all = append(all, refs...)
		}
		return all, nil
	case *sqlparser.JoinTableExpr:
		return b.addJoin(e)
	case *sqlparser.JSONTableExpr:
		b.deferred = append(b.deferred, func() error { return b.proveExprs(e) })
		return b.addRef(e.Alias.String(), "")
	}
	return nil, refuseSyntax(e)
}

// addAliased adds a table or a derived table, with or without an alias. DUAL adds none.
func (b *block) addAliased(e *sqlparser.AliasedTableExpr) ([]*tableRef, error) {
	if len(e.Partitions) > 0 {
		return nil, refusePartition()
	}
	switch t := e.Expr.(type) {
	case *sqlparser.DerivedTable:
		b.deferred = append(b.deferred, func() error { return b.prover.proveQuery(t.Select, b, b.ctes) })
		return b.addRef(e.As.String(), "")
	case sqlparser.TableName:
		if t.Name.String() == dual && t.Qualifier.IsEmpty() && e.As.IsEmpty() {
			return nil, nil
		}
		return b.addTable(t, e.As.String(), e.Hints)
	}
	return nil, refuseSyntax(e.Expr)
}

// addTable adds a tenant table, a shared table or a common table expression.
func (b *block) addTable(t sqlparser.TableName, alias string, hints sqlparser.IndexHints) ([]*tableRef, error) {
	table, err := b.resolveTable(t)
	if err != nil {
		return nil, err
	}
	if alias == "" {
		alias = t.Name.String()
	}
	shared := ""
	if b.prover.tables[table].Shared { // it needs no binding and binds nothing
		table, shared = "", table
	}
	for _, hint := range hints {
		if err := checkHint(hint); err != nil {
			return nil, err
		}
	}
	refs, err := b.addRef(alias, table)
	if shared != "" && err == nil {
		b.prover.sharedTable, refs[0].shared = shared, shared
	}
	return refs, err
}

// refusePartition returns the refusal of PARTITION (…).
func refusePartition() error { return refuse("PARTITION can't be proved: leave it out") }

// checkHint accepts index hints with indexes to use. Without an index on tenant_id, a server reads
// rows of other tenants before it drops them, and its errors quote them.
func checkHint(h *sqlparser.IndexHint) error {
	sorts := h.ForType == sqlparser.OrderByForType || h.ForType == sqlparser.GroupByForType
	switch {
	case h.Type == sqlparser.IgnoreOp && sorts: // rows are found by the same indexes as without it
	case h.Type != sqlparser.UseOp && h.Type != sqlparser.ForceOp:
		return refuse("%s can leave a table without an index that %s leads: write USE INDEX with those to use",
			strings.ToUpper(h.Type.ToString()), Column)
	case len(h.Indexes) == 0:
		return refuse("USE INDEX () leaves a table without an index that %s leads: name those to use", Column)
	}
	return nil
}

// resolveTable returns the name of a tenant table or shared table, and "" for a common table
// expression. It refuses all other names.
func (b *block) resolveTable(t sqlparser.TableName) (string, error) {
	p, name := b.prover, t.Name.String()
	if !t.Qualifier.IsEmpty() {
		return "", refuse("%s.%s: name the table without its database", t.Qualifier, name)
	}
	if c := b.ctes.find(name); c != nil {
		p.tableCount += c.size
		if p.cteTableCount += c.size; p.cteTableCount > maxCTETables {
			return "", refuse("common table expressions expand to more than %d tables: split the statement", maxCTETables)
		}
		return "", nil
	}
	p.tableCount++
	if _, ok := p.tables[name]; !ok {
		return "", refuseTable(name, name, "no model owns it: only the system scope may name it")
	}
	return name, p.checkSpelling(name)
}

// addRef adds a table reference to the block. table is the name of a tenant table, or empty.
// Aliases may not differ only in case: on some servers they are the same.
func (b *block) addRef(alias, table string) ([]*tableRef, error) {
	if len(b.refs) == maxTables {
		return nil, refuse("a query block has at most %d tables: split the statement", maxTables)
	}
	for _, r := range b.refs {
		if strings.EqualFold(r.alias, alias) {
			return nil, refuse("two tables of a query block have the name %s: give one another alias", alias)
		}
	}
	r := &tableRef{alias: alias, table: table}
	b.refs = append(b.refs, r)
	return []*tableRef{r}, b.prover.checkSpelling(alias)
}
