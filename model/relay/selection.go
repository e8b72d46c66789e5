package relay

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"

	"rowhouse/tenancy"
)

// Selection has the columns of a type that a query reads. A nil Selection reads all. Rows of a Selection lack
// the other values: only code that needs none of them can have such rows.
type Selection struct {
	columns []string // with the id
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
	s := &Selection{columns: []string{"id"}}
	isCovered := true
	for _, name := range fields {
		if c := t.columnByField(name); !slices.Contains(s.columns, c.Column) {
			s.columns = append(s.columns, c.Column)
			isCovered = isCovered && t.isIndexed(c)
		}
	}
	if !isCovered {
		return s
	}
	others := slices.DeleteFunc(slices.Clone(t.columns), t.isIndexed)
	if len(others) == 0 {
		return nil
	}
	shortest := slices.MinFunc(others, func(a, b *column) int { return a.length() - b.length() })
	s.columns = append(s.columns, shortest.Column)
	return s
}

// length estimates the length of a column's values in bytes.
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

// selectFrom limits a query to the columns of the Selection, to others that it needs, and to other expressions.
// table is the name of the rows' table in the query, or "" if it has no other one.
func (s *Selection) selectFrom(query *gorm.DB, table string, needed []string, expressions ...string) *gorm.DB {
	prefix := ""
	if table != "" {
		prefix = "`" + table + "`."
	}
	if s == nil {
		if len(expressions) == 0 {
			return query
		}
		return query.Select(append(expressions, prefix+"*"))
	}
	columns := expressions
	for _, name := range s.columns {
		columns = append(columns, prefix+"`"+name+"`")
	}
	for _, name := range needed {
		if !slices.Contains(s.columns, name) {
			columns = append(columns, prefix+"`"+name+"`")
		}
	}
	return query.Select(strings.Join(columns, ", "))
}

// has reports whether queries read a column.
func (s *Selection) has(column string) bool { return s == nil || slices.Contains(s.columns, column) }

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
