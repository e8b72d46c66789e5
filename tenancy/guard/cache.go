package guard

import (
	"database/sql/driver"
	"sync/atomic"

	lru "github.com/hashicorp/golang-lru/v2"
)

// cacheSizes limits each cache of verdicts: at most this number of statements, of at most this
// number of bytes each. A statement is in the first cache for its length; a longer one is proved
// anew each time. In the worst case, which only an attacker causes, the statements take 64 MB in
// each cache, and 32 MB in its list of evicted keys.
var cacheSizes = [...]struct{ statements, bytes int }{
	{statements: 2048, bytes: 32 << 10},
	{statements: 256, bytes: 256 << 10},
}

// requiredCacheSize and requiredCacheBytes limit the cache of RequiredAliases in the same way.
const requiredCacheSize, requiredCacheBytes = 512, 4 << 10

// Guard checks statements, and caches proofs and refusals by the text of the statement. It is safe
// for concurrent use. Its caches are scan-resistant (2Q): a stream of new statements does not evict
// frequent ones.
type Guard struct {
	tables   Tables
	verdicts [len(cacheSizes)]*lru.TwoQueueCache[string, verdict]
	required *lru.TwoQueueCache[string, []string]

	proved, refused, parsed atomic.Uint64
}

// verdict is the result of Prove.
type verdict struct {
	proof *Proof
	err   error
}

// New returns a guard for these tables.
func New(tables Tables) *Guard {
	g := &Guard{tables: tables, required: newCache[[]string](requiredCacheSize)}
	for i, size := range cacheSizes {
		g.verdicts[i] = newCache[verdict](size.statements)
	}
	return g
}

// newCache returns a cache of n entries. It panics if n is not positive.
func newCache[V any](n int) *lru.TwoQueueCache[string, V] {
	cache, err := lru.New2Q[string, V](n)
	if err != nil {
		panic(err)
	}
	return cache
}

// Check returns a *Refusal unless the statement with these arguments is proved to stay inside the
// tenant.
func (g *Guard) Check(tenant uint32, sql string, args []driver.NamedValue) error {
	proof, err := g.Prove(sql)
	if err == nil {
		err = addSQL(proof.Check(tenant, args), sql)
	}
	if err != nil {
		g.refused.Add(1)
		return err
	}
	g.proved.Add(1)
	return nil
}

// Prove calls the function Prove for the guard's tables, and caches the result.
func (g *Guard) Prove(sql string) (*Proof, error) {
	for i, size := range cacheSizes {
		if len(sql) > size.bytes {
			continue
		}
		v, ok := g.verdicts[i].Get(sql)
		if !ok {
			v = g.proveUncached(sql)
			g.verdicts[i].Add(sql, v)
		}
		return v.proof, v.err
	}
	v := g.proveUncached(sql)
	return v.proof, v.err
}

// proveUncached calls Prove and counts the call.
func (g *Guard) proveUncached(sql string) (v verdict) {
	g.parsed.Add(1)
	v.proof, v.err = Prove(g.tables, sql)
	return v
}

// RequiredAliases calls the function RequiredAliases for the guard's tables, and caches the result,
// which callers must not change. It returns nil where the function fails.
func (g *Guard) RequiredAliases(sql string) []string {
	aliases, ok := g.required.Get(sql)
	if !ok {
		aliases, _ = RequiredAliases(g.tables, sql)
		if len(sql) <= requiredCacheBytes {
			g.required.Add(sql, aliases)
		}
	}
	return aliases
}

// Table returns the guard's entry for a table, and whether there is one.
func (g *Guard) Table(name string) (t Table, ok bool) {
	t, ok = g.tables[name]
	return t, ok
}

// Counts are the numbers of statements proved, refused and parsed since New. A guard parses a
// statement unless it is in a cache.
type Counts struct{ Proved, Refused, Parsed uint64 }

// Counts returns the counts so far.
func (g *Guard) Counts() Counts {
	return Counts{Proved: g.proved.Load(), Refused: g.refused.Load(), Parsed: g.parsed.Load()}
}
