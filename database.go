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
	directory *tenancy.Directory
	dsn       string
	where     string // for people
	private   *privatedb.Server
}

// openDatabase finds or starts the database, and migrates it if asked to; else it must
// have the schema that this program needs. A command that does not serve may use the
// private database of a server that does.
func openDatabase(ctx context.Context, a *app, up bool) (*database, error) {
	db := &database{dsn: a.DatabaseURL}
	if err := db.open(ctx, a, up); err != nil {
		db.close(a.log)
		return nil, err
	}
	return db, nil
}

func (db *database) open(ctx context.Context, a *app, up bool) error {
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
	if up {
		_, err = migration.Up(ctx, db.dsn, a.log)
	} else {
		err = migrated(ctx, db.dsn)
	}
	if err != nil {
		return err
	}
	if db.DB, err = tenancy.Open(ctx, db.dsn, model.All(), a.log); err != nil {
		return err
	}
	db.directory = tenancy.NewDirectory(db.DB)
	return nil
}

const privateDatabase = "rowhouse"

func (db *database) startPrivate(ctx context.Context, a *app) error {
	server, err := privatedb.Start(ctx, a.DataDir, privatedb.Options{Log: a.log, Program: a.Program})
	if dsn, ok := privatedb.Running(ctx, a.DataDir, privateDatabase); ok && errors.Is(err, privatedb.ErrInUse) && !a.serving {
		db.dsn, db.where = dsn, "the running server's database in "+a.DataDir
		return nil
	}
	if err != nil {
		return err
	}
	db.private = server
	db.dsn = server.DSN(privateDatabase)
	db.where = fmt.Sprintf("private %s in %s", server.Version(), a.DataDir)
	return migration.CreateDatabase(ctx, db.dsn)
}

// migrated fails unless the database at dsn has the schema that this program needs.
func migrated(ctx context.Context, dsn string) error {
	current, needed, err := migration.Versions(ctx, dsn)
	if err != nil {
		return err
	}
	if current < needed {
		return fmt.Errorf("the database is at version %d and must be at %d: run rowhouse migrate", current, needed)
	}
	return nil
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
