package tenancy

import (
	"context"
	"sync"
)

// Event is the notice of a change to data of a tenant. It has no rows: each subscriber reads
// them in its own session.
type Event struct {
	// Tenant is the tenant of the change; Publish sets it.
	Tenant ID
	// Topic is the argument of Subscribe, such as `items of project …`.
	Topic string
	// Kind is the kind of change, and Key the changed object. Key can have any bytes.
	Kind, Key string
}

// Bus delivers events to subscribers. Several servers need a Bus that reaches all of them: set
// Options.Bus. Package bustest tests implementations. Methods are called concurrently.
type Bus interface {
	// Publish sends an event to the subscribers of its tenant and topic. It must wait neither
	// for them nor for a network. If an event can't be delivered, the Bus closes the channels
	// that miss it; their clients then read again.
	Publish(Event)
	// Subscribe returns a channel of the events of a tenant's topics, in the order of their
	// publication, from the return of Subscribe on. The Bus closes it when ctx ends, and for
	// a slow consumer.
	Subscribe(ctx context.Context, tenant ID, topics ...string) <-chan Event
}

// Publish sends events to the subscribers of ctx's tenant. Inside Tx it sends them after
// COMMIT, and drops them on rollback. Without a tenant it does nothing.
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

// Subscribe returns a channel of the events of topics of ctx's tenant. The channel is closed
// when ctx ends, and for a slow consumer. Without a tenant, Subscribe fails with ErrNone.
func (db *DB) Subscribe(ctx context.Context, topics ...string) (<-chan Event, error) {
	tenant, err := FromContext(ctx)
	if err != nil {
		return nil, err
	}
	events := db.bus.Subscribe(ctx, tenant.ID, topics...)
	db.subscriptions.addCount(tenant.ID, 1)
	context.AfterFunc(ctx, func() { db.subscriptions.addCount(tenant.ID, -1) })
	if _, ok := db.bus.(*localBus); !ok {
		events = db.filterTenant(ctx, tenant.ID, events)
	}
	return events, nil
}

// filterTenant returns the events of a tenant. It logs an error and closes the channel if the
// Bus delivers an event of another tenant.
func (db *DB) filterTenant(ctx context.Context, tenant ID, events <-chan Event) <-chan Event {
	out := make(chan Event)
	go func() {
		defer close(out)
		for e := range events {
			if e.Tenant != tenant {
				db.log.ErrorContext(ctx, "the bus delivered an event of another tenant: the subscription ends", "topic", e.Topic, "owner", e.Tenant)
				return
			}
			select {
			case out <- e:
			case <-ctx.Done():
				return
			}
		}
	}()
	return out
}

// subscriptionCounts counts the open subscriptions of each tenant.
type subscriptionCounts struct {
	mu       sync.Mutex
	byTenant map[ID]int
}

// addCount adds n to the count of a tenant.
func (c *subscriptionCounts) addCount(tenant ID, n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.byTenant == nil {
		c.byTenant = map[ID]int{}
	}
	if c.byTenant[tenant] += n; c.byTenant[tenant] == 0 {
		delete(c.byTenant, tenant)
	}
}

// get returns the count of a tenant.
func (c *subscriptionCounts) get(tenant ID) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.byTenant[tenant]
}

// Subscriptions returns the number of open subscriptions of ctx's tenant on this server, for
// metrics and tests. Without a tenant it fails with ErrNone.
func (db *DB) Subscriptions(ctx context.Context) (int, error) {
	tenant, err := FromContext(ctx)
	if err != nil {
		return 0, err
	}
	return db.subscriptions.get(tenant.ID), nil
}

// maxPending bounds the undelivered events of a subscriber. With more it is a slow consumer.
const maxPending = 64

// localBus delivers events inside this process.
type localBus struct {
	mu          sync.Mutex
	topics      map[topicKey]map[*subscriber]bool
	subscribers map[*subscriber]bool
}

// topicKey identifies a topic of a tenant.
type topicKey struct {
	tenant ID
	topic  string
}

// subscriber is a channel and its topics.
type subscriber struct {
	tenant ID
	topics []string
	events chan Event
}

// NewBus returns a Bus that reaches only this server.
func NewBus() Bus {
	return &localBus{topics: map[topicKey]map[*subscriber]bool{}, subscribers: map[*subscriber]bool{}}
}

// Publish sends an event, and removes slow consumers.
func (b *localBus) Publish(e Event) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for s := range b.topics[topicKey{e.Tenant, e.Topic}] {
		select {
		case s.events <- e:
		default:
			b.removeSubscriber(s)
		}
	}
}

// Subscribe returns a channel of topics until ctx ends.
func (b *localBus) Subscribe(ctx context.Context, tenant ID, topics ...string) <-chan Event {
	s := &subscriber{tenant, topics, make(chan Event, maxPending)}
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
		b.removeSubscriber(s)
	})
	return s.events
}

// removeSubscriber closes a subscriber's channel. A second call does nothing.
func (b *localBus) removeSubscriber(s *subscriber) {
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
