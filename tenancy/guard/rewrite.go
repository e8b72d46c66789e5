package guard

import (
	"slices"
	"strings"

	"vitess.io/vitess/go/vt/sqlparser"
)

// parseTokens parses a statement, or returns a refusal. The parser does not support all syntax of
// servers, so parseTokens rewrites unsupported syntax first. The rewritten statement reads and writes
// the same tables in the same query blocks, with the same equalities on tenant_id. The server gets
// the original.
func (l *lexedSQL) parseTokens() (sqlparser.Statement, error) {
	if word := l.wordAt(0); word != "" && !provableWords[word] {
		return nil, refuseSystemStatement(word)
	}
	all, err := l.rewriteTokens()
	if err != nil {
		return nil, err
	}
	statement, err := parser.ParseStrictDDL(all.applyTo(l.sql)) // Parse would log syntax errors
	at := all.errorOffset(err)
	isTentative := func(e edit) bool { return e.tentative }
	if certain := slices.DeleteFunc(slices.Clone(all), isTentative); err != nil && len(certain) < len(all) {
		var second error
		if statement, second = parser.ParseStrictDDL(certain.applyTo(l.sql)); second == nil || certain.errorOffset(second) > at {
			at, err = certain.errorOffset(second), second
		}
	}
	if err != nil {
		return nil, l.refuseToken(at, err)
	}
	return statement, nil
}

// wordAt returns token i in upper case if it is an unquoted word, or "".
func (l *lexedSQL) wordAt(i int) string {
	if i < 0 || i >= len(l.tokens) {
		return ""
	}
	if text := l.sql[l.tokens[i].start:l.tokens[i].end]; isASCIIName(text) {
		return strings.ToUpper(text)
	}
	return ""
}

// hasKind reports whether token i is of a kind, such as ','.
func (l *lexedSQL) hasKind(i int, kind int32) bool {
	return i >= 0 && i < len(l.tokens) && l.tokens[i].kind == kind
}

// isNameAt reports whether token i is a word or a quoted name.
func (l *lexedSQL) isNameAt(i int) bool {
	return l.wordAt(i) != "" || i < len(l.tokens) && l.sql[l.tokens[i].start] == '`'
}

// replaceTokens returns an edit to replace the tokens from i to j-1.
func (l *lexedSQL) replaceTokens(i, j int, text string) edit {
	return edit{start: int(l.tokens[i].start), end: int(l.tokens[j-1].end), text: text}
}

// rewriteTokens returns the edits for unsupported syntax.
func (l *lexedSQL) rewriteTokens() (all edits, err error) {
	i := l.skipPriorityWords()
	if i > 1 {
		all = append(all, l.replaceTokens(1, i, ""))
	}
	open := []bracket{{}} // the last is the innermost
	for ; i < len(l.tokens); i++ {
		inner := &open[len(open)-1]
		switch {
		case l.hasKind(i, '('):
			before := l.wordAt(i - 1)
			open = append(open, bracket{cast: before == "CAST" || before == "CONVERT"})
		case l.hasKind(i, ')') && len(open) > 1:
			open = open[:len(open)-1]
		case inner.cast && (l.hasKind(i, ',') || l.wordAt(i) == "AS"):
			all = append(all, l.rewriteType(i+1)...)
		case inner.windows && l.hasKind(i, ',') && l.wordAt(i+2) == "AS" && l.hasKind(i+3, '('):
			all = append(all, edit{start: int(l.tokens[i].end), end: int(l.tokens[i].end), text: " WINDOW "})
		case l.wordAt(i) == "WINDOW" && l.wordAt(i+2) == "AS" && l.hasKind(i+3, '('):
			inner.windows = true
		case l.endOfLockedTables(i) > 0:
			end := l.endOfLockedTables(i)
			all = append(all, l.replaceTokens(i, end, ""))
			i = end - 1
		case !l.hasKind(i-1, '.'):
			e, err := l.rewriteWord(i)
			if err != nil {
				return nil, err
			}
			all = append(all, e...)
		}
	}
	return all, nil
}

