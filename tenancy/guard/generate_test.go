package guard_test

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// statement is one text that the generator made.
type statement struct {
	sql  string
	args []any
	// plain means that each table is bound in a way that the guard has to accept.
	plain bool
	write bool
}

// generator makes statements that a server mostly accepts, in which each table is
// bound to tenant 1 in a right way, or in one that only looks like it. What they
// return does not depend on the order in which a server reads rows.
type generator struct {
	*rand.Rand
	// odd allows ways that the guard may refuse, wrong is how many bindings may be
	// traps, and trapped says that one is.
	odd     bool
	wrong   int
	trapped bool
	// windows allows window functions: in a subquery of IN, ANY or ALL, MariaDB compares
	// with what its buffer happens to hold.
	windows bool
	begun   bool // a query has, so a WITH is not at the beginning
	values  []any
	ctes    []*relation
}

// relation is a table, or what stands for one, in the FROM of a block.
type relation struct {
	alias, table string
	columns      []string
	bound        bool
}

// scope is a block, as the names in it see it.
type scope struct {
	parent    *scope
	relations []*relation
	having    []string
}

var (
	columns = []string{"tenant_id", "id", "ref", "n", "txt"}
	aliases = []string{"a", "b", "c", "d", "e", "boxes", "things", "w"}
	tenant1 = map[string][]any{
		"n": {1, 2, 3, 4, 101, 102, 1001, 1002}, "txt": {"acme 1", "acme 2", "acme%", "", "it's -- \\"},
	}
	tenant2 = map[string][]any{"n": {2, 7000000001, 7000000002}, "txt": {"globex 1", "globex%"}}
)

// generate makes the statement of a seed.
func generate(seed, n uint64) statement {
	g := &generator{Rand: rand.New(rand.NewPCG(seed, n))} //nolint:gosec // it has to be repeatable
	switch g.IntN(10) {
	case 0, 1, 2:
		g.odd = true
	case 3, 4, 5:
		g.odd, g.wrong = g.chance(50), 1
	case 6:
		g.odd, g.wrong = true, 3
	}
	write := g.chance(35)
	g.begun = write
	var text string
	if write {
		text = g.write()
	} else {
		text = g.limited(nil, 3, g.some("id", "n", "txt")...)
	}
	s := statement{write: write, plain: !g.odd && !g.trapped}
	s.sql = placeholder.ReplaceAllStringFunc(text, func(m string) string {
		i, _ := strconv.Atoi(m[3 : len(m)-1])
		s.args = append(s.args, g.values[i])
		return "?"
	})
	return s
}

// placeholder stands for a ? until the order of the arguments is known.
var placeholder = regexp.MustCompile(`<\?:\d+>`)

