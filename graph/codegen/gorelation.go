package codegen

import (
	"fmt"
	"slices"
	"strings"
)

// Relations returns the declarations of the type's relations.
func (t *goType) Relations() (declarations []string) {
	for _, f := range t.Fields {
		if f.Relation == nil {
			continue
		}
		name, verb, end := relationVariable(f), "is", "."
		switch {
		case isConnection(f):
			verb = "are"
		case !f.Required:
			end = ", or nil."
		}
		doc := formatComment(fmt.Sprintf("%s %s the %s of each %s%s", name, verb, nameWords(f.Name), singularWords(t.Type), end))
		declarations = append(declarations, fmt.Sprintf("%s\n%s = %s", doc, name, newRelation(f)))
	}
	return declarations
}

// newRelation returns the call that makes a relation.
func newRelation(f *Field) string {
	r := f.Relation
	switch r.Kind {
	case BelongsTo:
		within := ""
		if len(r.Within) > 0 {
			within = ", " + quoteFields(r.Within)
		}
		return fmt.Sprintf("relay.NewBelongsTo(%s, %s, %q, relay.%s%s)",
			f.Of.Plural, r.Target.Plural, f.Name, goName(string(r.OnDelete)), within)
	case HasMany:
		return fmt.Sprintf("relay.NewHasMany(%q, %s)", f.Name, relationVariable(r.Inverse))
	case HasOne:
		return fmt.Sprintf("relay.NewHasOne(%q, %s)", f.Name, relationVariable(r.Inverse))
	}
	l := linkOf(f)
	return fmt.Sprintf("relay.NewManyToMany[%s](%s, %s, %q, %q, %q)",
		l.StructName(), f.Of.Plural, r.Target.Plural, f.Name, l.fromColumn, l.toColumn)
}

// goLink is a ManyToMany and the struct of its links, seen from one side.
type goLink struct {
	*Field
	owner                *Field // the field that defines the links
	fromColumn, toColumn string
}

// linkOf returns the links of a ManyToMany.
func linkOf(f *Field) goLink {
	r := f.Relation
	switch {
	case r.Through != nil:
		return goLink{f, f, r.ThroughFrom.Column, r.ThroughTo.Column}
	case !r.LinkOwner:
		return goLink{f, r.Inverse, r.Inverse.Relation.LinkTo, r.Inverse.Relation.LinkFrom}
	}
	return goLink{f, f, r.LinkFrom, r.LinkTo}
}

// Links returns the links that the fields of the type define.
func (t *goType) Links() (links []goLink) {
	for _, f := range t.Fields {
		if f.Relation != nil && f.Relation.Kind == ManyToMany && f.Relation.Through == nil && f.Relation.LinkOwner {
			links = append(links, linkOf(f))
		}
	}
	return links
}

// LinkMutations returns the links that mutations add and remove.
func (t *goType) LinkMutations() (links []goLink) {
	for _, l := range t.Links() {
		if isLink(l.Field) {
			links = append(links, l)
		}
	}
	return links
}

// StructName returns the name of the links' struct: ItemLabel.
func (l goLink) StructName() string {
	if l.Relation.Through != nil {
		return l.Relation.Through.Name
	}
	return l.owner.Of.Name + goName(linkName(l.owner))
}

// FromName and ToName return the names of the struct's associations: Item and Label.
func (l goLink) FromName() string { return strings.TrimSuffix(goName(l.fromColumn), "ID") }
func (l goLink) ToName() string   { return strings.TrimSuffix(goName(l.toColumn), "ID") }

// HasInverse reports whether the other type has a relation by the same links.
func (l goLink) HasInverse() bool { return l.Relation.Inverse != nil }

// TableMethod returns the method TableName if GORM derives another table from the struct's name.
func (l goLink) TableMethod() string { return tableMethod(l.StructName(), l.owner.Relation.LinkTable) }

// OtherWords returns a linked row in words.
func (l goLink) OtherWords() string { return nameWords(linkName(l.Field)) }

// MutationName returns the name of the links in mutations: ItemLabel.
func (l goLink) MutationName() string { return l.Of.Name + upperName(linkName(l.Field)) }

