package tenancy_test

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"gorm.io/driver/mysql"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
	"gorm.io/gorm/logger"

	"rowhouse/model"
	"rowhouse/model/dbtest"
	"rowhouse/tenancy"
)

// The models of a shop, with each kind of association. Countries and currencies are shared.
type (
	currency struct {
		Code string `gorm:"primaryKey;size:3"`
		Name string
	}
	country struct {
		Code       string `gorm:"primaryKey;size:2"`
		Name       string
		Currencies []currency `gorm:"many2many:country_currencies"`
	}
	address struct {
		Street string
		City   string
	}
	customer struct {
		TenantID    tenancy.ID `json:"-"`
		ID          int
		Name        string
		Email       *string
		Credit      int
		CountryCode *string
		Country     *country `gorm:"foreignKey:CountryCode"`
		Home        address  `gorm:"embedded;embeddedPrefix:home_"`
		Orders      []order
		Card        *card
		ReferrerID  *int
		Referrer    *customer
		Referred    []customer  `gorm:"foreignKey:ReferrerID"`
		Friends     []*customer `gorm:"many2many:customer_friends"`
		Pictures    []picture   `gorm:"polymorphic:Owner"`
		Greeting    string      `gorm:"-"`
	}
	card struct {
		TenantID   tenancy.ID `json:"-"`
		ID         int
		CustomerID *int
		Digits     string
	}
	order struct {
		TenantID   tenancy.ID `json:"-"`
		ID         int
		CustomerID *int
		Customer   *customer
		Status     string
		Total      int
		Lines      []line
		DeletedAt  gorm.DeletedAt `json:"-"`
	}
	line struct {
		TenantID  tenancy.ID `json:"-"`
		OrderID   int        `gorm:"primaryKey;autoIncrement:false"`
		ProductID int        `gorm:"primaryKey;autoIncrement:false"`
		Quantity  int
		Order     *order
		Product   *product
	}
	product struct {
		TenantID  tenancy.ID `json:"-"`
		ID        int
		Name      string
		Price     int
		Tags      []tag     `gorm:"many2many:product_tags"`
		Origins   []country `gorm:"many2many:product_countries"`
		Pictures  []picture `gorm:"polymorphic:Owner"`
		UpdatedAt time.Time `json:"-"`
	}
	tag struct {
		TenantID tenancy.ID `json:"-"`
		ID       int
		Name     string
		Products []product `gorm:"many2many:product_tags"`
	}
	picture struct {
		TenantID  tenancy.ID `json:"-"`
		ID        int
		OwnerID   int
		OwnerType string
		URL       string
	}
)

var (
	shop   = []any{&customer{}, &card{}, &order{}, &line{}, &product{}, &tag{}, &picture{}}
	shared = []any{&country{}, &currency{}}
	// The tables, with those of many-to-many relations.
	shopTenants = []string{"customers", "cards", "orders", "lines_", "products", "tags", "pictures", "customer_friends", "product_tags", "product_countries"}
	shopShared  = []string{"countries", "currencies", "country_currencies"}
)

// AfterFind is a hook that fills a field.
func (c *customer) AfterFind(*gorm.DB) error { c.Greeting = "Dear " + c.Name; return nil }

// BeforeSave is a hook that uses the session.
func (o *order) BeforeSave(s *gorm.DB) error {
	var n int64
	if err := s.Session(&gorm.Session{NewDB: true}).Model(&customer{}).Where("id = ?", o.CustomerID).Count(&n).Error; err != nil {
		return err
	}
	if o.CustomerID != nil && n == 0 && o.Customer == nil {
		return fmt.Errorf("no customer %d", *o.CustomerID)
	}
	return nil
}

