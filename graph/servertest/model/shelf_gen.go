// Code generated from schema.graphqls. DO NOT EDIT.

package model

import (
	"context"

	"rowhouse/model/relay"
	"rowhouse/tenancy"
)

// Shelf is a shelf of books.
type Shelf struct {
	relay.Row[Shelf]
	// The short name of the shelf.
	Key string `gorm:"charset:ascii"`
	// The name of the shelf.
	Name string
	// The shelf below this one; null if there is none.
	BelowID *relay.ID
}

type (
	// ShelfConnection is a page of shelves.
	ShelfConnection = relay.Connection[Shelf]
	// ShelfEdge is a shelf of a page.
	ShelfEdge = relay.Edge[Shelf]
)

// Shelves describes shelves.
var Shelves = relay.NewType[Shelf, ShelfFilter](AllShelfOrder, relay.Fields{
	{Name: "key", MaxLength: 20, Exact: true, Pattern: "[A-Z]{1,20}", Message: "must have capital letters only"},
	{Name: "name", MaxLength: 10000},
	{Name: "belowId"},
})

var (
	// ShelfBelow is the below of each shelf, or nil.
	ShelfBelow = relay.NewBelongsTo(Shelves, Shelves, "below", relay.Restrict)
	// ShelfBooks are the books of each shelf.
	ShelfBooks = relay.NewHasMany("books", BookShelf)
)

// ShelfBookCounts are the counts of each shelf's books.
var ShelfBookCounts = relay.NewGroups[BookCount](ShelfBooks, map[BookGrouping]string{
	BookGroupingGenre:    "genre",
	BookGroupingBorrower: "borrower_id",
}, "pages", "rating", "price", "loans")

var shelfChanges = relay.NewTopic(Shelves)

// CreateShelf stores a new shelf.
func CreateShelf(ctx context.Context, db *tenancy.DB, in CreateShelfInput) (*Shelf, error) {
	return Shelves.CreateFrom(ctx, db, &in)
}

// UpdateShelf stores the fields of a shelf that the input has.
func UpdateShelf(ctx context.Context, db *tenancy.DB, in UpdateShelfInput) (*Shelf, error) {
	return Shelves.UpdateFrom(ctx, db, &in)
}

// DeleteShelf deletes a shelf.
func DeleteShelf(ctx context.Context, db *tenancy.DB, id relay.GlobalID) (*DeleteShelfPayload, error) {
	if _, err := Shelves.Delete(ctx, db, id); err != nil {
		return nil, err
	}
	return &DeleteShelfPayload{DeletedID: id}, nil
}

// DeleteShelfPayload has the id of a deleted shelf.
type DeleteShelfPayload struct {
	DeletedID relay.GlobalID
}

// ShelfEvent is a change of a shelf.
type ShelfEvent struct {
	Change  relay.Change
	ShelfID relay.GlobalID
	Shelf   *Shelf
}

// ShelfEvents returns the changes of shelves, until ctx ends.
func ShelfEvents(ctx context.Context, db *tenancy.DB) (<-chan *ShelfEvent, error) {
	return relay.Follow(ctx, db, shelfChanges, func(c relay.RowChange[Shelf]) *ShelfEvent {
		return &ShelfEvent{Change: c.Change, ShelfID: c.ID, Shelf: c.Row}
	})
}
