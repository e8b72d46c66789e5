package codegen

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// addOrders adds the enum of each connection's orders.
func (e *expander) addOrders() {
	for _, t := range e.schema.Types {
		d := newEnum(t.Name+"Order", fmt.Sprintf("The order of %s. Ties are broken by creation time.", pluralWords(t)),
			newValue("CREATED_AT_ASC", "By creation time, oldest first."),
			newValue("CREATED_AT_DESC", "By creation time, newest first."))
		for _, o := range t.Orders {
			if o.Name != "CREATED_AT" {
				d.EnumValues = append(d.EnumValues, newOrderValues(t, o)...)
			}
		}
		e.add(d)
	}
}

// newOrderValues returns the directions of an order. A nullable field has two more, with the rows
// without a value at the other end.
func newOrderValues(t *Type, o Order) ast.EnumValueList {
	up, down := describeDirections(o)
	without := rowsWithout(t, o)
	var list ast.EnumValueList
	add := func(suffix, direction, nulls string) {
		text := "By " + direction
		if without != "" {
			text += fmt.Sprintf("; %s come %s", without, nulls)
		}
		v := newValue(o.Name+suffix, text+".")
		v.Directives = newDeprecation(deprecationOf(o))
		list = append(list, v)
	}
	add("_ASC", up, "first")
	add("_DESC", down, "last")
	if without != "" && len(o.By) == 1 {
		add("_ASC_NULLS_LAST", up, "last")
		add("_DESC_NULLS_FIRST", down, "first")
	}
	return list
}

// deprecationOf returns the deprecation of one of the order's fields, or "".
func deprecationOf(o Order) string {
	for _, by := range o.By {
		if by.Field.Deprecated != "" {
			return by.Field.Deprecated
		}
	}
	return ""
}

// describeDirections returns an order in words, in both directions.
func describeDirections(o Order) (up, down string) {
	labels := make([]string, len(o.By))
	for i, by := range o.By {
		labels[i] = orderLabel(by)
	}
	label := strings.Join(labels, ", then ")
	if len(o.By) > 1 {
		return label + ", ascending", label + ", descending"
	}
	switch f := o.By[0].Field; {
	case f.Kind == KindEnum && f.Enum.Ranked:
		return label + ", lowest first", label + ", highest first"
	case f.Kind == KindEnum:
		first, last := f.Enum.Values[0].Name, f.Enum.Values[len(f.Enum.Values)-1].Name
		return fmt.Sprintf("%s, in the order of `%s`: `%s` first", label, f.TypeName, first),
			fmt.Sprintf("%s, in the reverse order of `%s`: `%s` first", label, f.TypeName, last)
	case f.Scalar == "Boolean":
		return label + ", false first", label + ", true first"
	case f.UpdatedAt:
		return label + ", oldest first", label + ", newest first"
	}
	return label + ", ascending", label + ", descending"
}

// orderLabel returns a field of an order in words: "due date", "the time of the last change", or "name of the
// project" for a field of a related row.
func orderLabel(by OrderField) string {
	label := fieldLabel(by.Field)
	switch {
	case by.Through != nil && isClause(label):
		return fmt.Sprintf("`%s.%s`", by.Through.Name, by.Field.Name)
	case by.Through != nil:
		return label + " of the " + relationLabel(by.Through)
	case isClause(label) && !strings.HasPrefix(label, "whether "):
		return "the " + label
	}
	return label
}

// rowsWithout returns the rows without a value of the order, such as "items without a due date", or "".
func rowsWithout(t *Type, o Order) string {
	var absent []string
	add := func(label string) {
		if text := withArticle(label); !slices.Contains(absent, text) {
			absent = append(absent, text)
		}
	}
	for _, by := range o.By {
		if by.Through != nil && !by.Through.Required {
			add(relationLabel(by.Through))
		}
		if !by.Field.Required {
			add(absentLabel(by.Field))
		}
	}
	if len(absent) == 0 {
		return ""
	}
	return pluralWords(t) + " without " + joinWords(absent, "or")
}

// absentLabel returns a field in words for use after an indefinite article.
func absentLabel(f *Field) string {
	label := fieldLabel(f)
	if isClause(label) {
		return "value of `" + f.Name + "`"
	}
	return label
}
