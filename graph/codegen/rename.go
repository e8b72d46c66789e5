package codegen

import "regexp"

// graphqlName matches the names of GraphQL.
var graphqlName = regexp.MustCompile(`^[_A-Za-z][_0-9A-Za-z]*$`)

// checkRenames checks the earlier names of types and fields. readEnum checks those of values.
func (r *reader) checkRenames() {
	types := claims{}
	for _, t := range r.nodes {
		if u := t.uses.first("renamedFrom"); r.checkEarlierName(t.Name, u, types) && r.definitions[t.RenamedFrom] != nil {
			r.report(u.Position, t.Name, "the file still has a type %s; remove that type, or @renamedFrom", t.RenamedFrom)
		}
		fields := claims{}
		for _, f := range t.fields {
			u := f.uses.first("renamedFrom")
			switch {
			case !r.checkEarlierName(f.where(), u, fields):
			case t.field(f.RenamedFrom) != nil:
				r.report(u.Position, f.where(), "the type still has a field %s; remove that field, or @renamedFrom", f.RenamedFrom)
			case f.Relation != nil && f.Relation.Kind == ManyToMany:
				r.report(u.Position, f.where(), "%s", refuseLinkRename(f.Field))
			}
		}
	}
}

// checkEarlierName reports an earlier name that is no name, or that another type, field or value has. It reports
// whether the name is possible; it is false without @renamedFrom.
func (r *reader) checkEarlierName(where string, u *use, owners claims) bool {
	if u == nil || u.wrong {
		return false
	}
	name := u.stringArgument("name")
	owner := owners[name]
	switch {
	case !graphqlName.MatchString(name):
		r.report(u.Position, where, "the earlier name %q is no name of GraphQL; correct it", name)
	case owner != "":
		r.report(u.Position, where, "%s has the earlier name %s, too; remove @renamedFrom from one of them", owner, name)
	default:
		owners[name] = where
		return true
	}
	return false
}

// refuseLinkRename returns the reason and the remedy for an earlier name of a relation with links: their table has
// the name of the field, and so has one of its columns.
func refuseLinkRename(f *Field) string {
	if !f.Relation.LinkOwner {
		return "@renamedFrom does not fit a relation without a column or a table of its own; remove it"
	}
	earlier, column := linkTable(f.Of, f.RenamedFrom), linkColumn(f.RenamedFrom)
	statements := "RENAME TABLE " + earlier + " TO " + f.Relation.LinkTable
	if column != f.Relation.LinkTo {
		statements += ", and one with ALTER TABLE " + f.Relation.LinkTable + " RENAME COLUMN " + column + " TO " + f.Relation.LinkTo
	}
	return "no migration is planned for the table of the links; remove @renamedFrom, and write a migration with " + statements
}
