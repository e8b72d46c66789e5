package tenancy

import (
	"context"
	"errors"
)

// ErrOutage means that a service which a Resolver needs, such as an identity provider, does
// not respond.
var ErrOutage = errors.New("a service does not respond")

// IsOutage reports whether the database of a tenant does not respond, or err is ErrOutage. On
// Vitess the database is the tenant's shard. A retry can succeed. After such an error it is
// unknown whether the statement took effect.
func IsOutage(err error) bool { return errors.Is(err, ErrOutage) || isServerDown(err) }

// anyShardTries bounds how often retryOnAnyShard runs a statement.
const anyShardTries = 20

// retryOnAnyShard calls run, which reads data of any shard, until a shard responds. vtgate
// sends such a statement to a random shard, and fails when that shard is down.
func retryOnAnyShard(run func() error) (err error) {
	for range anyShardTries {
		if err = run(); !isUnreachable(err) {
			return err
		}
	}
	return err
}

// Ready fails when the database can serve no tenant. On Vitess it needs vtgate and any one
// shard.
func (db *DB) Ready(ctx context.Context) error {
	return retryOnAnyShard(func() error {
		var host string
		return db.sql.QueryRowContext(unloggedSystem(ctx, "readiness"), "SELECT @@hostname").Scan(&host)
	})
}
