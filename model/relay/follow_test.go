package relay_test

import (
	"context"
	"testing"

	"rowhouse/model/relay"
	"rowhouse/tenancy"
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
		must[*Shelf](t)(shelves.Delete(d.Acme, d.DB, shelf.GlobalID(), nil))
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
