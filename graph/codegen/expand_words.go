package codegen

import (
	"slices"
	"strings"
	"unicode"

	"github.com/99designs/gqlgen/codegen/templates"
)

// nameWords returns the words of a name in camel case: "line item" of LineItem, "API key" of APIKey. Only
// acronyms have capital letters.
func nameWords(name string) string {
	var words []string
	runes := []rune(name)
	start := 0
	for i := 1; i <= len(runes); i++ {
		if i < len(runes) && !startsWord(runes, i) {
			continue
		}
		words, start = append(words, wordCase(string(runes[start:i]))), i
	}
	return strings.Join(words, " ")
}

// wordCase returns an acronym in capital letters, and another word in small ones.
func wordCase(word string) string {
	upper := strings.ToUpper(word)
	if templates.CommonInitialisms[upper] || len(word) > 1 && word == upper {
		return upper
	}
	return strings.ToLower(word)
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

// endsInPreposition reports whether a name such as createdBy is no noun.
func endsInPreposition(words string) bool {
	last := words[strings.LastIndex(words, " ")+1:]
	return last != words && slices.Contains([]string{"at", "by", "for", "from", "in", "of", "on", "since", "to", "until", "with"}, last)
}

// isParticiple reports whether a verb such as published fits into "was published".
func isParticiple(verb string) bool {
	return strings.HasSuffix(verb, "ed") ||
		slices.Contains([]string{"begun", "born", "built", "held", "lost", "paid", "sent", "sold", "won"}, verb)
}

// isClause reports whether a label is a clause, such as "time when the item was published".
func isClause(label string) bool {
	return slices.ContainsFunc([]string{"whether ", "time ", "date ", "day "}, func(prefix string) bool {
		return strings.HasPrefix(label, prefix) && strings.Contains(label, " the ")
	})
}

// joinWords returns a list in words: "a, b and c".
func joinWords(list []string, conjunction string) string {
	if len(list) < 2 {
		return strings.Join(list, "")
	}
	last := len(list) - 1
	return strings.Join(list[:last], ", ") + " " + conjunction + " " + list[last]
}

// makeSentence returns a text with a capital first letter and a full stop.
func makeSentence(text string) string { return upperName(text) + "." }

// constantWords returns the words of an enum's value: "in progress" of IN_PROGRESS.
func constantWords(name string) string { return strings.ToLower(strings.ReplaceAll(name, "_", " ")) }
