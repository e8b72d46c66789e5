package guard_test

import (
	"fmt"
	"slices"
	"strings"
)

// from is a table reference with n relations, which it adds to the block.
func (g *generator) from(s *scope, n, depth int) (string, []*relation) {
	if n == 1 {
		text, r := g.relation(s, depth)
		s.relations = append(s.relations, r)
		return text, []*relation{r}
	}
	size := 1
	if g.chance(25) {
		size = n - 1
	}
	left, ls := g.from(s, n-size, depth)
	right, rs := g.from(s, size, depth)
	if size > 1 && (!g.odd || g.chance(90)) || g.odd && g.chance(5) {
		right = "(" + right + ")"
	}
	var text string
	both := slices.Concat(ls, rs)
	switch join := g.IntN(100); {
	case join < 35:
		text = left + g.pick(" JOIN ", " INNER JOIN ", " STRAIGHT_JOIN ", " CROSS JOIN ") + right + g.condition(s, both, both, depth)
	case join < 60:
		text = left + g.pick(" LEFT JOIN ", " LEFT OUTER JOIN ") + right + g.condition(s, both, rs, depth)
	case join < 75:
		text = left + g.pick(" RIGHT JOIN ", " RIGHT OUTER JOIN ") + right + g.condition(s, both, ls, depth)
	case join < 80:
		text = left + g.pick(" NATURAL JOIN ", " NATURAL INNER JOIN ", " NATURAL LEFT JOIN ", " NATURAL RIGHT JOIN ") + right
	case join < 86:
		text = left + g.pick(" JOIN ", " LEFT JOIN ", " RIGHT JOIN ") + right + g.using(ls, rs)
	case join < 93:
		text = left + g.pick(" JOIN ", " CROSS JOIN ") + right
	case g.odd && g.chance(50) || n == 3:
		return left + ", " + right, both
	default: // a comma binds less than a JOIN
		return "(" + left + ", " + right + ")", both
	}
	if g.chance(20) {
		text = "(" + text + ")"
	}
	return text, both
}

// using joins by columns that both sides have.
func (g *generator) using(ls, rs []*relation) string {
	shared := slices.DeleteFunc(slices.Clone(ls[0].columns), func(c string) bool { return !slices.Contains(rs[0].columns, c) })
	if len(shared) == 0 {
		return " ON " + g.key(ls[0]) + " = " + g.key(rs[0])
	}
	shared = shared[:1+g.IntN(min(2, len(shared)))]
	if g.odd && shared[0] == "tenant_id" && ls[0].table != "" && rs[0].table != "" {
		rs[0].bound = true
	}
	return " USING (" + strings.Join(shared, ", ") + ")"
}

// condition is an ON, which may bind what is optional.
func (g *generator) condition(s *scope, both, optional []*relation, depth int) string {
	on := &scope{parent: s.parent, relations: both}
	var all []string
	for _, r := range both {
		mayBind := slices.Contains(optional, r)
		if !mayBind && g.wrong > 0 && g.chance(15) {
			g.wrong, g.trapped, mayBind = g.wrong-1, true, true
		}
		if r.table != "" && !r.bound && mayBind && g.chance(60) {
			all = append(all, g.bind(on, r))
		}
	}
	if g.chance(70) {
		all = append(all, g.key(both[0])+" = "+g.key(both[len(both)-1]))
	}
	if len(all) == 0 || g.chance(20) {
		all = append(all, g.predicate(on, depth-1))
	}
	return " ON " + g.and(all)
}

func (g *generator) and(all []string) string {
	g.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	for i, c := range all {
		if g.chance(10) {
			all[i] = "(" + c + ")"
		}
	}
	text := strings.Join(all, " AND ")
	if g.odd && g.chance(10) {
		text = strings.Join(all, " && ")
	}
	return text
}

