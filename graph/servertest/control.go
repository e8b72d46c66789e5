package servertest

import (
	"cmp"
	"context"
	"errors"
	"sync"
	"sync/atomic"

	"github.com/99designs/gqlgen/graphql"
)

// control blocks and fails resolvers, for tests.
type control struct {
	mu      sync.Mutex
	held    map[string]chan struct{}
	panics  string
	failure error
	lists   atomic.Int64
}

func newControl() *control { return &control{held: map[string]chan struct{}{}} }

// Hold blocks the resolvers of the connections in a field, such as tags, until release is called or
// their contexts end.
func (c *control) Hold(field string) (release func()) {
	held := make(chan struct{})
	c.mu.Lock()
	defer c.mu.Unlock()
	c.held[field] = held
	return sync.OnceFunc(func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.held, field)
		close(held)
	})
}

// PanicIn makes the resolvers of the connections in a field, such as tags, panic. An empty name ends this.
func (c *control) PanicIn(field string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.panics = field
}

// waitForRelease blocks while a test holds the field of ctx, a connection. It counts the field, and panics if a test has
// chosen it.
func (c *control) waitForRelease(ctx context.Context) {
	c.lists.Add(1)
	field := graphql.GetFieldContext(ctx).Field.Name
	c.mu.Lock()
	held, panics := c.held[field], c.panics == field
	c.mu.Unlock()
	if panics {
		panic("secret: hunter2")
	}
	if held == nil {
		return
	}
	select {
	case <-held:
	case <-ctx.Done():
	}
}

// Lists returns how many connections were resolved, by all requests.
func (c *control) Lists() int { return int(c.lists.Load()) }

// Fail gives the field probe.error an error.
func (c *control) Fail(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.failure = err
}

// probeError returns the error of Fail, or one with a secret.
func (c *control) probeError() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return cmp.Or(c.failure, errors.New("secret: hunter2"))
}
