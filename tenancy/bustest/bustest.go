// Package bustest tests implementations of tenancy.Bus: no event reaches another tenant, a slow
// consumer delays no other, and channels are closed. Call Test from a test of the
// implementation.
package bustest

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"rowhouse/tenancy"
)

// patience is how long Test waits for an event, which a network may delay, and for a call.
var patience = time.Minute

// Test runs the tests of a Bus as subtests of t. newBuses returns the buses of two servers
// that carry events to each other; for a Bus of one server it returns the same one twice.
func Test(t *testing.T, newBuses func(t *testing.T) (one, two tenancy.Bus)) {
	for _, test := range []struct {
		name string
		run  func(t *testing.T, one, two tenancy.Bus)
	}{
		{"events reach the subscribers of their tenant and topic on each server", testDelivery},
		{"any bytes", testBytes},
		{"several topics", testTopics},
		{"a context that ends closes the channel", testEnd},
		{"a slow consumer is closed and delays no other", testSlowConsumer},
		{"concurrent use", testConcurrency},
	} {
		t.Run(test.name, func(t *testing.T) {
			one, two := newBuses(t)
			test.run(t, watched{one, t}, watched{two, t})
		})
	}
}

// watched is a Bus that fails the test when a call does not return.
type watched struct {
	tenancy.Bus
	t *testing.T
}

func (w watched) Publish(e tenancy.Event) {
	w.await("Publish", func() { w.Bus.Publish(e) })
}

func (w watched) Subscribe(ctx context.Context, tenant tenancy.ID, topics ...string) <-chan tenancy.Event {
	returned := make(chan (<-chan tenancy.Event), 1)
	if w.await("Subscribe", func() { returned <- w.Bus.Subscribe(ctx, tenant, topics...) }) {
		return <-returned
	}
	closed := make(chan tenancy.Event)
	close(closed)
	return closed
}

// await reports whether a call has returned in time. A test that has failed calls nothing more.
func (w watched) await(method string, call func()) bool {
	if w.t.Failed() {
		return false
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		call()
	}()
	select {
	case <-done:
		return true
	case <-time.After(patience):
		w.t.Errorf("%s has not returned within %s: it must not wait for subscribers, nor for a network", method, patience)
		return false
	}
}

// receive returns the next event, and fails the test if there is none.
func receive(t *testing.T, events <-chan tenancy.Event) tenancy.Event {
	t.Helper()
	select {
	case e, open := <-events:
		if !open {
			t.Fatal("the channel is closed")
		}
		return e
	case <-time.After(patience):
		t.Fatalf("no event within %s", patience)
	}
	return tenancy.Event{}
}

// drain receives until the channel is closed, and returns the number of events.
func drain(t *testing.T, events <-chan tenancy.Event) (n int) {
	t.Helper()
	late := time.After(patience)
	for {
		select {
		case _, open := <-events:
			if !open {
				return n
			}
			n++
		case <-late:
			t.Fatalf("the channel is not closed within %s", patience)
		}
	}
}

// testDelivery publishes the same events for several tenants and topics. Events come in order,
// so an event that a subscriber should not receive would come before the last one.
func testDelivery(t *testing.T, one, two tenancy.Bus) {
	type subscriber struct {
		name   string
		tenant tenancy.ID
		topic  string
		events <-chan tenancy.Event
	}
	var subscribers []subscriber
	for server, bus := range []tenancy.Bus{one, two} {
		for tenant := tenancy.ID(1); tenant <= 2; tenant++ {
			for _, topic := range []string{"projects", "items of 1", ""} {
				subscribers = append(subscribers, subscriber{
					fmt.Sprintf("tenant %d, topic %q, server %d", tenant, topic, server+1), tenant, topic, bus.Subscribe(t.Context(), tenant, topic),
				})
			}
		}
	}
	const rounds = 10
	for i := range rounds {
		for _, topic := range []string{"projects", "items of 1", "", "PROJECTS", "no subscriber"} {
			for tenant := tenancy.ID(1); tenant <= 3; tenant++ {
				one.Publish(tenancy.Event{Tenant: tenant, Topic: topic, Kind: "CREATED", Key: fmt.Sprint(i)})
			}
		}
	}
	for _, s := range subscribers {
		for i := range rounds {
			want := tenancy.Event{Tenant: s.tenant, Topic: s.topic, Kind: "CREATED", Key: fmt.Sprint(i)}
			if e := receive(t, s.events); e != want {
				t.Fatalf("%s received %+v, not %+v", s.name, e, want)
			}
		}
	}
}

