package guard

import (
	"strings"

	"vitess.io/vitess/go/vt/sqlparser"
)

// prover walks one statement.
type prover struct {
	tables   Tables
	spelling map[string]string // of tables and aliases, by their lower-case form
	proof    Proof
	hasWith  bool
	// How many subqueries stand in expressions, how many times NULLIF, how many
	// arithmetic operators.
	subqueries, nullifs, operators int
	// How many tables were seen so far, and how many of them because servers put what WITH
	// names wherever it is used.
	seen, copied int
	// proved are the blocks of the SELECTs whose columns are those of a row (ROLLUP makes
	// some NULL), for an INSERT that takes its rows there.
	proved map[*sqlparser.Select]*block
	// shared is a shared table that the statement names, or empty.
	shared string
	// locks means that some query block locks the rows that it reads.
	locks bool
}

func newProver(tables Tables, params int) *prover {
	return &prover{tables: tables, spelling: map[string]string{}, proved: map[*sqlparser.Select]*block{}, proof: Proof{Params: params}}
}

// cte is a list of the common table expressions that a statement can see.
type cte struct {
	name string
	// size is how many tables it stands for, itself included.
	size int
	next *cte
}

func (c *cte) find(name string) *cte {
	for ; c != nil; c = c.next {
		if c.name == name {
			return c
		}
	}
	return nil
}

// statement proves a whole text.
func (p *prover) statement(s sqlparser.Statement) error {
	switch s := s.(type) {
	case sqlparser.TableStatement:
		return p.query(s, nil, nil)
	case *sqlparser.Insert:
		return p.insert(s)
	case *sqlparser.Update:
		return p.update(s)
	case *sqlparser.Delete:
		return p.delete(s)
	case *sqlparser.Savepoint, *sqlparser.SRollback, *sqlparser.Release:
		return nil // they live and end with the transaction
	}
	return refuse("only SELECT, INSERT, REPLACE, UPDATE, DELETE and savepoints can be proved; the rest is the system scope's")
}

// query proves a SELECT or UNION that stands in parent and sees ctes.
func (p *prover) query(s sqlparser.TableStatement, parent *block, ctes *cte) error {
	switch s := s.(type) {
	case *sqlparser.Select:
		return p.selection(s, parent, ctes)
	case *sqlparser.Union:
		if s.Into != nil {
			return refuse("INTO can't be proved")
		}
		p.locks = p.locks || s.Lock != sqlparser.NoLock
		ctes, err := p.with(s.With, parent, ctes)
		if err != nil {
			return err
		}
		if err := p.query(s.Left, parent, ctes); err != nil {
			return err
		}
		if err := p.query(s.Right, parent, ctes); err != nil {
			return err
		}
		whole := &block{prover: p, parent: parent, ctes: ctes}
		return whole.visit(s.OrderBy, s.Limit)
	}
	return unknown(s)
}

func (p *prover) selection(s *sqlparser.Select, parent *block, ctes *cte) error {
	if s.Into != nil {
		return refuse("INTO can't be proved")
	}
	p.locks = p.locks || s.Lock != sqlparser.NoLock
	ctes, err := p.with(s.With, parent, ctes)
	if err != nil {
		return err
	}
	b := &block{prover: p, parent: parent, ctes: ctes}
	if err := b.rows(s.From, s.Where); err != nil {
		return err
	}
	if err := b.visit(s.SelectExprs, s.GroupBy, s.Having, s.OrderBy, s.Limit); err != nil {
		return err
	}
	for _, w := range s.Windows {
		if err := b.visit(w); err != nil {
			return err
		}
	}
	if s.GroupBy == nil || !s.GroupBy.WithRollup {
		p.proved[s] = b
	}
	// Over no rows, the one row of a total has no tenant.
	b.total = s.GroupBy == nil && sqlparser.ContainsAggregation(s)
	return b.bound()
}

