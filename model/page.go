package model

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"gorm.io/gorm"
)

const (
	defaultPage = 20
	largestPage = 100
)

// Page is what a client asks of a connection.
type Page struct {
	First, Last   *int
	After, Before *string
	// CountOnly leaves the page empty: nobody asks for more than the total.
	CountOnly bool
	// Nulls are the paths of the filter's comparisons with null, which are refused: most likely
	// they are forgotten variables, and must not mean all rows.
	Nulls [][]string
}

// window is a checked Page: at most limit rows between two places in an order, from its
// beginning or from its end. It is comparable: rows asked for the same window load it
// together.
type window[T any] struct {
	order[T]
	limit         int
	fromEnd       bool
	after, before place
}

// windowOf checks a Page and fails with an *InvalidError.
func windowOf[T any](p Page, o order[T]) (window[T], error) {
	var r rules
	w := window[T]{order: o, limit: defaultPage}
	size := func(field string, n *int) {
		if n == nil {
			return
		}
		if w.limit = *n; *n < 0 || *n > largestPage {
			r.add(fmt.Sprintf("must be 0 to %d", largestPage), field)
		}
	}
	size("first", p.First)
	size("last", p.Last)
	if p.First != nil && p.Last != nil {
		r.add("must not stand together with first", "last")
	}
	for _, path := range p.Nulls {
		r.add("must not be null: leave it out; isNull finds what is not set, as in assigneeId: {isNull: true}", path...)
	}
	w.fromEnd = p.Last != nil
	w.after = o.place(&r, "after", p.After)
	w.before = o.place(&r, "before", p.Before)
	return w, r.err()
}

// newQueries returns the query for the window; id is the column with the connection's ids. It reads
// one row more, to find out whether there is another page. If NULLs are swapped, it returns two
// queries, for values and for NULLs, whose rows must be sorted: each is a range of the index, but
// in another order.
func (w window[T]) newQueries(query *gorm.DB, id string) []*gorm.DB {
	if w.after.known() {
		query = w.beyond(query, id, w.after, w.desc)
	}
	if w.before.known() {
		query = w.beyond(query, id, w.before, !w.desc)
	}
	if !w.nullsSwapped {
		return []*gorm.DB{w.sorted(query, id, w.desc && w.after.null() || !w.desc && w.before.null())}
	}
	shared := query.Session(&gorm.Session{})
	return []*gorm.DB{
		w.sorted(shared.Where(w.column+" IS NOT NULL"), id, false),
		w.sorted(shared.Where(w.column+" IS NULL"), id, true),
	}
}

// sorted adds the window's order and limit to a query. For rows that are all NULL it leaves out the
// column, for which servers would sort.
func (w window[T]) sorted(query *gorm.DB, id string, onlyNulls bool) *gorm.DB {
	direction := w.direction()
	if w.column != "" && !onlyNulls {
		query = query.Order(w.column + direction)
	}
	if w.column == "" || !w.unique {
		query = query.Order(id + direction)
	}
	return query.Limit(w.limit + 1)
}

// direction returns the SQL for the direction in which the window reads rows.
func (w window[T]) direction() string {
	if w.desc != w.fromEnd {
		return " DESC"
	}
	return ""
}

// sortRows sorts rows in the order of the window.
func sortRows[T any, P row[T]](w window[T], rows []P) {
	slices.SortFunc(rows, func(x, y P) int {
		if w.fromEnd {
			x, y = y, x
		}
		return w.compares(x, y, x.id(), y.id())
	})
}

// part is what a window's query found: the rows of a page, in the connection's order,
// and whether there was one more.
type part[T any, P row[T]] struct {
	rows []P
	more bool
}

// cut makes a part of rows in the query's order, without the one that only tells that
// there are more.
func cut[T any, P row[T]](rows []P, w window[T]) part[T, P] {
	more := len(rows) > w.limit
	if more {
		rows = rows[:w.limit]
	}
	if w.fromEnd {
		slices.Reverse(rows)
	}
	return part[T, P]{rows, more}
}

// Connection is a page of rows and its place among all of them.
type Connection[T any] struct {
	// Nodes are the page's rows.
	Nodes []*T

	pageInfo func() *PageInfo
	edges    func() []*Edge[T]
	count    func(context.Context) (int, error)
}

// Edge is a row on a page.
type Edge[T any] struct {
	// Cursor names the row's place.
	Cursor string
	// Node is the row.
	Node *T
}

// PageInfo tells where a page lies in its connection. Its cursors are nil on an
// empty page.
type PageInfo struct {
	HasNextPage, HasPreviousPage bool
	StartCursor, EndCursor       *string
}

// connection makes a page of a part; count counts the rows of all pages when somebody
// asks for it.
func connection[T any, P row[T]](p part[T, P], w window[T], count func(context.Context) (int, error)) *Connection[T] {
	var once sync.Once
	total, err := 0, errPanicked
	c := &Connection[T]{Nodes: make([]*T, len(p.rows)), count: func(ctx context.Context) (int, error) {
		once.Do(func() { total, err = count(ctx) })
		return total, err
	}}
	for i, r := range p.rows {
		c.Nodes[i] = r
	}
	c.edges = func() []*Edge[T] {
		edges := make([]*Edge[T], len(p.rows))
		for i, r := range p.rows {
			edges[i] = &Edge[T]{w.cursor(r.id(), r), r}
		}
		return edges
	}
	c.pageInfo = func() *PageInfo {
		info := &PageInfo{HasNextPage: p.more, HasPreviousPage: w.after.known()}
		if w.fromEnd {
			info.HasPreviousPage, info.HasNextPage = p.more, w.before.known()
		}
		if len(p.rows) > 0 {
			first, last := p.rows[0], p.rows[len(p.rows)-1]
			start, end := w.cursor(first.id(), first), w.cursor(last.id(), last)
			info.StartCursor, info.EndCursor = &start, &end
		}
		return info
	}
	return c
}

// Edges returns the page's rows with their cursors.
func (c *Connection[T]) Edges() []*Edge[T] { return c.edges() }

// PageInfo tells where the page lies.
func (c *Connection[T]) PageInfo() *PageInfo { return c.pageInfo() }

// TotalCount counts the rows of all pages, once, with a statement of its own.
func (c *Connection[T]) TotalCount(ctx context.Context) (int, error) { return c.count(ctx) }