func testBytes(t *testing.T, one, two tenancy.Bus) {
	events := two.Subscribe(t.Context(), 4294967295, "\x00\xff\n topic")
	var all [256]byte
	for i := range all {
		all[i] = byte(i)
	}
	for _, key := range []string{"", string(all[:]), "\xc3(", "日本", `"}{`, "line\r\n\r\ndata: x"} {
		sent := tenancy.Event{Tenant: 4294967295, Topic: "\x00\xff\n topic", Kind: "\xff\x00", Key: key}
		one.Publish(sent)
		if e := receive(t, events); e != sent {
			t.Errorf("%q became %q", sent.Key, e.Key)
		}
	}
}

func testTopics(t *testing.T, one, two tenancy.Bus) {
	events := two.Subscribe(t.Context(), 1, "a", "b")
	for _, topic := range []string{"a", "b", "c", "b", "a"} {
		one.Publish(tenancy.Event{Tenant: 1, Topic: topic})
	}
	for _, topic := range []string{"a", "b", "b", "a"} {
		if e := receive(t, events); e.Topic != topic {
			t.Fatalf("received %q, not %q", e.Topic, topic)
		}
	}
}

func testEnd(t *testing.T, one, two tenancy.Bus) {
	ctx, cancel := context.WithCancel(t.Context())
	ends, stays := two.Subscribe(ctx, 1, "a"), two.Subscribe(t.Context(), 1, "a")
	cancel()
	drain(t, ends)
	drain(t, two.Subscribe(ctx, 1, "a")) // its context has already ended
	one.Publish(tenancy.Event{Tenant: 1, Topic: "a", Key: "after"})
	if e := receive(t, stays); e.Key != "after" {
		t.Errorf("received %+v", e)
	}
}

func testSlowConsumer(t *testing.T, one, two tenancy.Bus) {
	const many = 20_000
	slow := two.Subscribe(t.Context(), 1, "a")
	for range many {
		one.Publish(tenancy.Event{Tenant: 1, Topic: "a", Kind: "UPDATED", Key: "0123456789abcdef"})
	}
	if n := drain(t, slow); n >= many {
		t.Errorf("the bus buffered %d events for a slow consumer", n)
	}
	next := two.Subscribe(t.Context(), 2, "a") // after the slow one's events
	one.Publish(tenancy.Event{Tenant: 2, Topic: "a", Key: "on time"})
	if e := receive(t, next); e.Key != "on time" {
		t.Errorf("received %+v", e)
	}
}

func testConcurrency(t *testing.T, one, two tenancy.Bus) {
	var all sync.WaitGroup
	for worker := range 8 {
		tenant := tenancy.ID(worker%2 + 1)
		all.Go(func() {
			for i := 0; i < 50 && !t.Failed(); i++ {
				ctx, cancel := context.WithCancel(t.Context())
				events, late := two.Subscribe(ctx, tenant, "a"), time.After(patience)
				one.Publish(tenancy.Event{Tenant: tenant, Topic: "a"})
				for open := true; open; {
					var e tenancy.Event
					select {
					case e, open = <-events:
						if open && e.Tenant != tenant {
							t.Errorf("tenant %d received an event of %d", tenant, e.Tenant)
						}
						cancel()
					case <-late:
						t.Errorf("tenant %d received no event within %s, or its channel is not closed", tenant, patience)
						open = false
					}
				}
				cancel()
			}
		})
	}
	all.Wait()
}
