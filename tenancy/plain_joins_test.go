package tenancy_test

import (
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// plainJoins are joins, preloads and associations that are read.
var plainJoins = []call{
	finds[tag]("a join in Table", func(s *gorm.DB) *gorm.DB {
		return s.Table("tags t JOIN product_tags pt ON pt.tag_id = t.id").Select("t.id, t.name").Order("t.id, pt.product_id")
	}),
	finds[tag]("a join in Table by the tenant", func(s *gorm.DB) *gorm.DB {
		return s.Table("tags t JOIN product_tags pt ON pt.tenant_id = t.tenant_id AND pt.tag_id = t.id").
			Select("t.id, t.name").
			Order("t.id, pt.product_id")
	}),
	finds[tag]("a list in Table", func(s *gorm.DB) *gorm.DB {
		return s.Table("tags t, product_tags pt").Where("pt.tag_id = t.id").Select("t.id, t.name").Order("t.id, pt.product_id")
	}),
	refuses("add `pt.tenant_id = ?` to the ON of its outer join", finds[tag]("a left join in Table", func(s *gorm.DB) *gorm.DB {
		return s.Table("tags t LEFT JOIN product_tags pt ON pt.tag_id = t.id").Select("t.id, t.name").Order("t.id")
	})),
	finds[tag]("a left join in Table by the tenant", func(s *gorm.DB) *gorm.DB {
		return s.Table("tags t LEFT JOIN product_tags pt ON pt.tenant_id = t.tenant_id AND pt.tag_id = t.id").
			Select("t.id, t.name").
			Order("t.id, pt.product_id")
	}),
	finds[tag]("a right join in Table by the tenant", func(s *gorm.DB) *gorm.DB {
		return s.Table("product_tags pt RIGHT JOIN tags t ON pt.tenant_id = t.tenant_id AND pt.tag_id = t.id").
			Select("t.id, t.name").
			Order("t.id, pt.product_id")
	}),
	finds[order]("a raw join", func(s *gorm.DB) *gorm.DB {
		return s.Joins("JOIN customers ON customers.id = orders.customer_id").Where("customers.name = ?", "acme Ann").Order("orders.id")
	}),
	finds[order]("a raw join with an alias and an argument", func(s *gorm.DB) *gorm.DB {
		return s.Joins("INNER JOIN customers c ON c.id = orders.customer_id AND c.credit = ?", 10).Order("orders.id")
	}),
	finds[order]("two raw joins", func(s *gorm.DB) *gorm.DB {
		return s.Joins("JOIN lines_ l ON l.order_id = orders.id").
			Joins("JOIN products p ON p.id = l.product_id").
			Where("p.name LIKE ?", "%Ink").
			Order("orders.id")
	}),
	finds[order]("a raw join with OR", func(s *gorm.DB) *gorm.DB {
		return s.Joins("JOIN customers c ON c.id = orders.customer_id OR c.id = 3").
			Where("c.credit = 0 OR c.credit = 10").
			Order("orders.id, c.id")
	}),
	refuses("add `c.tenant_id = ?` to the ON of its outer join", finds[order]("a raw left join", func(s *gorm.DB) *gorm.DB {
		return s.Joins("LEFT JOIN customers c ON c.id = orders.customer_id").Order("orders.id")
	})),
	finds[order]("a raw left join by the tenant", func(s *gorm.DB) *gorm.DB {
		return s.Joins("LEFT JOIN customers c ON c.tenant_id = orders.tenant_id AND c.id = orders.customer_id").Order("orders.id")
	}),
	refuses("add `orders.tenant_id = ?` to the ON of its outer join", finds[order]("a raw right join", func(s *gorm.DB) *gorm.DB {
		return s.Joins("RIGHT JOIN customers c ON c.id = orders.customer_id").Unscoped().Order("c.id, orders.id")
	})),
	scans("a raw right join by the tenant", func(s *gorm.DB, all *[]map[string]any) error {
		return s.Model(&order{}).Joins("RIGHT JOIN customers c ON c.tenant_id = orders.tenant_id AND c.id = orders.customer_id").Unscoped().
			Select("c.id AS customer, orders.id AS `order`").Order("c.id, orders.id").Find(all).Error
	}),
	finds[order]("a raw join of a query", func(s *gorm.DB) *gorm.DB {
		return s.Joins("JOIN (?) big ON big.id = orders.id", s.Model(&order{}).Select("id").Where("total > 80")).Order("orders.id")
	}),
	finds[order]("a left join of a query", func(s *gorm.DB) *gorm.DB {
		return s.Joins("LEFT JOIN (?) big ON big.id = orders.id", s.Table("orders").Select("id").Where("total > 80")).
			Where("big.id IS NULL").
			Order("orders.id")
	}),
	scans("a join of a table into maps", func(s *gorm.DB, all *[]map[string]any) error {
		return s.Table("orders").
			Select("orders.id, c.name").
			Joins("JOIN customers c ON c.id = orders.customer_id").
			Order("orders.id").
			Find(all).
			Error
	}),
	scans("a self join", func(s *gorm.DB, all *[]map[string]any) error {
		return s.Table("customers a").
			Select("a.name AS a, b.name AS b").
			Joins("JOIN customers b ON b.referrer_id = a.id").
			Order("b.id").
			Scan(all).
			Error
	}),
	scans("a join that is counted", func(s *gorm.DB, n *int64) error {
		return s.Model(&order{}).Joins("JOIN customers c ON c.id = orders.customer_id").Where("c.credit > 0").Count(n).Error
	}),
	scans("a join that is plucked", func(s *gorm.DB, all *[]string) error {
		return s.Model(&order{}).Joins("JOIN customers c ON c.id = orders.customer_id").Order("orders.id").Pluck("c.name", all).Error
	}),

	// Associations.
	finds[order]("Joins of an association", func(s *gorm.DB) *gorm.DB { return s.Joins("Customer").Order("orders.id") }),
	finds[order]("InnerJoins of an association", func(s *gorm.DB) *gorm.DB { return s.InnerJoins("Customer").Order("orders.id") }),
	finds[order]("Joins of a nested association", func(s *gorm.DB) *gorm.DB {
		return s.Joins("Customer").Joins("Customer.Referrer").Order("orders.id")
	}),
	finds[order]("Joins of an association and a condition on it", func(s *gorm.DB) *gorm.DB {
		return s.Joins("Customer").Where("Customer.name = ?", "acme Ann").Order("orders.id")
	}),
	finds[order]("Joins of an association with a condition", func(s *gorm.DB) *gorm.DB {
		return s.Joins("Customer", s.Where(&customer{Credit: 10})).Order("orders.id")
	}),
	finds[order]("Joins with an OR", func(s *gorm.DB) *gorm.DB {
		return s.Joins("Customer", s.Where("Customer.credit = 10").Or("Customer.credit = 20")).Order("orders.id")
	}),
	finds[customer]("Joins of itself", func(s *gorm.DB) *gorm.DB { return s.Joins("Referrer").Order("customers.id") }),
	finds[customer]("Joins of has one", func(s *gorm.DB) *gorm.DB { return s.Joins("Card").Order("customers.id") }),
	finds[customer]("Joins and Preload", func(s *gorm.DB) *gorm.DB {
		return s.Joins("Referrer").Preload("Referrer.Orders", func(s *gorm.DB) *gorm.DB { return s.Order("id") }).Order("customers.id")
	}),
	finds[line]("Joins of an association and a raw join", func(s *gorm.DB) *gorm.DB {
		return s.Joins("Order").
			Joins("JOIN products p ON p.id = lines_.product_id").
			Where("p.price > 5").
			Order("lines_.order_id, lines_.product_id")
	}),
	finds[order]("Joins by way of an alias", func(s *gorm.DB) *gorm.DB {
		return s.Table("orders o").Joins("JOIN customers c ON c.id = o.customer_id").Order("o.id")
	}),
	finds[customer]("Joins of a shared association", func(s *gorm.DB) *gorm.DB { return s.Joins("Country").Order("customers.id") }),
	finds[customer]("InnerJoins of a shared association", func(s *gorm.DB) *gorm.DB {
		return s.InnerJoins("Country", s.Where(&country{Name: "Germany"})).Order("customers.id")
	}),
	finds[customer]("a raw join of a shared table", func(s *gorm.DB) *gorm.DB {
		return s.Joins("LEFT JOIN countries ON countries.code = customers.country_code").
			Where("countries.name IS NULL OR countries.name = ?", "Germany").
			Order("id")
	}),
	scans("a shared table with a query of the tenant's", func(s *gorm.DB, all *[]map[string]any) error {
		return s.Table("countries").
			Select("code, (?) AS customers", s.Table("customers c").Select("COUNT(*)").Where("c.country_code = countries.code")).
			Order("code").
			Find(all).
			Error
	}),
	finds[country]("a shared model joined to the tenant's", func(s *gorm.DB) *gorm.DB {
		return s.Joins("JOIN customers c ON c.country_code = countries.code").Order("countries.code")
	}),
	finds[country]("a shared model", func(s *gorm.DB) *gorm.DB {
		return s.Preload("Currencies", func(s *gorm.DB) *gorm.DB { return s.Order("code") }).Order("code")
	}),

	// Preload.
	finds[customer]("Preload of has many", func(s *gorm.DB) *gorm.DB {
		return s.Preload("Orders", func(s *gorm.DB) *gorm.DB { return s.Order("orders.id DESC") }).Order("id")
	}),
	finds[customer]("Preload with conditions", func(s *gorm.DB) *gorm.DB { return s.Preload("Orders", "status = ?", "PAID").Order("id") }),
	finds[customer]("Preload of the soft deleted", func(s *gorm.DB) *gorm.DB {
		return s.Preload("Orders", func(s *gorm.DB) *gorm.DB { return s.Unscoped().Order("id") }).Order("id")
	}),
	finds[customer]("nested Preload", func(s *gorm.DB) *gorm.DB { return s.Preload("Orders.Lines.Product.Tags").Order("id") }),
	finds[customer]("Preload of all", func(s *gorm.DB) *gorm.DB { return s.Preload(clause.Associations).Order("id") }),
	finds[customer]("Preload of itself", func(s *gorm.DB) *gorm.DB { return s.Preload("Referrer").Preload("Referred").Order("id") }),
	finds[customer]("Preload of many to many of itself", func(s *gorm.DB) *gorm.DB { return s.Preload("Friends").Order("id") }),
	finds[product]("Preload of many to many", func(s *gorm.DB) *gorm.DB { return s.Preload("Tags").Order("id") }),
	finds[product](
		"Preload of many to many with conditions",
		func(s *gorm.DB) *gorm.DB { return s.Preload("Tags", "name LIKE ?", "%blue").Order("id") },
	),
	finds[tag]("Preload of many to many, from the other side", func(s *gorm.DB) *gorm.DB { return s.Preload("Products.Tags").Order("id") }),
	finds[product](
		"Preload of many to many of a shared model",
		func(s *gorm.DB) *gorm.DB { return s.Preload("Origins.Currencies").Order("id") },
	),
	finds[customer]("Preload of a shared model", func(s *gorm.DB) *gorm.DB { return s.Preload("Country.Currencies").Order("id") }),
	finds[product]("Preload of polymorphic rows", func(s *gorm.DB) *gorm.DB { return s.Preload("Pictures").Order("id") }),
	finds[customer]("Preload with a join", func(s *gorm.DB) *gorm.DB {
		return s.Preload("Orders", func(s *gorm.DB) *gorm.DB {
			return s.Joins("JOIN lines_ l ON l.order_id = orders.id").Where("l.quantity > 1").Order("orders.id")
		}).Order("id")
	}),
	finds[customer]("Preload of a table with an alias", func(s *gorm.DB) *gorm.DB {
		return s.Preload("Card", func(s *gorm.DB) *gorm.DB { return s.Table("cards AS c") }).Order("id")
	}),

	// Association mode.
	scans("Association Find", func(s *gorm.DB, all *[]order) error {
		return s.Model(&customer{ID: 1}).Order("orders.id").Association("Orders").Find(all)
	}),
	scans("Association Find with conditions", func(s *gorm.DB, all *[]tag) error {
		return s.Model(&product{ID: 1}).Where("name LIKE ?", "%blue").Association("Tags").Find(all)
	}),
	scans("Association Find of many to many", func(s *gorm.DB, all *[]tag) error {
		return s.Model(&product{ID: 1}).Order("tags.id").Association("Tags").Find(all)
	}),
	scans("Association Find of many to many of itself", func(s *gorm.DB, all *[]customer) error {
		return s.Model(&customer{ID: 1}).Order("customers.id").Association("Friends").Find(all)
	}),
	scans("Association Find of a shared model", func(s *gorm.DB, all *[]country) error {
		return s.Model(&product{ID: 1}).Order("countries.code").Association("Origins").Find(all)
	}),
	scans("Association Find from many rows", func(s *gorm.DB, all *[]tag) error {
		return s.Model(&[]product{{ID: 1}, {ID: 2}}).Order("tags.id").Distinct("tags.*").Association("Tags").Find(all)
	}),
	scans("Association Count", func(s *gorm.DB, n *int64) error {
		*n = s.Model(&product{ID: 1}).Association("Tags").Count()
		return nil
	}),
	scans("Association Count of polymorphic rows", func(s *gorm.DB, n *int64) error {
		*n = s.Model(&product{ID: 1}).Association("Pictures").Count()
		return nil
	}),
}
