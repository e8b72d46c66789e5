package codegen

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// one, aOne and many return the type's name in words: "item", "an item", "items".
func one(t *Type) string  { return nameWords(t.Name) }
func aOne(t *Type) string { return withArticle(one(t)) }
func many(t *Type) string { return nameWords(t.Plural) }

// describeField returns the description of a field, or one that follows from its name.
func describeField(f *Field) string {
	switch label := fieldLabel(f); {
	case f.Description != "":
		return f.Description
	case strings.HasPrefix(label, "whether "):
		return sentence(label)
	case strings.HasPrefix(label, "time "):
		return sentence("the " + label)
	case f.Required || f.List:
		return fmt.Sprintf("The %s of the %s.", label, one(f.Of))
	default:
		return fmt.Sprintf("The %s of the %s; null if it has none.", label, one(f.Of))
	}
}

// fieldLabel returns a field in words without an article: "due date" of a field dueAt with the description
// "The due date of the item; null if it has none." Of a boolean it is "whether the item is archived".
func fieldLabel(f *Field) string {
	if f.Relation != nil {
		return nameWords(f.Name)
	}
	switch {
	case f.CreatedAt:
		return "creation time"
	case f.UpdatedAt:
		return "time of the last change"
	}
	if head := describedLabel(f); head != "" {
		return head
	}
	switch {
	case f.TypeName == "Boolean" && !f.List:
		return booleanLabel(f)
	case f.TypeName == "DateTime" && strings.HasSuffix(f.Name, "At"):
		return timeLabel(f)
	}
	return nameWords(f.Name)
}

var wholeClause = regexp.MustCompile(`^(Whether|The time (?:when|of|at|until|from)) [^.,;:(]+`)

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
	switch {
	case rest != "" && (verb == "is" || verb == "has" || verb == "can" || verb == "was"):
		return fmt.Sprintf("whether the %s %s %s", one(f.Of), verb, rest)
	default:
		return fmt.Sprintf("whether the %s is %s", one(f.Of), nameWords(f.Name))
	}
}

// timeLabel returns the label of a time such as publishedAt or dueAt.
func timeLabel(f *Field) string {
	words := strings.TrimSuffix(nameWords(f.Name), " at")
	if strings.HasSuffix(words, "ed") || words == "sent" || words == "paid" || words == "sold" {
		return fmt.Sprintf("time when the %s was %s", one(f.Of), words)
	}
	return words + " time"
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
		text := "The global id of the " + nameWords(f.Name)
		if nullable {
			text += "; null removes the " + nameWords(f.Name)
		}
		return text + "."
	}
	bounds := describeBounds(f)
	head, ok := strings.CutSuffix(describeField(f), ".")
	if label := describedLabel(f); label != "" && !strings.HasPrefix(label, "whether ") && !strings.HasPrefix(label, "time ") {
		head, ok = fmt.Sprintf("The %s of the %s", label, one(f.Of)), true
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
