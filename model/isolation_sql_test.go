package model_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"reflect"
	"strings"
	"testing"

	"gorm.io/gorm"

	"rowhouse/model"
	"rowhouse/model/relay"
	"rowhouse/tenancy"
	"rowhouse/tenancy/guard"
)

// logged opens the house's database again with a log.
func (h *house) logged(t *testing.T) *bytes.Buffer {
	t.Helper()
	var log bytes.Buffer
	db, err := tenancy.Open(t.Context(), h.DSN, model.Types.Models(), tenancy.Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	h.DB = db
	return &log
}

func TestRefusalNamesTheTableButNoArgument(t *testing.T) {
	h := newHouse(t)
	log := h.logged(t)
	const secret = "rosebud"
	s := h.For(h.Acme)
	pool, err := s.DB()
	if err != nil {
		t.Fatal(err)
	}
	prepared := s.Session(&gorm.Session{PrepareStmt: true})
	var maps []map[string]any
	tests := []struct {
		name, table, alias string
		err                error
	}{
		{"Raw", "items", "items", s.Raw("SELECT * FROM items WHERE name = ?", secret).Scan(&maps).Error},
		{"Raw with an alias", "items", "i", s.Raw("SELECT * FROM items AS i WHERE i.name = ?", secret).Scan(&maps).Error},
		{
			"Raw for another tenant",
			"items",
			"i",
			s.Raw("SELECT * FROM items i WHERE i.name = ? AND i.tenant_id = ?", secret, globexID).Scan(&maps).Error,
		},
		{"a join", "projects", "p", s.Joins("LEFT JOIN projects p ON p.name = ?", secret).Find(&[]model.Item{}).Error},
		{"a subquery", "comments", "c", s.Where("EXISTS (SELECT 1 FROM comments c WHERE c.body = ?)", secret).Find(&[]model.Item{}).Error},
		{"Table", "members", "m", s.Table("items").Joins("LEFT JOIN members m ON m.name = ?", secret).Find(&maps).Error},
		{"a table that no tenant owns", "tenants", "tenants", s.Table("tenants").Where("name = ?", secret).Find(&maps).Error},
		{"Exec", "comments", "comments", s.Exec("DELETE FROM comments WHERE body = ?", secret).Error},
		{
			"Create",
			"members",
			"members",
			s.Create(&model.Member{Row: relay.Row[model.Member]{TenantID: globexID, ID: relay.NewID()}, Name: secret}).Error,
		},
		{"Updates", "", "", s.Model(&model.Member{}).Where("name = ?", secret).Updates(map[string]any{"tenant_id": globexID}).Error},
		{"a prepared statement", "items", "items", prepared.Raw("SELECT * FROM items WHERE name = ?", secret).Scan(&maps).Error},
		{"DB", "items", "items", pool.QueryRowContext(h.Acme, "SELECT name FROM items WHERE name = ?", secret).Scan(new(string))},
		{"a transaction", "items", "items", h.Tx(h.Acme, func(ctx context.Context) error {
			return h.For(ctx).Exec("UPDATE items SET name = ?", secret).Error
		})},
	}
	for _, test := range tests {
		var r *guard.Refusal
		switch {
		case !errors.Is(test.err, tenancy.ErrScope) || !errors.As(test.err, &r):
			t.Errorf("%s: %v, want ErrScope and a refusal", test.name, test.err)
		case r.Table != test.table || r.Alias != test.alias || r.Reason == "":
			t.Errorf("%s: it names %q, %q: %q", test.name, r.Table, r.Alias, r.Reason)
		case !strings.Contains(r.SQL, "?") || strings.Contains(r.SQL+test.err.Error(), secret):
			t.Errorf("%s: it tells %q, %v", test.name, r.SQL, test.err)
		case !strings.Contains(test.err.Error(), test.table):
			t.Errorf("%s: the table is not in %v", test.name, test.err)
		}
	}
	if lines := strings.Count(log.String(), `level=WARN msg="statement refused" table=`); lines != len(tests) ||
		strings.Contains(log.String(), secret) {
		t.Errorf("%d of %d are in the log, which must hold no argument:\n%s", lines, len(tests), log)
	}
}

func TestSystemScopeReachesEveryTenant(t *testing.T) {
	h := newHouse(t)
	h.SkipOnVitess(t)
	log := h.logged(t)
	for _, ctx := range []context.Context{
		tenancy.System(t.Context(), "count it all"),
		tenancy.System(h.Acme, "count it all"), // it has no tenant any more
	} {
		for _, m := range model.Types.Models() {
			n := h.targetOf(t, m)
			found, raw := n.rows(), n.rows()
			var count int64
			err := errors.Join(
				h.For(ctx).Find(found).Error,
				h.For(ctx).Raw("SELECT * FROM "+n.schema.Table).Scan(raw).Error,
				h.For(ctx).Model(n.row()).Count(&count).Error,
			)
			if err != nil || length(found) != 4 || length(raw) != 4 || count != 4 {
				t.Errorf("%s: it found %d, %d and %d of 4 rows: %v", n.name, length(found), length(raw), count, err)
			}
		}
	}
	if lines := strings.Count(log.String(), `level=INFO msg="system scope" reason="count it all" statement="SELECT `); lines != 2*3*len(
		model.Types.Models(),
	) {
		t.Errorf("%d statements were logged:\n%s", lines, log)
	}
	log.Reset()
	changed := h.For(tenancy.System(t.Context(), "rename it all")).
		Model(&model.Member{}).
		Where("name <> ?", "rosebud").
		Update("name", "rosebud")
	if changed.Error != nil || changed.RowsAffected != 4 || !strings.Contains(log.String(), `reason="rename it all" statement="UPDATE `) ||
		strings.Contains(log.String(), "rosebud") {
		t.Errorf("it changed %d of 4 rows: %v, logged as %s", changed.RowsAffected, changed.Error, log)
	}
	err := h.Tx(tenancy.System(t.Context(), "tidy up"), func(ctx context.Context) error {
		return h.For(ctx).Where("1 = 1").Delete(&model.Comment{}).Error
	})
	if n := h.Count(t, "comments", ""); err != nil || n != 0 {
		t.Errorf("it left %d rows: %v", n, err)
	}
}

// TestSystemScopeStoresNoRowWithoutATenant creates rows in the system scope, where only the row
// itself names its tenant.
func TestSystemScopeStoresNoRowWithoutATenant(t *testing.T) {
	h := newHouse(t)
	h.SkipOnVitess(t)
	ctx := tenancy.System(t.Context(), "import")
	for _, m := range model.Types.Models() {
		n := h.targetOf(t, m)
		s := h.For(ctx)
		for name, err := range map[string]error{
			"Create":              s.Create(n.fresh()).Error,
			"Create of a slice":   s.Create(n.slice(n.of(acmeID, n.fresh()), n.other())).Error,
			"Create of a map":     s.Model(n.row()).Create(n.columns(n.fresh())).Error,
			"Create, it left out": s.Omit("TenantID").Create(n.of(acmeID, n.fresh())).Error,
			"Save":                s.Save(n.fresh()).Error,
			"FirstOrCreate":       s.Where(n.fresh()).FirstOrCreate(n.row()).Error,
		} {
			if !errors.Is(err, tenancy.ErrScope) {
				t.Errorf("%s of %s: %v, want ErrScope", name, n.name, err)
			}
		}
	}
	if acme, globex := h.state(t); acme != h.acme || globex != h.globex {
		t.Errorf("rows changed:\n%s%s", difference(h.acme, acme), difference(h.globex, globex))
	}
	for _, tenant := range []tenancy.ID{acmeID, globexID} {
		row := relay.Row[model.Member]{TenantID: tenant, ID: relay.NewID()}
		member := &model.Member{Row: row, Name: "new", Email: "new", EmailKey: relay.UniqueKey("new")}
		if err := h.For(ctx).Create(member).Error; err != nil ||
			h.Count(t, "members", "tenant_id = ?", tenant) != 3 {
			t.Errorf("a row of tenant %d: %v", tenant, err)
		}
	}
}

func TestNoSessionMovesBetweenATenantAndTheSystemScope(t *testing.T) {
	h := newHouse(t)
	system := func(ctx context.Context) context.Context { return tenancy.System(ctx, "borrow a session") }
	for from, open := range map[string]func(do func(*gorm.DB) error) error{
		"acme's session": func(do func(*gorm.DB) error) error { return do(h.For(h.Acme).WithContext(system(h.Acme))) },
		"acme's new session": func(do func(*gorm.DB) error) error {
			return do(h.For(h.Acme).Session(&gorm.Session{NewDB: true, Context: system(context.Background())}))
		},
		"acme's transaction": func(do func(*gorm.DB) error) error {
			return h.Tx(h.Acme, func(ctx context.Context) error { return do(h.For(system(ctx))) })
		},
		"a transaction inside acme's": func(do func(*gorm.DB) error) error {
			return h.Tx(h.Acme, func(ctx context.Context) error {
				return h.Tx(system(ctx), func(ctx context.Context) error { return do(h.For(ctx)) })
			})
		},
		"the system's session": func(do func(*gorm.DB) error) error {
			return do(h.For(system(context.Background())).WithContext(h.Acme))
		},
		"the system's transaction": func(do func(*gorm.DB) error) error {
			return h.Tx(system(context.Background()), func(ctx context.Context) error {
				return do(h.For(ctx).WithContext(h.Acme)) //nolint:contextcheck // that is the attack
			})
		},
	} {
		var found []model.Member
		for name, try := range map[string]func(*gorm.DB) error{
			"Find":   func(s *gorm.DB) error { return s.Find(&found).Error },
			"Raw":    func(s *gorm.DB) error { return s.Raw("SELECT * FROM members WHERE tenant_id = 1").Scan(&found).Error },
			"Exec":   func(s *gorm.DB) error { return s.Exec("DELETE FROM members").Error },
			"Update": func(s *gorm.DB) error { return s.Model(&model.Member{}).Where("1=1").Update("name", "x").Error },
			"Delete": func(s *gorm.DB) error { return s.Where("1=1").Delete(&model.Member{}).Error },
			"Create": func(s *gorm.DB) error {
				return s.Create(&model.Member{Row: relay.Row[model.Member]{TenantID: globexID, ID: relay.NewID()}, Name: "x"}).Error
			},
		} {
			if err := open(try); !errors.Is(err, tenancy.ErrScope) || len(found) > 0 {
				t.Errorf("%s in another scope, %s: %v, %v", from, name, err, found)
			}
		}
	}
	if acme, globex := h.state(t); acme != h.acme || globex != h.globex {
		t.Errorf("rows changed:\n%s%s", difference(h.acme, acme), difference(h.globex, globex))
	}
}

func TestStatementsPreparedInTheSystemScopeServeNoTenant(t *testing.T) {
	h := newHouse(t)
	h.SkipOnVitess(t)
	s := h.For(h.Acme)
	pool, err := s.DB()
	if err != nil {
		t.Fatal(err)
	}
	system := tenancy.System(t.Context(), "prepare")
	for name, prepare := range map[string]func() (*sql.Stmt, error){
		"DB": func() (*sql.Stmt, error) { return pool.PrepareContext(system, "SELECT id FROM members") },
		"Conn": func() (*sql.Stmt, error) {
			conn, err := pool.Conn(system)
			if err != nil {
				return nil, err
			}
			t.Cleanup(func() { _ = conn.Close() })
			return conn.PrepareContext(system, "SELECT id FROM members")
		},
	} {
		t.Run(name, func(t *testing.T) {
			statement, err := prepare()
			if err != nil {
				t.Fatal(err)
			}
			defer statement.Close()
			if err := statement.QueryRowContext(system).Scan(new(relay.ID)); err != nil {
				t.Errorf("by the system: %v", err)
			}
			err = statement.QueryRowContext(h.Acme).Scan(new(relay.ID)) //nolint:contextcheck // it was prepared in another
			if !errors.Is(err, tenancy.ErrScope) {
				t.Errorf("by acme: %v, want ErrScope", err)
			}
		})
	}
	// GORM's prepared statements are shared by all sessions.
	prepared := &gorm.Session{PrepareStmt: true}
	var found []model.Member
	if err := h.For(system).Session(prepared).Raw("SELECT * FROM members").Scan(&found).Error; err != nil || len(found) != 4 {
		t.Errorf("the system's own: %d rows, %v", len(found), err)
	}
	found = nil
	if err := s.Session(prepared).Raw("SELECT * FROM members").Scan(&found).Error; !errors.Is(err, tenancy.ErrScope) || len(found) > 0 {
		t.Errorf("acme's: %v, %v", found, err)
	}
}

func TestSystemScopeNeedsAReason(t *testing.T) {
	h := newHouse(t)
	var found []model.Member
	if err := h.For(tenancy.System(t.Context(), "")).Find(&found).Error; !errors.Is(err, tenancy.ErrNone) || len(found) > 0 {
		t.Errorf("without a tenant: %v, %v", found, err)
	}
	if err := h.For(tenancy.System(h.Acme, "")).Find(&found).Error; err != nil || len(found) != 2 || h.isSecret(found) {
		t.Errorf("with acme: %v, %v", found, err)
	}
	if !reflect.DeepEqual(tenancy.System(h.Acme, ""), h.Acme) {
		t.Error("it is another context")
	}
}
