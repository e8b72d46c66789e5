package graph

import (
	"context"
	"fmt"
	"sync"

	"rowhouse/graph/transport"
	"rowhouse/tenancy"
)

// counter counts what tenants have at once.
type counter struct {
	most map[transport.Resource]int

	mu     sync.Mutex
	counts map[countOf]int
}

type countOf struct {
	tenant tenancy.ID
	what   transport.Resource
}

func newCounter(l Limits) *counter {
	return &counter{
		most: map[transport.Resource]int{
			transport.Sockets: l.Sockets, transport.Operations: l.Operations, transport.Subscriptions: l.Subscriptions,
			unreadAnswers: l.Unread,
		},
		counts: map[countOf]int{},
	}
}

// busyError says that a tenant has too much of something open.
type busyError struct{ message string }

// Error says of what.
func (e *busyError) Error() string { return e.message }

// open counts so many more, until the function that it returns is called.
func (s *counter) open(ctx context.Context, what transport.Resource, many int) (func(), error) {
	tenant, err := tenancy.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	key := countOf{tenant.ID, what}
	s.mu.Lock()
	defer s.mu.Unlock()
	if has, most := s.counts[key], s.most[what]; has+many > most {
		message := fmt.Sprintf("the tenant has %d %s, and may have no more", has, what)
		if has < most {
			message = fmt.Sprintf("the tenant has %d %s and may have %d, and one this long counts for %d", has, what, most, many)
		}
		return nil, &busyError{message}
	}
	s.counts[key] += many
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.counts[key] -= many; s.counts[key] == 0 {
			delete(s.counts, key)
		}
	}, nil
}
