package limits

import (
	"context"
	"fmt"
	"sync"

	"rowhouse/graph/transport"
	"rowhouse/tenancy"
)

// Quota counts what tenants have at once.
type Quota struct {
	most map[transport.Resource]int

	mu     sync.Mutex
	counts map[countOf]int
}

type countOf struct {
	tenant tenancy.ID
	what   transport.Resource
}

func NewQuota(l Limits) *Quota {
	return &Quota{
		most: map[transport.Resource]int{
			transport.Sockets: l.Sockets, transport.Operations: l.Operations, transport.Subscriptions: l.Subscriptions,
			unreadAnswers: l.Buffered,
		},
		counts: map[countOf]int{},
	}
}

// BusyError says that a tenant has too much of something open.
type BusyError struct{ message string }

// Error says of what.
func (e *BusyError) Error() string { return e.message }

// Acquire counts so many more, until the function that it returns is called.
func (s *Quota) Acquire(ctx context.Context, what transport.Resource, many int) (func(), error) {
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
		return nil, &BusyError{message}
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
