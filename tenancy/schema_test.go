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
var itemSchema = &tenancytest.Schema{Models: []any{&item{}}, Migrate: func(ctx context.Context, dsn string) error {
	db, err := sql.Open("mysql", dsn)
	if err != nil {
		return err
	}
	defer db.Close()
	if _, err := db.ExecContext(ctx, tenancy.CreateDirectory); err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, "CREATE TABLE items (tenant_id INT UNSIGNED NOT NULL, id INT NOT NULL, title VARCHAR(100) NOT NULL, PRIMARY KEY (tenant_id, id))")
	return err
}}
