package codegen

import (
	"slices"
	"strings"
	"unicode"
)

// nameWords returns the words of a name in camel case: "line item" of LineItem, "API key" of apiKey's type
// APIKey. Only acronyms have capital letters.
func nameWords(name string) string {
	var words []string
	runes := []rune(name)
	start := 0
	for i := 1; i <= len(runes); i++ {
		if i < len(runes) && !startsWord(runes, i) {
			continue
		}
		word := string(runes[start:i])
		if len(word) < 2 || word != strings.ToUpper(word) {
			word = strings.ToLower(word)
		}
		words, start = append(words, word), i
	}
	return strings.Join(words, " ")
}

// startsWord reports whether a word begins at the index i: at a capital letter after a small one or a digit,
// or at the last capital letter of several.
func startsWord(runes []rune, i int) bool {
	if !unicode.IsUpper(runes[i]) {
		return false
	}
	return !unicode.IsUpper(runes[i-1]) || i+1 < len(runes) && unicode.IsLower(runes[i+1])
}

// upperName returns a field's name as part of a type's: Label of label.
func upperName(name string) string { return strings.ToUpper(name[:1]) + name[1:] }

// withArticle returns words after "a" or "an", by the sound of the first word.
func withArticle(words string) string {
	if startsWithVowelSound(words) {
		return "an " + words
	}
	return "a " + words
}

func startsWithVowelSound(words string) bool {
	first, _, _ := strings.Cut(words, " ")
	if len(first) > 1 && first == strings.ToUpper(first) { // an acronym, spelled out
		return strings.ContainsRune("AEFHILMNORSX8", rune(first[0]))
	}
	hasPrefix := func(prefix string) bool { return strings.HasPrefix(first, prefix) }
	if slices.ContainsFunc([]string{"eu", "one", "once", "uni", "use", "usa", "usu", "uti"}, hasPrefix) {
		return strings.HasPrefix(first, "unin") || strings.HasPrefix(first, "unim") // uninstallation, unimportance
	}
	if slices.ContainsFunc([]string{"heir", "honest", "honor", "honour", "hour"}, hasPrefix) {
		return true
	}
	return strings.ContainsRune("aeiou", rune(first[0]))
}

// joinWords returns a list in words: "a, b and c".
func joinWords(list []string, conjunction string) string {
	if len(list) < 2 {
		return strings.Join(list, "")
	}
	last := len(list) - 1
	return strings.Join(list[:last], ", ") + " " + conjunction + " " + list[last]
}

// sentence returns a text with a capital first letter and a full stop.
func sentence(text string) string { return upperName(text) + "." }

// constantWords returns the words of an enum's value: "in progress" of IN_PROGRESS.
func constantWords(name string) string { return strings.ToLower(strings.ReplaceAll(name, "_", " ")) }
