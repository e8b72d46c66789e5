package codegen

// maxIndexes is the greatest number of indexes of a table in InnoDB, with the primary key.
const maxIndexes = 64

// checkIndexes reports a type with too many indexes.
func (r *reader) checkIndexes(t *typeNode) {
	if n := countIndexes(t.Type); n > maxIndexes {
		r.reportOnce(t.Position, t.Name, "the table would have %d indexes, and MySQL allows %d; each order needs one, and one for each "+
			"relation to many rows of the type: remove @sortable from a field", n, maxIndexes)
	}
}

// countIndexes returns the number of a table's indexes. Each reference has one. Each order has one, and one for each
// parent with a list of the rows; those of unique columns and of enums by name need fewer.
func countIndexes(t *Type) int {
	n := 1 + len(t.Uniques) + len(t.Indexes)
	parents := 0
	for _, f := range t.Fields {
		if f.Column != "" && (f.Unique || f.Relation != nil) {
			n++
		}
		if f.Relation != nil && f.Relation.Kind == BelongsTo && f.Relation.Inverse != nil && !f.Unique {
			parents++
		}
	}
	for _, f := range t.Fields {
		isUnique := f.Unique && f.Required
		if !f.Sortable || isUnique && !hasHash(f) {
			continue
		}
		if f.Kind != KindEnum || f.Enum.Ranked {
			n++
		}
		if !isUnique {
			n += parents
		}
	}
	return n
}

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
			"over %d, so that the string is stored apart", bytes, maxRowBytes, maxIndexed)
	}
}

// columnBytes returns the greatest number of bytes of a column in its row.
func columnBytes(f *Field) int {
	longest := f.Constraint.MaxLength
	switch {
	case f.List || f.Scalar == "JSON" || longest != nil && *longest > maxIndexed:
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
