package relay

import (
	"errors"
	"sync"
)

// Batch links the rows of one statement, which load their relations together. Row embeds it; rows
// that are no objects of the API, such as counts, can embed it too.
type Batch[T any] struct{ batch *batch[T] }

func (b *Batch[T]) setBatch(shared *batch[T]) { b.batch = shared }
func (b *Batch[T]) currentBatch() *batch[T]   { return b.batch }

// batched is a pointer to a struct with an embedded Batch.
type batched[T any] interface {
	*T
	setBatch(*batch[T])
	currentBatch() *batch[T]
}

// batch is a set of rows with their loaded relations. It lives as long as the rows,
// which is one operation of one tenant.
type batch[T any] struct {
	rows  []*T
	mu    sync.Mutex
	loads map[any]*load // nil until the first
}

// load is the result of a fetch, which runs once.
type load struct {
	once  sync.Once
	value any
	err   error
}

// NewBatch makes rows one batch.
func NewBatch[T any, P batched[T]](rows []*T) {
	b := &batch[T]{rows: rows}
	for _, r := range rows {
		P(r).setBatch(b)
	}
}

var errPanicked = errors.New("loading a relation panicked")

// LoadBatch calls fetch with all rows of the batch of r, and returns its result. It calls fetch once
// for each key, a comparable value for a relation with its arguments; concurrent
// callers wait.
func LoadBatch[T, V any, P batched[T]](r P, key any, fetch func(rows []*T) (V, error)) (V, error) {
	return loadBatch(r.currentBatch(), key, fetch)
}

func loadBatch[T, V any](b *batch[T], key any, fetch func(rows []*T) (V, error)) (V, error) {
	b.mu.Lock()
	l, ok := b.loads[key]
	if !ok {
		if b.loads == nil {
			b.loads = map[any]*load{}
		}
		l = &load{err: errPanicked}
		b.loads[key] = l
	}
	b.mu.Unlock()
	l.once.Do(func() { l.value, l.err = fetch(b.rows) })
	if l.err != nil {
		var none V
		return none, l.err
	}
	return l.value.(V), nil
}

// setLoaded stores the result of a fetch that need not run.
func (b *batch[T]) setLoaded(key, value any) {
	l := &load{value: value}
	l.once.Do(func() {})
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.loads == nil {
		b.loads = map[any]*load{}
	}
	b.loads[key] = l
}
