package guard_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// writeQuery returns a SELECT or a set operation with these columns.
func (g *generator) writeQuery(parent *scope, depth int, want ...string) string {
	known := len(g.ctes)
	defer func() { g.ctes = g.ctes[:known] }()
	with, atBeginning := "", !g.started
	g.started = true
	if depth > 0 && (atBeginning && g.hitChance(30) || g.exotic && g.hitChance(3)) { // the guard accepts WITH at the beginning
		with = g.writeWith(depth - 1)
	}
	body := g.writeSelect(parent, depth, want)
	if depth > 0 && g.hitChance(12) {
		other := g.writeSelect(parent, depth-1, want)
		form := g.pickOne("%s %s %s", "(%s) %s (%s)", "(%s) %s %s")
		rare := g.pickOne("INTERSECT", "EXCEPT", "EXCEPT ALL")
		body = fmt.Sprintf(form, body, g.pickOne("UNION", "UNION ALL", "UNION DISTINCT", rare), other)
	}
	return with + body
}

// writeLimited returns a query that may have a LIMIT and window functions.
func (g *generator) writeLimited(parent *scope, depth int, want ...string) string {
	defer func(before bool) { g.windows = before }(g.windows)
	g.windows = true
	q := g.writeQuery(parent, depth, want...)
	if g.hitChance(30) {
		return g.limitQuery(q, len(want), g.writeValue(1+g.IntN(6)))
	}
	return q
}

// limitQuery adds ORDER BY and LIMIT to a query, so that its rows are always the same.
func (g *generator) limitQuery(query string, columns int, limit string) string {
	if strings.Contains(query, "ROLLUP") { // MariaDB refuses to order these
		query = "SELECT * FROM (" + query + ") AS rolled"
	}
	return query + " ORDER BY " + strings.Join([]string{"1", "2", "3"}[:columns], ", ") + " LIMIT " + limit
}

// writeWith returns a WITH clause, and adds its common table expression. It uses no tables of an
// outer query, which crash MariaDB 10.11.
func (g *generator) writeWith(depth int) string {
	c := &relation{alias: g.pickOne("w", "x", "y", "a"), columns: []string{"id", "n", "txt"}}
	if g.exotic && g.hitChance(30) || g.traps > 0 && g.hitChance(60) {
		c.columns[1] = "tenant_id"
	}
	defer func() { g.ctes = append(g.ctes, c) }()
	head := fmt.Sprintf("%s (%s) AS ", c.alias, strings.Join(c.columns, ", "))
	if !g.hitChance(40) {
		return "WITH " + g.pickOne(head, c.alias+" AS ") + "(" + g.writeLimited(nil, depth, c.columns...) + ") "
	}
	// A chain of references ends because UNION drops duplicates.
	s, r := &scope{}, &relation{alias: g.pickOne("b", "c"), table: g.pickTable(), columns: columns}
	s.relations = []*relation{r, {alias: c.alias, columns: c.columns}}
	step := fmt.Sprintf("SELECT %[1]s.ref, %[1]s.n, %[1]s.txt FROM %[2]s %[1]s JOIN %[3]s ON %[1]s.id = %[3]s.id",
		r.alias, r.table, c.alias)
	return "WITH RECURSIVE " + head + "(" + g.writeSelect(nil, depth, []string{"id", "n", "txt"}) +
		" UNION " + step + g.writeWhere(s, 0) + ") "
}

// pickOuter returns the outer scope of a derived table, mostly nil: MariaDB has no LATERAL.
func (g *generator) pickOuter(s *scope) *scope {
	if g.exotic && g.hitChance(10) {
		return s
	}
	return nil
}

