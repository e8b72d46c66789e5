package bustest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"rowhouse/tenancy"
	"rowhouse/tenancy/bustest"
)

func TestLocalBusPasses(t *testing.T) {
	bustest.Test(t, func(*testing.T) (one, two tenancy.Bus) { bus := tenancy.NewBus(); return bus, bus })
}

// Buses with one fault each.
type (
	singleTenantBus struct{ tenancy.Bus }
	singleTopicBus  struct{ tenancy.Bus }
	jsonBus         struct{ tenancy.Bus }
	firstTopicBus   struct{ tenancy.Bus }
	lossyBus        struct{ tenancy.Bus }
	silentBus       struct{ tenancy.Bus }
	blockingBus     struct{ tenancy.Bus }
	blockedBus      struct{ tenancy.Bus }
	neverClosingBus struct{ tenancy.Bus }
	alwaysClosedBus struct{ tenancy.Bus }
	bufferingBus    struct{ tenancy.Bus }
)

func (b singleTenantBus) Publish(e tenancy.Event) { e.Tenant = 1; b.Bus.Publish(e) }
func (b singleTenantBus) Subscribe(ctx context.Context, _ tenancy.ID, topics ...string) <-chan tenancy.Event {
	return b.Bus.Subscribe(ctx, 1, topics...)
}

func (b singleTopicBus) Publish(e tenancy.Event) { e.Topic = "projects"; b.Bus.Publish(e) }
func (b singleTopicBus) Subscribe(ctx context.Context, tenant tenancy.ID, _ ...string) <-chan tenancy.Event {
	return b.Bus.Subscribe(ctx, tenant, "projects")
}

func (b jsonBus) Publish(e tenancy.Event) {
	text, err := json.Marshal(e.Key)
	if err == nil && json.Unmarshal(text, &e.Key) == nil {
		b.Bus.Publish(e)
	}
}

func (b firstTopicBus) Subscribe(ctx context.Context, tenant tenancy.ID, topics ...string) <-chan tenancy.Event {
	return b.Bus.Subscribe(ctx, tenant, topics[0])
}

func (b lossyBus) Publish(e tenancy.Event) {
	if e.Key != "5" {
		b.Bus.Publish(e)
	}
}

func (silentBus) Publish(tenancy.Event) {}

func (blockingBus) Publish(tenancy.Event) { select {} }

func (blockedBus) Subscribe(context.Context, tenancy.ID, ...string) <-chan tenancy.Event { select {} }

func (b neverClosingBus) Subscribe(_ context.Context, tenant tenancy.ID, topics ...string) <-chan tenancy.Event {
	return b.Bus.Subscribe(context.Background(), tenant, topics...) //nolint:contextcheck // this is its fault
}

func (alwaysClosedBus) Subscribe(context.Context, tenancy.ID, ...string) <-chan tenancy.Event {
	closed := make(chan tenancy.Event)
	close(closed)
	return closed
}

func (bufferingBus) Publish(tenancy.Event) {}
func (bufferingBus) Subscribe(_ context.Context, tenant tenancy.ID, topics ...string) <-chan tenancy.Event {
	buffered := make(chan tenancy.Event, 20_000)
	for range cap(buffered) {
		buffered <- tenancy.Event{Tenant: tenant, Topic: topics[0]}
	}
	close(buffered)
	return buffered
}

// faultyBus is a bus with a fault, the name of the check that finds it, and a part of its message.
type faultyBus struct {
	name, check, message string
	newBus               func(tenancy.Bus) tenancy.Bus
}