// VariableName returns the variable of the relation.
func (l goLink) VariableName() string { return relationVariable(l.Field) }

// IDArguments returns the arguments with the ids of an input.
func (l goLink) IDArguments() string {
	from, to := fieldCase(l.Of.Name), linkName(l.Field)
	return fmt.Sprintf("relay.InputID{Field: %q, ID: in.%s}, relay.InputID{Field: %q, ID: in.%s}",
		from+"Id", goID(from), to+"Id", goID(to))
}

// goCounts are the counts of a relation with @aggregate. Its groups are those of all relations to the other type.
type goCounts struct {
	*Field
	Group *goGroup
}

// Counts returns the counts of the type's relations.
func (t *goType) Counts() (counts []goCounts) {
	for _, f := range t.Fields {
		if len(f.Aggregate) > 0 && !f.Private {
			counts = append(counts, goCounts{f, (&goType{Type: f.Relation.Target, schema: t.schema}).Group()})
		}
	}
	return counts
}

// VariableName returns the variable of the counts: ProjectItemCounts.
func (c goCounts) VariableName() string { return countsVariable(c.Field) }

func countsVariable(f *Field) string { return f.Of.Name + goName(newCountsField(f).Name) }

// StructName returns the name of the struct of a group: ItemCount.
func (c goCounts) StructName() string { return c.Relation.Target.Name + "Count" }

// RelationName returns the variable of the relation.
func (c goCounts) RelationName() string { return relationVariable(c.Field) }

// GroupingName returns the enum of the fields by which rows are grouped.
func (c goCounts) GroupingName() string { return goName(c.Relation.Target.Name + "Grouping") }

// goGroup is the struct of a group of a type's rows.
type goGroup struct {
	Of      *Type
	parents []*Field // the references to the rows with counted relations
	Fields  []*Field // by which rows are grouped
	numbers []*Field // with aggregates
}

// Group returns the group of the type's rows, or nil if no relation counts them.
func (t *goType) Group() *goGroup {
	g := &goGroup{Of: t.Type}
	for _, of := range t.schema.Types {
		for _, f := range of.Fields {
			if f.Relation != nil && f.Relation.Target == t.Type && len(f.Aggregate) > 0 && !f.Private {
				g.parents = appendNew(g.parents, f.Relation.Inverse)
				g.Fields = appendNew(g.Fields, f.Aggregate...)
				g.numbers = appendNew(g.numbers, f.Numbers...)
			}
		}
	}
	if len(g.Fields) == 0 {
		return nil
	}
	return g
}

// StructName returns the name of the struct.
func (g *goGroup) StructName() string { return g.Of.Name + "Count" }

// Columns returns the fields of the struct apart from the count.
func (g *goGroup) Columns() (columns []string) {
	for _, f := range appendNew(slices.Clone(g.parents), g.Fields...) {
		nullable := true
		for _, p := range g.parents {
			nullable = nullable && p != f
		}
		columns = append(columns, columnGoName(f)+" "+goTypeOfField(f, nullable))
	}
	return columns
}

// Numbers returns the names of the numbers with aggregates as arguments, after a comma, or "".
func (g *goGroup) Numbers() string {
	if len(g.numbers) == 0 {
		return ""
	}
	return ", " + quoteFields(g.numbers)
}

// Aggregates returns the fields of the struct with the aggregates of numbers.
func (g *goGroup) Aggregates() (fields []string) {
	for _, f := range g.numbers {
		fields = append(fields, fmt.Sprintf("%s relay.%sAggregate `gorm:\"embedded;embeddedPrefix:%s_\"`", f.GoName, f.TypeName, f.Column))
	}
	return fields
}

// References returns the references by which rows are grouped.
func (g *goGroup) References() (references []goGroupReference) {
	for _, f := range g.Fields {
		if f.Relation != nil {
			references = append(references, goGroupReference{f})
		}
	}
	return references
}

// goGroupReference is a reference by which rows are grouped.
type goGroupReference struct{ *Field }

// VariableName returns the function that loads the row: ItemCountAssignee.
func (r goGroupReference) VariableName() string { return r.Of.Name + "Count" + r.GoName }
