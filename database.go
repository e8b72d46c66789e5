package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"rowhouse/model"
	"rowhouse/model/migration"
	"rowhouse/tenancy"
	"rowhouse/tenancy/privatedb"
)

// databaseFlags are the flags of each command that uses a database.
type databaseFlags struct {
	URL            string `name:"database-url" env:"DATABASE_URL" placeholder:"URL" help:"Database to use, as mysql://user:password@host:3306/name?tls=true or in the form of the Go driver. Without it, rowhouse starts a private MariaDB or MySQL server."`
	DataDir        string `default:".rowhouse" type:"path" help:"Folder of the private database."`
	Program        string `name:"database-program" placeholder:"PATH" help:"Server program of the private database, a mariadbd or mysqld. The default is an installed MariaDB, or else an installed MySQL."`
	MaxConnections int    `default:"32" help:"Most connections to the database; a tenant uses at most a quarter of them. All servers together must stay below the max_connections of the database server."`
}

// privateName is the name of the database on a private server.
const privateName = "rowhouse"

// location is the address of a database.
type location struct {
	dsn         string
	description string            // for messages
	private     *privatedb.Server // nil unless this program started the server
}

// startDatabase returns the database of --database-url, or starts the private database. It fails
// with privatedb.ErrInUse when another process uses the folder of the private database.
func startDatabase(ctx context.Context, flags databaseFlags, log *slog.Logger) (location, error) {
	if flags.MaxConnections < 1 {
		return location{}, errors.New("--max-connections must be at least 1")
	}
	if flags.URL == "" {
		return startPrivate(ctx, flags, log)
	}
	config, err := tenancy.ParseDSN(flags.URL)
	if err != nil {
		return location{}, fmt.Errorf("--database-url (or DATABASE_URL): %w", err)
	}
	return location{dsn: flags.URL, description: fmt.Sprintf("%s on %s", config.DBName, config.Addr)}, nil
}

// findDatabase is startDatabase for commands that may run beside a server: if a server uses the
// private database, the command uses it, too.
func findDatabase(ctx context.Context, flags databaseFlags, log *slog.Logger) (location, error) {
	at, err := startDatabase(ctx, flags, log)
	if !errors.Is(err, privatedb.ErrInUse) {
		return at, err
	}
	if dsn, ok := privatedb.Running(ctx, flags.DataDir, privateName); ok {
		return location{dsn: dsn, description: "the running server's database in " + flags.DataDir}, nil
	}
	return at, err
}

func startPrivate(ctx context.Context, flags databaseFlags, log *slog.Logger) (location, error) {
	server, err := privatedb.Start(ctx, flags.DataDir, privatedb.Options{Log: log, Program: flags.Program})
	if err != nil && flags.Program != "" {
		err = fmt.Errorf("--database-program %s: %w", flags.Program, err)
	}
	if err != nil {
		return location{}, err
	}
	at := location{server.DSN(privateName), fmt.Sprintf("private %s in %s", server.Version(), flags.DataDir), server}
	if err := migration.CreateDatabase(ctx, at.dsn); err != nil {
		at.stop(log)
		return location{}, err
	}
	return at, nil
}

// ended is closed when a private database has ended without stop. It is nil for other databases.
func (l location) ended() <-chan struct{} {
	if l.private == nil {
		return nil
	}
	return l.private.Done()
}

// stop stops a private database.
func (l location) stop(log *slog.Logger) {
	if l.private == nil {
		return
	}
	if err := l.private.Stop(); err != nil {
		log.Error("the private database did not stop cleanly", "error", err)
	}
}

// migrateFunc checks or migrates the database at dsn, and returns the state of its migrations.
type migrateFunc func(ctx context.Context, dsn string, log *slog.Logger) (migration.Status, error)

// requireMigrated is the migrateFunc that changes nothing. It fails when a migration is missing.
func requireMigrated(ctx context.Context, dsn string, log *slog.Logger) (migration.Status, error) {
	status, err := migration.ReadStatus(ctx, dsn)
	if err != nil {
		return status, err
	}
	if missing := status.Missing(); len(missing) > 0 {
		return status, fmt.Errorf("the database lacks %d of %d migrations, starting with %s: run rowhouse migrate",
			len(missing), len(status.Migrations), missing[0].File)
	}
	if len(status.Unknown) > 0 {
		log.WarnContext(ctx, "the database is newer than this program", "unknownVersions", migration.FormatVersions(status.Unknown))
	}
	return status, nil
}

// database is an open database.
type database struct {
	*tenancy.DB
	location
	directory  *tenancy.Directory
	migrations migration.Status
}

// openDatabase opens the database at a location after migrate. Call close when done, also to stop
// a private database. After a failure, the private database is stopped.
func openDatabase(ctx context.Context, at location, flags databaseFlags, migrate migrateFunc, log *slog.Logger) (*database, error) {
	db := &database{location: at}
	if err := db.open(ctx, flags, migrate, log); err != nil {
		db.close(log)
		return nil, fmt.Errorf("%s: %w", db.description, err)
	}
	return db, nil
}

func (db *database) open(ctx context.Context, flags databaseFlags, migrate migrateFunc, log *slog.Logger) (err error) {
	if db.migrations, err = migrate(ctx, db.dsn, log); err != nil {
		return err
	}
	db.DB, err = tenancy.Open(ctx, db.dsn, model.Types.Models(), tenancy.Options{
		Log:            log,
		NewerSchema:    len(db.migrations.Unknown) > 0,
		Shared:         model.Types.Shared(),
		MaxConnections: flags.MaxConnections,
		// With several servers, set a Bus that connects them.
	})
	if err != nil {
		return err
	}
	db.directory = tenancy.NewDirectory(db.DB)
	return nil
}

// findAndOpen opens the database for a command that may run beside a server. It migrates only a
// private database.
func findAndOpen(ctx context.Context, flags databaseFlags, log *slog.Logger) (*database, error) {
	at, err := findDatabase(ctx, flags, log)
	if err != nil {
		return nil, err
	}
	migrate := requireMigrated
	if flags.URL == "" {
		migrate = migration.Up
	}
	return openDatabase(ctx, at, flags, migrate, log)
}

func (db *database) close(log *slog.Logger) {
	if db.DB != nil {
		if err := db.Close(); err != nil {
			log.Error("the connections to the database did not close cleanly", "error", err)
		}
	}
	db.stop(log)
}
