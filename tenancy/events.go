package tenancy

import (
	"context"
	"sync"
)

// Event tells that something of a tenant changed. It carries no rows: who hears of it
// reads them in its own session.
type Event struct {
	// Tenant is the one whose event it is; Publish sets it.
	Tenant ID
	// Topic is what subscribers name, such as `items of project …`.
	Topic string
	// Kind and Key say what happened to what.
	Kind, Key string
}

// Bus carries events to subscribers. It is what an installation of several servers
// replaces, by one that reaches them all.
type Bus interface {
	// Publish hands an event to the subscribers of its tenant and topic, and never waits
	// for one.
	Publish(Event)
	// Subscribe returns the events of a tenant's topics, in the order in which they were
	// published, until ctx ends. It closes the channel when ctx ends, and when the subscriber
	// falls behind.
	Subscribe(ctx context.Context, tenant ID, topics ...string) <-chan Event
}

// Publish tells the subscribers of the context's tenant what happened: at once, or when
// the transaction of ctx has been committed, and never if it is not. Without a tenant
// there is nobody to tell.
func (db *DB) Publish(ctx context.Context, events ...Event) {
	tenant, err := FromContext(ctx)
	if err != nil {
		return
	}
	t := txFrom(ctx, db)
	for _, e := range events {
		e.Tenant = tenant.ID
		if t != nil {
			t.events = append(t.events, e)
		} else {
			db.bus.Publish(e)
		}
	}
}

// Subscribe returns the events of topics of the context's tenant until ctx ends. The
// channel is closed then, and when the subscriber falls behind. It fails with ErrNone
// without a tenant.
func (db *DB) Subscribe(ctx context.Context, topics ...string) (<-chan Event, error) {
	tenant, err := FromContext(ctx)
	if err != nil {
		return nil, err
	}
	return db.bus.Subscribe(ctx, tenant.ID, topics...), nil
}

// Subscriptions returns the number of subscriptions of the context's tenant on this server.
// It is for metrics, and for tests that wait until a subscription has begun. It returns 0
// for a Bus other than NewBus's, and fails with ErrNone without a tenant.
func (db *DB) Subscriptions(ctx context.Context) (int, error) {
	tenant, err := FromContext(ctx)
	if err != nil {
		return 0, err
	}
	if b, ok := db.bus.(*localBus); ok {
		return b.count(tenant.ID), nil
	}
	return 0, nil
}

// pending is how many events wait for a subscriber before it counts as too slow.
const pending = 64

// localBus carries events inside this process.
type localBus struct {
	mu          sync.Mutex
	topics      map[topicKey]map[*subscriber]bool
	subscribers map[*subscriber]bool
}

type topicKey struct {
	tenant ID
	topic  string
}

// subscriber is one channel, and its topics.
type subscriber struct {
	tenant ID
	topics []string
	events chan Event
}

// NewBus returns a Bus for one server.
func NewBus() Bus {
	return &localBus{topics: map[topicKey]map[*subscriber]bool{}, subscribers: map[*subscriber]bool{}}
}

// Publish drops subscribers whose channel is full.
func (b *localBus) Publish(e Event) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for s := range b.topics[topicKey{e.Tenant, e.Topic}] {
		select {
		case s.events <- e:
		default:
			b.drop(s)
		}
	}
}

// Subscribe adds a channel to topics until ctx ends.
func (b *localBus) Subscribe(ctx context.Context, tenant ID, topics ...string) <-chan Event {
	s := &subscriber{tenant, topics, make(chan Event, pending)}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.subscribers[s] = true
	for _, topic := range topics {
		key := topicKey{tenant, topic}
		if b.topics[key] == nil {
			b.topics[key] = map[*subscriber]bool{}
		}
		b.topics[key][s] = true
	}
	context.AfterFunc(ctx, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.drop(s)
	})
	return s.events
}

// count returns the number of a tenant's subscribers in all topics.
func (b *localBus) count(tenant ID) (n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for s := range b.subscribers {
		if s.tenant == tenant {
			n++
		}
	}
	return n
}

// drop closes a subscriber's channel, once.
func (b *localBus) drop(s *subscriber) {
	if !b.subscribers[s] {
		return
	}
	delete(b.subscribers, s)
	for _, topic := range s.topics {
		key := topicKey{s.tenant, topic}
		delete(b.topics[key], s)
		if len(b.topics[key]) == 0 {
			delete(b.topics, key)
		}
	}
	close(s.events)
}
