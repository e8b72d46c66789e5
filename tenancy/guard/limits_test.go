package guard_test

import (
	"cmp"
	"fmt"
	"strings"
	"testing"

	"rowhouse/tenancy/guard"
)

// TestSQLHasLimits has the rules for SQL strings that a file of testdata can't hold.
func TestSQLHasLimits(t *testing.T) {
	times := strings.Repeat
	const control = "line 1, column %d, at %q: control characters are not allowed"
	deep := func(column int, near string) string {
		return fmt.Sprintf("line 1, column %d, at %q: the statement nests deeper than 100", column, near)
	}
	for _, test := range []struct{ name, sql, refused string }{
		{name: "the maximum length", sql: times(" ", 1<<20-8) + "SELECT 1"},
		{
			name:    "one byte more than the maximum length",
			sql:     times(" ", 1<<20-7) + "SELECT 1",
			refused: "the statement is longer than 1048576 bytes: split it",
		},
		{
			name:    "invalid UTF-8",
			sql:     "SELECT '\xff'",
			refused: "the statement is not valid UTF-8",
		},
		{name: "multibyte characters", sql: "SELECT 'äß€😀'"},
		{name: "blanks", sql: "SELECT\t1,\r\n2"},
		{
			name:    "a NUL",
			sql:     "SELECT '\x00'",
			refused: fmt.Sprintf(control, 9, "\x00'"),
		},
		{
			name:    "the last control character before the blank",
			sql:     "SELECT '\x1f'",
			refused: fmt.Sprintf(control, 9, "\x1f'"),
		},
		{
			name:    "a control character at the beginning",
			sql:     "\x01SELECT 1",
			refused: fmt.Sprintf(control, 1, "\x01SELECT 1"),
		},
		{
			name:    "a vertical tab",
			sql:     "SELECT\v1",
			refused: fmt.Sprintf(control, 7, "\v1"),
		},
		{
			name:    "a form feed",
			sql:     "SELECT\f1",
			refused: fmt.Sprintf(control, 7, "\f1"),
		},
		{
			name:    "delete",
			sql:     "SELECT '\x7f'",
			refused: fmt.Sprintf(control, 9, "\x7f'"),
		},
		{name: "the characters before and after delete", sql: "SELECT '~\u0080'"},
		{
			name:    "an error before blanks at the end of a line",
			sql:     "SELECT FROM \r\nitems",
			refused: `line 1, column 8, at "FROM": the parser can't read this`,
		},
		{
			name:    "an error before more multibyte characters than a message has room for",
			sql:     "SELECT FROM 'x" + times("€", 9) + "'",
			refused: `line 1, column 8, at "FROM 'x` + times("€", 5) + `…": the parser can't read this`,
		},
		{name: "100 parentheses", sql: "SELECT " + times("(1+", 100) + "1" + times(")", 100)},
		{
			name:    "101 parentheses",
			sql:     "SELECT " + times("(1+", 101) + "1" + times(")", 101),
			refused: deep(308, "(1+1"+times(")", 20)+"…"),
		},
		{name: "adjacent parentheses", sql: "SELECT " + times("(1),", 200) + "1"},
		{name: "100 CASE", sql: "SELECT " + times("CASE 1 WHEN ", 100) + "1" + times(" THEN 1 END", 100)},
		{
			name:    "parentheses after a column with the name end",
			sql:     "SELECT " + times("items.end*(", 101) + "1" + times(")", 101),
			refused: deep(1118, "(1"+times(")", 22)+"…"),
		},
		{name: "adjacent CASE", sql: "SELECT " + times("CASE 1 WHEN 1 THEN 1 END,", 200) + "1"},
		{
			name:    "CASE and parentheses",
			sql:     "SELECT " + times("(CASE 1 WHEN ", 101) + "1" + times(" THEN 1 END)", 101),
			refused: deep(1308, "(CASE 1 WHEN 1 THEN 1 EN…"),
		},
		{name: "99 minus signs after SELECT", sql: "SELECT " + times("- ", 99) + "1"},
		{
			name:    "100 minus signs after SELECT",
			sql:     "SELECT " + times("- ", 100) + "1",
			refused: deep(206, "- 1"),
		},
		{
			name:    "NOT",
			sql:     "SELECT " + times("NOT ", 100) + "1",
			refused: deep(404, "NOT 1"),
		},
		{name: "a list of arguments", sql: "SELECT " + times("?, ", 200) + "?"},
		{name: "a list of strings", sql: "SELECT " + times("'a', ", 200) + "1"},
		{name: "arguments in a sum", sql: "SELECT ?" + times(" + ?", 150)},
		{name: "integers in a sum", sql: "SELECT 1" + times(" + 1", 150)},
		{name: "decimals in a sum", sql: "SELECT 1.5" + times(" + 1.5", 150)},
		{name: "floats in a sum", sql: "SELECT 1e5" + times(" + 1e5", 150)},
		{name: "hexadecimal numbers in a sum", sql: "SELECT 0x1" + times(" + 0x1", 150)},
		{name: "hexadecimal strings in a sum", sql: "SELECT x'4d'" + times(" + x'4d'", 150)},
		{name: "bit strings in a sum", sql: "SELECT b'1'" + times(" + b'1'", 150)},
		{name: "names in a sum", sql: "SELECT a" + times(" + a", 150)},
		{name: "strings in comparisons", sql: "SELECT 'a'" + times(" < 'a'", 150)},
		{name: "parentheses in a sum", sql: "SELECT COUNT(*)" + times(" + COUNT(*)", 60)},
		{name: "a list of names", sql: "SELECT " + times("a, `b`, ", 200) + "1"},
		{name: "61 tables", sql: "SELECT 1 FROM dual" + derivedTables(61)},
		{
			name:    "62 tables",
			sql:     "SELECT 1 FROM dual" + derivedTables(62),
			refused: "a query block has at most 61 tables: split the statement",
		},
		{
			name: "61 tables in each of two query blocks",
			sql:  "SELECT 1 FROM dual" + derivedTables(61) + " UNION SELECT 1 FROM dual" + derivedTables(61),
		},
		{name: "61 common table expressions", sql: "WITH t AS (SELECT 1)" + times(", t AS (SELECT 1)", 60) + " SELECT 1"},
		{
			name:    "62 common table expressions",
			sql:     "WITH t AS (SELECT 1)" + times(", t AS (SELECT 1)", 61) + " SELECT 1",
			refused: "WITH has at most 61 common table expressions: split the statement",
		},
		{name: "a list of expressions in parentheses", sql: "SELECT " + times("(NULL), ", 200) + "1"},
		{name: "a list of CASE … END", sql: "SELECT " + times("CASE WHEN NULL THEN NULL END, ", 200) + "1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if _, err := guard.Prove(tables, test.sql); fmt.Sprint(err) != cmp.Or(test.refused, "<nil>") {
				t.Errorf("%.60q: %v, want %q", test.sql, err, test.refused)
			}
		})
	}
}

// derivedTables returns n derived tables, each after a comma.
func derivedTables(n int) (list string) {
	for i := range n {
		list += fmt.Sprintf(", (SELECT 1) t%d", i)
	}
	return list
}
