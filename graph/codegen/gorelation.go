package codegen

import (
	"fmt"
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

// Columns returns the fields of the struct with the ids of both rows.
func (l goLink) Columns() []string {
	return []string{linkField(l.FromName(), l.fromColumn), linkField(l.ToName(), l.toColumn)}
}

// linkField returns a field of a link's struct.
func linkField(name, column string) string {
	tag := "primaryKey"
	if snakeCase(name+"ID") != column {
		tag += ";column:" + column
	}
	return fmt.Sprintf("%sID relay.ID `gorm:%q`", name, tag)
}

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
