package codegen

import (
	"fmt"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
)

// newCountsField returns the field for a relation with @aggregate: the counts of its rows by group.
func newCountsField(f *Field) *ast.FieldDefinition {
	target := f.Relation.Target
	labels := make([]string, len(f.Aggregate))
	for i, group := range f.Aggregate {
		labels[i] = groupLabel(group)
	}
	text := fmt.Sprintf("The number of %s by %s, in descending order. Groups without %s are left out.",
		pluralWords(target), joinWords(labels, "or"), pluralWords(target))
	by := newArgument("by", target.Name+"Grouping!", fmt.Sprintf("The field by which the %s are grouped.", pluralWords(target)))
	def := newField(singularOf(f.Name)+"Counts", "["+target.Name+"Count!]!", text, by)
	def.Position = f.Position
	return def
}

// groupLabel returns a field by which rows are grouped, in words.
func groupLabel(f *Field) string {
	if words := nameWords(f.Name); f.Scalar != "Boolean" && !endsInPreposition(words) {
		return words
	}
	return "value of `" + f.Name + "`"
}

// addGroupings adds the groupings of each type at the end of a relation with @aggregate.
func (e *expander) addGroupings() {
	for _, t := range e.schema.Types {
		groups, numbers := e.listAggregates(t)
		if len(groups) > 0 {
			e.add(newGrouping(t, groups), newCount(t, groups, numbers))
		}
	}
}

// listAggregates returns the fields of all relations to the type with @aggregate.
func (e *expander) listAggregates(t *Type) (groups, numbers []*Field) {
	for _, of := range e.schema.Types {
		for _, f := range of.Fields {
			if f.Relation != nil && f.Relation.Target == t && !f.Private {
				groups = appendNew(groups, f.Aggregate...)
				numbers = appendNew(numbers, f.Numbers...)
			}
		}
	}
	return groups, numbers
}

// appendNew appends the values absent from the list.
func appendNew[T comparable](list []T, values ...T) []T {
	for _, v := range values {
		if !slices.Contains(list, v) {
			list = append(list, v)
		}
	}
	return list
}

func newGrouping(t *Type, groups []*Field) *ast.Definition {
	d := newEnum(t.Name+"Grouping", fmt.Sprintf("The field by which %s are grouped and counted.", pluralWords(t)))
	for _, f := range groups {
		d.EnumValues = append(d.EnumValues, newValue(constantCase(f.Name), fmt.Sprintf("By `%s.%s`.", t.Name, f.Name)))
	}
	return d
}

func newCount(t *Type, groups, numbers []*Field) *ast.Definition {
	d := newObject(t.Name+"Count", fmt.Sprintf("The number of %s with one value of the field by which they are grouped.", pluralWords(t)))
	for _, f := range groups {
		label := groupLabel(f)
		text := fmt.Sprintf("The %s of the %s; null unless they are grouped by %s.", label, pluralWords(t), label)
		if !f.Required {
			text = fmt.Sprintf("The %s of the %s; null for %s without %s, and unless they are grouped by %s.",
				label, pluralWords(t), pluralWords(t), withArticle(label), label)
		}
		d.Fields = append(d.Fields, newField(f.Name, valueType(f, false), text))
	}
	d.Fields = append(d.Fields, newField("count", "Int!", fmt.Sprintf("The number of %s.", pluralWords(t))))
	for _, f := range numbers {
		text := fmt.Sprintf("The sum, bounds and average of `%s.%s`.", t.Name, f.Name)
		d.Fields = append(d.Fields, newField(f.Name, f.Scalar+"Aggregate!", text))
	}
	return d
}
