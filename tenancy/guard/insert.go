package guard

import (
	"strings"

	"vitess.io/vitess/go/vt/sqlparser"
)

// insert proves that each row is the tenant's, and that an upsert meets no other's.
func (p *prover) insert(s *sqlparser.Insert) error {
	if len(s.Partitions) > 0 {
		return refuse("PARTITION can't be proved: leave it out")
	}
	b := &block{prover: p}
	name, ok := s.Table.Expr.(sqlparser.TableName)
	if !ok {
		return unknown(s.Table.Expr)
	}
	table, err := b.tableName(name)
	if err != nil {
		return err
	}
	target := &source{alias: table, table: table}
	if p.tables[table].Shared {
		return (&source{alias: table, shared: table}).refuseWrite()
	}
	if (s.Action == sqlparser.ReplaceAct || len(s.OnDup) > 0) && !p.tables[table].Keyed {
		return &Refusal{Table: table, Alias: table, Reason: "an upsert could meet another tenant's row: " + Column + " must lead each unique key"}
	}
	at := -1
	for i, c := range s.Columns {
		if err := plain(c.String()); err != nil {
			return err
		}
		if strings.EqualFold(c.String(), Column) {
			if c.String() != Column {
				return refuse("INSERT must spell the column %s in lower case", Column)
			}
			if at >= 0 {
				return refuse("INSERT names %s twice", Column)
			}
			at = i
		}
	}
	if at < 0 {
		return &Refusal{Table: table, Alias: table, Reason: "INSERT must name its columns, " + Column + " among them"}
	}
	if err := b.inserted(s.Rows, target, at); err != nil {
		return err
	}
	return b.assignments(s.OnDup)
}

// inserted proves the rows of an INSERT: VALUES, or a query.
func (b *block) inserted(rows sqlparser.InsertRows, target *source, at int) error {
	switch rows := rows.(type) {
	case sqlparser.Values:
		for _, row := range rows {
			for _, e := range row {
				if err := b.visit(e); err != nil {
					return err
				}
			}
		}
		return b.values(rows, target, at)
	case sqlparser.TableStatement:
		if err := b.query(rows, nil, nil); err != nil {
			return err
		}
		return b.selected(rows, target, at)
	}
	return unknown(rows)
}

// values proves that each row has the tenant at one index.
func (b *block) values(rows sqlparser.Values, target *source, at int) error {
	for _, row := range rows {
		if at >= len(row) {
			return refuse("a row has fewer values than columns")
		}
		v, ok := valueOf(row[at])
		if !ok {
			return &Refusal{Table: target.table, Alias: target.alias, Reason: "the " + Column + " of each row must be the tenant, as an argument or an integer"}
		}
		b.need(target, v)
		target.by = "VALUES: " + Column + " = " + v.String()
	}
	b.proof.Bindings = append(b.proof.Bindings, Binding{target.table, target.alias, target.by})
	return nil
}

// selected proves that a query that was proved gives the tenant in one column, and not
// NULL, which INSERT IGNORE makes the tenant 0.
func (b *block) selected(s sqlparser.TableStatement, target *source, at int) error {
	if u, ok := s.(*sqlparser.Union); ok {
		if err := b.selected(u.Left, target, at); err != nil {
			return err
		}
		return b.selected(u.Right, target, at)
	}
	if v, ok := s.(*sqlparser.ValuesStatement); ok {
		return b.values(v.Rows, target, at)
	}
	row, why := b.proved[s.(*sqlparser.Select)], "it selects fewer columns"
	for i, e := range s.GetColumns() {
		column, ok := e.(*sqlparser.AliasedExpr)
		if !ok {
			why = "it selects *, whose columns the guard does not know"
			break
		}
		if i < at {
			continue
		}
		if why = row.explainTenantless(column.Expr); why != "" {
			break
		}
		by := sqlparser.String(column.Expr)
		if v, ok := valueOf(column.Expr); ok {
			b.need(target, v)
			by = v.String()
		}
		b.proof.Bindings = append(b.proof.Bindings, Binding{target.table, target.alias, "SELECT: " + by})
		return nil
	}
	return &Refusal{Table: target.table, Alias: target.alias, Reason: "the query must select the tenant, as an argument or an integer, " +
		"for the column " + Column + ": " + why}
}

// explainTenantless returns the reason why a selected expression may not be the tenant, or "". The
// block is nil for a SELECT with ROLLUP.
func (b *block) explainTenantless(e sqlparser.Expr) string {
	if b == nil {
		return "ROLLUP makes it NULL"
	}
	if _, ok := valueOf(e); ok {
		return ""
	}
	switch from := b.where().tenantOf(e); {
	case from == nil, from.by == "":
		return "it selects " + quote(e)
	case b.total:
		return "a total of no rows makes it NULL"
	case from.optional && !b.mustExist([]*source{from}):
		return "an outer join can make it NULL"
	}
	return ""
}
