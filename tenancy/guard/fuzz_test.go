package guard_test

import (
	"errors"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"rowhouse/tenancy/guard"
)

// FuzzProve looks for a text that the guard neither proves nor refuses, or not in time.
func FuzzProve(f *testing.F) {
	for n := range uint64(100) {
		f.Add([]byte(generate(0, n).sql))
	}
	for _, c := range counterexamples {
		f.Add([]byte(c.sql))
	}
	for _, trap := range traps {
		f.Add([]byte("SELECT * FROM boxes WHERE " + format(trap, "boxes.tenant_id", "1", "?", "boxes.n", "x.tenant_id")))
	}
	for _, text := range []string{
		"", ";", "\x00", "\xff", "'", `"`, "`", "/*", "/*!50000 SELECT 1 */", "--", "-- ", "#", "?", ":v1", "@a", "@@x", "0x", "1e", "x'", "_utf8'a'", "N'a'",
		"SELECT 1; SELECT 2", "SAVEPOINT a", "ROLLBACK TO a", "RELEASE SAVEPOINT a", "SET a = 1", "SHOW TABLES", "EXPLAIN SELECT 1", "CALL a()", "BEGIN", "VALUES ROW(1)",
		"CREATE TABLE a (b INT)", "ALTER TABLE a ADD b INT", "TRUNCATE a", "LOCK TABLES a READ", "LOAD DATA INFILE 'a' INTO TABLE b", "DO SLEEP(1)", "KILL 1", "USE a",
		"SELECT * FROM boxes PARTITION (p) WHERE tenant_id = 1 FOR UPDATE", "SELECT * FROM JSON_TABLE('[]', '$[*]' COLUMNS(a INT PATH '$')) j", "SELECT 1 INTO OUTFILE 'a'",
		"SELECT * FROM a WINDOW w AS (PARTITION BY b)", "SELECT CAST('a' AS CHAR CHARACTER SET latin1) COLLATE utf8mb4_bin", "SELECT * FROM LATERAL (SELECT 1) a",
	} {
		f.Add([]byte(text))
	}
	for _, c := range calls(f) {
		f.Add([]byte(c.sql))
	}
	for _, file := range []string{"testdata/honest.sql", "testdata/rules.sql", "testdata/limits.sql"} {
		for _, e := range read(f, file) {
			f.Add([]byte(e.sql))
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		start := time.Now()
		first := verdict(t, string(text))
		if took, most := time.Since(start), 5*time.Second+time.Duration(len(text))*50*time.Microsecond; took > most {
			t.Errorf("%d bytes took %s", len(text), took)
		}
		if second := verdict(t, string(text)); first != second {
			t.Errorf("first %q, then %q", first, second)
		}
	})
}

// verdict is what the guard says of a text: nothing, or why it refuses.
func verdict(t *testing.T, text string) string {
	t.Helper()
	defer func() {
		if p := recover(); p != nil {
			t.Errorf("the guard panics on %.200q: %v", text, p)
		}
	}()
	proof, err := guard.Prove(fuzzed, text)
	var refusal *guard.Refusal
	switch {
	case err == nil && proof != nil:
		if err := proof.Check(0, nil); err == nil {
			t.Error("it passes without a tenant")
		}
		_ = proof.Check(1, nil) // too few arguments, mostly
		return ""
	case !errors.As(err, &refusal) || refusal.SQL != text || refusal.Reason == "" || proof != nil:
		t.Fatalf("neither a proof nor a refusal: %v, %v", proof, err)
	}
	return err.Error()
}

