package tenancy

import "strings"

// indexes are the indexes with at least two columns of each tenant table, by table.
type indexes map[string][]index

// index is an index of the database. column is its second column; the first is usually tenant_id.
type index struct{ name, column string }

// UseIndexes returns an index hint for a query of a table. The hint has the primary key, and each index whose second column is
// in the text, between backticks. All indexes begin with tenant_id, so without a hint the optimizer considers all of them for
// each statement. For this, MariaDB and MySQL read pages of each index, which can cost more than reading the result.
// UseIndexes returns "" for an unknown table, for a table with a unique key that does not begin with tenant_id, and after
// ForgetIndexes.
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

// ForgetIndexes reports whether err means that the database does not have an index of the statement's hint, or that the index
// is invisible (MariaDB: ignored). Then the caller can run the statement without a hint, and UseIndexes returns no hints until
// the program is restarted.
func (db *DB) ForgetIndexes(err error) bool {
	isMissing := errorNumber(err) == errNoIndex
	if isMissing && db.indexes.Swap(nil) != nil {
		db.log.Warn("an index was dropped or is invisible: statements have no index hints until the next start", "error", err)
	}
	return isMissing
}
