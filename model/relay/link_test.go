package relay_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"rowhouse/model/relay"
)

// TestLinksChangeOnce adds and removes a link twice, and expects one event of each end for each change.
func TestLinksChangeOnce(t *testing.T) {
	d := library.New(t)
	shelf := newShelf(d.Acme, t, d, "A")
	reader, book := newReader(d.Acme, t, d, shelf, "A-1"), newBook(d.Acme, t, d, shelf, "x")
	ctx, cancel := context.WithCancel(d.Acme)
	defer cancel()
	readerEvents := must[<-chan *string](t)(relay.Follow(ctx, d.DB, readerChanges, describe[Reader]))
	bookEvents, _ := follower(ctx, t, d, shelf)
	ends := [2]relay.InputID{{Field: "readerId", ID: reader.GlobalID()}, {Field: "bookId", ID: book.GlobalID()}}
	for _, step := range []struct {
		name   string
		change func(context.Context) (*Reader, error)
		links  int
	}{
		{
			name:   "add",
			change: func(ctx context.Context) (*Reader, error) { return readerWishes.AddLink(ctx, d.DB, ends[0], ends[1]) },
			links:  1,
		},
		{
			name: "remove",
			change: func(ctx context.Context) (*Reader, error) {
				return readerWishes.RemoveLink(ctx, d.DB, ends[0], ends[1])
			},
			links: 0,
		},
	} {
		for range 2 {
			if r := must[*Reader](t)(step.change(d.Acme)); r.ID != reader.ID {
				t.Errorf("%s returns %+v", step.name, r)
			}
			if n := d.Count(t, "reader_books", ""); n != step.links {
				t.Errorf("%s: %d links, want %d", step.name, n, step.links)
			}
		}
		_, err := step.change(d.Globex)
		requireNotFound(t, err, "Reader")
		requireEvents(t, readerEvents, fmt.Sprintf("UPDATED %s true", reader.GlobalID()))
		requireEvents(t, bookEvents, fmt.Sprintf("UPDATED %s true", book.GlobalID()))
	}
	last := newBook(d.Acme, t, d, shelf, "y")
	requireEvents(t, bookEvents, fmt.Sprintf("CREATED %s true", last.GlobalID()))
}

func TestEndsOfALinkMustExist(t *testing.T) {
	d := library.New(t)
	shelf, theirs := newShelf(d.Acme, t, d, "A"), newShelf(d.Globex, t, d, "A")
	reader := newReader(d.Acme, t, d, shelf, "A-1")
	for _, test := range []struct {
		name         string
		reader, book relay.GlobalID
		want         string
	}{
		{
			name:   "types and form",
			reader: shelf.GlobalID(), book: "x",
			want: "readerId is no Reader id; bookId is not an id of this API",
		},
		{
			name:   "row of another tenant",
			reader: reader.GlobalID(), book: newBook(d.Globex, t, d, theirs, "x").GlobalID(),
			want: "there is no Book with this id",
		},
		{
			name:   "unknown rows",
			reader: readers.GlobalID(relay.NewID()), book: books.GlobalID(relay.NewID()),
			want: "there is no Reader with this id",
		},
	} {
		parent, child := relay.InputID{Field: "readerId", ID: test.reader}, relay.InputID{Field: "bookId", ID: test.book}
		_, err := readerWishes.AddLink(d.Acme, d.DB, parent, child)
		_, removeErr := readerWishes.RemoveLink(d.Acme, d.DB, parent, child)
		if fmt.Sprint(err) != test.want || fmt.Sprint(removeErr) != test.want {
			t.Errorf("%s: got %v and %v, want %s", test.name, err, removeErr, test.want)
		}
	}
}

// TestConcurrentLinksAreStoredOnce adds one link concurrently, while its book is deleted in the end.
func TestConcurrentLinksAreStoredOnce(t *testing.T) {
	d := library.New(t)
	shelf := newShelf(d.Acme, t, d, "A")
	reader, book := newReader(d.Acme, t, d, shelf, "A-1"), newBook(d.Acme, t, d, shelf, "x")
	add := func() error {
		parent, child := relay.InputID{Field: "readerId", ID: reader.GlobalID()}, relay.InputID{Field: "bookId", ID: book.GlobalID()}
		return second(readerWishes.AddLink(d.Acme, d.DB, parent, child))
	}
	var wait sync.WaitGroup
	for range 6 {
		wait.Go(func() {
			if err := add(); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if n := d.Count(t, "reader_books", ""); n != 1 {
		t.Errorf("%d links", n)
	}
	for range 6 {
		wait.Go(func() {
			var missing *relay.NotFoundError
			if err := add(); err != nil && (!errors.As(err, &missing) || missing.Type != "Book") {
				t.Error(err)
			}
		})
	}
	must[*Book](t)(books.Delete(d.Acme, d.DB, book.GlobalID()))
	if wait.Wait(); d.Count(t, "reader_books", "") != 0 {
		t.Error("a link has no book")
	}
}

// TestDeletedEndOfALinkChangesTheOther deletes linked books, one of them in a cascade, and a reader.
func TestDeletedEndOfALinkChangesTheOther(t *testing.T) {
	d := library.New(t)
	home, shelf := newShelf(d.Acme, t, d, "A"), newShelf(d.Acme, t, d, "B")
	reader := newReader(d.Acme, t, d, home, "A-1")
	first, inCascade, last := newBook(d.Acme, t, d, home, "x"), newBook(d.Acme, t, d, shelf, "y"), newBook(d.Acme, t, d, home, "z")
	for _, b := range []*Book{first, inCascade, last} {
		parent, child := relay.InputID{Field: "readerId", ID: reader.GlobalID()}, relay.InputID{Field: "bookId", ID: b.GlobalID()}
		must[*Reader](t)(readerWishes.AddLink(d.Acme, d.DB, parent, child))
	}
	ctx, cancel := context.WithCancel(d.Acme)
	defer cancel()
	readerEvents := must[<-chan *string](t)(relay.Follow(ctx, d.DB, readerChanges, describe[Reader]))
	must[*Book](t)(books.Delete(d.Acme, d.DB, first.GlobalID()))
	requireEvents(t, readerEvents, fmt.Sprintf("UPDATED %s true", reader.GlobalID()))
	must[*Shelf](t)(shelves.Delete(d.Acme, d.DB, shelf.GlobalID()))
	requireEvents(t, readerEvents, fmt.Sprintf("UPDATED %s true", reader.GlobalID()))
	bookEvents, _ := follower(ctx, t, d, home)
	must[*Reader](t)(readers.Delete(d.Acme, d.DB, reader.GlobalID()))
	requireEvents(t, readerEvents, fmt.Sprintf("DELETED %s false", reader.GlobalID()))
	requireEvents(t, bookEvents, fmt.Sprintf("UPDATED %s true", last.GlobalID()))
}