// hostileTails are what comes after a table in a text, by what they repeat: a head, what
// comes again and again (# is a number that grows), and a tail.
var hostileTails = [][3]string{
	{"WHERE 1", " AND 1"},
	{"WHERE (1", " OR 1", ")"},
	{"WHERE (1", " XOR 1", ")"},
	{"WHERE 1", "=1"},
	{"WHERE 1", "+1"},
	{"WHERE 1", " IS NULL"},
	{"WHERE 'a'", " COLLATE b"},
	{"WHERE a", "->'$'"},
	{"WHERE ", "NOT ", "1"},
	{"WHERE ", "!", "1"},
	{"WHERE ", "- ", "1"},
	{"WHERE ", "~", "1"},
	{"WHERE ", "BINARY ", "1"},
	{"WHERE ", "INTERVAL ", "1"},
	{"WHERE ", "("},
	{"WHERE ((((", ")"},
	{"WHERE ", "CASE "},
	{"WHERE ", "CASE WHEN 1 THEN ", "1"},
	{"WHERE ", "EXISTS(SELECT "},
	{"WHERE 1 IN (1", ",1", ")"},
	{"WHERE 1", " BETWEEN 1 AND 1"},
	{"WHERE ", "ABS(", "1"},
	{"WHERE (1,1) IN ((1,1)", ",(1,1)", ")"},
	{"WHERE tenant_id IN (1", ",1", ")"},
	{"WHERE (tenant_id", ",n", ") = (1)"},
	{"WHERE ", "'a' ", "= 'a'"},
	{"WHERE '", "''", "'"},
	{"WHERE `", "a", "`"},
	{"WHERE 1", "/**/"},
	{"WHERE 1", "--"},
	{"WHERE 1", " "},
	{"WHERE 1/*", "*", "*/"},
	{"WHERE ", "1"},
	{"WHERE a", ".a"},
	{"WHERE 1", ";"},
	{"WHERE tenant_id = 1", " AND tenant_id = 1"},
	{"WHERE tenant_id = 1", " AND boxes.tenant_id = boxes.tenant_id"},
	{"", ",boxes"},
	{"", ",boxes b#"},
	{"", " JOIN boxes b#"},
	{"", " JOIN boxes b# ON 1"},
	{"", " JOIN boxes b# USING (tenant_id)"},
	{"", " LEFT JOIN boxes b#", " ON 1 ON 1"},
	{"", " LEFT JOIN boxes b# ON b#.tenant_id = boxes.tenant_id", " WHERE boxes.tenant_id = 1"},
	{"", " NATURAL JOIN boxes b#"},
	{"", ",(", "boxes b"},
	{"", ",(SELECT 1) b#"},
	{"", " WINDOW a# AS ()"},
	{"", ",JSON_TABLE('', '$' COLUMNS(a INT PATH '$')) b#"},
	{"", ",JSON_TABLE('', '$' COLUMNS(", "NESTED PATH '$' COLUMNS("},
	{"", " UNION SELECT 1"},
	{"", " GROUP BY 1", ",1"},
	{"", " ORDER BY 1", ",1"},
	{"", " USE INDEX (a)"},
	{"WHERE 'a'", " SOUNDS LIKE 'b'"},
	{"WHERE ", "MID("},
	{"WHERE ", "CAST(", "1"},
	{"WHERE CAST(1 AS YEAR)", "=CAST(1 AS YEAR)"},
	{"WHERE 1", " OF a"},
	{"FOR UPDATE OF a", ",a"},
	{"", " INTERSECT SELECT 1"},
	{"WINDOW a AS ()", ",a# AS ()"},
	{"", " NATURAL INNER JOIN boxes b#"},
	{"WHERE ", "{"},
	{"WHERE 1", "\n"},
}

// hostileTexts are the same, from the start.
var hostileTexts = [][3]string{
	{"SELECT 1", ",1"},
	{"", "(SELECT 1) UNION ", "(SELECT 1)"},
	{"", "SELECT * FROM (", "SELECT 1"},
	{"WITH a AS (SELECT 1)", ",a# AS (SELECT 1)", " SELECT 1"},
	{"WITH a AS (SELECT 1)", ",a# AS (SELECT * FROM a)", " SELECT 1"},
	{"", "WITH a# AS (", "SELECT 1"},
	{"INSERT INTO boxes (tenant_id) VALUES (1)", ",(1)"},
	{"INSERT INTO boxes (tenant_id) VALUES (?)", ",(?)"},
	{"INSERT INTO boxes (tenant_id", ",n", ") VALUES (1)"},
	{"INSERT INTO boxes (tenant_id) SELECT 1", " UNION SELECT 1"},
	{"UPDATE boxes SET n=1", ",n=1", " WHERE tenant_id = 1"},
	{"DELETE", " QUICK", " FROM boxes"},
	{"VALUES ROW(1)", ",ROW(1)"},
	{"DELETE boxes", ",boxes", " FROM boxes WHERE tenant_id = 1"},
	{"DELETE b0 FROM boxes b0", ",boxes b#", " WHERE b0.tenant_id = 1"},
	{"SELECT * FROM boxes b0 WHERE 1", " AND b#.tenant_id = 1"},
}

// TestALongTextCostsLittle bounds the time and the memory that a text can cost, as
// long as the guard reads at all.
func TestALongTextCostsLittle(t *testing.T) {
	size := 64 << 10
	if *fuzzFor >= time.Minute {
		size = 1 << 20
	}
	texts := slices.Clone(hostileTexts)
	for _, h := range hostileTails {
		texts = append(texts, [3]string{"SELECT * FROM boxes " + h[0], h[1], h[2]})
	}
	for _, h := range texts {
		text := repeat(h[0], h[1], h[2], size)
		took, mb, why := cost(t, text)
		if took > 5*time.Second+time.Duration(size)*5*time.Microsecond || mb > uint64(50+size>>12) {
			t.Errorf("%q: %s and %d MB: %.80s", h, took, mb, why)
		}
	}
}

// repeat fills a text up to a size.
func repeat(head, again, tail string, size int) string {
	var b strings.Builder
	b.WriteString(head)
	for n := 1; b.Len()+len(again)+len(tail)+10 < size; n++ {
		b.WriteString(strings.ReplaceAll(again, "#", strconv.Itoa(n)))
	}
	b.WriteString(tail)
	return b.String()
}

// cost is what one verdict takes.
func cost(t *testing.T, text string) (took time.Duration, mb uint64, why string) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := time.Now()
	why = verdict(t, text)
	took = time.Since(start)
	runtime.ReadMemStats(&after)
	return took, (after.TotalAlloc - before.TotalAlloc) >> 20, why
}
