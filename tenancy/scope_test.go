package tenancy_test

import (
	"context"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"gorm.io/driver/mysql"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"rowhouse/tenancy"
	"rowhouse/tenancy/tenancytest"
)

type shelf struct {
	TenantID tenancy.ID
	ID       int    `gorm:"primaryKey;autoIncrement:false"`
	Books    []book `gorm:"foreignKey:ShelfID"`
}

type book struct {
	TenantID tenancy.ID
	ID       int `gorm:"primaryKey;autoIncrement:false"`
	ShelfID  int
	Title    string
	Shelf    *shelf
}

func newShelves(t *testing.T) *tenancytest.Database {
	t.Helper()
	d := schema.New(t)
	for _, statement := range []string{
		"CREATE TABLE shelves (tenant_id INT UNSIGNED NOT NULL, id INT NOT NULL, PRIMARY KEY (tenant_id, id))",
		"CREATE TABLE books (tenant_id INT UNSIGNED NOT NULL, id INT NOT NULL, shelf_id INT NOT NULL, title VARCHAR(100) NOT NULL, " +
			"PRIMARY KEY (tenant_id, id))",
		"INSERT INTO shelves VALUES (1, 1), (2, 1)", "INSERT INTO books VALUES (1, 1, 1, 'acme'), (2, 1, 1, 'globex')",
	} {
		if _, err := d.SQL.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	d.Reopen(t, &shelf{}, &book{})
	return d
}

// TestSessionOfAnotherTenantIsRefused passes functions to GORM that return a session of another
// tenant, whose rows would become part of this tenant's result.
func TestSessionOfAnotherTenantIsRefused(t *testing.T) {
	d := newShelves(t)
	theirs := func(*gorm.DB) *gorm.DB { return d.For(d.Globex) }
	system := func(*gorm.DB) *gorm.DB { return d.For(tenancy.System(d.Acme, "report")) }
	mine := func(s *gorm.DB) *gorm.DB { return s.Where("title <> ''").Order("title") }
	for name, s := range map[string]*gorm.DB{
		"another tenant's":       d.For(d.Acme).Preload("Books", theirs),
		"the second of two":      d.For(d.Acme).Preload("Books", mine, theirs),
		"the first of two":       d.For(d.Acme).Preload("Books", theirs, mine),
		"the system scope's":     d.For(d.Acme).Preload("Books", system),
		"another context":        d.For(d.Acme).Preload("Books", func(s *gorm.DB) *gorm.DB { return s.WithContext(d.Globex) }),
		"nested":                 d.For(d.Acme).Preload("Books.Shelf.Books", theirs),
		"nested below one's own": d.For(d.Acme).Preload("Books", mine).Preload("Books.Shelf", theirs),
		"all associations":       d.For(d.Acme).Preload(clause.Associations, theirs),
		"inside a function":      d.For(d.Acme).Preload("Books", func(s *gorm.DB) *gorm.DB { return s.Preload("Shelf", theirs) }),
		"a session made before": d.For(d.Acme).Preload("Books", func(*gorm.DB) *gorm.DB {
			return d.For(d.Globex).Model(&book{}).
				Where("id = 1")
		}),
		"a session without a dialector": d.For(d.Acme).Preload("Books",
			func(s *gorm.DB) *gorm.DB { s = s.Session(&gorm.Session{}); s.Dialector = nil; return s }),
	} {
		var shelves []shelf
		err := s.Find(&shelves).Error
		if !errors.Is(err, tenancy.ErrScope) || strings.Contains(fmt.Sprint(shelves), "globex") {
			t.Errorf("%s: %v, %+v", name, err, shelves)
		}
	}
	for range 2 { // the same session twice
		s := d.For(d.Acme).Preload("Books", mine).Preload("Books.Shelf.Books", mine).Session(&gorm.Session{})
		for range 2 {
			var shelves []shelf
			if err := s.Find(&shelves).Error; err != nil || len(shelves) != 1 || len(shelves[0].Books) != 1 ||
				len(shelves[0].Books[0].Shelf.Books) != 1 {
				t.Errorf("one's own: %v, %+v", err, shelves)
			}
		}
	}
	conditions := []any{mine}
	for _, condition := range []any{"title <> ''", conditions[0]} {
		var shelves []shelf
		conditions[0] = condition
		if err := d.For(d.Acme).Preload("Books", conditions...).Find(&shelves).Error; err != nil || len(shelves) != 1 ||
			len(shelves[0].Books) != 1 {
			t.Errorf("a condition: %v, %+v", err, shelves)
		}
	}
	if reflect.ValueOf(conditions[0]).Pointer() != reflect.ValueOf(mine).Pointer() {
		t.Error("the caller's function was replaced, where another goroutine may read it")
	}
	// Other parts of GORM's API that have a function or a session as an argument.
	for name, find := range map[string]func(into *[]book) error{
		"Scopes": func(into *[]book) error { return d.For(d.Acme).Scopes(theirs).Find(into).Error },
		"Where":  func(into *[]book) error { return d.For(d.Acme).Where(d.For(d.Globex).Where("1 = 1")).Find(into).Error },
		"a subquery": func(into *[]book) error {
			return d.For(d.Acme).Where("title IN (?)", d.For(d.Globex).Model(&book{}).Select("title")).Find(into).Error
		},
		"Table": func(into *[]book) error {
			return d.For(d.Acme).Table("(?) AS b", d.For(d.Globex).Model(&book{})).Find(into).Error
		},
		"Joins": func(into *[]book) error {
			return d.For(d.Acme).Joins("Shelf", d.For(d.Globex).Where("1 = 1")).Find(into).Error
		},
		"Association": func(into *[]book) error {
			return d.For(d.Acme).Model(&shelf{ID: 1}).Scopes(theirs).Association("Books").Find(into)
		},
		"a generic subquery": func(into *[]book) error {
			return d.For(d.Acme).Where("title IN (?)", gorm.G[book](d.For(d.Globex)).Select("title")).Find(into).Error
		},
		"a generic derived table": func(into *[]book) error {
			return d.For(d.Acme).Table("(?) AS b", gorm.G[book](d.For(d.Globex)).Where("1 = 1")).Find(into).Error
		},
		"a generic subquery of no tenant": func(into *[]book) error {
			tenantless := d.For(context.Background())
			tenantless.Error = nil
			return d.For(d.Acme).Table("(?) AS b", gorm.G[book](tenantless).Where("1 = 1")).Find(into).Error
		},
		"a generic subquery of the system scope": func(into *[]book) error {
			return d.For(d.Acme).Table("(?) AS b", gorm.G[book](d.For(tenancy.System(d.Acme, "report"))).Where("1 = 1")).Find(into).Error
		},
		"WithContext": func(into *[]book) error { return d.For(d.Acme).WithContext(d.Globex).Find(into).Error },
		"Session": func(into *[]book) error {
			return d.For(d.Acme).Session(&gorm.Session{Context: d.Globex}).Find(into).Error
		},
		"Begin": func(into *[]book) error { return d.For(d.Acme).WithContext(d.Globex).Begin().Find(into).Error },
	} {
		var books []book
		if err := find(&books); strings.Contains(fmt.Sprint(books), "globex") {
			t.Errorf("%s: %v, %+v", name, err, books)
		}
	}
}

// TestStatementWithoutTenantIsNotRendered queries with a context without a tenant. Only a dry run
// with the background context, as gorm.G has it, takes the tenant of its session.
func TestStatementWithoutTenantIsNotRendered(t *testing.T) {
	d := newShelves(t)
	tenantless := d.For(context.Background())
	tenantless.Error = nil
	for _, test := range []struct {
		name     string
		session  *gorm.DB
		options  gorm.Session
		rendered bool
	}{
		{
			name:     "a dry run",
			session:  d.For(d.Acme),
			options:  gorm.Session{DryRun: true, Context: context.Background()},
			rendered: true,
		},
		{
			name:    "a dry run with another context",
			session: d.For(d.Acme),
			options: gorm.Session{DryRun: true, Context: t.Context()},
		},
		{
			name:    "a dry run of a session without a tenant",
			session: tenantless,
			options: gorm.Session{DryRun: true, Context: context.Background()},
		},
	} {
		found := test.session.Session(&test.options).Find(&[]book{})
		if text := found.Statement.SQL.String(); (text != "") != test.rendered || errors.Is(found.Error, tenancy.ErrNone) == test.rendered {
			t.Errorf("%s: rendered %q, %v", test.name, text, found.Error)
		}
	}
}

// TestOmittedClausesFail uses clauses that GORM would omit or change.
func TestOmittedClausesFail(t *testing.T) {
	d := newShelves(t)
	returning, update := clause.Returning{}, clause.Locking{Strength: "UPDATE"}
	for name, run := range map[string]func(*gorm.DB) error{
		"RETURNING on create":   func(s *gorm.DB) error { return s.Clauses(returning).Create(&book{ID: 9}).Error },
		"RETURNING on update":   func(s *gorm.DB) error { return s.Clauses(returning).Model(&book{ID: 1}).Update("title", "x").Error },
		"RETURNING on delete":   func(s *gorm.DB) error { return s.Clauses(returning).Delete(&book{ID: 1}).Error },
		"RETURNING on a query":  func(s *gorm.DB) error { return s.Clauses(returning).Find(&[]book{}).Error },
		"FOR UPDATE on update":  func(s *gorm.DB) error { return s.Clauses(update).Model(&book{ID: 1}).Update("title", "x").Error },
		"FOR UPDATE on raw SQL": func(s *gorm.DB) error { return s.Clauses(update).Raw("SELECT 1").Scan(new(int)).Error },
		"ON CONFLICT on an update": func(s *gorm.DB) error {
			return s.Clauses(clause.OnConflict{DoNothing: true}).Model(&book{ID: 1}).Update("title", "x").Error
		},
		"ON CONFLICT on a raw text": func(s *gorm.DB) error { return s.Clauses(clause.OnConflict{DoNothing: true}).Exec("DO 1").Error },
	} {
		before := d.Count(t, "books", "title <> 'x'")
		if err := run(d.For(d.Acme)); !errors.Is(err, gorm.ErrNotImplemented) {
			t.Errorf("%s: %v", name, err)
		}
		if after := d.Count(t, "books", "title <> 'x'"); after != before {
			t.Errorf("%s: the statement ran", name)
		}
	}
	for _, s := range []*gorm.DB{
		d.For(d.Acme).Clauses(clause.Locking{Strength: "SHARE"}),
		d.For(d.Acme).Clauses(update),
		d.For(d.Acme).Clauses(clause.Locking{Strength: "UPDATE", Options: "NOWAIT"}),
		d.For(d.Acme).Clauses(clause.Locking{Strength: "UPDATE", Options: "SKIP LOCKED"}),
	} {
		d.Reset()
		if err := s.Find(&[]book{}).Error; err != nil {
			t.Error(err)
		} else if ran := d.Ran()[0]; !strings.Contains(ran, " FOR ") && !strings.HasSuffix(ran, "LOCK IN SHARE MODE") {
			t.Error("it locks nothing:", ran)
		}
	}
	maria := d.Product(t) == "MariaDB"
	err := d.For(d.Acme).Clauses(clause.Locking{Strength: "SHARE", Options: "NOWAIT"}).Find(&[]book{}).Error
	if maria != errors.Is(err, gorm.ErrNotImplemented) || !maria && err != nil {
		t.Error("SHARE with an option:", err)
	}
	err = d.For(d.Acme).Clauses(clause.Locking{Strength: "share", Table: clause.Table{Name: "books"}}).Find(&[]book{}).Error
	if maria != errors.Is(err, gorm.ErrNotImplemented) || !maria && err != nil {
		t.Error("SHARE with a table:", err)
	}
	var b book
	if err := d.For(d.Acme).Where("title = ?", "first").Order("id").Attrs(book{ID: 50}).FirstOrCreate(&b).Error; err != nil || b.ID != 50 {
		t.Error("FirstOrCreate keeps its conditions:", err, b)
	}
	if err := d.For(d.Acme).Raw("SELECT * FROM books WHERE tenant_id = 1 AND id = 50").Take(&b).Error; err != nil || b.ID != 50 {
		t.Error("raw SQL needs no LIMIT of Take:", err, b)
	}
}

// document is a JSON column as in GORM's documentation, with bytes.
type document map[string]any

func (d document) Value() (driver.Value, error) { return json.Marshal(d) }
func (d *document) Scan(v any) error            { return json.Unmarshal(v.([]byte), d) }

// castDocument is a JSON column as in the package datatypes, which needs MySQL's own dialector.
type castDocument struct{ document }

func (d castDocument) GormValue(_ context.Context, db *gorm.DB) clause.Expr {
	text, err := json.Marshal(d.document)
	if err != nil {
		_ = db.AddError(err)
	}
	if v, ok := db.Dialector.(*mysql.Dialector); ok && !strings.Contains(v.ServerVersion, "MariaDB") {
		return gorm.Expr("CAST(? AS JSON)", string(text))
	}
	return gorm.Expr("?", string(text))
}

type page struct {
	TenantID tenancy.ID
	ID       int `gorm:"primaryKey;autoIncrement:false"`
	Meta     document
	Body     castDocument
	Raw      json.RawMessage
}

// TestJSONColumnsWorkOnEachServer stores and finds documents in each way.
func TestJSONColumnsWorkOnEachServer(t *testing.T) {
	d := schema.New(t)
	if _, err := d.SQL.ExecContext(t.Context(), "CREATE TABLE pages (tenant_id INT UNSIGNED NOT NULL, id INT NOT NULL, "+
		"meta JSON, body JSON, raw JSON, PRIMARY KEY (tenant_id, id))"); err != nil {
		t.Fatal(err)
	}
	d.Reopen(t, &page{})
	want := document{"título": "日本 'quoted' \\ \"and\" 😀"}
	for _, ctx := range []context.Context{d.Acme, d.Globex} {
		created := &page{ID: 1, Meta: want, Body: castDocument{want}, Raw: json.RawMessage(`{"a": [1, 2]}`)}
		if err := d.For(ctx).Create(created).Error; err != nil {
			t.Fatal(err)
		}
	}
	for name, s := range map[string]*gorm.DB{
		"cast":         d.For(d.Acme).Where("body = ?", castDocument{want}),
		"extracted":    d.For(d.Acme).Where("JSON_UNQUOTE(JSON_EXTRACT(meta, ?)) = ?", `$."título"`, want["título"]),
		"a number":     d.For(d.Acme).Where("JSON_EXTRACT(raw, '$.a[1]') = ?", 2),
		"contained":    d.For(d.Acme).Where("JSON_CONTAINS(raw, ?, '$.a')", "2"),
		"bytes inside": d.For(d.Acme).Where("JSON_CONTAINS(meta, ?)", want),
	} {
		var pages []page
		if err := s.Find(&pages).Error; err != nil || len(pages) != 1 || pages[0].TenantID != 1 ||
			pages[0].Meta["título"] != want["título"] {
			t.Errorf("%s: %+v, %v", name, pages, err)
		}
	}
	if err := d.For(d.Acme).Model(&page{ID: 1}).Update("meta", document{"new": true}).Error; err != nil {
		t.Error(err)
	}
	var all []page
	if err := d.For(d.Globex).Find(&all).Error; err != nil || len(all) != 1 || all[0].Meta["título"] != want["título"] {
		t.Error("the other tenant's:", all, err)
	}
}
