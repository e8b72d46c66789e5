package guard_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"flag"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"rowhouse/model/dbtest"
	"rowhouse/tenancy"
	"rowhouse/tenancy/guard"
)

var (
	fuzzFor  = flag.Duration("guard.for", 0, "how long the guard is tried with generated statements; 0 means 2,000 of them")
	fuzzSeed = flag.Uint64("guard.seed", 1, "where the generated statements start")
)

// fuzzed are the tables of generated statements. Those of codes have no number that
// is unique inside the tenant only; rates is shared.
var fuzzed = guard.Tables{"boxes": {Keyed: true}, "things": {Keyed: true}, "parts": {Keyed: true}, "codes": {}, "rates": {Shared: true}}

// schema makes the tables, with the rows of tenant 1.
var schema = strings.Split(`CREATE TABLE boxes (tenant_id INT UNSIGNED NOT NULL, id BIGINT NOT NULL, ref BIGINT, n BIGINT NOT NULL, txt VARCHAR(200),
	PRIMARY KEY (tenant_id, id), KEY (tenant_id, n));
CREATE TABLE things (tenant_id INT UNSIGNED NOT NULL, id BIGINT NOT NULL, ref BIGINT, n BIGINT NOT NULL, txt VARCHAR(200),
	PRIMARY KEY (tenant_id, id), KEY (n), FOREIGN KEY (tenant_id, ref) REFERENCES boxes (tenant_id, id));
CREATE TABLE parts (tenant_id INT UNSIGNED NOT NULL, id BIGINT NOT NULL, ref BIGINT, n BIGINT NOT NULL, txt VARCHAR(200),
	PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, ref, n));
CREATE TABLE codes (tenant_id INT UNSIGNED NOT NULL, id BIGINT NOT NULL PRIMARY KEY, ref BIGINT, n BIGINT NOT NULL, txt VARCHAR(200),
	KEY (tenant_id, id), KEY (txt));
CREATE TABLE rates (id BIGINT NOT NULL PRIMARY KEY, ref BIGINT, n BIGINT NOT NULL, txt VARCHAR(200), KEY (n));
CREATE TABLE w (tenant_id INT UNSIGNED, id BIGINT, n BIGINT, txt VARCHAR(200));
CREATE TABLE x LIKE w;
CREATE TABLE y LIKE w;
INSERT INTO boxes VALUES (1, 1, 2, 1001, 'acme 1'), (1, 2, 3, 1002, 'acme 2'), (1, 3, NULL, 1001, 'acme 3'), (1, 101, 1, 1003, NULL);
INSERT INTO rates VALUES (1, 2, 1001, 'acme 1'), (2, 1, 2, NULL), (3, NULL, 1002, 'rate'), (101, 3, 1, 'acme 2');
INSERT INTO things VALUES (1, 1, 1, 1001, 'acme 1'), (1, 2, NULL, 2, 'acme 2'), (1, 3, NULL, 1002, 'acme%'), (1, 102, NULL, 1004, 'acme');
INSERT INTO parts VALUES (1, 1, 2, 1001, 'acme 1'), (1, 2, 2, 1002, 'acme 2'), (1, 4, NULL, 1, 'acme 4'), (1, 101, 102, 1001, 'acme 1');
INSERT INTO codes VALUES (1, 1, 2, 1001, 'acme 1'), (1, 2, 1, 1002, 'acme 2'), (1, 3, NULL, 3, NULL), (1, 101, 3, 1001, 'acme 1')`, ";")

// others are tenant 2's rows. Each text and number, and each id that tenant 1 has
// not, carries a watermark; the ids that both have are for joins by them alone.
var others = strings.Split(`INSERT INTO boxes VALUES (2, 1, 2, 7000000001, 'globex 1'), (2, 2, NULL, 7000000002, 'globex 2'), (2, 7000000001, 1, 7000000001, 'globex 1');
INSERT INTO things VALUES (2, 1, 1, 7000000001, 'globex 1'), (2, 2, NULL, 7000000002, 'globex%'), (2, 7000000002, 2, 7000000003, 'globex 3');
INSERT INTO parts VALUES (2, 1, 1, 7000000001, 'globex 1'), (2, 4, 2, 7000000002, 'globex 2'), (2, 7000000001, NULL, 7000000001, 'globex 1');
INSERT INTO codes VALUES (2, 7000000001, 1, 7000000001, 'globex 1'), (2, 7000000002, 2, 7000000002, 'globex 2'), (2, 7000000003, NULL, 1001, 'globex 1');
INSERT INTO w VALUES (1, 1, 7000000001, 'globex 1'), (2, 2, 7000000002, 'globex 2');
INSERT INTO x SELECT * FROM w;
INSERT INTO y SELECT * FROM w`, ";")

