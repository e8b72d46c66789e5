// Package migration brings a database to the schema that the models need: SQL files
// in this folder, applied in order by goose, through a handle of its own that no
// tenant's session shares.
package migration

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/pressly/goose/v3"

	"rowhouse/tenancy"
)

//go:embed *.sql
var files embed.FS

// lockWait is how long a replica waits for another that migrates.
const lockWait = 10 * time.Minute

// Up applies what the database at dsn lacks, one replica at a time, and returns the
// version it is at. It fails when another replica migrates for over ten minutes. A
// database that is newer than this program is left as it is.
func Up(ctx context.Context, dsn string, log *slog.Logger) (version int64, err error) {
	err = with(dsn, func(p *goose.Provider) error {
		applied, err := p.Up(ctx)
		for _, m := range applied {
			log.InfoContext(ctx, "migrated", "file", m.Source.Path, "took", m.Duration.Round(time.Millisecond))
		}
		if err != nil {
			return err
		}
		version, err = p.GetDBVersion(ctx)
		return err
	})
	return version, err
}

// Versions returns the version that the database at dsn is at, and the one that this
// program needs at least. It changes nothing but for goose's own, empty, table.
func Versions(ctx context.Context, dsn string) (current, needed int64, err error) {
	err = with(dsn, func(p *goose.Provider) (err error) {
		current, needed, err = p.GetVersions(ctx)
		return err
	})
	return current, needed, err
}

// CreateDatabase creates the database that dsn names, if it is missing, on a server
// where that is ours to do.
func CreateDatabase(ctx context.Context, dsn string) error {
	config, err := tenancy.ParseDSN(dsn)
	if err != nil {
		return err
	}
	name := config.DBName
	config.DBName = ""
	db, err := open(config)
	if err != nil {
		return err
	}
	defer db.Close()
	if _, err := db.ExecContext(ctx, "CREATE DATABASE IF NOT EXISTS `"+name+"` CHARACTER SET utf8mb4"); err != nil {
		return fmt.Errorf("create the database %s: %w", name, err)
	}
	return nil
}

func open(config *mysql.Config) (*sql.DB, error) {
	connector, err := mysql.NewConnector(config)
	if err != nil {
		return nil, fmt.Errorf("read the database address: %w", err)
	}
	return sql.OpenDB(connector), nil
}

func with(dsn string, do func(*goose.Provider) error) error {
	config, err := tenancy.ParseDSN(dsn)
	if err != nil {
		return err
	}
	db, err := open(config)
	if err != nil {
		return err
	}
	defer db.Close()
	provider, err := goose.NewProvider(goose.DialectMySQL, db, files,
		goose.WithSessionLocker(locker{lockName(config.DBName)}), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return fmt.Errorf("read the migrations: %w", err)
	}
	if err := do(provider); err != nil {
		return fmt.Errorf("migrate the database: %w", err)
	}
	return nil
}

// locker is a lock of the database server, which frees it when the connection ends,
// however that happens. (goose's own for MySQL is a lease, which outlives a crash.)
type locker struct{ name string }

// lockName is unique to a database, since the server's locks are not, and fits in
// the 64 characters that they may have.
func lockName(database string) string {
	return fmt.Sprintf("rowhouse-migrate-%x", sha256.Sum256([]byte(database)))[:64]
}

// SessionLock waits for the lock.
func (l locker) SessionLock(ctx context.Context, conn *sql.Conn) error {
	var got sql.NullBool
	if err := conn.QueryRowContext(ctx, "SELECT GET_LOCK(?, ?)", l.name, int(lockWait.Seconds())).Scan(&got); err != nil {
		return fmt.Errorf("take the migration lock: %w", err)
	}
	if !got.Bool {
		return errors.New("another replica has been migrating this database for too long; see SHOW PROCESSLIST")
	}
	return nil
}

// SessionUnlock frees the lock.
func (l locker) SessionUnlock(ctx context.Context, conn *sql.Conn) error {
	_, err := conn.ExecContext(ctx, "DO RELEASE_LOCK(?)", l.name)
	return err
}
