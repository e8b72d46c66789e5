package migration_test

import (
	"context"
	"errors"
	"net"
	"sync"
	"testing"

	"github.com/go-sql-driver/mysql"
	"github.com/google/uuid"

	"rowhouse/tenancy"
)

// Times at which a cutter ends the connection: before the server receives a statement, without
// waiting for its end, or after its end but before the client receives the result.
const (
	cutBefore  = "before"
	cutDuring  = "during"
	cutAfter   = "after"
	comQuery   = 0x03 // the command byte of a statement in MySQL's protocol
	headerSize = 4
)

var errCut = errors.New("the connection was cut")

// cutter ends the connections of a program to a database, as if the program were killed. It
// cuts at the first statement that it has not cut in the same way before. Then no connection
// works until it is armed again, so that each run gets one step further.
type cutter struct {
	mu    sync.Mutex
	done  map[string]bool
	armed bool     // cut at the next statement
	dead  bool     // after a cut: nothing reaches the server
	cuts  []string // time and statement of each cut
}

// newCutter returns a cutter and the address of the database at dsn through it.
func newCutter(t *testing.T, dsn string) (*cutter, string) {
	t.Helper()
	config, err := tenancy.ParseDSN(dsn)
	if err != nil {
		t.Fatal(err)
	}
	c := &cutter{done: map[string]bool{}}
	network, name := config.Net, "cut-"+uuid.NewString()
	mysql.RegisterDialContext(name, func(ctx context.Context, addr string) (net.Conn, error) {
		if c.isDead() {
			return nil, errCut
		}
		conn, err := new(net.Dialer).DialContext(ctx, network, addr)
		return &cutConn{Conn: conn, cutter: c}, err
	})
	t.Cleanup(func() { mysql.DeregisterDialContext(name) })
	config.Net = name
	return c, config.FormatDSN()
}

// arm makes the cutter cut one more time.
func (c *cutter) arm() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.armed, c.dead = true, false
}

func (c *cutter) isDead() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.dead
}

// chooseCut returns when to cut the connection at a statement, or "".
func (c *cutter) chooseCut(statement string) (when string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.armed {
		return ""
	}
	for _, when := range []string{cutBefore, cutDuring, cutAfter} {
		if key := when + " " + statement; !c.done[key] {
			c.done[key], c.armed, c.dead = true, false, true
			c.cuts = append(c.cuts, key)
			return when
		}
	}
	return ""
}

// cutConn is a connection that a cutter may end.
type cutConn struct {
	net.Conn
	cutter *cutter
	after  bool // end it when the server has responded
}

// Write sends a packet, unless it is a statement to be cut.
func (c *cutConn) Write(b []byte) (int, error) {
	when := ""
	if c.cutter.isDead() {
		_ = c.Close()
		return 0, errCut
	}
	if len(b) > headerSize && b[headerSize-1] == 0 && b[headerSize] == comQuery {
		when = c.cutter.chooseCut(string(b[headerSize+1:]))
	}
	switch when {
	case cutBefore:
		_ = c.Close()
		return 0, errCut
	case cutDuring:
		defer c.Close()
	case cutAfter:
		c.after = true
	}
	return c.Conn.Write(b)
}

// Read hides the response to a statement that was cut after its end.
func (c *cutConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if c.after && err == nil {
		_ = c.Close()
		return 0, errCut
	}
	return n, err
}
