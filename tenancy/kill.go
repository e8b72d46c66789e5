package tenancy

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"time"
)

// newKillPool returns a small unguarded pool used only for KILL.
func newKillPool(inner driver.Connector) *sql.DB {
	killPool := sql.OpenDB(inner)
	killPool.SetMaxOpenConns(2)
	killPool.SetConnMaxIdleTime(time.Minute)
	return killPool
}

// connID identifies a connection: its id on the server (CONNECTION_ID()), and the server,
// since an address can lead to several servers.
type connID struct{ thread, server string }

// serverIdentity is the SQL expression for the server of a connection.
const serverIdentity = "CONCAT(@@hostname, ':', @@port, @@socket)"

// killConnection kills a connection of the server and waits until it has ended, for at most five
// seconds. When a context ends during a statement, the driver closes the connection, but the
// server does not stop the statement.
func (c *connector) killConnection(id connID) error {
	const limit = 5 * time.Second // a server checks for KILL between rows
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	for pause := time.Millisecond; ; pause = min(2*pause, 100*time.Millisecond) {
		if ended, err := c.killOnce(ctx, id); ended || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
}

// killOnce sends KILL and reports whether the connection had already ended. It fails when the
// kill pool is connected to another server.
func (c *connector) killOnce(ctx context.Context, id connID) (ended bool, err error) {
	conn, err := c.killPool.Conn(ctx)
	if err != nil {
		return false, err
	}
	defer conn.Close()
	var server string
	if err := conn.QueryRowContext(ctx, "SELECT "+serverIdentity).Scan(&server); err != nil {
		return false, err
	}
	if server != id.server {
		return false, fmt.Errorf("the statement runs on the server %s, but the address is now of the server %s", id.server, server)
	}
	if _, err = conn.ExecContext(ctx, "KILL "+id.thread); errorNumber(err) == errNoThread {
		return true, nil
	}
	return false, err
}

// timeouts are the values of query_timeout on Vitess. With few values, SET is rarely needed.
var timeouts = [...]time.Duration{time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second, 30 * time.Second, time.Minute}

// setQueryTimeout sets query_timeout on Vitess to the time until the context's deadline,
// rounded up to one of timeouts. It replaces KILL, which is unsafe there: each vtgate counts
// its connection ids from 1, so KILL could end another client's statement. A cancelled
// statement ends by its timeout, and holds the tenant's slot until then.
func (c *conn) setQueryTimeout(ctx context.Context) error {
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
