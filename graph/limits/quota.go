package limits

import (
	"context"
	"sync"

	"rowhouse/graph/transport"
	"rowhouse/tenancy"
)

// Buffered is the resource of buffered responses, in KiB.
const Buffered transport.Resource = "KiB of responses that no client has read yet"

// Quota counts the resources of each tenant, and bounds them.
type Quota struct {
	limits map[transport.Resource]int

	mu   sync.Mutex
	held map[holding]int
}

// holding is a resource of a tenant.
type holding struct {
	tenant   tenancy.ID
	resource transport.Resource
}

// NewQuota returns a quota with the limits of tenants.
func NewQuota(l Limits) *Quota {
	return &Quota{
		limits: map[transport.Resource]int{
			transport.Sockets:       l.Sockets,
			transport.Operations:    l.Operations,
			transport.Subscriptions: l.Subscriptions,
			Buffered:                l.Buffered,
		},
		held: map[holding]int{},
	}
}

// Acquire takes n units of a resource from the quota of the tenant of ctx. Call release once to give
// them back. It fails with an *Error beyond the limit, and with tenancy.ErrNone without a tenant.
func (q *Quota) Acquire(ctx context.Context, resource transport.Resource, n int) (release func(), err error) {
	tenant, err := tenancy.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	key := holding{tenant.ID, resource}
	q.mu.Lock()
	defer q.mu.Unlock()
	held, limit := q.held[key], q.limits[resource]
	if held+n > limit {
		return nil, newQuotaError(resource, held, limit, n)
	}
	q.held[key] = held + n
	return func() { q.releaseUnits(key, n) }, nil
}

// releaseUnits gives units back.
func (q *Quota) releaseUnits(key holding, n int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if left := q.held[key] - n; left > 0 {
		q.held[key] = left
	} else {
		delete(q.held, key)
	}
}
