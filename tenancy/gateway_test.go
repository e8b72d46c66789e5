package tenancy_test

import (
	"bytes"
	"database/sql"
	"encoding/binary"
	"io"
	"net"
	"os"
	"sync"
	"testing"
	"time"

	"rowhouse/tenancy"
	"rowhouse/tenancy/tenancytest"
)

// rewrite makes the gateway replace a string in the data of clients.
func (g *gateway) rewrite(from, to string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.from, g.to = []byte(from), []byte(to)
}

// Read replaces strings in the data of a client.
func (c rewritten) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.from) > 0 {
		copy(b, bytes.ReplaceAll(b[:n], c.from, c.to))
	}
	return n, err
}

type rewritten struct {
	net.Conn
	*gateway
}

// inject sends a statement over each idle connection, and drops the response.
func (g *gateway) inject(t *testing.T, statement string) {
	t.Helper()
	g.mu.Lock()
	g.injected = make(chan struct{}, len(g.open))
	servers := len(g.open) / 2
	packet := binary.LittleEndian.AppendUint32(nil, uint32(len(statement)+1)) // three bytes of length, and the number 0
	packet = append(append(packet, 3), statement...)
	for i := 1; i < len(g.open); i += 2 {
		if _, err := g.open[i].Write(packet); err != nil {
			servers-- // an old connection
		}
	}
	g.mu.Unlock()
	for range servers {
		select {
		case <-g.injected:
		case <-time.After(10 * time.Second):
			t.Fatal("the server does not respond")
		}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.injected = nil
}

// relayFrom sends a server's responses to a client, except those to injected statements.
func (g *gateway) relayFrom(server, client net.Conn) {
	b := make([]byte, 64<<10)
	for {
		n, err := server.Read(b)
		g.mu.Lock()
		injected := g.injected
		g.mu.Unlock()
		if n > 0 && injected != nil {
			injected <- struct{}{}
		} else if n > 0 {
			_, _ = client.Write(b[:n])
		}
		if err != nil {
			_ = client.Close()
			return
		}
	}
}

// gateway is a proxy in front of the database.
type gateway struct {
	mu            sync.Mutex
	network, addr string // of the server
	open          []net.Conn
	from, to      []byte        // see rewrite
	injected      chan struct{} // see inject
}

// newGateway opens the database again, through a gateway.
func newGateway(t *testing.T, d *tenancytest.Database) *gateway {
	t.Helper()
	config, err := tenancy.ParseDSN(d.DSN)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	g := &gateway{network: config.Net, addr: config.Addr}
	go g.serve(listener)
	config.Net, config.Addr = "tcp", listener.Addr().String()
	d.DSN = config.FormatDSN()
	d.Reopen(t, &note{})
	return g
}

func (g *gateway) serve(listener net.Listener) {
	for {
		client, err := listener.Accept()
		if err != nil {
			return
		}
		g.mu.Lock()
		server, err := net.Dial(g.network, g.addr)
		if err == nil {
			g.open = append(g.open, client, server)
			go g.relayFrom(server, client)
			go relay(server, rewritten{client, g})
		}
		g.mu.Unlock()
	}
}

func relay(to io.WriteCloser, from io.Reader) {
	_, _ = io.Copy(to, from)
	_ = to.Close()
}

// count returns the number of connections since the start.
func (g *gateway) count() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.open) / 2
}

// cut ends all connections.
func (g *gateway) cut() {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, c := range g.open {
		_ = c.Close()
	}
}

// redirect leads new connections to another server, which has a database of the same name. It
// returns a connection of that server with the id.
func (g *gateway) redirect(t *testing.T, d *tenancytest.Database, number int) *sql.Conn {
	t.Helper()
	dir, err := os.MkdirTemp("", "rowhouse-test-") // short, for its socket
	if err != nil {
		t.Fatal(err)
	}
	other, err := tenancytest.StartPrivate(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = other.Stop() })
	there, err := sql.Open("mysql", other.DSN("mysql"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = there.Close() })
	ours, err := tenancy.ParseDSN(d.DSN)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := there.ExecContext(t.Context(), "CREATE DATABASE "+ours.DBName); err != nil {
		t.Fatal(err)
	}
	theirs, err := tenancy.ParseDSN(other.DSN("mysql"))
	if err != nil {
		t.Fatal(err)
	}
	g.mu.Lock()
	g.network, g.addr = theirs.Net, theirs.Addr
	g.mu.Unlock()
	there.SetMaxIdleConns(0)
	for {
		c, err := there.Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var n int
		if err := c.QueryRowContext(t.Context(), "SELECT CONNECTION_ID()").Scan(&n); err != nil || n > number {
			t.Fatal(n, err)
		}
		if n == number {
			return c
		}
		_ = c.Close()
	}
}
