package tenancy

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// ErrBusy means that a statement or transaction got no connection within Options.MaxWait. All
// connections of its tenant, or of the pool, were in use. It was not run.
var ErrBusy = errors.New("no database connection is free")

// purpose is the use of a slot.
type purpose int

const (
	forTransaction purpose = iota
	forRows
	forStatement
	purposes // the number of purposes
)

// semaphore limits the connections that are in use at a time.
type semaphore struct {
	slots chan struct{}
	used  [purposes]atomic.Int32
}

func newSemaphore(slots int) *semaphore { return &semaphore{slots: make(chan struct{}, slots)} }

// acquire waits for a slot and returns the function that releases it. It fails when ctx ends,
// and with ErrBusy after maxWait. It can't detect that a caller waits for its own slot (an open
// transaction of an outer function, rows that it reads), because goroutines share contexts. So
// the error names the usual cause. owner is the subject of the error.
func (s *semaphore) acquire(ctx context.Context, p purpose, maxWait time.Duration, owner string) (release func(), err error) {
	select {
	case s.slots <- struct{}{}:
	default:
		timer := time.NewTimer(maxWait)
		defer timer.Stop()
		select {
		case s.slots <- struct{}{}:
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-timer.C:
			return nil, fmt.Errorf("%w: %s uses all %d of its connections and released none within %s: "+
				"%d in transactions, %d in open rows, %d in statements; inside Tx use the context that Tx gives to its function, "+
				"and close rows before the next query", ErrBusy, owner, cap(s.slots), maxWait,
				s.used[forTransaction].Load(), s.used[forRows].Load(), s.used[forStatement].Load())
		}
	}
	s.used[p].Add(1)
	return func() { s.used[p].Add(-1); <-s.slots }, nil
}

// quotas limits the connections of the pool, and those of each tenant.
type quotas struct {
	pool *semaphore
	// perTenant is each tenant's quota: a quarter of the pool. Further statements of the
	// tenant wait; those of other tenants do not.
	perTenant int
	maxWait   time.Duration

	mu       sync.Mutex
	byTenant map[ID]*tenantQuota // tenants with a slot, or waiting for one
}

// tenantQuota is the semaphore of one tenant. It is removed when users is 0.
type tenantQuota struct {
	*semaphore
	users int // slots in use, and callers that wait for one
}

func newQuotas(connections int, maxWait time.Duration) *quotas {
	return &quotas{
		pool: newSemaphore(connections), perTenant: max(1, connections/4), maxWait: maxWait,
		byTenant: map[ID]*tenantQuota{},
	}
}

// acquire waits for a slot of a tenant and of the pool. In the system scope tenant is 0.
func (q *quotas) acquire(ctx context.Context, tenant ID, p purpose) (*slot, error) {
	releaseTenant := func() {}
	if tenant != 0 {
		var err error
		if releaseTenant, err = q.acquireTenant(ctx, tenant, p); err != nil {
			return nil, err
		}
	}
	releasePool, err := q.pool.acquire(ctx, p, q.maxWait, "this server")
	if err != nil {
		releaseTenant()
		return nil, err
	}
	return &slot{sync.OnceFunc(releasePool), sync.OnceFunc(releaseTenant)}, nil
}

// acquireTenant waits for a slot of a tenant.
func (q *quotas) acquireTenant(ctx context.Context, tenant ID, p purpose) (release func(), err error) {
	q.mu.Lock()
	quota := q.byTenant[tenant]
	if quota == nil {
		quota = &tenantQuota{semaphore: newSemaphore(q.perTenant)}
		q.byTenant[tenant] = quota
	}
	quota.users++
	q.mu.Unlock()
	leave := func() {
		q.mu.Lock()
		defer q.mu.Unlock()
		if quota.users--; quota.users == 0 {
			delete(q.byTenant, tenant)
		}
	}
	releaseSlot, err := quota.acquire(ctx, p, q.maxWait, "the tenant")
	if err != nil {
		leave()
		return nil, err
	}
	return func() { releaseSlot(); leave() }, nil
}

// slot is the right to use a connection. A second call of its functions does nothing.
type slot struct{ releasePool, releaseTenant func() }

func (s *slot) release() {
	s.releasePool()
	s.releaseTenant()
}

// quotaPool is the connection pool of GORM's sessions, with a quota for each tenant. A
// statement or transaction acquires a slot before a connection. The connection releases the
// slot when it returns to the pool. Statements that GORM prepares (PrepareStmt), the *sql.DB
// itself, and an *sql.Conn from it (GORM's Connection) acquire no slot, and wait for a
// connection until their context ends: requests never use them.
type quotaPool struct {
	*sql.DB
	quotas *quotas
}

// slotKey is the context key of a *slot.
type slotKey struct{}

// acquireSlot returns a context that carries a slot of its tenant's quota, and the slot.
func (p *quotaPool) acquireSlot(ctx context.Context, use purpose) (context.Context, *slot, error) {
	tenant, _ := FromContext(ctx) // without one it is the system scope's, or the connector refuses it
	s, err := p.quotas.acquire(ctx, tenant.ID, use)
	if err != nil {
		return ctx, nil, err
	}
	return context.WithValue(ctx, slotKey{}, s), s, nil
}

// GetDBConn returns the pool without quotas. GORM calls it for DB().
func (p *quotaPool) GetDBConn() (*sql.DB, error) { return p.DB, nil }

// BeginTx holds a slot until the transaction has ended.
func (p *quotaPool) BeginTx(ctx context.Context, opts *sql.TxOptions) (*sql.Tx, error) {
	return withSlot(ctx, p, forTransaction, func(ctx context.Context) (*sql.Tx, error) { return p.DB.BeginTx(ctx, opts) })
}

// ExecContext holds a slot until the statement has ended.
func (p *quotaPool) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	return withSlot(ctx, p, forStatement, func(ctx context.Context) (sql.Result, error) { return p.DB.ExecContext(ctx, query, args...) })
}

// QueryContext holds a slot until the rows are closed.
func (p *quotaPool) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return withSlot(ctx, p, forRows, func(ctx context.Context) (*sql.Rows, error) { return p.DB.QueryContext(ctx, query, args...) })
}

// QueryRowContext holds a slot until the row is scanned.
func (p *quotaPool) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	slotCtx, s, err := p.acquireSlot(ctx, forRows)
	if err != nil {
		return p.DB.QueryRowContext(failedContext{ctx, err}, query, args...) //nolint:contextcheck // it is ctx with an error
	}
	row := p.DB.QueryRowContext(slotCtx, query, args...)
	if row.Err() != nil {
		s.release()
	}
	return row
}

// failedContext is a context that has ended with err. Only database/sql can make an *sql.Row,
// and the error of that row is the context's.
type failedContext struct {
	context.Context
	err error
}

// Done returns a closed channel.
func (failedContext) Done() <-chan struct{} { return closed }

// Err returns the error.
func (c failedContext) Err() error { return c.err }

var closed = func() <-chan struct{} { c := make(chan struct{}); close(c); return c }()

// withSlot calls run with a slot of the context's tenant, and releases it if run fails.
func withSlot[T any](ctx context.Context, p *quotaPool, use purpose, run func(context.Context) (T, error)) (T, error) {
	slotCtx, s, err := p.acquireSlot(ctx, use)
	if err != nil {
		return *new(T), err
	}
	result, err := run(slotCtx)
	if err != nil {
		s.release()
	}
	return result, err
}
