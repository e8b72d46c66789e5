package tenancy

import (
	"context"
	"database/sql/driver"
	"errors"
	"net"

	"github.com/go-sql-driver/mysql"
)

// IsOutage reports whether err says that the database of a tenant does not answer: its
// server is down, or the shard of Vitess that holds the tenant. A repeated request can
// succeed. Whether a statement took effect that failed so is not known.
func IsOutage(err error) bool {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return false
	}
	var network *net.OpError
	return isUnavailable(err) || errorNumber(err) == errShutdown ||
		errors.As(err, &network) || errors.Is(err, driver.ErrBadConn) || errors.Is(err, mysql.ErrInvalidConn)
}

// anyShard is how often vtgate is asked for what any shard can tell, while one is down.
const anyShard = 20

// untilShardAnswers runs do, which reads what every shard has, until a shard answers.
// vtgate sends such a statement to a random shard and fails when that one is down.
func untilShardAnswers(do func() error) (err error) {
	for range anyShard {
		if err = do(); !isUnavailable(err) {
			return err
		}
	}
	return err
}

// Ready fails when the database can serve no tenant. On Vitess it needs vtgate and one
// shard, whichever.
func (db *DB) Ready(ctx context.Context) error {
	return untilShardAnswers(func() error {
		var host string
		return db.sql.QueryRowContext(quietly(ctx, "readiness"), "SELECT @@hostname").Scan(&host)
	})
}
