package relay

import (
	"context"
	"sync"
)

// Connection is a page of rows, with the methods of a connection's fields in GraphQL.
type Connection[T any] struct {
	// Nodes are the page's rows.
	Nodes []*T

	pageInfo func() *PageInfo
	edges    func() []*Edge[T]
	count    func(context.Context) (int, error)
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
	var once sync.Once
	total, err := 0, errPanicked
	c := &Connection[T]{Nodes: p.nodes(), count: func(ctx context.Context) (int, error) {
		once.Do(func() { total, err = count(ctx) })
		return total, err
	}}
	cursor := func(r sortedRow[T]) string { return w.encodeCursor(t.rowID(r.row), r.row, r.related) }
	c.edges = func() []*Edge[T] {
		edges := make([]*Edge[T], len(p.rows))
		for i, r := range p.rows {
			edges[i] = &Edge[T]{cursor(r), r.row}
		}
		return edges
	}
	c.pageInfo = func() *PageInfo {
		info := &PageInfo{HasNextPage: p.more, HasPreviousPage: w.after.isSet()}
		if w.fromEnd {
			info.HasPreviousPage, info.HasNextPage = p.more, w.before.isSet()
		}
		if len(p.rows) > 0 {
			start, end := cursor(p.rows[0]), cursor(p.rows[len(p.rows)-1])
			info.StartCursor, info.EndCursor = &start, &end
		}
		return info
	}
	return c
}

// Edges returns the page's rows with their cursors.
func (c *Connection[T]) Edges() []*Edge[T] { return c.edges() }

// PageInfo returns the position of the page.
func (c *Connection[T]) PageInfo() *PageInfo { return c.pageInfo() }

// TotalCount counts the rows of all pages, once, with its own statement.
func (c *Connection[T]) TotalCount(ctx context.Context) (int, error) { return c.count(ctx) }
