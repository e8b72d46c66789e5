package guard

import (
	"errors"
	"slices"
	"strings"

	"vitess.io/vitess/go/vt/sqlparser"
)

// edit replaces a part of a statement, from the offset start to end.
type edit struct {
	start, end int
	text       string
	// tentative is true if the part may be a name: without the edit, the parser may still read the
	// statement.
	tentative bool
}

// edits are edits of a statement, in order.
type edits []edit

// applyTo returns the edited statement.
func (e edits) applyTo(sql string) string {
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

// originalOffset returns the offset in the original statement of one in the edited statement.
func (e edits) originalOffset(at int) int {
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

// errorOffset returns the end of the token at which the parser failed, as an offset in the original
// statement, or 0.
func (e edits) errorOffset(err error) int {
	var p sqlparser.PositionedErr
	if !errors.As(err, &p) {
		return 0
	}
	return e.originalOffset(p.Pos - 1)
}
