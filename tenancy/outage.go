package tenancy

import (
	"context"
	"database/sql/driver"
	"errors"
	"net"
	"strings"

	"github.com/go-sql-driver/mysql"
)

// IsOutage reports whether err says that the database of a tenant does not answer: its
// server is down, or the shard of Vitess that holds the tenant. A repeated request can
// succeed. Whether a statement took effect that failed so is not known.
func IsOutage(err error) bool {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return false
	}
	if e := (*mysql.MySQLError)(nil); errors.As(err, &e) {
		return isOutage(e)
	}
	var network *net.OpError
	return errors.As(err, &network) || errors.Is(err, driver.ErrBadConn) || errors.Is(err, mysql.ErrInvalidConn)
}

// isOutage reports whether a server's error says that it, or a shard behind it, is down.
// vtgate has no number of its own for that, so its text decides, as far as vtgate wrote it.
func isOutage(e *mysql.MySQLError) bool {
	switch e.Number {
	case errShutdown, errConnectLocal, errConnect, errGone, errLost:
		return true
	case errUnknown, errInterrupted:
		text, _, _ := strings.Cut(e.Message, " Sql: ")
		for _, words := range []string{
			"no healthy tablet available",
			"operation not allowed in state",
			"code = Unavailable",
			"code = Code(17)", // CLUSTER_EVENT: the shard gets another primary
			"unlocked closed connection",
		} {
			if strings.Contains(text, words) {
				return true
			}
		}
	}
	return false
}

// anyShard runs do, which reads what every shard has, until a shard answers. vtgate sends
// such a statement to a random shard and fails when that one is down.
func anyShard(do func() error) (err error) {
	const tries = 20 // with one of four shards down, all fail once in 10^12
	for range tries {
		if err = do(); err == nil || !isShardOutage(err) {
			return err
		}
	}
	return err
}

func isShardOutage(err error) bool {
	e := (*mysql.MySQLError)(nil)
	return errors.As(err, &e) && isOutage(e)
}

// Ready fails when the database can serve no tenant. On Vitess it needs vtgate and one
// shard, whichever.
func (db *DB) Ready(ctx context.Context) error {
	return anyShard(func() error {
		var host string
		return db.sql.QueryRowContext(quietly(ctx, "readiness"), "SELECT @@hostname").Scan(&host)
	})
}
