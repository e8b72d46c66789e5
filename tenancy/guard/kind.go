package guard

import (
	"slices"
	"strings"
	"unicode"

	"vitess.io/vitess/go/vt/sqlparser"
)

// What follows is about statements that are not proved: those of the system scope.

// KeepsTransaction reports whether a statement by its first word can't commit a transaction.
func KeepsTransaction(sql string) bool {
	if strings.Contains(sql, "/*!") || strings.Contains(sql, "/*M!") { // servers execute what stands there
		return false
	}
	switch firstWord(sql) {
	case "select", "with", "values", "table", "insert", "replace", "update", "delete", "do", "show", "explain", "describe", "desc":
		return true
	}
	return false
}

// harmless are functions that a tenant can't call and that leave nothing on a connection.
var harmless = []string{"connection_id", "database", "version", "sleep"}

// OnlyRows reports whether a statement is known to do no more than read and write rows, so
// that it leaves nothing behind on its connection. A function that is on no list may be a
// stored one, which can make a temporary table.
func OnlyRows(sql string) bool {
	if _, err := lex(sql); err != nil {
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
	return sqlparser.VisitSQLNode(statement, func(node sqlparser.SQLNode) (bool, error) {
		switch n := node.(type) {
		case *sqlparser.SelectInto, *sqlparser.LockingFunc:
			return false, refuse("INTO or a lock")
		case *sqlparser.FuncExpr:
			name := strings.ToLower(n.Name.String())
			if !n.Qualifier.IsEmpty() || !functions[name] && !slices.Contains(harmless, name) {
				return false, refuse("a function")
			}
		}
		return true, nil
	}) == nil
}

// ReturnsRows reports whether a statement by its first word, or by RETURNING, returns rows.
func ReturnsRows(sql string) bool {
	switch firstWord(sql) {
	case "select", "values", "table", "show", "explain", "describe", "desc", "call", "analyze", "check", "checksum", "optimize", "repair", "":
		return true
	case "with":
		statement, err := parser.Parse(sql)
		_, reads := statement.(sqlparser.TableStatement)
		return err != nil || reads
	}
	tokens := parser.NewStringTokenizer(sql)
	for {
		kind, text := tokens.Scan()
		if kind == 0 || kind == sqlparser.LEX_ERROR {
			return false
		}
		quoted := kind == sqlparser.STRING || kind == sqlparser.COMMENT || tokens.Pos > 0 && sql[min(tokens.Pos, len(sql))-1] == '`'
		if !quoted && strings.EqualFold(text, "returning") {
			return true
		}
	}
}

// Locks reports whether a statement may lock the rows that it reads: SELECT … FOR UPDATE,
// FOR SHARE or LOCK IN SHARE MODE, also in a subquery. It reports
// true for a statement that can't be read.
func Locks(sql string) bool {
	statement, err := parser.Parse(sql)
	if err != nil {
		if statement, err = parseRespelled(sql); err != nil {
			return true
		}
	}
	return sqlparser.VisitSQLNode(statement, func(node sqlparser.SQLNode) (bool, error) {
		lock := sqlparser.NoLock
		switch s := node.(type) {
		case *sqlparser.Select:
			lock = s.Lock
		case *sqlparser.Union:
			lock = s.Lock
		}
		if lock != sqlparser.NoLock {
			return false, refuse("a lock")
		}
		return true, nil
	}) != nil
}

// parseRespelled reads a statement with forms that the parser lacks.
func parseRespelled(sql string) (sqlparser.Statement, error) {
	l, err := lex(sql)
	if err != nil {
		return nil, err
	}
	return l.parse()
}

func firstWord(sql string) string {
	word := strings.TrimLeft(sqlparser.StripLeadingComments(sql), "( \t\r\n")
	if end := strings.IndexFunc(word, func(r rune) bool { return !unicode.IsLetter(r) }); end >= 0 {
		word = word[:end]
	}
	return strings.ToLower(word)
}
