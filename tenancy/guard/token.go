package guard

import (
	"strings"

	"vitess.io/vitess/go/vt/sqlparser"
)

// checkToken refuses a token if servers or the driver could read it differently. start is its offset.
func (l *lexedSQL) checkToken(kind, start int, text string) error {
	switch kind {
	case sqlparser.LEX_ERROR:
		return refuseAt(l.sql, start, "%s", explainUnreadable(l.sql[start:]))
	case sqlparser.COMMENT:
		return checkComment(l.sql, start, text)
	case sqlparser.VALUE_ARG, sqlparser.LIST_ARG, sqlparser.OFFSET_ARG, sqlparser.ASSIGNMENT_OPT:
		l.params++
		return checkPlaceholder(l.sql, start)
	case sqlparser.AT_ID, sqlparser.AT_AT_ID:
		return refuseAt(l.sql, start, "variables outlive the statement: pass an argument, with a ? for it")
	case sqlparser.NCHAR_STRING:
		return refuseAt(l.sql, start, "servers read N'…' differently: write '…'")
	case sqlparser.BITNUM:
		return refuseAt(l.sql, start, "servers read 0b… differently: write b'…'")
	case sqlparser.INTEGRAL, sqlparser.DECIMAL, sqlparser.FLOAT, sqlparser.HEXNUM:
		return checkNumber(l.sql, start, kind, text)
	case '(':
		return l.checkCall(start)
	case sqlparser.STRING, sqlparser.HEX, sqlparser.BIT_LITERAL:
		if l.hasKind(len(l.tokens)-1, int32(kind)) { // the parser joins them in quadratic time
			return refuseAt(l.sql, start, "adjacent strings: write them as one")
		}
		return nil
	}
	if text != "" && l.sql[start] != '`' { // punctuation has no text
		return checkWord(l.sql, start, text)
	}
	return nil
}

// checkPlaceholder accepts a ? between blanks or punctuation: the driver replaces it by the argument,
// which must not become a part of an adjacent word.
func checkPlaceholder(sql string, at int) error {
	if strings.HasPrefix(sql[at:], ":=") {
		return refuseAt(sql, at, "variables outlive the statement: pass an argument, with a ? for it")
	}
	if sql[at] != '?' {
		return refuseAt(sql, at, "a placeholder has no name: write ?")
	}
	const apart = " \t\r\n(),;=<>!+-*/%&|^~"
	if at > 0 && !strings.Contains(apart, sql[at-1:at]) {
		return refuseAt(sql, at, "write a space before ?")
	}
	if at+1 < len(sql) && !strings.Contains(apart, sql[at+1:at+2]) {
		return refuseAt(sql, at, "write a space after ?")
	}
	return nil
}

// checkComment refuses a comment unless all servers skip it.
func checkComment(sql string, at int, text string) error {
	switch {
	case strings.HasPrefix(text, "/*!"), strings.HasPrefix(text, "/*M!"):
		return refuseAt(sql, at, "servers execute the comment %s … */: write a space after /*", text[:strings.IndexByte(text, '!')+1])
	case strings.HasPrefix(text, "/*+"):
		return refuseAt(sql, at, "a hint in a comment can set variables: write an index hint, or set a deadline in the context")
	case strings.HasPrefix(text, "/*") && strings.Contains(text[2:], "/*"):
		return refuseAt(sql, at, "comments can't nest")
	case strings.HasPrefix(text, "//"):
		return refuseAt(sql, at, "// does not start a comment in MySQL: write --")
	}
	return nil
}

// checkNumber refuses a number unless all servers read it in the same way.
func checkNumber(sql string, at, kind int, text string) error {
	last := text[len(text)-1]
	switch {
	case kind == sqlparser.HEXNUM && (len(text) < 3 || text[1] != 'x'):
		return refuseAt(sql, at, "servers read %s differently: write 0x and digits", text)
	case kind != sqlparser.HEXNUM && (last < '0' || last > '9'):
		return refuseAt(sql, at, "servers read %s differently: end it with a digit", text)
	}
	return nil
}

// checkCall refuses a ( after a word of blankFunctions and a blank, which calls a stored function. It
// collects the quoted names before a (, which can be stored functions, too.
func (l *lexedSQL) checkCall(at int) error {
	last := len(l.tokens) - 1
	if word := l.wordAt(last); blankFunctions[word] && int(l.tokens[last].end) < at {
		return refuseAt(l.sql, int(l.tokens[last].start),
			"after %s and a blank, servers call a stored function: leave out the blank, or quote it if it is a name", word)
	}
	if last >= 0 && l.sql[l.tokens[last].start] == '`' {
		l.quotedCalls[strings.ToLower(strings.Trim(l.sql[l.tokens[last].start:l.tokens[last].end], "`"))] = true
	}
	return nil
}

// checkWord refuses an unquoted word if it is an operator or a number on some servers.
func checkWord(sql string, at int, text string) error {
	if meaning := ambiguousWords[strings.ToLower(text)]; meaning != "" {
		return refuseAt(sql, at, "%s is %s on some servers: quote it if it is a name", strings.ToUpper(text), meaning)
	}
	if strings.Contains(text, "$") { // some servers read $…$ as quotes
		return refuseAt(sql, at, "the name %s has a $: quote it", text)
	}
	if text[0] <= '9' {
		return refuseAt(sql, at, "the name %s begins as a number: quote it", text)
	}
	return nil
}

// ambiguousWords maps words that are names on some servers to their meaning on others.
var ambiguousWords = map[string]string{
	"minus": "an operator", "full": "an operator", "sql_cache": "an option", "current_role": "a function",
}
