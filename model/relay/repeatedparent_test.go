package relay_test

import (
	"fmt"
	"testing"

	"rowhouse/model/relay"
)

// TestPagesOfARepeatedParentHaveEachRowOnce reads the shelves of tags that several shelves of a batch have: the batch of
// the tags has a row for each link.
func TestPagesOfARepeatedParentHaveEachRowOnce(t *testing.T) {
	for _, links := range []int{3, 20} {
		d := library.New(t)
		tag := must[*Tag](t)(tags.Create(d.Acme, d.DB, &Tag{Name: "shared"}))
		for i := range links {
			s := newShelf(d.Acme, t, d, fmt.Sprint("S", i))
			if err := d.For(d.Acme).Create(&ShelfTag{ShelfID: s.ID, TagID: tag.ID}).Error; err != nil {
				t.Fatal(err)
			}
		}
		all := must[*relay.Connection[Shelf]](t)(shelves.Page(d.Acme, d.DB, relay.PageArgs{First: new(100)}, nil, nil))
		for _, by := range []Order{"CREATED_AT_DESC", "NAME_ASC"} {
			for _, s := range all.Nodes {
				of := must[*relay.Connection[Tag]](t)(shelfTags.Page(d.Acme, d.DB, s, relay.PageArgs{}, nil, nil)).Nodes[0]
				page := must[*relay.Connection[Shelf]](t)(tagShelves.Page(d.Acme, d.DB, of, relay.PageArgs{First: new(50)}, nil, by))
				if len(page.Nodes) != links {
					t.Fatalf("by %s, a tag with %d shelves has a page of %d", by, links, len(page.Nodes))
				}
			}
		}
	}
}
