package relay_test

import (
	"context"
	"database/sql"
	"errors"
	"testing"

	"gorm.io/gorm"

	"rowhouse/model/relay"
	"rowhouse/tenancy"
	"rowhouse/tenancy/tenancytest"
)

type (
	// Visit is a row whose model has GORM's hooks. They count the visits, and fail for the guest "bad".
	Visit struct {
		relay.Row[Visit]
		Guest   string
		Version int
	}
	// VisitCount counts writes of visits.
	VisitCount struct {
		TenantID tenancy.ID
		Guest    string `gorm:"primaryKey;charset:ascii"`
	}
)

// BeforeSave is GORM's hook.
func (v *Visit) BeforeSave(session *gorm.DB) error {
	return session.Session(&gorm.Session{NewDB: true}).Create(&VisitCount{Guest: v.Guest}).Error
}

// AfterSave is GORM's hook.
func (v *Visit) AfterSave(*gorm.DB) error {
	if v.Guest == "bad" {
		return errors.New("a bad guest")
	}
	return nil
}

var (
	visits = relay.NewType[Visit, noFilter]([]Order{}, relay.Fields{{Name: "guest", MaxLength: 20}}, relay.Versioned())

	visitors = &tenancytest.Schema{
		Models: append(relay.NewTypes(visits).Models(), &VisitCount{}),
		Migrate: func(ctx context.Context, dsn string) error {
			db, err := sql.Open("mysql", dsn)
			if err != nil {
				return err
			}
			defer db.Close()
			for _, ddl := range []string{
				tenancy.CreateDirectory,
				`CREATE TABLE visits (tenant_id INT UNSIGNED, id BINARY(16), guest VARCHAR(20) NOT NULL, version INT NOT NULL,
					PRIMARY KEY (tenant_id, id))`,
				`CREATE TABLE visit_counts (tenant_id INT UNSIGNED, guest VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin,
					PRIMARY KEY (tenant_id, guest))`,
			} {
				if _, execErr := db.ExecContext(ctx, ddl+charset(ddl)); execErr != nil {
					err = errors.Join(err, execErr)
				}
			}
			return err
		},
	}
)

// TestHooksOfAModelAreAtomicWithItsRow creates and updates rows whose GORM hooks write another table, or fail after the
// statement.
func TestHooksOfAModelAreAtomicWithItsRow(t *testing.T) {
	d := visitors.New(t)
	good := must[*Visit](t)(visits.Create(d.Acme, d.DB, &Visit{Guest: "good"}))
	must[*Visit](t)(visits.Update(d.Acme, d.DB, good.ID, func(v *Visit) error { v.Guest = "better"; return nil }))
	if _, err := visits.Create(d.Acme, d.DB, &Visit{Guest: "bad"}); err == nil {
		t.Error("the hook of a new row did not fail")
	}
	if _, err := visits.Update(d.Acme, d.DB, good.ID, func(v *Visit) error { v.Guest = "bad"; return nil }); err == nil {
		t.Error("the hook of an update did not fail")
	}
	if bad, all := d.Count(t, "visits", "guest = 'bad'"), d.Count(t, "visit_counts", "guest <> 'bad'"); bad != 0 || all != 2 {
		t.Errorf("%d bad visits are stored, and %d counts", bad, all)
	}
	if n := d.Count(t, "visit_counts", ""); n != 2 {
		t.Errorf("%d counts are stored", n)
	}
}
