package guard

import (
	"strings"
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

// lex refuses a text that two lexers could read as different tokens, so that what is
// proved is what the server runs: the server gets the text as it is. It returns the
// number of placeholders.
func lex(sql string) (params int, err error) {
	if err := characters(sql); err != nil {
		return 0, err
	}
	tokens := parser.NewStringTokenizer(sql)
	tokens.SkipSpecialComments = true // shows them as comments
	depth, prefixes, ended := 0, 0, false
	for last := 0; ; {
		kind, text := tokens.Scan()
		if kind == 0 {
			break
		}
		if ended {
			return 0, refuse("several statements in one text: send each by itself, with nothing after its ;")
		}
		prefixes++
		switch kind {
		case sqlparser.LEX_ERROR:
			return 0, refuse("the statement can't be read at position %d", tokens.Pos+1)
		case sqlparser.COMMENT:
			err = comment(text)
		case ';':
			ended = true
		case sqlparser.VALUE_ARG, sqlparser.LIST_ARG, sqlparser.OFFSET_ARG, sqlparser.ASSIGNMENT_OPT:
			prefixes, err = 0, placeholder(sql, tokens.Pos-1)
			params++
		case sqlparser.AT_ID, sqlparser.AT_AT_ID:
			return 0, refuse("variables outlive the statement: pass arguments, for each a ?")
		case sqlparser.NCHAR_STRING, sqlparser.BITNUM:
			return 0, refuse("N'…' and 0b… are read differently by servers: use '…' and b'…'")
		case sqlparser.INTEGRAL, sqlparser.DECIMAL, sqlparser.FLOAT, sqlparser.HEXNUM:
			prefixes, err = 0, number(kind, text)
		case '(':
			depth++
		case ')':
			depth, prefixes = depth-1, 0
		case ',':
			prefixes = 0
		case sqlparser.STRING, sqlparser.HEX, sqlparser.BIT_LITERAL:
			if prefixes = 0; last == kind { // the parser joins them in quadratic time
				err = refuse("write one text instead of several side by side")
			}
		default:
			if text == "" { // punctuation
				break
			}
			if kind == sqlparser.ID {
				prefixes = 0
			}
			if sql[tokens.Pos-1] != '`' {
				err = word(text)
			}
		}
		if err != nil {
			return 0, err
		}
		if kind != sqlparser.COMMENT {
			last = kind
		}
		if depth > maxDepth || prefixes > maxDepth {
			return 0, refuse("the statement nests deeper than %d", maxDepth)
		}
	}
	// The driver has a lexer of its own, which looks for ? to write arguments there.
	if strings.Count(sql, "?") != params {
		return 0, refuse("a ? stands in a text, a name or a comment: pass it in an argument")
	}
	return params, nil
}

// characters accepts a text of a length and of characters that all servers can read.
func characters(sql string) error {
	if len(sql) > maxLength {
		return refuse("the statement is longer than %d bytes: split it", maxLength)
	}
	if !utf8.ValidString(sql) {
		return refuse("the statement is not valid UTF-8")
	}
	if i := strings.IndexFunc(sql, func(r rune) bool { return r < ' ' && r != '\n' && r != '\t' && r != '\r' || r == 0x7f }); i >= 0 {
		return refuse("the statement has a control character at position %d", i+1)
	}
	return nil
}

// placeholder accepts a ? that stands by itself: the driver writes the argument in its
// place, which must not become a part of a word beside it.
func placeholder(sql string, at int) error {
	if sql[at] != '?' {
		return refuse("only ? is a placeholder, and := is not allowed")
	}
	const apart = " \t\r\n(),;=<>!+-*/%&|^~"
	if at > 0 && !strings.Contains(apart, sql[at-1:at]) || at+1 < len(sql) && !strings.Contains(apart, sql[at+1:at+2]) {
		return refuse("put a blank between ? and what stands beside it, at position %d", at+1)
	}
	return nil
}

// comment accepts what every server skips.
func comment(text string) error {
	switch {
	case strings.HasPrefix(text, "/*!"), strings.HasPrefix(text, "/*M!"):
		return refuse("servers execute what stands in /*! … */ and /*M! … */")
	case strings.HasPrefix(text, "/*+"):
		return refuse("hints in comments can set variables: use index hints, and the context for time limits")
	case strings.HasPrefix(text, "/*") && strings.Contains(text[2:], "/*"):
		return refuse("a comment inside a comment")
	case strings.HasPrefix(text, "//"):
		return refuse("// starts no comment in MySQL")
	}
	return nil
}

// number accepts what every server reads as the same number.
func number(kind int, text string) error {
	last := text[len(text)-1]
	if kind == sqlparser.HEXNUM && (len(text) < 3 || text[1] != 'x') || kind != sqlparser.HEXNUM && (last < '0' || last > '9') {
		return refuse("%s is read differently by servers", text)
	}
	return nil
}

// word refuses names without quotes that are an operator on some servers, and
// names that begin as a number.
func word(text string) error {
	switch strings.ToLower(text) {
	case "except", "intersect", "minus", "full":
		return refuse("%s can't be proved: use EXISTS, NOT EXISTS or UNION, or quote it if it is a name", strings.ToUpper(text))
	}
	if text[0] <= '9' || strings.Contains(text, "$") { // some read $…$ as quotes
		return refuse("the name %s begins as a number or has a $: quote it", text)
	}
	return nil
}