// relation is one operand of FROM.
func (g *generator) relation(s *scope, depth int) (string, *relation) {
	r := &relation{alias: g.alias(s)}
	if depth > 0 && g.chance(20) {
		r.columns = g.some("id", "n", "txt")
		if g.odd && g.chance(30) || g.wrong > 0 && g.chance(60) {
			r.columns = []string{"tenant_id", "id", "n"}
		}
		return "(" + g.limited(g.pickScope(s), depth-1, r.columns...) + ") " + g.pick("AS ", "") + r.alias, r
	}
	if len(g.ctes) > 0 && g.chance(40) {
		c := anyOf(g, g.ctes)
		r.columns = c.columns
		return c.alias + " " + r.alias, r
	}
	if g.chance(10) { // a shared table, which nothing binds
		r.columns = columns[1:]
		return "rates" + g.pick(" AS ", " ") + r.alias, r
	}
	if g.odd && g.chance(2) { // MySQL has this
		r.columns = []string{"id", "n", "txt"}
		return fmt.Sprintf("(VALUES ROW(%s, %s, %s), ROW(%s, 2, 'x')) AS %s (id, n, txt)", g.own("n"), g.own("n"), g.own("txt"), g.own("n"), r.alias), r
	}
	r.table, r.columns = g.table(), columns
	if r.alias == r.table || !slices.ContainsFunc(s.relations, func(o *relation) bool { return o.alias == r.table }) && g.chance(20) {
		r.alias = r.table
		return r.table + g.hint(r.table), r
	}
	return r.table + g.pick(" AS ", " ") + r.alias + g.hint(r.table), r
}

// hint names an index, at times.
func (g *generator) hint(table string) string {
	if !g.chance(8) {
		return ""
	}
	index := "PRIMARY"
	if table == "things" && g.odd {
		index = "n"
	}
	return g.pick(" USE INDEX ", " FORCE INDEX ", " USE KEY FOR JOIN ", " FORCE INDEX FOR JOIN ", " USE INDEX FOR ORDER BY ", " FORCE INDEX FOR GROUP BY ", " IGNORE INDEX FOR ORDER BY ", " IGNORE KEY FOR GROUP BY ") + "(" + index + ")"
}

// alias is a name that is new in its block, and may hide one of those around.
func (g *generator) alias(s *scope) string {
	for {
		name := anyOf(g, aliases)
		if !slices.ContainsFunc(s.relations, func(r *relation) bool { return r.alias == name }) || g.odd && g.chance(1) {
			return name
		}
	}
}

// where binds what is not bound yet.
func (g *generator) where(s *scope, depth int) string {
	var all []string
	for _, r := range s.relations {
		if r.table != "" && !r.bound {
			all = append(all, g.bind(s, r))
		}
	}
	for range g.IntN(3) {
		all = append(all, g.predicate(s, depth-1))
	}
	all = slices.DeleteFunc(all, func(c string) bool { return c == "" })
	if len(all) == 0 {
		return ""
	}
	return " WHERE " + g.and(all)
}

// bind is a condition that binds r, or only looks so.
func (g *generator) bind(s *scope, r *relation) string {
	r.bound = true
	column := g.column(r, "tenant_id")
	if g.wrong > 0 && g.chance(50) {
		g.wrong, g.trapped = g.wrong-1, true
		if g.chance(8) {
			s.having = append(s.having, column+" = 1")
			return ""
		}
		form := g.pick(traps...)
		if g.chance(20) {
			form = "$1 = $5"
		}
		return format(form, column, g.value(1), g.value(2), g.any(s, "n"), g.stranger(s, r))
	}
	if friend := g.friend(s, r); friend != "" && g.chance(40) {
		return format(g.pick("$1 = $2", "$2 = $1"), column, friend)
	}
	if !g.odd || g.chance(50) {
		return column + " = " + g.value(1)
	}
	return format(g.pick("$2 = $1", "$1 IN ($2)", "(($1) = ($2))", "$1=$2", "tenant_id = $2", "$1/* = 2 */= $2", "($3 = 1 AND 1 = 1 AND $1 = $2)", "$1 = $2 AND NOT $1 = 2", "$1 = $2 AND $1 IN ($2, 2)"),
		column, g.value(1), g.any(s, "n"))
}

