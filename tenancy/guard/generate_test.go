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