// writeSelect returns a SELECT with these columns.
func (g *generator) writeSelect(parent *scope, depth int, want []string) string {
	s := &scope{parent: parent}
	from, _ := g.writeFrom(s, 1+min(g.IntN(3), g.IntN(3)), depth)
	tail := g.writeWhere(s, depth)
	mode, list := g.IntN(100), make([]string, len(want))
	key := g.pickKey(pickFrom(g, s.relations))
	for i, name := range want {
		list[i] = g.writeOutput(s, name, key, mode, depth) + " AS " + name
	}
	head := "SELECT "
	switch {
	case mode < 15:
		tail += " GROUP BY " + key + g.pickOne("", "", " WITH ROLLUP")
		if len(s.having) > 0 || g.hitChance(50) {
			tail += " HAVING " + strings.Join(append(s.having, g.pickOne("COUNT(*) > 0", "MAX(1) = 1 AND MIN("+key+") > 0")), " AND ")
		}
	case mode < 25: // one row
	case len(s.having) > 0:
		tail += " HAVING " + strings.Join(s.having, " AND ")
	case mode < 40:
		head += g.pickOne("DISTINCT ", "DISTINCTROW ", "ALL ", "SQL_BIG_RESULT ", "HIGH_PRIORITY ", "SQL_CALC_FOUND_ROWS STRAIGHT_JOIN ")
	}
	if mode >= 25 && g.hitChance(3) {
		tail += " WINDOW v AS (ORDER BY " + key + "), w AS (PARTITION BY " + g.pickColumn(&scope{relations: s.relations}, "n") + ")"
	}
	if g.exotic && g.hitChance(2) {
		tail += g.pickOne(" FOR UPDATE OF ", " FOR SHARE OF ") + s.relations[0].alias
	}
	return head + strings.Join(list, ", ") + " FROM " + from + tail
}

// writeOutput returns an expression for the list of a SELECT.
func (g *generator) writeOutput(s *scope, name, key string, mode, depth int) string {
	kind := columnKind(name)
	switch {
	case name == "tenant_id" && mode >= 25:
		if r := pickFrom(g, s.relations); slices.Contains(r.columns, name) && (g.traps == 0 || g.hitChance(50)) {
			return g.writeColumn(r, name)
		}
		return g.pickOne(g.writeValue(1), g.writeValue(2))
	case mode < 15 && kind == "n" && g.hitChance(50):
		return key
	case mode < 25:
		return g.writeAggregate(s, kind)
	case mode > 95 && g.windows:
		return g.pickOne("RANK() OVER (ORDER BY "+key+")", g.pickColumn(s, kind))
	case mode > 90 && g.windows: // only one: MariaDB confuses the rows of two windows
		return g.pickOne("MAX("+g.pickColumn(&scope{relations: s.relations}, kind)+") OVER (PARTITION BY "+key+")", g.pickColumn(s, kind))
	}
	return g.writeExpression(s, kind, depth)
}

// writeAggregate returns a call of an aggregate function.
func (g *generator) writeAggregate(s *scope, kind string) string {
	arg := g.pickColumn(&scope{relations: s.relations}, kind)
	if kind == "txt" && g.exotic && g.hitChance(10) {
		return "GROUP_CONCAT(" + arg + " ORDER BY " + g.writeScalar(s, "n", 0) + ", " + arg + ")"
	}
	if kind == "txt" {
		return fmt.Sprintf(g.pickOne("MAX(%s)", "MIN(%s)", "GROUP_CONCAT(%[1]s ORDER BY %[1]s SEPARATOR '|')"), arg)
	}
	return fmt.Sprintf(g.pickOne("MAX(%s)", "MIN(%s)", "SUM(%s)", "COUNT(%s)", "COUNT(DISTINCT %s)", "COUNT(%s)", "BIT_XOR(%s)"), arg)
}

