package codegen

// readLinks resolves the links of a relation between many rows and many.
func (r *reader) readLinks(t *typeNode, f *fieldNode) {
	u := f.uses.first("manyToMany")
	relation := f.Relation
	if name := u.text("field"); name != "" {
		if inverse := r.types[f.TypeName].field(name); inverse != nil && inverse.Relation != nil {
			relation.Inverse, inverse.Relation.Inverse = inverse.Field, f.Field
		}
	}
	if name := u.text("through"); name != "" {
		r.readThrough(f, name)
		return
	}
	// Of two relations that name each other, the first one defines the links.
	if relation.Inverse == nil || u.text("field") == "" || relation.Inverse.Relation.LinkTable == "" {
		r.defineLinks(t, f)
	}
}

// defineLinks makes f the owner of a table of links.
func (r *reader) defineLinks(t *typeNode, f *fieldNode) {
	relation := f.Relation
	relation.LinkOwner = true
	relation.LinkTable = snakeCase(t.Name) + "_" + columnOf(f.Name)
	relation.LinkFrom = columnOf(fieldCase(t.Name) + "Id")
	relation.LinkTo = columnOf(singularOf(f.Name) + "Id")
}

// readThrough resolves the type of the links, and its references to both ends.
func (r *reader) readThrough(f *fieldNode, name string) {
	through := r.types[name]
	if through == nil {
		return
	}
	f.Relation.Through = through.Type
	for _, ref := range through.fields {
		switch {
		case ref.Relation == nil || ref.Relation.Kind != BelongsTo:
		case f.Relation.ThroughFrom == nil && ref.Relation.Target == f.Of:
			f.Relation.ThroughFrom = ref.Field
		case f.Relation.ThroughTo == nil && ref.Relation.Target == f.Relation.Target:
			f.Relation.ThroughTo = ref.Field
		}
	}
}
