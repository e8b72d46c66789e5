package guard

import (
	"strings"

	"vitess.io/vitess/go/vt/sqlparser"
)

// proveInsert proves an INSERT or REPLACE: each new row has the tenant, and an upsert conflicts only
// with rows of the tenant.
func (p *prover) proveInsert(s *sqlparser.Insert) error {
	if len(s.Partitions) > 0 {
		return refusePartition()
	}
	b := &block{prover: p}
	name, ok := s.Table.Expr.(sqlparser.TableName)
	if !ok {
		return refuseSyntax(s.Table.Expr)
	}
	table, err := b.resolveTable(name)
	if err != nil {
		return err
	}
	if p.tables[table].Shared {
		return (&tableRef{alias: table, shared: table}).refuseWrite()
	}
	if (s.Action == sqlparser.ReplaceAct || len(s.OnDup) > 0) && !p.tables[table].TenantLeadsKeys {
		return refuseTable(table, table, "an upsert could meet another tenant's row: %s must lead each unique key", Column)
	}
	target := &tableRef{alias: table, table: table}
	at, err := findTenantColumn(s.Columns, target)
	if err != nil {
		return err
	}
	if err := b.proveInsertedRows(s.Rows, target, at); err != nil {
		return err
	}
	return b.proveAssignments(s.OnDup)
}

// findTenantColumn returns the index of tenant_id in the column list of an INSERT.
func findTenantColumn(columns sqlparser.Columns, target *tableRef) (at int, err error) {
	at = -1
	for i, c := range columns {
		if err := checkName(c.String()); err != nil {
			return 0, err
		}
		if !strings.EqualFold(c.String(), Column) {
			continue
		}
		if c.String() != Column {
			return 0, refuse("INSERT must spell the column %s in lower case", Column)
		}
		if at >= 0 {
			return 0, refuse("INSERT names %s twice", Column)
		}
		at = i
	}
	if at < 0 {
		return 0, refuseTable(target.table, target.alias, "INSERT must name its columns, %s among them", Column)
	}
	return at, nil
}

// proveInsertedRows proves the new rows, from VALUES or from a query. at is the index of tenant_id.
func (b *block) proveInsertedRows(rows sqlparser.InsertRows, target *tableRef, at int) error {
	switch rows := rows.(type) {
	case sqlparser.Values:
		for _, row := range rows {
			for _, e := range row {
				if err := b.proveExprs(e); err != nil {
					return err
				}
			}
		}
		return b.bindValues(rows, target, at)
	case sqlparser.TableStatement:
		if err := b.prover.proveQuery(rows, nil, nil); err != nil {
			return err
		}
		return b.bindSelected(rows, target, at)
	}
	return refuseSyntax(rows)
}

// bindValues requires the tenant at one index of each row of VALUES.
func (b *block) bindValues(rows sqlparser.Values, target *tableRef, at int) error {
	for _, row := range rows {
		if at >= len(row) {
			return refuse("a row has fewer values than columns")
		}
		v, ok := constantOf(row[at])
		if !ok {
			return refuseTable(target.table, target.alias, "the %s of each row must be the tenant, as an argument or an integer", Column)
		}
		b.prover.addRequirement(target, v)
		target.boundBy = "VALUES: " + Column + " = " + v.String()
	}
	b.prover.addBinding(target, target.boundBy)
	return nil
}

// bindSelected requires the tenant at one index of a proved query, and never NULL there: INSERT IGNORE
// would write it as the tenant 0.
func (b *block) bindSelected(s sqlparser.TableStatement, target *tableRef, at int) error {
	if u, ok := s.(*sqlparser.Union); ok {
		if err := b.bindSelected(u.Left, target, at); err != nil {
			return err
		}
		return b.bindSelected(u.Right, target, at)
	}
	if v, ok := s.(*sqlparser.ValuesStatement); ok {
		return b.bindValues(v.Rows, target, at)
	}
	selected, why := b.prover.selects[s.(*sqlparser.Select)], "it selects fewer columns"
	for i, e := range s.GetColumns() {
		column, ok := e.(*sqlparser.AliasedExpr)
		if !ok {
			why = "it selects *, whose columns are unknown to the guard"
			break
		}
		if i < at {
			continue
		}
		if why = selected.explainSelected(column.Expr); why != "" {
			break
		}
		by := sqlparser.String(column.Expr)
		if v, ok := constantOf(column.Expr); ok {
			b.prover.addRequirement(target, v)
			by = v.String()
		}
		b.prover.addBinding(target, "SELECT: "+by)
		return nil
	}
	return refuseTable(target.table, target.alias,
		"the query must select the tenant, as an argument or an integer, for the column %s: %s", Column, why)
}

// explainSelected returns the reason why a selected expression may not be the tenant, or "". The
// block is nil for a SELECT with ROLLUP.
func (b *block) explainSelected(e sqlparser.Expr) string {
	if b == nil {
		return "ROLLUP makes it NULL"
	}
	if _, ok := constantOf(e); ok {
		return ""
	}
	switch from := b.whereScope().resolveTenantColumn(e); {
	case from == nil, from.boundBy == "":
		return "it selects " + quoteSQL(e)
	case b.implicitGroup:
		return "an aggregate over no rows makes it NULL"
	case from.nullable && !b.whereRejectsNull([]*tableRef{from}):
		return "an outer join can make it NULL"
	}
	return ""
}
