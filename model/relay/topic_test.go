package relay_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"rowhouse/model/relay"
	"rowhouse/tenancy"
	"rowhouse/tenancy/tenancytest"
)

// describe returns a change and the row's id as a string.
func describe[T any](c relay.RowChange[T]) *string {
	return new(fmt.Sprintf("%s %s %t", c.Change, c.ID, c.Row != nil))
}

// requireEvents fails unless a subscription has these events next; "" stands for its end.
func requireEvents(t *testing.T, events <-chan *string, want ...string) {
	t.Helper()
	for _, w := range want {
		select {
		case e := <-events:
			got := ""
			if e != nil {
				got = *e
			}
			if got != w {
				t.Errorf("got the event %q, want %q", got, w)
			}
		case <-time.After(time.Minute):
			t.Fatalf("no event, want %q", w)
		}
	}
}

// follower returns the events of a shelf's books, and whether they are complete.
func follower(ctx context.Context, t *testing.T, d *tenancytest.Database, shelf *Shelf) (<-chan *string, *atomic.Bool) {
	t.Helper()
	var complete atomic.Bool
	end := func() { complete.Store(true) }
	events, err := relay.FollowBy(ctx, d.DB, bookChanges, "shelfId", shelf.GlobalID(), end, describe[Book])
	if err != nil {
		t.Fatal(err)
	}
	return events, &complete
}

func TestSubscribersGetTheChangesOfAType(t *testing.T) {
	d := library.New(t)
	ctx, cancel := context.WithCancel(d.Acme)
	defer cancel()
	events := must[<-chan *string](t)(relay.Follow(ctx, d.DB, shelfChanges, describe[Shelf]))
	newShelf(d.Globex, t, d, "A")
	shelf := newShelf(d.Acme, t, d, "A")
	requireEvents(t, events, fmt.Sprintf("CREATED %s true", shelf.GlobalID()))
	must[*Shelf](t)(shelves.Update(d.Acme, d.DB, shelf.ID, func(s *Shelf) error {
		s.Width = 7
		return nil
	}))
	requireEvents(t, events, fmt.Sprintf("UPDATED %s true", shelf.GlobalID()))
	must[*Shelf](t)(shelves.Delete(d.Acme, d.DB, shelf.GlobalID()))
	requireEvents(t, events, fmt.Sprintf("DELETED %s false", shelf.GlobalID()))
	cancel()
	requireEvents(t, events, "")
}

func TestSubscriptionsEndWithTheirParent(t *testing.T) {
	d := library.New(t)
	shelf, other := newShelf(d.Acme, t, d, "A"), newShelf(d.Acme, t, d, "B")
	book := newBook(d.Acme, t, d, shelf, "x")
	events, complete := follower(d.Acme, t, d, shelf)
	var notesComplete atomic.Bool
	end := func() { notesComplete.Store(true) }
	noteEvents := must[<-chan *string](t)(relay.FollowBy(d.Acme, d.DB, newNotes, "bookId", book.GlobalID(), end, describe[Note]))
	newBook(d.Acme, t, d, other, "of another shelf")
	note := must[*Note](t)(notes.Create(d.Acme, d.DB, &Note{BookID: book.ID, Body: "x"}))
	requireEvents(t, noteEvents, fmt.Sprintf("CREATED %s true", note.GlobalID()))
	must[*Note](t)(notes.Delete(d.Acme, d.DB, note.GlobalID())) // not one of the topic's changes
	must[*Shelf](t)(shelves.Delete(d.Acme, d.DB, shelf.GlobalID()))
	requireEvents(t, events, "")
	requireEvents(t, noteEvents, "")
	if !complete.Load() || !notesComplete.Load() {
		t.Error("complete was not called")
	}
	_, err := relay.FollowBy(d.Acme, d.DB, bookChanges, "shelfId", shelf.GlobalID(), nil, describe[Book])
	requireNotFound(t, err, "Shelf")
	_, err = relay.FollowBy(d.Globex, d.DB, bookChanges, "shelfId", other.GlobalID(), nil, describe[Book])
	requireNotFound(t, err, "Shelf")
	_, err = relay.FollowBy(d.Acme, d.DB, bookChanges, "shelfId", "x", nil, describe[Book])
	if fmt.Sprint(err) != "shelfId is not an id of this API" {
		t.Error(err)
	}
}

// TestCascadesPublishOneEventPerParent publishes changes of few rows, which an event lists, and of
// many, which end the subscription without completing it.
func TestCascadesPublishOneEventPerParent(t *testing.T) {
	d := library.New(t)
	shelf, other := newShelf(d.Acme, t, d, "A"), newShelf(d.Acme, t, d, "B")
	first, second := newBook(d.Acme, t, d, shelf, "x"), newBook(d.Acme, t, d, shelf, "y")
	newBook(d.Acme, t, d, other, "z")
	events, complete := follower(d.Acme, t, d, shelf)
	publish := func() {
		t.Helper()
		err := d.Tx(d.Acme, func(ctx context.Context) error { return bookChanges.PublishWhere(ctx, d.DB, "title <> ?", "") })
		if err != nil {
			t.Fatal(err)
		}
	}
	publish()
	requireEvents(t, events, fmt.Sprintf("UPDATED %s true", first.GlobalID()), fmt.Sprintf("UPDATED %s true", second.GlobalID()))
	var many []*Book
	for range 101 {
		many = append(many, &Book{Row: relay.Row[Book]{ID: relay.NewID()}, ShelfID: shelf.ID, Title: "many"})
	}
	if err := d.For(d.Acme).Create(&many).Error; err != nil {
		t.Fatal(err)
	}
	publish()
	requireEvents(t, events, "")
	if complete.Load() {
		t.Error("complete was called")
	}
}

// TestCascadesPublishChangesOfAType publishes changes of few rows, and of many, without a parent.
func TestCascadesPublishChangesOfAType(t *testing.T) {
	d := library.New(t)
	shelf := newShelf(d.Acme, t, d, "A")
	events := must[<-chan *string](t)(relay.Follow(d.Acme, d.DB, shelfChanges, describe[Shelf]))
	if err := shelfChanges.PublishWhere(d.Acme, d.DB, "code = ?", "A"); err != nil {
		t.Fatal(err)
	}
	requireEvents(t, events, fmt.Sprintf("UPDATED %s true", shelf.GlobalID()))
	var many []*Shelf
	for i := range 101 {
		code := fmt.Sprint("B", i)
		many = append(
			many,
			&Shelf{Row: relay.Row[Shelf]{ID: relay.NewID()}, Code: code, Wood: "OAK", Height: "LOW"},
		)
	}
	if err := d.For(d.Acme).Create(&many).Error; err != nil {
		t.Fatal(err)
	}
	if err := shelfChanges.PublishWhere(d.Acme, d.DB, "code <> ?", ""); err != nil {
		t.Fatal(err)
	}
	requireEvents(t, events, "")
}

func TestInvalidEventsEndASubscription(t *testing.T) {
	for name, event := range map[string]tenancy.Event{
		"kind": {Kind: "OTHER", Key: string(make([]byte, 16))},
		"key":  {Kind: "UPDATED", Key: "x"},
	} {
		t.Run(name, func(t *testing.T) {
			d := library.New(t)
			events := must[<-chan *string](t)(relay.Follow(d.Acme, d.DB, shelfChanges, describe[Shelf]))
			event.Topic = "shelves"
			d.Publish(d.Acme, event)
			requireEvents(t, events, "")
		})
	}
}
