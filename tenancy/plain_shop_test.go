package tenancy_test

import (
	"fmt"
	"time"

	"gorm.io/gorm"

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
	shopTenants = []string{
		"customers",
		"cards",
		"orders",
		"lines_",
		"products",
		"tags",
		"pictures",
		"customer_friends",
		"product_tags",
		"product_countries",
	}
	shopShared = []string{"countries", "currencies", "country_currencies"}
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

// shopTables are the tables, with T for the tenant's column and K for it in a key.
const shopTables = `
CREATE TABLE currencies (code CHAR(3) PRIMARY KEY, name VARCHAR(50) NOT NULL);
CREATE TABLE countries (code CHAR(2) PRIMARY KEY, name VARCHAR(50) NOT NULL);
CREATE TABLE country_currencies (country_code CHAR(2), currency_code CHAR(3), PRIMARY KEY (country_code, currency_code));
CREATE TABLE customers (T, id INT NOT NULL AUTO_INCREMENT, name VARCHAR(100) NOT NULL, email VARCHAR(100),
	credit INT NOT NULL DEFAULT 0, country_code CHAR(2),
	home_street VARCHAR(100) NOT NULL DEFAULT '', home_city VARCHAR(100) NOT NULL DEFAULT '', referrer_id INT, PRIMARY KEY (K id),
		KEY (id), UNIQUE KEY email (K email),
	FOREIGN KEY (country_code) REFERENCES countries (code)) AUTO_INCREMENT = 100;
CREATE TABLE cards (T, id INT NOT NULL AUTO_INCREMENT, customer_id INT, digits VARCHAR(20) NOT NULL, PRIMARY KEY (K id),
	KEY (id)) AUTO_INCREMENT = 100;
CREATE TABLE orders (T, id INT NOT NULL AUTO_INCREMENT, customer_id INT, status VARCHAR(20) NOT NULL, total INT NOT NULL,
	deleted_at DATETIME(6), PRIMARY KEY (K id), KEY (id)) AUTO_INCREMENT = 100;
CREATE TABLE lines_ (T, order_id INT NOT NULL, product_id INT NOT NULL, quantity INT NOT NULL, PRIMARY KEY (K order_id, product_id));
CREATE TABLE products (T, id INT NOT NULL AUTO_INCREMENT, name VARCHAR(100) NOT NULL, price INT NOT NULL, updated_at DATETIME(6),
	PRIMARY KEY (K id), KEY (id)) AUTO_INCREMENT = 100;
CREATE TABLE tags (T, id INT NOT NULL AUTO_INCREMENT, name VARCHAR(100) NOT NULL, PRIMARY KEY (K id), KEY (id)) AUTO_INCREMENT = 100;
CREATE TABLE pictures (T, id INT NOT NULL AUTO_INCREMENT, owner_id INT NOT NULL, owner_type VARCHAR(20) NOT NULL,
	url VARCHAR(100) NOT NULL, PRIMARY KEY (K id), KEY (id)) AUTO_INCREMENT = 100;
CREATE TABLE customer_friends (T, customer_id INT NOT NULL, friend_id INT NOT NULL, PRIMARY KEY (K customer_id, friend_id));
CREATE TABLE product_tags (T, product_id INT NOT NULL, tag_id INT NOT NULL, PRIMARY KEY (K product_id, tag_id));
CREATE TABLE product_countries (T, product_id INT NOT NULL, country_code CHAR(2) NOT NULL, PRIMARY KEY (K product_id, country_code));
INSERT INTO currencies VALUES ('CHF', 'Franc'), ('EUR', 'Euro'), ('USD', 'Dollar');
INSERT INTO countries VALUES ('CH', 'Switzerland'), ('DE', 'Germany'), ('US', 'America');
INSERT INTO country_currencies VALUES ('CH', 'CHF'), ('CH', 'EUR'), ('DE', 'EUR')`

func (line) TableName() string { return "lines_" }

// shopRows are the rows of a tenant, where # stands for its number and @ for its name.
const shopRows = `
INSERT INTO customers (tenant_id, id, name, email, credit, country_code, home_city, referrer_id) VALUES (#, 1, '@ Ann', 'ann@@',
	10, 'CH', 'Bern', NULL), (#, 2, '@ Bob', NULL, 20, 'DE', 'Bonn', 1), (#, 3, '@ Cid', 'cid@@', 0, NULL, 'Bern', 1);
INSERT INTO cards (tenant_id, id, customer_id, digits) VALUES (#, 1, 1, '@ 1111'), (#, 2, 3, '@ 3333');
INSERT INTO orders (tenant_id, id, customer_id, status, total, deleted_at) VALUES (#, 1, 1, 'OPEN', 100, NULL), (#, 2, 1, 'PAID',
	250, NULL), (#, 3, 2, 'PAID', 70, NULL), (#, 4, NULL, 'OPEN', 5, NULL), (#, 5, 1, 'OPEN', 999, '2026-01-01');
INSERT INTO lines_ (tenant_id, order_id, product_id, quantity) VALUES (#, 1, 1, 2), (#, 1, 2, 1), (#, 2, 2, 5), (#, 3, 3, 1);
INSERT INTO products (tenant_id, id, name, price) VALUES (#, 1, '@ Pen', 3), (#, 2, '@ Ink', 50), (#, 3, '@ Pad', 7);
INSERT INTO tags (tenant_id, id, name) VALUES (#, 1, '@ new'), (#, 2, '@ blue'), (#, 3, '@ old');
INSERT INTO pictures (tenant_id, id, owner_id, owner_type, url) VALUES (#, 1, 1, 'customers', '@ face'), (#, 2, 1, 'products',
	'@ pen'), (#, 3, 1, 'products', '@ nib');
INSERT INTO customer_friends (tenant_id, customer_id, friend_id) VALUES (#, 1, 2), (#, 1, 3), (#, 2, 1);
INSERT INTO product_tags (tenant_id, product_id, tag_id) VALUES (#, 1, 1), (#, 1, 2), (#, 2, 2);
INSERT INTO product_countries (tenant_id, product_id, country_code) VALUES (#, 1, 'CH'), (#, 1, 'DE'), (#, 2, 'US')`

// globexRows are rows that only the other tenant has, and rows with the same ids as acme's.
const globexRows = `;
INSERT INTO customers (tenant_id, id, name, credit, country_code, referrer_id) VALUES (#, 4, '@ Dan', 10, 'CH', 1);
INSERT INTO orders (tenant_id, id, customer_id, status, total) VALUES (#, 6, 1, 'OPEN', 100000), (#, 7, 4, 'LOST', 100000);
INSERT INTO lines_ (tenant_id, order_id, product_id, quantity) VALUES (#, 1, 3, 1000), (#, 4, 1, 1000);
INSERT INTO product_tags (tenant_id, product_id, tag_id) VALUES (#, 3, 3), (#, 1, 3);
INSERT INTO customer_friends (tenant_id, customer_id, friend_id) VALUES (#, 3, 1), (#, 1, 4);
INSERT INTO product_countries (tenant_id, product_id, country_code) VALUES (#, 3, 'CH'), (#, 1, 'US')`
