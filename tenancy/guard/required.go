package guard

import "vitess.io/vitess/go/vt/sqlparser"

// Required returns the aliases of tables for which WHERE has to say `tenant_id = ?`: tables
// of the FROM of a SELECT, or of an UPDATE or DELETE, that tenants own and that no ON binds,
// directly or by one of those before it. Tables that an outer join makes optional are not
// among them, since WHERE would drop the rows without a match. sql may end before its WHERE.
// Required fails where Prove would refuse a table, or if sql is another statement.
func Required(tables Tables, sql string) (aliases []string, err error) {
	defer func() {
		if recover() != nil {
			aliases, err = nil, refuse("the statement is more than the parser can read")
		}
	}()
	l, err := lex(sql)
	if err != nil {
		return nil, err
	}
	statement, err := l.parse()
	if err != nil {
		return nil, err
	}
	from := fromOf(statement)
	if from == nil {
		return nil, unknown(statement)
	}
	b := &block{prover: newProver(tables, l)}
	for _, e := range from {
		if _, err := b.tableExpr(e); err != nil {
			return nil, err
		}
	}
	for _, f := range b.later {
		_ = f() // Prove says what is wrong
	}
	b.spread()
	for _, s := range b.sources {
		if s.table != "" && !s.optional && s.by == "" {
			aliases = append(aliases, s.alias)
			s.by = "WHERE"
			b.spread()
		}
	}
	return aliases, nil
}

// fromOf returns the tables of a statement's own block.
func fromOf(statement sqlparser.Statement) []sqlparser.TableExpr {
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

// sharedSource returns the shared table of the block that alias names, or that a column
// without alias may belong to; nil if there is none.
func (b *block) sharedSource(alias string) *source {
	for _, s := range b.sources {
		if s.shared != "" && (s.alias == alias || alias == "" && len(b.sources) == 1) {
			return s
		}
	}
	return nil
}

// readOnly refuses a statement that writes a shared table.
func (s *source) readOnly() error {
	return &Refusal{Table: s.shared, Alias: s.alias, Reason: "it is shared: tenants read it, and only the system scope writes it"}
}
