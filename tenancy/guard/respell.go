package guard

import (
	"errors"
	"slices"
	"strings"

	"vitess.io/vitess/go/vt/sqlparser"
)

// The parser lacks some syntax that servers have. This file replaces it by syntax that the
// parser has and that is equal for the proof: the same tables are read and written, in the
// same blocks, and the same conditions bind them. The server gets the original statement.

// edit replaces a part of a statement.
type edit struct {
	start, end int
	text       string
	// guess means that the part may be a name: if the parser can't read the statement with
	// the edit, it is left out.
	guess bool
}

type edits []edit

// apply returns the statement with the edits, which must be in order.
func (e edits) apply(sql string) string {
	var b strings.Builder
	end := 0
	for _, edit := range e {
		b.WriteString(sql[end:edit.start])
		b.WriteString(edit.text)
		end = edit.end
	}
	b.WriteString(sql[end:])
	return b.String()
}

// unedit maps an offset in the edited statement to one in the original.
func (e edits) unedit(at int) int {
	for _, edit := range slices.Backward(e) {
		longer := 0
		for _, before := range e {
			if before.start <= edit.start {
				longer += len(before.text) - (before.end - before.start)
			}
		}
		if start := edit.end + longer; at >= start {
			return at - longer
		}
	}
	return at
}

// parse parses a statement. It fails with a refusal.
func (l *lexed) parse() (sqlparser.Statement, error) {
	if word := l.word(0); word != "" && !provable[word] {
		return nil, systemStatement(word)
	}
	all, err := l.respell()
	if err != nil {
		return nil, err
	}
	statement, err := parser.ParseStrictDDL(all.apply(l.sql)) // Parse would log syntax errors
	at := all.position(err)
	if sure := slices.DeleteFunc(slices.Clone(all), func(e edit) bool { return e.guess }); err != nil && len(sure) < len(all) {
		var second error
		if statement, second = parser.ParseStrictDDL(sure.apply(l.sql)); second == nil || sure.position(second) > at {
			at, err = sure.position(second), second
		}
	}
	if err != nil {
		return nil, l.refuseToken(at, err)
	}
	return statement, nil
}

// position returns the end, in the original statement, of the token that the parser could not
// read.
func (e edits) position(err error) int {
	var p sqlparser.PositionedErr
	if !errors.As(err, &p) {
		return 0
	}
	return e.unedit(p.Pos - 1)
}

// word returns the i-th token in capitals if it is an unquoted word, or "".
func (l *lexed) word(i int) string {
	if i < 0 || i >= len(l.tokens) {
		return ""
	}
	if text := l.sql[l.tokens[i].start:l.tokens[i].end]; isName(text) {
		return strings.ToUpper(text)
	}
	return ""
}

// is reports whether the i-th token is of a kind, such as a character.
func (l *lexed) is(i int, kind int32) bool {
	return i >= 0 && i < len(l.tokens) && l.tokens[i].kind == kind
}

// replace returns an edit of the tokens from i to j-1.
func (l *lexed) replace(i, j int, text string) edit {
	return edit{start: int(l.tokens[i].start), end: int(l.tokens[j-1].end), text: text}
}

// respell returns the edits for the syntax that the parser lacks.
func (l *lexed) respell() (all edits, err error) {
	i := l.skipPriority()
	if i > 1 {
		all = append(all, l.replace(1, i, ""))
	}
	open := []bracket{{}} // the last is the innermost
	for ; i < len(l.tokens); i++ {
		inner := &open[len(open)-1]
		switch {
		case l.is(i, '('):
			before := l.word(i - 1)
			open = append(open, bracket{cast: before == "CAST" || before == "CONVERT"})
		case l.is(i, ')') && len(open) > 1:
			open = open[:len(open)-1]
		case inner.cast && (l.is(i, ',') || l.word(i) == "AS"):
			all = append(all, l.respellType(i+1)...)
		case inner.windows && l.is(i, ',') && l.word(i+2) == "AS" && l.is(i+3, '('):
			all = append(all, edit{start: int(l.tokens[i].end), end: int(l.tokens[i].end), text: " WINDOW "})
		case l.word(i) == "WINDOW" && l.word(i+2) == "AS" && l.is(i+3, '('):
			inner.windows = true
		case l.lockedTables(i) > 0:
			end := l.lockedTables(i)
			all = append(all, l.replace(i, end, ""))
			i = end - 1
		case !l.is(i-1, '.'):
			e, err := l.respellWord(i)
			if err != nil {
				return nil, err
			}
			all = append(all, e...)
		}
	}
	return all, nil
}

