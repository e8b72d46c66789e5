package guard_test

import (
	"slices"
	"strings"
	"testing"

	"vitess.io/vitess/go/vt/sqlparser"
)

// TestWordsHaveOneMeaning writes each keyword of the server and of the parser before a column. If the
// parser reads an option and the server a column, the next word is its alias.
func TestWordsHaveOneMeaning(t *testing.T) {
	db := newDatabase(t, slices.Concat(generatedSchema, otherRows)...)
	words, err := readRows(db.QueryContext(t.Context(), "SELECT word FROM information_schema.keywords"))
	if err != nil {
		t.Fatal(err)
	}
	for id := range 2_000 {
		words = append(words, sqlparser.KeywordString(sqlparser.LEX_ERROR+id))
	}
	slices.Sort(words)
	words = slices.Compact(words)
	if len(words) < 700 {
		t.Fatalf("only the words %q", words)
	}
	ran := 0
	for _, word := range words {
		st := statement{write: true, sql: "INSERT INTO boxes (tenant_id, id, n) SELECT " + word + " tenant_id, 77, 5 " +
			"FROM (SELECT 2 AS `" + strings.ToUpper(word) + "`) d JOIN things i ON i.tenant_id = 1 LIMIT 1"}
		if checkForTenant1(st) != nil {
			continue
		}
		o := db.runStatement(t.Context(), st)
		if o.err == nil {
			ran++
		}
		if o.err == nil && o.others != db.otherTenants {
			t.Errorf("a row of another tenant is inserted: %s", st.sql)
		}
	}
	if ran == 0 {
		t.Error("no statement ran")
	}
}
