package main

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"

	"rowhouse/tenancy/guard"
)

// printPosition prints the line of SQL at the position of a refusal, with a caret below. It prints
// nothing for other errors. Long lines are cut at both sides.
func printPosition(out io.Writer, err error) {
	var r *guard.Refusal
	if !errors.As(err, &r) || r.Pos == 0 {
		return
	}
	at := r.Pos - 1
	before, after := r.SQL[strings.LastIndexByte(r.SQL[:at], '\n')+1:at], r.SQL[at:]
	after, _, _ = strings.Cut(after, "\n")
	after = strings.TrimRight(after, " \t\r")
	const maxSide = 60
	left, right := []rune(before), []rune(after)
	if len(left) > maxSide {
		left = append([]rune("… "), left[len(left)-maxSide:]...)
	}
	if len(right) > maxSide {
		right = append(right[:maxSide:maxSide], []rune(" …")...)
	}
	fmt.Fprintf(out, "  %s%s\n  %s^\n", blankControls(left), blankControls(right), strings.Repeat(" ", columnWidth(left)))
}

// columnWidth returns the number of terminal columns of a string.
func columnWidth(runes []rune) (n int) {
	for _, r := range runes {
		switch {
		case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		case unicode.In(r, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana):
			n += 2
		default:
			n++
		}
	}
	return n
}

// blankControls replaces control characters, including tabs, with spaces.
func blankControls(runes []rune) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, string(runes))
}
