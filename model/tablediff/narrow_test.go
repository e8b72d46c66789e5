package tablediff_test

import (
	"database/sql"
	"slices"
	"strconv"
	"strings"
	"testing"

	"rowhouse/model/tablediff"
)

// TestNarrowerTypesLoseNothing changes columns to types of fewer values. A value stays as it is, or a statement fails
// and nothing changes: no server rounds it, cuts it or converts it.
func TestNarrowerTypesLoseNothing(t *testing.T) {
	for _, test := range []struct {
		from, to string
		fit      []string
		lost     []string
	}{
		{from: "BIGINT", to: "INT", fit: []string{"-2147483648"}, lost: []string{"2147483648", "5000000000"}},
		{from: "INT UNSIGNED", to: "INT", fit: []string{"2147483647"}, lost: []string{"2147483648"}},
		{from: "INT", to: "INT UNSIGNED", fit: []string{"0"}, lost: []string{"-1"}},
		{from: "INT", to: "BOOLEAN", fit: []string{"0", "1"}, lost: []string{"2", "300"}},
		{from: "BIGINT", to: "DECIMAL(12,2)", fit: []string{"9999999999"}, lost: []string{"10000000000"}},
		{from: "BIGINT", to: "DOUBLE", lost: []string{"9007199254740993"}},
		{from: "DECIMAL(10,4)", to: "DECIMAL(10,2)", fit: []string{"1.5", "-99999.99"}, lost: []string{"1.005", "0.0001"}},
		{from: "DECIMAL(10,2)", to: "DECIMAL(6,2)", fit: []string{"9999.99"}, lost: []string{"10000"}},
		{from: "DECIMAL(10,2)", to: "INT", fit: []string{"-7"}, lost: []string{"0.5", "-1.01"}},
		{from: "DOUBLE", to: "INT", fit: []string{"3", "-4"}, lost: []string{"3.5", "1e10", "-0.25"}},
		{from: "DOUBLE", to: "DECIMAL(12,2)", fit: []string{"0.29", "1.1"}, lost: []string{"0.125", "1e11"}},
		{from: "DECIMAL(20,10)", to: "DOUBLE", lost: []string{"1.0000000001"}},
		{
			from: "VARCHAR(20)", to: "VARCHAR(5)",
			fit:  []string{"'abcde'", "'ab  '"},
			lost: []string{"'abcdef'", "'abcde  '", "'äöüäöü'"},
		},
		{from: "VARCHAR(300)", to: "VARCHAR(5)", fit: []string{"'ab   '"}, lost: []string{"'abcde  '"}}, // the length has fewer bytes
		{from: "TEXT", to: "VARCHAR(5)", fit: []string{"'abcde'"}, lost: []string{"'abcdef'", "'abcde '"}},
		{
			from: "VARCHAR(20)", to: "VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin",
			fit:  []string{"'abc'"},
			lost: []string{"'ä'", "'😀'"},
		},
		{from: "VARCHAR(20)", to: "INT", lost: []string{"'12'", "'1e2'", "'12abc'"}},
		{from: "INT", to: "VARCHAR(20)", lost: []string{"7"}},
		{from: "DATETIME(6)", to: "DATE", lost: []string{"'2026-01-31 12:00:00'"}},
		{from: "DATE", to: "DATETIME(6)", lost: []string{"'2026-01-31'"}},
		{from: "BIGINT", to: "DATETIME(6)", lost: []string{"20260131120000"}},
		{from: "JSON", to: "TEXT", lost: []string{`'{"a": 1}'`}},
		{from: "TEXT", to: "JSON", lost: []string{"'1'", "'x'"}},
	} {
		t.Run(test.from+" to "+test.to, func(t *testing.T) {
			t.Parallel()
			to := optional("value", test.to)
			if base, ok := strings.CutSuffix(test.to, " CHARACTER SET ascii COLLATE ascii_bin"); ok {
				to.Type, to.ASCII = base, true
			}
			before, after := newTable("n", optional("value", test.from)), newTable("n", to)
			wanted := []tablediff.Table{after}
			if _, err := tablediff.Plan(t.Context(), create(t, before), open(t), wanted, tablediff.Options{}); err == nil {
				t.Error("the change needs no decision")
			}
			accept := tablediff.Options{Accept: []string{"n.value"}}
			files := change(t, []tablediff.Table{before}, wanted, accept)
			db := create(t, before)
			for _, value := range test.fit {
				if was, is, err := applyToValue(t, db, files, value); err != nil || !isSameValue(was, is) {
					t.Errorf("%s has become %s, %v", was, is, err)
				}
			}
			for _, value := range test.lost {
				if was, is, err := applyToValue(t, db, files, value); err == nil || was != is {
					t.Errorf("%s has become %s, %v", was, is, err)
				}
			}
		})
	}
}

// applyToValue applies files to a row with a value, and reverts them. It returns the value before and after the files, and
// the error of the first file that fails.
func applyToValue(t *testing.T, db *sql.DB, files []tablediff.File, value string) (was, is string, failure error) {
	t.Helper()
	read := func() (stored string) {
		if err := db.QueryRowContext(t.Context(), "SELECT value FROM n").Scan(&stored); err != nil {
			t.Fatal(err)
		}
		return stored
	}
	exec(t, db, "INSERT INTO n VALUES (1, 'a', "+value+")")
	was = read()
	var applied []string
	for _, f := range files {
		up, down := splitFile(t, f)
		if _, failure = db.ExecContext(t.Context(), up); failure != nil {
			break
		}
		applied = append(applied, down)
	}
	is = read()
	exec(t, db, "DELETE FROM n")
	for _, down := range slices.Backward(applied) {
		exec(t, db, down)
	}
	return was, is, failure
}

// isSameValue compares values as numbers if they are numbers.
func isSameValue(a, b string) bool {
	x, errX := strconv.ParseFloat(a, 64)
	y, errY := strconv.ParseFloat(b, 64)
	return a == b || errX == nil && errY == nil && x == y
}
