// Package migration brings a database to the schema that the models need: SQL files
// in this folder, applied in order by goose, through a handle of its own that no
// tenant's session shares.
package migration

import (
	"context"
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
	err = with(dsn, func(p *goose.Provider, db *sql.DB) error {
		// Around all that goose does: its own lockers leave a look at the versions out,
		// which fails while another replica makes the table for them.
		unlock, err := lock(ctx, db)
		if err != nil {
			return err
		}
		defer unlock()
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
	err = with(dsn, func(p *goose.Provider, _ *sql.DB) (err error) {
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

func with(dsn string, do func(*goose.Provider, *sql.DB) error) error {
	config, err := tenancy.ParseDSN(dsn)
	if err != nil {
		return err
	}
	db, err := open(config)
	if err != nil {
		return err
	}
	defer db.Close()
	provider, err := goose.NewProvider(goose.DialectMySQL, db, files, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return fmt.Errorf("read the migrations: %w", err)
	}
	if err := do(provider, db); err != nil {
		return fmt.Errorf("migrate the database: %w", err)
	}
	return nil
}

// lock waits for a lock that one replica has at a time, and returns what frees it.
// The server frees it, too, when the connection ends, however that happens (goose's
// own for MySQL is a lease, which outlives a crash). Its name has a hash of the
// database's, since locks are the whole server's and have at most 64 characters.
func lock(ctx context.Context, db *sql.DB) (unlock func(), err error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	unlock = func() { _ = conn.Close() } // its session, and the lock, end when with closes db
	var got sql.NullBool
	err = conn.QueryRowContext(ctx, "SELECT GET_LOCK(CONCAT('rowhouse-migrate-', LEFT(SHA2(DATABASE(), 256), 32)), ?)", int(lockWait.Seconds())).Scan(&got)
	if err == nil && !got.Bool {
		err = errors.New("another replica has been migrating this database for too long; see SHOW PROCESSLIST")
	}
	if err != nil {
		unlock()
		return nil, fmt.Errorf("take the migration lock: %w", err)
	}
	return unlock, nil
}
