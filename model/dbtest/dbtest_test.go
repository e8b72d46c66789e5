package dbtest_test

import (
	"slices"
	"testing"

	"rowhouse/model"
	"rowhouse/model/dbtest"
	"rowhouse/model/relay"
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

// TestEmptyTablesAreFilled checks the number of rows of each model. A second call creates no rows,
// and the other tenant has none.
func TestEmptyTablesAreFilled(t *testing.T) {
	d := dbtest.New(t)
	dbtest.FillEmptyTables(d.Acme, t, d)
	dbtest.FillEmptyTables(d.Acme, t, d)
	for _, of := range model.Types.All() {
		table := of.Schema().Table
		want := 25
		if slices.ContainsFunc(of.Fields(), func(f relay.Field) bool { return f.Unique && f.Scalar == relay.ScalarID }) {
			want = 5 // one for each row to which the others refer
		}
		if all, ours := d.Count(t, table, "TRUE"), d.Count(t, table, "tenant_id = 1"); all != want || ours != want {
			t.Errorf("%s has %d rows, of which acme has %d, want %d", table, all, ours, want)
		}
		rows, err := of.NodePage(d.Acme, d.DB, relay.PageArgs{First: new(1)}, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range of.Relations() {
			if r.Link != nil {
				var links int64
				if err := d.For(d.Acme).Model(r.Link).Count(&links).Error; err != nil || links != 25 {
					t.Errorf("%s.%s has %d links, want 25: %v", of.Name(), r.Name, links, err)
				}
			}
			if !r.Many || r.Link != nil {
				continue
			}
			id, err := rows[0].GlobalID().Decode(of.Name())
			if err != nil {
				t.Fatal(err)
			}
			isWithin := slices.ContainsFunc(model.Types.ByName(r.Target).Relations(), func(inverse relay.Relation) bool {
				return !inverse.Many && inverse.Column == r.Column && len(inverse.Within) > 0
			})
			n := d.Count(t, model.Types.ByName(r.Target).Schema().Table, r.Column+" = ?", id[:])
			want := 5
			if r.One {
				want = 1
			}
			isSelf := r.Target == of.Name()                  // the first rows refer to none
			if n != want && !isWithin && !isSelf || n == 0 { // rows of a parent refer to rows of the same parent only
				t.Errorf("the newest %s has %d %s, want %d", of.Name(), n, r.Name, want)
			}
		}
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
