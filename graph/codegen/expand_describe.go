package codegen

import (
	"fmt"
	"strings"
)

// singularWords returns the type's name in words, such as "item".
func singularWords(t *Type) string { return nameWords(t.Name) }

// articleWords returns the type's name after an indefinite article, such as "an item".
func articleWords(t *Type) string { return withArticle(singularWords(t)) }

// pluralWords returns the plural in words, such as "items". A name such as Series is its own plural, and has
// another name in @plural that is no English.
func pluralWords(t *Type) string {
	if t.Plural != t.Name+"s" && pluralOf(t.Name) == t.Name { // pluralOf is slow
		return singularWords(t)
	}
	return nameWords(t.Plural)
}

// describeField returns the description of a field, or one by its name.
func describeField(f *Field) string {
	switch {
	case f.Description != "":
		return f.Description
	case f.CreatedAt:
		return fmt.Sprintf("The time when the %s was created.", singularWords(f.Of))
	case f.UpdatedAt:
		return fmt.Sprintf("The time of the last change of the %s's own fields.", singularWords(f.Of))
	case f.Required || f.List || strings.HasPrefix(fieldLabel(f), "whether "):
		return describePlainly(f) + "."
	case isClause(fieldLabel(f)):
		return describePlainly(f) + "; null if there is none."
	default:
		return describePlainly(f) + "; null if it has none."
	}
}

// describePlainly returns a sentence with a field's label, without a full stop.
func describePlainly(f *Field) string {
	switch label := fieldLabel(f); {
	case strings.HasPrefix(label, "whether "):
		return upperName(label)
	case isClause(label):
		return "The " + label
	default:
		return fmt.Sprintf("The %s of the %s", label, singularWords(f.Of))
	}
}

// describeCondition returns the description of a filter's field, or of a grouping's value.
func describeCondition(f *Field) string {
	label := fieldLabel(f)
	if !strings.HasPrefix(label, "whether ") {
		label = "the " + label
	}
	return makeSentence(label)
}

// describeInput returns the description of an input's field, with its bounds. In an update, null removes the
// value of a nullable field.
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
	head, ok := strings.CutSuffix(oneLine(describeField(f)), ".")
	if f.Description == "" || !isClause(fieldLabel(f)) && describedLabel(f) != "" {
		head, ok = describePlainly(f), true
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
		text += " " + makeSentence(bounds)
	}
	if nullable {
		text += " Null removes it."
	}
	return text
}
