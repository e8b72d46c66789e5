package guard_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

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
		body = fmt.Sprintf(g.pick("%s %s %s", "(%s) %s (%s)", "(%s) %s %s"), body, g.pick("UNION", "UNION ALL", "UNION DISTINCT", g.pick("INTERSECT", "EXCEPT", "EXCEPT ALL")), other)
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
		head += g.pick("DISTINCT ", "DISTINCTROW ", "ALL ", "SQL_BIG_RESULT ", "HIGH_PRIORITY ", "SQL_CALC_FOUND_ROWS STRAIGHT_JOIN ")
	}
	if mode >= 25 && g.chance(3) {
		tail += " WINDOW v AS (ORDER BY " + key + "), w AS (PARTITION BY " + g.any(&scope{relations: s.relations}, "n") + ")"
	}
	if g.odd && g.chance(2) {
		tail += g.pick(" FOR UPDATE OF ", " FOR SHARE OF ") + s.relations[0].alias
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
		forms = append(forms, "CONCAT($1, '/', $2)", "LOWER($1)", "REPLACE($1, 'c', $2)", "MID($1, 2)", "MID($1 FROM 1 FOR 3)",
			"HEX(WEIGHT_STRING($1))", "CHARSET($1)", "CAST($1 AS CHARACTER(3))", "ST_AsText(POINT($1, $2))")
	} else {
		forms = append(forms, "($1 + $2)", "($3)", "LENGTH($1)", "($1 = $2)", "EXISTS($4)", "CAST($1 AS SIGNED INT)", "CONVERT($1, UNSIGNED INT)",
			"ST_X(POINT($1, $2))", "ST_Within(POINT($1, $2), ST_GeomFromText('POLYGON((0 0, 0 9, 9 9, 9 0, 0 0))'))", "ST_Distance(POINT($1, $2), POINT(1, 1))")
	}
	if g.odd && g.chance(5) { // one server has these, or some rows have no result
		forms = []string{
			"CAST($1 AS YEAR)", "CAST($1 AS INT)", "CONVERT($1, DOUBLE PRECISION)", "ST_Distance_Sphere(POINT($1, 1), POINT(1, $2))",
			"JSON_SCHEMA_VALID('{}', JSON_QUOTE($1))", "ST_GeomFromText($1)", "ST_GeoHash($1, $2, 5)", "JSON_STORAGE_SIZE(JSON_QUOTE($1))", "VECTOR_DIM(TO_VECTOR($1))",
		}
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
