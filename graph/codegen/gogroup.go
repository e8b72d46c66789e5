package codegen

import (
	"fmt"
	"slices"
)

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
		name, tag := columnGoName(f), ""
		if f.Column != snakeCase(name) {
			tag = fmt.Sprintf(" `gorm:\"column:%s\"`", f.Column)
		}
		columns = append(columns, name+" "+goTypeOfField(f, nullable)+tag)
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
		fields = append(fields, fmt.Sprintf("%s relay.%sAggregate `gorm:\"embedded;embeddedPrefix:%s_\"`", f.GoName, f.Scalar, f.Column))
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
