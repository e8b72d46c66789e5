package tenancy_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"rowhouse/tenancy"
)

// heard returns what a subscriber gets within a moment.
func heard(events <-chan tenancy.Event) (keys []string) {
	for {
		select {
		case e, open := <-events:
			if !open {
				return append(keys, "closed")
			}
			keys = append(keys, e.Key)
		case <-time.After(50 * time.Millisecond):
			return keys
		}
	}
}

func TestEventsFollowTheCommit(t *testing.T) {
	d := newNotes(t)
	listen := func(ctx context.Context, topic string) <-chan tenancy.Event {
		events, err := d.Subscribe(ctx, topic)
		if err != nil {
			t.Fatal(err)
		}
		return events
	}
	ours, other, theirs := listen(d.Acme, "notes"), listen(d.Acme, "folders"), listen(d.Globex, "notes")
	says := func(key string) tenancy.Event {
		return tenancy.Event{Tenant: 2, Topic: "notes", Kind: "CREATED", Key: key} // a tenant that Publish overrides
	}

	d.Publish(d.Acme, says("at once"))
	failed := errors.New("failed")
	_ = d.Tx(d.Acme, func(ctx context.Context) error {
		d.Publish(ctx, says("rolled back"))
		return failed
	})
	_ = d.Tx(d.Acme, func(ctx context.Context) error {
		d.Publish(ctx, says("rolled back by what was in it"))
		_ = d.Tx(ctx, func(context.Context) error { return failed })
		return nil
	})
	err := d.Tx(d.Acme, func(ctx context.Context) error {
		d.Publish(ctx, says("first"))
		if early := heard(ours); len(early) != 1 {
			t.Errorf("before the commit: %v", early)
		}
		return d.Tx(ctx, func(ctx context.Context) error {
			d.Publish(ctx, says("second"), says("third"))
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	d.Publish(t.Context(), says("nobody's"))
	if got := heard(ours); len(got) != 3 || got[0] != "first" || got[1] != "second" || got[2] != "third" {
		t.Errorf("heard %v", got)
	}
	if got := append(heard(other), heard(theirs)...); len(got) > 0 {
		t.Errorf("others heard %v", got)
	}
	if _, err := d.Subscribe(t.Context(), "notes"); !errors.Is(err, tenancy.ErrNone) {
		t.Error(err)
	}
}

// A subscriber that takes nothing costs a bounded number of events, and is told.
func TestASlowSubscriberIsDropped(t *testing.T) {
	bus := tenancy.NewBus()
	ctx, cancel := context.WithCancel(t.Context())
	slow, quick := bus.Subscribe(ctx, 1, "notes"), bus.Subscribe(ctx, 1, "notes")
	for range 1000 {
		bus.Publish(tenancy.Event{Tenant: 1, Topic: "notes", Key: "x"})
		<-quick
	}
	if got := heard(slow); len(got) != 65 || got[64] != "closed" {
		t.Errorf("%d events, the last %s", len(got), got[len(got)-1])
	}
	cancel()
	if e, open := <-quick; open {
		t.Errorf("after its end: %v", e)
	}
	bus.Publish(tenancy.Event{Tenant: 1, Topic: "notes", Key: "to nobody"})
}
