package guard

import (
	"slices"
	"strings"

	"vitess.io/vitess/go/vt/sqlparser"
)

// block is one query block: a SELECT by itself, or an UPDATE, DELETE or INSERT. Each
// is proved by itself.
type block struct {
	*prover
	// parent is the block that this one stands in.
	parent  *block
	ctes    *cte
	sources []*source
	facts   []fact
	// searched are the conditions that were searched for facts. HAVING gives none.
	searched []searchedCondition
	having   *sqlparser.Where
	// inWhere is how many of the facts come from WHERE.
	inWhere int
	// loose means that there is a join without a condition of its own: servers may group
	// a chain of joins with it in another way than the parser.
	loose bool
	// swapped means that there is a RIGHT join, whose USING has the column of the right.
	swapped bool
	// merged means that some join merges columns of one name, by USING or NATURAL.
	merged bool
	// total means that it is one row over all.
	total bool
	// later holds what may name any source of the block: it waits for all of them.
	later []func() error
}

// source is a table in the FROM of a block, or what stands for one.
type source struct {
	alias string
	// table is empty for a derived table, a common table expression, JSON_TABLE and a
	// shared table.
	table string
	// shared is the name of a shared table, or empty.
	shared string
	// by says what binds it, and is empty while nothing does.
	by string
	// optional means that an outer join can give NULL for all of it.
	optional bool
}

// rows reads FROM and WHERE, the two that decide which rows a block can touch.
func (b *block) rows(from []sqlparser.TableExpr, where *sqlparser.Where) error {
	for _, e := range from {
		if _, err := b.tableExpr(e); err != nil {
			return err
		}
	}
	if where != nil {
		b.search(b.where(), where.Expr)
		b.inWhere = len(b.facts)
	}
	for _, f := range b.later {
		if err := f(); err != nil {
			return err
		}
	}
	return b.visit(where)
}

// tableExpr returns the sources of one operand of FROM or JOIN.
func (b *block) tableExpr(e sqlparser.TableExpr) ([]*source, error) {
	switch e := e.(type) {
	case *sqlparser.AliasedTableExpr:
		return b.aliased(e)
	case *sqlparser.ParenTableExpr:
		var all []*source
		for _, inner := range e.Exprs {
			sources, err := b.tableExpr(inner)
			if err != nil {
				return nil, err
			}
			all = append(all, sources...)
		}
		return all, nil
	case *sqlparser.JoinTableExpr:
		return b.join(e)
	case *sqlparser.JSONTableExpr:
		b.later = append(b.later, func() error { return b.visit(e) })
		return b.add(e.Alias.String(), "")
	}
	return nil, unknown(e)
}

func (b *block) aliased(e *sqlparser.AliasedTableExpr) ([]*source, error) {
	if len(e.Partitions) > 0 {
		return nil, refuse("PARTITION can't be proved: leave it out")
	}
	switch t := e.Expr.(type) {
	case *sqlparser.DerivedTable:
		b.later = append(b.later, func() error { return b.query(t.Select, b, b.ctes) })
		return b.add(e.As.String(), "")
	case sqlparser.TableName:
		if t.Name.String() == noTable && t.Qualifier.IsEmpty() && e.As.IsEmpty() {
			return nil, nil
		}
		table, err := b.tableName(t)
		if err != nil {
			return nil, err
		}
		alias := e.As.String()
		if alias == "" {
			alias = t.Name.String()
		}
		shared := ""
		if b.tables[table].Shared { // nothing has to bind it, and it binds nothing
			table, shared = "", table
		}
		for _, hint := range e.Hints {
			if err := checkHint(hint); err != nil {
				return nil, err
			}
		}
		sources, err := b.add(alias, table)
		if shared != "" && err == nil {
			b.shared, sources[0].shared = shared, shared
		}
		return sources, err
	}
	return nil, unknown(e.Expr)
}

// checkHint accepts index hints that name what to use. Without an index on the tenant, a
// server looks at rows of other tenants before it drops them, and its errors quote them.
func checkHint(h *sqlparser.IndexHint) error {
	sorts := h.ForType == sqlparser.OrderByForType || h.ForType == sqlparser.GroupByForType
	switch {
	case h.Type == sqlparser.IgnoreOp && sorts: // rows are found by the same indexes as without it
	case h.Type != sqlparser.UseOp && h.Type != sqlparser.ForceOp:
		return refuse("%s can leave a table without an index that %s leads: write USE INDEX with those to use", strings.ToUpper(h.Type.ToString()), Column)
	case len(h.Indexes) == 0:
		return refuse("USE INDEX () leaves a table without an index that %s leads: name those to use", Column)
	}
	return nil
}

// noTable stands for a FROM without tables.
const noTable = "dual"

