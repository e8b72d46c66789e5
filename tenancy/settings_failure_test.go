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

// TestAConnectionThatCanNotBeSetUpIsClosed has a proxy break the statements that set up a
// connection, and one that changes a setting.
func TestAConnectionThatCanNotBeSetUpIsClosed(t *testing.T) {
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
		{"SELECT @@version", "SELECT @@versiom", "Error 1193"},
		{"SET NAMES", "SEX NAMES", "Error 1064"},
		{"sql_safe_updates = 0", "sql_safe_updates = 1", "the session variable sql_safe_updates is"},
	} {
		way.rewrite(test.from, test.to)
		if err := pool.PingContext(t.Context()); err == nil || !strings.Contains(err.Error(), "set up a connection: "+test.want) {
			t.Errorf("%s: %v", test.to, err)
		}
		within(t, "the server ends the connection", func() bool {
			return !slices.ContainsFunc(d.Processes(t), func(p tenancytest.Process) bool {
				return !slices.ContainsFunc(before, func(b tenancytest.Process) bool { return b.ID == p.ID })
			})
		})
	}
	way.rewrite("", "")

	// So it is with a connection that is verified later.
	guarded, system, id := single(t, d)
	first := id()
	conn, err := guarded.Conn(system)
	if err == nil {
		err = drain(conn.QueryContext(system, "SELECT 1"))
	}
	if err != nil {
		t.Fatal(err)
	}
	way.rewrite("SELECT @@version", "SELECT @@versiom")
	if err := drain(conn.QueryContext(d.Acme, "SELECT id FROM notes WHERE tenant_id = 1")); err == nil || !strings.Contains(err.Error(), "verify the connection: Error 1193") {
		t.Error(err)
	}
	way.rewrite("", "")
	_ = conn.Close()
	if id() == first {
		t.Error("the connection is used again")
	}
}

// TestOpenUnguardedFails opens what can't be opened.
func TestOpenUnguardedFails(t *testing.T) {
	if _, err := tenancy.OpenUnguarded(&mysql.Config{Net: "carrier pigeon"}); err == nil || !strings.Contains(err.Error(), "read the database address") {
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
		{"no server", refused, 0, os.ErrNotExist, false},
		{"no server, with a deadline", refused, time.Minute, os.ErrNotExist, false},
		{"no response", late, 20 * time.Millisecond, os.ErrDeadlineExceeded, true},
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

// TestSettingsAreReadOnce counts the statements of new connections: all begin with the same
// ones.
func TestSettingsAreReadOnce(t *testing.T) {
	d := newNotes(t)
	pool, system, _ := single(t, d)
	pool.SetMaxIdleConns(0) // each connection is a new one
	query := func(ctx context.Context) func(*testing.T, *sql.Conn) {
		return func(t *testing.T, c *sql.Conn) {
			t.Helper()
			if err := drain(c.QueryContext(ctx, "SELECT COUNT(*) FROM notes WHERE tenant_id = 1")); err != nil {
				t.Error(err)
			}
		}
	}
	acme, nobody := query(d.Acme), query(system)
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
		{"a tenant's statements", []func(*testing.T, *sql.Conn){acme, acme, acme}, 3},
		{"those of the system scope", []func(*testing.T, *sql.Conn){nobody, nobody}, 2},
		{"a tenant's after the system scope's", []func(*testing.T, *sql.Conn){nobody, acme, acme}, 3 + 1},
		{"in turn", []func(*testing.T, *sql.Conn){nobody, acme, nobody, acme, acme}, 5 + 2},
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
			if err := drain(pool.QueryContext(d.Acme, "SELECT COUNT(*) FROM notes WHERE tenant_id = 1")); err != nil { //nolint:contextcheck // a tenant of its own
				t.Fatal(err)
			}
		}
		if got := asked() - begin; got != 5+1+1 { // once after the system scope, and the last question itself
			t.Errorf("%d statements, want 7", got)
		}
	})
}
