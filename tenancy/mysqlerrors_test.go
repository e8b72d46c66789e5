package tenancy

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"testing"

	"github.com/go-sql-driver/mysql"
)

func TestOutageErrorsAreRecognised(t *testing.T) {
	shard := func(number uint16, message string) error { return &mysql.MySQLError{Number: number, Message: message} }
	for _, test := range []struct {
		err  error
		want bool
	}{
		{
			err: shard(1105, "target: rowhouse.c0-.primary: no healthy tablet available for 'keyspace:\"rowhouse\" shard:\"c0-\" "+
				"tablet_type:PRIMARY'"),
			want: true,
		},
		{
			err: shard(1105, "target: rowhouse.c0-.primary: vttablet: rpc error: code = Code(17) desc = "+
				"operation not allowed in state SHUTTING_DOWN"),
			want: true,
		},
		{
			err:  shard(2002, "target: rowhouse.c0-.primary: vttablet: rpc error: code = Unavailable desc = (errno 2002) (sqlstate HY000)"),
			want: true,
		},
		{err: shard(2006, ""), want: true},
		{err: shard(2013, ""), want: true},
		{
			err: shard(1317, "target: rowhouse.c0-.primary: vttablet: rpc error: code = Aborted desc = transaction 1: ended at "+
				"2026-11-28 09:22:28 UTC (unlocked closed connection)"),
			want: true,
		},
		{err: shard(1053, "Server shutdown in progress"), want: true},
		{err: fmt.Errorf("update: %w", &net.OpError{Op: "dial", Err: errors.New("connection refused")}), want: true},
		{err: fmt.Errorf("update: %w", mysql.ErrInvalidConn), want: true},

		{err: nil, want: false},
		{err: shard(1105, "plan includes scatter, which is disallowed"), want: false},
		{err: shard(1105, "unknown error: Sql: \"select 'no healthy tablet available'\""), want: false}, // a string of a client
		{err: shard(1317, "Query execution was interrupted"), want: false},
		{err: shard(1317, "code = Aborted desc = transaction 1: ended at 2026-11-28 (exceeded timeout: 2s)"), want: false},
		{err: shard(1062, "Duplicate entry 'no healthy tablet available' for key 'members_email'"), want: false},
		{err: sql.ErrNoRows, want: false},
		{err: context.DeadlineExceeded, want: false},
		{err: errors.Join(mysql.ErrInvalidConn, context.Canceled), want: false}, // the request's own end
	} {
		if got := IsOutage(test.err); got != test.want {
			t.Errorf("%v: %t", test.err, got)
		}
	}
}

// TestServerErrorsAreClassified has each error number that this package reads, as the server sends it.
func TestServerErrorsAreClassified(t *testing.T) {
	server := func(number uint16, state string) error {
		e := &mysql.MySQLError{Number: number}
		copy(e.SQLState[:], state)
		return fmt.Errorf("insert: %w", e)
	}
	for _, test := range []struct {
		name                       string
		err                        error
		duplicate, conflict, ended bool
	}{
		{name: "no error", err: nil},
		{name: "not of the server", err: errors.New("boom")},
		{
			name:      "duplicate entry",
			err:       server(1062, "23000"),
			duplicate: true,
		},
		{
			name:     "deadlock",
			err:      server(1213, "40001"),
			conflict: true,
			ended:    true,
		},
		{
			name:     "lock wait timeout",
			err:      server(1205, "HY000"),
			conflict: true,
			ended:    true,
		},
		{
			name:     "snapshot conflict",
			err:      server(1020, "HY000"),
			conflict: true,
			ended:    true,
		},
		{name: "NOWAIT", err: server(3572, "HY000")},
		{name: "value", err: server(1366, "22007")},
		{name: "syntax", err: server(1064, "42000")},
		{name: "SIGNAL", err: server(1644, "45000")},
		{
			name:  "unknown",
			err:   server(1105, "HY000"),
			ended: true,
		},
	} {
		if got := isDuplicate(test.err); got != test.duplicate {
			t.Errorf("%s: duplicate is %t", test.name, got)
		}
		if got := isWriteConflict(test.err); got != test.conflict {
			t.Errorf("%s: write conflict is %t", test.name, got)
		}
		if got := mayEndTransaction(test.err); got != test.ended {
			t.Errorf("%s: ended is %t", test.name, got)
		}
	}
}
