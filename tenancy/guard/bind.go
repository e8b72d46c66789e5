package guard

import (
	"slices"
	"strconv"
	"strings"

	"vitess.io/vitess/go/vt/sqlparser"
)

// fact is a condition that each row of target has to meet: its tenant_id is a value,
// or that of another source.
type fact struct {
	target *source
	// from is nil for a value.
	from  *source
	value value
}

// value is an argument or a number in the text.
type value struct {
	arg     int // from 0, or -1
	literal uint64
}

func (v value) String() string {
	if v.arg < 0 {
		return strconv.FormatUint(v.literal, 10)
	}
	return "argument " + strconv.Itoa(v.arg+1)
}

// condition is a place where conditions stand: WHERE, or the ON of a join.
type condition struct {
	*block
	// names are the sources that its names can mean, targets those whose rows it may
	// leave out.
	names, targets []*source
	// bare is what tenant_id means without the name of a table, or nil.
	bare *source
}

// where is the condition that holds for all sources of the block. Without a table's
// name, tenant_id is that of the only table that has it; with another that has it, a
// server calls it ambiguous, unless a join merged the two.
func (b *block) where() condition {
	c := condition{block: b, names: b.sources, targets: b.sources}
	if b.merged {
		return c
	}
	for _, s := range b.sources {
		if s.table != "" && c.bare != nil {
			c.bare = nil
			break
		}
		if s.table != "" {
			c.bare = s
		}
	}
	return c
}

// search collects the facts of a condition.
func (b *block) search(c condition, e sqlparser.Expr) {
	b.searched = append(b.searched, searchedCondition{c, e})
	c.collect(e)
}

// collect adds the facts of e to the block. Only what is joined by AND holds by itself.
func (c condition) collect(e sqlparser.Expr) {
	switch e := e.(type) {
	case *sqlparser.AndExpr:
		c.collect(e.Left)
		c.collect(e.Right)
	case *sqlparser.ComparisonExpr:
		switch e.Operator {
		case sqlparser.EqualOp:
			c.equality(e.Left, e.Right)
		case sqlparser.InOp:
			if list, _ := e.Right.(sqlparser.ValTuple); len(list) == 1 {
				c.equality(e.Left, list[0])
			}
		}
	}
}

// equality reads l = r. The tenant of a block around this one binds nothing: servers may
// run a subquery by itself first, for all tenants. A comparison of rows, (l, …) = (r, …), binds
// nothing: servers evaluate it on rows of other tenants, and their errors quote those.
func (c condition) equality(l, r sqlparser.Expr) {
	left, right := c.tenantOf(l), c.tenantOf(r)
	if left != nil && right != nil {
		c.equal(left, right)
		return
	}
	if left == nil {
		left, r = right, l
	}
	if left == nil {
		return
	}
	if v, ok := valueOf(r); ok {
		c.add(fact{target: left, value: v})
	}
}

// tenantOf returns the source whose tenant_id an expression is, or nil.
func (c condition) tenantOf(e sqlparser.Expr) *source {
	alias, ok := tenantColumn(e)
	if ok && alias == "" {
		return c.bare
	}
	if !ok {
		return nil
	}
	return named(alias, c.names)
}

// tenantColumn returns the alias, which may be empty, of a column called tenant_id.
func tenantColumn(e sqlparser.Expr) (alias string, ok bool) {
	c, ok := e.(*sqlparser.ColName)
	if !ok || c.Name.String() != Column {
		return "", false
	}
	return c.Qualifier.Name.String(), true
}

// around reports whether a block around this one has a source of that name.
func (b *block) around(alias string) bool {
	for b = b.parent; b != nil; b = b.parent {
		if named(alias, b.sources) != nil {
			return true
		}
	}
	return false
}

func named(alias string, sources []*source) *source {
	for _, s := range sources {
		if s.alias == alias {
			return s
		}
	}
	return nil
}

// equal adds that two tables have one tenant.
func (c condition) equal(l, r *source) {
	c.add(fact{target: l, from: r}, fact{target: r, from: l})
}

// add adds the facts about targets that are tables. A column of a derived table may have
// another type, with which equality is not transitive: nothing binds one, so that it
// binds nothing.
func (c condition) add(facts ...fact) {
	for _, f := range facts {
		if f.target.table != "" && slices.Contains(c.targets, f.target) {
			c.facts = append(c.facts, f)
		}
	}
}

// valueOf returns an expression that is a plain number or a placeholder.
func valueOf(e sqlparser.Expr) (value, bool) {
	switch e := e.(type) {
	case *sqlparser.Argument:
		n, _ := strconv.Atoi(strings.TrimPrefix(e.Name, "v")) // the parser numbers ?
		return value{arg: n - 1}, n > 0
	case *sqlparser.Literal:
		if e.Type == sqlparser.IntVal && e.Val[0] != '0' {
			n, err := strconv.ParseUint(e.Val, 10, 32)
			return value{arg: -1, literal: n}, err == nil
		}
	}
	return value{}, false
}

// bound proves that each table of the block is bound.
func (b *block) bound() error {
	for _, f := range b.facts {
		if f.from == nil {
			b.need(f.target, f.value)
		}
	}
	b.bindSources()
	for _, s := range b.sources {
		if s.table == "" {
			continue
		}
		if s.by == "" {
			return b.refuseUnbound(s)
		}
		b.proof.Bindings = append(b.proof.Bindings, Binding{s.table, s.alias, s.by})
	}
	return nil
}

// bindSources records what binds each table: a value, or a bound table.
func (b *block) bindSources() {
	for _, f := range b.facts {
		if f.from == nil {
			f.target.by = f.target.alias + "." + Column + " = " + f.value.String()
		}
	}
	for changed := true; changed; {
		changed = false
		for _, f := range b.facts {
			if f.from != nil && f.from.by != "" && f.target.by == "" {
				f.target.by = f.target.alias + "." + Column + " = " + f.from.alias + "." + Column
				changed = true
			}
		}
	}
}

func (p *prover) need(s *source, v value) {
	p.proof.needs = append(p.proof.needs, need{v.arg, v.literal, s})
}
