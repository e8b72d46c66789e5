package guard

import "vitess.io/vitess/go/vt/sqlparser"

// Required returns the aliases of tables that the WHERE of a statement must bind by `tenant_id =
// ?`. These are the tables of a SELECT, UPDATE or DELETE that tenants own and that no ON binds,
// directly or through an alias before it. It leaves out the optional tables of outer joins,
// since WHERE would drop the rows without a match. sql may end before its WHERE. Required fails
// where Prove would refuse a table, and for other statements.
func Required(tables Tables, sql string) (aliases []string, err error) {
	defer refusePanic(&err)
	p, statement, err := parse(tables, sql)
	if err != nil {
		return nil, err
	}
	from := fromTables(statement)
	if from == nil {
		return nil, unknown(statement)
	}
	b := &block{prover: p}
	for _, e := range from {
		if _, err := b.tableExpr(e); err != nil {
			return nil, err
		}
	}
	for _, f := range b.later {
		_ = f() // Prove returns its error
	}
	b.bindSources()
	for _, s := range b.sources {
		if s.table != "" && !s.optional && s.by == "" {
			aliases = append(aliases, s.alias)
			s.by = "WHERE"
			b.bindSources()
		}
	}
	return aliases, nil
}

// fromTables returns the tables of a statement's own block.
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

// sharedSource returns the shared table of an alias, or nil. With an empty alias it returns the
// only table of the block if that is shared.
func (b *block) sharedSource(alias string) *source {
	for _, s := range b.sources {
		if s.shared != "" && (s.alias == alias || alias == "" && len(b.sources) == 1) {
			return s
		}
	}
	return nil
}

// refuseWrite refuses a statement that writes a shared table.
func (s *source) refuseWrite() error {
	return &Refusal{Table: s.shared, Alias: s.alias, Reason: "it is shared: tenants read it, and only the system scope writes it"}
}