// shopTables are the tables, where T stands for the tenant's column and K for its place in a key.
const shopTables = `
CREATE TABLE currencies (code CHAR(3) PRIMARY KEY, name VARCHAR(50) NOT NULL);
CREATE TABLE countries (code CHAR(2) PRIMARY KEY, name VARCHAR(50) NOT NULL);
CREATE TABLE country_currencies (country_code CHAR(2), currency_code CHAR(3), PRIMARY KEY (country_code, currency_code));
CREATE TABLE customers (T, id INT NOT NULL AUTO_INCREMENT, name VARCHAR(100) NOT NULL, email VARCHAR(100), credit INT NOT NULL DEFAULT 0, country_code CHAR(2),
	home_street VARCHAR(100) NOT NULL DEFAULT '', home_city VARCHAR(100) NOT NULL DEFAULT '', referrer_id INT, PRIMARY KEY (K id), KEY (id), UNIQUE KEY email (K email),
	FOREIGN KEY (country_code) REFERENCES countries (code)) AUTO_INCREMENT = 100;
CREATE TABLE cards (T, id INT NOT NULL AUTO_INCREMENT, customer_id INT, digits VARCHAR(20) NOT NULL, PRIMARY KEY (K id), KEY (id)) AUTO_INCREMENT = 100;
CREATE TABLE orders (T, id INT NOT NULL AUTO_INCREMENT, customer_id INT, status VARCHAR(20) NOT NULL, total INT NOT NULL, deleted_at DATETIME(6), PRIMARY KEY (K id), KEY (id)) AUTO_INCREMENT = 100;
CREATE TABLE lines_ (T, order_id INT NOT NULL, product_id INT NOT NULL, quantity INT NOT NULL, PRIMARY KEY (K order_id, product_id));
CREATE TABLE products (T, id INT NOT NULL AUTO_INCREMENT, name VARCHAR(100) NOT NULL, price INT NOT NULL, updated_at DATETIME(6), PRIMARY KEY (K id), KEY (id)) AUTO_INCREMENT = 100;
CREATE TABLE tags (T, id INT NOT NULL AUTO_INCREMENT, name VARCHAR(100) NOT NULL, PRIMARY KEY (K id), KEY (id)) AUTO_INCREMENT = 100;
CREATE TABLE pictures (T, id INT NOT NULL AUTO_INCREMENT, owner_id INT NOT NULL, owner_type VARCHAR(20) NOT NULL, url VARCHAR(100) NOT NULL, PRIMARY KEY (K id), KEY (id)) AUTO_INCREMENT = 100;
CREATE TABLE customer_friends (T, customer_id INT NOT NULL, friend_id INT NOT NULL, PRIMARY KEY (K customer_id, friend_id));
CREATE TABLE product_tags (T, product_id INT NOT NULL, tag_id INT NOT NULL, PRIMARY KEY (K product_id, tag_id));
CREATE TABLE product_countries (T, product_id INT NOT NULL, country_code CHAR(2) NOT NULL, PRIMARY KEY (K product_id, country_code));
INSERT INTO currencies VALUES ('CHF', 'Franc'), ('EUR', 'Euro'), ('USD', 'Dollar');
INSERT INTO countries VALUES ('CH', 'Switzerland'), ('DE', 'Germany'), ('US', 'America');
INSERT INTO country_currencies VALUES ('CH', 'CHF'), ('CH', 'EUR'), ('DE', 'EUR')`

func (line) TableName() string { return "lines_" }

// shopRows are the rows of a tenant, where # stands for its number and @ for its name.
const shopRows = `
INSERT INTO customers (tenant_id, id, name, email, credit, country_code, home_city, referrer_id) VALUES (#, 1, '@ Ann', 'ann@@', 10, 'CH', 'Bern', NULL), (#, 2, '@ Bob', NULL, 20, 'DE', 'Bonn', 1), (#, 3, '@ Cid', 'cid@@', 0, NULL, 'Bern', 1);
INSERT INTO cards (tenant_id, id, customer_id, digits) VALUES (#, 1, 1, '@ 1111'), (#, 2, 3, '@ 3333');
INSERT INTO orders (tenant_id, id, customer_id, status, total, deleted_at) VALUES (#, 1, 1, 'OPEN', 100, NULL), (#, 2, 1, 'PAID', 250, NULL), (#, 3, 2, 'PAID', 70, NULL), (#, 4, NULL, 'OPEN', 5, NULL), (#, 5, 1, 'OPEN', 999, '2026-01-01');
INSERT INTO lines_ (tenant_id, order_id, product_id, quantity) VALUES (#, 1, 1, 2), (#, 1, 2, 1), (#, 2, 2, 5), (#, 3, 3, 1);
INSERT INTO products (tenant_id, id, name, price) VALUES (#, 1, '@ Pen', 3), (#, 2, '@ Ink', 50), (#, 3, '@ Pad', 7);
INSERT INTO tags (tenant_id, id, name) VALUES (#, 1, '@ new'), (#, 2, '@ blue'), (#, 3, '@ old');
INSERT INTO pictures (tenant_id, id, owner_id, owner_type, url) VALUES (#, 1, 1, 'customers', '@ face'), (#, 2, 1, 'products', '@ pen'), (#, 3, 1, 'products', '@ nib');
INSERT INTO customer_friends (tenant_id, customer_id, friend_id) VALUES (#, 1, 2), (#, 1, 3), (#, 2, 1);
INSERT INTO product_tags (tenant_id, product_id, tag_id) VALUES (#, 1, 1), (#, 1, 2), (#, 2, 2);
INSERT INTO product_countries (tenant_id, product_id, country_code) VALUES (#, 1, 'CH'), (#, 1, 'DE'), (#, 2, 'US')`

