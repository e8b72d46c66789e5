package model

import (
	"context"
	"encoding/base64"
	"fmt"
	"slices"

	"gorm.io/gorm"
)

const (
	defaultPage = 20
	largestPage = 100
)

// Page is what a client asks of a connection. Connections run from the newest row
// to the oldest, which is the order of their ids.
type Page struct {
	First, Last   *int
	After, Before *string
	// CountOnly leaves the page empty: nobody asks for more than the total.
	CountOnly bool
}

// window is a checked Page: at most limit rows between two ids, from the newest or
// from the oldest. A zero ID bounds nothing. It is comparable: rows asked for the
// same window load it together.
type window struct {
	limit         int
	fromOldest    bool
	after, before ID
}

// window checks a Page and fails with an *InvalidError.
func (p Page) window() (window, error) {
	var r rules
	w := window{limit: defaultPage}
	size := func(field string, n *int) {
		if n == nil {
			return
		}
		if w.limit = *n; *n < 1 || *n > largestPage {
			r.add(fmt.Sprintf("must be 1 to %d", largestPage), field)
		}
	}
	size("first", p.First)
	size("last", p.Last)
	if p.First != nil && p.Last != nil {
		r.add("must not stand together with first", "last")
	}
	w.fromOldest = p.Last != nil
	w.after = r.cursor("after", p.After)
	w.before = r.cursor("before", p.Before)
	return w, r.err()
}

// cursorPrefix names the order that a cursor belongs to.
const cursorPrefix = "id:"

func cursorOf(id ID) string {
	return base64.RawURLEncoding.EncodeToString(append([]byte(cursorPrefix), id[:]...))
}

func (r *rules) cursor(field string, s *string) (id ID) {
	if s == nil {
		return id
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(*s)
	if err == nil && len(b) == len(cursorPrefix)+len(id) && string(b[:len(cursorPrefix)]) == cursorPrefix {
		id = ID(b[len(cursorPrefix):])
	}
	if id == (ID{}) {
		r.add("is not a cursor of this connection", field)
	}
	return id
}

// of limits a query to the window, by the column that holds the connection's ids,
// and reads one row more, which tells whether there is another page.
func (w window) of(query *gorm.DB, column string) *gorm.DB {
	if w.after != (ID{}) {
		query = query.Where(column+" < ?", w.after)
	}
	if w.before != (ID{}) {
		query = query.Where(column+" > ?", w.before)
	}
	order := column + " DESC"
	if w.fromOldest {
		order = column
	}
	return query.Order(order).Limit(w.limit + 1)
}

// part is what a window's query found: the rows of a page, newest first, and whether
// there was one more.
type part[T any, P row[T]] struct {
	rows []P
	more bool
}

// cut makes a part of rows in the query's order, without the one that only tells that
// there are more.
func cut[T any, P row[T]](rows []P, w window) part[T, P] {
	more := len(rows) > w.limit
	if more {
		rows = rows[:w.limit]
	}
	if w.fromOldest {
		slices.Reverse(rows)
	}
	return part[T, P]{rows, more}
}

// Connection is a page of rows and its place among all of them.
type Connection[T any] struct {
	// Nodes are the page's rows, newest first.
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
func connection[T any, P row[T]](p part[T, P], w window, count func(context.Context) (int, error)) *Connection[T] {
	c := &Connection[T]{Nodes: make([]*T, len(p.rows)), count: count}
	for i, r := range p.rows {
		c.Nodes[i] = r
	}
	c.edges = func() []*Edge[T] {
		edges := make([]*Edge[T], len(p.rows))
		for i, r := range p.rows {
			edges[i] = &Edge[T]{cursorOf(r.id()), r}
		}
		return edges
	}
	c.pageInfo = func() *PageInfo {
		info := &PageInfo{HasNextPage: p.more, HasPreviousPage: w.after != (ID{})}
		if w.fromOldest {
			info.HasPreviousPage, info.HasNextPage = p.more, w.before != (ID{})
		}
		if len(p.rows) > 0 {
			start, end := cursorOf(p.rows[0].id()), cursorOf(p.rows[len(p.rows)-1].id())
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

// TotalCount counts the rows of all pages, with a statement of its own.
func (c *Connection[T]) TotalCount(ctx context.Context) (int, error) { return c.count(ctx) }