func (g *generator) value(v any) string {
	if n, ok := v.(int); ok {
		v = int64(n)
	}
	if g.chance(50) {
		g.values = append(g.values, v)
		return fmt.Sprintf("<?:%d>", len(g.values)-1)
	}
	if s, ok := v.(string); ok {
		return "'" + strings.NewReplacer(`\`, `\\`, `'`, g.pick(`\'`, `''`)).Replace(s) + "'"
	}
	return fmt.Sprint(v)
}

func (g *generator) chance(percent int) bool      { return g.IntN(100) < percent }
func (g *generator) pick(list ...string) string   { return list[g.IntN(len(list))] }
func (g *generator) some(list ...string) []string { return list[g.IntN(len(list)):] }
func (g *generator) own(kind string) string       { return g.value(anyOf(g, tenant1[kind])) }
func (g *generator) table() string                { return g.pick("boxes", "things", "parts", "codes") }
func anyOf[T any](g *generator, list []T) T       { return list[g.IntN(len(list))] }
func kindOf(column string) string {
	if column == "txt" {
		return "txt"
	}
	return "n"
}

// compared is a value for a condition, which may be a guess at tenant 2's.
func (g *generator) compared(kind string) string {
	if g.chance(20) {
		return g.value(anyOf(g, tenant2[kind]))
	}
	return g.own(kind)
}

// column spells a column of r.
func (g *generator) column(r *relation, name string) string {
	if g.odd && g.chance(10) {
		return fmt.Sprintf(g.pick("`%s`.`%s`", "%s . %s", "`%s`.%s", "%s./* x */%s"), r.alias, name)
	}
	return r.alias + "." + name
}

// any is some column of a kind that the block sees.
func (g *generator) any(s *scope, kind string) string {
	for s.parent != nil && g.chance(20) && len(s.parent.relations) > 0 {
		s = s.parent
	}
	r := anyOf(g, s.relations)
	for range 5 {
		if c := anyOf(g, r.columns); kindOf(c) == kind && (c != "tenant_id" || g.odd && g.chance(30)) {
			return g.column(r, c)
		}
	}
	return g.own(kind)
}

// key is a number of r that refers to others, or that others refer to, or its text.
func (g *generator) key(r *relation) string {
	for _, name := range g.some("id", "ref", "tenant_id", "id", "n") {
		if slices.Contains(r.columns, name) {
			return g.column(r, name)
		}
	}
	return g.column(r, r.columns[0])
}

// query is a SELECT or UNION with these columns.
func (g *generator) query(parent *scope, depth int, want ...string) string {
	known := len(g.ctes)
	defer func() { g.ctes = g.ctes[:known] }()
	with, atBeginning := "", !g.begun
	g.begun = true
	if depth > 0 && (atBeginning && g.chance(30) || g.odd && g.chance(3)) { // the guard accepts the former
		with = g.with(depth - 1)
	}
	body := g.selection(parent, depth, want)
	if depth > 0 && g.chance(12) {
		other := g.selection(parent, depth-1, want)
		body = fmt.Sprintf(g.pick("%s %s %s", "(%s) %s (%s)", "(%s) %s %s"), body, g.pick("UNION", "UNION ALL", "UNION DISTINCT"), other)
	}
	return with + body
}

// limited is a query that may have a LIMIT.
func (g *generator) limited(parent *scope, depth int, want ...string) string {
	defer func(before bool) { g.windows = before }(g.windows)
	g.windows = true
	q := g.query(parent, depth, want...)
	if g.chance(30) {
		return g.first(q, len(want), g.value(1+g.IntN(6)))
	}
	return q
}

// first limits a query in a way that can mean one set of rows only.
func (g *generator) first(query string, columns int, limit string) string {
	if strings.Contains(query, "ROLLUP") { // MariaDB refuses to order these
		query = "SELECT * FROM (" + query + ") AS rolled"
	}
	return query + " ORDER BY " + strings.Join([]string{"1", "2", "3"}[:columns], ", ") + " LIMIT " + limit
}

// with is a WITH clause, and makes its relation visible. It names nothing outside:
// MariaDB 10.11 dies of that.
func (g *generator) with(depth int) string {
	c := &relation{alias: g.pick("w", "x", "y", "a"), columns: []string{"id", "n", "txt"}}
	if g.odd && g.chance(30) || g.wrong > 0 && g.chance(60) {
		c.columns[1] = "tenant_id"
	}
	defer func() { g.ctes = append(g.ctes, c) }()
	head := fmt.Sprintf("%s (%s) AS ", c.alias, strings.Join(c.columns, ", "))
	if !g.chance(40) {
		return "WITH " + g.pick(head, c.alias+" AS ") + "(" + g.limited(nil, depth, c.columns...) + ") "
	}
	// A chain of references ends, because UNION drops what it has seen.
	s, r := &scope{}, &relation{alias: g.pick("b", "c"), table: g.table(), columns: columns}
	s.relations = []*relation{r, {alias: c.alias, columns: c.columns}}
	step := fmt.Sprintf("SELECT %s.ref, %s.n, %s.txt FROM %s JOIN %s ON %s.id = %s.id", r.alias, r.alias, r.alias, r.table+" "+r.alias, c.alias, r.alias, c.alias)
	return "WITH RECURSIVE " + head + "(" + g.selection(nil, depth, []string{"id", "n", "txt"}) + " UNION " + step + g.where(s, 0) + ") "
}

// pickScope is mostly no scope: MariaDB lets no derived table look outside.
func (g *generator) pickScope(s *scope) *scope {
	if g.odd && g.chance(10) {
		return s
	}
	return nil
}

// selection is a SELECT.
func (g *generator) selection(parent *scope, depth int, want []string) string {
	s := &scope{parent: parent}
	from, _ := g.from(s, 1+min(g.IntN(3), g.IntN(3)), depth)
	tail := g.where(s, depth)
	mode, list := g.IntN(100), make([]string, len(want))
	key := g.key(anyOf(g, s.relations))
	for i, name := range want {
		list[i] = g.output(s, name, key, mode, depth) + " AS " + name
	}
	head := "SELECT "
	switch {
	case mode < 15:
		tail += " GROUP BY " + key + g.pick("", "", " WITH ROLLUP")
		if len(s.having) > 0 || g.chance(50) {
			tail += " HAVING " + strings.Join(append(s.having, g.pick("COUNT(*) > 0", "MAX(1) = 1 AND MIN("+key+") > 0")), " AND ")
		}
	case mode < 25: // one row
	case len(s.having) > 0:
		tail += " HAVING " + strings.Join(s.having, " AND ")
	case mode < 40:
		head += g.pick("DISTINCT ", "DISTINCTROW ", "ALL ", "SQL_BIG_RESULT ")
	}
	return head + strings.Join(list, ", ") + " FROM " + from + tail
}

// output is an expression of the select list.
func (g *generator) output(s *scope, name, key string, mode, depth int) string {
	kind := kindOf(name)
	switch {
	case name == "tenant_id" && mode >= 25:
		if r := anyOf(g, s.relations); slices.Contains(r.columns, name) && (g.wrong == 0 || g.chance(50)) {
			return g.column(r, name)
		}
		return g.pick(g.value(1), g.value(2))
	case mode < 15 && kind == "n" && g.chance(50):
		return key
	case mode < 25:
		return g.aggregate(s, kind)
	case mode > 95 && g.windows:
		return g.pick("RANK() OVER (ORDER BY "+key+")", g.any(s, kind))
	case mode > 90 && g.windows: // by itself: MariaDB mixes up the rows of two windows
		return g.pick("MAX("+g.any(&scope{relations: s.relations}, kind)+") OVER (PARTITION BY "+key+")", g.any(s, kind))
	}
	return g.expression(s, kind, depth)
}

func (g *generator) aggregate(s *scope, kind string) string {
	arg := g.any(&scope{relations: s.relations}, kind)
	if kind == "txt" && g.odd && g.chance(10) {
		return "GROUP_CONCAT(" + arg + " ORDER BY " + g.scalar(s, "n", 0) + ", " + arg + ")"
	}
	if kind == "txt" {
		return fmt.Sprintf(g.pick("MAX(%s)", "MIN(%s)", "GROUP_CONCAT(%[1]s ORDER BY %[1]s SEPARATOR '|')"), arg)
	}
	return fmt.Sprintf(g.pick("MAX(%s)", "MIN(%s)", "SUM(%s)", "COUNT(%s)", "COUNT(DISTINCT %s)", "COUNT(%s)", "BIT_XOR(%s)"), arg)
}

// expression is a value that each row has.
func (g *generator) expression(s *scope, kind string, depth int) string {
	if depth <= 0 || g.chance(60) {
		return g.any(s, kind)
	}
	if g.chance(40) {
		return g.scalar(s, kind, depth-1)
	}
	forms := []string{"IFNULL($1, $2)", "COALESCE($1, $2)", "CASE WHEN $3 THEN $1 ELSE $2 END", "IF($3, $1, $2)", "NULLIF($1, $2)"}
	if kind == "txt" {
		forms = append(forms, "CONCAT($1, '/', $2)", "LOWER($1)", "REPLACE($1, 'c', $2)")
	} else {
		forms = append(forms, "($1 + $2)", "($3)", "LENGTH($1)", "($1 = $2)", "EXISTS($4)")
	}
	return format(g.pick(forms...), g.expression(s, kind, depth-1), g.own(kind),
		func() string { return g.predicate(s, depth-1) }, func() string { return g.query(s, depth-1, "n") })
}

// part is a part of a form: $1 is the first.
var part = regexp.MustCompile(`\$\d`)

// format fills in a form with the parts that it names: texts, or functions that make
// one.
func format(form string, parts ...any) string {
	return part.ReplaceAllStringFunc(form, func(m string) string {
		if late, ok := parts[m[1]-'1'].(func() string); ok {
			return late()
		}
		return parts[m[1]-'1'].(string)
	})
}

// scalar is a subquery with one row at most.
func (g *generator) scalar(s *scope, kind string, depth int) string {
	if g.chance(20) {
		return "(" + g.first(g.query(s, depth, kind), 1, "1") + ")"
	}
	inner := &scope{parent: s}
	from, _ := g.from(inner, 1+g.IntN(2), depth)
	return "(SELECT " + g.aggregate(inner, kind) + " FROM " + from + g.where(inner, depth) + ")"
}

// predicate is a condition.
func (g *generator) predicate(s *scope, depth int) string {
	kind := g.pick("n", "n", "txt")
	a, b := g.any(s, kind), g.compared(kind)
	forms := []string{
		"$1 = $2", "$1 <> $2", "$1 >= $2", "$1 < $2", "$1 <=> $2", "$1 IS NOT NULL", "NOT $1 = $2", "$1 IN ($2, $4)", "$1 NOT IN ($2)",
		"$1 BETWEEN $2 AND $4", "$1 NOT BETWEEN $2 AND $4", "($1 = $2 OR $3 = $4)", "$1 = $3", "$1 LIKE $2", "NOT ($1 < $2)", "($1 > $2 XOR $3 IS NULL)",
	}
	if g.odd {
		forms = append(forms, "'tenant_id = 2 -- ' <> $1", `'it\'s /*' <> $1 /* ' */`, "$1 <> 'x''y#'", "$1 = $2 /* OR 1 = 1 */", "$1 = $2 -- OR 1\n", "$1 = $2 # x\n", "($1, $2) = ($3, $4)", "NOT !($1 = $2)", "$1 SOUNDS LIKE $2", "($1 = $2) IS NOT TRUE", "$1 LIKE $2 ESCAPE '|'")
	}
	defer func(before bool) { g.windows = before }(g.windows)
	g.windows = false
	if depth > 0 && g.chance(40) {
		forms = []string{"$1 IN ($5)", "EXISTS ($5)", "NOT EXISTS ($5)", "$1 NOT IN ($5)", "$1 = ANY ($5)", "$1 > ALL ($5)", "$1 <> SOME ($5)", "($1, $2) IN ($6)", "$7 >= $2"}
	}
	return format(g.pick(forms...), a, b, g.any(s, kind), g.compared(kind), func() string { return g.query(s, depth-1, kind) },
		func() string { return g.query(s, depth-1, kind, "n") }, func() string { return g.scalar(s, kind, depth-1) })
}

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
		text = left + g.pick(" NATURAL JOIN ", " NATURAL LEFT JOIN ", " NATURAL RIGHT JOIN ") + right
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
	r.table, r.columns = g.table(), columns
	if r.alias == r.table || !slices.ContainsFunc(s.relations, func(o *relation) bool { return o.alias == r.table }) && g.chance(20) {
		r.alias = r.table
		return r.table, r
	}
	return r.table + g.pick(" AS ", " ") + r.alias, r
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

// friend is the tenant of a table that is bound, in this block or one around it.
func (g *generator) friend(s *scope, r *relation) string {
	for outer := s; outer != nil; outer = outer.parent {
		for _, o := range outer.relations {
			hidden := outer != s && slices.ContainsFunc(s.relations, func(in *relation) bool { return in.alias == o.alias })
			if o != r && o.table != "" && o.bound && !hidden && g.chance(50) {
				return g.column(o, "tenant_id")
			}
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
$1 IN ($2) IS NOT NULL ; $1 IN ($2) = 0 ; $1 IN ($2) XOR 1 ; $1 NOT IN ($2) ; $1 NOT IN (0) ; $1 IN ($2) OR $4 ; $1 IN (NULL, 1, 2) ; $1 IN (1 + 1)`), " ; ")

// write is an INSERT, REPLACE, UPDATE or DELETE.
func (g *generator) write() string {
	switch g.IntN(10) {
	case 0, 1:
		return g.upsert(g.insert())
	case 2, 3:
		return g.upsert(g.insertSelect())
	case 4, 5, 6:
		return g.update()
	}
	return g.delete()
}

// verb is an INSERT INTO, or what stands for it. It replaces where the guard lets it.
func (g *generator) verb() string {
	table := g.table()
	verb := g.pick("INSERT INTO ", "INSERT INTO ", "INSERT ", "INSERT IGNORE INTO ", "REPLACE INTO ")
	if verb == "REPLACE INTO " && table == "codes" && !g.odd {
		verb = "INSERT "
	}
	return verb + table + " "
}

// inserted are the columns of an INSERT, and its values by column.
func (g *generator) inserted(values map[string]string) (names, list []string) {
	names = slices.Clone(columns)
	g.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	for _, name := range names {
		list = append(list, values[name])
	}
	return names, list
}

// newTenant is the value of tenant_id in a new row.
func (g *generator) newTenant() string {
	if g.wrong > 0 && g.chance(50) {
		g.wrong, g.trapped = g.wrong-1, true
		return g.pick(g.value(2), "1 + 1", "tenant_id", "(SELECT 2)", "NULL", "'2'", "-1", "DEFAULT", "1 = 1", "2 | 1")
	}
	return g.value(1)
}

func (g *generator) insert() string {
	row := func() map[string]string {
		values := map[string]string{"tenant_id": g.newTenant(), "id": g.value(g.IntN(6) + anyOf(g, []int{0, 0, 10, 100, 2000})), "ref": g.pick("NULL", g.value(1)), "n": g.own("n"), "txt": g.own("txt")}
		if kind := g.pick("n", "txt"); g.chance(30) {
			values[kind] = g.scalar(nil, kind, 1)
		}
		return values
	}
	names, list := g.inserted(row())
	if g.chance(20) {
		for i, name := range names {
			list[i] = name + " = " + list[i]
		}
		return g.verb() + "SET " + strings.Join(list, ", ")
	}
	rows := []string{"(" + strings.Join(list, ", ") + ")"}
	for range g.IntN(3) {
		values, more := row(), []string{}
		for _, name := range names {
			more = append(more, values[name])
		}
		rows = append(rows, "("+strings.Join(more, ", ")+")")
	}
	return g.verb() + "(" + strings.Join(names, ", ") + ") VALUES " + strings.Join(rows, ", ")
}

// upsert is what INSERT does instead, sometimes.
func (g *generator) upsert(insert string) string {
	if !g.chance(25) || !strings.HasPrefix(insert, "INSERT") || !g.odd && strings.Contains(insert, " codes ") {
		return insert
	}
	set := []string{"n = VALUES(n)", "n = " + g.own("n"), "txt = VALUES(txt), ref = NULL", "txt = " + g.scalar(nil, "txt", 1)}
	return insert + " ON DUPLICATE KEY UPDATE " + g.pick(set...)
}

// tables is the FROM of a write, and one of the tables in it, if there is one.
func (g *generator) tables(s *scope, depth int) (from string, target *relation) {
	from, all := g.from(s, 1+g.IntN(3), depth)
	all = slices.DeleteFunc(slices.Clone(all), func(r *relation) bool { return r.table == "" })
	if len(all) > 0 {
		target = anyOf(g, all)
	}
	return from, target
}

// insertSelect takes each row of one table once.
func (g *generator) insertSelect() string {
	s := &scope{}
	from, r := g.tables(s, 2)
	if r == nil {
		return g.insert()
	}
	tenant := g.newTenant()
	if o := anyOf(g, s.relations); g.chance(50) && slices.Contains(o.columns, "tenant_id") {
		tenant = g.column(o, "tenant_id")
	}
	names, list := g.inserted(map[string]string{
		"tenant_id": tenant, "id": g.column(r, "id") + " + " + g.value(g.IntN(2)*5000),
		"ref": "NULL", "n": g.pick(g.column(r, "n"), g.own("n")), "txt": g.pick(g.column(r, "txt"), g.own("txt")),
	})
	return g.verb() + "(" + strings.Join(names, ", ") + ") SELECT DISTINCT " + strings.Join(list, ", ") + " FROM " + from + g.where(s, 2)
}

// update sets values that come of the row itself, or of no row in particular.
func (g *generator) update() string {
	s := &scope{}
	if g.chance(50) {
		r := &relation{alias: g.table(), columns: columns}
		r.table, s.relations = r.alias, []*relation{r}
		return g.ordered("UPDATE " + g.pick("", "", "IGNORE ") + r.table + g.set(s, r, 2) + g.where(s, 2))
	}
	from, r := g.tables(s, 2)
	if r == nil {
		return g.delete()
	}
	return "UPDATE " + from + g.set(&scope{relations: []*relation{r}}, r, 1) + g.where(s, 2)
}

func (g *generator) set(s *scope, r *relation, depth int) string {
	set := []string{g.column(r, "n") + " = " + g.expression(s, "n", depth)}
	if g.chance(30) {
		set = append(set, g.column(r, "txt")+" = "+g.expression(s, "txt", depth))
	}
	if g.chance(10) {
		set = append(set, g.column(r, "ref")+" = NULL")
	}
	if g.wrong > 0 && g.chance(5) {
		g.wrong, g.trapped = g.wrong-1, true
		set = append(set, g.column(r, "tenant_id")+" = 1")
	}
	return " SET " + strings.Join(set, ", ")
}

// ordered orders a write at times, rarely one with a subquery, which the guard refuses.
func (g *generator) ordered(write string) string {
	if g.chance(66) || strings.Contains(write, "SELECT") && !(g.odd && g.chance(10)) {
		return write
	}
	return write + " ORDER BY tenant_id, id LIMIT 2"
}

func (g *generator) delete() string {
	s := &scope{}
	if g.chance(40) {
		r := &relation{alias: g.table(), columns: columns}
		r.table, s.relations = r.alias, []*relation{r}
		return g.ordered("DELETE FROM " + r.table + g.where(s, 2))
	}
	from, r := g.tables(s, 2)
	if r == nil {
		return g.update()
	}
	return fmt.Sprintf(g.pick("DELETE %s FROM %s", "DELETE FROM %s USING %s"), r.alias, from) + g.where(s, 2)
}
