package codegen

import "slices"

// contradictions lists pairs of directives that exclude each other at a field.
var contradictions = []struct{ one, other, reason string }{
	{one: "default", other: "computed", reason: "no input has the field, so the default has no effect"},
	{one: "immutable", other: "computed", reason: "no input has the field, so clients can't change it anyway"},
	{one: "sortable", other: "private", reason: "clients can't order by a private field"},
	{one: "default", other: "unique", reason: "the second row with the default would be refused"},
	{one: "deprecated", other: "private", reason: "clients do not see the field"},
	{one: "createdAt", other: "updatedAt", reason: "a field has one time"},
	{one: "createdAt", other: "sortable", reason: "every type has the order CREATED_AT"},
	{one: "createdAt", other: "default", reason: "the server sets the field"},
	{one: "createdAt", other: "computed", reason: "the server sets the field anyway"},
	{one: "createdAt", other: "immutable", reason: "clients can't change the field anyway"},
	{one: "createdAt", other: "unique", reason: "rows can have the same time"},
	{one: "createdAt", other: "private", reason: "clients can read the time of creation"},
	{one: "updatedAt", other: "default", reason: "the server sets the field"},
	{one: "updatedAt", other: "computed", reason: "the server sets the field anyway"},
	{one: "updatedAt", other: "immutable", reason: "the server changes the field"},
	{one: "updatedAt", other: "unique", reason: "rows can have the same time"},
	{one: "belongsTo", other: "hasMany", reason: "a relation has one direction"},
	{one: "belongsTo", other: "hasOne", reason: "a relation has one direction"},
	{one: "belongsTo", other: "manyToMany", reason: "a relation has one kind"},
	{one: "hasMany", other: "hasOne", reason: "a relation has one kind"},
	{one: "hasMany", other: "manyToMany", reason: "a relation has one kind"},
	{one: "hasOne", other: "manyToMany", reason: "a relation has one kind"},
}

// fitting lists the directives that fit each kind of field, apart from the directive of the relation.
var (
	fitColumn = []string{
		"unique", "sortable", "default", "immutable", "computed", "private", "createdAt", "updatedAt", "constraint", "column",
		"renamedFrom",
	}
	fitting = map[RelationKind][]string{
		BelongsTo:  {"unique", "immutable", "computed", "private", "column", "renamedFrom"},
		HasMany:    {"private", "aggregate"},
		HasOne:     {"private"},
		ManyToMany: {"private", "renamedFrom"},
	}
)

// checkUses checks the directives of a field against each other and against its type. It reports whether the
// field is at most one relation, or none if it is a column.
func (r *reader) checkUses(f *fieldNode) bool {
	for _, c := range contradictions {
		if f.uses.has(c.one) && f.uses.has(c.other) || c.one == "deprecated" && f.Deprecated != "" && f.uses.has(c.other) {
			remedy := "remove @" + c.other
			if c.one != "createdAt" && c.one != "updatedAt" {
				remedy += " or @" + c.one
			}
			r.report(f.Position, f.where(), "@%s and @%s exclude each other: %s; %s", c.one, c.other, c.reason, remedy)
		}
	}
	for _, name := range sortedKeys(f.uses) {
		switch reason := misfit(f, name); {
		case reason != "":
			r.report(f.uses.position(name), f.where(), "@%s does not fit %s", name, reason)
		case name == "column":
			r.checkSQLName(f.where(), f.uses.first(name))
		case (name == "unique" || name == "sortable") && f.uses.first(name).value("fields") != nil:
			r.report(f.uses.position(name), f.where(), "@%s at a field is about this field; remove the argument fields, "+
				"or move @%[1]s to the type", name)
		}
	}
	relations := slices.DeleteFunc(slices.Clone(relationDirectives), func(name string) bool { return !f.uses.has(name) })
	return len(relations) == 0 || f.Kind == KindRelation && len(relations) == 1
}

// misfit returns the reason and the remedy if a directive does not fit a field, or "".
func misfit(f *fieldNode, name string) string {
	isRelation := slices.Contains(relationDirectives, name)
	if f.Kind != KindRelation {
		switch {
		case isRelation || name == "aggregate":
			return f.TypeName + ", which has no @model; remove it"
		case f.List && (name == "unique" || name == "sortable"):
			return "a list; remove it"
		case f.Scalar == "JSON" && (name == "unique" || name == "sortable"):
			return "JSON; remove it"
		case !slices.Contains(fitColumn, name):
			return "a column; remove it"
		}
		return ""
	}
	kind := relationOf(f)
	switch {
	case isRelation || kind < 0 || slices.Contains(fitting[kind], name):
		return ""
	case kind == BelongsTo && name == "sortable":
		return `a reference; remove it, and order by a field of the other row with @sortable(fields: ["` + f.Name + `.…"]) at the type`
	case kind == BelongsTo:
		return "a reference; remove it"
	}
	return "a relation without a column; remove it"
}

// relationOf returns the kind of a relation by its directive, or -1.
func relationOf(f *fieldNode) RelationKind {
	return RelationKind(slices.IndexFunc(relationDirectives, f.uses.has))
}

// checkKeys checks that the column of a field can be in a key: of @unique, or of the order of @sortable.
func (r *reader) checkKeys(f *fieldNode) {
	for _, name := range []string{"unique", "sortable"} {
		if f.uses.has(name) && misfit(f, name) == "" && isLong(f.Field) {
			r.report(f.uses.position(name), f.where(), "@%s needs a string of at most %d characters, the limit of an index; "+
				"remove it, or lower maxLength", name, maxIndexed)
		}
	}
}

// maxIndexed is the greatest number of characters of a string in an index, and of a column of type VARCHAR. An
// index has at most 3,072 bytes: 36 of the tenant, a parent and the row, and 4 for each character. Longer strings
// have the type TEXT.
const maxIndexed = 750

// isLong reports whether a string is too long for an index.
func isLong(f *Field) bool {
	return scalarTypes[f.Scalar].isString && f.Constraint.MaxLength != nil && *f.Constraint.MaxLength > maxIndexed
}
