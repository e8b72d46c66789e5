package tablediff

import (
	"slices"
	"strings"

	"vitess.io/vitess/go/mysql/capabilities"
	"vitess.io/vitess/go/vt/schemadiff"
	"vitess.io/vitess/go/vt/sqlparser"
)

// lintAlter reports the problems of an ALTER TABLE, and applies it to the table.
func (l *linter) lintAlter(alter *sqlparser.AlterTable) {
	name := alter.Table.Name.String()
	t, ok := l.tables[name]
	if !ok {
		l.warn(sqlparser.String(alter), "no file before creates the table, so its columns are unknown", "check the statement by hand")
		l.lintOptions(nil, alter)
		return
	}
	for _, option := range alter.AlterOptions {
		if o, ok := option.(*sqlparser.AddColumns); ok {
			for _, c := range o.Columns {
				if !isRequired(c) {
					l.created[name+"."+c.Name.Lowered()] = l.change
				}
			}
		}
	}
	// A table of the same change has no rows, and no program uses it.
	if l.created[name] != l.change {
		l.lintOptions(t, alter)
		l.lintCopy(t, alter)
	}
	l.follow(t, alter)
}

// lintOptions reports the problems of all clauses. t is nil if the table is unknown.
func (l *linter) lintOptions(t *schemadiff.CreateTableEntity, alter *sqlparser.AlterTable) {
	for _, option := range alter.AlterOptions {
		l.lintOption(t, alter, option)
	}
	if alter.PartitionSpec != nil || alter.PartitionOption != nil {
		l.report(sqlparser.String(alter), "changes partitions, which may drop their rows, and moves rows while writes wait", checkRemedy)
	}
}

// clause returns the ALTER TABLE with one option.
func clause(alter *sqlparser.AlterTable, option sqlparser.AlterOption) string {
	return sqlparser.String(&sqlparser.AlterTable{Table: alter.Table, AlterOptions: []sqlparser.AlterOption{option}})
}

// reportFunc reports a problem of one clause.
type reportFunc func(problem, remedy string)

func (l *linter) lintOption(t *schemadiff.CreateTableEntity, alter *sqlparser.AlterTable, option sqlparser.AlterOption) {
	report := func(problem, remedy string) { l.report(clause(alter, option), problem, remedy) }
	switch o := option.(type) {
	case *sqlparser.RenameTableName:
		report(renameTableProblem, contractRemedy)
	case *sqlparser.DropColumn:
		report("drops the column with its data", contractRemedy)
	case *sqlparser.RenameColumn:
		report(renameColumnProblem, contractRemedy)
	case *sqlparser.ChangeColumn:
		if !o.OldColumn.Name.Equal(o.NewColDefinition.Name) {
			report(renameColumnProblem, contractRemedy)
		}
		l.lintType(t, o.OldColumn.Name.String(), o.NewColDefinition, report)
	case *sqlparser.ModifyColumn:
		l.lintType(t, o.NewColDefinition.Name.String(), o.NewColDefinition, report)
	case *sqlparser.AddColumns:
		for _, c := range o.Columns {
			if isRequired(c) && c.Type.Options.Default == nil && !c.Type.Options.Autoincrement {
				report("the column is NOT NULL without a default, so inserts of the release before fail", "add a DEFAULT")
			}
		}
	case *sqlparser.AddIndexDefinition:
		columns := indexColumns(o.IndexDefinition)
		isNew := func(column string) bool { return l.isNew(t, column) }
		isSame := func(i *sqlparser.IndexDefinition) bool {
			return i.Info.IsUnique() && slices.Equal(indexColumns(i), columns)
		}
		if o.IndexDefinition.Info.IsUnique() && !slices.Contains(columns, "id") && !slices.ContainsFunc(columns, isNew) &&
			(t == nil || !slices.ContainsFunc(t.TableSpec.Indexes, isSame)) {
			report("fails if rows have equal values, and breaks inserts of the release before that do",
				correctRemedy)
		}
	case *sqlparser.AddConstraintDefinition:
		l.lintConstraint(t, o, report)
	default:
		l.lintOtherOption(alter, option, report)
	}
}

// lintOtherOption reports a clause that changes no values and adds no key. Clauses are errors unless they are known.
func (l *linter) lintOtherOption(alter *sqlparser.AlterTable, option sqlparser.AlterOption, report reportFunc) {
	switch o := option.(type) {
	case *sqlparser.AlterIndex, *sqlparser.RenameIndex, *sqlparser.Force, *sqlparser.LockOption, sqlparser.AlgorithmValue,
		*sqlparser.Validation, *sqlparser.AlterCheck:
	case *sqlparser.DropKey:
		if o.Type == sqlparser.PrimaryKeyType {
			report("drops the primary key, so rows can be duplicates, and the server copies the table", checkRemedy)
		}
	case *sqlparser.AlterColumn:
		if o.DropDefault {
			l.warn(clause(alter, option), "inserts of the release before without a value fail, if the column is NOT NULL", contractRemedy)
		}
	case *sqlparser.AlterCharset:
		report("converts all strings to another character set: fails for those that it lacks, and the server copies the table", checkRemedy)
	case sqlparser.TableOptions, *sqlparser.OrderByOption, *sqlparser.KeyState:
		l.warn(clause(alter, option), "the server may copy the table, and writes wait until it ends", "check it on a copy of the database")
	default:
		report("lint does not know the effects of this clause", checkRemedy)
	}
}

