package guard

import (
	"slices"
	"strings"
	"unicode"

	"vitess.io/vitess/go/vt/sqlparser"
)

// KeepsTransaction reports whether a statement can't commit a transaction, by its first word. Like
// OnlyRows, ReturnsRows and LocksRows, it is for statements of the system scope, which are not
// proved.
func KeepsTransaction(sql string) bool {
	if strings.Contains(sql, "/*!") || strings.Contains(sql, "/*M!") { // servers execute these comments
		return false
	}
	switch firstWord(sql) {
	case "select", "with", "values", "table", "insert", "replace", "update", "delete", "do", "show", "explain", "describe", "desc":
		return true
	}
	return false
}

// systemFunctions are functions for the system scope only. They leave no state on a connection.
var systemFunctions = []string{"connection_id", "database", "version", "sleep"}

// OnlyRows reports whether a statement only reads and writes rows, and leaves no state on its
// connection, such as a variable. It reports false for unknown functions: a stored function can
// create a temporary table.
func OnlyRows(sql string) bool {
	l, err := lexSQL(sql)
	if err != nil {
		return false
	}
	if firstWord(sql) == "show" {
		return true
	}
	statement, err := parser.ParseStrictDDL(sql)
	if err != nil {
		return false
	}
	switch statement.(type) {
	case sqlparser.TableStatement, *sqlparser.Insert, *sqlparser.Update, *sqlparser.Delete:
	default:
		return false
	}
	return !containsNode(statement, func(node sqlparser.SQLNode) bool {
		switch n := node.(type) {
		case *sqlparser.SelectInto, *sqlparser.LockingFunc:
			return true
		case *sqlparser.FuncExpr:
			name := strings.ToLower(n.Name.String())
			return !n.Qualifier.IsEmpty() || l.quotedCalls[name] ||
				!acceptedFunctions[name] && !slices.Contains(systemFunctions, name)
		}
		return false
	})
}

// ReturnsRows reports whether a statement returns rows, by its first word or by RETURNING.
func ReturnsRows(sql string) bool {
	switch firstWord(sql) {
	case "select", "values", "table", "show", "explain", "describe", "desc", "call", "analyze", "check", "checksum",
		"optimize", "repair", "":
		return true
	case "with":
		statement, err := parser.Parse(sql)
		_, reads := statement.(sqlparser.TableStatement)
		return err != nil || reads
	}
	tokens := parser.NewStringTokenizer(sql)
	for {
		switch kind, _ := tokens.Scan(); kind {
		case 0:
			return false
		case sqlparser.RETURNING:
			return true
		}
	}
}

// LocksRows reports whether a statement may be a locking read, by FOR UPDATE, FOR SHARE or LOCK IN
// SHARE MODE, also in a subquery. It reports true for a statement with a syntax error.
func LocksRows(sql string) bool {
	statement, err := parser.Parse(sql)
	if err != nil {
		if statement, err = parseRewritten(sql); err != nil {
			return true
		}
	}
	return containsNode(statement, func(node sqlparser.SQLNode) bool {
		switch s := node.(type) {
		case *sqlparser.Select:
			return s.Lock != sqlparser.NoLock
		case *sqlparser.Union:
			return s.Lock != sqlparser.NoLock
		}
		return false
	})
}

// parseRewritten parses a statement with unsupported syntax: see parseTokens.
func parseRewritten(sql string) (sqlparser.Statement, error) {
	l, err := lexSQL(sql)
	if err != nil {
		return nil, err
	}
	return l.parseTokens()
}

// firstWord returns the first word of a statement after comments, in lower case.
func firstWord(sql string) string {
	word := strings.TrimLeft(sqlparser.StripLeadingComments(sql), "( \t\r\n")
	if end := strings.IndexFunc(word, func(r rune) bool { return !unicode.IsLetter(r) }); end >= 0 {
		word = word[:end]
	}
	return strings.ToLower(word)
}
