package guard_test

import (
	"fmt"
	"slices"
	"strings"
)

// writeFrom returns a FROM of n relations, and adds them to the block.
func (g *generator) writeFrom(s *scope, n, depth int) (string, []*relation) {
	if n == 1 {
		text, r := g.writeRelation(s, depth)
		s.relations = append(s.relations, r)
		return text, []*relation{r}
	}
	size := 1
	if g.hitChance(25) {
		size = n - 1
	}
	left, ls := g.writeFrom(s, n-size, depth)
	right, rs := g.writeFrom(s, size, depth)
	if size > 1 && (!g.exotic || g.hitChance(90)) || g.exotic && g.hitChance(5) {
		right = "(" + right + ")"
	}
	var text string
	both := slices.Concat(ls, rs)
	switch join := g.IntN(100); {
	case join < 35:
		text = left + g.pickOne(" JOIN ", " INNER JOIN ", " STRAIGHT_JOIN ", " CROSS JOIN ") + right + g.writeOn(s, both, both, depth)
	case join < 60:
		text = left + g.pickOne(" LEFT JOIN ", " LEFT OUTER JOIN ") + right + g.writeOn(s, both, rs, depth)
	case join < 75:
		text = left + g.pickOne(" RIGHT JOIN ", " RIGHT OUTER JOIN ") + right + g.writeOn(s, both, ls, depth)
	case join < 80:
		text = left + g.pickOne(" NATURAL JOIN ", " NATURAL INNER JOIN ", " NATURAL LEFT JOIN ", " NATURAL RIGHT JOIN ") + right
	case join < 86:
		text = left + g.pickOne(" JOIN ", " LEFT JOIN ", " RIGHT JOIN ") + right + g.writeUsing(ls, rs)
	case join < 93:
		text = left + g.pickOne(" JOIN ", " CROSS JOIN ") + right
	case g.exotic && g.hitChance(50) || n == 3:
		return left + ", " + right, both
	default: // a comma binds less than a JOIN
		return "(" + left + ", " + right + ")", both
	}
	if g.hitChance(20) {
		text = "(" + text + ")"
	}
	return text, both
}

// writeUsing returns a USING with columns of both sides.
func (g *generator) writeUsing(ls, rs []*relation) string {
	shared := slices.DeleteFunc(slices.Clone(ls[0].columns), func(c string) bool { return !slices.Contains(rs[0].columns, c) })
	if len(shared) == 0 {
		return " ON " + g.pickKey(ls[0]) + " = " + g.pickKey(rs[0])
	}
	shared = shared[:1+g.IntN(min(2, len(shared)))]
	if g.exotic && shared[0] == "tenant_id" && ls[0].table != "" && rs[0].table != "" {
		rs[0].bound = true
	}
	return " USING (" + strings.Join(shared, ", ") + ")"
}

// writeOn returns an ON, which may bind the relations of the nullable side.
func (g *generator) writeOn(s *scope, both, nullable []*relation, depth int) string {
	on := &scope{parent: s.parent, relations: both}
	var all []string
	for _, r := range both {
		mayBind := slices.Contains(nullable, r)
		if !mayBind && g.traps > 0 && g.hitChance(15) {
			g.traps, g.hasTrap, mayBind = g.traps-1, true, true
		}
		if r.table != "" && !r.bound && mayBind && g.hitChance(60) {
			all = append(all, g.writeBinding(on, r))
		}
	}
	if g.hitChance(70) {
		all = append(all, g.pickKey(both[0])+" = "+g.pickKey(both[len(both)-1]))
	}
	if len(all) == 0 || g.hitChance(20) {
		all = append(all, g.writePredicate(on, depth-1))
	}
	return " ON " + g.joinAnd(all)
}

// joinAnd joins conditions by AND, in random order.
func (g *generator) joinAnd(all []string) string {
	g.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	for i, c := range all {
		if g.hitChance(10) {
			all[i] = "(" + c + ")"
		}
	}
	text := strings.Join(all, " AND ")
	if g.exotic && g.hitChance(10) {
		text = strings.Join(all, " && ")
	}
	return text
}

