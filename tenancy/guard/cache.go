package guard

import (
	"database/sql/driver"
	"sync/atomic"

	lru "github.com/hashicorp/golang-lru/v2"
)

// sizes bound what texts can keep in memory: so many texts, each of at most so many bytes.
// In the worst case, which only an attacker makes, that is 64 MB for each size, and half
// as much for the texts that left it last. Longer ones are read anew each time.
var sizes = [...]struct{ texts, length int }{{2048, 32 << 10}, {256, 256 << 10}}

// Guard checks statements and remembers its verdicts by their text. It is safe for
// concurrent use. Texts that were seen once can push out only their like: a stream
// of unique texts leaves the verdicts of those in use alone.
type Guard struct {
	tables   Tables
	verdicts [len(sizes)]*lru.TwoQueueCache[string, verdict]
	required *lru.TwoQueueCache[string, []string] // by the statement before its WHERE

	proved, refused, parsed atomic.Uint64
}

type verdict struct {
	proof   *Proof
	refusal error
}

// New returns a guard of these tables.
func New(tables Tables) *Guard {
	g := &Guard{tables: tables}
	for i, size := range sizes {
		cache, err := lru.New2Q[string, verdict](size.texts)
		if err != nil {
			panic(err) // the sizes are constants
		}
		g.verdicts[i] = cache
	}
	var err error
	if g.required, err = lru.New2Q[string, []string](requiredTexts); err != nil {
		panic(err)
	}
	return g
}

// The cache of Required: at most requiredTexts statements of at most requiredLength bytes.
const requiredTexts, requiredLength = 512, 4 << 10

// Required calls the function Required for the guard's tables, and caches the result, which
// callers must not change.
func (g *Guard) Required(sql string) []string {
	aliases, ok := g.required.Get(sql)
	if !ok {
		aliases, _ = Required(g.tables, sql)
		if len(sql) <= requiredLength {
			g.required.Add(sql, aliases)
		}
	}
	return aliases
}

// Table returns the guard's entry for a table.
func (g *Guard) Table(name string) (t Table, ok bool) {
	t, ok = g.tables[name]
	return t, ok
}

// Check returns a *Refusal unless the statement, with these arguments, is proved to
// stay inside the tenant.
func (g *Guard) Check(tenant uint32, sql string, args []driver.NamedValue) error {
	proof, err := g.Prove(sql)
	if err == nil {
		err = withSQL(proof.Check(tenant, args), sql)
	}
	if err != nil {
		g.refused.Add(1)
		return err
	}
	g.proved.Add(1)
	return nil
}

// Prove is the function Prove for the guard's tables, with a memory.
func (g *Guard) Prove(sql string) (*Proof, error) {
	for i, size := range sizes {
		if len(sql) > size.length {
			continue
		}
		v, ok := g.verdicts[i].Get(sql)
		if !ok {
			v = g.read(sql)
			g.verdicts[i].Add(sql, v)
		}
		return v.proof, v.refusal
	}
	v := g.read(sql)
	return v.proof, v.refusal
}

func (g *Guard) read(sql string) (v verdict) {
	g.parsed.Add(1)
	v.proof, v.refusal = Prove(g.tables, sql)
	return v
}

// Counts are how many statements a guard proved, refused, and had to parse to know,
// since it was made.
type Counts struct{ Proved, Refused, Parsed uint64 }

// Counts returns the counters.
func (g *Guard) Counts() Counts {
	return Counts{Proved: g.proved.Load(), Refused: g.refused.Load(), Parsed: g.parsed.Load()}
}
