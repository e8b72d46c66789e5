package tenancy

import "strings"

// indexes are the indexes of each tenant table that have a second column.
type indexes map[string][]index

// index is an index, whose first column is usually the tenant's.
type index struct{ name, column string }

// UseIndexes returns an index hint for a query of a table: its primary key, and the indexes whose column after the tenant's is
// in the text, between backticks. The tenant leads all indexes, so that each is a candidate for each statement. To plan it,
// MariaDB and MySQL read pages of each candidate, which can cost more than the rows of the result. UseIndexes returns "" for an
// unknown table, for one with a unique key that the tenant does not lead, and after ForgetIndexes.
func (db *DB) UseIndexes(table, text string) string {
	all := db.indexes.Load()
	if all == nil || len((*all)[table]) == 0 {
		return ""
	}
	hint := "USE INDEX (PRIMARY"
	for _, index := range (*all)[table] {
		if index.name != "PRIMARY" && strings.Contains(text, "`"+index.column+"`") {
			hint += ",`" + index.name + "`"
		}
	}
	return hint + ")"
}

// ForgetIndexes reports whether a statement failed because an index of its hint was dropped, or is invisible (MySQL) or ignored
// (MariaDB). Then it can run without one, and UseIndexes returns no hints until the program is restarted.
func (db *DB) ForgetIndexes(err error) bool {
	isMissing := errorNumber(err) == errNoIndex
	if isMissing && db.indexes.Swap(nil) != nil {
		db.log.Warn("an index was dropped or is invisible: statements have no index hints until the next start", "error", err)
	}
	return isMissing
}