// friend is the tenant of a table of this block that is bound.
func (g *generator) friend(s *scope, r *relation) string {
	for _, o := range s.relations {
		if o != r && o.table != "" && o.bound && g.chance(50) {
			return g.column(o, "tenant_id")
		}
	}
	return ""
}

// stranger is the tenant of something that need not be bound, or a number.
func (g *generator) stranger(s *scope, r *relation) string {
	var all []string
	for ; s != nil; s = s.parent {
		for _, o := range s.relations {
			if o != r && slices.Contains(o.columns, "tenant_id") {
				all = append(all, g.column(o, "tenant_id"))
				if o.table == "" {
					all = append(all, all[len(all)-1], all[len(all)-1])
				}
			}
		}
	}
	return g.pick(append(all, "tenant_id", g.column(r, "tenant_id"), g.value(1))...)
}

// traps look as if they bound %[1]s to the tenant %[2]s, which is not %[3]s. In
// some, tenant 2's rows pass only in one of the ways to read them.
var traps = strings.Split(strings.NewReplacer("\n", " ; ", `\n`, "\n").Replace(`1 = 1 ; $1 = $1 ; $1 <=> $2 ; $1 >= $2 ; $1 > 0 ; $1 <> 0 ; $1 != $3 ; $1 = $3 ; $1 IN ($2, $3) ; $1 IN ($3, $2) ; $1 BETWEEN $2 AND $3
$5 = $1 ; $1 <=> $5 ; $1 IN ($5) ; $1 IN ($2, $5) ; $5 = $1 ; $5 = $2
NOT $1 = $2 ; NOT ($1 = $2) ; !$1 = $2 ; ! ($1 = $2) ; - $1 = $2 ; ~$1 = $2 ; NOT NOT $1 = $2 ; NOT $1 <> $2 ; NOT !$1 = $2
($1 = $2 OR $4 = 1) ; $1 = $2 OR $4 > 0 ; $4 > 0 OR $1 = $2 ; $1 = $2 OR 1 ; $1 = $2 || 1 ; 1 || $1 = $2 ; $1 = $2 XOR $4 = 1 ; $4 = 1 XOR $1 = $2 ; $1 = $2 XOR 0 ; 1 XOR $1 = $2
CASE WHEN $4 > 1 THEN $1 = $2 ELSE 1 END ; CASE $1 WHEN $2 THEN 1 ELSE 1 END ; IF($1 = $2, 1, 1) ; IFNULL($1 = $2, 1) ; COALESCE($1 = $2) ; NULLIF($1 = $2, 5) ; ($1 = $2) = ($4 > 3)
$1 = $2 IS NULL ; $1 = $2 IS NOT NULL ; $1 = $2 IS NOT TRUE ; $1 = $2 IS FALSE ; $1 = $2 IS TRUE ; $1 IS NULL = $2 ; $1 IS NOT NULL = $2 ; $4 = 1 IS NULL = $1 = $2
$2 = $1 = $2 ; $1 = $1 = $2 ; $1 = $2 = 0 ; $1 = $2 = 1 ; $1 = $2 <> 1 ; $1 = $2 < 1 ; $1 = $2 <=> NULL ; $1 <> $2 = 0 ; 0 = $1 = $2 ; 1 < $1 = $2 ; $1 = $2 IN (0, 1) ; $1 = $2 IN (0) ; $1 = $2 NOT IN (0) ; $1 = $2 LIKE 0 ; $1 = $2 NOT LIKE 'x' ; $1 = $2 REGEXP 1 ; $1 = $2 SOUNDS LIKE 1
$1 = $2 BETWEEN 0 AND 1 ; $1 = $2 NOT BETWEEN 0 AND 1 ; $4 BETWEEN 0 AND $1 = $2 ; $4 BETWEEN $5 = $1 AND 9 ; $4 NOT BETWEEN 0 AND $1 = $2 ; $4 > 0 OR $4 BETWEEN 0 AND 1 AND $1 = $2 ; $4 LIKE '1' ESCAPE '|' OR $1 = $2
$1 = $2 + 1 ; $1 = $2 - 0 ; $1 = $2 | 2 ; $1 = $2 & 3 ; $1 = $2 ^ 3 ; $1 = $2 << 1 ; $1 = $2 * 2 ; $1 = $2 DIV 1 ; $1 = $2 % 2 ; $1 = $2 MOD 2 ; $1 + 0 = $2 ; $1 | 1 = $2 ; $1 & 1 = $2 ; $1 DIV 2 = $2 ; $1 % 2 = $2 ; $1 = -$2 ; $1 = +$2 ; $1 = ~$2 ; $1 = !$2 ; $1 = NOT $2 ; $1 = BINARY $2 ; $1 = ($2 + 1) ; $1 = $2 COLLATE utf8mb4_bin
$1 = $2--1 ; $1 = $2 --1 ; $1 = $2-- x\n ; $1 = $2- -1 ; $1 = $2 /* */ + 1 ; $1 = $2 /* AND 1 */ OR 1 ; $1 = $2 # x\n OR 1 ; /* $1 = 1 */ 1 = 1 ; '$1 = 1' ; "$1 = 1" <> '' ; 'it''s' <> '$1 = 1 ' ; '\'' <> ' AND $1 = 1 AND ' ; "a""" <> " AND $1 = 1" ; '\\' <> ' AND $1 = 1 '
$1 = '1' ; $1 = 1.0 ; $1 = 1e0 ; $1 = 0x1 ; $1 = x'01' ; $1 = b'1' ; $1 = 01 ; $1 = TRUE ; $1 = '1' '2' ; $1 = 1or 2 ; $1 = 1. ; $1 = 4294967297 ; $1 = '2x'
$1 = ANY (SELECT 1 UNION SELECT 2) ; $1 = ALL (SELECT 1 LIMIT 0) ; $1 = SOME (SELECT $3) ; $1 IN (SELECT 2) ; $1 IN (SELECT $2) ; $1 = (SELECT $3) ; (SELECT $1 = $2) IS NOT NULL ; EXISTS (SELECT 1 FROM DUAL WHERE $1 = $2) OR 1 ; EXISTS (SELECT 1 FROM DUAL WHERE $1 = $2) ; EXISTS (SELECT $1 = $2)
($1, 1) = (1, $2) ; ($1, $4) = ($4, $2) ; ($1, $2) IN ((1, 1), (2, 1)) ; ($4, $1) IN ((1, 1), (2, 1), (2, 2)) ; NOT ($1, 1) = ($2, 0) ; ($1, 1) >= ($2, 1) ; (1, $1) IN ((1, 2), (1, $2)) ; 1 IN ($1, $2) ; $2 IN ($1, 1) ; ($1, 1) <=> ($2, 1) ; ($1, $2) <> (1, 2)
tenant_id = $2 OR $4 ; tenant_id = tenant_id ; tenant_id >= $2 ; tenant_id = $5 ; tenant_id = $3 ; TENANT_ID = $2 ; x.tenant_id = $2 ; 'tenant_id' = $1
$1 SOUNDS LIKE $2 ; $1 = CAST($2 AS YEAR) ; CAST($1 AS SIGNED INT) = $2 ; CONVERT($1, UNSIGNED INT) = $2 ; MID($1, 1) = $2 ; $1 = MID($2, 1) ; WEIGHT_STRING($1) = WEIGHT_STRING($2) ; $1 IN (VALUES ROW($2)) ; $1 IN (SELECT $2 UNION SELECT 2 EXCEPT SELECT 3) ; $1 IN (SELECT 2 INTERSECT SELECT $3) ; ST_X(POINT($1, 1)) >= $2 ; $1 = $2 = (SELECT 1 EXCEPT SELECT $2)
$1 IN ($2) IS NOT NULL ; $1 IN ($2) = 0 ; $1 IN ($2) XOR 1 ; $1 NOT IN ($2) ; $1 NOT IN (0) ; $1 IN ($2) OR $4 ; $1 IN (NULL, 1, 2) ; $1 IN (1 + 1)`), " ; ")
