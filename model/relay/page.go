package relay

import (
	"fmt"
	"slices"
	"strings"
)

const (
	defaultPageSize = 20
	maxPageSize     = 100
)

// PageArgs are the arguments of a connection, except for its filter and order.
type PageArgs struct {
	First, Last   *int
	After, Before *string
	// CountOnly leaves the page empty, for clients that select only the total.
	CountOnly bool
	// IncludeDeleted adds softly deleted rows.
	IncludeDeleted bool
	// Selection has the columns to read, or nil for all.
	Selection *Selection
	// Nulls are the paths of the filter's comparisons with null. They are errors, because most
	// likely a variable is not set, and the filter must not match all rows.
	Nulls []Path
}

// window is a range of rows of an order: at most limit rows between two positions, from the
// beginning or from the end. It is comparable: rows of a batch load equal windows together.
type window struct {
	order
	limit         int
	fromEnd       bool
	after, before position
}

// newWindow checks PageArgs and fails with an *InvalidError.
func newWindow(args PageArgs, o order) (window, error) {
	var v Validation
	w := window{order: o, limit: defaultPageSize}
	setLimit := func(field string, n *int) {
		if n == nil {
			return
		}
		if w.limit = *n; *n < 0 || *n > maxPageSize {
			v.Add(fmt.Sprintf("must be 0 to %d", maxPageSize), field)
		}
	}
	setLimit("first", args.First)
	setLimit("last", args.Last)
	if args.First != nil && args.Last != nil {
		v.Add("can't be combined with first", "last")
	}
	for _, path := range args.Nulls {
		v.Add("must not be null: leave it out; isNull finds what is not set, as in assigneeId: {isNull: true}", path...)
	}
	w.fromEnd = args.Last != nil
	w.after = o.decodeCursor(&v, "after", args.After)
	w.before = o.decodeCursor(&v, "before", args.Before)
	return w, v.Err()
}

// tableNames are the names of a query's columns.
type tableNames struct {
	// table is the table of the connection's rows, or its alias. It is empty if the query has no other table.
	table string
	// id is the column with the ids.
	id string
	// result is ahead of the names of the columns in the query's result.
	result string
}

// namesOf returns the names of columns in a query for the table of the type, which can have other tables.
func (t *Type[T]) namesOf(hasOthers bool) tableNames {
	if hasOthers {
		return tableNames{table: t.schema.Table, id: "`" + t.schema.Table + "`.`id`"}
	}
	return tableNames{id: "`id`"}
}

// arms returns the queries for the window. If NULLs are swapped, these are two, for values and for NULLs, whose rows
// must be sorted: each is a range of the index, but in another order.
func (w window) arms(names tableNames) (arms [2]queryArm) {
	if !w.nullsSwapped {
		onlyNulls := w.desc && w.after.isNull() || !w.desc && w.before.isNull()
		arms[0].orderBy = w.orderBy(names, onlyNulls)
		return arms
	}
	key := w.keys[0].qualify(names.table)
	arms[0] = queryArm{key + " IS NOT NULL", w.orderBy(names, false)}
	arms[1] = queryArm{key + " IS NULL", w.orderBy(names, true)}
	return arms
}

// limitToPositions limits a condition to the rows between the positions.
func (w window) limitToPositions(c condition, names tableNames) condition {
	if w.after.isSet() {
		sql, args := w.limitTo(names, w.after, w.desc)
		c = c.and(sql, args...)
	}
	if w.before.isSet() {
		sql, args := w.limitTo(names, w.before, !w.desc)
		c = c.and(sql, args...)
	}
	return c
}

// orderBy returns the window's order. If all rows have NULL, it leaves out the column, for which servers would sort.
func (w window) orderBy(names tableNames, onlyNulls bool) string {
	direction := w.sqlDirection()
	var by []string
	if !onlyNulls {
		for _, k := range w.keys {
			by = append(by, k.qualify(names.table)+direction)
		}
	}
	if onlyNulls || !w.isUnique() {
		by = append(by, names.id+direction)
	}
	return strings.Join(by, ",")
}

// sqlDirection returns the SQL for the direction in which the window reads rows.
func (w window) sqlDirection() string {
	if w.desc != w.fromEnd {
		return " DESC"
	}
	return ""
}

// resultOrder returns the ORDER BY of a UNION for rows that only the server can sort.
func (w window) resultOrder(names tableNames) string {
	direction := w.sqlDirection()
	var by []string
	for i, k := range w.keys {
		column := names.result + k.column
		if k.related != nil {
			column = keyAlias(i)
		}
		sql := k.sql("`" + column + "`")
		if w.nullsSwapped {
			by = append(by, sql+" IS NULL"+direction)
		}
		by = append(by, sql+direction)
	}
	id := names.id[strings.LastIndex(names.id, ".")+1:] // a result has no tables
	return strings.Join(append(by, id+direction), ", ")
}

// pageRows are the rows of a page, in the connection's order.
type pageRows[T any] struct {
	rows []sortedRow[T]
	more bool // the window's query found one more row than the page has
}

// newPageRows returns the page of a query's rows. It removes the extra row, which
// shows whether there is another page.
func newPageRows[T any](rows []sortedRow[T], w window) pageRows[T] {
	more := len(rows) > w.limit
	if more {
		rows = rows[:w.limit]
	}
	if w.fromEnd {
		slices.Reverse(rows)
	}
	return pageRows[T]{rows, more}
}

// nodes returns the rows without the values of their sort keys.
func (p pageRows[T]) nodes() []*T {
	nodes := make([]*T, len(p.rows))
	for i, r := range p.rows {
		nodes[i] = r.row
	}
	return nodes
}

// sortRows sorts rows in the order in which the window reads them.
func (t *Type[T]) sortRows(w window, rows []sortedRow[T]) {
	slices.SortFunc(rows, func(x, y sortedRow[T]) int {
		if w.fromEnd {
			x, y = y, x
		}
		return w.compareRows(x.row, y.row, x.related, y.related, t.rowID(x.row), t.rowID(y.row))
	})
}
