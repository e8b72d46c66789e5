package guard

import (
	"errors"
	"slices"
	"strings"

	"vitess.io/vitess/go/vt/sqlparser"
)

// The parser lacks some forms that servers have. What follows writes them in a form that it
// has and that means the same for the proof: the same tables are read and written, in the
// same blocks, and the same conditions bind them. The server gets the statement as it was.

// edit replaces a part of a statement.
type edit struct {
	start, end int
	text       string
	// guess means that the part may be a name after all: if the parser can't read the
	// statement with it, it is left out.
	guess bool
}

type edits []edit

// apply returns the statement with the edits, which are in order.
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

// origin returns the offset in the statement of one in the edited text.
func (e edits) origin(at int) int {
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

// parse reads a statement, or says why it can't.
func (l *lexed) parse() (sqlparser.Statement, error) {
	if word := l.word(0); word != "" && !provable[word] {
		return nil, systemStatement(word)
	}
	all, err := l.respell()
	if err != nil {
		return nil, err
	}
	statement, err := parser.ParseStrictDDL(all.apply(l.sql)) // the other Parse logs what it can't read
	at := all.position(err)
	if sure := slices.DeleteFunc(slices.Clone(all), func(e edit) bool { return e.guess }); err != nil && len(sure) < len(all) {
		var second error
		if statement, second = parser.ParseStrictDDL(sure.apply(l.sql)); second == nil || sure.position(second) > at {
			at, err = sure.position(second), second
		}
	}
	if err != nil {
		return nil, l.misread(at, err)
	}
	return statement, nil
}

// position returns where in the statement the token ends that the parser could not read.
func (e edits) position(err error) int {
	var p sqlparser.PositionedErr
	if !errors.As(err, &p) {
		return 0
	}
	return e.origin(p.Pos - 1)
}

// word returns the i-th token in capitals if it is a word without quotes, or nothing.
func (l *lexed) word(i int) string {
	if i < 0 || i >= len(l.tokens) {
		return ""
	}
	if text := l.sql[l.tokens[i].start:l.tokens[i].end]; isName(text) {
		return strings.ToUpper(text)
	}
	return ""
}

// is reports whether the i-th token is this character.
func (l *lexed) is(i int, kind int32) bool {
	return i >= 0 && i < len(l.tokens) && l.tokens[i].kind == kind
}

// replace is an edit of the tokens from i up to, and without, j.
func (l *lexed) replace(i, j int, text string) edit {
	return edit{start: int(l.tokens[i].start), end: int(l.tokens[j-1].end), text: text}
}

// respell finds the forms that the parser lacks.
func (l *lexed) respell() (all edits, err error) {
	i := l.modifiers()
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
			all = append(all, l.castType(i+1)...)
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

// bracket is an open one: that of CAST or CONVERT, and whether a WINDOW clause stands in it.
type bracket struct{ cast, windows bool }

// respellWord respells the word that is token i.
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

// setOperand are the words that a part of a set operation can begin with.
var setOperand = set("SELECT ALL DISTINCT VALUES TABLE")

// modifiers returns where the words end that say how urgent a write is.
func (l *lexed) modifiers() int {
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

// urgency has the words that may stand behind the first one of a write.
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

// castType writes the type of a CAST or CONVERT that begins at token i as one that the
// parser knows. What a cast gives binds nothing, so that any type will do.
func (l *lexed) castType(i int) edits {
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

// castTypes are types that servers cast to and the parser does not know.
var castTypes = map[string]string{
	"YEAR": "DATE", "DEC": "DECIMAL", "CHARACTER": "CHAR", "VARCHAR": "CHAR", "INT": "SIGNED", "INTEGER": "SIGNED",
	"INET6": "BINARY", "INET4": "BINARY", "UUID": "BINARY",
	"POINT": "BINARY", "LINESTRING": "BINARY", "POLYGON": "BINARY", "MULTIPOINT": "BINARY", "MULTILINESTRING": "BINARY",
	"MULTIPOLYGON": "BINARY", "GEOMETRYCOLLECTION": "BINARY",
}
