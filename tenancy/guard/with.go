package guard

import (
	"strings"

	"vitess.io/vitess/go/vt/sqlparser"
)

// cte is a common table expression, and a list of those visible with it.
type cte struct {
	name string
	// size is 1 plus the number of tables in its query.
	size int
	next *cte
}

// find returns the common table expression of a name, or nil.
func (c *cte) find(name string) *cte {
	for ; c != nil; c = c.next {
		if c.name == name {
			return c
		}
	}
	return nil
}

// proveWith proves the common table expressions of WITH and adds them to ctes. It accepts one WITH,
// at the beginning of a statement: servers resolve names differently in others, and MariaDB
// crashes if WITH uses tables of an outer query.
func (p *prover) proveWith(w *sqlparser.With, outer *block, ctes *cte) (*cte, error) {
	if w == nil {
		return ctes, nil
	}
	switch {
	case p.hasWith:
		return nil, refuse("only one WITH of a statement can be proved: define all common table expressions there")
	case outer != nil:
		return nil, refuse("WITH can be proved only at the beginning of a statement: move it there")
	case len(w.CTEs) > maxTables:
		return nil, refuse("WITH has at most %d common table expressions: split the statement", maxTables)
	}
	p.hasWith, p.recursive = true, w.Recursive
	for _, e := range w.CTEs {
		next, err := p.proveCTE(e, ctes)
		if err != nil {
			return nil, err
		}
		ctes = next
	}
	return ctes, nil
}

// proveCTE proves one common table expression and adds it to ctes.
func (p *prover) proveCTE(e *sqlparser.CommonTableExpr, ctes *cte) (*cte, error) {
	name := e.ID.String()
	if err := p.checkSpelling(name); err != nil {
		return nil, err
	}
	for table := range p.tables {
		if strings.EqualFold(table, name) {
			return nil, refuse("the common table expression %s hides a table: give it another name", name)
		}
	}
	all := &cte{name, 1, ctes}
	visible := ctes
	if p.recursive {
		visible = all
	}
	before := p.tableCount
	if err := p.proveQuery(e.Subquery, nil, visible); err != nil {
		return nil, err
	}
	all.size += p.tableCount - before
	return all, nil
}