var watermark = regexp.MustCompile(`(?i)globex|70000000`)

// side is one of two databases that differ in tenant 2's rows only.
type side struct {
	*sql.Conn
	untouched string // what is not tenant 1's
}

func newSide(t *testing.T, statements ...string) *side {
	t.Helper()
	config, err := tenancy.ParseDSN(dbtest.Empty(t))
	if err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("mysql", config.FormatDSN())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s := &side{Conn: conn}
	for _, ddl := range append(statements, "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED") {
		if _, err := conn.ExecContext(t.Context(), ddl); err != nil {
			t.Fatalf("%v\n%s", err, ddl)
		}
	}
	if _, err := conn.ExecContext(t.Context(), "SET max_statement_time = 2"); err != nil { // MariaDB's
		if _, err := conn.ExecContext(t.Context(), "SET max_execution_time = 2000"); err != nil { // MySQL's, for SELECT
			t.Fatal(err)
		}
	}
	s.untouched, err = s.dump(t.Context(), "<> 1")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// outcome is what a statement did, in a transaction that is gone.
type outcome struct {
	rows        []string
	affected    int64
	mine, other string // after a write: tenant 1's rows, and the others
	err         error
}

func (s *side) run(ctx context.Context, st statement) (o outcome) {
	if _, o.err = s.ExecContext(ctx, "BEGIN"); o.err != nil {
		return o
	}
	defer func() {
		if _, err := s.ExecContext(ctx, "ROLLBACK"); err != nil {
			o.err = err
		}
	}()
	if !st.write {
		o.rows, o.err = allRows(s.QueryContext(ctx, st.sql, st.args...))
		slices.Sort(o.rows)
		return o
	}
	result, err := s.ExecContext(ctx, st.sql, st.args...)
	if err != nil {
		return outcome{err: err}
	}
	if o.affected, o.err = result.RowsAffected(); o.err != nil {
		return o
	}
	if o.mine, o.err = s.dump(ctx, "= 1"); o.err == nil {
		o.other, o.err = s.dump(ctx, "<> 1")
	}
	return o
}

// dump returns all rows of some tenants. Shared rows belong to the other tenants' dump, since no
// tenant can write them.
func (s *side) dump(ctx context.Context, tenants string) (string, error) {
	query := ""
	if tenants != "= 1" {
		query = " UNION ALL SELECT 'rates', 0, id, ref, n, txt FROM rates"
	}
	for table, t := range fuzzed {
		if t.Shared {
			continue
		}
		query += fmt.Sprintf(" UNION ALL SELECT '%s', tenant_id, id, ref, n, txt FROM %[1]s WHERE tenant_id %[2]s", table, tenants)
	}
	rows, err := allRows(s.QueryContext(ctx, strings.TrimPrefix(query, " UNION ALL ")+" ORDER BY 1, 2, 3"))
	return strings.Join(rows, "\n"), err
}

// allRows returns each row as a text.
func allRows(rows *sql.Rows, err error) ([]string, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	var all []string
	cells, to := make([]sql.NullString, len(names)), make([]any, len(names))
	for i := range cells {
		to[i] = &cells[i]
	}
	for rows.Next() {
		if err := rows.Scan(to...); err != nil {
			return nil, err
		}
		var row []string
		for _, c := range cells {
			if !c.Valid {
				c.String = "NULL"
			}
			row = append(row, c.String)
		}
		all = append(all, strings.Join(row, "|"))
	}
	return all, rows.Err()
}

// rig tries statements on both sides.
type rig struct {
	full, twin *side
	mysql      bool
	counts     map[string]int
	gone       bool // the server
	examples   map[string][]string
}

func newRig(t *testing.T) *rig {
	t.Helper()
	r := &rig{
		full: newSide(t, slices.Concat(schema, others)...), twin: newSide(t, schema...),
		counts: map[string]int{}, examples: map[string][]string{},
	}
	var version string
	if err := r.full.QueryRowContext(t.Context(), "SELECT VERSION()").Scan(&version); err != nil {
		t.Fatal(err)
	}
	r.mysql = !strings.Contains(version, "MariaDB")
	return r
}

// count keeps the shortest examples.
func (r *rig) count(what string, example any, st statement) {
	r.counts[what]++
	all := append(slices.Clone(r.examples[what]), fmt.Sprintf("%v\n\t%s\n\t%#v", example, st.sql, st.args))
	slices.SortFunc(all, func(a, b string) int { return len(a) - len(b) })
	r.examples[what] = all[:min(len(all), 5)]
}

// try runs a statement that the guard accepts, and says what of tenant 2 came out. A
// difference that is gone in a simpler plan is a bug of the server's optimizer.
func (r *rig) try(ctx context.Context, st statement) (leak string) {
	leak = r.once(ctx, st)
	if leak == "" || watermark.MatchString(leak) || !r.plan(ctx, r.simple()) {
		return leak
	}
	defer r.plan(ctx, "default")
	if r.once(ctx, st) == "" {
		r.count("differs in one plan only", leak, st)
		return ""
	}
	return leak
}

// simple turns off optimizations with which MariaDB 10.11 and MySQL 9.7 returned too few rows, or
// too many.
func (r *rig) simple() string {
	if r.mysql {
		return "semijoin=off,materialization=off,derived_merge=off,derived_condition_pushdown=off,index_merge=off,block_nested_loop=off"
	}
	return "rowid_filter=off,semijoin=off,materialization=off,derived_merge=off,split_materialized=off,index_merge=off,condition_pushdown_for_derived=off,condition_pushdown_for_subquery=off"
}

func (r *rig) plan(ctx context.Context, flags string) bool {
	_, err := r.full.ExecContext(ctx, "SET optimizer_switch = '"+flags+"'")
	_, other := r.twin.ExecContext(ctx, "SET optimizer_switch = '"+flags+"'")
	return err == nil && other == nil
}

func (r *rig) once(ctx context.Context, st statement) (leak string) {
	full, twin := r.full.run(ctx, st), r.twin.run(ctx, st)
	switch failed := errors.Join(full.err, twin.err); {
	case failed == nil:
		r.counts["ran"]++
		return r.leak(st, full, twin)
	case r.full.PingContext(ctx) != nil || r.twin.PingContext(ctx) != nil:
		r.gone = true
		r.count("the server is gone", failed, st)
	case full.err == nil || twin.err == nil: // it looked at rows that it then left out
		r.count("error on one side", failed, st)
	case watermark.MatchString(full.err.Error()) && !watermark.MatchString(twin.err.Error()):
		r.count("error with a watermark", full.err, st)
	default:
		r.count("error", full.err, st)
	}
	return ""
}

// leak says what of tenant 2 is in an outcome, by its watermark or because it is not
// there without tenant 2's rows.
func (r *rig) leak(st statement, full, twin outcome) string {
	if i := slices.IndexFunc(full.rows, watermark.MatchString); i >= 0 {
		return "the row " + full.rows[i]
	}
	switch {
	case !slices.Equal(full.rows, twin.rows):
		return fmt.Sprintf("the rows %q, and %q without tenant 2", full.rows, twin.rows)
	case full.affected != twin.affected:
		return fmt.Sprintf("%d rows affected, and %d without tenant 2", full.affected, twin.affected)
	case full.mine != twin.mine:
		return fmt.Sprintf("tenant 1 has\n%s\nand without tenant 2\n%s", full.mine, twin.mine)
	case st.write && (full.other != r.full.untouched || twin.other != r.twin.untouched):
		return fmt.Sprintf("others have\n%s\nand without tenant 2\n%s", full.other, twin.other)
	}
	return ""
}

// accepts asks the guard for tenant 1.
func accepts(st statement) error {
	proof, err := guard.Prove(fuzzed, st.sql)
	if err != nil {
		return err
	}
	args := make([]driver.NamedValue, len(st.args))
	for i, v := range st.args {
		args[i] = driver.NamedValue{Ordinal: i + 1, Value: v}
	}
	return proof.Check(1, args)
}

// TestTheGuardAcceptsNothingThatLeaks runs what the guard accepts for tenant 1 on two
// databases: what comes out, and what changes, must not depend on tenant 2's rows.
// For ten minutes: go test ./tenancy/guard -run Leaks -v -timeout 1h -guard.for=10m -guard.seed=2
func TestTheGuardAcceptsNothingThatLeaks(t *testing.T) {
	r := newRig(t)
	n := uint64(0)
	start := time.Now()
	more := func() bool {
		if *fuzzFor == 0 { // as many on a slow machine as on a fast one
			return n < 2_000
		}
		return time.Since(start) < *fuzzFor
	}
	for ; more() && !r.gone && r.counts["leaks"] < 10; n++ {
		st := generate(*fuzzSeed, n)
		if !r.judge(st) {
			continue
		}
		if what := r.try(t.Context(), st); what != "" {
			r.counts["leaks"]++
			t.Errorf("-guard.seed=%d, statement %d: %s\n%s\n%#v", *fuzzSeed, n, what, st.sql, st.args)
			st = r.shrink(t.Context(), st)
			t.Logf("that is\n%s\n%#v", st.sql, st.args)
		}
	}
	r.report(t, int(n))
}

// judge counts what the guard says.
func (r *rig) judge(st statement) bool {
	err := accepts(st)
	if st.plain {
		r.counts["plain"]++
	}
	switch {
	case err == nil:
		r.counts["accepted"]++
	case st.plain:
		r.count("plain and refused", err, st)
	default:
		r.counts["refused"]++
	}
	return err == nil
}

// report fails if too little ran, which would find nothing, or if the guard refuses
// what it has no reason to. A server that is gone is a bug of the server's.
func (r *rig) report(t *testing.T, n int) {
	t.Helper()
	t.Logf("generated %d: %v", n, r.counts)
	for what, examples := range r.examples {
		t.Logf("%s, %d times:\n%s", what, r.counts[what], strings.Join(examples, "\n"))
	}
	if ran := r.counts["ran"]; ran < n*4/10 || ran < 100 {
		t.Errorf("only %d of %d ran", ran, n)
	}
	if plain, refused := r.counts["plain"], r.counts["plain and refused"]; refused > plain/10 {
		t.Errorf("%d of %d plain ones were refused", refused, plain)
	}
}

var lexeme = regexp.MustCompile("(?s)'(?:[^'\\\\]|\\\\.|'')*'|\"[^\"]*\"|`[^`]*`|/\\*.*?\\*/|\\w+|\\s+|.")

// shrink leaves out runs of tokens as long as the statement is accepted and leaks.
func (r *rig) shrink(ctx context.Context, st statement) statement {
	quiet := &rig{full: r.full, twin: r.twin, counts: map[string]int{}, examples: map[string][]string{}}
	tokens := lexeme.FindAllString(st.sql, -1)
	deadline := time.Now().Add(20 * time.Second)
	for size := len(tokens) / 2; size > 0; size-- {
		for i := 0; i+size <= len(tokens) && time.Now().Before(deadline) && !quiet.gone; i++ {
			before, left := marks(tokens[:i]), slices.Concat(tokens[:i], tokens[i+size:])
			after := before + marks(tokens[i:i+size])
			if after > len(st.args) { // one stands in a comment
				return st
			}
			smaller := statement{sql: strings.Join(left, ""), args: slices.Concat(st.args[:before], st.args[after:]), write: st.write}
			if accepts(smaller) == nil && quiet.try(ctx, smaller) != "" {
				st, tokens = smaller, left
				i--
			}
		}
	}
	return st
}

func marks(tokens []string) (n int) {
	for _, s := range tokens {
		if s == "?" {
			n++
		}
	}
	return n
}
