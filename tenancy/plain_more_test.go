package tenancy_test

import (
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// plainMore are further calls, most of them combinations of the others.
var plainMore = []call{
	refuses("omit Joins from this statement; select the ids with a subquery", writes("Update of a join", func(s *gorm.DB) *gorm.DB {
		return s.Table("customers").Joins("JOIN orders o ON o.customer_id = customers.id").Where("o.total > 200").Update("credit", 1)
	})),
	refuses("omit Joins from this statement; select the ids with a subquery", writes("Delete of a join", func(s *gorm.DB) *gorm.DB {
		return s.Joins("JOIN orders o ON o.customer_id = customers.id").Where("o.total > 200").Delete(&customer{})
	})),
	writes("Update of a join in Table", func(s *gorm.DB) *gorm.DB {
		return s.Table("customers c JOIN orders o ON o.customer_id = c.id").Where("o.total > 200").Update("c.credit", 1)
	}),
	finds[order]("a FROM clause with a join", func(s *gorm.DB) *gorm.DB {
		on := clause.Where{
			Exprs: []clause.Expression{
				clause.Eq{
					Column: clause.Column{Table: "customers", Name: "id"},
					Value:  clause.Column{Table: "orders", Name: "customer_id"},
				},
			},
		}
		return s.Clauses(clause.From{Joins: []clause.Join{{Type: clause.InnerJoin, Table: clause.Table{Name: "customers"}, ON: on}}}).
			Order("orders.id")
	}),
	finds[order](
		"Joins of a nested shared association",
		func(s *gorm.DB) *gorm.DB { return s.Joins("Customer.Country").Order("orders.id") },
	),
	finds[customer](
		"Preload with a session",
		func(s *gorm.DB) *gorm.DB { return s.Preload("Orders", s.Where("status = ?", "PAID")).Order("id") },
	),
	finds[customer]("Preload of a selection", func(s *gorm.DB) *gorm.DB {
		return s.Select("id", "name").
			Preload("Orders", func(s *gorm.DB) *gorm.DB { return s.Select("id", "customer_id").Order("id") }).
			Order("id")
	}),
	finds[customer]("Preload in Scopes", func(s *gorm.DB) *gorm.DB {
		return s.Scopes(func(s *gorm.DB) *gorm.DB {
			return s.Preload("Card").Joins("JOIN cards k ON k.customer_id = customers.id")
		}).Order("customers.id")
	}),
	finds[customer]("Preload of a derived table", func(s *gorm.DB) *gorm.DB {
		return s.Preload("Orders", func(p *gorm.DB) *gorm.DB {
			return p.Table("(?) AS orders", s.Model(&order{}).Where("total > 80")).Order("orders.id")
		}).Order("id")
	}),
	scans("ToSQL and Raw", func(s *gorm.DB, all *[]named) error {
		text := s.ToSQL(func(s *gorm.DB) *gorm.DB {
			return s.Model(&tag{}).Select("id", "name").Where("id > ?", 1).Order("id").Find(&[]tag{})
		})
		return s.Raw(text).Scan(all).Error
	}),
	scans("Raw with names", func(s *gorm.DB, all *[]named) error {
		return s.Raw("SELECT id, name FROM tags WHERE tenant_id = @t AND id > @id ORDER BY id", map[string]any{"t": 1, "id": 1}).
			Scan(all).
			Error
	}),
	scans("a query used twice", func(s *gorm.DB, all *[]int64) error {
		paid := s.Model(&order{}).Where("status = ?", "PAID").Session(&gorm.Session{})
		var n, m int64
		err := joinErrors(paid.Count(&n).Error, paid.Where("total > 100").Count(&m).Error)
		*all = []int64{n, m}
		return err
	}),
	scans("Count, Pluck and Find of a soft deleted model", func(s *gorm.DB, all *[]any) error {
		var n int64
		var ids []int
		var rows []order
		q := s.Model(&order{}).Where("total > 1").Order("id").Session(&gorm.Session{})
		err := joinErrors(q.Count(&n).Error, q.Pluck("id", &ids).Error, q.Find(&rows).Error)
		*all = []any{n, ids, rows}
		return err
	}),
	writes("Find and Update of one query", func(s *gorm.DB) *gorm.DB {
		q := s.Model(&order{}).Where("total > ?", 80)
		var rows []order
		if err := q.Find(&rows).Error; err != nil {
			return q
		}
		return q.Update("status", "DONE")
	}),
	writes("Find and Delete of one query", func(s *gorm.DB) *gorm.DB {
		q := s.Where("total > ?", 80)
		var rows []order
		if err := q.Find(&rows).Error; err != nil {
			return q
		}
		return q.Delete(&order{})
	}),
	finds[customer]("QueryFields", func(s *gorm.DB) *gorm.DB { return s.Session(&gorm.Session{QueryFields: true}).Order("id") }),
	finds[customer]("QueryFields of an alias", func(s *gorm.DB) *gorm.DB {
		return s.Session(&gorm.Session{QueryFields: true}).Table("customers c").Order("c.id")
	}),
	finds[order]("PrepareStmt and a join", func(s *gorm.DB) *gorm.DB {
		return s.Session(&gorm.Session{PrepareStmt: true}).
			Joins("Customer").
			Joins("JOIN lines_ l ON l.order_id = orders.id").
			Order("orders.id, l.product_id")
	}),
	finds[order]("Omit and Joins", func(s *gorm.DB) *gorm.DB {
		return s.Joins("Customer", s.Omit("Email")).Omit("Total").Order("orders.id")
	}),
	finds[order]("Joins with Select", func(s *gorm.DB) *gorm.DB { return s.Joins("Customer", s.Select("Name")).Order("orders.id") }),
	finds[sum]("a model and another type", func(s *gorm.DB) *gorm.DB {
		return s.Model(&order{}).
			Joins("JOIN customers c ON c.id = orders.customer_id").
			Select("orders.status, SUM(c.credit) AS total").
			Group("orders.status").
			Order("orders.status")
	}),
	finds[customer](
		"Where with a struct and an alias",
		func(s *gorm.DB) *gorm.DB { return s.Table("customers AS c").Where(&customer{Credit: 10}).Order("c.id") },
	),
	finds[customer]("Where with a map and an alias", func(s *gorm.DB) *gorm.DB {
		return s.Table("customers AS c").Where(map[string]any{"credit": 10}).Order("c.id")
	}),
	finds[customer]("a group with an alias and a subquery", func(s *gorm.DB) *gorm.DB {
		return s.Table("customers c").
			Where(s.Where("c.credit > 5").Or("c.id IN (?)", s.Table("orders o").Select("o.customer_id"))).
			Order("c.id")
	}),
	scans("a subquery with a join", func(s *gorm.DB, all *[]customer) error {
		return s.Where("id IN (?)", s.Model(&order{}).Select("orders.customer_id").Joins("JOIN lines_ l ON l.order_id = orders.id").
			Where("l.quantity > 1")).
			Order("id").
			Find(all).
			Error
	}),
	scans("a window function", func(s *gorm.DB, all *[]map[string]any) error {
		return s.Table("(?) AS w", s.Model(&order{}).Select("id, customer_id, ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY "+
			"total DESC) AS n")).
			Where("n = 1").
			Order("id").
			Find(all).
			Error
	}),
	scans("a derived table joined to a table", func(s *gorm.DB, all *[]map[string]any) error {
		return s.Table("customers c").
			Select("c.name, t.total").
			Joins(
				"LEFT JOIN (?) t ON t.customer_id = c.id",
				s.Model(&order{}).Select("customer_id, SUM(total) AS total").Group("customer_id"),
			).
			Order("c.id").
			Find(all).
			Error
	}),
	scans("a shared table in a derived table", func(s *gorm.DB, all *[]map[string]any) error {
		return s.Table("(?) AS x", s.Model(&country{}).Select("code").Where("name LIKE ?", "S%")).
			Joins("JOIN customers c ON c.country_code = x.code").
			Select("c.name, x.code").
			Order("c.id").
			Find(all).
			Error
	}),
	scans("Pluck of a shared table", func(s *gorm.DB, all *[]string) error {
		return s.Table("countries c").Order("c.code").Pluck("c.code", all).Error
	}),
	scans("Count of a shared model", func(s *gorm.DB, n *int64) error { return s.Model(&country{}).Where("code > 'D'").Count(n).Error }),
	writes("Save with a shared row after Joins", func(s *gorm.DB) *gorm.DB {
		var c customer
		if err := s.Joins("Country").First(&c, 1).Error; err != nil {
			_ = s.AddError(err)
			return s
		}
		return s.Save(&c)
	}),
	writes("Create of rows through shared rows and of others after", func(s *gorm.DB) *gorm.DB {
		q := s.Session(&gorm.Session{})
		if err := q.Create(&customer{ID: 50, Country: &country{Code: "DE"}}).Error; err != nil {
			_ = s.AddError(err)
			return s
		}
		return q.Create(
			&customer{
				ID:      51,
				Country: &country{Code: "CH"},
				Orders:  []order{{ID: 50, Customer: &customer{ID: 1, Country: &country{Code: "US"}}}},
			},
		)
	}),
	writes("Association Append to a row with a shared row", func(s *gorm.DB) *gorm.DB {
		c := &customer{ID: 1, Country: &country{Code: "DE"}}
		_ = s.AddError(s.Model(c).Association("Friends").Append(&customer{ID: 3, Name: "acme Cid", Country: &country{Code: "CH"}}))
		return s
	}),
}