// with proves common table expressions and returns those that the statement sees.
func (p *prover) with(w *sqlparser.With, parent *block, ctes *cte) (*cte, error) {
	if w == nil {
		return ctes, nil
	}
	// Servers differ in what one WITH sees of another, and one of them crashes on what it
	// sees of a block around it.
	if parent != nil || p.hasWith || len(w.CTEs) > maxTables {
		return nil, refuse("a statement may have one WITH, at its beginning, of at most %d tables", maxTables)
	}
	p.hasWith = true
	for _, e := range w.CTEs {
		name := e.ID.String()
		if err := p.spelled(name); err != nil {
			return nil, err
		}
		for table := range p.tables {
			if strings.EqualFold(table, name) {
				return nil, refuse("the common table expression %s hides a table: give it another name", name)
			}
		}
		visible := &cte{name, 1, ctes}
		body := ctes
		if w.Recursive {
			body = visible
		}
		before := p.seen
		if err := p.query(e.Subquery, nil, body); err != nil {
			return nil, err
		}
		visible.size += p.seen - before
		ctes = visible
	}
	return ctes, nil
}

func (p *prover) update(s *sqlparser.Update) error {
	ctes, err := p.with(s.With, nil, nil)
	if err != nil {
		return err
	}
	b := &block{prover: p, ctes: ctes}
	if err := b.rows(s.TableExprs, s.Where); err != nil {
		return err
	}
	if err := b.assignments(s.Exprs); err != nil {
		return err
	}
	return b.ordered(s.OrderBy, s.Limit)
}

// ordered ends the proof of an UPDATE or DELETE. MariaDB (10.11) sorts rows that a
// subquery found in a buffer that it overwrites meanwhile, and writes what it finds.
func (b *block) ordered(by sqlparser.OrderBy, limit *sqlparser.Limit) error {
	if err := b.visit(by, limit); err != nil {
		return err
	}
	if len(by) > 0 && b.subqueries > 0 {
		return refuse("UPDATE and DELETE can't be proved with ORDER BY and a subquery: select the ids first")
	}
	return b.bound()
}

// assignments proves the values of SET; the tenant never changes.
func (b *block) assignments(set []*sqlparser.UpdateExpr) error {
	for _, a := range set {
		if alias := a.Name.Qualifier.Name.String(); !b.writes(alias) {
			if s := b.sharedSource(alias); s != nil {
				return s.readOnly()
			}
			return refuse("SET must name a table that tenants own: write its name before %s", a.Name.Name)
		}
		if strings.EqualFold(a.Name.Name.String(), Column) {
			return refuse("SET names %s, which never changes", Column)
		}
		if err := plain(a.Name.Name.String()); err != nil {
			return err
		}
		if err := b.visit(a.Name, a.Expr); err != nil {
			return err
		}
	}
	return nil
}

// writes reports whether an alias, or none, can only mean tables that tenants own. The
// block of an INSERT has no sources: its table is checked.
func (b *block) writes(alias string) bool {
	for _, s := range b.sources {
		if s.table == "" && (alias == "" || alias == s.alias) {
			return false
		}
	}
	return alias == "" || len(b.sources) == 0 || named(alias, b.sources) != nil
}

func (p *prover) delete(s *sqlparser.Delete) error {
	if len(s.Partitions) > 0 {
		return refuse("PARTITION can't be proved: leave it out")
	}
	ctes, err := p.with(s.With, nil, nil)
	if err != nil {
		return err
	}
	b := &block{prover: p, ctes: ctes}
	if err := b.rows(s.TableExprs, s.Where); err != nil {
		return err
	}
	targets := s.Targets
	if len(targets) == 0 {
		targets = sqlparser.TableNames{{}} // the one in FROM
	}
	for _, t := range targets {
		if s := b.sharedSource(t.Name.String()); s != nil {
			return s.readOnly()
		}
		if !t.Qualifier.IsEmpty() || !b.writes(t.Name.String()) {
			return refuse("DELETE may name only tables of FROM that tenants own")
		}
	}
	return b.ordered(s.OrderBy, s.Limit)
}
