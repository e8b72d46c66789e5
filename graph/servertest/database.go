package servertest

import (
	"context"

	"rowhouse/graph/servertest/model"
	"rowhouse/model/tablediff"
	"rowhouse/tenancy"
	"rowhouse/tenancy/tenancytest"
)

// database has the tables that the types need.
var database = &tenancytest.Schema{Models: model.Types.Models(), Migrate: createTables}

// createTables creates the tables in an empty database.
func createTables(ctx context.Context, dsn string) error {
	tables, err := tablediff.Tables(model.Types)
	if err != nil {
		return err
	}
	config, err := tenancy.ParseDSN(dsn)
	if err != nil {
		return err
	}
	pool, err := tenancy.OpenUnguarded(config)
	if err != nil {
		return err
	}
	defer pool.Close()
	pool.SetMaxOpenConns(1) // foreign_key_checks belongs to a connection
	statements := []string{"SET foreign_key_checks = 0", tenancy.CreateDirectory}
	for _, t := range tables {
		statements = append(statements, t.CreateSQL())
	}
	for _, s := range statements {
		if _, err := pool.ExecContext(ctx, s); err != nil {
			return err
		}
	}
	return nil
}
