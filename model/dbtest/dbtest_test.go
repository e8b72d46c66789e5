package dbtest_test

import (
	"slices"
	"testing"

	"rowhouse/model/dbtest"
	"rowhouse/tenancy/tenancytest"
)

// TestMigrationsCreateTheDirectory compares the table tenants of the migrations with the one of
// tenancy.CreateDirectory.
func TestMigrationsCreateTheDirectory(t *testing.T) {
	migrated := dbtest.New(t)
	migrated.SkipOnVitess(t)
	created := new(tenancytest.Schema).New(t)
	if got, want := describeTenants(t, migrated), describeTenants(t, created); !slices.Equal(got, want) {
		t.Errorf("the migrations create\n%q\nand tenancy.CreateDirectory creates\n%q", got, want)
	}
}

// describeTenants returns the columns and keys of the table tenants.
func describeTenants(t *testing.T, d *tenancytest.Database) (all []string) {
	t.Helper()
	const query = `SELECT CONCAT_WS(' ', column_name, column_type, is_nullable, collation_name, extra, column_key)
		FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'tenants' ORDER BY ordinal_position`
	rows, err := d.SQL.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var column string
		if err := rows.Scan(&column); err != nil {
			t.Fatal(err)
		}
		all = append(all, column)
	}
	if err := rows.Err(); err != nil || len(all) == 0 {
		t.Fatal(all, err)
	}
	return all
}
