package tenancy

import (
	"context"
	"database/sql"
	"sync"
)

// connsPerTenant is how many of the pool's connections (maxConns) one tenant may hold at
// once. More of its statements wait, and those of its neighbours do not.
const connsPerTenant = maxConns / 4

// shares are the places that tenants have in the pool.
type shares struct {
	mu sync.Mutex
	of map[ID]*share // of those who have or want a place
}

type share struct {
	places chan struct{}
	users  int
}

// take waits for a place of a tenant, and fails when ctx ends before. The place is given
// back by the function that it returns.
func (s *shares) take(ctx context.Context, tenant ID) (func(), error) {
	s.mu.Lock()
	own := s.of[tenant]
	if own == nil {
		own = &share{places: make(chan struct{}, connsPerTenant)}
		s.of[tenant] = own
	}
	own.users++
	s.mu.Unlock()
	leave := func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if own.users--; own.users == 0 {
			delete(s.of, tenant)
		}
	}
	select {
	case own.places <- struct{}{}:
		return sync.OnceFunc(func() { <-own.places; leave() }), nil
	case <-ctx.Done():
		leave()
		return nil, ctx.Err()
	}
}

// sharedPool is what GORM's sessions have for a pool: a statement, or a transaction, takes
// a place of its tenant before it takes a connection, which gives it back when it is back
// in the pool itself. What GORM prepares, and the pool itself or a connection that it
// lends, takes none: that is for code of one's own, and for no request.
type sharedPool struct {
	*sql.DB
	shares *shares
}

type placeInShare struct{}

// take returns a context that holds a place.
func (p *sharedPool) take(ctx context.Context) (context.Context, func(), error) {
	tenant, err := FromContext(ctx)
	if err != nil { // the system scope; all else is refused below
		return ctx, func() {}, nil //nolint:nilerr // by whom the statement is meant for
	}
	free, err := p.shares.take(ctx, tenant.ID)
	if err != nil {
		return ctx, func() {}, err
	}
	return context.WithValue(ctx, placeInShare{}, free), free, nil
}

// GetDBConn is what GORM asks for the pool itself.
func (p *sharedPool) GetDBConn() (*sql.DB, error) { return p.DB, nil }

// BeginTx keeps its place until the transaction has ended.
func (p *sharedPool) BeginTx(ctx context.Context, opts *sql.TxOptions) (*sql.Tx, error) {
	return placed(ctx, p, func(ctx context.Context) (*sql.Tx, error) { return p.DB.BeginTx(ctx, opts) })
}

// ExecContext keeps its place until the statement has ended.
func (p *sharedPool) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	return placed(ctx, p, func(ctx context.Context) (sql.Result, error) { return p.DB.ExecContext(ctx, query, args...) })
}

// QueryContext keeps its place until the rows are closed.
func (p *sharedPool) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return placed(ctx, p, func(ctx context.Context) (*sql.Rows, error) { return p.DB.QueryContext(ctx, query, args...) })
}

// QueryRowContext keeps its place until the row is scanned.
func (p *sharedPool) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	own, free, _ := p.take(ctx) // it fails when ctx has ended, which the row will tell
	row := p.DB.QueryRowContext(own, query, args...)
	if row.Err() != nil {
		free()
	}
	return row
}

func placed[T any](ctx context.Context, p *sharedPool, run func(context.Context) (T, error)) (T, error) {
	own, free, err := p.take(ctx)
	if err != nil {
		return *new(T), err
	}
	result, err := run(own)
	if err != nil {
		free()
	}
	return result, err
}
