package guard

import "vitess.io/vitess/go/vt/sqlparser"

// RequiredAliases returns the tables of a statement for which the WHERE needs `alias.tenant_id = ?`. It
// is for code which writes the WHERE: sql may end before it.
//
// It returns the tenant tables of a SELECT, UPDATE or DELETE without those bound by ON, directly or
// through an alias before it in the result. It leaves out tables on the nullable side of an outer
// join, since WHERE would drop the rows without a match. It fails for other statements, and if Prove
// would refuse a table.
func RequiredAliases(tables Tables, sql string) (aliases []string, err error) {
	defer refusePanic(&err)
	p, statement, err := parseSQL(tables, sql)
	if err != nil {
		return nil, err
	}
	from := fromTables(statement)
	if from == nil {
		return nil, refuseSyntax(statement)
	}
	b := &block{prover: p}
	for _, e := range from {
		if _, err := b.addTableExpr(e); err != nil {
			return nil, err
		}
	}
	for _, check := range b.deferred {
		_ = check() // Prove returns its error
	}
	b.bindTables()
	for _, r := range b.refs {
		if r.table != "" && !r.nullable && r.boundBy == "" {
			aliases = append(aliases, r.alias)
			r.boundBy = "WHERE"
			b.bindTables()
		}
	}
	return aliases, nil
}

// fromTables returns the FROM of a SELECT, UPDATE or DELETE, or nil.
func fromTables(statement sqlparser.Statement) []sqlparser.TableExpr {
	switch s := statement.(type) {
	case *sqlparser.Select:
		return s.From
	case *sqlparser.Update:
		return s.TableExprs
	case *sqlparser.Delete:
		return s.TableExprs
	}
	return nil
}
