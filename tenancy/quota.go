package tenancy

import (
	"context"
	"database/sql"
	"sync"
)

// connsPerTenant is each tenant's quota: the most of the pool's maxConns connections that it
// may use at a time. Further statements of the tenant wait; those of other tenants do not.
const connsPerTenant = maxConns / 4

// tenantQuotas counts the connections that each tenant uses.
type tenantQuotas struct {
	mu       sync.Mutex
	byTenant map[ID]*tenantQuota // tenants with a slot, or waiting for one
}

// tenantQuota is the semaphore of one tenant. It is removed when users is 0.
type tenantQuota struct {
	slots chan struct{}
	users int // slots in use, and callers that wait for one
}

// acquire waits for a slot of a tenant and returns the function that releases it. It fails
// when ctx ends first.
func (q *tenantQuotas) acquire(ctx context.Context, tenant ID) (release func(), err error) {
	q.mu.Lock()
	quota := q.byTenant[tenant]
	if quota == nil {
		quota = &tenantQuota{slots: make(chan struct{}, connsPerTenant)}
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
	select {
	case quota.slots <- struct{}{}:
		return sync.OnceFunc(func() { <-quota.slots; leave() }), nil
	case <-ctx.Done():
		leave()
		return nil, ctx.Err()
	}
}

// quotaPool is the connection pool of GORM's sessions, with a quota for each tenant. A
// statement or transaction acquires a slot before a connection. The connection releases the
// slot when it returns to the pool. Statements that GORM prepares, the *sql.DB itself, and
// an *sql.Conn from it acquire no slot: requests never use them.
type quotaPool struct {
	*sql.DB
	quotas *tenantQuotas
}

// slotKey is the context key of the function that releases a slot.
type slotKey struct{}

// acquireSlot returns a context that carries a slot of its tenant's quota, and the function
// that releases the slot. The system scope needs no slot.
func (p *quotaPool) acquireSlot(ctx context.Context) (context.Context, func(), error) {
	tenant, err := FromContext(ctx)
	if err != nil { // the system scope; the connector refuses a context without any scope
		return ctx, func() {}, nil //nolint:nilerr // the connector returns this error
	}
	release, err := p.quotas.acquire(ctx, tenant.ID)
	if err != nil {
		return ctx, func() {}, err
	}
	return context.WithValue(ctx, slotKey{}, release), release, nil
}

// GetDBConn returns the pool without quotas. GORM calls it for DB().
func (p *quotaPool) GetDBConn() (*sql.DB, error) { return p.DB, nil }

// BeginTx holds a slot until the transaction has ended.
func (p *quotaPool) BeginTx(ctx context.Context, opts *sql.TxOptions) (*sql.Tx, error) {
	return withSlot(ctx, p, func(ctx context.Context) (*sql.Tx, error) { return p.DB.BeginTx(ctx, opts) })
}

// ExecContext holds a slot until the statement has ended.
func (p *quotaPool) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	return withSlot(ctx, p, func(ctx context.Context) (sql.Result, error) { return p.DB.ExecContext(ctx, query, args...) })
}

// QueryContext holds a slot until the rows are closed.
func (p *quotaPool) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return withSlot(ctx, p, func(ctx context.Context) (*sql.Rows, error) { return p.DB.QueryContext(ctx, query, args...) })
}

// QueryRowContext holds a slot until the row is scanned.
func (p *quotaPool) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	slotCtx, release, _ := p.acquireSlot(ctx) // it fails when ctx has ended; then Scan fails, too
	row := p.DB.QueryRowContext(slotCtx, query, args...)
	if row.Err() != nil {
		release()
	}
	return row
}

// withSlot calls run with a slot of the context's tenant, and releases it if run fails.
func withSlot[T any](ctx context.Context, p *quotaPool, run func(context.Context) (T, error)) (T, error) {
	slotCtx, release, err := p.acquireSlot(ctx)
	if err != nil {
		return *new(T), err
	}
	result, err := run(slotCtx)
	if err != nil {
		release()
	}
	return result, err
}
