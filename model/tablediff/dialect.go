package tablediff

import (
	"regexp"
	"strings"
)

var (
	// jsonCheck matches MariaDB's type of a JSON column.
	jsonCheck = regexp.MustCompile("longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin([^\n]*?) CHECK \\(json_valid\\(`[^`]+`\\)\\)")
	// functionDefault matches the beginning of a default with a function call, without parentheses around it.
	functionDefault = regexp.MustCompile(`(?m)^  .* DEFAULT [a-z_0-9]+\(`)
)

// foldDialect rewrites MariaDB's syntax in a definition, of which the parser reads only MySQL's.
func foldDialect(create string) string {
	create = jsonCheck.ReplaceAllString(create, "json$1")
	for end := 0; ; {
		match := functionDefault.FindStringIndex(create[end:])
		if match == nil {
			return create
		}
		open := end + match[1] - 1
		start := strings.LastIndex(create[:open], " ") + 1
		end = open + closingParenthesis(create[open:]) + 1
		create = create[:start] + "(" + create[start:end] + ")" + create[end:]
	}
}

// closingParenthesis returns the index of the parenthesis after the first one and its content, outside of
// quotes.
func closingParenthesis(text string) int {
	depth, quoted := 0, byte(0)
	for i := range len(text) {
		switch c := text[i]; {
		case quoted != 0:
			if c == quoted {
				quoted = 0
			}
		case c == '\'' || c == '`' || c == '"':
			quoted = c
		case c == '(':
			depth++
		case c == ')':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return len(text) - 1
}