// writeRelation returns one operand of FROM.
func (g *generator) writeRelation(s *scope, depth int) (string, *relation) {
	r := &relation{alias: g.newAlias(s)}
	if depth > 0 && g.hitChance(20) {
		r.columns = g.pickSuffix("id", "n", "txt")
		if g.exotic && g.hitChance(30) || g.traps > 0 && g.hitChance(60) {
			r.columns = []string{"tenant_id", "id", "n"}
		}
		return "(" + g.writeLimited(g.pickOuter(s), depth-1, r.columns...) + ") " + g.pickOne("AS ", "") + r.alias, r
	}
	if len(g.ctes) > 0 && g.hitChance(40) {
		c := pickFrom(g, g.ctes)
		r.columns = c.columns
		return c.alias + " " + r.alias, r
	}
	if g.hitChance(10) { // a shared table needs no binding
		r.columns = columns[1:]
		return "rates" + g.pickOne(" AS ", " ") + r.alias, r
	}
	if g.exotic && g.hitChance(2) { // MySQL only
		r.columns = []string{"id", "n", "txt"}
		return fmt.Sprintf("(VALUES ROW(%s, %s, %s), ROW(%s, 2, 'x')) AS %s (id, n, txt)",
			g.ownValue("n"), g.ownValue("n"), g.ownValue("txt"), g.ownValue("n"), r.alias), r
	}
	r.table, r.columns = g.pickTable(), columns
	if r.alias == r.table || !slices.ContainsFunc(s.relations, func(o *relation) bool { return o.alias == r.table }) && g.hitChance(20) {
		r.alias = r.table
		return r.table + g.writeHint(r.table), r
	}
	return r.table + g.pickOne(" AS ", " ") + r.alias + g.writeHint(r.table), r
}

// writeHint returns an index hint, at times.
func (g *generator) writeHint(table string) string {
	if !g.hitChance(8) {
		return ""
	}
	index := "PRIMARY"
	if table == "things" && g.exotic {
		index = "n"
	}
	return g.pickOne(" USE INDEX ", " FORCE INDEX ", " USE KEY FOR JOIN ", " FORCE INDEX FOR JOIN ", " USE INDEX FOR ORDER BY ",
		" FORCE INDEX FOR GROUP BY ", " IGNORE INDEX FOR ORDER BY ", " IGNORE KEY FOR GROUP BY ") + "(" + index + ")"
}

// newAlias returns an alias that is new in its block. It may hide one of an outer query.
func (g *generator) newAlias(s *scope) string {
	for {
		name := pickFrom(g, aliases)
		if !slices.ContainsFunc(s.relations, func(r *relation) bool { return r.alias == name }) || g.exotic && g.hitChance(1) {
			return name
		}
	}
}

// writeWhere returns a WHERE that binds all relations that are not bound yet.
func (g *generator) writeWhere(s *scope, depth int) string {
	var all []string
	for _, r := range s.relations {
		if r.table != "" && !r.bound {
			all = append(all, g.writeBinding(s, r))
		}
	}
	for range g.IntN(3) {
		all = append(all, g.writePredicate(s, depth-1))
	}
	all = slices.DeleteFunc(all, func(c string) bool { return c == "" })
	if len(all) == 0 {
		return ""
	}
	return " WHERE " + g.joinAnd(all)
}

// writeBinding returns a condition that binds r, or a trap.
func (g *generator) writeBinding(s *scope, r *relation) string {
	r.bound = true
	column := g.writeColumn(r, "tenant_id")
	if g.traps > 0 && g.hitChance(50) {
		g.traps, g.hasTrap = g.traps-1, true
		if g.hitChance(8) {
			s.having = append(s.having, column+" = 1")
			return ""
		}
		form := g.pickOne(trapForms...)
		if g.hitChance(20) {
			form = "$1 = $5"
		}
		return fillForm(form, column, g.writeValue(1), g.writeValue(2), g.pickColumn(s, "n"), g.otherTenant(s, r))
	}
	if other := g.boundTenant(s, r); other != "" && g.hitChance(40) {
		return fillForm(g.pickOne("$1 = $2", "$2 = $1"), column, other)
	}
	if !g.exotic || g.hitChance(50) {
		return column + " = " + g.writeValue(1)
	}
	form := g.pickOne("$2 = $1", "$1 IN ($2)", "(($1) = ($2))", "$1=$2", "tenant_id = $2", "$1/* = 2 */= $2",
		"($3 = 1 AND 1 = 1 AND $1 = $2)", "$1 = $2 AND NOT $1 = 2", "$1 = $2 AND $1 IN ($2, 2)")
	return fillForm(form, column, g.writeValue(1), g.pickColumn(s, "n"))
}

// boundTenant returns the tenant_id of a bound table of the block, or "".
func (g *generator) boundTenant(s *scope, r *relation) string {
	for _, o := range s.relations {
		if o != r && o.table != "" && o.bound && g.hitChance(50) {
			return g.writeColumn(o, "tenant_id")
		}
	}
	return ""
}

// otherTenant returns the tenant_id of a relation that may not be bound, or an integer.
func (g *generator) otherTenant(s *scope, r *relation) string {
	var all []string
	for ; s != nil; s = s.parent {
		for _, o := range s.relations {
			if o != r && slices.Contains(o.columns, "tenant_id") {
				all = append(all, g.writeColumn(o, "tenant_id"))
				if o.table == "" {
					all = append(all, all[len(all)-1], all[len(all)-1])
				}
			}
		}
	}
	return g.pickOne(append(all, "tenant_id", g.writeColumn(r, "tenant_id"), g.writeValue(1))...)
}