// bracket is an open parenthesis, after CAST or CONVERT (cast), or with a WINDOW clause inside
// (windows).
type bracket struct{ cast, windows bool }

// rewriteWord returns the edit for token i if it is a word of unsupported syntax.
func (l *lexedSQL) rewriteWord(i int) (edits, error) {
	e := edits{{}}
	switch word, next := l.wordAt(i), l.wordAt(i+1); {
	case word == "EXCEPT", word == "INTERSECT":
		if !l.hasKind(i+1, '(') && !operandWords[next] {
			return nil, refuseAt(l.sql, int(l.tokens[i].start), "%s is an operator: quote it if it is a name", word)
		}
		e[0] = l.replaceTokens(i, i+1, "UNION")
		l.rewroteSetOp = true
	case word == "MID" && l.hasKind(i+1, '('):
		e[0] = l.replaceTokens(i, i+1, "SUBSTR")
		e[0].tentative = true
	case word == "SOUNDS" && next == "LIKE":
		e[0] = l.replaceTokens(i, i+1, "")
		e[0].tentative = true
	case word == "INNER" && l.wordAt(i-1) == "NATURAL":
		e[0] = l.replaceTokens(i, i+1, "")
	default:
		return nil, nil
	}
	return e, nil
}

// operandWords are the first words of an operand of a set operation.
var operandWords = wordSet("SELECT ALL DISTINCT VALUES TABLE")

// skipPriorityWords returns the index of the first token after the priority of a write, or 0 for
// other statements.
func (l *lexedSQL) skipPriorityWords() int {
	words, ok := priorityWords[l.wordAt(0)]
	if !ok {
		return 0
	}
	i := 1
	for words[l.wordAt(i)] {
		i++
	}
	return i
}

// priorityWords maps the first word of a write to the words for its priority.
var priorityWords = map[string]map[string]bool{
	"INSERT": wordSet("LOW_PRIORITY HIGH_PRIORITY"), "REPLACE": wordSet("LOW_PRIORITY"),
	"UPDATE": wordSet("LOW_PRIORITY"), "DELETE": wordSet("LOW_PRIORITY QUICK"),
}

// endOfLockedTables returns the index after the last name of `FOR UPDATE OF name, name` if token i
// is this OF, or 0. OF can also be a name, as in `FOR -of), (2)`.
func (l *lexedSQL) endOfLockedTables(i int) int {
	if l.wordAt(i) != "OF" || l.wordAt(i-1) != "UPDATE" && l.wordAt(i-1) != "SHARE" || l.wordAt(i-2) != "FOR" {
		return 0
	}
	for {
		i++
		switch {
		case !l.isNameAt(i):
			return 0
		case !l.hasKind(i+1, ','):
			return i + 1
		}
		i++
	}
}

// rewriteType returns the edit for an unsupported type of CAST or CONVERT at token i. A cast binds no
// table, so any other type is equal for the proof.
func (l *lexedSQL) rewriteType(i int) edits {
	first, second := l.wordAt(i), l.wordAt(i+1)
	switch {
	case second == "INT", second == "PRECISION": // SIGNED INT, UNSIGNED INT, DOUBLE PRECISION
		return edits{l.replaceTokens(i+1, i+2, "")}
	case first == "NATIONAL" && second != "":
		return edits{l.replaceTokens(i, i+2, "NCHAR")}
	case castTypes[first] != "":
		return edits{l.replaceTokens(i, i+1, castTypes[first])}
	}
	return nil
}

// castTypes maps unsupported types of CAST to supported ones.
var castTypes = map[string]string{
	"YEAR": "DATE", "DEC": "DECIMAL", "CHARACTER": "CHAR", "VARCHAR": "CHAR", "INT": "SIGNED", "INTEGER": "SIGNED",
	"INET6": "BINARY", "INET4": "BINARY", "UUID": "BINARY",
	"POINT": "BINARY", "LINESTRING": "BINARY", "POLYGON": "BINARY", "MULTIPOINT": "BINARY", "MULTILINESTRING": "BINARY",
	"MULTIPOLYGON": "BINARY", "GEOMETRYCOLLECTION": "BINARY",
}
