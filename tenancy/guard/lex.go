package guard

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"vitess.io/vitess/go/vt/sqlparser"
)

const (
	// maxLength bounds a statement, in bytes, and with it the time to read it.
	maxLength = 1 << 20
	// maxDepth bounds how deep brackets and prefix operators may nest: people write fewer
	// than ten.
	maxDepth = 100
	// maxTables bounds the tables of a block, as servers do.
	maxTables = 61
	// What servers can't take much of. MariaDB copies what WITH names to where it is used
	// (2^13 tables are 1 GB), takes 200 kB for a subquery, doubles the work for a NULLIF around
	// another and can't be stopped then, and crashes on 450 sums of decimals.
	maxCopied     = 200
	maxSubqueries = 200
	maxNullifs    = 10
	maxOperators  = 200
	maxText       = 1000
)

// token is a token of a statement other than a comment, with its offsets.
type token struct{ kind, start, end int32 }

// lexed is a statement and its tokens.
type lexed struct {
	sql    string
	tokens []token
	params int // placeholders
	// leaves means that INTERSECT or EXCEPT was respelled.
	leaves bool
}

// lex refuses a text that two lexers could read as different tokens, so that what is
// proved is what the server runs: the server gets the text as it is.
func lex(sql string) (*lexed, error) {
	if err := characters(sql); err != nil {
		return nil, err
	}
	l := &lexed{sql: sql}
	tokens := parser.NewStringTokenizer(sql)
	tokens.SkipSpecialComments = true // shows them as comments
	depth, prefixes, ended, last, end := 0, 0, false, 0, 0
	for {
		kind, text := tokens.Scan()
		if kind == 0 {
			break
		}
		start := end + countBlanks(sql[end:])
		end = min(tokens.Pos, len(sql))
		if ended {
			return nil, refuseAt(sql, start, "%s", describeTrailing(kind))
		}
		var err error
		prefixes++
		switch kind {
		case sqlparser.LEX_ERROR:
			return nil, refuseAt(sql, start, "%s", explainUnreadable(sql[start:]))
		case sqlparser.COMMENT:
			err = comment(sql, start, text)
		case ';':
			ended = true
		case sqlparser.VALUE_ARG, sqlparser.LIST_ARG, sqlparser.OFFSET_ARG, sqlparser.ASSIGNMENT_OPT:
			prefixes, err = 0, placeholder(sql, start)
			l.params++
		case sqlparser.AT_ID, sqlparser.AT_AT_ID:
			return nil, refuseAt(sql, start, "variables outlive the statement: pass an argument, with a ? for it")
		case sqlparser.NCHAR_STRING:
			return nil, refuseAt(sql, start, "servers read N'…' differently: write '…'")
		case sqlparser.BITNUM:
			return nil, refuseAt(sql, start, "servers read 0b… differently: write b'…'")
		case sqlparser.INTEGRAL, sqlparser.DECIMAL, sqlparser.FLOAT, sqlparser.HEXNUM:
			prefixes, err = 0, number(sql, start, kind, text)
		case '(':
			depth++
		case ')':
			depth, prefixes = depth-1, 0
		case ',':
			prefixes = 0
		case sqlparser.STRING, sqlparser.HEX, sqlparser.BIT_LITERAL:
			if prefixes = 0; last == kind { // the parser joins them in quadratic time
				err = refuseAt(sql, start, "adjacent strings: write them as one")
			}
		default:
			if text == "" { // punctuation
				break
			}
			if kind == sqlparser.ID {
				prefixes = 0
			}
			if sql[start] != '`' {
				err = word(sql, start, text)
			}
		}
		if err != nil {
			return nil, err
		}
		if kind != sqlparser.COMMENT {
			last = kind
			l.tokens = append(l.tokens, token{int32(kind), int32(start), int32(end)})
		}
		if depth > maxDepth || prefixes > maxDepth {
			return nil, refuseAt(sql, start, "the statement nests deeper than %d", maxDepth)
		}
	}
	return l, l.checkMarks()
}

// describeTrailing returns the reason to refuse a token after the ; that ends a statement.
func describeTrailing(kind int) string {
	switch kind {
	case sqlparser.COMMENT:
		return "a comment after the ; that ends the statement: write it before"
	case ';':
		return "a second ; after the one that ends the statement: leave it out"
	}
	return "a second statement in one string: run each by itself"
}

