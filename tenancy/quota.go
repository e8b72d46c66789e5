package tenancy

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"
)

// ErrBusy means that a statement or transaction got no connection within Options.MaxWait. All
// connections of its tenant, or of the pool, were in use. It did not run.
var ErrBusy = errors.New("no database connection is free")

// purpose is the use of a slot.
type purpose int

const (
	forTransaction purpose = iota
	forRows
	forStatement
	purposes // the number of purposes
)

// limit is a semaphore for connections that counts them by purpose.
type limit struct {
	*semaphore.Weighted
	size int
	used [purposes]atomic.Int32
}

func newLimit(size int) limit { return limit{Weighted: semaphore.NewWeighted(int64(size)), size: size} }

// acquire waits for a connection, in the order of the calls. It fails when ctx ends, and with
// ErrBusy after maxWait. It can't detect that a caller waits for its own connection (an open
// transaction of an outer function, rows that it reads), because goroutines share contexts. So
// the error names the usual cause. Its message begins with subject.
func (l *limit) acquire(ctx context.Context, p purpose, maxWait time.Duration, subject string) error {
	if !l.TryAcquire(1) {
		waitCtx, cancel := context.WithTimeout(ctx, maxWait)
		defer cancel()
		if err := l.Acquire(waitCtx, 1); err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return fmt.Errorf("%w: %s uses all %d of its connections and released none within %s: "+
				"%d in transactions, %d in open rows, %d in statements; inside Tx use the context that Tx gives to its function, "+
				"and close rows before the next query", ErrBusy, subject, l.size, maxWait,
				l.used[forTransaction].Load(), l.used[forRows].Load(), l.used[forStatement].Load())
		}
	}
	l.used[p].Add(1)
	return nil
}

// release returns a connection that was acquired for a purpose.
func (l *limit) release(p purpose) {
	l.used[p].Add(-1)
	l.Release(1)
}

// quotas limits the connections of the pool, and those of each tenant.
type quotas struct {
	pool limit
	// perTenant is each tenant's quota: a quarter of the pool. Further statements of the
	// tenant wait; those of other tenants do not.
	perTenant int
	maxWait   time.Duration

	mu       sync.Mutex
	byTenant map[ID]*tenantQuota // tenants that use a slot, or wait for one
}

// tenantQuota is the limit of one tenant. It is removed when users is 0.
type tenantQuota struct {
	limit
	tenant ID
	users  int // slots in use, and callers that wait for one
}

func newQuotas(connections int, maxWait time.Duration) *quotas {
	return &quotas{
		pool: newLimit(connections), perTenant: max(1, connections/4), maxWait: maxWait,
		byTenant: map[ID]*tenantQuota{},
	}
}

// acquireSlot waits for a slot of a tenant and of the pool. In the system scope tenant is 0.
func (q *quotas) acquireSlot(ctx context.Context, tenant ID, p purpose) (*slot, error) {
	s := &slot{quotas: q, purpose: p}
	if tenant != 0 {
		s.tenant = q.joinTenant(tenant)
		if err := s.tenant.acquire(ctx, p, q.maxWait, "the tenant"); err != nil {
			q.leaveTenant(s.tenant)
			return nil, err
		}
	}
	if err := q.pool.acquire(ctx, p, q.maxWait, "this server"); err != nil {
		s.releaseTenant()
		return nil, err
	}
	return s, nil
}

// joinTenant returns the quota of a tenant, with one more user.
func (q *quotas) joinTenant(tenant ID) *tenantQuota {
	q.mu.Lock()
	defer q.mu.Unlock()
	quota := q.byTenant[tenant]
	if quota == nil {
		quota = &tenantQuota{limit: newLimit(q.perTenant), tenant: tenant}
		q.byTenant[tenant] = quota
	}
	quota.users++
	return quota
}

// leaveTenant removes one user of a tenant's quota.
func (q *quotas) leaveTenant(quota *tenantQuota) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if quota.users--; quota.users == 0 {
		delete(q.byTenant, quota.tenant)
	}
}

// slot is the right to use a connection. A second call of its methods does nothing.
type slot struct {
	quotas  *quotas
	tenant  *tenantQuota // nil in the system scope
	purpose purpose

	poolReleased, tenantReleased atomic.Bool
}

