package tenancy_test

import (
	"context"
	"errors"
	"fmt"

	"rowhouse/tenancy"
	"rowhouse/tenancy/guard"
)

// Invoice is a model of a project of its own.
type Invoice struct {
	TenantID tenancy.ID
	ID       uint64 `gorm:"primaryKey"`
	Customer string
	Cents    int64
}

// A project needs no more than this: the models, a tenant in the context, and sessions
// that come from For.
func Example() {
	ctx := context.Background()
	db, err := tenancy.Open(ctx, "mysql://app:secret@127.0.0.1:3306/billing", []any{&Invoice{}}, tenancy.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer db.Close()
	ctx = tenancy.NewContext(ctx, tenancy.Tenant{ID: 7})

	// The scope adds the tenant to what GORM builds.
	var open []Invoice
	err = db.For(ctx).Where("cents > ?", 0).Or("customer = ?", "Initech").Find(&open).Error
	fmt.Println(len(open), err)

	// SQL of one's own names it, or is refused.
	var total int64
	err = db.For(ctx).Raw("SELECT SUM(cents) FROM invoices").Scan(&total).Error
	fmt.Println(errors.Is(err, tenancy.ErrScope))
	err = db.For(ctx).Raw("SELECT SUM(cents) FROM invoices WHERE tenant_id = ?", 7).Scan(&total).Error
	fmt.Println(total, err)
}

func ExampleSystem() {
	report := func(ctx context.Context, db *tenancy.DB) (all int64, err error) {
		ctx = tenancy.System(ctx, "monthly report of all tenants")
		err = db.For(ctx).Model(&Invoice{}).Count(&all).Error
		return all, err
	}
	_ = report
}

// The tables of models are what the guard needs to know.
func ExampleTables() {
	tables, err := tenancy.Tables([]any{&Invoice{}})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = guard.Prove(tables, "SELECT SUM(cents) FROM invoices GROUP BY customer")
	fmt.Println(err)
	proof, err := guard.Prove(tables, "SELECT SUM(cents) FROM invoices WHERE tenant_id = ? GROUP BY customer")
	fmt.Println(proof.Bindings, err)
	// Output:
	// table invoices: nothing binds it to the tenant: add `invoices.tenant_id = ?` to WHERE, by AND
	// [{invoices invoices invoices.tenant_id = argument 1}] <nil>
}
