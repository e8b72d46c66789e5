// Code generated from schema.graphqls. DO NOT EDIT.

package model

import (
	"context"

	"rowhouse/model/relay"
	"rowhouse/tenancy"
)

// Card is the library card of a reader.
type Card struct {
	relay.Row[Card]
	// The reader of the card.
	ReaderID relay.ID
	// The serial of the card.
	Serial relay.UUID
	// The contact of the card; null if it has none.
	Contact *string
	// The settings of the card.
	Settings relay.JSON
	// The barcode of the card; null if it has none.
	Barcode *string
	// Whether the card is active.
	IsActive bool
}

// TableName returns the name of the table.
func (Card) TableName() string { return "library_cards" }

type (
	// CardConnection is a page of library cards.
	CardConnection = relay.Connection[Card]
	// CardEdge is a card of a page.
	CardEdge = relay.Edge[Card]
)

// LibraryCards describes library cards.
var LibraryCards = relay.NewType[Card, CardFilter](AllCardOrder, relay.Fields{
	{Name: "readerId", Unique: true, Immutable: true},
	{Name: "serial", Unique: true},
	{Name: "contact", Format: relay.FormatEmail, MaxLength: 254},
	{Name: "settings", Default: "{\"theme\":\"light\"}"},
	{Name: "barcode", MaxLength: 20},
	{Name: "isActive", Default: "true"},
})

var (
	// CardReader is the reader of each card.
	CardReader = relay.NewBelongsTo(LibraryCards, Readers, "reader", relay.Cascade)
)

// CreateCard stores a new card.
func CreateCard(ctx context.Context, db *tenancy.DB, in CreateCardInput) (*Card, error) {
	return LibraryCards.CreateFrom(ctx, db, &in)
}

// DeleteCard deletes a card.
func DeleteCard(ctx context.Context, db *tenancy.DB, id relay.GlobalID) (*DeleteCardPayload, error) {
	deleted, err := LibraryCards.Delete(ctx, db, id)
	if err != nil {
		return nil, err
	}
	return &DeleteCardPayload{
		DeletedID: id,
		ReaderID:  CardReader.GlobalID(deleted),
	}, nil
}

// DeleteCardPayload has the id of a deleted card, and of its reader.
type DeleteCardPayload struct {
	DeletedID relay.GlobalID
	ReaderID  relay.GlobalID
}
