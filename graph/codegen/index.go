package codegen

import (
	"slices"
	"strings"
)

// checkIndexes checks the names of a type's indexes.
func (r *reader) checkIndexes(t *typeNode) {
	if r.isReported(t.Position) {
		return
	}
	names := claims{}
	for _, columns := range indexesOf(t.Type) {
		name := indexName(t.Table, columns...)
		list := strings.Join(columns, ", ")
		switch other := names[name]; {
		case len(name) > maxIdentifier:
			r.report(t.Position, t.Name, "the name of the index %s has %d characters, and MySQL allows %d; "+
				"shorten it by @table(name:) or @column(name:)",
				name, len(name), maxIdentifier)
			return
		case other != "" && other != list:
			r.report(t.Position, t.Name, "the indexes of %s and of %s would both have the name %s; rename a field, or add @column(name:)",
				other, list, name)
		}
		names[name] = list
	}
	if n := len(names) + 1; n > maxIndexes {
		r.report(t.Position, t.Name, "the table would have %d indexes, and MySQL allows %d; each order needs one, and one for each "+
			"relation to many rows of the type: remove @sortable from a field", n, maxIndexes)
	}
}

// maxIndexes is the greatest number of indexes of a table in InnoDB, with the primary key.
const maxIndexes = 64

// maxRowBytes is the greatest length of a row in MySQL, without the strings that are stored apart.
const maxRowBytes = 65_535

// checkRowSize reports a type with too many long strings.
func (r *reader) checkRowSize(t *typeNode) {
	bytes := 0
	for _, f := range t.Fields {
		if f.Column != "" {
			bytes += columnBytes(f)
		}
	}
	if bytes > maxRowBytes {
		r.reportOnce(t.Position, t.Name, "a row would have %d bytes, and MySQL allows %d; lower maxLength of a string, or raise it "+
			"over %d, so that the string is stored apart", bytes, maxRowBytes, maxVarchar)
	}
}

// maxVarchar is the greatest number of characters of a column of type VARCHAR. Longer strings have the type TEXT.
const maxVarchar = 768

// columnBytes returns the greatest number of bytes of a column in its row.
func columnBytes(f *Field) int {
	longest := f.Constraint.MaxLength
	switch {
	case f.List || f.TypeName == "JSON" || longest != nil && *longest > maxVarchar:
		return 12 // the address of the value
	case longest == nil:
		return 32
	}
	bytes := 4 * *longest
	if f.Constraint.Exact {
		bytes = *longest
	}
	if hasHash(f) {
		bytes += 32
	}
	return bytes + 2
}

// indexesOf returns the columns of the indexes that a type can have.
func indexesOf(t *Type) [][]string {
	var all [][]string
	for _, f := range t.Fields {
		if f.Column != "" && (f.Unique || f.Relation != nil) {
			all = append(all, columnsOf(f)[len(columnsOf(f))-1:])
		}
	}
	for _, fields := range slices.Concat(t.Uniques, t.Indexes) {
		columns := make([]string, len(fields))
		for i, f := range fields {
			columns[i] = f.Column
		}
		all = append(all, columns)
	}
	for _, o := range t.Orders {
		if len(o.By) > 1 || o.By[0].Through != nil {
			continue
		}
		column := o.By[0].Field.Column
		all = append(all, []string{column})
		for _, f := range t.Fields {
			if f.Relation != nil && f.Relation.Kind == BelongsTo && f.Relation.Inverse != nil {
				all = append(all, []string{f.Column, column})
			}
		}
	}
	return all
}

// indexName returns the name of an index or a foreign key: items_project_due for project_id and due_at.
func indexName(table string, columns ...string) string {
	parts := []string{table}
	for _, c := range columns {
		parts = append(parts, strings.TrimSuffix(strings.TrimSuffix(c, "_id"), "_at"))
	}
	return strings.Join(parts, "_")
}
