package tenancy_test

import (
	"database/sql"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

type named struct {
	ID   int
	Name string
}

type sum struct {
	Status string
	N      int
	Total  int
}

// plainReads are queries of one table or of derived tables.
var plainReads = []call{
	finds[customer]("Find", func(s *gorm.DB) *gorm.DB { return s.Order("id") }),
	scans("First", func(s *gorm.DB, c *customer) error { return s.First(c).Error }),
	scans("First by key", func(s *gorm.DB, c *customer) error { return s.First(c, 2).Error }),
	scans("First by string key", func(s *gorm.DB, c *customer) error { return s.First(c, "id = ?", "2").Error }),
	scans("Last", func(s *gorm.DB, c *customer) error { return s.Last(c).Error }),
	scans("Take of another tenant's id", func(s *gorm.DB, c *customer) error { return s.Take(c, 4).Error }),
	scans("First into a row with a key", func(s *gorm.DB, c *customer) error { c.ID = 3; return s.First(c).Error }),
	scans("First into a map", func(s *gorm.DB, m *map[string]any) error {
		*m = map[string]any{}
		return s.Model(&tag{}).Select("id", "name").First(*m, "id = 2").Error
	}),
	scans("Take of a table into a map", func(s *gorm.DB, m *map[string]any) error {
		*m = map[string]any{}
		return s.Table("tags").Select("id, name").Where("id = ?", 2).Take(*m).Error
	}),
	scans("Find of a table into maps", func(s *gorm.DB, m *[]map[string]any) error {
		return s.Table("tags").Select("id", "name").Order("id").Find(m).Error
	}),
	scans("Find of a model into maps", func(s *gorm.DB, m *[]map[string]any) error {
		return s.Model(&tag{}).Select("id", "name").Order("id").Find(m).Error
	}),
	finds[customer]("Where with a struct", func(s *gorm.DB) *gorm.DB { return s.Where(&customer{Credit: 10}).Order("id") }),
	finds[customer]("Where with a map", func(s *gorm.DB) *gorm.DB { return s.Where(map[string]any{"credit": []int{10, 20}}).Order("id") }),
	finds[customer]("Where with ids", func(s *gorm.DB) *gorm.DB { return s.Where([]int{1, 3, 4}).Order("id") }),
	finds[customer]("Where with names", func(s *gorm.DB) *gorm.DB {
		return s.Where("name = @n OR credit = @c", sql.Named("n", "acme Bob"), sql.Named("c", 10)).Order("id")
	}),
	finds[customer]("Or", func(s *gorm.DB) *gorm.DB { return s.Where("credit = 10").Or("credit = 0").Order("id") }),
	finds[customer]("Not", func(s *gorm.DB) *gorm.DB { return s.Not("credit = ?", 10).Order("id") }),
	finds[customer]("a group of conditions", func(s *gorm.DB) *gorm.DB {
		return s.Where(s.Where("credit = 10").Or("credit = 20")).Where(s.Where("name LIKE ?", "%Ann").Or("name LIKE ?", "%Dan")).Order("id")
	}),
	finds[customer]("IN of tuples", func(s *gorm.DB) *gorm.DB {
		return s.Where("(name, credit) IN ?", [][]any{{"acme Ann", 10}, {"globex Dan", 10}})
	}),
	finds[customer]("inline conditions", func(s *gorm.DB) *gorm.DB { return s.Order("name DESC").Limit(2).Offset(1) }),
	finds[named]("smart select fields", func(s *gorm.DB) *gorm.DB { return s.Model(&customer{}).Order("id") }),
	finds[customer]("Select and Omit", func(s *gorm.DB) *gorm.DB { return s.Omit("email", "credit").Order("id") }),
	finds[customer]("Select of an expression", func(s *gorm.DB) *gorm.DB { return s.Select("id, UPPER(name) AS name").Order("id") }),
	finds[customer]("Select with an argument", func(s *gorm.DB) *gorm.DB { return s.Select("id", "name").Where("id < ?", 3).Order("id") }),
	scans("Distinct and Pluck", func(s *gorm.DB, all *[]string) error {
		return s.Model(&customer{}).Distinct().Order("home_city").Pluck("home_city", all).Error
	}),
	scans("Pluck of a table", func(s *gorm.DB, all *[]string) error {
		return s.Table("customers").Order("name").Pluck("name", all).Error
	}),
	scans("Count", func(s *gorm.DB, n *int64) error { return s.Model(&customer{}).Where("credit > 0").Count(n).Error }),
	scans("Count of a table", func(s *gorm.DB, n *int64) error { return s.Table("customers").Count(n).Error }),
	scans("Count of a soft deleted table", func(s *gorm.DB, n *int64) error { return s.Model(&order{}).Count(n).Error }),
	scans("Count of distinct", func(s *gorm.DB, n *int64) error { return s.Model(&order{}).Distinct("status").Count(n).Error }),
	scans("Count of groups", func(s *gorm.DB, n *int64) error { return s.Model(&order{}).Group("status").Count(n).Error }),
	scans("Count and Find", func(s *gorm.DB, all *[]order) error {
		var n int64
		q := s.Model(&order{}).Where("total > ?", 6)
		if err := q.Count(&n).Error; err != nil {
			return err
		}
		return q.Order("id").Limit(int(n) - 1).Find(all).Error
	}),
	scans("Group and Having", func(s *gorm.DB, all *[]sum) error {
		return s.Model(&order{}).
			Select("status, COUNT(*) AS n, SUM(total) AS total").
			Group("status").
			Having("SUM(total) > ?", 10).
			Order("status").
			Scan(all).
			Error
	}),
	scans("Group of a table", func(s *gorm.DB, all *[]sum) error {
		return s.Table("orders").Select("status, COUNT(*) AS n, SUM(total) AS total").Group("status").Order("status").Scan(all).Error
	}),
	scans("Group of a table with an alias", func(s *gorm.DB, all *[]sum) error {
		return s.Table("orders AS o").Select("o.status, COUNT(*) AS n").Group("o.status").Order("o.status").Scan(all).Error
	}),
	finds[order]("soft deleted rows", func(s *gorm.DB) *gorm.DB { return s.Unscoped().Order("id") }),
	finds[order]("soft deleted rows alone", func(s *gorm.DB) *gorm.DB { return s.Unscoped().Where("deleted_at IS NOT NULL") }),
	finds[order]("an Or with soft deletion", func(s *gorm.DB) *gorm.DB { return s.Where("id = 1").Or("id = 5").Order("id") }),
	finds[order]("Scopes", func(s *gorm.DB) *gorm.DB {
		paid := func(s *gorm.DB) *gorm.DB { return s.Where("status = 'PAID'") }
		return s.Scopes(paid, func(s *gorm.DB) *gorm.DB { return s.Limit(1).Order("id") })
	}),
	scans("FindInBatches", func(s *gorm.DB, ids *[]int) error {
		var batch []customer
		return s.FindInBatches(&batch, 2, func(*gorm.DB, int) error {
			for _, c := range batch {
				*ids = append(*ids, c.ID)
			}
			return nil
		}).Error
	}),
	scans("Rows and ScanRows", func(s *gorm.DB, names *[]string) error {
		rows, err := s.Model(&customer{}).Order("id").Rows()
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var c customer
			if err := s.ScanRows(rows, &c); err != nil {
				return err
			}
			*names = append(*names, c.Name)
		}
		return rows.Err()
	}),
	scans("Row", func(s *gorm.DB, n *int) error { return s.Table("orders").Select("SUM(total)").Row().Scan(n) }),
	scans("Raw", func(s *gorm.DB, all *[]named) error {
		return s.Raw("SELECT id, name FROM tags WHERE tenant_id = ? ORDER BY id", 1).Scan(all).Error
	}),
	refuses("add `tags.tenant_id = ?`", scans("Raw without a tenant", func(s *gorm.DB, all *[]named) error {
		return s.Raw("SELECT id, name FROM tags ORDER BY id").Scan(all).Error
	})),

	// Aliases.
	finds[tag]("an alias", func(s *gorm.DB) *gorm.DB { return s.Table("tags t").Where("t.id > 1").Order("t.id") }),
	finds[tag]("AS", func(s *gorm.DB) *gorm.DB { return s.Table("tags AS t").Order("t.id") }),
	finds[tag]("as", func(s *gorm.DB) *gorm.DB { return s.Table("tags as t").Order("t.id") }),
	finds[tag]("quoted names", func(s *gorm.DB) *gorm.DB { return s.Table("`tags` `t`").Order("t.id") }),
	finds[tag]("quoted names and AS", func(s *gorm.DB) *gorm.DB { return s.Table("`tags` AS `t`").Order("`t`.`id`") }),
	finds[tag]("a quoted name", func(s *gorm.DB) *gorm.DB { return s.Table("`tags`").Order("id") }),
	finds[tag]("blanks", func(s *gorm.DB) *gorm.DB { return s.Table(" tags   t ").Order("t.id") }),
	finds[tag]("an index hint", func(s *gorm.DB) *gorm.DB { return s.Table("tags AS t FORCE INDEX (PRIMARY)").Order("id") }),
	finds[tag]("an index hint without an alias", func(s *gorm.DB) *gorm.DB { return s.Table("tags USE INDEX (PRIMARY)").Order("id") }),
	finds[tag]("clause.Table", func(s *gorm.DB) *gorm.DB { return s.Table("? AS t", clause.Table{Name: "tags"}).Order("t.id") }),
	finds[tag]("a FROM clause", func(s *gorm.DB) *gorm.DB {
		return s.Clauses(clause.From{Tables: []clause.Table{{Name: "tags", Alias: "t"}}}).Order("t.id")
	}),
	finds[order]("an alias and soft deletion", func(s *gorm.DB) *gorm.DB { return s.Table("orders o").Order("o.id") }),
	scans("an alias and Count", func(s *gorm.DB, n *int64) error { return s.Table("tags t").Where("t.id > 1").Count(n).Error }),
	scans("an alias and Pluck", func(s *gorm.DB, all *[]string) error {
		return s.Table("`tags` `t`").Order("t.id").Pluck("t.name", all).Error
	}),
	scans("an alias and First", func(s *gorm.DB, c *customer) error { return s.Table("customers AS c").First(c, "c.credit = 20").Error }),

	// Derived tables.
	finds[tag]("a derived table", func(s *gorm.DB) *gorm.DB { return s.Table("(?) t", s.Model(&tag{})).Order("t.id") }),
	finds[tag](
		"a derived table AS",
		func(s *gorm.DB) *gorm.DB { return s.Table("(?) AS t", s.Model(&tag{}).Where("id > 1")).Order("t.id") },
	),
	finds[tag]("a derived table, quoted", func(s *gorm.DB) *gorm.DB { return s.Table("(?) AS `t`", s.Model(&tag{})).Order("t.id") }),
	finds[tag]("a derived table of a derived table", func(s *gorm.DB) *gorm.DB {
		return s.Table("(?) AS a", s.Table("(?) AS b", s.Model(&tag{}).Where("id > 1"))).Order("id")
	}),
	scans("two derived tables", func(s *gorm.DB, all *[]map[string]any) error {
		return s.Table("(?) AS c, (?) AS t", s.Model(&customer{}).Select("name").Where("id = 1"), s.Model(&tag{}).Select("name AS tag")).
			Order("t.tag").
			Find(all).
			Error
	}),
	scans("a derived table of groups", func(s *gorm.DB, n *float64) error {
		return s.Table("(?) AS g", s.Model(&order{}).Select("status, SUM(total) AS total").Group("status")).
			Select("AVG(g.total)").
			Scan(n).
			Error
	}),
	scans("a derived table of a table", func(s *gorm.DB, all *[]string) error {
		return s.Table("(?) AS g", s.Table("orders").Select("status").Group("status")).Order("status").Pluck("status", all).Error
	}),
	finds[tag]("a derived table of a UNION", func(s *gorm.DB) *gorm.DB {
		return s.Table("(? UNION ?) AS u", s.Model(&tag{}).Select("id", "name").Where("id = 1"), s.Model(&tag{}).Select("id", "name").
			Where("id = 3")).
			Order("u.id")
	}),
	scans("a UNION in Raw", func(s *gorm.DB, all *[]named) error {
		return s.Raw("? UNION ALL ? ORDER BY id", s.Model(&tag{}).Select("id", "name"), s.Model(&product{}).Select("id + 10", "name")).
			Scan(all).
			Error
	}),
	scans("a recursive WITH in Raw", func(s *gorm.DB, all *[]named) error {
		return s.Raw(`WITH RECURSIVE tree AS (SELECT id, name FROM customers WHERE tenant_id = ? AND referrer_id IS NULL
			UNION ALL SELECT c.id, c.name FROM customers c JOIN tree ON tree.id = c.referrer_id WHERE c.tenant_id = ?)
			SELECT id, name FROM tree ORDER BY id`, 1, 1).Scan(all).Error
	}),

	// Subqueries.
	finds[customer]("IN of a query", func(s *gorm.DB) *gorm.DB {
		return s.Where("id IN (?)", s.Model(&order{}).Select("customer_id").Where("status = ?", "PAID")).Order("id")
	}),
	finds[customer]("NOT IN of a table", func(s *gorm.DB) *gorm.DB {
		return s.Where("id NOT IN (?)", s.Table("orders").Select("customer_id").Where("customer_id IS NOT NULL")).Order("id")
	}),
	finds[customer]("EXISTS", func(s *gorm.DB) *gorm.DB {
		return s.Where("EXISTS (?)", s.Model(&order{}).Select("1").Where("orders.customer_id = customers.id AND total > ?", 200)).
			Order("id")
	}),
	finds[customer]("EXISTS of a table with an alias", func(s *gorm.DB) *gorm.DB {
		return s.Where("EXISTS (?)", s.Table("orders o").Select("1").Where("o.customer_id = customers.id")).Order("id")
	}),
	finds[order]("a comparison with a query", func(s *gorm.DB) *gorm.DB {
		return s.Where("total > (?)", s.Table("orders").Select("AVG(total)")).Order("id")
	}),
	finds[order]("a query in a query in a query", func(s *gorm.DB) *gorm.DB {
		return s.Where("customer_id IN (?)", s.Model(&customer{}).Select("id").Where("country_code IN (?)", s.Model(&country{}).
			Select("code").Where("name LIKE ?", "S%"))).
			Order("id")
	}),
	scans("a query in Select", func(s *gorm.DB, all *[]map[string]any) error {
		return s.Model(&customer{}).
			Select("id, (?) AS orders", s.Table("orders o").Select("COUNT(*)").Where("o.customer_id = customers.id")).
			Order("id").
			Find(all).
			Error
	}),
	scans("a query in Having", func(s *gorm.DB, all *[]sum) error {
		return s.Model(&order{}).
			Select("status, SUM(total) AS total").
			Group("status").
			Having("SUM(total) > (?)", s.Model(&order{}).Select("MIN(total)")).
			Order("status").
			Find(all).
			Error
	}),
	finds[customer]("a query in Order", func(s *gorm.DB) *gorm.DB {
		return s.Clauses(
			clause.OrderBy{
				Expression: clause.Expr{
					SQL:  "(?) DESC, id",
					Vars: []any{s.Table("orders o").Select("COUNT(*)").Where("o.customer_id = customers.id")},
				},
			},
		)
	}),

	// Locks and hints.
	finds[customer]("FOR UPDATE", func(s *gorm.DB) *gorm.DB { return s.Clauses(clause.Locking{Strength: "UPDATE"}).Order("id") }),
	finds[customer]("FOR UPDATE SKIP LOCKED", func(s *gorm.DB) *gorm.DB {
		return s.Clauses(clause.Locking{Strength: "UPDATE", Options: "SKIP LOCKED"}).Order("id")
	}),
	finds[customer]("FOR SHARE", func(s *gorm.DB) *gorm.DB { return s.Clauses(clause.Locking{Strength: "SHARE"}).Order("id") }),
	finds[customer]("FOR UPDATE of an alias", func(s *gorm.DB) *gorm.DB {
		return s.Table("customers c").Clauses(clause.Locking{Strength: "UPDATE"}).Order("c.id")
	}),
}
