package tablediff

import (
	"fmt"
	"slices"
	"strings"

	"vitess.io/vitess/go/vt/sqlparser"
)

// copyKept adds the columns, keys and foreign keys of Options.Keep to target.
func (p *planner) copyKept(table string, source, target *sqlparser.CreateTable) {
	var kept []string
	for _, c := range source.TableSpec.Columns {
		if findServerColumn(target, c.Name.String()) == nil && p.chosen(p.options.Keep, table+"."+c.Name.String()) {
			kept = append(kept, c.Name.Lowered())
			target.TableSpec.Columns = append(target.TableSpec.Columns, sqlparser.Clone(c))
			p.relaxColumn(table, c.Name.String())
		}
	}
	keeps := func(name string, columns []string) bool {
		return slices.ContainsFunc(columns, func(c string) bool { return slices.Contains(kept, c) }) ||
			p.chosen(p.options.Keep, table+"."+name)
	}
	for _, i := range source.TableSpec.Indexes {
		if keeps(i.Info.Name.String(), indexColumns(i)) {
			target.TableSpec.Indexes = append(target.TableSpec.Indexes, sqlparser.Clone(i))
		}
	}
	for _, c := range source.TableSpec.Constraints {
		if keeps(c.Name.String(), columnNames(c.Details.(*sqlparser.ForeignKeyDefinition).Source)) {
			target.TableSpec.Constraints = append(target.TableSpec.Constraints, sqlparser.Clone(c))
		}
	}
}

// relaxColumn plans a kept column as nullable, since inserts of the new program have no value for it.
func (p *planner) relaxColumn(table, column string) {
	old := findServerColumn(p.source[table].full, column)
	if !isRequired(old) || old.Type.Options.Default != nil {
		return
	}
	full := sqlparser.Clone(p.source[table].full)
	findServerColumn(full, column).Type.Options.Null = new(true)
	change := p.change(table, widenColumns)
	change.up = append(change.up, "MODIFY COLUMN "+definition(full, column))
	change.down = append(change.down, "MODIFY COLUMN "+definition(p.source[table].full, column))
	change.notes = append(change.notes, "The program does not set "+column+" any more, so it can be NULL. A later release drops it.")
}

// dropColumn plans the end of a column with its keys and foreign keys.
func (d *tableDiff) dropColumn(c *sqlparser.ColumnDefinition) {
	name := c.Name.String()
	object := d.table.Name + "." + name
	if !d.chosen(d.options.Drop, object) {
		d.refuse(object, "no field of the types has this column", d.suggestRename(c)+
			fmt.Sprintf("to drop it with its data, add --drop %s; to keep it until a later release, add --keep %[1]s", object))
		return
	}
	change := d.change(d.table.Name, dropColumns)
	for _, r := range d.oldRefs {
		if slices.Contains(columnNames(r.Details.(*sqlparser.ForeignKeyDefinition).Source), c.Name.Lowered()) {
			change.addDrop("DROP FOREIGN KEY "+quote(r.Name.String()), sqlparser.String(r))
		}
	}
	for _, k := range d.oldKeys {
		if slices.Contains(indexColumns(k), c.Name.Lowered()) {
			change.addDrop("DROP KEY "+quote(k.Info.Name.String()), sqlparser.String(k))
		}
	}
	change.up = append(change.up, "DROP COLUMN "+quote(name))
	change.down = append([]string{"ADD COLUMN " + definition(d.full, name)}, change.down...)
	change.addContract(object + " is dropped with its data")
}

// addDrop adds the clause for dropping a key or foreign key, unless the statement has it. Its definition follows
// those of columns in the inverse.
func (c *tableChange) addDrop(up, definition string) {
	if !slices.Contains(c.up, up) {
		c.up = append(c.up, up)
		c.down = append(c.down, "ADD "+definition)
	}
}

