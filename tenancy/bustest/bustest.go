// Package bustest is the conformance test of implementations of tenancy.Bus. A Bus that passes
// delivers each event to the subscribers of its tenant and topic and to no others, does not wait
// for slow consumers, and closes channels.
//
// Call [Test] from a test of the implementation.
package bustest

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"rowhouse/tenancy"
)

// timeout is the time to wait for an event or a call. A network may delay both.
var timeout = time.Minute

// check is a part of the conformance test. one and two are the buses of two servers.
type check struct {
	name string
	run  func(t testing.TB, one, two tenancy.Bus)
}

// checks are all parts of the conformance test.
var checks = []check{
	{name: "events reach the subscribers of their tenant and topic on each server", run: testDelivery},
	{name: "events may contain any bytes", run: testBytes},
	{name: "a subscriber may have several topics", run: testTopics},
	{name: "the end of its context closes a channel", run: testContextEnd},
	{name: "a slow consumer is closed and delays no other", run: testSlowConsumer},
	{name: "concurrent use is safe", run: testConcurrency},
}

// Test runs the tests of a Bus as subtests of t. newBuses returns the buses of two servers
// that carry events to each other; for a Bus of one server it returns the same one twice.
func Test(t *testing.T, newBuses func(t *testing.T) (one, two tenancy.Bus)) {
	for _, c := range checks {
		t.Run(c.name, func(t *testing.T) {
			one, two := newBuses(t)
			c.run(t, timedBus{one, t}, timedBus{two, t})
		})
	}
}

// timedBus is a Bus that fails the test if a call does not return in time.
type timedBus struct {
	tenancy.Bus
	t testing.TB
}

// Publish calls Publish of the Bus.
func (b timedBus) Publish(e tenancy.Event) {
	b.runTimed("Publish", func() { b.Bus.Publish(e) })
}

// Subscribe calls Subscribe of the Bus. It returns a closed channel if the call does not return.
func (b timedBus) Subscribe(ctx context.Context, tenant tenancy.ID, topics ...string) <-chan tenancy.Event {
	returned := make(chan (<-chan tenancy.Event), 1)
	if b.runTimed("Subscribe", func() { returned <- b.Bus.Subscribe(ctx, tenant, topics...) }) {
		return <-returned
	}
	closed := make(chan tenancy.Event)
	close(closed)
	return closed
}

// runTimed reports whether a call has returned in time. It does not call after the test has failed.
func (b timedBus) runTimed(method string, call func()) bool {
	if b.t.Failed() {
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
	case <-time.After(timeout):
		b.t.Errorf("%s has not returned within %s: it must not wait for subscribers or a network", method, timeout)
		return false
	}
}

// receive returns the next event. It fails the test if there is none in time.
func receive(t testing.TB, events <-chan tenancy.Event) tenancy.Event {
	t.Helper()
	select {
	case e, open := <-events:
		if !open {
			t.Fatal("the channel is closed")
		}
		return e
	case <-time.After(timeout):
		t.Fatalf("no event within %s", timeout)
	}
	return tenancy.Event{}
}

// drain receives until the channel is closed, and returns the number of events.
func drain(t testing.TB, events <-chan tenancy.Event) (n int) {
	t.Helper()
	late := time.After(timeout)
	for {
		select {
		case _, open := <-events:
			if !open {
				return n
			}
			n++
		case <-late:
			t.Fatalf("the channel is not closed within %s", timeout)
		}
	}
}

// testDelivery publishes the same events for several tenants and topics. Events are delivered in
// order, so a subscriber receives each wrong event before the last one.
func testDelivery(t testing.TB, one, two tenancy.Bus) {
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
					name:   fmt.Sprintf("tenant %d, topic %q, server %d", tenant, topic, server+1),
					tenant: tenant,
					topic:  topic,
					events: bus.Subscribe(t.Context(), tenant, topic),
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

// testBytes publishes events with all bytes, also invalid UTF-8.
func testBytes(t testing.TB, one, two tenancy.Bus) {
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

// testTopics subscribes to two topics at once.
func testTopics(t testing.TB, one, two tenancy.Bus) {
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

// testContextEnd ends the context of a subscriber. The other subscriber still receives events.
func testContextEnd(t testing.TB, one, two tenancy.Bus) {
	ctx, cancel := context.WithCancel(t.Context())
	ends, stays := two.Subscribe(ctx, 1, "a"), two.Subscribe(t.Context(), 1, "a")
	cancel()
	drain(t, ends)
	drain(t, two.Subscribe(ctx, 1, "a")) // a context that has ended
	one.Publish(tenancy.Event{Tenant: 1, Topic: "a", Key: "after"})
	if e := receive(t, stays); e.Key != "after" {
		t.Errorf("received %+v", e)
	}
}

// testSlowConsumer publishes many events for a subscriber that does not receive.
func testSlowConsumer(t testing.TB, one, two tenancy.Bus) {
	const published = 20_000
	slow := two.Subscribe(t.Context(), 1, "a")
	for range published {
		one.Publish(tenancy.Event{Tenant: 1, Topic: "a", Kind: "UPDATED", Key: "0123456789abcdef"})
	}
	if n := drain(t, slow); n >= published {
		t.Errorf("the bus buffered %d events for a slow consumer", n)
	}
	next := two.Subscribe(t.Context(), 2, "a") // it receives after the events of the slow consumer
	one.Publish(tenancy.Event{Tenant: 2, Topic: "a", Key: "next"})
	if e := receive(t, next); e.Key != "next" {
		t.Errorf("received %+v", e)
	}
}

// testConcurrency subscribes, publishes and ends contexts in several goroutines.
func testConcurrency(t testing.TB, one, two tenancy.Bus) {
	var all sync.WaitGroup
	for worker := range 8 {
		tenant := tenancy.ID(worker%2 + 1)
		all.Go(func() {
			for i := 0; i < 50 && !t.Failed(); i++ {
				ctx, cancel := context.WithCancel(t.Context())
				events, late := two.Subscribe(ctx, tenant, "a"), time.After(timeout)
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
						t.Errorf("tenant %d received no event within %s, or its channel is not closed", tenant, timeout)
						open = false
					}
				}
				cancel()
			}
		})
	}
	all.Wait()
}
