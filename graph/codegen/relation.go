package codegen

// relationDirectives are the directives of relations, by their kind.
var relationDirectives = []string{BelongsTo: "belongsTo", HasMany: "hasMany", HasOne: "hasOne", ManyToMany: "manyToMany"}

// readRelations resolves the relations of all types: first the references, which the others follow.
func (r *reader) readRelations() {
	r.eachRelation(func(t *typeNode, f *fieldNode) { r.readRelation(t, f) })
	r.eachRelation(func(t *typeNode, f *fieldNode) {
		switch f.Relation.Kind {
		case BelongsTo:
			r.readWithin(t, f)
		case HasMany, HasOne:
			r.readInverse(f)
		}
	})
	r.eachRelation(func(t *typeNode, f *fieldNode) {
		if f.Relation.Kind == ManyToMany {
			r.readLinks(t, f)
		}
	})
}

// eachRelation calls do for each relation without a mistake.
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
func (r *reader) readRelation(t *typeNode, f *fieldNode) {
	for kind, directive := range relationDirectives {
		if f.uses.has(directive) {
			f.Relation = &Relation{Kind: RelationKind(kind), Target: r.types[f.TypeName].Type}
		}
	}
	if f.Relation == nil {
		f.failed = true
		r.report(f.Position, f.where(), "the relation lacks a directive; add @belongsTo, @hasMany, @hasOne or @manyToMany")
		return
	}
	if f.Relation.Kind == BelongsTo {
		if f.Column == "" {
			f.Column = columnOf(f.Name + "Id")
		}
		f.Relation.OnDelete = OnDelete(f.uses.first("belongsTo").text("onDelete"))
		f.Relation.Target.Referrers = append(f.Relation.Target.Referrers, f.Field)
	}
}

// readWithin resolves the fields that a row shares with the row of its reference.
func (r *reader) readWithin(t *typeNode, f *fieldNode) {
	for _, name := range f.uses.first("belongsTo").texts("within") {
		if shared := t.field(name); shared != nil {
			f.Relation.Within = append(f.Relation.Within, shared.Field)
		}
	}
}

// readInverse resolves the reference of which f is the inverse.
func (r *reader) readInverse(f *fieldNode) {
	u := f.uses.first(relationDirectives[f.Relation.Kind])
	f.Relation.Create = u.flag("create")
	name := u.text("field")
	if inverse := r.types[f.TypeName].field(name); inverse != nil && inverse.Relation != nil {
		f.Relation.Inverse = inverse.Field
		inverse.Relation.Inverse = f.Field
	}
}
