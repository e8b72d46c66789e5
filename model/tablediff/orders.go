package tablediff

import (
	"slices"

	"rowhouse/model/relay"
)

// addOrders adds the indexes of the orders of a type.
func (d *deriver) addOrders(table *Table, t relay.AnyType) {
	parents := d.parentColumns(t)
	for _, f := range t.Fields() {
		isUnique := f.Unique && !f.Nullable
		switch {
		case !f.Sortable, isUnique && f.KeyColumn() == "":
			continue
		case f.Enum != nil && !f.Enum.IsRanked(), slices.Contains(d.unindexed, table.Name+"."+f.Column):
		default:
			table.addIndex(false, f.Column, "id")
		}
		for _, parent := range parents {
			if !isUnique && parent != f.Column {
				table.addIndex(false, parent, f.Column, "id")
			}
		}
	}
	for _, o := range t.OrdersBy() {
		columns := sortColumns(t, o)
		if columns == nil {
			continue
		}
		table.addIndex(false, columns...)
		for _, parent := range parents {
			if !slices.Contains(columns, parent) {
				table.addIndex(false, append([]string{parent}, columns...)...)
			}
		}
	}
}

// sortColumns returns the columns of an index in an order by several fields, or nil if there is none: columns of
// related rows are in another table, and enums are not stored in their order. A unique value ends the order.
func sortColumns(t relay.AnyType, o relay.OrderFields) (columns []string) {
	for _, name := range o.Fields {
		f := fieldOf(t, name)
		if f == nil || f.Enum != nil && !f.Enum.IsRanked() {
			return nil
		}
		columns = append(columns, f.Column)
		if f.Unique && !f.Nullable && f.KeyColumn() == "" {
			return columns
		}
	}
	return append(columns, "id")
}

// parentColumns returns the columns of a type that refer to a type with the relation to many of them.
func (d *deriver) parentColumns(t relay.AnyType) (columns []string) {
	for _, parent := range d.types.All() {
		for _, r := range parent.Relations() {
			if r.Many && !r.One && r.Link == nil && r.Target == t.Name() && !slices.Contains(columns, r.Column) {
				columns = append(columns, r.Column)
			}
		}
	}
	return columns
}
