package guard_test

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// statement is a generated statement.
type statement struct {
	sql  string
	args []any
	// plain is true if each table is bound in a way that the guard must accept.
	plain bool
	write bool
}

// generator makes statements that servers mostly accept. Each table is bound to tenant 1, or only
// seems to be (a trap). The rows of a result do not depend on the order in which a server reads rows.
type generator struct {
	*rand.Rand
	// exotic allows syntax that the guard may refuse.
	exotic bool
	// traps is the number of traps that the statement may still get; hasTrap is true if it has one.
	traps   int
	hasTrap bool
	// windows allows window functions: in a subquery of IN, ANY or ALL, MariaDB compares with
	// arbitrary values of its buffer.
	windows bool
	// started is true after the beginning, where WITH can be proved.
	started bool
	values  []any
	ctes    []*relation
}

// relation is a table, derived table or common table expression in FROM.
type relation struct {
	alias, table string
	columns      []string
	bound        bool
}

// scope is a query block with the names that it can use.
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

// generate returns statement n of a seed.
func generate(seed, n uint64) statement {
	g := &generator{Rand: rand.New(rand.NewPCG(seed, n))} //nolint:gosec // it has to be repeatable
	switch g.IntN(10) {
	case 0, 1, 2:
		g.exotic = true
	case 3, 4, 5:
		g.exotic, g.traps = g.hitChance(50), 1
	case 6:
		g.exotic, g.traps = true, 3
	}
	write := g.hitChance(35)
	g.started = write
	var text string
	if write {
		text = g.writeStatement()
	} else {
		text = g.writeLimited(nil, 3, g.pickSuffix("id", "n", "txt")...)
	}
	s := statement{write: write, plain: !g.exotic && !g.hasTrap}
	s.sql = placeholder.ReplaceAllStringFunc(text, func(m string) string {
		i, _ := strconv.Atoi(m[3 : len(m)-1])
		s.args = append(s.args, g.values[i])
		return "?"
	})
	return s
}

// placeholder matches an argument in a generated statement: its index in values.
var placeholder = regexp.MustCompile(`<\?:\d+>`)

// writeValue returns a value as an argument or a literal.
func (g *generator) writeValue(v any) string {
	if n, ok := v.(int); ok {
		v = int64(n)
	}
	if g.hitChance(50) {
		g.values = append(g.values, v)
		return fmt.Sprintf("<?:%d>", len(g.values)-1)
	}
	if s, ok := v.(string); ok {
		return "'" + strings.NewReplacer(`\`, `\\`, `'`, g.pickOne(`\'`, `''`)).Replace(s) + "'"
	}
	return fmt.Sprint(v)
}

// hitChance returns true in a percentage of calls.
func (g *generator) hitChance(percent int) bool { return g.IntN(100) < percent }

// pickOne returns a random element.
func (g *generator) pickOne(list ...string) string { return list[g.IntN(len(list))] }

// pickSuffix returns the elements from a random one on.
func (g *generator) pickSuffix(list ...string) []string { return list[g.IntN(len(list)):] }

// pickFrom returns a random element of a list.
func pickFrom[T any](g *generator, list []T) T { return list[g.IntN(len(list))] }

// pickTable returns the name of a tenant table.
func (g *generator) pickTable() string { return g.pickOne("boxes", "things", "parts", "codes") }

// ownValue returns a value of tenant 1's rows.
func (g *generator) ownValue(kind string) string { return g.writeValue(pickFrom(g, tenant1[kind])) }

// columnKind returns "txt" for a string column and "n" for an integer column.
func columnKind(column string) string {
	if column == "txt" {
		return "txt"
	}
	return "n"
}

// comparedValue returns a value for a condition, at times one of tenant 2's rows.
func (g *generator) comparedValue(kind string) string {
	if g.hitChance(20) {
		return g.writeValue(pickFrom(g, tenant2[kind]))
	}
	return g.ownValue(kind)
}

// writeColumn returns a column of r, at times in an unusual spelling.
func (g *generator) writeColumn(r *relation, name string) string {
	if g.exotic && g.hitChance(10) {
		return fmt.Sprintf(g.pickOne("`%s`.`%s`", "%s . %s", "`%s`.%s", "%s./* x */%s"), r.alias, name)
	}
	return r.alias + "." + name
}

// pickColumn returns a column of a kind that the block can use.
func (g *generator) pickColumn(s *scope, kind string) string {
	for s.parent != nil && g.hitChance(20) && len(s.parent.relations) > 0 {
		s = s.parent
	}
	r := pickFrom(g, s.relations)
	for range 5 {
		if c := pickFrom(g, r.columns); columnKind(c) == kind && (c != "tenant_id" || g.exotic && g.hitChance(30)) {
			return g.writeColumn(r, c)
		}
	}
	return g.ownValue(kind)
}

// pickKey returns a column of r for a join.
func (g *generator) pickKey(r *relation) string {
	for _, name := range g.pickSuffix("id", "ref", "tenant_id", "id", "n") {
		if slices.Contains(r.columns, name) {
			return g.writeColumn(r, name)
		}
	}
	return g.writeColumn(r, r.columns[0])
}
