package guard

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// refuseAt returns the refusal of the token at an offset of sql.
func refuseAt(sql string, at int, format string, args ...any) error {
	return &Refusal{Reason: describePosition(sql, at) + ": " + fmt.Sprintf(format, args...), Pos: at + 1}
}

// describePosition describes an offset by its line and column, in characters from 1, and quotes
// the SQL there.
func describePosition(sql string, at int) string {
	before := sql[:at]
	line, start := 1+strings.Count(before, "\n"), 1+strings.LastIndexByte(before, '\n')
	snippet, _, _ := strings.Cut(sql[at:], "\n")
	snippet = strings.TrimRight(snippet, " \t\r")
	if len(snippet) > maxSnippet {
		snippet = snippet[:maxSnippet]
		for !utf8.ValidString(snippet) {
			snippet = snippet[:len(snippet)-1]
		}
		snippet += "…"
	}
	where := fmt.Sprintf("line %d, column %d", line, 1+utf8.RuneCountInString(sql[start:at]))
	if snippet == "" {
		return where + ", at the end"
	}
	return fmt.Sprintf("%s, at %q", where, snippet)
}

// maxSnippet limits the quoted part of a statement, in bytes.
const maxSnippet = 24
