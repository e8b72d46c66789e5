// Code generated from schema.graphqls. DO NOT EDIT.

package model

import (
	"context"
	"time"

	"github.com/shopspring/decimal"

	"rowhouse/model/relay"
	"rowhouse/tenancy"
)

// Book is a book on a shelf. It is deleted softly.
type Book struct {
	relay.Row[Book]
	relay.SoftDeletion
	// The catalogue key: of the shelf, and a number.
	Key string `gorm:"charset:ascii"`
	// The title of the book.
	Title string
	// The summary of the book; null if it has none.
	Summary *string
	// The genre of the book.
	Genre Genre `gorm:"charset:ascii"`
	// The condition of the book; null if it has none.
	Condition *Condition
	// The pages of the book.
	Pages int
	// The rating of the book; null if it has none.
	Rating *float64
	// The price of the book.
	Price decimal.Decimal
	// The loans of the book.
	Loans int64 `gorm:"column:loan_count"`
	// Whether a reader may borrow the book.
	Lendable bool
	// The time when the book was published; null if there is none.
	PublishedAt *time.Time
	// The reader with the book; null for a book on its shelf.
	BorrowerID *relay.ID
	// The shelf of the book.
	ShelfID relay.ID
	// The book before this one on the same shelf; null if there is none.
	PreviousID *relay.ID
	// The time when the book was created.
	CreatedAt time.Time
	// The time of the last change of the book's own fields.
	UpdatedAt time.Time
	// Version counts the changes, from 1.
	Version int
}

type (
	// BookConnection is a page of books.
	BookConnection = relay.Connection[Book]
	// BookEdge is a book of a page.
	BookEdge = relay.Edge[Book]
)

// Books describes books.
var Books = relay.NewType[Book, BookFilter](AllBookOrder, relay.Fields{
	{Name: "key", Computed: true, MaxLength: 40, Exact: true},
	{Name: "title", MaxLength: 200},
	{Name: "summary", MaxLength: 10000, Multiline: true},
	{Name: "genre", Default: "NOVEL", Enum: relay.EnumOf(AllGenre)},
	{Name: "condition", Enum: conditions},
	{Name: "pages", Min: "1", Default: "1"},
	{Name: "rating", Min: "0", Max: "5"},
	{Name: "price", Min: "0", Max: "9999.99", Default: "9.99"},
	{Name: "loans", Column: "loan_count", Default: "0"},
	{Name: "lendable", Default: "true"},
	{Name: "publishedAt"},
	{Name: "borrowerId"},
	{Name: "shelfId", Immutable: true},
	{Name: "previousId"},
	{Name: "createdAt"},
	{Name: "updatedAt"},
},
	relay.Versioned(),
	relay.OrderBy("SHELF_KEY_TITLE", "shelf.key", "title"),
	relay.Index("genre", "pages"),
)

func init() {
	Books.SetHooks(relay.Hooks[Book]{BeforeCreate: BeforeCreateBook})
}

var (
	// BookBorrower is the borrower of each book, or nil.
	BookBorrower = relay.NewBelongsTo(Books, Readers, "borrower", relay.SetNull)
	// BookShelf is the shelf of each book.
	BookShelf = relay.NewBelongsTo(Books, Shelves, "shelf", relay.Cascade)
	// BookPrevious is the previous of each book, or nil.
	BookPrevious = relay.NewBelongsTo(Books, Books, "previous", relay.SetNull, "shelf")
	// BookTags are the tags of each book.
	BookTags = relay.NewManyToMany[Tagging](Books, Tags, "tags", "book_id", "tag_id")
	// BookReviews are the reviews of each book.
	BookReviews = relay.NewHasMany("reviews", ReviewBook)
)

// BookCount is the number of books with the same value of a field. The others are nil.
type BookCount struct {
	ShelfID    relay.ID
	Genre      *Genre
	BorrowerID *relay.ID
	Count      int
	Pages      relay.IntAggregate     `gorm:"embedded;embeddedPrefix:pages_"`
	Rating     relay.FloatAggregate   `gorm:"embedded;embeddedPrefix:rating_"`
	Price      relay.DecimalAggregate `gorm:"embedded;embeddedPrefix:price_"`
	Loans      relay.BigIntAggregate  `gorm:"embedded;embeddedPrefix:loan_count_"`

	relay.Batch[BookCount] `gorm:"-"`
}

// BookCountBorrower loads the borrower of the books that were counted.
var BookCountBorrower = relay.NewGroupReference[BookCount](Readers, "borrower")

var bookChanges = relay.NewTopicBy(BookShelf)

// CreateBook stores a new book.
func CreateBook(ctx context.Context, db *tenancy.DB, in CreateBookInput) (*Book, error) {
	return Books.CreateFrom(ctx, db, &in)
}

// CreateBooks stores new books: all of them, or none.
func CreateBooks(ctx context.Context, db *tenancy.DB, in CreateBooksInput) ([]*Book, error) {
	return Books.CreateManyFrom(ctx, db, &in)
}

// UpdateBook stores the fields of a book that the input has.
func UpdateBook(ctx context.Context, db *tenancy.DB, in UpdateBookInput) (*Book, error) {
	return Books.UpdateFrom(ctx, db, &in)
}

// UpdateBooks stores the fields that the input has in the books that match its filter: in all of
// them, or in none.
func UpdateBooks(ctx context.Context, db *tenancy.DB, in UpdateBooksInput) ([]*Book, error) {
	return Books.UpdateManyFrom(ctx, db, &in)
}

// DeleteBook deletes a book.
func DeleteBook(ctx context.Context, db *tenancy.DB, id relay.GlobalID) (*DeleteBookPayload, error) {
	deleted, err := Books.Delete(ctx, db, id)
	if err != nil {
		return nil, err
	}
	return &DeleteBookPayload{
		DeletedID: id,
		ShelfID:   BookShelf.GlobalID(deleted),
	}, nil
}

// DeleteBookPayload has the id of a deleted book, and of its shelf.
type DeleteBookPayload struct {
	DeletedID relay.GlobalID
	ShelfID   relay.GlobalID
}

// DeleteBooks deletes the books that match a filter: all of them, or none. It returns their ids.
func DeleteBooks(ctx context.Context, db *tenancy.DB, in DeleteBooksInput) ([]relay.GlobalID, error) {
	deleted, err := Books.DeleteMany(ctx, db, in.Where)
	ids := make([]relay.GlobalID, len(deleted))
	for i, row := range deleted {
		ids[i] = row.GlobalID()
	}
	return ids, err
}

// RestoreBook brings a deleted book back. It changes nothing if the book is not deleted.
func RestoreBook(ctx context.Context, db *tenancy.DB, id relay.GlobalID) (*Book, error) {
	return Books.Restore(ctx, db, id)
}

// BookEvent is a change of a book of a shelf.
type BookEvent struct {
	Change  relay.Change
	BookID  relay.GlobalID
	ShelfID relay.GlobalID
	Book    *Book
}

// BookEvents returns the changes of a shelf's books, until ctx ends or the shelf is deleted. Then it
// calls complete before it closes the channel.
func BookEvents(ctx context.Context, db *tenancy.DB, shelfID relay.GlobalID, complete func()) (<-chan *BookEvent, error) {
	return relay.FollowBy(ctx, db, bookChanges, "shelfId", shelfID, complete, func(c relay.RowChange[Book]) *BookEvent {
		return &BookEvent{Change: c.Change, BookID: c.ID, ShelfID: shelfID, Book: c.Row}
	})
}