// globexRows are rows that only the other tenant has, beside such with the same ids as acme's.
const globexRows = `;
INSERT INTO customers (tenant_id, id, name, credit, country_code, referrer_id) VALUES (#, 4, '@ Dan', 10, 'CH', 1);
INSERT INTO orders (tenant_id, id, customer_id, status, total) VALUES (#, 6, 1, 'OPEN', 100000), (#, 7, 4, 'LOST', 100000);
INSERT INTO lines_ (tenant_id, order_id, product_id, quantity) VALUES (#, 1, 3, 1000), (#, 4, 1, 1000);
INSERT INTO product_tags (tenant_id, product_id, tag_id) VALUES (#, 3, 3), (#, 1, 3);
INSERT INTO customer_friends (tenant_id, customer_id, friend_id) VALUES (#, 3, 1), (#, 1, 4);
INSERT INTO product_countries (tenant_id, product_id, country_code) VALUES (#, 3, 'CH'), (#, 1, 'US')`

func fill(t testing.TB, db *sql.DB, texts ...string) {
	t.Helper()
	for _, statement := range strings.Split(strings.Join(texts, ";"), ";") {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%v\n%s", err, statement)
		}
	}
}

func rowsOf(text, number, name string) string {
	return strings.NewReplacer("#", number, "@@", "@"+name, "@", name).Replace(text)
}

// newShop returns the shop of two tenants.
func newShop(t testing.TB) *dbtest.Database {
	t.Helper()
	d := dbtest.New(t)
	fill(t, d.SQL, strings.NewReplacer("(T,", "(tenant_id INT UNSIGNED NOT NULL,", "(K ", "(tenant_id, ").Replace(shopTables),
		rowsOf(shopRows, "1", "acme"), rowsOf(shopRows+globexRows, "2", "globex"))
	db, err := tenancy.Open(t.Context(), d.DSN, slices.Concat(model.All(), shop), tenancy.Options{Log: slog.New(d.Statements), Shared: shared})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	d.DB = db
	return d
}

