package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"

	"rowhouse/model"
	"rowhouse/model/migration"
	"rowhouse/tenancy"
	"rowhouse/tenancy/privatedb"
)

// database is the database that a command works on: the one that DATABASE_URL
// names, or a private one, which ends with the command.
type database struct {
	*tenancy.DB
	directory  *tenancy.Directory
	migrations migration.Status
	dsn        string
	where      string // for people
	private    *privatedb.Server
}

// openDatabase finds or starts the database, and migrates it if up is true. Otherwise it
// fails when a migration of this program is missing. A command that does not serve may use the
// private database of a server that does.
func openDatabase(ctx context.Context, a *app, up bool) (*database, error) {
	if a.Connections < 1 {
		return nil, errors.New("--max-connections must be at least 1")
	}
	db := &database{dsn: a.DatabaseURL}
	if err := db.open(ctx, a, up); err != nil {
		db.close(a.log)
		return nil, err
	}
	return db, nil
}

func (db *database) open(ctx context.Context, a *app, up bool) error {
	if err := db.locate(ctx, a); err != nil {
		return err
	}
	migrate := checkMigrated
	if up {
		migrate = migration.Up
	}
	var err error
	if db.migrations, err = migrate(ctx, db.dsn, a.log); err != nil {
		return err
	}
	// Several servers need a Bus here that reaches them all.
	options := tenancy.Options{Log: a.log, NewerSchema: len(db.migrations.Unknown) > 0, Shared: model.Types.Shared(), MaxConnections: a.Connections}
	if db.DB, err = tenancy.Open(ctx, db.dsn, model.Types.Models(), options); err != nil {
		return err
	}
	db.directory = tenancy.NewDirectory(db.DB)
	return nil
}

// locate sets the database's address. Without --database-url it starts the private database.
func (db *database) locate(ctx context.Context, a *app) error {
	if db.dsn == "" {
		if err := db.startPrivate(ctx, a); err != nil {
			return err
		}
	}
	config, err := tenancy.ParseDSN(db.dsn)
	if err != nil {
		return fmt.Errorf("--database-url (or DATABASE_URL): %w", err)
	}
	db.where = cmp.Or(db.where, fmt.Sprintf("%s on %s", config.DBName, config.Addr))
	return nil
}

const privateDatabase = "rowhouse"

func (db *database) startPrivate(ctx context.Context, a *app) error {
	server, err := privatedb.Start(ctx, a.DataDir, privatedb.Options{Log: a.log, Program: a.Program})
	if dsn, ok := privatedb.Running(ctx, a.DataDir, privateDatabase); ok && errors.Is(err, privatedb.ErrInUse) && !a.serving {
		db.dsn, db.where = dsn, "the running server's database in "+a.DataDir
		return nil
	}
	if err != nil && a.Program != "" {
		return fmt.Errorf("--database-program %s: %w", a.Program, err)
	}
	if err != nil {
		return err
	}
	db.private = server
	db.dsn = server.DSN(privateDatabase)
	db.where = fmt.Sprintf("private %s in %s", server.Version(), a.DataDir)
	return migration.CreateDatabase(ctx, db.dsn)
}

// checkMigrated returns the state of the migrations in the database at dsn. It fails when
// one is missing.
func checkMigrated(ctx context.Context, dsn string, log *slog.Logger) (migration.Status, error) {
	status, err := migration.ReadStatus(ctx, dsn)
	if err != nil {
		return status, err
	}
	if missing := status.Missing(); len(missing) > 0 {
		return status, fmt.Errorf("the database lacks %d of %d migrations, from %s on: run rowhouse migrate", len(missing), len(status.Migrations), missing[0].File)
	}
	if len(status.Unknown) > 0 {
		log.WarnContext(ctx, "the database is newer than this program", "unknownVersions", migration.Versions(status.Unknown))
	}
	return status, nil
}

// died is closed when a private database has ended by itself.
func (db *database) died() <-chan struct{} {
	if db.private == nil {
		return nil
	}
	return db.private.Done()
}

func (db *database) close(log *slog.Logger) {
	var errs []error
	if db.DB != nil {
		errs = append(errs, db.Close())
	}
	if db.private != nil {
		errs = append(errs, db.private.Stop())
	}
	if err := errors.Join(errs...); err != nil {
		log.Error("the database did not stop cleanly", "error", err)
	}
}
