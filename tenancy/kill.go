package tenancy

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"time"
)

// newKiller is a pool beside the guarded one, for nothing but KILL.
func newKiller(inner driver.Connector) *sql.DB {
	killer := sql.OpenDB(inner)
	killer.SetMaxOpenConns(2)
	killer.SetConnMaxIdleTime(time.Minute)
	return killer
}

// endTransaction means that a transaction ends. Unless its last statement was cancelled, nothing of
// it runs, even if the connection turns out to be lost.
func (c *conn) endTransaction() {
	c.open, c.lost = false, nil
	if c.inner.IsValid() {
		c.last = nil
	}
}

// IsValid is asked when the connection goes back to the pool, which keeps no context, and
// closes one that the system scope has changed, or that is inside a transaction.
func (c *conn) IsValid() bool {
	valid := c.inner.IsValid() && !c.changed && !c.open
	if valid { // else Close follows, and what still runs keeps its place until then
		c.back()
		c.last = nil
	}
	return valid
}

// begin notes a statement that begins.
func (c *conn) begin(ctx context.Context) error {
	if c.vitess {
		if err := c.limit(ctx); err != nil {
			return err
		}
	}
	c.last, c.began = ctx, time.Now()
	return nil
}

// cancelled reports whether the last statement was given up when its context ended, and
// goes on at the server.
func (c *conn) cancelled() bool { return !c.inner.IsValid() && c.last != nil && c.last.Err() != nil }

// Close kills a cancelled statement. Until then the pool counts the connection. One that the
// server has lost is left alone: its number may be another's.
func (c *conn) Close() error {
	if c.vitess && c.cancelled() {
		if free := c.free; free != nil {
			c.free = nil
			time.AfterFunc(time.Until(c.began.Add(c.timeout)), free)
		}
		return c.inner.Close()
	}
	defer c.back()
	if c.cancelled() {
		if err := c.pool.kill(c.at); err != nil {
			c.pool.log.Warn("a statement whose request has ended may still run", "connection", c.at.id, "error", err)
		}
	}
	return c.inner.Close()
}

// place is the number that a server has given a connection, and the server, since one
// address may be several servers'.
type place struct{ id, server string }

const whichServer = "CONCAT(@@hostname, ':', @@port, @@socket)"

// kill ends what runs at a place, and waits for its end: a connection that the driver has
// given up in the middle of a statement, because its context has ended, leaves it running.
func (c *connector) kill(at place) error {
	const patience = 5 * time.Second // a server looks between rows whether it is killed
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for pause := time.Millisecond; ; pause = min(2*pause, 100*time.Millisecond) {
		if ended, err := c.killOnce(ctx, at); ended || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
}

// killOnce reports whether it came too late.
func (c *connector) killOnce(ctx context.Context, at place) (ended bool, err error) {
	own, err := c.killer.Conn(ctx)
	if err != nil {
		return false, err
	}
	defer own.Close()
	var server string
	if err := own.QueryRowContext(ctx, "SELECT "+whichServer).Scan(&server); err != nil {
		return false, err
	}
	if server != at.server {
		return false, fmt.Errorf("it runs on %s, and %s answers now", at.server, server)
	}
	if _, err = own.ExecContext(ctx, "KILL "+at.id); errorNumber(err) == errNoThread {
		return true, nil
	}
	return false, err
}

// timeouts are the values of query_timeout on Vitess: few, so that it rarely changes.
var timeouts = [...]time.Duration{time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second, 30 * time.Second, time.Minute}

// limit bounds a statement on Vitess to about the time that its context has left. A client
// can't kill a statement there: vtgate gives its connections numbers of its own, counted from
// 1 in each process, so KILL could end the statement of another client. A statement that is
// cancelled ends with its timeout, and the tenant's slot is held until then.
func (c *conn) limit(ctx context.Context) error {
	timeout := timeouts[len(timeouts)-1]
	if deadline, ok := ctx.Deadline(); ok {
		left := time.Until(deadline)
		for _, t := range timeouts {
			if t >= left {
				timeout = t
				break
			}
		}
	}
	if timeout == c.timeout {
		return nil
	}
	if _, err := c.inner.ExecContext(ctx, fmt.Sprintf("SET query_timeout = %d", timeout.Milliseconds()), nil); err != nil {
		return err
	}
	c.timeout = timeout
	return nil
}