// lintConstraint reports a constraint if existing rows can violate it.
func (l *linter) lintConstraint(t *schemadiff.CreateTableEntity, o *sqlparser.AddConstraintDefinition, report reportFunc) {
	f, ok := o.ConstraintDefinition.Details.(*sqlparser.ForeignKeyDefinition)
	if !ok {
		report("fails if rows violate the constraint, and breaks inserts of the release before that do", correctRemedy)
		return
	}
	isNew := func(column string) bool { return l.isNew(t, column) }
	isReplaced := func(c *sqlparser.ConstraintDefinition) bool { // by one with another effect of deletions
		_, ok := c.Details.(*sqlparser.ForeignKeyDefinition)
		return ok && isSameReference(c, o.ConstraintDefinition)
	}
	if slices.ContainsFunc(columnNames(f.Source), isNew) || t != nil && slices.ContainsFunc(t.TableSpec.Constraints, isReplaced) {
		return
	}
	report("fails if rows refer to missing rows, and writes wait while the server checks them", correctRemedy)
}

// isNew reports whether the change adds a column, with NULL in all rows.
func (l *linter) isNew(t *schemadiff.CreateTableEntity, column string) bool {
	return t != nil && l.created[t.Name()+"."+column] == l.change
}

// lintType reports a column if it becomes narrower or required.
func (l *linter) lintType(t *schemadiff.CreateTableEntity, name string, to *sqlparser.ColumnDefinition, report reportFunc) {
	if t == nil {
		report("the former type is unknown, so values of rows may not fit, or get rounded", checkRemedy)
		return
	}
	from := findServerColumn(t.CreateTable, name)
	if from == nil {
		return
	}
	if !isWider(l.env, t.TableSpec.Options, from, to) {
		report(formatType(from)+" becomes "+formatType(to)+": fails if values of rows do not fit, or rounds them",
			"add a column of the new type, and copy the values")
	}
	if isRequired(to) && !isRequired(from) {
		report("the column becomes NOT NULL: fails if rows have NULL, and breaks inserts of the release before without a value",
			"fill the rows before; then "+contractRemedy)
	}
}

// serverVersion is the first version of MySQL with instant changes of columns at any position.
const serverVersion = "8.0.29"

// lintCopy warns of a statement for which the server copies the table while writes wait.
func (l *linter) lintCopy(t *schemadiff.CreateTableEntity, alter *sqlparser.AlterTable) {
	instant, err := schemadiff.AlterTableCapableOfInstantDDL(alter, t.CreateTable, capabilities.MySQLVersionCapableOf(serverVersion))
	if err == nil && instant {
		return
	}
	for _, option := range alter.AlterOptions {
		if copies(t, option) {
			l.warn(clause(alter, option), "the server copies the table, and writes wait until it ends",
				"for a large table, migrate at a time with few writes, or use an online schema change")
		}
	}
}

// copies reports whether no server runs a clause in place.
func copies(t *schemadiff.CreateTableEntity, option sqlparser.AlterOption) bool {
	switch o := option.(type) {
	case *sqlparser.AddColumns: // a default that the server computes for each row
		return slices.ContainsFunc(o.Columns, func(c *sqlparser.ColumnDefinition) bool {
			return c.Type.Options.Default != nil && !c.Type.Options.DefaultLiteral
		})
	case *sqlparser.ModifyColumn:
		return changesStorage(findServerColumn(t.CreateTable, o.NewColDefinition.Name.String()), o.NewColDefinition)
	case *sqlparser.ChangeColumn:
		return changesStorage(findServerColumn(t.CreateTable, o.OldColumn.Name.String()), o.NewColDefinition)
	case *sqlparser.AddConstraintDefinition:
		return true
	}
	return false
}

// longPrefix is the length of a VARCHAR, in bytes, from which its length takes two bytes in a row.
const longPrefix = 256

// changesStorage reports whether rows have another format with the new type. A longer VARCHAR has the same
// if its length takes as many bytes as before; characters of utf8mb4 have up to four.
func changesStorage(from, to *sqlparser.ColumnDefinition) bool {
	switch {
	case from == nil || formatType(from) == formatType(to):
		return false
	case !strings.EqualFold(from.Type.Type, "varchar") || !strings.EqualFold(to.Type.Type, "varchar"):
		return true
	case from.Type.Charset.Name != to.Type.Charset.Name || *to.Type.Length < *from.Type.Length:
		return true
	}
	width := 4
	if from.Type.Charset.Name == "ascii" {
		width = 1
	}
	return (width**from.Type.Length >= longPrefix) != (width**to.Type.Length >= longPrefix)
}
