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