// newPlainShop returns the shop of acme alone, in a database without tenants, and plain GORM.
func newPlainShop(t testing.TB) *gorm.DB {
	t.Helper()
	config, err := tenancy.ParseDSN(dbtest.Empty(t))
	if err != nil {
		t.Fatal(err)
	}
	config.ParseTime, config.ClientFoundRows = true, true // as tenancy has it
	pool, err := sql.Open("mysql", config.FormatDSN())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pool.Close() })
	fill(t, pool, strings.NewReplacer("(T,", "(tenant_id INT UNSIGNED NOT NULL DEFAULT 1,", "(K ", "(").Replace(shopTables), rowsOf(shopRows, "1", "acme"))
	db, err := gorm.Open(mysql.New(mysql.Config{Conn: pool, DisableWithReturning: true}), &gorm.Config{TranslateError: true, Logger: logger.Discard, SkipDefaultTransaction: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range shop { // here the tenant is a column like others, with a default
		stmt := &gorm.Statement{DB: db}
		if err := stmt.Parse(m); err != nil {
			t.Fatal(err)
		}
		stmt.Schema.QueryClauses = slices.DeleteFunc(stmt.Schema.QueryClauses, func(c clause.Interface) bool { return fmt.Sprintf("%T", c) == "tenancy.owned" })
		f := stmt.Schema.LookUpField("TenantID")
		f.HasDefaultValue, f.DefaultValue, f.DefaultValueInterface = true, "1", int64(1)
	}
	return db
}

// call is something that users of GORM write.
type call struct {
	name string
	run  func(s *gorm.DB) (any, error)
	// refused is a part of the error through tenancy, for calls that work on one tenant's
	// database only.
	refused string
}

var errUndo = errors.New("undo")

// outcomeOf is what a call returns and the rows that it leaves, in a transaction that is
// rolled back.
func outcomeOf(t *testing.T, s *gorm.DB, c call) (result string, err error) {
	t.Helper()
	outer := s.Transaction(func(s *gorm.DB) error {
		var found any
		if found, err = c.run(s.Session(&gorm.Session{NewDB: true})); errors.Is(err, gorm.ErrRecordNotFound) {
			found, err = "not found", nil
		}
		if err != nil {
			return errUndo
		}
		text, jsonErr := json.MarshalIndent(found, "", " ")
		if jsonErr != nil {
			t.Fatal(jsonErr)
		}
		result = string(text)
		for _, table := range slices.Concat(shopTenants, shopShared) {
			result += "\n" + table + dumpOf(t, s, table)
		}
		return errUndo
	})
	if !errors.Is(outer, errUndo) {
		t.Fatal(c.name, outer)
	}
	return result, err
}

// dumpOf returns the rows of a table without times and tenants.
func dumpOf(t *testing.T, s *gorm.DB, table string) string {
	t.Helper()
	var rows []map[string]any
	q := s.Session(&gorm.Session{NewDB: true}).Table(table)
	if err := q.Find(&rows).Error; err != nil {
		t.Fatal(table, err)
	}
	var lines []string
	for _, row := range rows {
		delete(row, "tenant_id")
		delete(row, "updated_at")
		row["deleted_at"] = row["deleted_at"] != nil
		line, err := json.Marshal(row)
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, string(line))
	}
	slices.Sort(lines)
	return "\n" + strings.Join(lines, "\n")
}

// TestGORMWorksAsOnOneTenantsDatabase makes each call through tenancy, and with plain GORM on a
// database that has only acme's rows: result, rows and error are the same.
func TestGORMWorksAsOnOneTenantsDatabase(t *testing.T) {
	d, plain := newShop(t), newPlainShop(t)
	for _, c := range slices.Concat(plainReads, plainJoins, plainWrites, plainGenerics) {
		t.Run(c.name, func(t *testing.T) {
			want, wantErr := outcomeOf(t, plain, c)
			if wantErr != nil && c.refused == "" {
				t.Fatalf("plain GORM fails: %v", wantErr)
			}
			d.Reset()
			got, err := outcomeOf(t, d.For(d.Acme), c)
			switch {
			case c.refused != "":
				if err == nil || !strings.Contains(err.Error(), c.refused) {
					t.Errorf("got %v, want a refusal with %q\n%s", err, c.refused, strings.Join(d.Ran(), "\n"))
				}
			case err != nil:
				t.Errorf("%v\n%s", err, strings.Join(d.Ran(), "\n"))
			case got != want || strings.Contains(got, "globex"):
				t.Errorf("%s\n%s", firstDifference(got, want), strings.Join(d.Ran(), "\n"))
			}
		})
	}
}

func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range max(len(g), len(w)) {
		if i >= len(g) || i >= len(w) || g[i] != w[i] {
			return fmt.Sprintf("line %d: got %q, want %q", i, g[min(i, len(g)-1):], w[min(i, len(w)-1):])
		}
	}
	return ""
}

// found runs a query into a slice of T.
func found[T any](s *gorm.DB) (any, error) {
	var all []T
	err := s.Find(&all).Error
	return all, err
}

// finds is a call that finds rows of T.
func finds[T any](name string, query func(s *gorm.DB) *gorm.DB) call {
	return call{name: name, run: func(s *gorm.DB) (any, error) { return found[T](query(s)) }}
}

// tells is a call that scans into a value of T.
func tells[T any](name string, scan func(s *gorm.DB, into *T) error) call {
	return call{name: name, run: func(s *gorm.DB) (any, error) {
		var into T
		err := scan(s, &into)
		return into, err
	}}
}

// writes is a call that changes rows.
func writes(name string, change func(s *gorm.DB) *gorm.DB) call {
	return call{name: name, run: func(s *gorm.DB) (any, error) {
		s = change(s)
		return s.RowsAffected, s.Error
	}}
}

// refuses is a call that tenancy refuses, with a part of the error.
func refuses(reason string, c call) call { c.refused = reason; return c }
