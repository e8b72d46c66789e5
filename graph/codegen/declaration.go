package codegen

import "github.com/vektah/gqlparser/v2/ast"

// checkGo sets the names of the variables of relations, and reports declarations of package model with the same
// name. Clashes are the definitions that are reported already.
func (r *reader) checkGo(e *expander, clashes map[string]bool) {
	names := claims{"Types": "the list of types"}
	for _, t := range r.nodes {
		r.declare(names, t.Name, t.Position, t.Name)
	}
	for _, d := range e.definitions {
		if r.types[d.Name] != nil || clashes[d.Name] || isFramework(d.Name) || isOperation(d.Name) {
			continue
		}
		at, where := d.Position, d.Name
		if at == nil {
			if owner := r.ownerOf(d.Name); owner != nil {
				at, where = owner.Position, owner.Name
			}
		}
		r.declare(names, goName(d.Name), at, where)
	}
	for _, t := range r.nodes {
		r.declare(names, t.Plural, t.Position, t.Name)
	}
	for _, enum := range r.schema.Enums {
		r.declare(names, "All"+goName(enum.Name), enum.Position, enum.Name)
		for _, v := range enum.Values {
			r.declare(names, goName(enum.Name)+goName(v.Name), enum.Position, enum.Name+"."+v.Name)
		}
	}
	r.nameRelations(names)
}

// declare reports a declaration of package model with the name of another one.
func (r *reader) declare(names claims, name string, at *ast.Position, where string) {
	if owner := names[name]; owner != "" {
		r.report(at, where, "package model would have two declarations %s, the other one of %s; rename one of them", name, owner)
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
			if f.Relation.LinkOwner && !r.isReported(f.Position) {
				r.declare(names, t.Name+upperName(singularOf(f.Name)), f.Position, whereOf(f))
			}
			f.Relation.GoName = t.Name + f.GoName
			if names[f.Relation.GoName] != "" {
				f.Relation.GoName += "Relation"
			}
			r.declare(names, f.Relation.GoName, f.Position, whereOf(f))
		}
	}
}
