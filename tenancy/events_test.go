package tenancy_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"

	"rowhouse/tenancy"
)

// receiveEvents returns the events that a subscriber receives within a moment.
func receiveEvents(events <-chan tenancy.Event) (keys []string) {
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

func TestEventsAreSentAfterCommit(t *testing.T) {
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

	d.Publish(d.Acme, says("outside a transaction"))
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
		if early := receiveEvents(ours); len(early) != 1 {
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
	d.Publish(t.Context(), says("without a tenant"))
	if got := receiveEvents(ours); len(got) != 3 || got[0] != "first" || got[1] != "second" || got[2] != "third" {
		t.Errorf("heard %v", got)
	}
	if got := append(receiveEvents(other), receiveEvents(theirs)...); len(got) > 0 {
		t.Errorf("others heard %v", got)
	}
	if _, err := d.Subscribe(t.Context(), "notes"); !errors.Is(err, tenancy.ErrNone) {
		t.Error(err)
	}
}

// TestRetriedTransactionPublishesOnce has two write conflicts before it commits, and then conflicts
// until it fails.
func TestRetriedTransactionPublishesOnce(t *testing.T) {
	d := newNotes(t)
	events, err := d.Subscribe(d.Acme, "notes")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		races int
		heard []string
	}{{races: 2, heard: []string{"try 3"}}, {races: 100, heard: nil}} {
		try := 0
		_ = d.Tx(d.Acme, func(ctx context.Context) error {
			try++
			d.Publish(ctx, tenancy.Event{Topic: "notes", Key: fmt.Sprint("try ", try)})
			if try <= test.races {
				return &mysql.MySQLError{Number: 1213} // ER_LOCK_DEADLOCK
			}
			return nil
		})
		if got := receiveEvents(events); !slices.Equal(got, test.heard) {
			t.Errorf("heard %v after %d lost races", got, test.races)
		}
	}
}

// TestSubscriberReceivesSeveralTopics receives each event once, in order, and is one subscription.
func TestSubscriberReceivesSeveralTopics(t *testing.T) {
	d := newNotes(t)
	ctx, cancel := context.WithCancel(d.Acme)
	defer cancel()
	events, err := d.Subscribe(ctx, "notes", "folders", "notes")
	if err != nil {
		t.Fatal(err)
	}
	for i, topic := range []string{"notes", "folders", "others", "notes", "folders"} {
		d.Publish(d.Acme, tenancy.Event{Topic: topic, Key: fmt.Sprint(i)})
		d.Publish(d.Globex, tenancy.Event{Topic: topic, Key: fmt.Sprint("of globex ", i)})
	}
	if got := receiveEvents(events); !slices.Equal(got, []string{"0", "1", "3", "4"}) {
		t.Errorf("heard %v", got)
	}
	if n, err := d.Subscriptions(d.Acme); n != 1 || err != nil {
		t.Errorf("%d subscriptions, %v", n, err)
	}
	if n, err := d.Subscriptions(d.Globex); n != 0 || err != nil {
		t.Errorf("globex has %d subscriptions, %v", n, err)
	}
	for range 65 { // of both topics, one more than may wait
		d.Publish(d.Acme, tenancy.Event{Topic: "notes", Key: "x"})
	}
	if got := receiveEvents(events); len(got) != 65 || got[64] != "closed" {
		t.Errorf("%d events", len(got))
	}
	d.Publish(d.Acme, tenancy.Event{Topic: "folders", Key: "without subscribers"})
	cancel()
	for n := 1; n != 0; time.Sleep(time.Millisecond) { // it is counted until the context has ended
		if n, err = d.Subscriptions(d.Acme); err != nil || t.Context().Err() != nil {
			t.Fatal(err)
		}
	}
}

// The channel of a slow consumer has a bounded number of events, and is closed after them.
func TestSlowConsumerIsRemoved(t *testing.T) {
	bus := tenancy.NewBus()
	ctx, cancel := context.WithCancel(t.Context())
	slow, quick := bus.Subscribe(ctx, 1, "notes"), bus.Subscribe(ctx, 1, "notes")
	for range 1000 {
		bus.Publish(tenancy.Event{Tenant: 1, Topic: "notes", Key: "x"})
		<-quick
	}
	if got := receiveEvents(slow); len(got) != 65 || got[64] != "closed" {
		t.Errorf("%d events, the last %s", len(got), got[len(got)-1])
	}
	cancel()
	if e, open := <-quick; open {
		t.Errorf("after its end: %v", e)
	}
	bus.Publish(tenancy.Event{Tenant: 1, Topic: "notes", Key: "without subscribers"})
}

// tenantless is a Bus that delivers each event to both tenants, as it was published.
type tenantless struct{ tenancy.Bus }

// Subscribe returns the events of tenant 1.
func (b tenantless) Subscribe(ctx context.Context, _ tenancy.ID, topics ...string) <-chan tenancy.Event {
	return b.Bus.Subscribe(ctx, 1, topics...)
}

// TestEventsOfAnotherTenantEndTheSubscription opens a database with a faulty Bus.
func TestEventsOfAnotherTenantEndTheSubscription(t *testing.T) {
	var log bytes.Buffer
	d := openNotes(t, tenancy.Options{Bus: tenantless{tenancy.NewBus()}, Log: slog.New(slog.NewTextHandler(&log, nil))})
	acme, err := d.Subscribe(d.Acme, "notes")
	if err != nil {
		t.Fatal(err)
	}
	globex, err := d.Subscribe(d.Globex, "notes")
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"first", "second"} {
		d.Publish(d.Acme, tenancy.Event{Topic: "notes", Key: key})
	}
	if got := receiveEvents(acme); len(got) != 2 || got[0] != "first" || got[1] != "second" {
		t.Errorf("acme heard %v", got)
	}
	if got := receiveEvents(globex); len(got) != 1 || got[0] != "closed" || !strings.Contains(log.String(), "another tenant") {
		t.Errorf("globex heard %v; log: %s", got, &log)
	}
}

// TestSubscriptionsAreCountedOnAnyBus counts those of two tenants until their contexts end.
func TestSubscriptionsAreCountedOnAnyBus(t *testing.T) {
	for name, bus := range map[string]tenancy.Bus{"the default": nil, "another": struct{ tenancy.Bus }{tenancy.NewBus()}} {
		t.Run(name, func(t *testing.T) {
			d := openNotes(t, tenancy.Options{Bus: bus})
			count := func(ctx context.Context, want int) {
				t.Helper()
				waitFor(t, fmt.Sprintf("%d subscriptions", want), func() bool {
					n, err := d.Subscriptions(ctx)
					if err != nil {
						t.Fatal(err)
					}
					return n == want
				})
			}
			ctx, cancel := context.WithCancel(d.Acme)
			for range 3 {
				events, err := d.Subscribe(ctx, "notes", "folders")
				if err != nil {
					t.Fatal(err)
				}
				defer func() {
					for range events { // until it is closed
						t.Error("an event that was not published")
					}
				}()
			}
			if _, err := d.Subscribe(d.Globex, "notes"); err != nil {
				t.Fatal(err)
			}
			count(d.Acme, 3)
			count(d.Globex, 1)
			cancel()
			count(d.Acme, 0)
			count(d.Globex, 1)
			if _, err := d.Subscriptions(t.Context()); !errors.Is(err, tenancy.ErrNone) {
				t.Error(err)
			}
		})
	}
}
