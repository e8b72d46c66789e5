package codegen

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// fieldLabel returns a field in words without an article: "due date" of a field dueAt with the description
// "The due date of the item; null if it has none." Of a boolean it is "whether the item is archived".
func fieldLabel(f *Field) string {
	if f.Relation != nil {
		return relationLabel(f)
	}
	switch {
	case f.CreatedAt:
		return "creation time"
	case f.UpdatedAt:
		return "time of the last change"
	}
	if label := describedLabel(f); label != "" {
		return label
	}
	switch {
	case f.List:
	case f.Scalar == "Boolean":
		return booleanLabel(f)
	case f.Scalar == "DateTime":
		return timeLabel(f, "time", " at")
	case f.Scalar == "Date":
		return timeLabel(f, "date", " on")
	}
	if words := nameWords(f.Name); !endsInPreposition(words) {
		return words
	}
	return "value of `" + f.Name + "`"
}

// relationLabel returns the name of a relation in words: "assignee", or "member in `createdBy`".
func relationLabel(f *Field) string {
	words := nameWords(f.Name)
	switch {
	case !endsInPreposition(words):
		return words
	case f.List:
		return fmt.Sprintf("%s in `%s`", pluralWords(f.Relation.Target), f.Name)
	}
	return fmt.Sprintf("%s in `%s`", singularWords(f.Relation.Target), f.Name)
}

var wholeClause = regexp.MustCompile(`^(Whether|The (?:time|date|day) (?:when|of|at|on|until|from)) [^.,;:(]+`)

// describedLabel returns the label at the beginning of a field's description, or "".
func describedLabel(f *Field) string {
	description := oneLine(f.Description)
	if clause := wholeClause.FindString(description); clause != "" {
		return strings.TrimPrefix(lowerFirst(clause), "the ")
	}
	head, rest, ok := strings.Cut(description, " of the "+singularWords(f.Of))
	if !ok {
		head, rest, ok = strings.Cut(description, " of "+articleWords(f.Of))
	}
	label, isNoun := strings.CutPrefix(head, "The ")
	name := nameWords(f.Name)
	switch {
	case !ok || !isNoun || strings.ContainsAny(label, ".;:(") || strings.Contains(label, " the "):
		return ""
	case rest != "" && !strings.ContainsAny(rest[:1], ".,;:"):
		return ""
	case strings.HasSuffix(label, " "+name) && !strings.Contains(label, " of "):
		return name // "name" of "The display name of the member."
	}
	return label
}

// oneLine returns a description without line breaks.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

func lowerFirst(text string) string { return strings.ToLower(text[:1]) + text[1:] }

func booleanLabel(f *Field) string {
	verb, rest, _ := strings.Cut(nameWords(f.Name), " ")
	if rest != "" && slices.Contains([]string{"is", "has", "can", "was"}, verb) {
		return fmt.Sprintf("whether the %s %s %s", singularWords(f.Of), verb, rest)
	}
	return fmt.Sprintf("whether the %s is %s", singularWords(f.Of), nameWords(f.Name))
}

// timeLabel returns the label of a time such as publishedAt, expiresAt or dueAt. Its unit is time or date.
func timeLabel(f *Field, unit, preposition string) string {
	words := nameWords(f.Name)
	verb, ok := strings.CutSuffix(words, preposition)
	switch {
	case ok && isParticiple(verb):
		return fmt.Sprintf("%s when the %s was %s", unit, singularWords(f.Of), verb)
	case ok && strings.HasSuffix(verb, "s") && !strings.Contains(verb, " "):
		return fmt.Sprintf("%s when the %s %s", unit, singularWords(f.Of), verb)
	case ok:
		return verb + " " + unit
	case strings.HasSuffix(words, unit) || !endsInPreposition(words):
		return words
	}
	return fmt.Sprintf("%s of `%s`", unit, f.Name)
}
