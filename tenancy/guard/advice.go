package guard

import (
	"errors"
	"strings"

	"vitess.io/vitess/go/vt/sqlparser"
)

// refuseToken returns the refusal of a statement with a syntax error. end is the end of the token at
// which the parser failed, as an offset.
func (l *lexedSQL) refuseToken(end int, err error) error {
	i := 0
	for i < len(l.tokens) && int(l.tokens[i].end) < end {
		i++
	}
	if len(l.tokens) == 0 {
		return refuse("the statement is empty")
	}
	var p sqlparser.PositionedErr
	if last := len(l.tokens) - 1; i > last || l.wordAt(i) != "" && errors.As(err, &p) && p.Near == "" {
		return refuseAt(l.sql, int(l.tokens[last].end), "the statement ends too early")
	}
	at, why := l.adviseAt(i)
	return refuseAt(l.sql, int(l.tokens[at].start), "%s", why)
}

// provableWords are the first words of provable statements.
var provableWords = wordSet("SELECT INSERT REPLACE UPDATE DELETE WITH VALUES TABLE SAVEPOINT ROLLBACK RELEASE")

// refuseSystemStatement returns the refusal of a statement for the system scope, such as ALTER TABLE.
// name is its first word.
func refuseSystemStatement(name string) error {
	switch name {
	case "BEGIN", "START", "COMMIT", "ROLLBACK":
		return refuse("%s can't be proved: transactions begin and end in Go, by tenancy.DB.Tx", name)
	}
	return refuse("%s can't be proved: only the system scope can run such a statement (tenancy.System)", name)
}

// adviseAt returns the index of the unsupported token, and the reason with a replacement. The parser
// fails at token i, which may be later.
func (l *lexedSQL) adviseAt(i int) (at int, why string) {
	for _, at := range []int{i, i - 1, i - 2} {
		if why := parserAdvice[l.wordAt(at)]; why != "" {
			return at, why
		}
	}
	word, before := l.wordAt(i), l.wordAt(i-1)
	if reason := refusedFunctions[strings.ToLower(word)]; reason != "" && l.hasKind(i+1, '(') {
		return i, "the function " + word + " " + reason
	}
	switch {
	case l.wordAt(i-2) == "OF" && l.hasKind(i, '.'):
		return i - 1, "name the table without its database"
	case before == "VALUES":
		return i - 1, "the parser can't read MariaDB's VALUES (…): write SELECT … UNION ALL SELECT …"
	case strings.HasPrefix(word, "SQL_TSI_"):
		return i, "the parser can't read " + word + " here: write " + strings.TrimPrefix(word, "SQL_TSI_")
	case word == "OFFSET", word == "FETCH":
		return i, "the parser can't read OFFSET … FETCH: write LIMIT … OFFSET …"
	case word == "ROWS":
		return i, "the parser can't read LIMIT ROWS EXAMINED: set a deadline in the context"
	case word == "WAIT":
		return i, "the parser can't read WAIT: write NOWAIT, or set a deadline in the context"
	case before == "DEFAULT":
		return i, "write this DEFAULT as a string in quotes"
	case before == "AT", word == "AT":
		return i, "the parser can't read AT TIME ZONE: write CONVERT_TZ"
	case l.wordAt(0) == "INSERT" && word == "AS":
		return i, "the parser can't read AS after SET: write VALUES (…) AS, or VALUES(column)"
	}
	return i, "the parser can't read this"
}

// parserAdvice maps a word of unsupported syntax to the reason and a replacement.
var parserAdvice = map[string]string{
	"RETURNING":     "the parser can't read RETURNING, which MySQL does not have: SELECT the rows before or after",
	"TABLE":         "TABLE has no WHERE that could bind the table: write SELECT * FROM … WHERE tenant_id = ?",
	"DELAYED":       "servers ignore DELAYED or refuse it: leave it out",
	"LOW_PRIORITY":  "InnoDB ignores LOW_PRIORITY: leave it out",
	"HIGH_PRIORITY": "InnoDB ignores HIGH_PRIORITY: leave it out",
	"QUICK":         "InnoDB ignores QUICK: leave it out",
	"OVER":          "the parser can't read OVER after this function: find the row by ROW_NUMBER() and COUNT(*) OVER",
	"WITHIN":        "the parser can't read WITHIN GROUP: find the row by ROW_NUMBER() and COUNT(*) OVER",
	"PROCEDURE":     "PROCEDURE ANALYSE was removed from MySQL: leave it out",
	"CYCLE":         "the parser can't read CYCLE: write UNION, which leaves out duplicate rows",
	"QUALIFY":       "the parser can't read QUALIFY: write WHERE around a derived table",
	"TABLESAMPLE":   "the parser can't read TABLESAMPLE: write ORDER BY RAND() LIMIT …",
	"SYSTEM_TIME":   "the parser can't read FOR SYSTEM_TIME: keep versions in rows of a table",
	"OJ":            "braces are ODBC syntax: leave them out",
	"ASC":           "MySQL has no order in GROUP BY: write ORDER BY",
	"DESC":          "MySQL has no order in GROUP BY: write ORDER BY",
}
