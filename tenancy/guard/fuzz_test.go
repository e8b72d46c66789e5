package guard_test

import (
	"errors"
	"testing"
	"time"

	"rowhouse/tenancy/guard"
)

// fuzzSeeds are texts in which the parser or a server could fail.
var fuzzSeeds = []string{
	"", ";", "\x00", "\xff", "'", `"`, "`", "/*", "/*!50000 SELECT 1 */", "--", "-- ", "#", "?", ":v1", "@a", "@@x", "0x",
	"1e", "x'", "_utf8'a'", "N'a'", "SELECT 1; SELECT 2", "SAVEPOINT a", "ROLLBACK TO a", "RELEASE SAVEPOINT a",
	"SET a = 1", "SHOW TABLES", "EXPLAIN SELECT 1", "CALL a()", "BEGIN", "VALUES ROW(1)", "CREATE TABLE a (b INT)",
	"ALTER TABLE a ADD b INT", "TRUNCATE a", "LOCK TABLES a READ", "LOAD DATA INFILE 'a' INTO TABLE b", "DO SLEEP(1)",
	"KILL 1", "USE a", "SELECT * FROM boxes PARTITION (p) WHERE tenant_id = 1 FOR UPDATE",
	"SELECT * FROM JSON_TABLE('[]', '$[*]' COLUMNS(a INT PATH '$')) j", "SELECT 1 INTO OUTFILE 'a'",
	"SELECT * FROM a WINDOW w AS (PARTITION BY b)", "SELECT CAST('a' AS CHAR CHARACTER SET latin1) COLLATE utf8mb4_bin",
	"SELECT * FROM LATERAL (SELECT 1) a",
}

// FuzzProve looks for text on which the guard panics, takes too long, or has two verdicts.
func FuzzProve(f *testing.F) {
	for n := range uint64(100) {
		f.Add([]byte(generate(0, n).sql))
	}
	for _, c := range counterexamples {
		f.Add([]byte(c.sql))
	}
	for _, trap := range trapForms {
		f.Add([]byte("SELECT * FROM boxes WHERE " + fillForm(trap, "boxes.tenant_id", "1", "?", "boxes.n", "x.tenant_id")))
	}
	for _, text := range fuzzSeeds {
		f.Add([]byte(text))
	}
	for _, c := range readFunctionCalls(f) {
		f.Add([]byte(c.sql))
	}
	for _, file := range []string{"accepted.sql", "rules.sql", "limitations.sql"} {
		for _, c := range readCorpus(f, file) {
			f.Add([]byte(c.sql))
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		start := time.Now()
		first := findRefusal(t, string(text))
		if took, most := time.Since(start), 5*time.Second+time.Duration(len(text))*50*time.Microsecond; took > most {
			t.Errorf("%d bytes took %s", len(text), took)
		}
		if second := findRefusal(t, string(text)); first != second {
			t.Errorf("first %q, then %q", first, second)
		}
	})
}

// findRefusal returns the reason of the refusal of a statement, or "". It fails the test if the guard panics.
func findRefusal(t *testing.T, sql string) string {
	t.Helper()
	defer func() {
		if p := recover(); p != nil {
			t.Errorf("the guard panics on %.200q: %v", sql, p)
		}
	}()
	proof, err := guard.Prove(generatedTables, sql)
	var refusal *guard.Refusal
	switch {
	case err == nil && proof != nil:
		if err := proof.Check(0, nil); err == nil {
			t.Error("the proof accepts no tenant")
		}
		_ = proof.Check(1, nil) // it must not panic
		return ""
	case !errors.As(err, &refusal) || refusal.SQL != sql || refusal.Reason == "" || proof != nil:
		t.Fatalf("neither a proof nor a refusal: %v, %v", proof, err)
	}
	return err.Error()
}
