package relay_test

import (
	"fmt"
	"slices"
	"testing"

	"rowhouse/model/relay"
)

// TestGroupsCountRowsOfABatch counts the readers of three shelves, and loads their favourites.
func TestGroupsCountRowsOfABatch(t *testing.T) {
	d := library.New(t)
	for i := range 3 {
		shelf := newShelf(d.Acme, t, d, fmt.Sprint(i))
		newReader(d.Globex, t, d, newShelf(d.Globex, t, d, fmt.Sprint(i)), fmt.Sprint("G-", i))
		book := newBook(d.Acme, t, d, shelf, fmt.Sprint("book ", i))
		for n := range 2 * i {
			in := newReaderInput(shelf, fmt.Sprintf("A-%d%d", i, n))
			if n > 0 {
				in.Height, in.FavouriteID = given(Height("LOW")), given(book.GlobalID())
			}
			must[*Reader](t)(readers.CreateFrom(d.Acme, d.DB, in))
		}
	}
	d.Reset()
	all := must[*relay.Connection[Shelf]](t)(shelves.Page(d.Acme, d.DB, relay.PageArgs{}, nil, Order("CODE_ASC")))
	for i, want := range [][]string{{}, {"LOW 1", "MEDIUM 1"}, {"LOW 3", "MEDIUM 1"}} {
		groups := []string{}
		for _, g := range must[[]*ReaderCount](t)(readerCounts.Load(d.Acme, d.DB, all.Nodes[i], "HEIGHT")) {
			groups = append(groups, fmt.Sprintf("%s %d", *g.Height, g.Count))
		}
		if !slices.Equal(groups, want) {
			t.Errorf("shelf %d: %q, want %q", i, groups, want)
		}
	}
	for i, want := range [][]string{{}, {" 1", "book 1 1"}, {"book 2 3", " 1"}} {
		groups := []string{}
		for _, g := range must[[]*ReaderCount](t)(readerCounts.Load(d.Acme, d.DB, all.Nodes[i], "FAVOURITE")) {
			title := ""
			if book := must[*Book](t)(loadFavourite(d.Acme, d.DB, g)); book != nil {
				title = book.Title
			}
			groups = append(groups, fmt.Sprintf("%s %d", title, g.Count))
		}
		if !slices.Equal(groups, want) {
			t.Errorf("shelf %d: %q, want %q", i, groups, want)
		}
	}
	countStatements(t, d, 4) // shelves, groups by both columns, favourites
}
