package tablediff

import (
	"fmt"

	"vitess.io/vitess/go/vt/sqlparser"
)

// addStatement adds a statement that is no ALTER TABLE. It contracts the schema.
func (d *tableDiff) addStatement(class stepClass, up, down, contract string) {
	d.changes = append(d.changes, &tableChange{
		table: d.table.Name, class: class, up: []string{up}, down: []string{down}, contracts: []string{contract},
	})
}

// addCheck adds a statement that fails if a row meets a condition, and else changes nothing. Servers have no statement
// for that, so it sets a column of the primary key to NULL, which strict SQL mode refuses for the first row.
func (d *tableDiff) addCheck(column, condition, contract string) {
	key := d.table.PrimaryKey[len(d.table.PrimaryKey)-1]
	up := fmt.Sprintf("UPDATE /*vt+ ALLOW_SCATTER */ %s SET %s = NULL WHERE %s", quote(d.table.Name), quote(key), condition)
	d.addStatement(checkRows, up, "DO 0", contract+fmt.Sprintf(" (Column '%s' cannot be null); correct %s in these rows then", key, column))
}

// lossSQL returns the condition for rows whose values a server would change without an error, or "" if it refuses all
// values that do not fit. Strict SQL mode refuses integers out of range, long strings and characters outside of the
// character set, but decimals are rounded, spaces at the end of strings are cut, and other kinds of values are converted.
func lossSQL(from, to *sqlparser.ColumnDefinition) string {
	before, after, column := kindOf(from), kindOf(to), quote(to.Name.String())
	switch {
	case formatType(to) == "TINYINT(1)": // of a boolean
		return column + " NOT IN (0, 1)"
	case before == integers && (after == integers || after == decimals):
		return ""
	case before == texts && after == texts && isAsLong(from, to):
		return ""
	case before == texts && after == texts:
		return fmt.Sprintf("CHAR_LENGTH(%s) > %d", column, *to.Type.Length)
	case before.isNumber() && (after == integers || after == decimals):
		scale := 0
		if to.Type.Scale != nil {
			scale = *to.Type.Scale
		}
		return fmt.Sprintf("%s <> ROUND(%[1]s, %d)", column, scale)
	}
	return column + " IS NOT NULL"
}

// isAsLong reports whether a type of strings has the length of another one. TEXT has none.
func isAsLong(from, to *sqlparser.ColumnDefinition) bool {
	return to.Type.Length == nil || from.Type.Length != nil && *from.Type.Length <= *to.Type.Length
}

// kind is a kind of types.
type kind string

const (
	integers kind = "integers"
	decimals kind = "decimals"
	floats   kind = "floats"
	texts    kind = "texts"
)

func (k kind) isNumber() bool { return k == integers || k == decimals || k == floats }

// kindOf returns the kind of a column's type. Those that are no number and no text are of their own kind.
func kindOf(c *sqlparser.ColumnDefinition) kind {
	t := lowerType(c)
	switch {
	case isText(t):
		return texts
	case t == "decimal":
		return decimals
	case t == "double" || t == "float":
		return floats
	case isInteger(t):
		return integers
	}
	return kind(t)
}
