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
	// Kind names the change and Key the object. Key can hold any bytes.
	Kind, Key string
}

// Bus carries events to subscribers. Several servers need one that reaches them all: set
// Options.Bus. The package bustest tests implementations. Methods are called concurrently.
type Bus interface {
	// Publish sends an event to the subscribers of its tenant and topic. It must not wait
	// for them, nor for a network. If an event can't be delivered, the Bus closes the
	// channels that miss it; their clients then read again.
	Publish(Event)
	// Subscribe returns a channel of the events of a tenant's topics, in the order of their
	// publication. It has all events that are published after Subscribe has returned. The
	// Bus closes it when ctx ends, and for a slow consumer.
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

// Subscribe returns a channel of the events of topics of the context's tenant. The channel
// is closed when ctx ends, and for a slow consumer. It fails with ErrNone
// without a tenant.
func (db *DB) Subscribe(ctx context.Context, topics ...string) (<-chan Event, error) {
	tenant, err := FromContext(ctx)
	if err != nil {
		return nil, err
	}
	events := db.bus.Subscribe(ctx, tenant.ID, topics...)
	db.subscriptions.add(tenant.ID, 1)
	context.AfterFunc(ctx, func() { db.subscriptions.add(tenant.ID, -1) })
	if _, ok := db.bus.(*localBus); !ok {
		events = db.filterTenant(ctx, tenant.ID, events)
	}
	return events, nil
}

// filterTenant returns the events of a tenant. When a Bus delivers an event of another tenant,
// it logs an error and closes the channel.
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

// subscriptionCounts counts the subscriptions of each tenant whose contexts have not ended.
type subscriptionCounts struct {
	mu       sync.Mutex
	byTenant map[ID]int
}

func (c *subscriptionCounts) add(tenant ID, n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.byTenant == nil {
		c.byTenant = map[ID]int{}
	}
	if c.byTenant[tenant] += n; c.byTenant[tenant] == 0 {
		delete(c.byTenant, tenant)
	}
}

func (c *subscriptionCounts) count(tenant ID) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.byTenant[tenant]
}

// Subscriptions returns the number of subscriptions of the context's tenant on this server.
// It is for metrics, and for tests that wait until a subscription has begun. It fails with
// ErrNone without a tenant.
func (db *DB) Subscriptions(ctx context.Context) (int, error) {
	tenant, err := FromContext(ctx)
	if err != nil {
		return 0, err
	}
	return db.subscriptions.count(tenant.ID), nil
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

// subscriber is a channel and its topics.
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
