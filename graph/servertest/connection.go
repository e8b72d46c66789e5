package servertest

import (
	"encoding/base64"
	"strconv"
	"strings"
)

// Connection is a page of a list.
type Connection[T any] struct {
	all      []*T
	from, to int
}

type (
	// BookConnection is a page of books.
	BookConnection = Connection[Book]
	// BookEdge is a book on a page.
	BookEdge = Edge[Book]
	// TagConnection is a page of tags.
	TagConnection = Connection[Tag]
	// TagEdge is a tag on a page.
	TagEdge = Edge[Tag]
	// ReviewConnection is a page of reviews.
	ReviewConnection = Connection[Review]
	// ReviewEdge is a review on a page.
	ReviewEdge = Edge[Review]
	// ShelfConnection is a page of shelves.
	ShelfConnection = Connection[Shelf]
	// ShelfEdge is a shelf on a page.
	ShelfEdge = Edge[Shelf]
	// ReaderConnection is a page of readers.
	ReaderConnection = Connection[Reader]
	// ReaderEdge is a reader on a page.
	ReaderEdge = Edge[Reader]
)

// Edge is an object on a page.
type Edge[T any] struct {
	Cursor string
	Node   *T
}

const (
	defaultPage = 20
	largestPage = 100
)

// newConnection returns a page of a list. It fails if first or last is not 0 to 100, and if after
// is not a cursor.
func newConnection[T any](all []*T, first *int, after *string, last *int) (*Connection[T], error) {
	size, c := defaultPage, &Connection[T]{all: all}
	for name, n := range map[string]*int{"first": first, "last": last} {
		if n == nil {
			continue
		}
		if size = *n; size < 0 || size > largestPage {
			return nil, newInvalidError("must be 0 to 100", name)
		}
	}
	if after != nil && *after != "" {
		index, err := parseCursor(*after)
		if err != nil {
			return nil, newInvalidError("is not a cursor", "after")
		}
		c.from = min(index+1, len(all))
	}
	c.to = min(c.from+size, len(all))
	if last != nil {
		c.from, c.to = max(c.from, len(all)-size), len(all)
	}
	return c, nil
}

func newCursor(index int) string {
	return base64.RawURLEncoding.EncodeToString([]byte("at:" + strconv.Itoa(index)))
}

func parseCursor(cursor string) (index int, err error) {
	decoded, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseUint(strings.TrimPrefix(string(decoded), "at:"), 10, 31)
	return int(n), err
}

// Nodes returns the objects of the page.
func (c *Connection[T]) Nodes() []*T { return c.all[c.from:c.to] }

// Edges returns the objects of the page with their cursors.
func (c *Connection[T]) Edges() []*Edge[T] {
	edges := []*Edge[T]{}
	for i, node := range c.Nodes() {
		edges = append(edges, &Edge[T]{newCursor(c.from + i), node})
	}
	return edges
}

// PageInfo returns the position of the page.
func (c *Connection[T]) PageInfo() *PageInfo {
	info := &PageInfo{HasNextPage: c.to < len(c.all)}
	if c.to > c.from {
		end := newCursor(c.to - 1)
		info.EndCursor = &end
	}
	return info
}

// TotalCount returns the number of objects on all pages.
func (c *Connection[T]) TotalCount() int { return len(c.all) }