// tableName returns the name of a table, or nothing for that of a common table
// expression.
func (b *block) tableName(t sqlparser.TableName) (string, error) {
	name := t.Name.String()
	if !t.Qualifier.IsEmpty() {
		return "", refuse("%s.%s: name the table without its database", t.Qualifier, name)
	}
	if c := b.ctes.find(name); c != nil {
		b.seen += c.size
		if b.copied += c.size; b.copied > maxCopied {
			return "", refuse("what WITH names stands for more than %d tables, where it is used", maxCopied)
		}
		return "", nil
	}
	b.seen++
	if _, ok := b.tables[name]; !ok {
		return "", &Refusal{Table: name, Alias: name, Reason: "no model owns it: only the system scope may name it"}
	}
	return name, b.spelled(name)
}

// add makes a source of the block. Servers differ in whether names of tables and
// aliases have a case, so a statement may spell each in one way only.
func (b *block) add(alias, table string) ([]*source, error) {
	if len(b.sources) == maxTables {
		return nil, refuse("a block has at most %d tables", maxTables)
	}
	for _, s := range b.sources {
		if strings.EqualFold(s.alias, alias) {
			return nil, refuse("two tables of one block are called %s", alias)
		}
	}
	s := &source{alias: alias, table: table}
	b.sources = append(b.sources, s)
	return []*source{s}, b.spelled(alias)
}

// spelled refuses a name that is not plain ASCII, or that the statement spells with
// other capitals elsewhere.
func (p *prover) spelled(name string) error {
	if strings.EqualFold(name, noTable) {
		return refuse("%s is no table's name", name)
	}
	if !isName(name) {
		return refuse("the name %q must consist of ASCII letters, digits and _", name)
	}
	lower := strings.ToLower(name)
	if other, ok := p.spelling[lower]; ok && other != name {
		return refuse("%s and %s are one name on some servers: spell it in one way", other, name)
	}
	p.spelling[lower] = name
	return nil
}

// join reads both operands. ON of an inner join holds for each row of both; ON of an
// outer join only for the rows of its optional side, which it therefore binds, and not
// for the other.
func (b *block) join(e *sqlparser.JoinTableExpr) ([]*source, error) {
	if _, nested := e.RightExpr.(*sqlparser.JoinTableExpr); nested {
		return nil, refuse("put a join on the right of a join into parentheses")
	}
	left, err := b.tableExpr(e.LeftExpr)
	if err != nil {
		return nil, err
	}
	right, err := b.tableExpr(e.RightExpr)
	if err != nil {
		return nil, err
	}
	both := slices.Concat(left, right)
	var optional []*source
	switch e.Join {
	case sqlparser.LeftJoinType, sqlparser.NaturalLeftJoinType:
		optional = right
	case sqlparser.RightJoinType, sqlparser.NaturalRightJoinType:
		optional = left
	}
	conditional := e.Condition != nil && (e.Condition.On != nil || e.Condition.Using != nil)
	b.loose = b.loose || !conditional
	b.swapped = b.swapped || e.Join == sqlparser.RightJoinType
	natural := e.Join == sqlparser.NaturalJoinType || e.Join == sqlparser.NaturalLeftJoinType || e.Join == sqlparser.NaturalRightJoinType
	b.merged = b.merged || natural || e.Condition.Using != nil
	for _, s := range optional {
		s.optional = true
	}
	if !conditional {
		return both, nil
	}
	b.later = append(b.later, func() error {
		targets := both
		if optional != nil && !b.mustExist(optional) {
			targets = optional
		}
		if err := b.on(e.Condition.On, both, targets); err != nil {
			return err
		}
		b.using(e, left, right, targets)
		return nil
	})
	return both, nil
}

// mustExist reports whether WHERE holds for no row without one of these sources, which
// makes an outer join an inner one.
func (b *block) mustExist(optional []*source) bool {
	return !b.loose && slices.ContainsFunc(b.facts[:b.inWhere], func(f fact) bool { return slices.Contains(optional, f.target) })
}

func (b *block) on(on sqlparser.Expr, operands, targets []*source) error {
	if b.loose { // a name that is no operand after all may be one of a block around
		operands = slices.DeleteFunc(slices.Clone(operands), func(s *source) bool { return b.around(s.alias) })
	}
	b.search(condition{block: b, names: operands, targets: targets}, on)
	return b.visit(on)
}

// using takes USING (tenant_id) for an equality, where its column can only be that
// of the first table on the left.
func (b *block) using(e *sqlparser.JoinTableExpr, left, right, targets []*source) {
	for _, column := range e.Condition.Using {
		if column.String() == Column && len(left) > 0 && len(right) == 1 && !b.loose && !b.swapped {
			condition{block: b, targets: targets}.equal(left[0], right[0])
		}
	}
}
