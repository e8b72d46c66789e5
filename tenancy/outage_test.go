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

func TestAnOutageIsTold(t *testing.T) {
	shard := func(number uint16, message string) error { return &mysql.MySQLError{Number: number, Message: message} }
	for _, test := range []struct {
		err  error
		want bool
	}{
		{shard(1105, "target: rowhouse.c0-.primary: no healthy tablet available for 'keyspace:\"rowhouse\" shard:\"c0-\" tablet_type:PRIMARY'"), true},
		{shard(1105, "target: rowhouse.c0-.primary: vttablet: rpc error: code = Code(17) desc = operation not allowed in state SHUTTING_DOWN"), true},
		{shard(2002, "target: rowhouse.c0-.primary: vttablet: rpc error: code = Unavailable desc = (errno 2002) (sqlstate HY000)"), true},
		{shard(2006, ""), true},
		{shard(2013, ""), true},
		{shard(1317, "target: rowhouse.c0-.primary: vttablet: rpc error: code = Aborted desc = transaction 1: ended at 2026-11-28 09:22:28 UTC (unlocked closed connection)"), true},
		{shard(1053, "Server shutdown in progress"), true},
		{fmt.Errorf("update: %w", &net.OpError{Op: "dial", Err: errors.New("connection refused")}), true},
		{fmt.Errorf("update: %w", mysql.ErrInvalidConn), true},

		{nil, false},
		{shard(1105, "plan includes scatter, which is disallowed"), false},
		{shard(1105, "unknown error: Sql: \"select 'no healthy tablet available'\""), false}, // what a client wrote
		{shard(1317, "Query execution was interrupted"), false},
		{shard(1317, "code = Aborted desc = transaction 1: ended at 2026-11-28 (exceeded timeout: 2s)"), false},
		{shard(1062, "Duplicate entry 'no healthy tablet available' for key 'members_email'"), false},
		{sql.ErrNoRows, false},
		{context.DeadlineExceeded, false},
		{errors.Join(mysql.ErrInvalidConn, context.Canceled), false}, // the request's own end
	} {
		if got := IsOutage(test.err); got != test.want {
			t.Errorf("%v: %t", test.err, got)
		}
	}
}