// checkMarks refuses a ? that is not a placeholder: the driver has its own lexer, which could
// write an argument there.
func (l *lexed) checkMarks() error {
	if strings.Count(l.sql, "?") == l.params {
		return nil
	}
	end := 0
	for _, t := range l.tokens {
		where := "comment"
		i := strings.IndexByte(l.sql[end:t.start], '?')
		if i < 0 {
			end = int(t.start)
			where = map[bool]string{true: "name", false: "string"}[l.sql[t.start] == '`']
			i = strings.IndexByte(l.sql[end:t.end], '?')
		}
		if i >= 0 && t.kind != sqlparser.VALUE_ARG {
			return refuseAt(l.sql, end+i, "a ? stands in a %s: pass it in an argument", where)
		}
		end = int(t.end)
	}
	return refuseAt(l.sql, end+strings.IndexByte(l.sql[end:], '?'), "a ? stands in a comment: pass it in an argument")
}

// countBlanks returns the number of blanks at the beginning of s.
func countBlanks(s string) int { return len(s) - len(strings.TrimLeft(s, " \t\r\n")) }

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
		if literal := odbc[strings.ToLower(word)]; literal != "" {
			return "braces are ODBC syntax: write " + literal
		}
		return "braces are ODBC syntax: leave them out, and the word after {"
	}
	if r, _ := utf8.DecodeRuneInString(s); unicode.IsLetter(r) {
		return "a name with this letter needs quotes"
	}
	return "no token begins with this character"
}

// odbc maps the first word of an ODBC literal to the literal in SQL.
var odbc = map[string]string{"d": "DATE '…'", "t": "TIME '…'", "ts": "TIMESTAMP '…'"}

// characters accepts a text of a length and of characters that all servers can read.
func characters(sql string) error {
	if len(sql) > maxLength {
		return refuse("the statement is longer than %d bytes: split it", maxLength)
	}
	if !utf8.ValidString(sql) {
		return refuse("the statement is not valid UTF-8")
	}
	if i := strings.IndexFunc(sql, func(r rune) bool { return r < ' ' && r != '\n' && r != '\t' && r != '\r' || r == 0x7f }); i >= 0 {
		return refuseAt(sql, i, "control characters are not allowed")
	}
	return nil
}

// placeholder accepts a ? that stands by itself: the driver writes the argument in its
// place, which must not become a part of a word beside it.
func placeholder(sql string, at int) error {
	if strings.HasPrefix(sql[at:], ":=") {
		return refuseAt(sql, at, "variables outlive the statement: pass an argument, with a ? for it")
	}
	if sql[at] != '?' {
		return refuseAt(sql, at, "a placeholder has no name: write ?")
	}
	const apart = " \t\r\n(),;=<>!+-*/%&|^~"
	if at > 0 && !strings.Contains(apart, sql[at-1:at]) {
		return refuseAt(sql, at, "put a blank before ?")
	}
	if at+1 < len(sql) && !strings.Contains(apart, sql[at+1:at+2]) {
		return refuseAt(sql, at, "put a blank after ?")
	}
	return nil
}

// comment accepts what every server skips.
func comment(sql string, at int, text string) error {
	switch {
	case strings.HasPrefix(text, "/*!"), strings.HasPrefix(text, "/*M!"):
		return refuseAt(sql, at, "servers execute the comment %s … */: write a blank after /*", text[:strings.IndexByte(text, '!')+1])
	case strings.HasPrefix(text, "/*+"):
		return refuseAt(sql, at, "a hint in a comment can set variables: write an index hint, or set a deadline in the context")
	case strings.HasPrefix(text, "/*") && strings.Contains(text[2:], "/*"):
		return refuseAt(sql, at, "comments can't nest")
	case strings.HasPrefix(text, "//"):
		return refuseAt(sql, at, "// does not start a comment in MySQL: write --")
	}
	return nil
}

// number accepts what every server reads as the same number.
func number(sql string, at, kind int, text string) error {
	last := text[len(text)-1]
	switch {
	case kind == sqlparser.HEXNUM && (len(text) < 3 || text[1] != 'x'):
		return refuseAt(sql, at, "servers read %s differently: write 0x and digits", text)
	case kind != sqlparser.HEXNUM && (last < '0' || last > '9'):
		return refuseAt(sql, at, "servers read %s differently: end it with a digit", text)
	}
	return nil
}

// word refuses names without quotes that are an operator on some servers, and
// names that begin as a number.
func word(sql string, at int, text string) error {
	switch strings.ToLower(text) {
	case "minus", "full":
		return refuseAt(sql, at, "%s is an operator on some servers: quote it if it is a name", strings.ToUpper(text))
	}
	if strings.Contains(text, "$") { // some read $…$ as quotes
		return refuseAt(sql, at, "the name %s has a $: quote it", text)
	}
	if text[0] <= '9' {
		return refuseAt(sql, at, "the name %s begins as a number: quote it", text)
	}
	return nil
}
