package relay

import (
	"context"
	"sync"
)

// Connection is a page of rows, with the methods of a connection's fields in GraphQL.
type Connection[T any] struct {
	// Nodes are the page's rows.
	Nodes []*T

	of     *Type[T]
	page   pageRows[T]
	window window
	count  func(context.Context) (int, error)

	counted sync.Once
	total   int
	err     error
}

// AnyConnection is a Connection of any type.
type AnyConnection interface {
	// Len returns the number of rows of the page.
	Len() int
	// Row returns a row of the page as a pointer.
	Row(i int) any
	// Cursor returns the position of a row of the page.
	Cursor(i int) string
	// PageInfo returns the position of the page.
	PageInfo() *PageInfo
	// TotalCount counts the rows of all pages, once, with its own statement.
	TotalCount(ctx context.Context) (int, error)
}

// Edge is a row of a page.
type Edge[T any] struct {
	// Cursor is the position of the row.
	Cursor string
	// Node is the row.
	Node *T
}

// PageInfo is the position of a page in its connection. Its cursors are nil on an empty page.
type PageInfo struct {
	HasNextPage, HasPreviousPage bool
	StartCursor, EndCursor       *string
}

// newConnection returns a page; count counts the rows of all pages.
func (t *Type[T]) newConnection(p pageRows[T], w window, count func(context.Context) (int, error)) *Connection[T] {
	return &Connection[T]{Nodes: p.nodes(), of: t, page: p, window: w, count: count, err: errPanicked}
}

// Len implements AnyConnection.
func (c *Connection[T]) Len() int { return len(c.page.rows) }

// Row implements AnyConnection.
func (c *Connection[T]) Row(i int) any { return c.page.rows[i].row }

// Cursor implements AnyConnection.
func (c *Connection[T]) Cursor(i int) string {
	r := c.page.rows[i]
	return c.window.encodeCursor(c.of.rowID(r.row), r.row, r.related)
}

// Edges returns the page's rows with their cursors.
func (c *Connection[T]) Edges() []*Edge[T] {
	edges := make([]*Edge[T], c.Len())
	for i, r := range c.page.rows {
		edges[i] = &Edge[T]{c.Cursor(i), r.row}
	}
	return edges
}

// PageInfo implements AnyConnection.
func (c *Connection[T]) PageInfo() *PageInfo {
	w := c.window
	info := &PageInfo{HasNextPage: c.page.more, HasPreviousPage: w.after.isSet()}
	if w.fromEnd {
		info.HasPreviousPage, info.HasNextPage = c.page.more, w.before.isSet()
	}
	if n := c.Len(); n > 0 {
		start, end := c.Cursor(0), c.Cursor(n-1)
		info.StartCursor, info.EndCursor = &start, &end
	}
	return info
}

// TotalCount implements AnyConnection.
func (c *Connection[T]) TotalCount(ctx context.Context) (int, error) {
	c.counted.Do(func() { c.total, c.err = c.count(ctx) })
	return c.total, c.err
}
