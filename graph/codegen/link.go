package codegen

// readAllLinks resolves the relations between many rows and many: first their inverses, then the links.
func (r *reader) readAllLinks() {
	each := func(do func(t *typeNode, f *fieldNode)) {
		r.eachRelation(func(t *typeNode, f *fieldNode) {
			if f.Relation.Kind == ManyToMany {
				do(t, f)
			}
		})
	}
	each(func(_ *typeNode, f *fieldNode) { r.readOtherSide(f) })
	each(func(_ *typeNode, f *fieldNode) { r.checkOneSide(f) })
	each(func(t *typeNode, f *fieldNode) {
		if name := f.uses.first("manyToMany").stringArgument("through"); name != "" {
			r.readThrough(f, name)
		} else if r.isLinkOwner(f) {
			r.defineLinks(t, f)
		}
	})
	each(func(_ *typeNode, f *fieldNode) {
		if owner := f.Relation.Inverse; owner != nil && !f.Relation.LinkOwner && f.Relation.Through == nil {
			of := owner.Relation
			f.Relation.LinkTable, f.Relation.LinkFrom, f.Relation.LinkTo = of.LinkTable, of.LinkTo, of.LinkFrom
		}
	})
}

// readOtherSide resolves the inverse that the argument field names.
func (r *reader) readOtherSide(f *fieldNode) {
	u := f.uses.first("manyToMany")
	name := u.stringArgument("field")
	if name == "" {
		return
	}
	inverse := r.types[f.TypeName].field(name)
	through := func(f *fieldNode) string { return f.uses.first("manyToMany").stringArgument("through") }
	switch {
	case inverse != nil && inverse.failed: // reported
		f.failed = true
	case inverse == nil || inverse.Relation == nil || inverse.Relation.Kind != ManyToMany || inverse.TypeName != f.Of.Name:
		f.failed = true
		r.report(u.Position, f.where(), "%s has no relation %s to %s with @manyToMany; add %[2]s: [%[3]s!]! @manyToMany to %[1]s, "+
			"or remove the argument field", f.TypeName, name, f.Of.Name)
	case inverse == f:
		f.failed = true
		r.report(u.Position, f.where(), "the relation can't be its own inverse; remove the argument field")
	case inverse.Relation.Inverse != nil && inverse.Relation.Inverse != f.Field:
		f.failed = true
		other := inverse.Relation.Inverse
		r.report(u.Position, f.where(),
			"%s is the inverse of %s already; remove one of them", other.Of.Name+"."+other.Name, inverse.where())
	case through(f) != through(inverse):
		f.failed = true
		r.report(u.Position, f.where(), "the two directions differ in through; write the same in %s and %s", f.where(), inverse.where())
	default:
		f.Relation.Inverse, inverse.Relation.Inverse = inverse.Field, f.Field
	}
}

// checkOneSide reports two relations between the same types without the argument field: each would have links
// of its own.
func (r *reader) checkOneSide(f *fieldNode) {
	if f.Relation.Inverse != nil || f.TypeName == f.Of.Name || f.uses.first("manyToMany").stringArgument("through") != "" {
		return
	}
	for _, other := range r.types[f.TypeName].fields {
		if other.index < f.index && !other.failed && other.Relation != nil && other.Relation.Kind == ManyToMany &&
			other.TypeName == f.Of.Name && other.Relation.Inverse == nil {
			r.report(f.uses.position("manyToMany"), f.where(), "%s links the same types, in another table; add field: %q, "+
				"or through for links of another kind", other.where(), other.Name)
			return
		}
	}
}

// isLinkOwner reports whether a relation defines the links: it has no inverse, or it does not name it. Of two
// relations that name each other, it is the first one.
func (r *reader) isLinkOwner(f *fieldNode) bool {
	if f.Relation.Inverse == nil || f.uses.first("manyToMany").stringArgument("field") == "" {
		return true
	}
	inverse := r.types[f.TypeName].field(f.Relation.Inverse.Name)
	return inverse.uses.first("manyToMany").stringArgument("field") != "" && f.index < inverse.index
}

// defineLinks makes f the owner of a table of links.
func (r *reader) defineLinks(t *typeNode, f *fieldNode) {
	relation := f.Relation
	relation.LinkOwner = true
	relation.LinkTable = linkTable(t.Type, f.Name)
	relation.LinkFrom = columnOf(fieldCase(t.Name) + "Id")
	relation.LinkTo = linkColumn(f.Name)
	if relation.LinkFrom == relation.LinkTo {
		r.report(f.Position, f.where(), "both columns of the links would be %s; rename the field, as in related%s",
			relation.LinkTo, upperName(f.Name))
	}
}

// linkTable returns the table of the links of a field with a name: item_labels.
func linkTable(t *Type, field string) string { return snakeCase(t.Name) + "_" + columnOf(field) }

// linkColumn returns the column of the links for the rows of a field with a name: label_id of labels.
func linkColumn(field string) string { return columnOf(singularOf(field) + "Id") }

// readThrough resolves the type of the links, and its references to both ends.
func (r *reader) readThrough(f *fieldNode, name string) {
	u, through := f.uses.first("manyToMany"), r.types[name]
	if through == nil {
		f.failed = true
		r.report(u.Position, f.where(), "through names %s, which is no type with @model; add type %[1]s @model, or correct the name", name)
		return
	}
	var from, to []*fieldNode
	for _, ref := range through.fields {
		switch {
		case ref.failed:
			f.failed = true // its error is reported
		case ref.Relation == nil || ref.Relation.Kind != BelongsTo:
		case ref.TypeName == f.Of.Name && (f.TypeName != f.Of.Name || len(from) == 0):
			from = append(from, ref)
		case ref.TypeName == f.TypeName:
			to = append(to, ref)
		}
	}
	switch {
	case f.failed:
	case len(from) != 1 || len(to) != 1:
		f.failed = true
		r.report(u.Position, f.where(), "through needs a type with one reference to %s and one to %s, and %s has others; "+
			"correct the fields of %[3]s with @belongsTo", f.Of.Name, f.TypeName, name)
	case !from[0].Required || !to[0].Required:
		r.report(u.Position, f.where(), "the references of %s can be null, so links can lack an end; write %s: %s! and %s: %s!",
			name, from[0].Name, from[0].TypeName, to[0].Name, to[0].TypeName)
	case !through.hasUnique(from[0].Name, to[0].Name):
		r.report(u.Position, f.where(), "two rows of %s can link the same rows; add @unique(fields: [%q, %q]) to %[1]s",
			name, from[0].Name, to[0].Name)
	default:
		f.Relation.Through, f.Relation.ThroughFrom, f.Relation.ThroughTo = through.Type, from[0].Field, to[0].Field
		if inverse := f.Relation.Inverse; inverse != nil && f.TypeName == f.Of.Name && inverse.Relation.Through != nil {
			f.Relation.ThroughFrom, f.Relation.ThroughTo = to[0].Field, from[0].Field
		}
	}
}

// hasUnique reports whether a type has @unique for exactly two fields.
func (t *typeNode) hasUnique(one, other string) bool {
	for _, u := range t.uses["unique"] {
		fields := listOf(u.value("fields"))
		if len(fields) == 2 && (fields[0].Raw == one && fields[1].Raw == other || fields[0].Raw == other && fields[1].Raw == one) {
			return true
		}
	}
	return false
}
