package main

import (
	"encoding/gob"
	"fmt"
	"log/slog"
	"net"
	"net/http/httptest"
	"sync"
	"testing"

	"rowhouse/graph/servertest"
	"rowhouse/model"
	"rowhouse/model/dbtest"
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
		events := bus.Subscribe(t.Context(), 1<<20, "connected")
		servertest.WaitUntil(t, "the server is connected", func() bool {
			bus.Publish(tenancy.Event{Tenant: 1 << 20, Topic: "connected"})
			return len(events) > 0
		})
	}
	return one, two
}

// TestNetworkBusFollowsTheContract runs the tests for implementations of tenancy.Bus.
func TestNetworkBusFollowsTheContract(t *testing.T) { bustest.Test(t, newNetworkBuses) }

// TestServersShareABus subscribes at one server to changes of clients of both.
func TestServersShareABus(t *testing.T) {
	s := newTestServer(t)
	var servers [2]*testServer
	buses := make([]tenancy.Bus, 2)
	buses[0], buses[1] = newNetworkBuses(t)
	for i, bus := range buses {
		db, err := tenancy.Open(t.Context(), s.DSN, model.Types.Models(), tenancy.Options{Log: slog.New(slog.DiscardHandler), Bus: bus})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		d := &dbtest.Database{DB: db, DSN: s.DSN, Acme: s.Acme, Globex: s.Globex}
		servers[i] = &testServer{d, newHandler(db, tenancy.NewDirectory(db), defaults, corsFlags{}, slog.New(slog.DiscardHandler))}
	}
	listener := httptest.NewServer(servers[1])
	t.Cleanup(listener.Close)
	url := listener.URL + "/graphql"
	acme, globex := servertest.Connect(t, url, "acme"), servertest.Connect(t, url, "globex")
	for _, c := range []*servertest.Socket{acme, globex} {
		c.Subscribe("projects", `subscription { projectChanged { change project { name } } }`)
	}
	servers[1].waitSubscriptions(s.Acme, t, 1)
	servers[1].waitSubscriptions(s.Globex, t, 1)
	for i, server := range []*testServer{servers[0], servers[1], servers[0]} { // another server, and the subscriber's
		for _, tenant := range []string{"globex", "acme"} {
			server.query(t, tenant, fmt.Sprintf(`mutation { createProject(input: {key: "P%c", name: "%s %d"}) { project { id } } }`,
				'A'+i, tenant, i), nil)
		}
		acme.Expect("next", fmt.Sprintf(`"name":"acme %d"`, i))
		globex.Expect("next", fmt.Sprintf(`"name":"globex %d"`, i))
	}
	acme.Complete("projects")
	servers[1].waitSubscriptions(s.Acme, t, 0)
	servers[1].waitSubscriptions(s.Globex, t, 1)
}
