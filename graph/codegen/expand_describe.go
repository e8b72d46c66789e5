package codegen

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// one, aOne and many return the type's name in words: "item", "an item", "items". A word such as Series has
// no other plural than the name of @plural, which is no English.
func one(t *Type) string  { return nameWords(t.Name) }
func aOne(t *Type) string { return withArticle(one(t)) }
func many(t *Type) string {
	if pluralOf(t.Name) == t.Name {
		return one(t)
	}
	return nameWords(t.Plural)
}

// describeField returns the description of a field, or one that follows from its name.
func describeField(f *Field) string {
	switch {
	case f.Description != "":
		return f.Description
	case f.CreatedAt:
		return fmt.Sprintf("The time when the %s was created.", one(f.Of))
	case f.UpdatedAt:
		return fmt.Sprintf("The time of the last change of the %s's own fields.", one(f.Of))
	case f.Required || f.List || strings.HasPrefix(fieldLabel(f), "whether "):
		return plainSentence(f) + "."
	default:
		return plainSentence(f) + "; null if it has none."
	}
}

// plainSentence returns the sentence that follows from a field's label, without a full stop.
func plainSentence(f *Field) string {
	switch label := fieldLabel(f); {
	case strings.HasPrefix(label, "whether "):
		return upperName(label)
	case isClause(label):
		return "The " + label
	default:
		return fmt.Sprintf("The %s of the %s", label, one(f.Of))
	}
}

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
	case f.TypeName == "Boolean":
		return booleanLabel(f)
	case f.TypeName == "DateTime":
		return timeLabel(f, "time", " at")
	case f.TypeName == "Date":
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
		return fmt.Sprintf("%s in `%s`", many(f.Relation.Target), f.Name)
	}
	return fmt.Sprintf("%s in `%s`", one(f.Relation.Target), f.Name)
}

var wholeClause = regexp.MustCompile(`^(Whether|The (?:time|date|day) (?:when|of|at|on|until|from)) [^.,;:(]+`)

// describedLabel returns the label that a field's description begins with, or "".
func describedLabel(f *Field) string {
	if clause := wholeClause.FindString(f.Description); clause != "" {
		return strings.TrimPrefix(lowerFirst(clause), "the ")
	}
	head, rest, ok := strings.Cut(f.Description, " of the "+one(f.Of))
	if !ok {
		head, rest, ok = strings.Cut(f.Description, " of "+aOne(f.Of))
	}
	label, isNoun := strings.CutPrefix(head, "The ")
	name := nameWords(f.Name)
	switch {
	case !ok || !isNoun || strings.ContainsAny(label, ".;:(") || strings.Contains(label, " the "):
		return ""
	case rest != "" && !strings.ContainsAny(rest[:1], ".,;:"):
		return ""
	case strings.HasSuffix(label, " "+name):
		return name // "name" of "The display name of the member."
	}
	return label
}

func lowerFirst(text string) string { return strings.ToLower(text[:1]) + text[1:] }

func booleanLabel(f *Field) string {
	verb, rest, _ := strings.Cut(nameWords(f.Name), " ")
	if rest != "" && slices.Contains([]string{"is", "has", "can", "was"}, verb) {
		return fmt.Sprintf("whether the %s %s %s", one(f.Of), verb, rest)
	}
	return fmt.Sprintf("whether the %s is %s", one(f.Of), nameWords(f.Name))
}

// timeLabel returns the label of a time such as publishedAt, expiresAt or dueAt. Its unit is time or date.
func timeLabel(f *Field, unit, preposition string) string {
	words := nameWords(f.Name)
	verb, ok := strings.CutSuffix(words, preposition)
	switch {
	case ok && isParticiple(verb):
		return fmt.Sprintf("%s when the %s was %s", unit, one(f.Of), verb)
	case ok && strings.HasSuffix(verb, "s") && !strings.Contains(verb, " "):
		return fmt.Sprintf("%s when the %s %s", unit, one(f.Of), verb)
	case ok:
		return verb + " " + unit
	case strings.HasSuffix(words, unit) || !endsInPreposition(words):
		return words
	}
	return fmt.Sprintf("%s of `%s`", unit, f.Name)
}

// describeCondition returns the description of a filter's field, or of a grouping's value.
func describeCondition(f *Field) string {
	if label := fieldLabel(f); strings.HasPrefix(label, "whether ") {
		return sentence(label)
	} else {
		return sentence("the " + label)
	}
}

// describeInput returns the description of a field of an input: that of the field, and its bounds. Null
// removes the value of a field that is not required, in an update.
func describeInput(f *Field, update bool) string {
	nullable := update && !f.Required
	if f.Relation != nil {
		text := "The global id of the " + relationLabel(f)
		if nullable {
			text += "; null removes the " + relationLabel(f)
		}
		return text + "."
	}
	bounds := describeBounds(f)
	head, ok := strings.CutSuffix(describeField(f), ".")
	if f.Description == "" || !isClause(fieldLabel(f)) && describedLabel(f) != "" {
		head, ok = plainSentence(f), true
	}
	if !ok || strings.ContainsAny(head, ".,;:(") { // sentences of its own
		head = describeField(f)
		return joinSentences(head, bounds, f.Unique, nullable) + describePattern(f)
	}
	if bounds != "" {
		head += ": " + bounds
	}
	if f.Unique {
		head += ", unique in the tenant"
	}
	if nullable {
		head += "; null removes it"
	}
	return head + "." + describePattern(f)
}

// joinSentences returns a description with its bounds as sentences.
func joinSentences(text, bounds string, unique, nullable bool) string {
	if !strings.HasSuffix(text, ".") {
		text += "."
	}
	if unique && !strings.Contains(text, "unique") {
		bounds = strings.TrimPrefix(bounds+", unique in the tenant", ", ")
	}
	if bounds != "" {
		text += " " + sentence(bounds)
	}
	if nullable {
		text += " Null removes it."
	}
	return text
}

func describePattern(f *Field) string {
	switch {
	case f.Constraint.Message == "":
		return ""
	case f.List:
		return " Each " + f.Constraint.Message + "."
	}
	return " It " + f.Constraint.Message + "."
}

// describeBounds returns the bounds of a field's value, such as "1 to 100 characters", or "".
func describeBounds(f *Field) string {
	c := f.Constraint
	var low, high, unit string
	if c.MinLength != nil || c.MaxLength != nil {
		low, high, unit = countOf(leastLength(f)), countOf(c.MaxLength), " characters"
	} else {
		if c.Min != nil {
			low = c.Min.Raw
		}
		if c.Max != nil {
			high = c.Max.Raw
		}
	}
	var bounds string
	switch {
	case low != "" && low == high:
		bounds = high
	case low != "" && high != "":
		bounds = low + " to " + high
	case low != "":
		bounds = "at least " + low
	case high != "":
		bounds = "at most " + high
	default:
		return ""
	}
	if f.List {
		bounds = "each " + bounds
	}
	if unit != "" && (high == "1" || high == "" && low == "1") {
		unit = " character"
	}
	return bounds + unit
}

// leastLength returns the least length to mention. A required string of one line has at least 1 character.
func leastLength(f *Field) *int {
	c := f.Constraint
	if c.MinLength == nil && f.Required && c.Format == "" && !f.List {
		return new(1)
	}
	return c.MinLength
}

// countOf returns a count with commas, such as "10,000". It returns "" for nil, and for 0.
func countOf(n *int) string {
	if n == nil || *n == 0 {
		return ""
	}
	digits := strconv.Itoa(*n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
