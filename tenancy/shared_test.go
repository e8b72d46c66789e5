package tenancy_test

import (
	"context"
	"errors"
	"testing"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"rowhouse/tenancy"
)

// TestSystemScopeWritesSharedTables adds a row that each tenant then reads.
func TestSystemScopeWritesSharedTables(t *testing.T) {
	d := newShop(t)
	system := d.For(tenancy.System(t.Context(), "add a country"))
	france := country{Code: "FR", Name: "France", Currencies: []currency{{Code: "EUR"}, {Code: "FRF", Name: "Franc"}}}
	if err := system.Create(&france).Error; err != nil {
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

// TestTenantsCannotLockSharedRows leaves a transaction open that reads shared rows in writes, and
// refers to them by a foreign key. Another tenant can refer to them meanwhile.
func TestTenantsCannotLockSharedRows(t *testing.T) {
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

// TestDryRunQueriesNoSharedRows renders a statement, which needs no row to exist.
func TestDryRunQueriesNoSharedRows(t *testing.T) {
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

// region is a country with associations that tenants own, and a hook that writes.
type region struct {
	Code      string `gorm:"primaryKey"`
	Name      string
	Residents []resident `gorm:"foreignKey:CountryCode"`
}

func (region) TableName() string { return "countries" }

// AfterCreate is a hook that uses the session.
func (*region) AfterCreate(s *gorm.DB) error {
	return s.Model(&customer{}).Where("id = 1").UpdateColumn("credit", gorm.Expr("credit + 1")).Error
}

type resident struct {
	TenantID    tenancy.ID
	ID          int
	Name        string
	CountryCode *string
	Country     *region `gorm:"foreignKey:CountryCode"`
}

func (resident) TableName() string { return "customers" }

// TestAssociationsOfASharedRowAreSaved saves a row with a shared one, which has associations and a
// hook: only the shared row is queried.
func TestAssociationsOfASharedRowAreSaved(t *testing.T) {
	d := newShop(t)
	ch := &region{Code: "CH", Residents: []resident{{ID: 91, Name: "below"}}}
	if err := d.For(d.Acme).Create(&resident{ID: 90, Name: "above", Country: ch}).Error; err != nil {
		t.Fatal(err)
	}
	var saved []resident
	if err := d.For(d.Acme).Where("id >= 90 AND country_code = 'CH'").Find(&saved).Error; err != nil || len(saved) != 2 {
		t.Errorf("%+v, %v", saved, err)
	}
	var ann customer
	if err := d.For(d.Acme).Take(&ann, 1).Error; err != nil || ann.Credit != 11 {
		t.Error("the hook wrote nothing:", ann.Credit, err)
	}
}

// TestLinksBetweenSharedRowsAreSaved saves a row with a shared one, which is linked to others.
func TestLinksBetweenSharedRowsAreSaved(t *testing.T) {
	d := newShop(t)
	for code, want := range map[string]error{"EUR": nil, "CHF": nil, "USD": tenancy.ErrScope, "XXX": tenancy.ErrScope} {
		c := &customer{Name: code, Country: &country{Code: "CH", Currencies: []currency{{Code: code}}}}
		if err := d.For(d.Acme).Create(c).Error; !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", code, err, want)
		}
	}
}

// TestInsertsWithoutEffectFindSharedRows has inserts that would add or change a row, too.
func TestInsertsWithoutEffectFindSharedRows(t *testing.T) {
	d := newShop(t)
	for _, test := range []struct {
		code       string
		onConflict clause.OnConflict
		want       error
	}{
		{
			code:       "CH",
			onConflict: clause.OnConflict{DoNothing: true},
		},
		{
			code:       "XX",
			onConflict: clause.OnConflict{DoNothing: true},
			want:       tenancy.ErrScope,
		},
		{
			code:       "CH",
			onConflict: clause.OnConflict{UpdateAll: true},
			want:       tenancy.ErrScope,
		},
		{
			code:       "CH",
			onConflict: clause.OnConflict{},
			want:       tenancy.ErrScope,
		},
	} {
		if err := d.For(d.Acme).Clauses(test.onConflict).Create(&country{Code: test.code, Name: "new"}).Error; !errors.Is(err, test.want) {
			t.Errorf("%+v: %v", test, err)
		}
	}
	for _, rows := range []any{map[string]any{"Code": "CH"}, []map[string]any{{"Code": "CH"}}, &map[string]any{"code": "CH"}} {
		if err := d.For(d.Acme).Model(&country{}).Clauses(clause.OnConflict{DoNothing: true}).Create(rows).Error; !errors.Is(
			err,
			tenancy.ErrScope,
		) {
			t.Errorf("%v: %v", rows, err)
		}
	}
	var changed int64
	if err := d.For(d.Acme).Model(&country{}).Where("name = 'new'").Count(&changed).Error; err != nil || changed != 0 {
		t.Error(changed, err)
	}
}

// TestUnionAllByKeyCombinesOrWithTheKey has conditions with Or, which must not extend to the
// condition of the key.
func TestUnionAllByKeyCombinesOrWithTheKey(t *testing.T) {
	d := newShop(t)
	or := func(q *gorm.DB) *gorm.DB { return q.Where("total = 100").Or("total = 70") }
	for name, query := range map[string]*gorm.DB{
		"Or":               or(d.For(d.Acme)),
		"Or in a scope":    d.For(d.Acme).Scopes(or),
		"Or alone":         d.For(d.Acme).Or("total = 70"),
		"Or, unscoped":     or(d.For(d.Acme).Unscoped()),
		"Or in the system": or(d.For(tenancy.System(t.Context(), "test"))).Where("tenant_id = 1"),
	} {
		var all []order
		err := tenancy.UnionAllByKey([]*gorm.DB{query}, "customer_id", []int{2}, "", &all)
		if err != nil || len(all) != 1 || all[0].ID != 3 {
			t.Errorf("%s: %+v, %v", name, all, err)
		}
	}
}

// TestUnionAllAcceptsNoQueries reads no rows.
func TestUnionAllAcceptsNoQueries(t *testing.T) {
	var all []order
	if err := errors.Join(tenancy.UnionAll(nil, "", &all), tenancy.UnionAllByKey(nil, "id", []int{1}, "", &all)); err != nil || all != nil {
		t.Error(all, err)
	}
}

// TestUnionAllPreloads preloads associations of all rows, and of joined associations.
func TestUnionAllPreloads(t *testing.T) {
	d := newShop(t)
	query := d.For(d.Acme).Joins("Customer").Preload("Lines").Preload("Customer.Card")
	for name, read := range map[string]func(dest any) error{
		"Union":         func(dest any) error { return tenancy.UnionAll([]*gorm.DB{query.Where("orders.id = 1")}, "", dest) },
		"UnionAllByKey": func(dest any) error { return tenancy.UnionAllByKey([]*gorm.DB{query}, "id", []int{1}, "", dest) },
	} {
		var all []order
		if err := read(&all); err != nil || len(all) != 1 {
			t.Fatalf("%s: %+v, %v", name, all, err)
		}
		if o := all[0]; len(o.Lines) != 2 || o.Customer == nil || o.Customer.Name != "acme Ann" || o.Customer.Card == nil ||
			o.Customer.Card.Digits != "acme 1111" {
			t.Errorf("%s: %+v", name, o)
		}
	}
}

// TestUnionAllByKeyAcceptsAliasesAndJoins has queries with aliases, joins and derived tables.
func TestUnionAllByKeyAcceptsAliasesAndJoins(t *testing.T) {
	d := newShop(t)
	for name, query := range map[string]*gorm.DB{
		"a model":         d.For(d.Acme).Where("total > 1"),
		"a table":         d.For(d.Acme).Table("orders"),
		"an alias":        d.For(d.Acme).Table("orders o").Order("o.id DESC").Limit(5),
		"a join":          d.For(d.Acme).Joins("JOIN customers c ON c.id = orders.customer_id").Order("orders.id"),
		"an association":  d.For(d.Acme).Joins("Customer"),
		"a derived table": d.For(d.Acme).Table("(?) AS o", d.For(d.Acme).Model(&order{})),
		"a shared table": d.For(d.Acme).Where("customer_id IN (?)", d.For(d.Acme).Table("customers c").Select("c.id").
			Joins("JOIN countries y ON y.code = c.country_code")),
	} {
		var all []order
		if err := tenancy.UnionAllByKey([]*gorm.DB{query}, "customer_id", []int{1, 2, 4}, "", &all); err != nil || len(all) != 3 {
			t.Errorf("%s: %+v, %v", name, all, err)
		}
	}
}
