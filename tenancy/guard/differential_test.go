package guard_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"rowhouse/tenancy/guard"
)

var (
	fuzzFor  = flag.Duration("guard.for", 0, "how long to generate statements; 0 is for 2,000 statements")
	fuzzSeed = flag.Uint64("guard.seed", 1, "the seed of the generated statements")
)

// watermark matches values that only rows of tenant 2 have.
var watermark = regexp.MustCompile(`(?i)globex|70000000`)

// comparison runs statements in two databases: both has the rows of tenants 1 and 2, alone has only
// those of tenant 1.
type comparison struct {
	both, alone *database
	counts      map[string]int
	examples    map[string][]string
	// crashed is true if the server has crashed.
	crashed bool
}

// newComparison creates the databases.
func newComparison(t *testing.T) *comparison {
	t.Helper()
	r := &comparison{
		both: newDatabase(t, slices.Concat(generatedSchema, otherRows)...), alone: newDatabase(t, generatedSchema...),
		counts: map[string]int{}, examples: map[string][]string{},
	}
	return r
}

// addExample counts a result, and keeps its shortest examples.
func (r *comparison) addExample(result string, example any, st statement) {
	r.counts[result]++
	all := append(slices.Clone(r.examples[result]), fmt.Sprintf("%v\n\t%s\n\t%#v", example, st.sql, st.args))
	slices.SortFunc(all, func(a, b string) int { return len(a) - len(b) })
	r.examples[result] = all[:min(len(all), 5)]
}

// findLeak runs a statement that the guard accepts, and describes data of tenant 2 in its result. A
// difference that is absent with fewer optimizations is a bug of the server's optimizer.
func (r *comparison) findLeak(ctx context.Context, st statement) (leak string) {
	leak = r.compare(ctx, st)
	if leak == "" || watermark.MatchString(leak) || !r.setOptimizer(ctx, r.simpleOptimizer()) {
		return leak
	}
	defer r.setOptimizer(ctx, "default")
	if r.compare(ctx, st) == "" {
		r.addExample("differs in one plan only", leak, st)
		return ""
	}
	return leak
}

// simpleOptimizer returns settings without the optimizations with which MariaDB 10.11 and MySQL 9.7
// returned wrong rows.
func (r *comparison) simpleOptimizer() string {
	if r.both.isMySQL {
		return "semijoin=off,materialization=off,derived_merge=off,derived_condition_pushdown=off,index_merge=off,block_nested_loop=off"
	}
	return "rowid_filter=off,semijoin=off,materialization=off,derived_merge=off,split_materialized=off,index_merge=off," +
		"condition_pushdown_for_derived=off,condition_pushdown_for_subquery=off"
}

// setOptimizer sets optimizer_switch in both databases.
func (r *comparison) setOptimizer(ctx context.Context, flags string) bool {
	_, err := r.both.ExecContext(ctx, "SET optimizer_switch = '"+flags+"'")
	_, other := r.alone.ExecContext(ctx, "SET optimizer_switch = '"+flags+"'")
	return err == nil && other == nil
}

// compare runs a statement in both databases, counts the result and describes a leak.
func (r *comparison) compare(ctx context.Context, st statement) (leak string) {
	both, alone := r.both.runStatement(ctx, st), r.alone.runStatement(ctx, st)
	switch failed := errors.Join(both.err, alone.err); {
	case failed == nil:
		r.counts["ran"]++
		return r.describeLeak(st, both, alone)
	case r.both.PingContext(ctx) != nil || r.alone.PingContext(ctx) != nil:
		r.crashed = true
		r.addExample("the server crashed", failed, st)
	case both.err == nil || alone.err == nil: // the server evaluated rows that it left out later
		r.addExample("error in one database", failed, st)
	case watermark.MatchString(both.err.Error()) && !watermark.MatchString(alone.err.Error()):
		r.addExample("error with a watermark", both.err, st)
	default:
		r.addExample("error", both.err, st)
	}
	return ""
}

// describeLeak describes data of tenant 2 in an outcome: a watermark, or a difference between both
// databases.
func (r *comparison) describeLeak(st statement, both, alone outcome) string {
	if i := slices.IndexFunc(both.rows, watermark.MatchString); i >= 0 {
		return "the row " + both.rows[i]
	}
	switch {
	case !slices.Equal(both.rows, alone.rows):
		return fmt.Sprintf("the rows %q, and %q without tenant 2", both.rows, alone.rows)
	case both.affected != alone.affected:
		return fmt.Sprintf("%d rows affected, and %d without tenant 2", both.affected, alone.affected)
	case both.tenant1 != alone.tenant1:
		return fmt.Sprintf("tenant 1 has\n%s\nand without tenant 2\n%s", both.tenant1, alone.tenant1)
	case st.write && (both.others != r.both.otherTenants || alone.others != r.alone.otherTenants):
		return fmt.Sprintf("the other tenants have\n%s\nand without tenant 2\n%s", both.others, alone.others)
	}
	return ""
}

