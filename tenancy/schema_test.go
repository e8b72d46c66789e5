package tenancy_test

import (
	"context"
	"database/sql"

	"rowhouse/tenancy"
	"rowhouse/tenancy/tenancytest"
)

// schema has only the directory. Each test creates the tables of its models.
var schema = &tenancytest.Schema{}

// item is the model of a table that all databases of itemSchema have.
type item struct {
	TenantID tenancy.ID
	ID       int `gorm:"primaryKey;autoIncrement:false"`
	Title    string
}

// itemSchema has a model of tenants from the start.
var itemSchema = &tenancytest.Schema{
	Models: []any{&item{}},
	Migrate: func(ctx context.Context, dsn string) error {
		return runSQL(
			ctx,
			dsn,
			tenancy.CreateDirectory,
			"CREATE TABLE items (tenant_id INT UNSIGNED NOT NULL, id INT NOT NULL, title VARCHAR(100) NOT NULL, "+
				"PRIMARY KEY (tenant_id, id))",
		)
	},
}

// runSQL runs statements on the database at dsn, without the guard.
func runSQL(ctx context.Context, dsn string, statements ...string) error {
	db, err := sql.Open("mysql", dsn)
	if err != nil {
		return err
	}
	defer db.Close()
	for _, s := range statements {
		if _, err := db.ExecContext(ctx, s); err != nil {
			return err
		}
	}
	return nil
}
