package model

import (
	"errors"
	"sync"
)

// peers makes a row know the rows it was fetched with. What one of them is asked
// for (its project, its newest comments) is loaded for all of them at once: a
// statement a relation, whatever the number of rows, and no timer that guesses when
// a batch is complete.
type peers[T any] struct{ cohort *cohort[T] }

func (p *peers[T]) join(c *cohort[T]) { p.cohort = c }

// cohort is a set of rows fetched together. It lives as long as they do, which is
// one operation of one tenant.
type cohort[T any] struct {
	rows  []*T
	mu    sync.Mutex
	loads map[any]*load
}

// load is a relation of a cohort: loading or loaded.
type load struct {
	once  sync.Once
	value any
	err   error
}

// gather makes rows one cohort.
func gather[T any, P interface {
	*T
	join(*cohort[T])
}](rows []P) {
	c := &cohort[T]{rows: make([]*T, len(rows)), loads: map[any]*load{}}
	for i, row := range rows {
		c.rows[i] = row
		row.join(c)
	}
}

var errPanicked = errors.New("loading a relation panicked")

// together returns what fetch finds for all rows of a cohort. It is called once for
// each relation, a comparable value that stands for one V with its arguments; other
// callers wait.
func together[T, V any](c *cohort[T], relation any, fetch func(rows []*T) (V, error)) (V, error) {
	c.mu.Lock()
	l, ok := c.loads[relation]
	if !ok {
		l = &load{err: errPanicked}
		c.loads[relation] = l
	}
	c.mu.Unlock()
	l.once.Do(func() { l.value, l.err = fetch(c.rows) })
	if l.err != nil {
		var none V
		return none, l.err
	}
	return l.value.(V), nil
}
