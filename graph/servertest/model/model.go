// Package model has the types of the library in schema.graphqls, and their rules. The framework's tests
// use them on a real database.
package model

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/99designs/gqlgen/graphql"

	"rowhouse/graph/scalar"
	"rowhouse/model/relay"
	"rowhouse/tenancy"
)

// BeforeCreateBook sets the catalogue key, unless the caller has.
func BeforeCreateBook(ctx context.Context, db *tenancy.DB, book *Book) error {
	if book.Key != "" {
		return nil
	}
	shelf, err := Shelves.Find(ctx, db, book.ShelfID)
	if err != nil {
		return err
	}
	book.Key = fmt.Sprintf("%s-%X", shelf.Key, book.ID[len(book.ID)-4:])
	return nil
}

// BeforeCreateReader sets the secret number.
func BeforeCreateReader(_ context.Context, _ *tenancy.DB, reader *Reader) error {
	reader.Pin = string(reader.GlobalID())
	return nil
}

// ValidateReader refuses a reader without a language.
func ValidateReader(v *relay.Validation, _, reader *Reader) {
	if len(reader.Languages) == 0 {
		v.Add("must have a language", "languages")
	}
}

// MarshalBarcode writes a barcode as a string without gaps at its ends. It panics for a stored string with other
// characters: at once, or when the response is written if it begins with one.
func MarshalBarcode(s string) graphql.Marshaler {
	trimmed := strings.Trim(s, "-")
	switch strings.Trim(trimmed, "|-") {
	case "":
		return graphql.MarshalString(trimmed)
	case trimmed:
		return graphql.WriterFunc(func(io.Writer) { panic("secret: " + s) })
	}
	panic("secret: " + s)
}

// UnmarshalBarcode reads a string of bars and gaps. It fails for other characters.
func UnmarshalBarcode(v any) (string, error) {
	s, ok := v.(string)
	if !ok || strings.Trim(s, "|-") != "" {
		return "", fmt.Errorf("a Barcode cannot represent a value with other characters than | and -: %s", scalar.Print(v))
	}
	return s, nil
}

// IsSearchResult marks books as results of a search.
func (*Book) IsSearchResult() {}

// IsSearchResult marks readers as results of a search.
func (*Reader) IsSearchResult() {}

// LongestBook returns the book of a page with the longest title, or nil.
func LongestBook(ctx context.Context, db *tenancy.DB, args relay.PageArgs) (longest *Book, err error) {
	page, err := Books.Page(ctx, db, args, nil, nil)
	if err != nil {
		return nil, err
	}
	for _, b := range page.Nodes {
		if longest == nil || len(b.Title) > len(longest.Title) {
			longest = b
		}
	}
	return longest, nil
}

// Search returns the books and readers whose title or name contains a text, at most 20 of each.
func Search(ctx context.Context, db *tenancy.DB, text string) ([]SearchResult, error) {
	contains := graphql.OmittableOf(&relay.StringFilter{Contains: graphql.OmittableOf(&text)})
	books, err := Books.Page(ctx, db, relay.PageArgs{}, &BookFilter{Title: contains}, nil)
	if err != nil {
		return nil, err
	}
	readers, err := Readers.Page(ctx, db, relay.PageArgs{}, &ReaderFilter{Name: contains}, nil)
	if err != nil {
		return nil, err
	}
	found := []SearchResult{}
	for _, b := range books.Nodes {
		found = append(found, b)
	}
	for _, r := range readers.Nodes {
		found = append(found, r)
	}
	return found, nil
}
