package codegen

import (
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// checkGo sets the names of the variables of relations, and reports declarations of package model with the same
// name. Clashes are the definitions that are reported already.
func (r *reader) checkGo(e *expander, clashes map[string]bool) {
	names := claims{"Types": "the registry of types"}
	for _, t := range r.nodes {
		r.declare(names, t.Name, t.Position, t.Name)
	}
	for _, d := range e.definitions {
		if r.types[d.Name] != nil || clashes[d.Name] || isFramework(d.Name) || isOperation(d.Name) {
			continue
		}
		at, where := d.Position, d.Name
		if !r.inFiles(at) {
			at, where = r.ownerOf(d.Name)
		}
		r.declare(names, goName(d.Name), at, where)
	}
	for _, t := range r.nodes {
		r.declare(names, t.Plural, t.Position, t.Name)
		if t.Subscribe != nil {
			r.declare(names, t.Name+"Events", t.Position, t.Name)
			r.declare(names, topicVariable(t.Type), t.Position, t.Name)
		}
	}
	for _, f := range e.definitions.ForName("Mutation").Fields {
		if at, _ := r.ownerOf(f.Type.Name()); !r.inFiles(f.Position) {
			r.declare(names, strings.TrimSuffix(f.Type.Name(), "Payload"), at, "Mutation."+f.Name)
		}
	}
	for _, enum := range r.schema.Enums {
		r.declare(names, "All"+goName(enum.Name), enum.Position, enum.Name)
		if enum.Ranked {
			r.declare(names, rankVariable(enum), enum.Position, enum.Name)
		}
		for _, v := range enum.Values {
			if name := goName(enum.Name) + goName(v.Name); names[name] != enum.Name { // checkValueName reports those
				r.declare(names, name, enum.Position, enum.Name)
			}
		}
	}
	r.nameRelations(names)
	for _, t := range r.nodes {
		r.declareVariables(names, t)
		r.checkStructs(t.Type)
	}
}

// declareVariables reports the other variables of a type with the name of another declaration.
func (r *reader) declareVariables(names claims, t *typeNode) {
	for _, f := range t.Fields {
		if len(f.Aggregate) > 0 && !f.Private {
			r.declare(names, countsVariable(f), f.Position, whereOf(f))
		}
	}
	group := (&goType{Type: t.Type, schema: r.schema}).Group()
	if group == nil {
		return
	}
	for _, f := range group.References() {
		r.declare(names, f.VariableName(), f.Position, whereOf(f.Field))
	}
	r.checkGroupColumns(group)
}

// checkGroupColumns reports columns in the query of a group with the name of another one.
func (r *reader) checkGroupColumns(g *goGroup) {
	owners := map[string]string{"count": "the number of rows"}
	for _, f := range g.numbers {
		for _, suffix := range []string{"_sum", "_min", "_max", "_values"} {
			owners[f.Column+suffix] = "an aggregate of " + whereOf(f)
		}
	}
	for _, f := range appendNew(slices.Clone(g.parents), g.Fields...) {
		if owner := owners[f.Column]; owner != "" && f.Name != "count" { // checkMembers reports count
			r.reportOnce(f.Position, whereOf(f), "the column %s has the name of %s in groups; rename it with @column(name:)",
				f.Column, owner)
		}
	}
}

// checkStructs reports fields of the structs of payloads and events with the name of another one.
func (r *reader) checkStructs(t *Type) {
	check := func(structName string, fields []string, f *Field) {
		if name := goID(f.Name); slices.Contains(fields, name) {
			r.reportOnce(f.Position, whereOf(f), "the struct %s would have two fields %s; rename the field", structName, name)
		}
	}
	for _, f := range t.Fields {
		if isParent(f) && t.Operations["DELETE"] {
			check("Delete"+t.Name+"Payload", []string{"DeletedID"}, f)
		}
	}
	if t.Subscribe != nil && t.Subscribe.By != nil {
		check(t.Name+"Event", []string{goID(t.Name), goName(fieldCase(t.Name))}, t.Subscribe.By)
	}
}

// declare reports a declaration of package model with the name of another one.
func (r *reader) declare(names claims, name string, at *ast.Position, where string) {
	if owner := names[name]; owner != "" {
		r.reportOnce(at, where, "package model would have two declarations %s, the other one of %s; rename one of them", name, owner)
		return
	}
	names[name] = where
}

// nameRelations sets the names of the variables of relations. The structs of links come first, since clients see their
// names.
func (r *reader) nameRelations(names claims) {
	for _, t := range r.nodes {
		for _, l := range (&goType{Type: t.Type}).Links() {
			r.declareLinks(names, l)
		}
	}
	for _, t := range r.nodes {
		for _, f := range t.Fields {
			if f.Relation == nil {
				continue
			}
			f.Relation.GoName = t.Name + f.GoName
			if names[f.Relation.GoName] != "" {
				f.Relation.GoName += "Relation"
			}
			r.declare(names, f.Relation.GoName, f.Position, whereOf(f))
		}
	}
}

// declareLinks reports a type with the name of the struct of links.
func (r *reader) declareLinks(names claims, l goLink) {
	name := l.StructName()
	if r.types[name] != nil {
		r.reportOnce(l.Position, whereOf(l.Field), "the table of the links would be that of the type %s; "+
			"write @manyToMany(through: %[1]q), or rename the type", name)
		return
	}
	r.declare(names, name, l.Position, whereOf(l.Field))
}
