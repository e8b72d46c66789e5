package model

import (
	"crypto/sha256"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// normalize returns s in Unicode's normalisation form C (NFC), in which strings are
// stored and compared: "é" is one character, whatever keyboard made it.
func normalize(s string) string { return norm.NFC.String(s) }

// UniqueKey returns the value by which a unique key compares s: the SHA-256 hash of s
// without case and normalisation form, always 32 bytes. Strings that differ in anything
// else, such as accents or width, have different keys. Keys are stored, so the function
// must not change: a migration would have to compute all keys anew.
func UniqueKey(s string) []byte {
	sum := sha256.Sum256([]byte(foldCase(s)))
	return sum[:]
}

// setUnique is set for a string with a UniqueKey, whose column is named as the string's,
// with _key.
func setUnique(c changes, column string, field *string, key *[]byte, value *string) {
	set(c, column, field, value)
	if _, changed := c[column]; changed {
		*key = UniqueKey(*field)
		c[column+"_key"] = *key
	}
}

// foldCase returns s in NFC and without case, by Unicode's simple case folding, which
// replaces each character by one: ẞ and ß are equal, but ß and ss are not. Folding can
// leave a letter and an accent that form one character, so the result is normalised again.
func foldCase(s string) string {
	return normalize(strings.Map(foldRune, normalize(s)))
}

// foldRune returns one and the same character for all that differ in case only. Characters
// without case stay, and so do İ and ı, which only Turkish pairs with i and I.
func foldRune(r rune) rune {
	if unicode.SimpleFold(r) == r {
		return r
	}
	return unicode.ToLower(unicode.ToUpper(r))
}
