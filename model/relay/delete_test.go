package relay_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"rowhouse/model/relay"
)

// TestDeletedRowLosesItsOptionalReferences deletes the favourite of a reader, alone and in a cascade of
// its shelf, and expects a new version and an event of the reader.
func TestDeletedRowLosesItsOptionalReferences(t *testing.T) {
	d := library.New(t)
	home, shelf := newShelf(d.Acme, t, d, "A"), newShelf(d.Acme, t, d, "B")
	reader, untouched := newReader(d.Acme, t, d, home, "A-1"), newReader(d.Acme, t, d, home, "A-2")
	for name, remove := range map[string]func(*Book) error{
		"the book": func(b *Book) error { return second(books.Delete(d.Acme, d.DB, b.GlobalID())) },
		"its shelf": func(b *Book) error {
			return second(shelves.Delete(d.Acme, d.DB, shelves.GlobalID(b.ShelfID)))
		},
	} {
		favourite := newBook(d.Acme, t, d, shelf, "x")
		other := newBook(d.Acme, t, d, home, "y")
		for r, b := range map[*Reader]*Book{reader: favourite, untouched: other} {
			must[*Reader](t)(readers.UpdateFrom(d.Acme, d.DB, &UpdateReaderInput{ID: r.GlobalID(), FavouriteID: given(b.GlobalID())}))
		}
		before, unchanged := findReader(t, d, reader.ID), findReader(t, d, untouched.ID)
		ctx, cancel := context.WithCancel(d.Acme)
		events := must[<-chan *string](t)(relay.Follow(ctx, d.DB, readerChanges, describe[Reader]))
		if err := remove(favourite); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		requireEvents(t, events, fmt.Sprintf("UPDATED %s true", reader.GlobalID()))
		cancel()
		if r := findReader(t, d, reader.ID); r.FavouriteID != nil || r.Version != before.Version+1 || r.Name != "Ada" {
			t.Errorf("%s: the reader is %+v", name, r)
		}
		if r := findReader(t, d, untouched.ID); *r.FavouriteID != other.ID || r.Version != unchanged.Version {
			t.Errorf("%s: the other reader is %+v", name, r)
		}
		shelf = newShelf(d.Acme, t, d, fmt.Sprint("C", len(name)))
	}
}

// TestRowsOfACascadeHaveAnEvent deletes a shelf with a book and its notes, and follows all notes.
func TestRowsOfACascadeHaveAnEvent(t *testing.T) {
	d := library.New(t)
	shelf, other := newShelf(d.Acme, t, d, "A"), newShelf(d.Acme, t, d, "B")
	note := must[*Note](t)(notes.Create(d.Acme, d.DB, &Note{BookID: newBook(d.Acme, t, d, shelf, "x").ID, Body: "x"}))
	last := must[*Note](t)(notes.Create(d.Acme, d.DB, &Note{BookID: newBook(d.Acme, t, d, other, "y").ID, Body: "y"}))
	ctx, cancel := context.WithCancel(d.Acme)
	defer cancel()
	events := must[<-chan *string](t)(relay.Follow(ctx, d.DB, noteChanges, describe[Note]))
	must[*Shelf](t)(shelves.Delete(d.Acme, d.DB, shelf.GlobalID()))
	requireEvents(t, events, fmt.Sprintf("DELETED %s false", note.GlobalID()))
	must[*Note](t)(notes.Delete(d.Acme, d.DB, last.GlobalID()))
	requireEvents(t, events, fmt.Sprintf("DELETED %s false", last.GlobalID()))
}

// TestReferencesOfAnotherTenantStay deletes a book whose id is the id of a book of another tenant, too.
func TestReferencesOfAnotherTenantStay(t *testing.T) {
	d := library.New(t)
	id := relay.NewID()
	for _, ctx := range []context.Context{d.Acme, d.Globex} {
		shelf := newShelf(ctx, t, d, "A")
		must[*Book](t)(books.Create(ctx, d.DB, &Book{Row: relay.Row[Book]{ID: id}, ShelfID: shelf.ID, Title: "x"}))
		in := newReaderInput(shelf, "A-1")
		in.FavouriteID = given(books.GlobalID(id))
		must[*Reader](t)(readers.CreateFrom(ctx, d.DB, in))
	}
	must[*Book](t)(books.Delete(d.Acme, d.DB, books.GlobalID(id)))
	for tenant, want := range map[int]int{1: 0, 2: 1} {
		if n := d.Count(t, "readers", "favourite_id IS NOT NULL AND tenant_id = ?", tenant); n != want {
			t.Errorf("%d readers of tenant %d have a favourite, want %d", n, tenant, want)
		}
	}
}

// TestRestrictedRowIsNotDeleted deletes rows to which others refer by relations with Restrict.
func TestRestrictedRowIsNotDeleted(t *testing.T) {
	d := library.New(t)
	top, home := newShelf(d.Acme, t, d, "A"), newShelf(d.Acme, t, d, "B")
	under := must[*Shelf](t)(shelves.Create(d.Acme, d.DB, &Shelf{Code: "C", Wood: "OAK", Height: "LOW", ParentID: &top.ID}))
	reader := newReader(d.Acme, t, d, home, "A-1")
	must[*Reader](t)(readers.UpdateFrom(d.Acme, d.DB, &UpdateReaderInput{
		ID: reader.GlobalID(), FavouriteID: given(newBook(d.Acme, t, d, home, "x").GlobalID()),
	}))
	for shelf, want := range map[*Shelf]string{
		top:  "the shelf can't be deleted: Shelf.parent refers to it",
		home: "the shelf can't be deleted: Reader.home refers to it",
	} {
		_, err := shelves.Delete(d.Acme, d.DB, shelf.GlobalID())
		var conflict *relay.ConflictError
		if fmt.Sprint(err) != want || !errors.As(err, &conflict) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	if r := findReader(t, d, reader.ID); r.FavouriteID == nil || r.Version != 2 {
		t.Errorf("a failed deletion changed %+v", r)
	}
	must[*Reader](t)(readers.Delete(d.Acme, d.DB, reader.GlobalID()))
	for _, shelf := range []*Shelf{home, under, top} {
		must[*Shelf](t)(shelves.Delete(d.Acme, d.DB, shelf.GlobalID()))
	}
}

// TestConcurrentReferencesToADeletedRowFailOrAreCleared assigns a book while it is deleted.
func TestConcurrentReferencesToADeletedRowFailOrAreCleared(t *testing.T) {
	d := library.New(t)
	shelf := newShelf(d.Acme, t, d, "A")
	for round := range 5 {
		book := newBook(d.Acme, t, d, shelf, "x")
		var wait sync.WaitGroup
		for i := range 4 {
			wait.Go(func() {
				in := newReaderInput(shelf, fmt.Sprintf("A-%d%d", round, i))
				in.FavouriteID = given(book.GlobalID())
				_, err := readers.CreateFrom(d.Acme, d.DB, in)
				var missing *relay.NotFoundError
				if err != nil && (!errors.As(err, &missing) || missing.Type != "Book") {
					t.Error(err)
				}
			})
		}
		wait.Go(func() {
			if _, err := books.Delete(d.Acme, d.DB, book.GlobalID()); err != nil {
				t.Error(err)
			}
		})
		wait.Wait()
	}
	if n := d.Count(t, "readers", "favourite_id IS NOT NULL"); n != 0 {
		t.Errorf("%d readers have a deleted favourite", n)
	}
}
