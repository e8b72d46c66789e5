package codegen

import (
	"fmt"
	"slices"
)

// listKeys returns the unique keys of a type with a field in a mutation's input. Each is a list of fields.
func listKeys(t *Type, isSet func(*Field) bool) [][]*Field {
	var keys [][]*Field
	for _, f := range t.Fields {
		if f.Unique {
			keys = append(keys, []*Field{f})
		}
	}
	return slices.DeleteFunc(append(keys, t.Uniques...), func(key []*Field) bool {
		return !slices.ContainsFunc(key, isSet)
	})
}

// describeConflicts returns a sentence about the unique keys in a mutation's input, or "".
func describeConflicts(t *Type, isSet func(*Field) bool) string {
	var keys []string
	for _, key := range listKeys(t, isSet) {
		if slices.ContainsFunc(key, func(f *Field) bool { return f.Private }) {
			continue
		}
		keys = append(keys, keyLabel(key))
	}
	if len(keys) == 0 {
		return ""
	}
	deleted := ""
	if t.SoftDelete {
		deleted = ", deleted or not,"
	}
	return fmt.Sprintf(" CONFLICT if another %s of the tenant%s has %s.", singularWords(t), deleted, joinWords(keys, "or"))
}

// keyLabel returns a unique key in words: "the name", or "the same project and name".
func keyLabel(key []*Field) string {
	labels := make([]string, len(key))
	for i, f := range key {
		labels[i] = fieldLabel(f)
	}
	if len(key) == 1 {
		return "the " + labels[0]
	}
	return "the same " + joinWords(labels, "and")
}

func describeStale(t *Type) string {
	if !t.Versioned {
		return ""
	}
	return " CONFLICT if `expectedVersion` is stale."
}

// describeDeletion returns the description of the mutation deleteItem, with the effects on referring rows.
func (e *expander) describeDeletion(t *Type) string {
	if t.SoftDelete {
		return fmt.Sprintf("Deletes %s. `restore%s` brings it back.", articleWords(t), t.Name)
	}
	text := "Deletes " + articleWords(t) + describeCascades(t)
	if owners := e.listLinkOwners(t); len(owners) > 0 {
		text += ", and removes it from all " + joinWords(owners, "and")
	}
	return text + "." + describeCleared(t) + describeRemaining(t) + describeRestrictions(t, "the "+singularWords(t))
}

// listReferrers returns the references to t with this effect of a deletion.
func listReferrers(t *Type, effect OnDelete) []*Field {
	return slices.DeleteFunc(slices.Clone(t.Referrers), func(r *Field) bool { return r.Relation.OnDelete != effect })
}

// referringRows returns the rows with a reference in words: by the name of the inverse relation, or of their
// type.
func referringRows(r *Field) string {
	switch inverse := r.Relation.Inverse; {
	case inverse != nil && !inverse.Private:
		return relationLabel(inverse)
	case r.Unique:
		return singularWords(r.Of)
	}
	return pluralWords(r.Of)
}

// describeCascades returns the children that are deleted with a row of t, and their descendants, or "".
func describeCascades(t *Type) string {
	var children, descendants []string
	seen := map[*Type]bool{t: true}
	for _, r := range listReferrers(t, "CASCADE") {
		children = append(children, referringRows(r))
		seen[r.Of] = true
	}
	for _, r := range listReferrers(t, "CASCADE") {
		descendants = append(descendants, collectDescendants(r.Of, seen)...)
	}
	var text string
	switch len(children) {
	case 0:
		return ""
	case 1:
		text = " and its " + children[0]
	default:
		text = " with its " + joinWords(children, "and")
	}
	if len(descendants) > 0 {
		text += ", with their " + joinWords(descendants, "and")
	}
	return text
}

// collectDescendants returns the rows that are deleted with rows of t, of types not yet seen.
func collectDescendants(t *Type, seen map[*Type]bool) []string {
	var rows []string
	for _, r := range listReferrers(t, "CASCADE") {
		if !seen[r.Of] {
			seen[r.Of] = true
			rows = append(append(rows, pluralWords(r.Of)), collectDescendants(r.Of, seen)...)
		}
	}
	return rows
}

// listLinkOwners returns the plurals of the types with links to rows of t.
func (e *expander) listLinkOwners(t *Type) []string {
	var names []string
	for _, owner := range e.schema.Types {
		linked := slices.ContainsFunc(owner.Fields, func(f *Field) bool { return isLink(f) && f.Relation.Target == t })
		if linked && owner != t {
			names = append(names, pluralWords(owner))
		}
	}
	return names
}

// describeCleared returns sentences about the rows with a SET_NULL reference, or "".
func describeCleared(t *Type) string {
	var rows, labels, versioned []string
	for _, r := range listReferrers(t, "SET_NULL") {
		rows = appendNew(rows, referringRows(r))
		labels = appendNew(labels, relationLabel(r))
		if r.Of.Versioned {
			versioned = appendNew(versioned, pluralWords(r.Of))
		}
	}
	if len(rows) == 0 {
		return ""
	}
	text := fmt.Sprintf(" The %s of the %s remain, without %s.", joinWords(rows, "and"), singularWords(t), joinWords(labels, "or"))
	if len(versioned) > 0 {
		text += fmt.Sprintf(" The version of these %s is incremented.", joinWords(versioned, "and"))
	}
	return text
}

// describeRemaining returns a sentence about the rows linked with the deleted one, or "".
func describeRemaining(t *Type) string {
	var names []string
	for _, f := range t.Fields {
		if isLink(f) {
			names = append(names, nameWords(f.Name))
		}
	}
	if len(names) == 0 {
		return ""
	}
	return fmt.Sprintf(" Its %s remain.", joinWords(names, "and"))
}

// describeRestrictions returns a sentence about the rows with a RESTRICT reference, or "".
func describeRestrictions(t *Type, deleted string) string {
	var rows []string
	for _, r := range listReferrers(t, "RESTRICT") {
		rows = appendNew(rows, referringRows(r))
	}
	if len(rows) == 0 || t.SoftDelete {
		return ""
	}
	return fmt.Sprintf(" CONFLICT if %s refer to %s.", joinWords(rows, "or"), deleted)
}