// release releases the slot of the pool and that of the tenant.
func (s *slot) release() {
	s.releasePool()
	s.releaseTenant()
}

// releasePool releases the slot of the pool.
func (s *slot) releasePool() {
	if s.poolReleased.CompareAndSwap(false, true) {
		s.quotas.pool.release(s.purpose)
	}
}

// releaseTenant releases the slot of the tenant.
func (s *slot) releaseTenant() {
	if s.tenant != nil && s.tenantReleased.CompareAndSwap(false, true) {
		s.tenant.release(s.purpose)
		s.quotas.leaveTenant(s.tenant)
	}
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

// slotContext is the context of a statement or transaction that holds a slot.
type slotContext struct {
	context.Context
	slot *slot
	// readsAtOnce means that the caller reads the rows of the query without a pause and closes them.
	readsAtOnce bool
	// isWatched means that these rows are open. The driver watches the context until they are closed: when the context
	// ends, the driver closes the connection, and reading fails.
	isWatched bool
}

// Done returns nil while the driver watches the context, so that database/sql starts no goroutine to watch it too.
func (c *slotContext) Done() <-chan struct{} {
	if c.isWatched {
		return nil
	}
	return c.Context.Done()
}

// acquireSlot returns a slotContext with a slot of its tenant's quota, and the slot.
func (p *quotaPool) acquireSlot(ctx context.Context, use purpose) (context.Context, *slot, error) {
	tenant, _ := FromContext(ctx) // without a tenant, it is the system scope, or checkStatement fails
	s, err := p.quotas.acquireSlot(ctx, tenant.ID, use)
	if err != nil {
		return ctx, nil, err
	}
	return &slotContext{Context: ctx, slot: s}, s, nil
}

// GetDBConn returns the pool without quotas. GORM calls it for DB().
func (p *quotaPool) GetDBConn() (*sql.DB, error) { return p.DB, nil }

// BeginTx holds a slot until the transaction has ended.
func (p *quotaPool) BeginTx(ctx context.Context, opts *sql.TxOptions) (*sql.Tx, error) {
	return runWithSlot(ctx, p, forTransaction, func(ctx context.Context) (*sql.Tx, error) { return p.DB.BeginTx(ctx, opts) })
}

// ExecContext holds a slot until the statement has ended.
func (p *quotaPool) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if err := p.checkOnce(ctx); err != nil {
		return nil, err
	}
	return runWithSlot(ctx, p, forStatement, func(ctx context.Context) (sql.Result, error) {
		return p.DB.ExecContext(ctx, query, args...)
	})
}

// QueryContext holds a slot until the rows are closed.
func (p *quotaPool) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return runWithSlot(ctx, p, forRows, func(ctx context.Context) (*sql.Rows, error) {
		return p.DB.QueryContext(ctx, query, args...)
	})
}

// queryAtOnce is like QueryContext, for a caller that reads the rows without a pause and closes them.
func (p *quotaPool) queryAtOnce(ctx context.Context, query string, args []any) (*sql.Rows, error) {
	return runWithSlot(ctx, p, forRows, func(ctx context.Context) (*sql.Rows, error) {
		ctx.(*slotContext).readsAtOnce = true
		return p.DB.QueryContext(ctx, query, args...)
	})
}

// QueryRowContext holds a slot until the row is scanned.
func (p *quotaPool) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	slotCtx, s, err := p.acquireSlot(ctx, forRows)
	if err != nil {
		return p.DB.QueryRowContext(failedContext{ctx, err}, query, args...) //nolint:contextcheck // derived from ctx
	}
	row := p.DB.QueryRowContext(slotCtx, query, args...)
	if row.Err() != nil {
		s.release()
	}
	return row
}

// failedContext is a context that has ended with err. Only database/sql can make an *sql.Row;
// with this context it makes one with err.
type failedContext struct {
	context.Context
	err error
}

// Done returns a closed channel.
func (failedContext) Done() <-chan struct{} { return closed }

// Err returns the error.
func (c failedContext) Err() error { return c.err }

// closed is a closed channel.
var closed = func() <-chan struct{} { c := make(chan struct{}); close(c); return c }()

// runWithSlot calls run with a slot of the context's tenant, and releases it if run fails.
func runWithSlot[T any](ctx context.Context, p *quotaPool, use purpose, run func(context.Context) (T, error)) (T, error) {
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
