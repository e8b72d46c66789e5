package codegen

import "slices"

// relationDirectives are the directives of relations, by their kind.
var relationDirectives = []string{BelongsTo: "belongsTo", HasMany: "hasMany", HasOne: "hasOne", ManyToMany: "manyToMany"}

// readRelations resolves the relations of all types: first the references, which the others follow. Then it
// sets the fields of the types.
func (r *reader) readRelations() {
	r.eachRelation(r.readRelation)
	r.eachRelation(func(t *typeNode, f *fieldNode) {
		switch f.Relation.Kind {
		case BelongsTo:
			r.readWithin(t, f)
		case HasMany, HasOne:
			r.readInverse(f)
		}
	})
	r.readAllLinks()
	for _, t := range r.nodes {
		r.claimFields(t)
	}
}

// eachRelation calls do for each relation without an error.
func (r *reader) eachRelation(do func(t *typeNode, f *fieldNode)) {
	for _, t := range r.nodes {
		for _, f := range t.fields {
			if f.Kind == KindRelation && !f.failed {
				do(t, f)
			}
		}
	}
}

// readRelation sets the kind and the target of a relation.
func (r *reader) readRelation(_ *typeNode, f *fieldNode) {
	kind := relationOf(f)
	if f.failed = !r.checkRelation(f, kind); f.failed {
		return
	}
	f.Relation = &Relation{Kind: kind, Target: r.types[f.TypeName].Type}
	if kind != BelongsTo {
		return
	}
	u := f.uses.first("belongsTo")
	if f.Column == "" {
		f.Column = columnOf(f.Name + "Id")
	}
	f.Relation.OnDelete = OnDelete(u.stringArgument("onDelete"))
	f.Relation.Target.Referrers = append(f.Relation.Target.Referrers, f.Field)
	if f.Required && f.Relation.OnDelete == "SET_NULL" {
		r.report(u.Position, f.where(), "SET_NULL can't clear a required reference; write %s without !, or onDelete: CASCADE or RESTRICT",
			f.TypeName)
	}
}

// checkRelation reports whether a relation has a directive and the type that it needs.
func (r *reader) checkRelation(f *fieldNode, kind RelationKind) bool {
	wanted := "[" + f.TypeName + "!]!"
	switch {
	case kind < 0 && f.List:
		r.report(f.Position, f.where(), "the relation lacks a directive; add @hasMany(field: %q), "+
			"or @manyToMany for rows that are linked by a table", fieldCase(f.Of.Name))
	case kind < 0:
		r.report(f.Position, f.where(), "the relation lacks a directive; add @belongsTo(onDelete: RESTRICT), "+
			"or @hasOne(field: %q) if the other row has the reference", fieldCase(f.Of.Name))
	case kind == BelongsTo && f.List:
		r.report(f.Position, f.where(), "@belongsTo refers to one row; write %s without [], or use @manyToMany", f.TypeName)
	case kind == HasOne && (f.List || f.Required):
		r.report(f.Position, f.where(), "@hasOne needs the type %s, since the other row can be absent; change the type", f.TypeName)
	case (kind == HasMany || kind == ManyToMany) && f.def.Type.String() != wanted:
		r.report(f.Position, f.where(), "@%s needs the type %s; change the type", relationDirectives[kind], wanted)
	default:
		return !f.uses.first(relationDirectives[kind]).wrong
	}
	return false
}

