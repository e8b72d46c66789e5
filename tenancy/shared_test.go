package tenancy_test

import (
	"context"
	"errors"
	"testing"

	"gorm.io/gorm"

	"rowhouse/tenancy"
)

// TestTheSystemScopeWritesSharedTables adds a row, which each tenant then finds.
func TestTheSystemScopeWritesSharedTables(t *testing.T) {
	d := newShop(t)
	system := d.For(tenancy.System(t.Context(), "add a country"))
	if err := system.Create(&country{Code: "FR", Name: "France", Currencies: []currency{{Code: "EUR"}, {Code: "FRF", Name: "Franc"}}}).Error; err != nil {
		t.Fatal(err)
	}
	for _, ctx := range []context.Context{d.Acme, d.Globex} {
		var c country
		if err := d.For(ctx).Preload("Currencies").First(&c, "code = 'FR'").Error; err != nil || len(c.Currencies) != 2 {
			t.Error(c, err)
		}
		if err := d.For(ctx).Create(&customer{ID: 90, Name: "x", Country: &c}).Error; err != nil {
			t.Error(err)
		}
	}
	var customers []customer
	query := gorm.G[customer](system).Where("country_code IN (?)", gorm.G[country](system).Select("code").Where("name = ?", "France"))
	customers, err := query.Find(system.Statement.Context)
	if err != nil || len(customers) != 2 {
		t.Error("a generic subquery in the system scope:", customers, err)
	}
}

// TestNoTenantLocksSharedRows leaves a transaction open that reads shared rows in statements
// that write, and that refers to them by a foreign key: others can refer to them, too.
func TestNoTenantLocksSharedRows(t *testing.T) {
	d := newShop(t)
	refer := func(code string) error { return d.For(d.Globex).Create(&customer{Name: "x", CountryCode: &code}).Error }
	err := d.Tx(d.Acme, func(ctx context.Context) error {
		for _, statement := range []string{
			"UPDATE customers c JOIN countries y ON y.code = c.country_code SET c.name = y.name WHERE c.tenant_id = 1",
			"UPDATE customers c SET c.name = (SELECT MAX(name) FROM countries) WHERE c.tenant_id = 1",
			"INSERT INTO customers (tenant_id, id, name, country_code) SELECT 1, 60, name, code FROM countries WHERE code = 'CH'",
			"DELETE c FROM customers c JOIN countries y ON y.code = c.country_code WHERE c.tenant_id = 1 AND y.code = 'DE'",
		} {
			if err := d.For(ctx).Exec(statement).Error; err != nil {
				return err
			}
		}
		for _, code := range []string{"CH", "DE", "US"} {
			if err := refer(code); err != nil {
				t.Errorf("%s: another tenant waits: %v", code, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// TestADryRunFindsNoSharedRows renders a statement, which needs no row to exist.
func TestADryRunFindsNoSharedRows(t *testing.T) {
	d := newShop(t)
	d.Reset()
	text := d.For(d.Acme).ToSQL(func(s *gorm.DB) *gorm.DB { return s.Create(&customer{ID: 90, Country: &country{Code: "XX"}}) })
	if text == "" || len(d.Ran()) != 0 {
		t.Errorf("%q, and %q ran", text, d.Ran())
	}
	if err := d.For(d.Acme).Create(&customer{ID: 90, Country: &country{Code: "XX"}}).Error; !errors.Is(err, tenancy.ErrScope) {
		t.Error(err)
	}
}

// TestEachTakesWhatFindTakes gives Each queries with aliases, joins and derived tables.
func TestEachTakesWhatFindTakes(t *testing.T) {
	d := newShop(t)
	for name, query := range map[string]*gorm.DB{
		"a model":         d.For(d.Acme).Where("total > 1"),
		"a table":         d.For(d.Acme).Table("orders"),
		"an alias":        d.For(d.Acme).Table("orders o").Order("o.id DESC").Limit(5),
		"a join":          d.For(d.Acme).Joins("JOIN customers c ON c.id = orders.customer_id").Order("orders.id"),
		"an association":  d.For(d.Acme).Joins("Customer"),
		"a derived table": d.For(d.Acme).Table("(?) AS o", d.For(d.Acme).Model(&order{})),
		"a shared table":  d.For(d.Acme).Where("customer_id IN (?)", d.For(d.Acme).Table("customers c").Select("c.id").Joins("JOIN countries y ON y.code = c.country_code")),
	} {
		var all []order
		if err := tenancy.Each(query, "customer_id", []int{1, 2, 4}, &all); err != nil || len(all) != 3 {
			t.Errorf("%s: %+v, %v", name, all, err)
		}
	}
}