// writeExpression returns an expression on the columns of the block.
func (g *generator) writeExpression(s *scope, kind string, depth int) string {
	if depth <= 0 || g.hitChance(60) {
		return g.pickColumn(s, kind)
	}
	if g.hitChance(40) {
		return g.writeScalar(s, kind, depth-1)
	}
	forms := []string{"IFNULL($1, $2)", "COALESCE($1, $2)", "CASE WHEN $3 THEN $1 ELSE $2 END", "IF($3, $1, $2)", "NULLIF($1, $2)"}
	if kind == "txt" {
		forms = append(forms, "CONCAT($1, '/', $2)", "LOWER($1)", "REPLACE($1, 'c', $2)", "MID($1, 2)", "MID($1 FROM 1 FOR 3)",
			"HEX(WEIGHT_STRING($1))", "CHARSET($1)", "CAST($1 AS CHARACTER(3))", "ST_AsText(POINT($1, $2))")
	} else {
		forms = append(forms, "($1 + $2)", "($3)", "LENGTH($1)", "($1 = $2)", "EXISTS($4)",
			"CAST($1 AS SIGNED INT)", "CONVERT($1, UNSIGNED INT)",
			"ST_X(POINT($1, $2))", "ST_Within(POINT($1, $2), ST_GeomFromText('POLYGON((0 0, 0 9, 9 9, 9 0, 0 0))'))",
			"ST_Distance(POINT($1, $2), POINT(1, 1))")
	}
	if g.exotic && g.hitChance(5) { // syntax of one product, or functions that fail for some values
		forms = []string{
			"CAST($1 AS YEAR)", "CAST($1 AS INT)", "CONVERT($1, DOUBLE PRECISION)", "ST_Distance_Sphere(POINT($1, 1), POINT(1, $2))",
			"JSON_SCHEMA_VALID('{}', JSON_QUOTE($1))", "ST_GeomFromText($1)", "ST_GeoHash($1, $2, 5)",
			"JSON_STORAGE_SIZE(JSON_QUOTE($1))", "VECTOR_DIM(TO_VECTOR($1))",
		}
	}
	return fillForm(g.pickOne(forms...), g.writeExpression(s, kind, depth-1), g.ownValue(kind),
		func() string { return g.writePredicate(s, depth-1) }, func() string { return g.writeQuery(s, depth-1, "n") })
}

// part matches a part of a form: $1 is the first.
var part = regexp.MustCompile(`\$\d`)

// fillForm replaces the parts of a form by strings, or by the results of functions.
func fillForm(form string, parts ...any) string {
	return part.ReplaceAllStringFunc(form, func(m string) string {
		if late, ok := parts[m[1]-'1'].(func() string); ok {
			return late()
		}
		return parts[m[1]-'1'].(string)
	})
}

// writeScalar returns a subquery of at most one row.
func (g *generator) writeScalar(s *scope, kind string, depth int) string {
	if g.hitChance(20) {
		return "(" + g.limitQuery(g.writeQuery(s, depth, kind), 1, "1") + ")"
	}
	inner := &scope{parent: s}
	from, _ := g.writeFrom(inner, 1+g.IntN(2), depth)
	return "(SELECT " + g.writeAggregate(inner, kind) + " FROM " + from + g.writeWhere(inner, depth) + ")"
}

// writePredicate returns a condition, which binds no table.
func (g *generator) writePredicate(s *scope, depth int) string {
	kind := g.pickOne("n", "n", "txt")
	a, b := g.pickColumn(s, kind), g.comparedValue(kind)
	forms := []string{
		"$1 = $2", "$1 <> $2", "$1 >= $2", "$1 < $2", "$1 <=> $2", "$1 IS NOT NULL", "NOT $1 = $2", "$1 IN ($2, $4)", "$1 NOT IN ($2)",
		"$1 BETWEEN $2 AND $4", "$1 NOT BETWEEN $2 AND $4", "($1 = $2 OR $3 = $4)", "$1 = $3", "$1 LIKE $2",
		"NOT ($1 < $2)", "($1 > $2 XOR $3 IS NULL)",
	}
	if g.exotic {
		forms = append(forms, "'tenant_id = 2 -- ' <> $1", `'it\'s /*' <> $1 /* ' */`, "$1 <> 'x''y#'", "$1 = $2 /* OR 1 = 1 */",
			"$1 = $2 -- OR 1\n", "$1 = $2 # x\n", "($1, $2) = ($3, $4)", "NOT !($1 = $2)", "$1 SOUNDS LIKE $2",
			"($1 = $2) IS NOT TRUE", "$1 LIKE $2 ESCAPE '|'")
	}
	defer func(before bool) { g.windows = before }(g.windows)
	g.windows = false
	if depth > 0 && g.hitChance(40) {
		forms = []string{
			"$1 IN ($5)", "EXISTS ($5)", "NOT EXISTS ($5)", "$1 NOT IN ($5)", "$1 = ANY ($5)", "$1 > ALL ($5)", "$1 <> SOME ($5)",
			"($1, $2) IN ($6)", "$7 >= $2",
		}
	}
	return fillForm(g.pickOne(forms...), a, b, g.pickColumn(s, kind), g.comparedValue(kind),
		func() string { return g.writeQuery(s, depth-1, kind) },
		func() string { return g.writeQuery(s, depth-1, kind, "n") }, func() string { return g.writeScalar(s, kind, depth-1) })
}