var faultyBuses = []faultyBus{
	{
		name:    "ignores the tenant",
		check:   "events reach the subscribers of their tenant and topic on each server",
		message: "received {Tenant:1",
		newBus:  func(b tenancy.Bus) tenancy.Bus { return singleTenantBus{b} },
	},
	{
		name:    "ignores the topic",
		check:   "events reach the subscribers of their tenant and topic on each server",
		message: "Topic:projects",
		newBus:  func(b tenancy.Bus) tenancy.Bus { return singleTopicBus{b} },
	},
	{
		name:    "ignores the tenant, with concurrent use",
		check:   "concurrent use is safe",
		message: "received an event of",
		newBus:  func(b tenancy.Bus) tenancy.Bus { return singleTenantBus{b} },
	},
	{
		name:    "changes bytes that are not UTF-8",
		check:   "events may contain any bytes",
		message: "became",
		newBus:  func(b tenancy.Bus) tenancy.Bus { return jsonBus{b} },
	},
	{
		name:    "subscribes to the first topic only",
		check:   "a subscriber may have several topics",
		message: `received "a", not "b"`,
		newBus:  func(b tenancy.Bus) tenancy.Bus { return firstTopicBus{b} },
	},
	{
		name:    "loses events",
		check:   "events reach the subscribers of their tenant and topic on each server",
		message: "Key:6",
		newBus:  func(b tenancy.Bus) tenancy.Bus { return lossyBus{b} },
	},
	{
		name:    "publishes nothing",
		check:   "events may contain any bytes",
		message: "no event within 1s",
		newBus:  func(b tenancy.Bus) tenancy.Bus { return silentBus{b} },
	},
	{
		name:    "publishes nothing, with concurrent use",
		check:   "concurrent use is safe",
		message: "received no event within 1s",
		newBus:  func(b tenancy.Bus) tenancy.Bus { return silentBus{b} },
	},
	{
		name:    "blocks in Publish",
		check:   "a slow consumer is closed and delays no other",
		message: "Publish has not returned within 1s",
		newBus:  func(b tenancy.Bus) tenancy.Bus { return blockingBus{b} },
	},
	{
		name:    "blocks in Subscribe",
		check:   "the end of its context closes a channel",
		message: "Subscribe has not returned within 1s",
		newBus:  func(b tenancy.Bus) tenancy.Bus { return blockedBus{b} },
	},
	{
		name:    "ignores the end of a context",
		check:   "the end of its context closes a channel",
		message: "the channel is not closed within 1s",
		newBus:  func(b tenancy.Bus) tenancy.Bus { return neverClosingBus{b} },
	},
	{
		name:    "closes every channel",
		check:   "events may contain any bytes",
		message: "the channel is closed",
		newBus:  func(b tenancy.Bus) tenancy.Bus { return alwaysClosedBus{b} },
	},
	{
		name:    "buffers without a limit",
		check:   "a slow consumer is closed and delays no other",
		message: "buffered 20000 events",
		newBus:  func(b tenancy.Bus) tenancy.Bus { return bufferingBus{b} },
	},
}

func TestFaultyBusesFail(t *testing.T) {
	bustest.SetTimeout(t, time.Second)
	for _, test := range faultyBuses {
		t.Run(test.name, func(t *testing.T) {
			failures := runCheck(t, test.check, test.newBus(tenancy.NewBus()))
			if !strings.Contains(strings.Join(failures, "\n"), test.message) {
				t.Errorf("got %q, want %q", failures, test.message)
			}
		})
	}
	for _, name := range bustest.CheckNames() { // each check must find a fault
		if !slices.ContainsFunc(faultyBuses, func(f faultyBus) bool { return f.check == name }) {
			t.Errorf("no bus fails the check %q", name)
		}
	}
}

// recorder is a testing.TB that records failures. It runs a check that is expected to fail.
type recorder struct {
	testing.TB
	mu       sync.Mutex
	failures []string
}

func (r *recorder) Errorf(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failures = append(r.failures, fmt.Sprintf(format, args...))
}

func (r *recorder) Fatal(args ...any) {
	r.Errorf("%s", fmt.Sprint(args...))
	runtime.Goexit()
}

func (r *recorder) Fatalf(format string, args ...any) {
	r.Errorf(format, args...)
	runtime.Goexit()
}

func (r *recorder) Failed() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.failures) > 0
}

// runCheck runs one check with a bus, and returns its failures.
func runCheck(t *testing.T, name string, bus tenancy.Bus) []string {
	r := &recorder{TB: t}
	done := make(chan struct{})
	go func() {
		defer close(done)
		bustest.RunCheck(r, name, bus, bus)
	}()
	<-done
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.failures)
}
