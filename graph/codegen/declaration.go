package codegen

import "github.com/vektah/gqlparser/v2/ast"

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
		}
	}
	for _, f := range e.definitions.ForName("Mutation").Fields {
		if at, _ := r.ownerOf(f.Type.Name()); !r.inFiles(f.Position) {
			r.declare(names, upperName(f.Name), at, "Mutation."+f.Name)
		}
	}
	for _, enum := range r.schema.Enums {
		r.declare(names, "All"+goName(enum.Name), enum.Position, enum.Name)
		for _, v := range enum.Values {
			if name := goName(enum.Name) + goName(v.Name); names[name] != enum.Name { // checkValueName reports those
				r.declare(names, name, enum.Position, enum.Name)
			}
		}
	}
	r.nameRelations(names)
}

// declare reports a declaration of package model with the name of another one.
func (r *reader) declare(names claims, name string, at *ast.Position, where string) {
	if owner := names[name]; owner != "" {
		r.reportOnce(at, where, "package model would have two declarations %s, the other one of %s; rename one of them", name, owner)
		return
	}
	names[name] = where
}

// nameRelations sets the names of the variables of relations.
func (r *reader) nameRelations(names claims) {
	for _, t := range r.nodes {
		for _, f := range t.Fields {
			if f.Relation == nil {
				continue
			}
			r.declareLinks(names, f)
			f.Relation.GoName = t.Name + f.GoName
			if names[f.Relation.GoName] != "" {
				f.Relation.GoName += "Relation"
			}
			r.declare(names, f.Relation.GoName, f.Position, whereOf(f))
		}
	}
}

// declareLinks reports a type with the name of the struct of links.
func (r *reader) declareLinks(names claims, f *Field) {
	name := f.Of.Name + upperName(singularOf(f.Name))
	switch {
	case !f.Relation.LinkOwner:
	case r.types[name] != nil:
		r.reportOnce(f.Position, whereOf(f), "the table of the links would be that of the type %s; "+
			"write @manyToMany(through: %[1]q), or rename the type", name)
	default:
		r.declare(names, name, f.Position, whereOf(f))
	}
}
