package codegen

import "slices"

// readTypeDirectives resolves the fields in the arguments of directives: of keys, indexes, orders,
// subscriptions and aggregates.
func (r *reader) readTypeDirectives() {
	for _, t := range r.nodes {
		r.checkSQLName(t.Name, t.uses.first("table"))
		t.Uniques = r.readKeys(t, "unique")
		t.Indexes = r.readKeys(t, "index")
		r.readOrders(t)
		r.readSubscription(t)
		for _, f := range t.fields {
			if u := f.uses.first("aggregate"); u != nil && !f.failed && f.Relation != nil && f.Relation.Kind == HasMany {
				r.readAggregate(f, u)
			}
		}
	}
}

// readKeys returns the columns of each @unique or @index of a type.
func (r *reader) readKeys(t *typeNode, directive string) [][]*Field {
	var keys [][]*Field
	for _, u := range t.uses[directive] {
		names := r.stringList(t.Name, u, "fields")
		switch {
		case u.wrong:
			continue
		case len(names) == 0:
			r.report(u.Position, t.Name, "@%s at a type needs fields; add fields: [\"…\"]", directive)
			continue
		case len(names) == 1 && directive == "unique":
			r.report(u.Position, t.Name, "@unique with one field belongs to the field; move it to %s.%s", t.Name, names[0])
			continue
		}
		if key := r.readKey(t, u, names); len(key) == len(names) {
			if slices.ContainsFunc(keys, func(other []*Field) bool { return slices.Equal(other, key) }) {
				r.report(u.Position, t.Name, "@%s is repeated with the same fields; remove one of them", directive)
				continue
			}
			keys = append(keys, key)
		}
	}
	return keys
}

// readKey returns the columns of a key or an index, and reports those that can't be in one.
func (r *reader) readKey(t *typeNode, u *use, names []string) []*Field {
	var key []*Field
	bytes := 36
	for _, name := range names {
		f := r.lookup(t, u, "fields", name)
		switch {
		case f == nil:
			continue
		case f.Column == "" || f.List || f.Scalar == "JSON":
			r.report(u.Position, t.Name, "fields of @%s has %s, and no index can have %s; remove it", u.Name, name, kindWords(f))
			continue
		case isLong(f.Field):
			r.report(u.Position, t.Name, "fields of @%s has %s, and an index has strings of at most %d characters; "+
				"lower its maxLength, or remove it", u.Name, name, maxIndexed)
			continue
		}
		bytes += keyBytes(f.Field)
		key = append(key, f.Field)
	}
	if bytes > maxIndexBytes {
		r.report(u.Position, t.Name, "the index of @%s would have %d bytes, and MySQL allows %d; remove a field, or lower maxLength",
			u.Name, bytes, maxIndexBytes)
		return nil
	}
	return key
}

// maxIndexBytes is the greatest length of an index in InnoDB.
const maxIndexBytes = 3072

// keyBytes returns the greatest number of bytes of a column in an index.
func keyBytes(f *Field) int {
	switch {
	case f.Constraint.MaxLength == nil:
		return 16
	case f.Constraint.Exact:
		return *f.Constraint.MaxLength
	}
	return 4 * *f.Constraint.MaxLength
}

// kindWords returns the type of a field in words, for columns that do not fit.
func kindWords(f *fieldNode) string {
	switch {
	case f.Relation != nil && f.Relation.Kind != BelongsTo:
		return "a relation without a column"
	case f.Relation != nil:
		return "a reference"
	case f.List:
		return "a list"
	}
	return f.TypeName
}

// readAggregate resolves the groups and numbers of a relation.
func (r *reader) readAggregate(f *fieldNode, u *use) {
	target := r.types[f.TypeName]
	groups := r.stringList(f.where(), u, "groupBy")
	if len(groups) == 0 && !u.wrong {
		r.report(u.Position, f.where(), "groupBy has no field; name one of %s", target.Name)
	}
	for _, name := range groups {
		if g := r.lookup(target, u, "groupBy", name); g != nil && r.checkAggregated(f, u, g, "groupBy", isGroup(g)) {
			f.Aggregate = append(f.Aggregate, g.Field)
		}
	}
	for _, name := range r.stringList(f.where(), u, "numbers") {
		if slices.Contains(groups, name) {
			r.report(u.Position, f.where(), "numbers of @aggregate has %s, which is in groupBy, too; remove it from one of them", name)
			continue
		}
		if n := r.lookup(target, u, "numbers", name); n != nil && r.checkAggregated(f, u, n, "numbers", isNumber(n)) {
			f.Numbers = append(f.Numbers, n.Field)
		}
	}
}

// checkAggregated reports whether a field of the other type fits an argument of @aggregate.
func (r *reader) checkAggregated(f *fieldNode, u *use, g *fieldNode, argument string, fits bool) bool {
	remedies := map[string]string{
		"groupBy": "name an enum, a reference, a Boolean, an Int, a Date or a short string that is not unique",
		"numbers": "name an Int, a BigInt, a Float or a Decimal",
	}
	switch {
	case g.Private:
		r.report(u.Position, f.where(), "%s of @aggregate has %s, which clients can't read; remove it, or @private", argument, g.where())
	case !fits:
		r.report(u.Position, f.where(), "%s of @aggregate has %s, which does not fit; %s", argument, g.where(), remedies[argument])
	default:
		return true
	}
	return false
}

// isGroup reports whether rows can be grouped by a field: several rows can have the same value.
func isGroup(f *fieldNode) bool {
	switch {
	case f.Unique || f.List:
		return false
	case f.Relation != nil:
		return f.Relation.Kind == BelongsTo
	}
	return f.Kind == KindEnum || slices.Contains([]string{"Boolean", "Int", "Date", "String"}, f.Scalar) && !isLong(f.Field)
}

// isNumber reports whether a field is a number.
func isNumber(f *fieldNode) bool { return scalarTypes[f.Scalar].isNumeric && !f.List }
