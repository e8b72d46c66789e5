package tenancy_test

import (
	"context"
	"database/sql"
	"errors"
	"net"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"

	"rowhouse/tenancy"
	"rowhouse/tenancy/tenancytest"
)

// TestConnectionIsClosedWhenSetUpFails breaks the statements that set up a connection with a proxy,
// and changes a setting.
func TestConnectionIsClosedWhenSetUpFails(t *testing.T) {
	d := newNotes(t)
	way := newGateway(t, d)
	config, err := tenancy.ParseDSN(d.DSN)
	if err != nil {
		t.Fatal(err)
	}
	pool, err := tenancy.OpenUnguarded(config)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	before := d.Processes(t)
	for _, test := range []struct{ from, to, want string }{
		{
			from: "SELECT @@version",
			to:   "SELECT @@versiom",
			want: "Error 1193",
		},
		{
			from: "SET NAMES",
			to:   "SEX NAMES",
			want: "Error 1064",
		},
		{
			from: "sql_safe_updates = 0",
			to:   "sql_safe_updates = 1",
			want: "the session variable sql_safe_updates is",
		},
	} {
		way.rewrite(test.from, test.to)
		if err := pool.PingContext(t.Context()); err == nil || !strings.Contains(err.Error(), "set up a connection: "+test.want) {
			t.Errorf("%s: %v", test.to, err)
		}
		waitFor(t, "the server ends the connection", func() bool {
			return !slices.ContainsFunc(d.Processes(t), func(p tenancytest.Process) bool {
				return !slices.ContainsFunc(before, func(b tenancytest.Process) bool { return b.ID == p.ID })
			})
		})
	}
	way.rewrite("", "")

	// The same happens to a connection that is verified later.
	guarded, system, id := limitToOneConn(t, d)
	first := id()
	conn, err := guarded.Conn(system)
	if err == nil {
		err = drain(conn.QueryContext(system, "SELECT 1"))
	}
	if err != nil {
		t.Fatal(err)
	}
	way.rewrite("SELECT @@version", "SELECT @@versiom")
	if err := drain(conn.QueryContext(d.Acme, "SELECT id FROM notes WHERE tenant_id = 1")); err == nil ||
		!strings.Contains(err.Error(), "verify the connection: Error 1193") {
		t.Error(err)
	}
	way.rewrite("", "")
	_ = conn.Close()
	if id() == first {
		t.Error("the connection is used again")
	}
}

// TestOpenUnguardedFails opens databases that do not exist or do not respond.
func TestOpenUnguardedFails(t *testing.T) {
	if _, err := tenancy.OpenUnguarded(&mysql.Config{Net: "carrier pigeon"}); err == nil ||
		!strings.Contains(err.Error(), "read the database address") {
		t.Error(err)
	}
	late := func(ctx context.Context, _, _ string) (net.Conn, error) {
		<-ctx.Done()
		return nil, &net.OpError{Op: "dial", Err: os.ErrDeadlineExceeded}
	}
	refused := func(context.Context, string, string) (net.Conn, error) {
		return nil, &net.OpError{Op: "dial", Err: os.ErrNotExist}
	}
	for _, test := range []struct {
		name    string
		dial    func(context.Context, string, string) (net.Conn, error)
		timeout time.Duration // 0 for none
		want    error
		late    bool
	}{
		{
			name:    "no server",
			dial:    refused,
			timeout: 0,
			want:    os.ErrNotExist,
		},
		{
			name:    "no server, with a deadline",
			dial:    refused,
			timeout: time.Minute,
			want:    os.ErrNotExist,
		},
		{
			name:    "no response",
			dial:    late,
			timeout: 20 * time.Millisecond,
			want:    os.ErrDeadlineExceeded,
			late:    true,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			config := mysql.NewConfig()
			config.DialFunc = test.dial
			pool, err := tenancy.OpenUnguarded(config)
			if err != nil {
				t.Fatal(err)
			}
			defer pool.Close()
			ctx := t.Context()
			if test.timeout > 0 {
				var cancel context.CancelFunc
				ctx, cancel = context.WithTimeout(ctx, test.timeout)
				defer cancel()
			}
			if err := pool.PingContext(ctx); !errors.Is(err, test.want) || errors.Is(err, context.DeadlineExceeded) != test.late {
				t.Error(err)
			}
		})
	}
}

// TestSettingsAreVerifiedOnce counts the statements of new connections.
func TestSettingsAreVerifiedOnce(t *testing.T) {
	d := newNotes(t)
	pool, system, _ := limitToOneConn(t, d)
	pool.SetMaxIdleConns(0) // each connection is a new one
	query := func(ctx context.Context) func(*testing.T, *sql.Conn) {
		return func(t *testing.T, c *sql.Conn) {
			t.Helper()
			if err := drain(c.QueryContext(ctx, "SELECT COUNT(*) FROM notes WHERE tenant_id = 1")); err != nil {
				t.Error(err)
			}
		}
	}
	acme, unscoped := query(d.Acme), query(system)
	questions := func(t *testing.T, steps []func(*testing.T, *sql.Conn)) (n int) {
		t.Helper()
		c, err := pool.Conn(system)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		for _, step := range steps {
			step(t, c)
		}
		var name string
		if err := c.QueryRowContext(system, "SHOW SESSION STATUS LIKE 'Questions'").Scan(&name, &n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	begin := questions(t, nil)
	for _, test := range []struct {
		name  string
		steps []func(*testing.T, *sql.Conn)
		want  int
	}{
		{
			name:  "a tenant's statements",
			steps: []func(*testing.T, *sql.Conn){acme, acme, acme},
			want:  3,
		},
		{
			name:  "those of the system scope",
			steps: []func(*testing.T, *sql.Conn){unscoped, unscoped},
			want:  2,
		},
		{
			name:  "a tenant's after the system scope's",
			steps: []func(*testing.T, *sql.Conn){unscoped, acme, acme},
			want:  3 + 1,
		},
		{
			name:  "in turn",
			steps: []func(*testing.T, *sql.Conn){unscoped, acme, unscoped, acme, acme},
			want:  5 + 2,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := questions(t, test.steps) - begin; got != test.want {
				t.Errorf("%d statements, want %d", got, test.want)
			}
		})
	}
	t.Run("from the pool", func(t *testing.T) {
		pool.SetMaxIdleConns(1)
		asked := func() (n int) {
			var name string
			if err := pool.QueryRowContext(system, "SHOW SESSION STATUS LIKE 'Questions'").Scan(&name, &n); err != nil {
				t.Fatal(err)
			}
			return n
		}
		begin := asked()
		for range 5 {
			err := drain(pool.QueryContext(d.Acme, "SELECT COUNT(*) FROM notes WHERE tenant_id = 1")) //nolint:contextcheck // d.Acme
			if err != nil {
				t.Fatal(err)
			}
		}
		if got := asked() - begin; got != 5+1+1 { // once after the system scope, and the last question itself
			t.Errorf("%d statements, want 7", got)
		}
	})
}
