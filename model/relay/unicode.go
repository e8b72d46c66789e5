package relay

import (
	"crypto/sha256"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// normalize returns s in Unicode normalisation form C (NFC), in which strings are stored and
// compared: "é" is always one character.
func normalize(s string) string { return norm.NFC.String(s) }

// UniqueKey returns the value by which a unique key compares s: the SHA-256 hash of s
// without case and normalisation form, always 32 bytes. Strings that differ in anything
// else, such as accents or width, have different keys. Keys are stored, so a change of this
// function needs a migration that computes all keys again.
func UniqueKey(s string) []byte {
	sum := sha256.Sum256([]byte(foldCase(s)))
	return sum[:]
}

// foldCase returns s in NFC and without case, by Unicode's simple case folding, which
// replaces each character by one: ẞ and ß are equal, but ß and ss are not. Folding can
// leave a letter and an accent that form one character, so the result is normalised again.
func foldCase(s string) string {
	return normalize(strings.Map(foldRune, normalize(s)))
}

// foldRune returns the same character for all characters that differ only in case. It keeps
// characters without case, and İ and ı, which only Turkish pairs with i and I.
func foldRune(r rune) rune {
	if unicode.SimpleFold(r) == r {
		return r
	}
	return unicode.ToLower(unicode.ToUpper(r))
}