// readWithin resolves the fields that a row shares with the row of its reference.
func (r *reader) readWithin(t *typeNode, f *fieldNode) {
	u, target := f.uses.first("belongsTo"), r.types[f.TypeName]
	for _, name := range r.stringList(f.where(), u, "within") {
		own, other := r.lookup(t, u, "within", name), r.lookup(target, u, "within", name)
		switch {
		case own == nil || other == nil:
		case own == f:
			r.report(u.Position, f.where(), "within has the reference itself; name a field that both rows have")
		case own.Column == "" || other.Column == "" || own.List || own.def.Type.Name() != other.def.Type.Name():
			r.report(u.Position, f.where(),
				"within has %s, which differs in %s and %s; name columns of the same type", name, t.Name, target.Name)
		case !own.Required || !other.Required:
			r.report(u.Position, f.where(), "within has %s, which can be null, so the rows need not share it; write %s: %s! in %s and %s",
				name, name, own.TypeName, t.Name, target.Name)
		default:
			f.Relation.Within = append(f.Relation.Within, own.Field)
		}
	}
}

// readInverse resolves the reference of which f is the inverse.
func (r *reader) readInverse(f *fieldNode) {
	directive := relationDirectives[f.Relation.Kind]
	u, target := f.uses.first(directive), r.types[f.TypeName]
	f.Relation.Create = u.flag("create")
	name := u.stringArgument("field")
	inverse := target.field(name)
	unique := inverse != nil && inverse.Unique
	f.failed = true
	switch {
	case inverse == nil && !isCustomField(target, name):
		r.report(u.Position, f.where(), "%s has no field %s; add %[2]s: %s! @belongsTo(onDelete: CASCADE) to %[1]s%[4]s",
			target.Name, name, f.Of.Name, uniqueFor(f.Relation.Kind))
	case inverse == nil || !inverse.failed && (relationOf(inverse) != BelongsTo || inverse.TypeName != f.Of.Name):
		r.report(u.Position, f.where(), "%s.%s is no reference to %s; name a field with @belongsTo and the type %[3]s",
			target.Name, name, f.Of.Name)
	case inverse.failed: // reported
	case f.Relation.Kind == HasOne && !unique:
		r.report(u.Position, f.where(),
			"%s lacks @unique, so several rows can refer to one; add @unique to it, or use @hasMany", inverse.where())
	case f.Relation.Kind == HasMany && unique:
		r.report(u.Position, f.where(), "%s has @unique, so at most one row refers to one; use @hasOne, or remove @unique", inverse.where())
	case inverse.Relation.Inverse != nil:
		other := inverse.Relation.Inverse
		r.report(u.Position, f.where(),
			"%s is the inverse of %s already; remove one of them", other.Of.Name+"."+other.Name, inverse.where())
	default:
		f.failed = false
		f.Relation.Inverse, inverse.Relation.Inverse = inverse.Field, f.Field
	}
}

// uniqueFor returns the end of a remedy: the inverse of HasOne is unique.
func uniqueFor(kind RelationKind) string {
	if kind == HasOne {
		return " with @unique"
	}
	return ""
}

// isCustomField reports whether a type has a field with a resolver written by hand.
func isCustomField(t *typeNode, name string) bool { return t.Custom.ForName(name) != nil }

// lookup returns the field of t that an argument of u names, or nil. It reports an unknown field, and one with a
// resolver written by hand.
func (r *reader) lookup(t *typeNode, u *use, argument, name string) *fieldNode {
	f := t.field(name)
	switch where := u.where; {
	case f != nil && f.failed:
		return nil // reported
	case f != nil:
		return f
	case isCustomField(t, name):
		r.report(u.Position, where, "%s of @%s has %s, which has no column; remove it", argument, u.Name, name)
	case slices.Contains([]string{"id", "createdAt", "version", "deletedAt"}, name):
		r.report(u.Position, where, "%s of @%s has %s, which is no field of the file; %s", argument, u.Name, name, remedyForImplicit(name))
	default:
		r.report(u.Position, where, "%s of @%s has %s, which %s lacks; %s", argument, u.Name, name, t.Name,
			suggestNearest(name, t.names(), "correct the name, or add the field"))
	}
	return nil
}

// remedyForImplicit returns the remedy for the name of a field that is not in the file.
func remedyForImplicit(name string) string {
	if name == "createdAt" {
		return "add createdAt: DateTime! @createdAt to the type"
	}
	return "remove it"
}
