package tablediff

import (
	"vitess.io/vitess/go/vt/schemadiff"
	"vitess.io/vitess/go/vt/sqlparser"
)

// follow applies a statement to the table: the renames of columns first, since schemadiff renames no column
// in keys, and applies no CHANGE.
func (l *linter) follow(t *schemadiff.CreateTableEntity, alter *sqlparser.AlterTable) {
	renamed := sqlparser.Clone(t.CreateTable)
	others := &sqlparser.AlterTable{Table: alter.Table}
	newName := ""
	for _, option := range alter.AlterOptions {
		switch o := option.(type) {
		case *sqlparser.LockOption, sqlparser.AlgorithmValue, *sqlparser.Force, *sqlparser.Validation, *sqlparser.TablespaceOperation:
			continue // they change no definition
		case *sqlparser.RenameTableName:
			newName = o.Table.Name.String()
			continue
		case *sqlparser.RenameColumn:
			renameColumn(renamed, o.OldName.Name, o.NewName.Name)
			continue
		case *sqlparser.ChangeColumn:
			renameColumn(renamed, o.OldColumn.Name, o.NewColDefinition.Name)
			option = &sqlparser.ModifyColumn{NewColDefinition: o.NewColDefinition, First: o.First, After: o.After}
		}
		others.AlterOptions = append(others.AlterOptions, option)
	}
	t, err := l.applyAlter(renamed, others)
	if err != nil {
		l.warn(sqlparser.String(alter), "the definition of the table after it is unknown: "+err.Error(),
			"check this file and those after it by hand")
		return
	}
	l.tables[t.Name()] = t
	if newName != "" {
		l.moveTable(t.Name(), newName)
	}
}

func (l *linter) applyAlter(create *sqlparser.CreateTable, alter *sqlparser.AlterTable) (*schemadiff.CreateTableEntity, error) {
	t, err := schemadiff.NewCreateTableEntity(l.env, create)
	if err != nil {
		return nil, err
	}
	changed, err := t.Apply(schemadiff.EntityDiffByStatement(alter))
	if err != nil {
		return nil, err
	}
	return changed.(*schemadiff.CreateTableEntity), nil
}

// renameColumn renames a column, in keys and foreign keys too.
func renameColumn(create *sqlparser.CreateTable, from, to sqlparser.IdentifierCI) {
	rename := func(name *sqlparser.IdentifierCI) {
		if name.Equal(from) {
			*name = to
		}
	}
	for _, c := range create.TableSpec.Columns {
		rename(&c.Name)
	}
	for _, i := range create.TableSpec.Indexes {
		for _, c := range i.Columns {
			rename(&c.Column)
		}
	}
	for _, c := range create.TableSpec.Constraints {
		if f, ok := c.Details.(*sqlparser.ForeignKeyDefinition); ok {
			for i := range f.Source {
				rename(&f.Source[i])
			}
		}
	}
}
