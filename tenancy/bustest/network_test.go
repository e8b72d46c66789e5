package bustest_test

import (
	"encoding/gob"
	"net"
	"sync"
	"testing"
	"time"

	"rowhouse/tenancy"
	"rowhouse/tenancy/bustest"
)

// networkBus is a Bus for several servers. It sends events over TCP to a broker, which sends them
// to all servers. In each server, the embedded Bus delivers them.
type networkBus struct {
	tenancy.Bus
	wake chan struct{}

	mu     sync.Mutex
	queued []tenancy.Event
}

// newNetworkBus connects to the broker at an address.
func newNetworkBus(t *testing.T, address string) *networkBus {
	t.Helper()
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	b := &networkBus{Bus: tenancy.NewBus(), wake: make(chan struct{}, 1)}
	go func() {
		for in := gob.NewDecoder(conn); ; {
			var e tenancy.Event
			if in.Decode(&e) != nil {
				return
			}
			b.Bus.Publish(e)
		}
	}()
	go b.sendEvents(gob.NewEncoder(conn))
	return b
}

// Publish queues an event for the broker.
func (b *networkBus) Publish(e tenancy.Event) {
	b.mu.Lock()
	b.queued = append(b.queued, e)
	b.mu.Unlock()
	select {
	case b.wake <- struct{}{}:
	default:
	}
}

// sendEvents sends the queued events to the broker until the connection ends.
func (b *networkBus) sendEvents(out *gob.Encoder) {
	for range b.wake {
		b.mu.Lock()
		events := b.queued
		b.queued = nil
		b.mu.Unlock()
		for _, e := range events {
			if out.Encode(e) != nil {
				return
			}
		}
	}
}

// newBroker starts a broker, which sends each event to all connections, and returns its address.
func newBroker(t *testing.T) (address string) {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	var mu sync.Mutex
	var all []*gob.Encoder
	serve := func(conn net.Conn) {
		defer conn.Close()
		for in := gob.NewDecoder(conn); ; {
			var e tenancy.Event
			if in.Decode(&e) != nil {
				return
			}
			mu.Lock()
			for _, out := range all {
				_ = out.Encode(e) // fails for a closed connection
			}
			mu.Unlock()
		}
	}
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			all = append(all, gob.NewEncoder(conn))
			mu.Unlock()
			go serve(conn)
		}
	}()
	return listener.Addr().String()
}

// newNetworkBuses returns the buses of two servers that are connected to one broker.
func newNetworkBuses(t *testing.T) (one, two tenancy.Bus) {
	t.Helper()
	address := newBroker(t)
	one, two = newNetworkBus(t, address), newNetworkBus(t, address)
	for _, bus := range []tenancy.Bus{one, two} {
		waitConnected(t, bus)
	}
	return one, two
}

// waitConnected publishes events until one returns from the broker.
func waitConnected(t *testing.T, bus tenancy.Bus) {
	t.Helper()
	const tenant = 1 << 20 // no test uses it
	events := bus.Subscribe(t.Context(), tenant, "connected")
	for end := time.Now().Add(time.Minute); time.Now().Before(end); {
		bus.Publish(tenancy.Event{Tenant: tenant, Topic: "connected"})
		select {
		case <-events:
			return
		case <-time.After(10 * time.Millisecond):
		}
	}
	t.Fatal("the broker sends no events")
}

func TestNetworkBusPasses(t *testing.T) { bustest.Test(t, newNetworkBuses) }
