package tablediff

import "strings"

// Step is a statement of a migration, and its inverse.
type Step struct {
	// Name describes the statement in a file name, such as create_milestones.
	Name     string
	Up, Down string
	// Contract is the reason why the statement breaks an older program or loses data, or "" if the statement
	// only expands the schema.
	Contract string
	// Note is a remark for the file, or "".
	Note string
	// Keys names the strings, as table.column, of which only a program can compute the unique keys
	// (relay.UniqueKey). It must correct those of existing rows before the statement.
	Keys []string
}

// stepClass orders the statements of one plan after the renames.
type stepClass int

const (
	addColumns stepClass = iota
	widenColumns
	addIndexes
	// New tables follow: they may refer to new unique keys.
	addForeignKeys
	// The following steps contract the schema, except for indexes that another one covers.
	fillColumns
	renameValues
	checkRows
	narrowColumns
	addUniqueKeys
	requireForeignKeys
	dropForeignKeys
	dropKeys
	dropColumns
	// Dropped tables follow.
)

var classNames = map[stepClass]string{
	addColumns: "columns", widenColumns: "types", addIndexes: "indexes", addForeignKeys: "foreign_keys",
	fillColumns: "fill", renameValues: "values", checkRows: "check", narrowColumns: "narrow",
	addUniqueKeys: "unique", requireForeignKeys: "foreign_keys",
	dropForeignKeys: "drop_foreign_keys", dropKeys: "drop_keys", dropColumns: "drop_columns",
}

// tableChange collects the clauses of one class for one table. They become one ALTER TABLE.
type tableChange struct {
	table     string
	class     stepClass
	up, down  []string
	contracts []string
	notes     []string
	keys      []string
}

// addContract adds a reason of Step.Contract, unless it is empty.
func (c *tableChange) addContract(reason string) {
	if reason != "" {
		c.contracts = append(c.contracts, reason)
	}
}

func (c *tableChange) step() Step {
	s := Step{
		Name: c.table + "_" + classNames[c.class], Up: c.up[0], Down: c.down[0],
		Contract: strings.Join(c.contracts, "; "), Note: strings.Join(c.notes, " "), Keys: c.keys,
	}
	if !c.class.isStatement() {
		s.Up, s.Down = alterSQL(c.table, c.up...), alterSQL(c.table, c.down...)
	}
	return s
}

// isStatement reports whether a change of this class is one whole statement, instead of clauses of an ALTER TABLE.
func (c stepClass) isStatement() bool { return c == fillColumns || c == renameValues || c == checkRows }
