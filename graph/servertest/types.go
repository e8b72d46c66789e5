package servertest

import (
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	"rowhouse/model/relay"
	"rowhouse/tenancy"
)

// GlobalID is the Go type of the scalar ID.
type GlobalID = relay.GlobalID

// newID returns the global id of the nth object of a type.
func newID(object string, n int) GlobalID {
	return GlobalID(base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%s:%d", object, n)))
}

// checkID fails if a string is not a global id.
func checkID(id GlobalID) error {
	decoded, err := base64.RawURLEncoding.DecodeString(string(id))
	if err != nil || !strings.Contains(string(decoded), ":") {
		return newInvalidError("is not an id", "id")
	}
	return nil
}

// newInvalidError returns a validation error at a path.
func newInvalidError(message string, path ...any) error {
	return &relay.InvalidError{Errors: []relay.FieldError{{Path: path, Message: message}}}
}

// Library is the tenant.
type Library struct{ tenancy.Tenant }

// ID returns the number of the tenant.
func (l *Library) ID() GlobalID { return GlobalID(fmt.Sprint(l.Tenant.ID)) }

// Reader is a customer of the library.
type Reader struct {
	ID   GlobalID
	Name string
	Role ReaderRole
}

// IsNode marks readers as objects with a global id.
func (Reader) IsNode() {}

// IsSearchResult marks readers as results of a search.
func (Reader) IsSearchResult() {}

// Shelf is a shelf of books.
type Shelf struct {
	ID        GlobalID
	Key, Name string
}

// IsNode marks shelves as objects with a global id.
func (Shelf) IsNode() {}

// Book is a book.
type Book struct {
	ID          GlobalID
	Key, Title  string
	Summary     *string
	Genre       Genre
	Pages       int
	Rating      *float64
	PublishedAt *time.Time

	shelf    *Shelf
	borrower *Reader
	tags     []*Tag
	reviews  []*Review
}

// IsNode marks books as objects with a global id.
func (Book) IsNode() {}

// IsSearchResult marks books as results of a search.
func (Book) IsSearchResult() {}

// Tag is a tag of books.
type Tag struct {
	ID          GlobalID
	Name, Color string
}

// IsNode marks tags as objects with a global id.
func (Tag) IsNode() {}

// Review is a review of a book.
type Review struct {
	ID   GlobalID
	Body string

	reader *Reader
	book   *Book
}

// IsNode marks reviews as objects with a global id.
func (Review) IsNode() {}

// ShelfEvent is a change of a shelf.
type ShelfEvent struct{ ShelfID GlobalID }

// BookEvent is a change of a book.
type BookEvent struct{ BookID GlobalID }

// Probe has fields that behave badly.
type Probe struct{}
