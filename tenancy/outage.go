package tenancy

import (
	"context"
	"database/sql/driver"
	"errors"
	"net"

	"github.com/go-sql-driver/mysql"
)

// ErrOutage means that a service which a Resolver needs, such as an identity provider, does
// not respond.
var ErrOutage = errors.New("a service does not respond")

// IsOutage reports whether err means that the database of a tenant does not respond: its
// server, or its shard of Vitess, is down; or that err is ErrOutage. A retry can succeed. After
// such an error it is unknown whether the statement took effect.
func IsOutage(err error) bool {
	if errors.Is(err, ErrOutage) {
		return true
	}
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return false
	}
	var network *net.OpError
	return isUnavailable(err) || errorNumber(err) == errShutdown ||
		errors.As(err, &network) || errors.Is(err, driver.ErrBadConn) || errors.Is(err, mysql.ErrInvalidConn)
}

// anyShardTries bounds how often untilShardResponds runs a statement.
const anyShardTries = 20

// untilShardResponds retries do, which reads data that every shard has, until a shard responds.
// vtgate sends such a statement to a random shard, and fails when that shard is down.
func untilShardResponds(do func() error) (err error) {
	for range anyShardTries {
		if err = do(); !isUnavailable(err) {
			return err
		}
	}
	return err
}

// Ready fails when the database can serve no tenant. On Vitess it needs vtgate and any one
// shard.
func (db *DB) Ready(ctx context.Context) error {
	return untilShardResponds(func() error {
		var host string
		return db.sql.QueryRowContext(unloggedSystem(ctx, "readiness"), "SELECT @@hostname").Scan(&host)
	})
}
