package tablediff

import (
	"slices"
	"strings"

	"vitess.io/vitess/go/vt/schemadiff"
	"vitess.io/vitess/go/vt/sqlparser"
)

// families are types of which one can hold the values of those before it.
var families = [][]string{
	{"char", "varchar", "tinytext", "text", "mediumtext", "longtext"},
	{"tinyint", "smallint", "mediumint", "int", "bigint"},
	{"float", "double"},
	{"decimal"},
	{"datetime"},
	{"binary", "varbinary", "blob"},
}

// isWider reports whether a column can hold all its former values. options are those of its
// table, for the character set.
func isWider(env *schemadiff.Environment, options sqlparser.TableOptions, from, to *sqlparser.ColumnDefinition) bool {
	before, after := lowerType(from), lowerType(to)
	if formatType(from) == formatType(to) || isInteger(before) && before != "bigint" && after == "double" {
		return true
	}
	if before != after && !slices.ContainsFunc(families, func(f []string) bool {
		b := slices.Index(f, before)
		return b >= 0 && slices.Index(f, after) > b
	}) {
		return false
	}
	from, to = sqlparser.Clone(from), sqlparser.Clone(to)
	from.Type.Options.Null, to.Type.Options.Null = nil, nil
	if isText(before) && before != after {
		from.Type.Length, to.Type.Length = nil, nil // TEXT has no length, and more than any VARCHAR of a Table
	}
	was, err := newColumnEntity(env, options, from)
	if err != nil {
		return false
	}
	becomes, err := newColumnEntity(env, options, to)
	if err != nil {
		return false
	}
	narrower, _ := schemadiff.ColumnChangeExpandsDataRange(becomes, was)
	return !narrower
}

// newColumnEntity returns a column with the character set of the table.
func newColumnEntity(
	env *schemadiff.Environment, options sqlparser.TableOptions, c *sqlparser.ColumnDefinition,
) (*schemadiff.ColumnDefinitionEntity, error) {
	spec := &sqlparser.TableSpec{Columns: []*sqlparser.ColumnDefinition{c}, Options: options}
	create := &sqlparser.CreateTable{Table: sqlparser.NewTableName("t"), TableSpec: spec, FullyParsed: true}
	t, err := schemadiff.NewCreateTableEntity(env, create)
	if err != nil {
		return nil, err
	}
	entity := t.ColumnDefinitionEntities()[0]
	return entity, entity.SetExplicitCharsetCollate()
}

func isText(t string) bool { return slices.Contains(families[0], t) }

func isInteger(t string) bool { return slices.Contains(families[1], t) }

// lowerType returns the name of a column's type in lower case.
func lowerType(c *sqlparser.ColumnDefinition) string { return strings.ToLower(c.Type.Type) }