// bracket is an open bracket: of CAST or CONVERT, or with a WINDOW clause inside.
type bracket struct{ cast, windows bool }

// respellWord returns the edits for the word that is token i.
func (l *lexed) respellWord(i int) (edits, error) {
	e := edits{{}}
	switch word, next := l.word(i), l.word(i+1); {
	case word == "EXCEPT", word == "INTERSECT":
		if !l.is(i+1, '(') && !setOperand[next] {
			return nil, refuseAt(l.sql, int(l.tokens[i].start), "%s is an operator: quote it if it is a name", word)
		}
		e[0] = l.replace(i, i+1, "UNION")
		l.leaves = true
	case word == "MID" && l.is(i+1, '('):
		e[0] = l.replace(i, i+1, "SUBSTR")
		e[0].guess = true
	case word == "SOUNDS" && next == "LIKE":
		e[0] = l.replace(i, i+1, "")
		e[0].guess = true
	case word == "INNER" && l.word(i-1) == "NATURAL":
		e[0] = l.replace(i, i+1, "")
	default:
		return nil, nil
	}
	return e, nil
}

// setOperand are the first words of an operand of a set operation.
var setOperand = set("SELECT ALL DISTINCT VALUES TABLE")

// skipPriority returns the index of the first token after the priority of a write.
func (l *lexed) skipPriority() int {
	words, ok := urgency[l.word(0)]
	if !ok {
		return 0
	}
	i := 1
	for words[l.word(i)] {
		i++
	}
	return i
}

// urgency has the words for the priority of a write, by its first word.
var urgency = map[string]map[string]bool{
	"INSERT": set("LOW_PRIORITY HIGH_PRIORITY"), "REPLACE": set("LOW_PRIORITY"),
	"UPDATE": set("LOW_PRIORITY"), "DELETE": set("LOW_PRIORITY QUICK"),
}

// lockedTables returns where the names end in `FOR UPDATE OF name, name` or `FOR SHARE OF
// name`, if token i is that OF; else 0. OF can be a name elsewhere, as in `FOR -of), (2)`.
func (l *lexed) lockedTables(i int) int {
	if l.word(i) != "OF" || l.word(i-1) != "UPDATE" && l.word(i-1) != "SHARE" || l.word(i-2) != "FOR" || l.is(i-3, '.') {
		return 0
	}
	for {
		i++
		switch {
		case !l.isName(i):
			return 0
		case !l.is(i+1, ','):
			return i + 1
		}
		i++
	}
}

// isName reports whether the i-th token is a word or a name in quotes.
func (l *lexed) isName(i int) bool {
	return l.word(i) != "" || i < len(l.tokens) && l.sql[l.tokens[i].start] == '`'
}

// respellType replaces the type at token i in CAST or CONVERT by one that the parser knows. A cast
// binds nothing, so any type will do.
func (l *lexed) respellType(i int) edits {
	first, second := l.word(i), l.word(i+1)
	switch {
	case second == "INT", second == "PRECISION": // SIGNED INT, UNSIGNED INT, DOUBLE PRECISION
		return edits{l.replace(i+1, i+2, "")}
	case first == "NATIONAL" && second != "":
		return edits{l.replace(i, i+2, "NCHAR")}
	case castTypes[first] != "":
		return edits{l.replace(i, i+1, castTypes[first])}
	}
	return nil
}

// castTypes maps cast types that the parser does not know to others.
var castTypes = map[string]string{
	"YEAR": "DATE", "DEC": "DECIMAL", "CHARACTER": "CHAR", "VARCHAR": "CHAR", "INT": "SIGNED", "INTEGER": "SIGNED",
	"INET6": "BINARY", "INET4": "BINARY", "UUID": "BINARY",
	"POINT": "BINARY", "LINESTRING": "BINARY", "POLYGON": "BINARY", "MULTIPOINT": "BINARY", "MULTILINESTRING": "BINARY",
	"MULTIPOLYGON": "BINARY", "GEOMETRYCOLLECTION": "BINARY",
}
