package guard

import (
	"errors"
	"slices"
	"strings"

	"vitess.io/vitess/go/vt/sqlparser"
)

// prover walks one statement.
type prover struct {
	tables   Tables
	spelling map[string]string // of tables and aliases, by their lower-case form
	proof    Proof
	hasWith  bool
	// recursive means that it is WITH RECURSIVE.
	recursive bool
	leaves    bool // some UNION is INTERSECT or EXCEPT
	// How many subqueries stand in expressions, how many times NULLIF, how many
	// arithmetic operators.
	subqueries, nullifs, operators int
	// How many tables were seen so far, and how many of them because servers put what WITH
	// names wherever it is used.
	seen, copied int
	// selectedFrom are the tables that SELECTs read.
	selectedFrom map[string]bool
	// proved are the blocks of the SELECTs whose columns are those of a row (ROLLUP makes
	// some NULL), for an INSERT that takes its rows there.
	proved map[*sqlparser.Select]*block
	// shared is a shared table that the statement names, or empty.
	shared string
	// locks means that some query block locks the rows that it reads.
	locks bool
}

func newProver(tables Tables, l *lexed) *prover {
	return &prover{
		tables: tables, leaves: l.leaves, spelling: map[string]string{}, selectedFrom: map[string]bool{},
		proved: map[*sqlparser.Select]*block{}, proof: Proof{Params: l.params},
	}
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
	return systemStatement("ROLLBACK") // parse refused the others
}

// query proves a SELECT, a UNION or VALUES that stands in parent and sees ctes.
func (p *prover) query(s sqlparser.TableStatement, parent *block, ctes *cte) error {
	switch s := s.(type) {
	case *sqlparser.Select:
		return p.selection(s, parent, ctes)
	case *sqlparser.Union:
		if s.Into != nil {
			return refuse("INTO can't be proved: read the rows in Go")
		}
		if p.leaves && (selectsSubquery(s.Left) || selectsSubquery(s.Right)) {
			return refuse("INTERSECT and EXCEPT can't be proved with a subquery in the list of a SELECT, which can crash MySQL: " +
				"write EXISTS or NOT EXISTS")
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
	case *sqlparser.ValuesStatement:
		ctes, err := p.with(s.With, parent, ctes)
		if err != nil {
			return err
		}
		b := &block{prover: p, parent: parent, ctes: ctes}
		for _, row := range s.Rows {
			if err := b.visit(row); err != nil {
				return err
			}
		}
		return b.visit(s.Order, s.Limit)
	}
	return unknown(s)
}

// selectsSubquery reports whether the list of a SELECT has a subquery. In an operand of INTERSECT
// or EXCEPT in a derived table, such a subquery without rows crashes MySQL 9.7.4.
func selectsSubquery(s sqlparser.TableStatement) bool {
	selection, ok := s.(*sqlparser.Select)
	return ok && sqlparser.VisitSQLNode(selection.SelectExprs, func(node sqlparser.SQLNode) (bool, error) {
		if _, ok := node.(*sqlparser.Subquery); ok {
			return false, errFound
		}
		return true, nil
	}) != nil
}

var errFound = errors.New("found")

func (p *prover) selection(s *sqlparser.Select, parent *block, ctes *cte) error {
	if s.Into != nil {
		return refuse("INTO can't be proved: read the rows in Go")
	}
	p.locks = p.locks || s.Lock != sqlparser.NoLock
	ctes, err := p.with(s.With, parent, ctes)
	if err != nil {
		return err
	}
	rollup := s.GroupBy != nil && s.GroupBy.WithRollup
	if rollup && p.recursive { // MySQL 9.7.4 ended with signal 11, in some plans
		return refuse("ROLLUP can't be proved in a statement with WITH RECURSIVE, which can end MySQL: write two statements")
	}
	b := &block{prover: p, parent: parent, ctes: ctes, having: s.Having}
	if err := b.rows(s.From, s.Where); err != nil {
		return err
	}
	for _, source := range b.sources {
		p.selectedFrom[source.table] = source.table != ""
	}
	if err := b.visit(s.SelectExprs, s.GroupBy, s.Having, s.OrderBy, s.Limit); err != nil {
		return err
	}
	for _, w := range s.Windows {
		if err := b.visit(w); err != nil {
			return err
		}
	}
	if !rollup {
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
	switch {
	case p.hasWith:
		return nil, refuse("a statement has one WITH only: name all its tables there")
	case parent != nil:
		return nil, refuse("WITH stands at the beginning of a statement only: name its tables there")
	case len(w.CTEs) > maxTables:
		return nil, refuse("WITH has at most %d tables: split the statement", maxTables)
	}
	p.hasWith, p.recursive = true, w.Recursive
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

// ordered ends the proof of an UPDATE or DELETE. With ORDER BY, its subqueries must not read the
// table that it writes: MariaDB (10.11) sorts rows in a buffer that the subquery overwrites, and
// writes wrong rows. MySQL refuses such a statement.
func (b *block) ordered(by sqlparser.OrderBy, limit *sqlparser.Limit) error {
	if err := b.visit(by, limit); err != nil {
		return err
	}
	for _, s := range b.sources {
		if len(by) > 0 && b.selectedFrom[s.table] {
			return &Refusal{Table: s.table, Alias: s.alias, Reason: "an UPDATE or DELETE with ORDER BY can't read the table in a subquery: select the ids first"}
		}
	}
	return b.bound()
}

// assignments proves the values of SET; the tenant never changes.
func (b *block) assignments(set []*sqlparser.UpdateExpr) error {
	for _, a := range set {
		alias := a.Name.Qualifier.Name.String()
		if s := b.sharedSource(alias); s != nil {
			return s.refuseWrite()
		}
		if why := b.explainTarget(alias); why != "" {
			return refuse("SET can't be proved for %s: %s", quote(a.Name), why)
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

// explainTarget returns the reason why an alias, or none, may mean something other than a tenant's
// table in FROM, or "". The block of an INSERT has no sources: its table is checked.
func (b *block) explainTarget(alias string) string {
	switch s := named(alias, b.sources); {
	case alias == "" && slices.ContainsFunc(b.sources, func(s *source) bool { return s.table == "" }):
		return "without a table name it may be a column of something other than a tenant's table"
	case alias == "" || len(b.sources) == 0:
		return ""
	case s == nil:
		return alias + " is not in FROM, or not spelled as there"
	case s.table == "":
		return alias + " is not a tenant's table"
	}
	return ""
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
	if len(targets) == 0 && len(b.sources) == 1 {
		targets = sqlparser.TableNames{sqlparser.NewTableName(b.sources[0].alias)}
	}
	for _, t := range targets {
		if s := b.sharedSource(t.Name.String()); s != nil {
			return s.refuseWrite()
		}
		if !t.Qualifier.IsEmpty() {
			return refuse("%s: name the table without its database", quote(t))
		}
		if why := b.explainTarget(t.Name.String()); why != "" {
			return refuse("DELETE can't be proved: %s", why)
		}
	}
	return b.ordered(s.OrderBy, s.Limit)
}
