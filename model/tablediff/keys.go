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

// addIndex plans an index. A unique key needs a decision if existing rows can violate it.
func (d *tableDiff) addIndex(i Index) {
	var contract string
	if i.Unique && !slices.Contains(i.Columns, "id") {
		contract = d.checkUnique(i)
	}
	class := addIndexes
	if contract != "" {
		class = addUniqueKeys
	}
	change := d.add(class, "ADD "+i.sql(), "DROP KEY "+quote(i.Name))
	change.addContract(contract)
	for _, c := range i.Columns {
		if text := d.textOf(c); i.Unique && text != c && d.isAdded(c) {
			change.keys = append(change.keys, d.table.Name+"."+text)
			change.notes = append(change.notes,
				"Before this statement, the program corrects "+c+", whose default ignores case only: see keys.go.")
		}
	}
}

// checkUnique refuses a unique key if existing rows can have equal values, unless Options.Accept names the column, or the
// key if it has several. Then it returns the reason why the key contracts the schema.
func (d *tableDiff) checkUnique(i Index) (contract string) {
	var values, added []string
	for _, c := range i.Columns[1:] {
		text := d.textOf(c)
		values = append(values, text)
		if d.isAdded(text) {
			added = append(added, text)
		}
	}
	if slices.ContainsFunc(added, d.isNullInRows) {
		return ""
	}
	object, fields := d.table.Name+"."+i.Name, strings.Join(values, ", ")
	if len(values) == 1 {
		object, fields = d.table.Name+"."+values[0], d.table.findColumn(values[0]).describe(d.table.Name)
	}
	accepted := d.chosen(d.options.Accept, object)
	switch {
	case !accepted && len(added) > 0:
		d.refuse(object, "the new column is unique, and existing rows would have equal values",
			fmt.Sprintf("make %s optional until they have values; for a table without rows, --accept %s", fields, object))
	case !accepted:
		d.refuse(object, "the values become unique, and existing rows may have equal ones",
			fmt.Sprintf("correct these rows, and add --accept %s: rows with equal values of %s make the statement fail, "+
				"which then changes nothing", object, fields))
	case len(added) > 0:
		return ""
	}
	return fmt.Sprintf("rows with equal values of %s make the statement fail, or inserts of the release before", strings.Join(values, ", "))
}

// textOf returns the column with the strings of a column of unique keys, or another column itself.
func (d *tableDiff) textOf(column string) string {
	if text, ok := strings.CutSuffix(column, "_key"); ok && d.table.findColumn(text) != nil {
		return text
	}
	return column
}

// isNullInRows reports whether a new column is NULL in all existing rows.
func (d *tableDiff) isNullInRows(column string) bool {
	c := d.table.findColumn(column)
	return c.Nullable && c.Default == ""
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
			fmt.Sprintf("add @index(fields:) to the type, or drop the index by --drop %s, or keep it by --keep %[1]s", object))
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
			contract = d.checkReferences(f)
		}
		d.add(class, "ADD "+f.sql(), "DROP FOREIGN KEY "+quote(f.Name)).addContract(contract)
	}
	for _, r := range d.oldRefs {
		d.dropForeignKey(r)
	}
}

// checkReferences refuses a foreign key of existing columns, unless Options.Accept names the last one. Then it returns the
// reason why the foreign key contracts the schema.
func (d *tableDiff) checkReferences(f ForeignKey) (contract string) {
	contract = fmt.Sprintf("rows of which %s has no row in %s make the statement fail", strings.Join(f.Columns[1:], ", "), f.Table)
	object := d.table.Name + "." + f.Columns[len(f.Columns)-1]
	if !d.chosen(d.options.Accept, object) {
		d.refuse(object, "the column becomes a reference, and existing rows may refer to missing rows of "+f.Table,
			fmt.Sprintf("correct these rows, and add --accept %s: %s, which then changes nothing", object, contract))
	}
	return contract
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
			fmt.Sprintf("add @belongsTo to the type, or drop the foreign key by --drop %s, or keep it by --keep %[1]s", object))
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
