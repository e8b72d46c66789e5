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

// lockWait bounds how long a replica waits while another replica migrates.
const lockWait = 10 * time.Minute

// lockName returns the name of the lock that a replica holds while it migrates. Lock names
// are global on a server and have at most 64 characters, so the name contains a hash of the
// database's name. The hash is computed here, because MySQL 9.6 removed MD5(), and DATABASE()
// names a shard on Vitess.
func lockName(database string) string {
	return fmt.Sprintf("rowhouse-migrate-%.20x", sha256.Sum256([]byte(strings.ToLower(database))))
}

// acquireLock acquires the migration lock, which one replica holds at a time, and returns a function
// that releases it. The server also releases it when the connection ends, for example after a
// crash. (goose's own lock for MySQL is a lease, which outlives a crash.)
func acquireLock(ctx context.Context, db *sql.DB, name string, log *slog.Logger) (unlock func(), err error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	unlock = func() { _ = conn.Close() } // up closes db, which ends the session and its lock
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
