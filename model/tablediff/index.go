package tablediff

import (
	"fmt"
	"slices"
)

// addIndex adds an index that tenant_id leads, unless the table has it.
func (t *Table) addIndex(unique bool, columns ...string) {
	if t.hasIndex(unique, columns...) {
		return
	}
	used := map[string]bool{}
	for _, i := range t.Indexes {
		used[i.Name] = true
	}
	t.Indexes = append(t.Indexes, Index{freeName(Name(t.Name, columns...), used), append([]string{TenantColumn}, columns...), unique})
}

// hasIndex reports whether the table has an index of tenant_id and columns.
func (t *Table) hasIndex(unique bool, columns ...string) bool {
	return slices.ContainsFunc(t.Indexes, func(i Index) bool { return i.Unique == unique && slices.Equal(i.Columns[1:], columns) })
}

// checkIndex fails for an index of a long string, of JSON, or of too many bytes, which no server can have.
func (t *Table) checkIndex(i Index) error {
	total := 0
	for _, name := range i.Columns {
		c := t.findColumn(name)
		if c == nil {
			continue // Tables has reported the field
		}
		if c.Type == "TEXT" || c.Type == "JSON" {
			return fmt.Errorf("%s: no index can have it, so it can't be unique or sortable: "+
				"a string can have at most %d characters for that", c.describe(t.Name), maxVarchar)
		}
		total += c.size()
	}
	if total > maxIndex {
		return fmt.Errorf("%s: the index %s has %d bytes, more than %d: shorten its strings", t.Name, quoteAll(i.Columns), total, maxIndex)
	}
	return nil
}

// size returns the bytes of the column in an index; types of fixed length have at most 16.
func (c Column) size() int {
	var length int
	if _, err := fmt.Sscanf(c.Type, "VARCHAR(%d)", &length); err != nil {
		return 16
	}
	if c.ASCII {
		return length
	}
	return 4 * length // of utf8mb4
}
