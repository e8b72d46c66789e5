package relay_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"rowhouse/model/relay"
	"rowhouse/tenancy"
	"rowhouse/tenancy/tenancytest"
)

// slowBus is a Bus that calls a function before each subscription.
type slowBus struct {
	tenancy.Bus
	before func()
	ended  <-chan struct{} // of the last subscription
}

func (b *slowBus) Subscribe(ctx context.Context, tenant tenancy.ID, topics ...string) <-chan tenancy.Event {
	b.before()
	b.ended = ctx.Done()
	return b.Bus.Subscribe(ctx, tenant, topics...)
}

// TestParentDeletedBeforeTheSubscriptionIsNotFound deletes a shelf after it was found, and before the
// Bus delivers its events: the subscriber would never get the end of the subscription.
func TestParentDeletedBeforeTheSubscriptionIsNotFound(t *testing.T) {
	d := library.New(t)
	shelf := newShelf(d.Acme, t, d, "A")
	bus := &slowBus{Bus: tenancy.NewBus(), before: func() {
		must[*Shelf](t)(shelves.Delete(d.Acme, d.DB, shelf.GlobalID()))
	}}
	options := tenancy.Options{Bus: bus, Shared: types.Shared()}
	db := must[*tenancy.DB](t)(tenancy.Open(t.Context(), d.DSN, types.Models(), options))
	t.Cleanup(func() { _ = db.Close() })
	_, err := relay.FollowBy(d.Acme, db, bookChanges, "shelfId", shelf.GlobalID(), nil, describe[Book])
	requireNotFound(t, err, "Shelf")
	select {
	case <-bus.ended:
	default:
		t.Error("the subscription to the Bus has not ended")
	}
}

// TestSubscriptionEndsWithEachAncestor deletes the shelf of a book with a note, whose replies a
// subscription follows. To find the rows with which the note is deleted, it reads the note and the
// book, and the note again after it began.
func TestSubscriptionEndsWithEachAncestor(t *testing.T) {
	d := library.New(t)
	shelf := newShelf(d.Acme, t, d, "A")
	note := must[*Note](t)(notes.Create(d.Acme, d.DB, &Note{BookID: newBook(d.Acme, t, d, shelf, "x").ID, Body: "x"}))
	ended := make(chan string, 1)
	complete := func() { ended <- "complete" }
	d.Reset()
	events := must[<-chan *string](t)(relay.FollowBy(d.Acme, d.DB, replyChanges, "noteId", note.GlobalID(), complete, describe[Reply]))
	countStatements(t, d, 3)
	must[*Shelf](t)(shelves.Delete(d.Acme, d.DB, shelf.GlobalID()))
	requireEvents(t, events, "")
	if len(ended) != 1 {
		t.Error("complete was not called")
	}
	requireNoSubscription(t, d)
}

// requireNoSubscription waits until no subscription of Acme to the Bus is left, for 20 seconds.
func requireNoSubscription(t *testing.T, d *tenancytest.Database) {
	t.Helper()
	end := time.Now().Add(20 * time.Second)
	for must[int](t)(d.Subscriptions(d.Acme)) > 0 {
		if time.Now().After(end) {
			t.Fatal("a subscription to the Bus goes on")
		}
		time.Sleep(time.Millisecond)
	}
}

// TestHundredChangesAreListed publishes as many changes as one event can list.
func TestHundredChangesAreListed(t *testing.T) {
	d := library.New(t)
	all := make([]*Shelf, 100)
	for i := range all {
		code := fmt.Sprint(i)
		all[i] = &Shelf{Row: relay.Row[Shelf]{ID: relay.NewID()}, Code: code, Wood: "OAK", Height: "LOW"}
	}
	if err := d.For(d.Acme).Create(&all).Error; err != nil {
		t.Fatal(err)
	}
	events := must[<-chan *string](t)(relay.Follow(d.Acme, d.DB, shelfChanges, describe[Shelf]))
	if err := shelfChanges.PublishWhere(d.Acme, d.DB, "code <> ?", ""); err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		requireEvents(t, events, fmt.Sprintf("UPDATED %s true", s.GlobalID()))
	}
}

// TestEventWithMoreThanHundredIDsEndsASubscription publishes an event of another program.
func TestEventWithMoreThanHundredIDsEndsASubscription(t *testing.T) {
	d := library.New(t)
	events := must[<-chan *string](t)(relay.Follow(d.Acme, d.DB, shelfChanges, describe[Shelf]))
	d.Publish(d.Acme, tenancy.Event{Topic: "shelves", Kind: "DELETED", Key: string(make([]byte, 16*101))})
	requireEvents(t, events, "")
}
