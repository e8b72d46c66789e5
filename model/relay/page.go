package relay

import (
	"fmt"
	"slices"

	"gorm.io/gorm"
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
		v.Add("must not stand together with first", "last")
	}
	for _, path := range args.Nulls {
		v.Add("must not be null: leave it out; isNull finds what is not set, as in assigneeId: {isNull: true}", path...)
	}
	w.fromEnd = args.Last != nil
	w.after = o.decodeCursor(&v, "after", args.After)
	w.before = o.decodeCursor(&v, "before", args.Before)
	return w, v.Err()
}

// newQueries returns the query for the window; id is the column with the connection's ids. It reads
// one row more, to find out whether there is another page. If NULLs are swapped, it returns two
// queries, for values and for NULLs, whose rows must be sorted: each is a range of the index, but
// in another order.
func (w window) newQueries(query *gorm.DB, id string) []*gorm.DB {
	if w.after.isSet() {
		query = w.limitTo(query, id, w.after, w.desc)
	}
	if w.before.isSet() {
		query = w.limitTo(query, id, w.before, !w.desc)
	}
	if !w.nullsSwapped {
		return []*gorm.DB{w.addOrder(query, id, w.desc && w.after.isNull() || !w.desc && w.before.isNull())}
	}
	shared := query.Session(&gorm.Session{})
	return []*gorm.DB{
		w.addOrder(shared.Where(w.expression+" IS NOT NULL"), id, false),
		w.addOrder(shared.Where(w.expression+" IS NULL"), id, true),
	}
}

// addOrder adds the window's order and limit to a query. If all rows have NULL, it leaves out
// the column, for which servers would sort.
func (w window) addOrder(query *gorm.DB, id string, onlyNulls bool) *gorm.DB {
	direction := w.sqlDirection()
	if w.expression != "" && !onlyNulls {
		query = query.Order(w.expression + direction)
	}
	if w.expression == "" || !w.unique {
		query = query.Order(id + direction)
	}
	return query.Limit(w.limit + 1)
}

// sqlDirection returns the SQL for the direction in which the window reads rows.
func (w window) sqlDirection() string {
	if w.desc != w.fromEnd {
		return " DESC"
	}
	return ""
}

// resultOrder returns the ORDER BY of a UNION for rows that only the server can sort.
func (w window) resultOrder(column, id string) string {
	direction := w.sqlDirection()
	by := column + direction + ", " + id + direction
	if w.nullsSwapped {
		by = column + " IS NULL" + direction + ", " + by
	}
	return by
}

// pageRows are the rows of a page, in the connection's order.
type pageRows[T any] struct {
	rows []*T
	more bool // the window's query found one more row than the page has
}

// newPageRows returns the page of a query's rows. It removes the extra row, which
// shows whether there is another page.
func newPageRows[T any](rows []*T, w window) pageRows[T] {
	more := len(rows) > w.limit
	if more {
		rows = rows[:w.limit]
	}
	if w.fromEnd {
		slices.Reverse(rows)
	}
	return pageRows[T]{rows, more}
}

// sortRows sorts rows in the order in which the window reads them.
func (t *Type[T]) sortRows(w window, rows []*T) {
	slices.SortFunc(rows, func(x, y *T) int {
		if w.fromEnd {
			x, y = y, x
		}
		return w.compareRows(x, y, t.rowID(x), t.rowID(y))
	})
}
