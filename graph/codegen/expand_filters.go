package codegen

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
)

// addFilters adds the filters of scalars, enums, lists and types.
func (e *expander) addFilters() {
	e.addFramework(ast.InputObject)
	for _, enum := range e.schema.Enums {
		e.add(newEnumFilter(enum))
	}
	e.addScalarListFilters()
	for _, t := range e.schema.Types {
		e.add(e.newFilter(t), newListFilter(t))
	}
}

// newEnumFilter returns the filter of an enum. Values with ranks are compared, too.
func newEnumFilter(of *Enum) *ast.Definition {
	compare := []*ast.FieldDefinition{
		newField("eq", of.Name, "The value equals this."),
		newField("in", "["+of.Name+"!]", "The value is in this list of at most 100 values."),
	}
	if of.Ranked {
		compare = append(compare,
			newField("lt", of.Name, "The value is lower than this."),
			newField("lte", of.Name, "The value is this or lower."),
			newField("gt", of.Name, "The value is higher than this."),
			newField("gte", of.Name, "The value is this or higher."))
	}
	compare = append(compare, newField("isNull", "Boolean", "True: the value is null. False: it is not null."))
	return newInput(of.Name+"Filter", fmt.Sprintf("Conditions on %s. All of them must hold.", enumLabel(of)), compare...)
}

var clauseOfEnum = regexp.MustCompile(`^The [^.,;:(]+`)

// enumLabel returns an enum in words: "the status of an item" if its description begins so.
func enumLabel(of *Enum) string {
	if clause := clauseOfEnum.FindString(oneLine(of.Description)); clause != "" {
		return lowerFirst(clause)
	}
	return withArticle(nameWords(of.Name))
}

// addScalarListFilters adds a filter for each type of the lists in columns.
func (e *expander) addScalarListFilters() {
	for _, t := range e.schema.Types {
		for _, f := range t.Fields {
			of := filteredType(f)
			name := of + "ListFilter"
			if !f.List || f.Relation != nil || e.definitions.ForName(name) != nil {
				continue
			}
			text := fmt.Sprintf("Conditions on a list of values of the type `%s`. All of them must hold. "+
				"Values are compared exactly.", of)
			e.add(newInput(name, text,
				newField("has", of, "The list has this value."),
				newField("hasSome", "["+of+"!]", "The list has one of these values, at most 100."),
				newField("hasEvery", "["+of+"!]", "The list has all of these values, at most 100."),
				newField("isEmpty", "Boolean", "True: the list is empty. False: it has values. A list that is null is neither."),
				newField("isNull", "Boolean", "True: the list is null. False: it is not null.")))
		}
	}
}

// newFilter returns the filter of a type's rows, by every field without @private.
func (e *expander) newFilter(t *Type) *ast.Definition {
	name := t.Name + "Filter"
	rows := pluralWords(t)
	d := newInput(name, fmt.Sprintf("Conditions on %s. All of them must hold. An empty filter matches all %s.", rows, rows),
		newField("and", "["+name+"!]", "All of these conditions hold."),
		newField("or", "["+name+"!]", "At least one of these conditions holds. An empty list matches nothing."),
		newField("not", name, "This condition does not hold. For example, `not: {id: {in: [\"…\"]}}` excludes these ids."),
		newField("id", "IDFilter", "The global id."))
	for _, f := range t.Fields {
		if !f.Private {
			d.Fields = append(d.Fields, e.newConditions(f)...)
		}
	}
	if t.SoftDelete {
		e.nullable["DateTimeFilter"] = true
		text := fmt.Sprintf("The time of deletion. Only connections with `includeDeleted` have deleted %s.", pluralWords(t))
		d.Fields = append(d.Fields, newField("deletedAt", "DateTimeFilter", text))
	}
	return d
}

// newConditions returns the filter's fields for a field. A reference has one for its id, too.
func (e *expander) newConditions(f *Field) []*ast.FieldDefinition {
	var list []*ast.FieldDefinition
	switch {
	case f.Relation != nil:
		list = e.newRelationConditions(f)
	default:
		list = []*ast.FieldDefinition{newField(f.Name, e.useFilter(f), describeCondition(f))}
	}
	for _, def := range list {
		def.Directives = newDeprecation(f.Deprecated)
	}
	return list
}

func (e *expander) newRelationConditions(f *Field) []*ast.FieldDefinition {
	label := relationLabel(f)
	if isConnection(f) {
		return []*ast.FieldDefinition{newField(f.Name, f.TypeName+"ListFilter", makeSentence("the "+label))}
	}
	text := makeSentence("the " + label)
	if !f.Required {
		text += fmt.Sprintf(" %s without %s never match.", upperName(pluralWords(f.Of)), withArticle(label))
	}
	relation := newField(f.Name, f.TypeName+"Filter", text)
	if f.Relation.Kind == HasOne {
		return []*ast.FieldDefinition{relation}
	}
	e.nullable["IDFilter"] = e.nullable["IDFilter"] || !f.Required
	id := newField(f.Name+"Id", "IDFilter", fmt.Sprintf("The global id of the %s.", label))
	return []*ast.FieldDefinition{id, relation}
}

// useFilter returns the name of the filter of a column's values.
func (e *expander) useFilter(f *Field) string {
	name := filteredType(f) + "Filter"
	switch {
	case f.List:
		name = filteredType(f) + "ListFilter"
	case f.Scalar == "URL" || f.Scalar == "Email":
		name = "StringFilter"
	}
	// A JSON object can lack any path.
	e.nullable[name] = e.nullable[name] || !f.Required || name == "JSONFilter"
	return name
}

func (e *expander) hasPlain(name string) bool {
	return slices.ContainsFunc(e.schema.Plain, func(d *ast.Definition) bool { return d.Name == name })
}

// filteredType returns the type of the values with which filters compare a column.
func filteredType(f *Field) string {
	if f.Kind == KindScalar {
		return f.Scalar
	}
	return f.TypeName
}

// newListFilter returns the filter of a relation to many rows of the type.
func newListFilter(t *Type) *ast.Definition {
	return newInput(t.Name+"ListFilter", fmt.Sprintf("Conditions on a list of %s. All of them must hold.", pluralWords(t)),
		newField("some", t.Name+"Filter", fmt.Sprintf("At least one of the %s matches this filter.", pluralWords(t))),
		newField("none", t.Name+"Filter", fmt.Sprintf("None of the %s matches this filter.", pluralWords(t))))
}
