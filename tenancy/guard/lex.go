package guard

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"vitess.io/vitess/go/vt/sqlparser"
)

// lexedSQL is a statement and its tokens.
type lexedSQL struct {
	sql    string
	tokens []token
	// params is the number of placeholders.
	params int
	// quotedCalls has the quoted names before a parenthesis, in lower case.
	quotedCalls map[string]bool
	// rewroteSetOp is true if INTERSECT or EXCEPT was rewritten as UNION.
	rewroteSetOp bool
}

// token is a token of a statement other than a comment: its kind in the parser, and the offsets of
// its start and end.
type token struct{ kind, start, end int32 }

// lexSQL splits a statement into tokens. It refuses text if two lexers could split it differently:
// the server gets the text, so it must run the proved tokens.
func lexSQL(sql string) (*lexedSQL, error) {
	if err := checkCharacters(sql); err != nil {
		return nil, err
	}
	l := &lexedSQL{sql: sql, quotedCalls: map[string]bool{}}
	tokens := parser.NewStringTokenizer(sql)
	tokens.SkipSpecialComments = true // returns them as comments
	nested, ended, end := nesting{}, false, 0
	for {
		kind, text := tokens.Scan()
		if kind == 0 {
			return l, l.checkQuestionMarks()
		}
		start := end + countBlanks(sql[end:])
		end = min(tokens.Pos, len(sql))
		if ended {
			return nil, refuseAt(sql, start, "%s", describeTrailing(kind))
		}
		ended = kind == ';'
		if err := l.checkToken(kind, start, text); err != nil {
			return nil, err
		}
		if kind != sqlparser.COMMENT {
			l.tokens = append(l.tokens, token{int32(kind), int32(start), int32(end)})
		}
		if nested.add(kind); nested.parentheses > maxDepth || nested.prefixes > maxDepth {
			return nil, refuseAt(sql, start, "the statement nests deeper than %d", maxDepth)
		}
	}
}

// nesting counts the open parentheses, and the tokens since the last operand or comma, which may
// all be prefix operators.
type nesting struct{ parentheses, prefixes int }

// add counts the next token.
func (n *nesting) add(kind int) {
	n.prefixes++
	switch kind {
	case '(':
		n.parentheses++
	case ')':
		n.parentheses, n.prefixes = n.parentheses-1, 0
	case ',', sqlparser.ID, sqlparser.VALUE_ARG, sqlparser.INTEGRAL, sqlparser.DECIMAL, sqlparser.FLOAT, sqlparser.HEXNUM,
		sqlparser.STRING, sqlparser.HEX, sqlparser.BIT_LITERAL:
		n.prefixes = 0
	}
}

// describeTrailing returns the reason to refuse a token after the ; at the end of a statement.
func describeTrailing(kind int) string {
	switch kind {
	case sqlparser.COMMENT:
		return "a comment after the ; that ends the statement: write it before"
	case ';':
		return "a second ; after the one that ends the statement: leave it out"
	}
	return "a second statement in one string: run each in its own call"
}

// checkQuestionMarks refuses a ? in a string, name or comment. The driver has its own lexer, which
// could write an argument there.
func (l *lexedSQL) checkQuestionMarks() error {
	end := 0
	refuseIn := func(before, where string) error {
		return refuseAt(l.sql, end+len(before), "a ? is inside a %s: pass it in an argument", where)
	}
	for _, t := range l.tokens {
		if before, _, found := strings.Cut(l.sql[end:t.start], "?"); found {
			return refuseIn(before, "comment")
		}
		end = int(t.start)
		before, _, found := strings.Cut(l.sql[end:t.end], "?")
		switch {
		case found && l.sql[end] == '`':
			return refuseIn(before, "name")
		case found && before != "": // a placeholder has nothing before the ?
			return refuseIn(before, "string")
		}
		end = int(t.end)
	}
	if before, _, found := strings.Cut(l.sql[end:], "?"); found {
		return refuseIn(before, "comment")
	}
	return nil
}

// countBlanks returns the number of blanks at the beginning of s.
func countBlanks(s string) int { return len(s) - len(strings.TrimLeft(s, " \t\r\n")) }

// checkCharacters refuses statements over maxLength, invalid UTF-8 and control characters.
func checkCharacters(sql string) error {
	if len(sql) > maxLength {
		return refuse("the statement is longer than %d bytes: split it", maxLength)
	}
	if !utf8.ValidString(sql) {
		return refuse("the statement is not valid UTF-8")
	}
	isControl := func(r rune) bool { return r < ' ' && r != '\n' && r != '\t' && r != '\r' || r == 0x7f }
	if i := strings.IndexFunc(sql, isControl); i >= 0 {
		return refuseAt(sql, i, "control characters are not allowed")
	}
	return nil
}

// explainUnreadable returns the reason why the lexer can't read the token at the beginning of s.
func explainUnreadable(s string) string {
	switch {
	case strings.HasPrefix(s, "'"), strings.HasPrefix(s, `"`):
		return "the string does not end"
	case strings.HasPrefix(s, "``"):
		return "the name is empty"
	case strings.HasPrefix(s, "`"):
		return "the name does not end"
	case strings.HasPrefix(s, "/*"):
		return "the comment does not end"
	case strings.HasPrefix(s, "{"):
		word, _, _ := strings.Cut(strings.TrimLeft(s[1:], " \t\r\n"), " ")
		if literal := odbcLiterals[strings.ToLower(word)]; literal != "" {
			return "braces are ODBC syntax: write " + literal
		}
		return "braces are ODBC syntax: leave them out, and the word after {"
	}
	if r, _ := utf8.DecodeRuneInString(s); unicode.IsLetter(r) {
		return "a name with this letter needs quotes"
	}
	return "no token begins with this character"
}

// odbcLiterals maps the first word of an ODBC literal to the literal in SQL.
var odbcLiterals = map[string]string{"d": "DATE '…'", "t": "TIME '…'", "ts": "TIMESTAMP '…'"}
