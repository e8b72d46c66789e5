package relay

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"rowhouse/tenancy"
)

// Selection has the columns of a type that a query reads. A nil Selection reads all. Rows of a Selection lack
// the other values: only code that needs none of them can have such rows.
type Selection struct {
	// needed are the columns of the fields, with the id. columns are those that a query of the type's table reads.
	needed, columns []string
	// all means that queries of the type's table read all columns.
	all bool
	// text is the list of columns of a query without table name, cursor columns and expressions, such as a query of one row.
	text string
	// length estimates the length of the needed columns' values, in characters.
	length    int
	relations []selectedRelation
}

// selectedRelation is a reference whose rows are read with those of a Selection.
type selectedRelation struct {
	name string
	of   *Selection
}

// SelectRelation adds the rows of a reference, with a Selection of their type. A page can read them in its own statement; a
// load of the relation with the same Selection then finds them.
func (s *Selection) SelectRelation(name string, of *Selection) {
	if s != nil && !slices.ContainsFunc(s.relations, func(r selectedRelation) bool { return r.name == name }) {
		s.relations = append(s.relations, selectedRelation{name, of})
	}
}

// NewSelection returns the Selection of some fields. A reference has the name of its relation. It panics for a
// field without a column.
//
// It is nil for a type with GORM's hook AfterFind, which can need any column.
//
// It adds a short column without an index if the fields have none, or all columns if the type has none: servers would
// prefer an index with all columns of the query to the index of the order, and sort the rows.
func (t *Type[T]) NewSelection(fields []string) *Selection {
	if t.schema.AfterFind {
		return nil
	}
	s := &Selection{needed: []string{"id"}}
	isCovered := true
	for _, name := range fields {
		if c := t.columnByField(name); !slices.Contains(s.needed, c.Column) {
			s.needed = append(s.needed, c.Column)
			s.length += c.length()
			isCovered = isCovered && t.isIndexed(c)
		}
	}
	s.columns = s.needed
	others := slices.DeleteFunc(slices.Clone(t.columns), t.isIndexed)
	switch {
	case !isCovered:
	case len(others) == 0:
		s.all = true
	default:
		shortest := slices.MinFunc(others, func(a, b *column) int { return a.length() - b.length() })
		s.columns = append(slices.Clone(s.needed), shortest.Column)
	}
	s.text = s.joinColumns("", nil, nil)
	return s
}

// length estimates the length of a column's values, in characters.
func (c *column) length() int {
	switch c.Scalar {
	case ScalarString, ScalarEmail, ScalarURL, ScalarJSON, ScalarCustom:
		return cmp.Or(c.MaxLength, 1<<20)
	}
	if c.List {
		return 1 << 20
	}
	return 8
}

// isIndexed reports whether an index can have a column.
func (t *Type[T]) isIndexed(c *column) bool {
	isNamed := func(names []string) bool {
		return slices.ContainsFunc(names, func(name string) bool { return name == c.Name || name+"Id" == c.Name })
	}
	isOrdered := func(o OrderFields) bool { return isNamed(o.Fields) }
	return c.Sortable || c.Unique || c.Scalar == ScalarID || slices.ContainsFunc(t.options.unique, isNamed) ||
		slices.ContainsFunc(t.options.index, isNamed) || slices.ContainsFunc(t.options.orders, isOrdered)
}

// list returns the list of the Selection's columns, others that a query needs, and other expressions, or "" for all
// columns. table is the name of the rows' table in the query, or "" if it has no other one.
func (s *Selection) list(table string, needed, expressions []string) string {
	if s != nil && table == "" && len(needed)+len(expressions) == 0 {
		return s.text
	}
	return s.joinColumns(table, needed, expressions)
}

// joinColumns returns the list of columns for list.
func (s *Selection) joinColumns(table string, needed, expressions []string) string {
	prefix := ""
	if table != "" {
		prefix = "`" + table + "`."
	}
	columns := slices.Clone(expressions)
	switch {
	case s.readsAll() && len(expressions) == 0:
		return ""
	case s.readsAll():
		columns = append(columns, prefix+"*")
	default:
		for _, name := range s.columns {
			columns = append(columns, prefix+"`"+name+"`")
		}
		for _, name := range needed {
			if !slices.Contains(s.columns, name) {
				columns = append(columns, prefix+"`"+name+"`")
			}
		}
	}
	return strings.Join(columns, ", ")
}

// readsAll reports whether queries of the type's table read all columns.
func (s *Selection) readsAll() bool { return s == nil || s.all }

// has reports whether queries read a column.
func (s *Selection) has(column string) bool {
	return s.readsAll() || slices.Contains(s.columns, column)
}

// anyRow returns a row as any, which is nil for no row.
func anyRow[T any](row *T, err error) (any, error) {
	if row == nil || err != nil {
		return nil, err
	}
	return row, nil
}

// ownKeys returns the columns of the row itself among the keys.
func (s *sorting) ownKeys() (columns []string) {
	for _, k := range s.keys {
		if k.related == nil {
			columns = append(columns, k.column)
		}
	}
	return columns
}

// AnyRelation loads a relation of any type. Rows are pointers.
type AnyRelation struct {
	// LoadOne loads the other row, or nil. It is nil for a relation to many rows.
	LoadOne func(ctx context.Context, db *tenancy.DB, row any, of *Selection) (any, error)
	// LoadPage loads a page of the other rows. It is nil for a relation to one row.
	LoadPage func(ctx context.Context, db *tenancy.DB, row any, args PageArgs, where any, by fmt.Stringer) (AnyConnection, error)
}
