package tablediff

import (
	"slices"

	"rowhouse/model/relay"
)

// addReferences adds the foreign keys of a type, and their indexes. Those of references within a parent are last:
// MySQL 9.7 does not check a foreign key whose columns lead an index with a NULL next, if it is the first one.
func (d *deriver) addReferences(table *Table, t relay.AnyType) {
	for _, columns := range d.sharedKeys(t) {
		table.addIndex(true, append(columns, "id")...)
	}
	var within []relay.Relation
	for _, r := range t.Relations() {
		switch {
		case r.Many:
		case len(r.Within) > 0:
			within = append(within, r)
		default:
			d.addReference(table, r, nil, nil)
		}
	}
	for _, r := range within {
		d.addReference(table, r, columnsOf(t, r.Within), columnsOf(d.types.ByName(r.Target), r.Within))
	}
}

// sharedKeys returns the columns that foreign keys to a type include beside its id.
func (d *deriver) sharedKeys(t relay.AnyType) (keys [][]string) {
	for _, from := range d.types.All() {
		for _, r := range from.Relations() {
			if len(r.Within) > 0 && r.Target == t.Name() {
				keys = append(keys, columnsOf(t, r.Within))
			}
		}
	}
	return keys
}

// addReference adds a foreign key with its index. The columns own have the same values as those of the other row.
func (d *deriver) addReference(table *Table, r relay.Relation, own, others []string) {
	if !table.hasIndex(true, r.Column) && !table.hasIndex(true, r.Column, "id") {
		table.addIndex(false, r.Column, "id")
	}
	columns := append(slices.Clone(own), r.Column)
	if len(own) > 0 {
		table.addIndex(false, append(slices.Clone(columns), "id")...)
	}
	table.ForeignKeys = append(table.ForeignKeys, ForeignKey{
		Name: Name(table.Name, columns...), Columns: append([]string{TenantColumn}, columns...),
		Table:      d.types.ByName(r.Target).Schema().Table,
		References: append(append([]string{TenantColumn}, others...), "id"),
		Cascade:    r.OnDelete == relay.Cascade,
	})
}
