package guard_test

import (
	"strings"
	"testing"
)

// TestStatementsOfApplicationsAreProved checks statements as a team writes them, each with a variant
// that leaks. A refusal of the former is a bug of the guard, and so is a proof of the latter.
func TestStatementsOfApplicationsAreProved(t *testing.T) {
	accepted, single := 0, 0
	for i, c := range checkCorpus(t, "accepted.sql") {
		if want := []string{"name", "leak"}[i%2]; c.kind != want || (want == "leak") != (c.refused != "") {
			t.Fatalf("%s: the file must alternate accepted statements and refused variants", c.title)
		}
		if c.only != "" {
			single++
		}
		if c.kind == "name" {
			accepted++
		}
	}
	if accepted < 110 || single > 20 {
		t.Errorf("%d accepted statements, %d of which run on only one product", accepted, single)
	}
}

// TestKnownLimitationsAreRefused checks statements that are safe and refused all the same, each with
// replacements. A proof of one is good news: move the statement to accepted.sql.
func TestKnownLimitationsAreRefused(t *testing.T) {
	for _, c := range checkCorpus(t, "limitations.sql") {
		if (c.kind == "name") != (c.refused != "") {
			t.Errorf("%s: refused %q", c.title, c.refused)
		}
	}
}

// TestStatementsOfApplicationsRun runs the accepted statements for tenant 1: each is valid SQL,
// returns no rows of tenant 2, and changes none.
func TestStatementsOfApplicationsRun(t *testing.T) {
	db, product := openTracker(t)
	for insert := range strings.SplitSeq(strings.TrimSuffix(readFile(t, "seed.sql"), ";\n"), ";\n") {
		execSQL(t, db, insert)
	}
	before := dumpGlobex(t, db)
	for _, c := range append(readCorpus(t, "accepted.sql"), readCorpus(t, "limitations.sql")...) {
		if c.kind == "leak" {
			continue
		}
		if c.only != "" && c.only != product {
			t.Logf("not run on %s: %s", product, c.title)
			continue
		}
		t.Run(c.title, func(t *testing.T) {
			tx, err := db.BeginTx(t.Context(), nil)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = tx.Rollback() }()
			if rows := queryRows(t, tx, c.sql, c.args...); strings.Contains(rows, "glob") {
				t.Errorf("%s\nreturns rows of globex:\n%s", c.sql, rows)
			}
			if dumpGlobex(t, tx) != before {
				t.Errorf("%s\nchanges rows of globex", c.sql)
			}
		})
	}
}

// dumpGlobex returns all rows of tenant 2.
func dumpGlobex(t *testing.T, db queryer) (all string) {
	t.Helper()
	for _, table := range []string{"members", "projects", "items", "labels", "item_labels", "comments"} {
		all += queryRows(t, db, "SELECT * FROM "+table+" WHERE tenant_id = 2 ORDER BY 1, 2, 3")
	}
	return all
}
