package servertest

import (
	"context"
	"sync"

	"rowhouse/graph/transport"
	"rowhouse/tenancy"
)

// pendingEvents is the number of events that wait for a subscriber before it is a slow consumer.
const pendingEvents = 64

// topic names the events of a tenant: of a shelf's books, or of the shelves.
type topic struct {
	tenant tenancy.ID
	shelf  GlobalID // "" for the shelves
}

// newTopic returns a topic of the tenant in ctx.
func newTopic(ctx context.Context, shelf GlobalID) topic {
	tenant, _ := tenancy.FromContext(ctx) // requests without a tenant are refused
	return topic{tenant.ID, shelf}
}

// subscriber receives the ids of changed objects. Its channel is closed for a slow consumer.
type subscriber struct {
	topic    topic
	ids      chan GlobalID
	complete func()
}

// subscribers are the subscriptions of all tenants.
type subscribers struct {
	mu  sync.Mutex
	all map[*subscriber]bool
}

// PublishShelf publishes a change of a shelf.
func (s *subscribers) PublishShelf(tenant tenancy.Tenant, id GlobalID) {
	s.publishEvent(topic{tenant.ID, ""}, id)
}

// PublishBook publishes a change of a book.
func (s *subscribers) PublishBook(tenant tenancy.Tenant, b *Book) {
	s.publishEvent(topic{tenant.ID, b.shelf.ID}, b.ID)
}

// Complete completes the subscriptions to the books of a shelf, as if the shelf were deleted.
func (s *subscribers) Complete(tenant tenancy.Tenant, shelf GlobalID) {
	s.endTopic(topic{tenant.ID, shelf}, true)
}

// Interrupt ends the subscriptions to the books of a shelf, as if events were lost.
func (s *subscribers) Interrupt(tenant tenancy.Tenant, shelf GlobalID) {
	s.endTopic(topic{tenant.ID, shelf}, false)
}

func (s *subscribers) endTopic(of topic, complete bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for one := range s.all {
		if one.topic != of {
			continue
		}
		if complete {
			one.complete()
		}
		s.removeSubscriber(one)
	}
}

// Subscriptions returns the number of subscriptions of a tenant.
func (s *subscribers) Subscriptions(tenant tenancy.Tenant) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for one := range s.all {
		if one.topic.tenant == tenant.ID {
			n++
		}
	}
	return n
}

func (s *subscribers) publishEvent(to topic, id GlobalID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for one := range s.all {
		if one.topic != to {
			continue
		}
		select {
		case one.ids <- id:
		default:
			s.removeSubscriber(one)
		}
	}
}

// removeSubscriber closes a subscriber's channel. The caller holds the lock.
func (s *subscribers) removeSubscriber(one *subscriber) {
	if s.all[one] {
		delete(s.all, one)
		close(one.ids)
	}
}

// subscribeTopic returns the events of a topic until ctx ends.
func subscribeTopic[T any](ctx context.Context, s *subscribers, shelf GlobalID, newEvent func(GlobalID) *T) <-chan *T {
	one := &subscriber{newTopic(ctx, shelf), make(chan GlobalID, pendingEvents), transport.CompleteFunc(ctx)}
	s.mu.Lock()
	if s.all == nil {
		s.all = map[*subscriber]bool{}
	}
	s.all[one] = true
	s.mu.Unlock()
	context.AfterFunc(ctx, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.removeSubscriber(one)
	})
	events := make(chan *T)
	go func() {
		defer close(events)
		for id := range one.ids {
			select {
			case events <- newEvent(id):
			case <-ctx.Done():
				return
			}
		}
	}()
	return events
}
