package tablediff

import (
	"fmt"
	"strings"

	"vitess.io/vitess/go/vt/sqlparser"
)

// planColumns plans the added, changed and dropped columns.
func (d *tableDiff) planColumns() {
	for _, c := range d.added {
		d.addColumn(*d.table.findColumn(c.Name.String()))
	}
	for _, to := range d.modified {
		d.changeColumn(findServerColumn(d.source, to.Name.String()), to, *d.table.findColumn(to.Name.String()))
	}
	for _, c := range d.dropped {
		d.dropColumn(c)
	}
}

// addColumn plans a new column. Existing rows need a value for it.
func (d *tableDiff) addColumn(c Column) {
	object := d.table.Name + "." + c.Name
	if !c.Nullable && c.Default == "" && !d.chosen(d.options.Accept, object) {
		d.refuse(object, "the column is required, and existing rows have no value for it",
			fmt.Sprintf("add @default(value:) to %s, or make it optional; for a table without rows, --accept %s",
				c.describe(d.table.Name), object))
		return
	}
	contract := ""
	if !c.Nullable && c.Default == "" {
		contract = c.Name + " is required and has no default, so inserts of the release before fail"
	}
	d.add(addColumns, "ADD COLUMN "+c.sql(), "DROP COLUMN "+quote(c.Name)).addContract(contract)
}

// changeColumn plans another type of a column, or whether it can be NULL.
func (d *tableDiff) changeColumn(from, to *sqlparser.ColumnDefinition, c Column) {
	object := d.table.Name + "." + c.Name
	reason, remedy := d.describeLoss(from, to, c)
	accepted := reason != "" && remedy != "" && d.chosen(d.options.Accept, object)
	if remedy != "" && !accepted {
		d.refuse(object, reason, fmt.Sprintf("%s, or --accept %s: rows that do not fit make the statement fail, which then changes nothing",
			remedy, object))
		return
	}
	if loss := lossSQL(from, to); accepted && loss != "" && !isWider(d.env, d.source.TableSpec.Options, from, to) {
		d.addCheck(c.Name, loss, reason+": the statement fails if a row has such a value")
	}
	class := widenColumns
	if reason != "" {
		class = narrowColumns
	}
	if isRequired(to) && !isRequired(from) && c.Default != "" {
		fill := fmt.Sprintf("UPDATE /*vt+ ALLOW_SCATTER */ %s SET %s = %s WHERE %[2]s IS NULL",
			quote(d.table.Name), quote(c.Name), c.Default)
		d.addStatement(fillColumns, fill, "DO 0", reason)
	}
	d.add(class, "MODIFY COLUMN "+c.sql(), "MODIFY COLUMN "+definition(d.full, c.Name)).addContract(reason)
}

// describeLoss returns why a change of a column may not fit existing rows, or "" if it always does. The
// remedy is empty if a default covers them.
func (d *tableDiff) describeLoss(from, to *sqlparser.ColumnDefinition, c Column) (reason, remedy string) {
	before, after := formatType(from), formatType(to)
	switch {
	case before == after+" UNSIGNED":
		return fmt.Sprintf("%s becomes %s, in which half of the values do not fit", before, after),
			fmt.Sprintf("add @constraint(min: 0) to %s", c.describe(d.table.Name))
	case !isWider(d.env, d.source.TableSpec.Options, from, to):
		return fmt.Sprintf("%s becomes %s, and values of existing rows may not fit", before, after),
			"keep the wider type, or add a field of the new type and copy the values"
	case isRequired(to) && !isRequired(from) && c.Default == "":
		return "the column becomes required, and existing rows may have no value",
			fmt.Sprintf("add @default(value:) to %s", c.describe(d.table.Name))
	case isRequired(to) && !isRequired(from):
		return c.Name + " becomes required, so inserts of the release before without a value fail", ""
	}
	return "", ""
}

func isRequired(c *sqlparser.ColumnDefinition) bool {
	return c.Type.Options.Null != nil && !*c.Type.Options.Null
}

// formatType returns the type of a column for messages.
func formatType(c *sqlparser.ColumnDefinition) string {
	t := sqlparser.Clone(c.Type)
	t.Options = &sqlparser.ColumnTypeOptions{}
	return strings.TrimSpace(strings.ToUpper(sqlparser.String(t)))
}
