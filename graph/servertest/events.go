package servertest

import (
	"rowhouse/graph/servertest/model"
	"rowhouse/model/relay"
	"rowhouse/tenancy"
)

// PublishShelf publishes a change of a shelf.
func (l *library) PublishShelf(tenant tenancy.Tenant, shelf *model.Shelf) {
	model.Shelves.Publish(contextOf(tenant), l.db, relay.ChangeUpdated, shelf)
}

// PublishBook publishes a change of a book.
func (l *library) PublishBook(tenant tenancy.Tenant, b *model.Book) {
	model.Books.Publish(contextOf(tenant), l.db, relay.ChangeUpdated, b)
}

// Complete deletes a shelf, which completes the subscriptions to its books.
func (l *library) Complete(tenant tenancy.Tenant, shelf *model.Shelf) {
	if _, err := model.DeleteShelf(contextOf(tenant), l.db, shelf.GlobalID()); err != nil {
		panic(err)
	}
}

// Interrupt deletes a reader with 101 borrowed books of a shelf. These are more changes than an event can
// list, so the subscriptions to the books end, and clients subscribe again.
func (l *library) Interrupt(tenant tenancy.Tenant, shelf *model.Shelf) {
	reader, books := newReader("Ada"), make([]*model.Book, 101)
	for i := range books {
		books[i] = newBook(shelf, "borrowed")
		books[i].BorrowerID = &reader.ID
	}
	l.Insert(tenant, reader)
	l.Insert(tenant, books)
	if _, err := model.DeleteReader(contextOf(tenant), l.db, reader.GlobalID()); err != nil {
		panic(err)
	}
}

// Subscriptions returns the number of subscriptions of a tenant.
func (l *library) Subscriptions(tenant tenancy.Tenant) int {
	n, err := l.db.Subscriptions(contextOf(tenant))
	if err != nil {
		panic(err)
	}
	return n
}
