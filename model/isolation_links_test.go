package model_test

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/go-sql-driver/mysql"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"rowhouse/model"
	"rowhouse/model/relay"
	"rowhouse/tenancy"
)

// Further models of the application's tables.
type (
	numbered struct{ Number tenancy.ID } // every first item
	renamed  struct {
		Owner tenancy.ID `gorm:"column:version"`
	}
	twice struct{ TenantID, Version tenancy.ID }
	bare  struct{ ID relay.ID }
	alias struct {
		TenantID tenancy.ID
		ID       relay.ID
	}
	foreign struct {
		TenantID tenancy.ID
		ID       relay.ID
	}
	joined struct {
		TenantID  tenancy.ID
		ID        relay.ID
		ProjectID relay.ID
		Project   *bare
	}
	honest struct {
		TenantID tenancy.ID
		Name     string
	}
)

func (numbered) TableName() string { return "items" }
func (renamed) TableName() string  { return "items" }
func (twice) TableName() string    { return "items" }
func (bare) TableName() string     { return "projects" }
func (alias) TableName() string    { return "items x" }
func (foreign) TableName() string  { return "mysql.items" }
func (joined) TableName() string   { return "items" }
func (honest) TableName() string   { return "items" }

func TestOtherModelsOfATableReachNoOtherTenant(t *testing.T) {
	h := newHouse(t)
	for _, m := range []any{&numbered{}, &renamed{}, &twice{}, &alias{}, &foreign{}, &tenancy.Tenant{}} {
		s := h.For(h.Acme)
		var found []map[string]any
		for name, err := range map[string]error{
			"Find":    s.Model(m).Find(&found).Error,
			"Updates": s.Model(m).Where("1 = 1").Updates(map[string]any{"name": "changed"}).Error,
			"Delete":  s.Where("1 = 1").Delete(m).Error,
			"Create":  s.Clauses(clause.OnConflict{UpdateAll: true}).Create(m).Error,
		} {
			if err == nil || len(found) > 0 {
				t.Errorf("%s of %T: %v, %v", name, m, found, err)
			}
		}
	}
	if acme, globex := h.state(t); acme != h.acme || globex != h.globex {
		t.Errorf("rows changed:\n%s%s", difference(h.acme, acme), difference(h.globex, globex))
	}
	var items []joined
	if err := h.For(h.Acme).Joins("Project").Find(&items).Error; !errors.Is(err, tenancy.ErrScope) {
		t.Errorf("a join to a model without tenant: %v", err)
	}
	// A model without the tenant, of a table that tenants own, has the tenant's rows.
	if err := h.For(h.Acme).Preload("Project").Find(&items).Error; err != nil || len(items) != 2 || items[0].Project == nil ||
		h.isSecret(items) {
		t.Errorf("Preload of a model without tenant: %v, %v", items, err)
	}
	var projects []map[string]any
	if err := h.For(h.Acme).Model(&bare{}).Find(&projects).Error; err != nil || len(projects) != 2 || h.isSecret(projects) {
		t.Errorf("a model without tenant: %v, %v", projects, err)
	}
	var found []honest
	if err := h.For(h.Acme).Find(&found).Error; err != nil || len(found) != 2 || h.isSecret(found) {
		t.Errorf("an honest model finds %v, %v", found, err)
	}
}

// TestNoRowRefersToAnotherTenant checks the foreign keys without the guard and the scope.
func TestNoRowRefersToAnotherTenant(t *testing.T) {
	h := newHouse(t)
	for _, m := range model.Types.Models() {
		n := h.targetOf(t, m)
		for _, column := range n.schema.DBNames {
			if column == "tenant_id" || !strings.HasSuffix(column, "_id") {
				continue
			}
			theirs := h.targetOf(t, model.Types.Models()[h.rows.Target(n.schema, column)])
			id := theirs.value(theirs.theirs())
			if _, ok := n.change[column]; ok {
				n.change = nil // its only column, which is part of its key
			}
			s := h.For(h.Acme)
			for name, err := range map[string]error{
				"SQL":                         exec(t, h, insertOf(n.schema, n.with(n.of(acmeID, n.fresh()), column, id))),
				"SQL UPDATE":                  exec(t, h, "UPDATE "+n.schema.Table+" SET "+column+" = ? WHERE tenant_id = 1", id),
				"Create":                      s.Create(n.with(n.fresh(), column, id)).Error,
				"Update":                      s.Model(n.ours()).Update(column, id).Error,
				"Save":                        s.Save(n.with(n.of(acmeID, n.fresh()), column, id)).Error,
				"a map":                       s.Model(n.row()).Create(plus(n.columns(n.fresh()), column, id)).Error,
				"an upsert":                   s.Clauses(clause.OnConflict{UpdateAll: true}).Create(n.with(n.ours(), column, id)).Error,
				"an upsert that does nothing": s.Clauses(clause.OnConflict{DoNothing: true}).Create(n.with(n.fresh(), column, id)).Error,
			} {
				if !errors.Is(err, gorm.ErrForeignKeyViolated) {
					t.Errorf("%s.%s, %s: %v, want a foreign key to refuse it", n.name, column, name, err)
				}
			}
		}
	}
	if acme, globex := h.state(t); acme != h.acme || globex != h.globex {
		t.Errorf("rows changed:\n%s%s", difference(h.acme, acme), difference(h.globex, globex))
	}
}

// exec runs a statement over an unguarded connection.
func exec(t *testing.T, h *house, statement string, args ...any) error {
	t.Helper()
	_, err := h.SQL.ExecContext(t.Context(), statement, args...)
	if e := new(mysql.MySQLError); errors.As(err, &e) && e.Number == 1452 {
		return gorm.ErrForeignKeyViolated
	}
	return err
}

// TestUniqueKeysAreOfATenant stores in acme the values of globex's rows, for each type with a
// unique key, and stores them again.
func TestUniqueKeysAreOfATenant(t *testing.T) {
	h := newHouse(t)
	keyed := column(t, h.SQL, `SELECT DISTINCT table_name FROM information_schema.statistics
		WHERE table_schema = DATABASE() AND non_unique = 0 AND index_name <> 'PRIMARY'`)
	for i, of := range model.Types.All() {
		if !slices.Contains(keyed, of.Schema().Table) {
			continue
		}
		n := h.targetOf(t, of.NewRow())
		// The references are acme's own, and the number is one that neither has.
		unique := func() any { return n.with(h.rows.Row(i, 0, 5, 1, globexMark, acmeMark), "id", relay.NewID()) }
		theirs := n.with(h.rows.Row(i, 0, 5, 1, globexMark, globexMark), "id", relay.NewID())
		for _, name := range n.schema.DBNames { // all other values are the same
			if f := n.schema.FieldsByDBName[name]; f.IndirectFieldType != reflect.TypeFor[relay.ID]() && name != "tenant_id" {
				n.with(theirs, name, n.columns(unique())[name])
			}
		}
		if err := h.For(h.Globex).Create(theirs).Error; err != nil {
			t.Fatal(err)
		}
		if err := h.For(h.Acme).Create(unique()).Error; err != nil {
			t.Errorf("%s: acme can't have what globex has: %v", n.name, err)
		}
		if err := h.For(h.Acme).Create(unique()).Error; !errors.Is(err, gorm.ErrDuplicatedKey) {
			t.Errorf("%s: acme has it twice: %v", n.name, err)
		}
	}
}
