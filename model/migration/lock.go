package migration

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"
)

// lockWait is how long a replica waits for another that migrates.
const lockWait = 10 * time.Minute

// lockName returns the name of the lock that a replica has while it migrates. Locks belong
// to the whole server and their names have at most 64 characters, so it has a hash of the
// database's name. The hash is computed here: MySQL 9.6 removed MD5(), and on Vitess
// DATABASE() names a shard.
func lockName(database string) string {
	return fmt.Sprintf("rowhouse-migrate-%.20x", sha256.Sum256([]byte(strings.ToLower(database))))
}

// lock waits for a lock that one replica has at a time, and returns a function that frees
// it. The server frees it, too, when the connection ends, however that happens (goose's
// own lock for MySQL is a lease, which outlives a crash).
func lock(ctx context.Context, db *sql.DB, name string, log *slog.Logger) (unlock func(), err error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	unlock = func() { _ = conn.Close() } // its session, and the lock, end when up closes db
	var got sql.NullBool
	for _, wait := range []time.Duration{0, lockWait} {
		if wait > 0 {
			log.InfoContext(ctx, "another replica migrates the database: waiting for it", "atMost", wait)
		}
		if err = conn.QueryRowContext(ctx, "SELECT GET_LOCK(?, ?)", name, int(wait.Seconds())).Scan(&got); err != nil || got.Bool {
			break
		}
	}
	if err == nil && !got.Bool {
		err = errors.New("another replica has been migrating this database for too long; see SHOW PROCESSLIST")
	}
	if err != nil {
		unlock()
		return nil, fmt.Errorf("take the migration lock: %w", err)
	}
	return unlock, nil
}