// checkForTenant1 returns the refusal of a statement for tenant 1, or nil.
func checkForTenant1(st statement) error {
	proof, err := guard.Prove(generatedTables, st.sql)
	if err != nil {
		return err
	}
	return proof.Check(1, namedArgs(st.args...))
}

// TestAcceptedStatementsLeakNothing runs generated statements that the guard accepts for tenant 1 in
// two databases: results and changes must not depend on the rows of tenant 2. For ten minutes:
//
//	go test ./tenancy/guard -run Leak -v -timeout 1h -guard.for=10m -guard.seed=2
func TestAcceptedStatementsLeakNothing(t *testing.T) {
	r := newComparison(t)
	n := uint64(0)
	start := time.Now()
	more := func() bool {
		if *fuzzFor == 0 { // the number does not depend on the machine
			return n < 2_000
		}
		return time.Since(start) < *fuzzFor
	}
	for ; more() && !r.crashed && r.counts["leaks"] < 10; n++ {
		st := generate(*fuzzSeed, n)
		if !r.countVerdict(st) {
			continue
		}
		if leak := r.findLeak(t.Context(), st); leak != "" {
			r.counts["leaks"]++
			t.Errorf("-guard.seed=%d, statement %d: %s\n%s\n%#v", *fuzzSeed, n, leak, st.sql, st.args)
			st = r.shrinkLeak(t.Context(), st)
			t.Logf("the shortest form is\n%s\n%#v", st.sql, st.args)
		}
	}
	r.reportCounts(t, int(n))
}

// countVerdict counts the verdict of the guard, and reports whether it accepts a statement.
func (r *comparison) countVerdict(st statement) bool {
	err := checkForTenant1(st)
	if st.plain {
		r.counts["plain"]++
	}
	switch {
	case err == nil:
		r.counts["accepted"]++
	case st.plain:
		r.addExample("plain and refused", err, st)
	default:
		r.counts["refused"]++
	}
	return err == nil
}

// reportCounts fails the test if too few statements ran, or if the guard refused too many that it must
// accept. A crash of the server is a bug of the server.
func (r *comparison) reportCounts(t *testing.T, n int) {
	t.Helper()
	t.Logf("generated %d: %v", n, r.counts)
	for result, examples := range r.examples {
		t.Logf("%s, %d times:\n%s", result, r.counts[result], strings.Join(examples, "\n"))
	}
	if ran := r.counts["ran"]; ran < n*4/10 || ran < 100 {
		t.Errorf("only %d of %d ran", ran, n)
	}
	if plain, refused := r.counts["plain"], r.counts["plain and refused"]; refused > plain/10 {
		t.Errorf("%d of %d plain statements were refused", refused, plain)
	}
}

// lexeme matches a token, a comment or blanks.
var lexeme = regexp.MustCompile("(?s)'(?:[^'\\\\]|\\\\.|'')*'|\"[^\"]*\"|`[^`]*`|/\\*.*?\\*/|\\w+|\\s+|.")

// shrinkLeak removes runs of tokens while the statement is accepted and leaks.
func (r *comparison) shrinkLeak(ctx context.Context, st statement) statement {
	unlogged := &comparison{both: r.both, alone: r.alone, counts: map[string]int{}, examples: map[string][]string{}}
	tokens := lexeme.FindAllString(st.sql, -1)
	deadline := time.Now().Add(20 * time.Second)
	for size := len(tokens) / 2; size > 0; size-- {
		for i := 0; i+size <= len(tokens) && time.Now().Before(deadline) && !unlogged.crashed; i++ {
			before, left := countPlaceholders(tokens[:i]), slices.Concat(tokens[:i], tokens[i+size:])
			after := before + countPlaceholders(tokens[i:i+size])
			if after > len(st.args) { // a ? is inside a comment
				return st
			}
			smaller := statement{sql: strings.Join(left, ""), args: slices.Concat(st.args[:before], st.args[after:]), write: st.write}
			if checkForTenant1(smaller) == nil && unlogged.findLeak(ctx, smaller) != "" {
				st, tokens = smaller, left
				i--
			}
		}
	}
	return st
}

// countPlaceholders returns the number of ? in tokens.
func countPlaceholders(tokens []string) (n int) {
	for _, s := range tokens {
		if s == "?" {
			n++
		}
	}
	return n
}
