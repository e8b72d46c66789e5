package tablediff

import (
	"fmt"
	"slices"

	"vitess.io/vitess/go/vt/schemadiff"
	"vitess.io/vitess/go/vt/sqlparser"
)

// tableDiff is the comparison of one table.
type tableDiff struct {
	*planner
	table          Table
	full           *sqlparser.CreateTable // the current table
	source, target *sqlparser.CreateTable // aligned
	// The differences, by kind.
	added, dropped   []*sqlparser.ColumnDefinition
	modified         []*sqlparser.ColumnDefinition // as they become
	newKeys, oldKeys []*sqlparser.IndexDefinition
	newRefs, oldRefs []*sqlparser.ConstraintDefinition
}

// compareTable plans the changes of an existing table.
func (p *planner) compareTable(t Table) error {
	d := &tableDiff{planner: p, table: t, full: p.source[t.Name].full, source: p.source[t.Name].planned, target: p.alignTable(t.Name)}
	hints := &schemadiff.DiffHints{ConstraintNamesStrategy: schemadiff.ConstraintNamesStrict}
	diff, err := schemadiff.DiffTables(p.env, d.source, d.target, hints)
	if err != nil {
		return err
	}
	for _, diff := range schemadiff.AllSubsequent(diff) {
		alter, ok := diff.Statement().(*sqlparser.AlterTable)
		if !ok {
			return fmt.Errorf("unknown change: %s", diff.StatementString())
		}
		for _, option := range alter.AlterOptions {
			d.sortOption(option)
		}
	}
	d.planColumns()
	for _, c := range t.Columns {
		if c.Values != nil && !d.isAdded(c.Name) {
			d.planValues(c)
		}
	}
	d.planIndexes()
	d.planForeignKeys()
	return nil
}

// sortOption adds a clause of an ALTER TABLE to the differences of its kind.
func (d *tableDiff) sortOption(option sqlparser.AlterOption) {
	switch o := option.(type) {
	case *sqlparser.AddColumns:
		d.added = append(d.added, o.Columns...)
	case *sqlparser.DropColumn:
		d.dropped = append(d.dropped, findServerColumn(d.source, o.Name.Name.String()))
	case *sqlparser.ModifyColumn:
		d.modified = append(d.modified, o.NewColDefinition)
	case *sqlparser.AddIndexDefinition:
		d.newKeys = append(d.newKeys, o.IndexDefinition)
	case *sqlparser.AddConstraintDefinition:
		d.newRefs = append(d.newRefs, o.ConstraintDefinition)
	case *sqlparser.DropKey:
		d.sortDropKey(o)
	default:
		d.refuse(d.table.Name, "the types need a change that migrate diff can't plan: "+sqlparser.String(option),
			"write this migration by hand, and run the command again")
	}
}

func (d *tableDiff) sortDropKey(o *sqlparser.DropKey) {
	switch o.Type {
	case sqlparser.NormalKeyType:
		i := slices.IndexFunc(d.source.TableSpec.Indexes, func(i *sqlparser.IndexDefinition) bool { return i.Info.Name.Equal(o.Name) })
		d.oldKeys = append(d.oldKeys, d.source.TableSpec.Indexes[i])
	case sqlparser.ForeignKeyType, sqlparser.ConstraintType:
		i := slices.IndexFunc(d.source.TableSpec.Constraints, func(c *sqlparser.ConstraintDefinition) bool { return c.Name.Equal(o.Name) })
		d.oldRefs = append(d.oldRefs, d.source.TableSpec.Constraints[i])
	default:
		d.refuse(d.table.Name, "its primary key is not "+quoteAll(d.table.PrimaryKey), "write a migration by hand that changes it")
	}
}

// add adds a clause and its inverse to the statement of a class.
func (d *tableDiff) add(class stepClass, up, down string) *tableChange {
	c := d.change(d.table.Name, class)
	c.up, c.down = append(c.up, up), append(c.down, down)
	return c
}

// isAdded reports whether the plan adds a column of the table.
func (d *tableDiff) isAdded(column string) bool { return hasColumn(d.added, column) }

// isDropped reports whether the plan drops a column of the table.
func (d *tableDiff) isDropped(column string) bool { return hasColumn(d.dropped, column) }

func hasColumn(columns []*sqlparser.ColumnDefinition, name string) bool {
	return slices.ContainsFunc(columns, func(c *sqlparser.ColumnDefinition) bool { return c.Name.EqualString(name) })
}
