package tablediff

import (
	"fmt"
	"slices"
	"strings"

	"vitess.io/vitess/go/vt/sqlparser"
)

// planIndexes plans the added and dropped indexes and unique keys.
func (d *tableDiff) planIndexes() {
	for _, k := range d.newKeys {
		d.addIndex(Index{k.Info.Name.String(), indexColumns(k), k.Info.IsUnique()})
	}
	for _, k := range d.oldKeys {
		d.dropIndex(k)
	}
}

// addIndex plans an index. A unique key contracts the schema if existing rows, or new rows of the release
// before, can violate it.
func (d *tableDiff) addIndex(i Index) {
	var contract string
	if i.Unique && !slices.Contains(i.Columns, "id") {
		added := slices.DeleteFunc(slices.Clone(i.Columns), func(c string) bool { return !d.isAdded(c) })
		switch {
		case len(added) == 0:
			contract = fmt.Sprintf("rows with equal values of %s make the statement fail, or inserts of the release before",
				strings.Join(i.Columns[1:], ", "))
		case !slices.ContainsFunc(added, func(c string) bool { return d.isDistinct(*d.table.findColumn(c)) }):
			object := d.table.Name + "." + added[0]
			if !d.chosen(d.options.Accept, object) {
				c := d.table.findColumn(added[0])
				d.refuse(object, "the new column is unique, and existing rows would have equal values",
					fmt.Sprintf("make %s optional until they have values; for a table without rows, --accept %s",
						c.describe(d.table.Name), object))
			}
		}
	}
	class := addIndexes
	if contract != "" {
		class = addUniqueKeys
	}
	change := d.add(class, "ADD "+i.sql(), "DROP KEY "+quote(i.Name))
	change.addContract(contract)
	for _, c := range i.Columns {
		if text, ok := strings.CutSuffix(c, "_key"); ok && i.Unique && d.isAdded(c) && d.table.findColumn(text) != nil {
			change.keys = append(change.keys, d.table.Name+"."+text)
			change.notes = append(change.notes,
				acceptMark+" before this statement, the program corrects "+c+", whose default ignores case only: see keys.go.")
		}
	}
}

// isDistinct reports whether existing rows can't have equal values of a new column, apart from NULL.
func (d *tableDiff) isDistinct(c Column) bool {
	return c.Nullable && c.Default == "" || c.Default != "" && !c.isConstant()
}

// dropIndex plans the end of an index without a use in the types. It needs no option if its columns are dropped, or
// begin another index.
func (d *tableDiff) dropIndex(k *sqlparser.IndexDefinition) {
	name, columns := k.Info.Name.String(), indexColumns(k)
	up, down := "DROP KEY "+quote(name), "ADD "+sqlparser.String(k)
	object := d.table.Name + "." + name
	switch {
	case slices.ContainsFunc(columns, d.isDropped):
		// dropColumn adds the clause.
	case !k.Info.IsUnique() && d.isCovered(columns), d.chosen(d.options.Drop, object):
		d.add(dropKeys, up, down)
	default:
		d.refuse(object, fmt.Sprintf("no type needs this index of %s", quoteAll(columns)),
			fmt.Sprintf("add @index(fields:) to the type, or --drop %s, or --keep %[1]s", object))
	}
}

// isCovered reports whether columns are the first ones of an index in the wanted table.
func (d *tableDiff) isCovered(columns []string) bool {
	return slices.ContainsFunc(d.target.TableSpec.Indexes, func(i *sqlparser.IndexDefinition) bool {
		all := indexColumns(i)
		return len(all) >= len(columns) && slices.Equal(all[:len(columns)], columns)
	})
}

// planForeignKeys plans the added and dropped foreign keys. One with another effect of deletions is
// replaced in one statement.
func (d *tableDiff) planForeignKeys() {
	for _, r := range d.newRefs {
		f := *d.findForeignKey(r)
		f.Name = r.Name.String()
		var old *sqlparser.ConstraintDefinition
		d.oldRefs = slices.DeleteFunc(d.oldRefs, func(o *sqlparser.ConstraintDefinition) bool {
			if !isSameReference(o, r) {
				return false
			}
			old = o
			return true
		})
		if old != nil {
			d.add(addForeignKeys, "DROP FOREIGN KEY "+quote(old.Name.String()), "DROP FOREIGN KEY "+quote(f.Name))
			d.add(addForeignKeys, "ADD "+f.sql(), "ADD "+sqlparser.String(old))
			continue
		}
		class, contract := addForeignKeys, ""
		if !slices.ContainsFunc(f.Columns, d.isAdded) {
			class = requireForeignKeys
			contract = fmt.Sprintf("rows of which %s has no row in %s make the statement fail", strings.Join(f.Columns[1:], ", "), f.Table)
		}
		d.add(class, "ADD "+f.sql(), "DROP FOREIGN KEY "+quote(f.Name)).addContract(contract)
	}
	for _, r := range d.oldRefs {
		d.dropForeignKey(r)
	}
}

func (d *tableDiff) dropForeignKey(r *sqlparser.ConstraintDefinition) {
	object := d.table.Name + "." + r.Name.String()
	switch {
	case slices.ContainsFunc(columnNames(r.Details.(*sqlparser.ForeignKeyDefinition).Source), d.isDropped):
		// dropColumn adds the clause.
	case d.chosen(d.options.Drop, object):
		d.add(dropForeignKeys, "DROP FOREIGN KEY "+quote(r.Name.String()), "ADD "+sqlparser.String(r))
	default:
		d.refuse(object, "no relation of the types has this foreign key: "+sqlparser.String(r.Details),
			fmt.Sprintf("add @belongsTo to the type, or --drop %s, or --keep %[1]s", object))
	}
}

// findForeignKey returns the foreign key of the table with the columns of r.
func (d *tableDiff) findForeignKey(r *sqlparser.ConstraintDefinition) *ForeignKey {
	details := r.Details.(*sqlparser.ForeignKeyDefinition)
	target := details.ReferenceDefinition.ReferencedTable.Name.String()
	i := slices.IndexFunc(d.table.ForeignKeys, func(f ForeignKey) bool {
		return slices.Equal(f.Columns, columnNames(details.Source)) && strings.EqualFold(f.Table, target)
	})
	return &d.table.ForeignKeys[i]
}

// isSameReference reports whether foreign keys differ only in the effect of deletions.
func isSameReference(a, b *sqlparser.ConstraintDefinition) bool {
	x, y := a.Details.(*sqlparser.ForeignKeyDefinition), b.Details.(*sqlparser.ForeignKeyDefinition)
	return slices.Equal(columnNames(x.Source), columnNames(y.Source)) &&
		x.ReferenceDefinition.ReferencedTable.Name.String() == y.ReferenceDefinition.ReferencedTable.Name.String() &&
		slices.Equal(columnNames(x.ReferenceDefinition.ReferencedColumns), columnNames(y.ReferenceDefinition.ReferencedColumns))
}
