package tablediff

import (
	"slices"

	"rowhouse/model/relay"
)

// addReferences adds the foreign keys of a type, with their indexes and the unique keys of the type. The order of indexes
// matters: see orderIndexes. So the index of a reference is before those that begin with its columns, and it is unique if
// one of these is, since servers place unique keys first.
func (d *deriver) addReferences(table *Table, t relay.AnyType) {
	uniques := d.uniqueColumns(t)
	var within []relay.Relation
	for _, r := range t.Relations() {
		switch {
		case r.Many:
		case len(r.Within) > 0:
			within = append(within, r)
		default:
			d.addReference(table, r, nil, nil, uniques)
		}
	}
	for _, r := range within {
		d.addReference(table, r, columnsOf(t, r.Within), columnsOf(d.types.ByName(r.Target), r.Within), uniques)
	}
	for _, columns := range uniques {
		table.addIndex(true, columns...)
	}
}

// uniqueColumns returns the columns of the unique keys of a type with several columns. Some have the id, for the foreign
// keys that include other columns beside it.
func (d *deriver) uniqueColumns(t relay.AnyType) (keys [][]string) {
	for _, from := range d.types.All() {
		for _, r := range from.Relations() {
			if len(r.Within) > 0 && r.Target == t.Name() {
				keys = append(keys, append(columnsOf(t, r.Within), "id"))
			}
		}
	}
	for _, fields := range t.Uniques() {
		keys = append(keys, columnsOf(t, fields))
	}
	return keys
}

// addReference adds a foreign key with its index. The columns own have the same values as those of the other row.
func (d *deriver) addReference(table *Table, r relay.Relation, own, others []string, uniques [][]string) {
	if !table.hasIndex(true, r.Column) {
		table.addReferenceIndex([]string{r.Column}, uniques)
	}
	columns := append(slices.Clone(own), r.Column)
	if len(own) > 0 {
		table.addReferenceIndex(columns, uniques)
	}
	table.ForeignKeys = append(table.ForeignKeys, ForeignKey{
		Name: Name(table.Name, columns...), Columns: append([]string{TenantColumn}, columns...),
		Table:      d.types.ByName(r.Target).Schema().Table,
		References: append(append([]string{TenantColumn}, others...), "id"),
		Cascade:    r.OnDelete == relay.Cascade,
	})
}

// addReferenceIndex adds the index of a foreign key. The id makes it unique anyway.
func (t *Table) addReferenceIndex(columns []string, uniques [][]string) {
	unique := slices.ContainsFunc(uniques, func(key []string) bool {
		return len(key) > len(columns) && slices.Equal(key[:len(columns)], columns) &&
			(key[len(columns)] == "id" || t.findColumn(key[len(columns)]).Nullable)
	})
	t.addIndex(unique, append(slices.Clone(columns), "id")...)
}