// suggestRename names an added column with the type of the dropped one, which may be the same field.
func (d *tableDiff) suggestRename(dropped *sqlparser.ColumnDefinition) string {
	for _, c := range d.added {
		if column := d.table.findColumn(c.Name.String()); strings.EqualFold(c.Type.Type, dropped.Type.Type) {
			return fmt.Sprintf("if %s is the same field under another name, add @renamedFrom(name:) with the old name; ",
				column.describe(d.table.Name))
		}
	}
	return ""
}

// planTableDrops plans the end of tables without a type, referring ones first.
func (p *planner) planTableDrops() {
	var dropped []string
	for _, name := range p.sourceNames() {
		switch {
		case findTable(p.wanted, name) != nil:
		case p.chosen(p.options.Drop, name):
			dropped = append(dropped, name)
		default:
			p.refuse(name, "no type has this table",
				p.suggestTableRename(name)+fmt.Sprintf("to drop it with its rows, add --drop %s", name))
		}
	}
	for len(dropped) > 0 {
		next := slices.IndexFunc(dropped, func(name string) bool { return !p.isReferenced(name, dropped) })
		if next < 0 { // only cycles are left
			next = 0
			p.dropReferences(dropped[next], dropped)
		}
		name := dropped[next]
		p.drops = append(p.drops, Step{
			Name: "drop_" + name, Up: "DROP TABLE " + quote(name), Down: sqlparser.CanonicalString(p.source[name].full),
			Contract: "the table " + name + " is dropped with its rows",
		})
		dropped = slices.Delete(dropped, next, next+1)
	}
}

// isReferenced reports whether another one of the tables has a foreign key to a table.
func (p *planner) isReferenced(name string, tables []string) bool {
	return slices.ContainsFunc(tables, func(other string) bool {
		refers := func(c *sqlparser.ConstraintDefinition) bool { return refersToTable(c, name) }
		return other != name && slices.ContainsFunc(p.source[other].full.TableSpec.Constraints, refers)
	})
}

// refersToTable reports whether a constraint is a foreign key to a table.
func refersToTable(c *sqlparser.ConstraintDefinition, name string) bool {
	f, ok := c.Details.(*sqlparser.ForeignKeyDefinition)
	return ok && f.ReferenceDefinition.ReferencedTable.Name.String() == name
}

// dropReferences plans the end of the foreign keys to a table from others of the tables. It removes them from source, so
// that the inverse of DROP TABLE does not have them.
func (p *planner) dropReferences(name string, tables []string) {
	refers := func(c *sqlparser.ConstraintDefinition) bool { return refersToTable(c, name) }
	for _, other := range tables {
		spec := p.source[other].full.TableSpec
		var up, down []string
		for _, c := range spec.Constraints {
			if refers(c) && other != name {
				up, down = append(up, "DROP FOREIGN KEY "+quote(c.Name.String())), append(down, "ADD "+sqlparser.String(c))
			}
		}
		if len(up) == 0 {
			continue
		}
		spec.Constraints = slices.DeleteFunc(spec.Constraints, refers)
		p.drops = append(p.drops, Step{
			Name: other + "_" + classNames[dropForeignKeys], Up: alterSQL(other, up...), Down: alterSQL(other, down...),
			Contract: "the tables " + other + " and " + name + " refer to each other, and are dropped",
		})
	}
}

// suggestTableRename names a new table with most columns of a dropped one.
func (p *planner) suggestTableRename(name string) string {
	columns := p.source[name].planned.TableSpec.Columns
	for _, t := range p.wanted {
		if _, exists := p.source[t.Name]; exists {
			continue
		}
		same := 0
		for _, c := range columns {
			if t.findColumn(c.Name.String()) != nil {
				same++
			}
		}
		if 2*same > len(columns) && same > 2 {
			return fmt.Sprintf("if %s is the same table under another name, add @renamedFrom(name:) to its type; ", t.Name)
		}
	}
	return ""
}
