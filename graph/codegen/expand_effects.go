package codegen

import (
	"fmt"
	"slices"
)

// clientKeys returns the unique keys of a type, each a list of fields. An update has only those with a field
// that it can change.
func clientKeys(t *Type, update bool) [][]*Field {
	var keys [][]*Field
	for _, f := range t.Fields {
		if f.Unique {
			keys = append(keys, []*Field{f})
		}
	}
	return slices.DeleteFunc(append(keys, t.Uniques...), func(key []*Field) bool {
		return !slices.ContainsFunc(key, func(f *Field) bool { return isInput(f, update) })
	})
}

// describeConflicts returns a sentence about the unique keys that a mutation can violate, or "".
func describeConflicts(t *Type, update bool) string {
	var keys []string
	for _, key := range clientKeys(t, update) {
		if slices.ContainsFunc(key, func(f *Field) bool { return f.Private }) {
			continue
		}
		keys = append(keys, keyLabel(key))
	}
	if len(keys) == 0 {
		return ""
	}
	return fmt.Sprintf(" CONFLICT if another %s of the tenant has %s.", one(t), joinWords(keys, "or"))
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

// describeDeletion returns the description of the mutation that deletes a row, with the effects on the rows
// that refer to it.
func (e *expander) describeDeletion(t *Type) string {
	if t.SoftDelete {
		return fmt.Sprintf("Deletes %s. `restore%s` brings it back.", aOne(t), t.Name)
	}
	text := "Deletes " + aOne(t)
	children := cascades(t, nil)
	if len(children) > 0 {
		text += " and its " + joinWords(children, "and")
		if deeper := deepCascades(t); len(deeper) > 0 {
			text += ", with their " + joinWords(deeper, "and")
		}
	}
	if owners := e.linkOwners(t); len(owners) > 0 {
		text += ", and removes it from all " + joinWords(owners, "and")
	}
	return text + "." + describeCleared(t) + describeRemaining(t) + describeRestrictions(t, "the "+one(t))
}

// cascades returns the plurals of the types whose rows are deleted with a row of t, without those in skip.
func cascades(t *Type, skip []string) []string {
	var names []string
	for _, r := range t.Referrers {
		if name := many(r.Of); r.Relation.OnDelete == "CASCADE" && r.Of != t && !slices.Contains(slices.Concat(names, skip), name) {
			names = append(names, name)
		}
	}
	return names
}

// deepCascades returns the plurals of the types whose rows are deleted with the rows of cascades.
func deepCascades(t *Type) []string {
	seen := append(cascades(t, nil), many(t))
	var names []string
	visited := map[*Type]bool{t: true}
	var visit func(parent *Type)
	visit = func(parent *Type) {
		for _, r := range parent.Referrers {
			if r.Relation.OnDelete != "CASCADE" || visited[r.Of] {
				continue
			}
			visited[r.Of] = true
			found := cascades(r.Of, seen)
			names, seen = append(names, found...), append(seen, found...)
			visit(r.Of)
		}
	}
	visit(t)
	return names
}

// linkOwners returns the plurals of the types whose rows have links to rows of t.
func (e *expander) linkOwners(t *Type) []string {
	var names []string
	for _, owner := range e.schema.Types {
		linked := slices.ContainsFunc(owner.Fields, func(f *Field) bool { return isLink(f) && f.Relation.Target == t })
		if linked && owner != t {
			names = append(names, many(owner))
		}
	}
	return names
}

// describeCleared returns sentences about the rows that lose their reference, or "".
func describeCleared(t *Type) string {
	var rows, labels, versioned []string
	for _, r := range t.Referrers {
		if r.Relation.OnDelete != "SET_NULL" || r.Private {
			continue
		}
		if name := many(r.Of); !slices.Contains(rows, name) {
			rows = append(rows, name)
			if r.Of.Versioned {
				versioned = append(versioned, name)
			}
		}
		if label := nameWords(r.Name); !slices.Contains(labels, label) {
			labels = append(labels, label)
		}
	}
	if len(rows) == 0 {
		return ""
	}
	text := fmt.Sprintf(" The %s of the %s remain, without %s.", joinWords(rows, "and"), one(t), joinWords(labels, "or"))
	if len(versioned) > 0 {
		text += fmt.Sprintf(" The version of these %s is incremented.", joinWords(versioned, "and"))
	}
	return text
}

// describeRemaining returns a sentence about the rows that are linked with the deleted one, or "".
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

// describeRestrictions returns a sentence about the rows that prevent the deletion, or "".
func describeRestrictions(t *Type, deleted string) string {
	var names []string
	for _, r := range t.Referrers {
		if name := many(r.Of); r.Relation.OnDelete == "RESTRICT" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if len(names) == 0 || t.SoftDelete {
		return ""
	}
	return fmt.Sprintf(" CONFLICT if %s refer to %s.", joinWords(names, "or"), deleted)
}
