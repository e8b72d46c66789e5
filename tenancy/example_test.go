package tenancy_test

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"rowhouse/tenancy"
	"rowhouse/tenancy/guard"
	"rowhouse/tenancy/tenancytest"
)

// Invoice is a model of tenants, since it has a field of type tenancy.ID.
type Invoice struct {
	TenantID tenancy.ID
	ID       uint64 `gorm:"primaryKey;autoIncrement:false"`
	Customer string
	Cents    int64
}

const createInvoices = `CREATE TABLE invoices (
  tenant_id INT UNSIGNED    NOT NULL,
  id        BIGINT UNSIGNED NOT NULL,
  customer  VARCHAR(100)    NOT NULL,
  cents     BIGINT          NOT NULL,
  PRIMARY KEY (tenant_id, id)
)`

// newInvoices returns a database with the table invoices, and contexts of two tenants in it.
// A program has tenancy.Open and tenancy.NewContext in its place.
func newInvoices() (d *tenancytest.Database, drop func()) {
	schema := &tenancytest.Schema{Models: []any{&Invoice{}}}
	schema.Migrate = func(ctx context.Context, dsn string) error {
		return runSQL(ctx, dsn, tenancy.CreateDirectory, createInvoices)
	}
	d, err := schema.Create(context.Background())
	if err != nil {
		panic(err)
	}
	return d, func() { _ = d.Drop() }
}

// Two tenants have rows with the same key. Each session reads and writes the rows of one.
func ExampleDB_For() {
	db, drop := newInvoices()
	defer drop()
	fmt.Println(db.For(db.Acme).Create(&Invoice{ID: 1, Customer: "Initech", Cents: 500}).Error)
	fmt.Println(db.For(db.Globex).Create(&Invoice{ID: 1, Customer: "Hooli", Cents: 900}).Error)

	// The scope adds the tenant to statements of GORM, around an OR as well.
	var found []Invoice
	err := db.For(db.Acme).Where("cents > ?", 0).Or("customer = ?", "Hooli").Find(&found).Error
	fmt.Println(found, err)

	// SQL must have the tenant itself, or the guard refuses it.
	var total int64
	err = db.For(db.Globex).Raw("SELECT SUM(cents) FROM invoices").Scan(&total).Error
	fmt.Println(errors.Is(err, tenancy.ErrScope))
	err = db.For(db.Globex).Raw("SELECT SUM(cents) FROM invoices WHERE tenant_id = ?", 2).Scan(&total).Error
	fmt.Println(total, err)

	// A context without a tenant reaches no rows.
	err = db.For(context.Background()).Find(&found).Error
	fmt.Println(errors.Is(err, tenancy.ErrNone))
	// Output:
	// <nil>
	// <nil>
	// [{1 1 Initech 500}] <nil>
	// true
	// 900 <nil>
	// true
}

// A function that fails rolls back all of its writes.
func ExampleDB_Tx() {
	db, drop := newInvoices()
	defer drop()
	err := db.Tx(db.Acme, func(ctx context.Context) error {
		if err := db.For(ctx).Create(&Invoice{ID: 1, Customer: "Initech", Cents: 500}).Error; err != nil {
			return err
		}
		return errors.New("the card was declined")
	})
	fmt.Println(err)
	fmt.Println(errors.Is(db.For(db.Acme).First(&Invoice{}, 1).Error, gorm.ErrRecordNotFound))
	// Output:
	// the card was declined
	// true
}

// A report across tenants runs in the system scope. Each statement is logged with the reason.
func ExampleSystem() {
	db, drop := newInvoices()
	defer drop()
	for _, ctx := range []context.Context{db.Acme, db.Globex} {
		if err := db.For(ctx).Create(&Invoice{ID: 1}).Error; err != nil {
			fmt.Println(err)
		}
	}
	var all int64
	ctx := tenancy.System(context.Background(), "monthly report of all tenants")
	err := db.For(ctx).Model(&Invoice{}).Count(&all).Error
	fmt.Println(all, err)
	// Output: 2 <nil>
}

// Open is the start of a program. A request's tenant comes from a Resolver; see Middleware.
func ExampleOpen() {
	ctx := context.Background()
	db, err := tenancy.Open(ctx, "mysql://app:secret@127.0.0.1:3306/billing", []any{&Invoice{}}, tenancy.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer db.Close()
	var found []Invoice
	err = db.For(tenancy.NewContext(ctx, tenancy.Tenant{ID: 7})).Find(&found).Error
	fmt.Println(found, err)
}

// The guard needs the tables of the models to prove a statement.
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
