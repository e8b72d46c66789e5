package tenancy_test

import (
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

func ptr[T any](v T) *T { return &v }

// plainWrites are calls that change rows.
var plainWrites = []call{
	writes("Create", func(s *gorm.DB) *gorm.DB { return s.Create(&tag{ID: 50, Name: "x"}) }),
	scans("Create with the server's id", func(s *gorm.DB, same *bool) error {
		c := customer{Name: "x"}
		err := s.Create(&c).Error
		*same = c.ID >= 100
		return joinErrors(err, s.Delete(&c).Error)
	}),
	writes("Create of rows", func(s *gorm.DB) *gorm.DB { return s.Create([]tag{{ID: 50, Name: "x"}, {ID: 51, Name: "y"}}) }),
	writes("Create of pointers", func(s *gorm.DB) *gorm.DB { return s.Create([]*tag{{ID: 50, Name: "x"}, {ID: 51, Name: "y"}}) }),
	writes("CreateInBatches", func(s *gorm.DB) *gorm.DB {
		return s.CreateInBatches([]tag{{
			ID: 50,
		}, {
			ID: 51,
		}, {
			ID: 52,
		}}, 2)
	}),
	writes("Create of a map", func(s *gorm.DB) *gorm.DB { return s.Model(&tag{}).Create(map[string]any{"id": 50, "name": "x"}) }),
	writes("Create of maps", func(s *gorm.DB) *gorm.DB {
		return s.Model(&tag{}).Create([]map[string]any{{"id": 50, "name": "x"}, {"id": 51, "name": "y"}})
	}),
	writes(
		"Create of a map in a table",
		func(s *gorm.DB) *gorm.DB { return s.Table("tags").Create(map[string]any{"id": 50, "name": "x"}) },
	),
	writes("Create of maps in a table", func(s *gorm.DB) *gorm.DB {
		return s.Table("tags").Create([]map[string]any{{"id": 50, "name": "x"}, {"id": 51, "name": "y"}})
	}),
	writes("Create of a struct in a table", func(s *gorm.DB) *gorm.DB { return s.Table("tags").Create(&named{50, "x"}) }),
	writes("Create with Select", func(s *gorm.DB) *gorm.DB {
		return s.Select("ID", "Name", "Credit").Create(&customer{ID: 50, Name: "x", Credit: 7, Email: ptr("x@y")})
	}),
	writes("Create with Omit", func(s *gorm.DB) *gorm.DB {
		return s.Omit("Email").Create(&customer{ID: 50, Name: "x", Email: ptr("x@y")})
	}),
	writes("Create with an expression", func(s *gorm.DB) *gorm.DB {
		return s.Model(&tag{}).Create(map[string]any{"id": 50, "name": clause.Expr{SQL: "UPPER(?)", Vars: []any{"x"}}})
	}),
	writes("Create with associations", func(s *gorm.DB) *gorm.DB {
		return s.Create(
			&customer{
				ID:       50,
				Name:     "x",
				Orders:   []order{{ID: 50, Status: "NEW", Lines: []line{{ProductID: 1, Quantity: 3}}}},
				Card:     &card{ID: 50, Digits: "5"},
				Referrer: &customer{ID: 51, Name: "y"},
			},
		)
	}),
	writes("Create without associations", func(s *gorm.DB) *gorm.DB {
		return s.Omit(clause.Associations).Create(&customer{ID: 50, Name: "x", Orders: []order{{ID: 50, Status: "NEW"}}})
	}),
	writes("Create with many to many", func(s *gorm.DB) *gorm.DB {
		return s.Create(&product{ID: 50, Name: "x", Tags: []tag{{ID: 1, Name: "acme new"}, {ID: 50, Name: "y"}}})
	}),
	writes("Create with references alone", func(s *gorm.DB) *gorm.DB {
		return s.Omit("Tags.*").Create(&product{ID: 50, Name: "x", Tags: []tag{{ID: 1}, {ID: 2}}})
	}),
	writes("Create with polymorphic rows", func(s *gorm.DB) *gorm.DB {
		return s.Create(&product{ID: 50, Name: "x", Pictures: []picture{{ID: 50, URL: "u"}, {ID: 51, URL: "v"}}})
	}),
	writes("Create with a shared row", func(s *gorm.DB) *gorm.DB {
		return s.Create(&customer{ID: 50, Name: "x", Country: &country{Code: "DE", Name: "Germany"}})
	}),
	writes("Create of rows with one shared row", func(s *gorm.DB) *gorm.DB {
		de := &country{Code: "DE", Name: "Germany"}
		return s.Create([]customer{{
			ID:      50,
			Name:    "x",
			Country: de,
		}, {
			ID:      51,
			Name:    "y",
			Country: de,
		}, {
			ID:      52,
			Name:    "z",
			Country: &country{Code: "CH"},
		}, {
			ID: 53,
		}})
	}),
	writes("Create with many shared rows", func(s *gorm.DB) *gorm.DB {
		return s.Create(
			&product{
				ID:      50,
				Name:    "x",
				Origins: []country{{Code: "DE", Name: "Germany"}, {Code: "CH", Name: "Switzerland", Currencies: []currency{{Code: "CHF"}}}},
			},
		)
	}),
	refuses("the table countries lacks a row", writes("Create with a new shared row", func(s *gorm.DB) *gorm.DB {
		return s.Create(&customer{ID: 50, Name: "x", Country: &country{Code: "XX", Name: "x"}})
	})),
	refuses("the table countries lacks a row", writes("Create with a shared row without key", func(s *gorm.DB) *gorm.DB {
		return s.Create(&product{ID: 50, Name: "x", Origins: []country{{Code: "DE"}, {Name: "x"}}})
	})),
	refuses(
		"it is shared: tenants read it",
		writes("Create of a shared row", func(s *gorm.DB) *gorm.DB { return s.Create(&country{Code: "XX", Name: "x"}) }),
	),
	writes("Create of a shared row that exists", func(s *gorm.DB) *gorm.DB {
		return s.Clauses(clause.OnConflict{DoNothing: true}).Create(&country{Code: "CH", Name: "x"})
	}),
	refuses(
		"it is shared: tenants read it",
		writes("Save of a shared row", func(s *gorm.DB) *gorm.DB { return s.Save(&country{Code: "CH", Name: "x"}) }),
	),
	refuses(
		"it is shared: tenants read it",
		writes("Update of a shared row", func(s *gorm.DB) *gorm.DB { return s.Model(&country{Code: "CH"}).Update("name", "x") }),
	),
	refuses(
		"it is shared: tenants read it",
		writes("Delete of a shared row", func(s *gorm.DB) *gorm.DB { return s.Delete(&country{Code: "CH"}) }),
	),
	refuses("it is shared: tenants read it", writes("Association of a shared model", func(s *gorm.DB) *gorm.DB {
		_ = s.AddError(s.Model(&country{Code: "DE"}).Association("Currencies").Clear())
		return s
	})),
	refuses("it is shared: tenants read it", writes("FullSaveAssociations with a shared row", func(s *gorm.DB) *gorm.DB {
		return s.Session(&gorm.Session{FullSaveAssociations: true}).Create(&customer{ID: 50, Country: &country{Code: "CH", Name: "x"}})
	})),
	refuses("locks on its rows would block other tenants", finds[customer]("FOR UPDATE with a shared table", func(s *gorm.DB) *gorm.DB {
		return s.Joins("Country").Clauses(clause.Locking{Strength: "UPDATE"}).Order("customers.id")
	})),
	refuses("locks on its rows would block other tenants", finds[country]("FOR SHARE of a shared table", func(s *gorm.DB) *gorm.DB {
		return s.Clauses(clause.Locking{Strength: "SHARE"})
	})),
	writes("Save of a row with a shared row that was loaded", func(s *gorm.DB) *gorm.DB {
		var c customer
		if err := s.Preload("Country.Currencies").First(&c, 1).Error; err != nil {
			_ = s.AddError(err)
			return s
		}
		c.Name = "changed"
		return s.Save(&c)
	}),
	writes("Updates with a shared row", func(s *gorm.DB) *gorm.DB {
		return s.Model(&customer{ID: 1}).Updates(customer{Name: "x", Country: &country{Code: "DE"}})
	}),
	writes("Association Replace of a shared row", func(s *gorm.DB) *gorm.DB {
		_ = s.AddError(s.Model(&customer{ID: 1}).Association("Country").Replace(&country{Code: "DE"}))
		return s
	}),
	writes("Association Append of shared rows", func(s *gorm.DB) *gorm.DB {
		_ = s.AddError(s.Model(&product{ID: 3}).Association("Origins").Append(&country{Code: "DE"}, &country{Code: "CH"}))
		return s
	}),
	writes("Association Delete of a shared row", func(s *gorm.DB) *gorm.DB {
		_ = s.AddError(s.Model(&product{ID: 1}).Association("Origins").Delete(&country{Code: "DE"}))
		return s
	}),

	// Upserts.
	writes("Save of a new row", func(s *gorm.DB) *gorm.DB { return s.Save(&tag{ID: 50, Name: "x"}) }),
	writes("Save of a row", func(s *gorm.DB) *gorm.DB { return s.Save(&tag{ID: 1, Name: "x"}) }),
	writes("Save of rows", func(s *gorm.DB) *gorm.DB { return s.Save([]tag{{ID: 1, Name: "x"}, {ID: 50, Name: "y"}}) }),
	writes("Save of another tenant's id", func(s *gorm.DB) *gorm.DB { return s.Save(&customer{ID: 4, Name: "x"}) }),
	writes("OnConflict DoNothing", func(s *gorm.DB) *gorm.DB {
		return s.Clauses(clause.OnConflict{DoNothing: true}).Create(&tag{ID: 1, Name: "x"})
	}),
	writes("OnConflict UpdateAll", func(s *gorm.DB) *gorm.DB {
		return s.Clauses(clause.OnConflict{UpdateAll: true}).Create(&tag{ID: 1, Name: "x"})
	}),
	writes("OnConflict with columns", func(s *gorm.DB) *gorm.DB {
		return s.Clauses(clause.OnConflict{DoUpdates: clause.AssignmentColumns([]string{"credit"})}).
			Create(&customer{ID: 1, Name: "x", Credit: 77})
	}),
	writes("OnConflict with an expression", func(s *gorm.DB) *gorm.DB {
		added := map[string]any{"credit": gorm.Expr("customers.credit + VALUES(credit)")}
		return s.Clauses(clause.OnConflict{DoUpdates: clause.Assignments(added)}).
			Create(&customer{ID: 1, Name: "x", Credit: 7})
	}),
	scans("FirstOrCreate of a row", func(s *gorm.DB, c *customer) error {
		return s.Where(customer{Name: "acme Ann"}).Attrs(customer{Credit: 1}).FirstOrCreate(c).Error
	}),
	scans("FirstOrCreate of a new row", func(s *gorm.DB, c *customer) error {
		return s.Where(customer{Name: "Dan"}).Attrs(customer{ID: 50, Credit: 1}).FirstOrCreate(c).Error
	}),
	scans("FirstOrCreate with Assign", func(s *gorm.DB, c *customer) error {
		return s.Where(customer{Name: "acme Ann"}).Assign(customer{Credit: 1}).FirstOrCreate(c).Error
	}),
	scans("FirstOrInit", func(s *gorm.DB, c *customer) error {
		return s.Where(customer{Name: "x"}).Attrs(customer{Credit: 1}).FirstOrInit(c).Error
	}),

	// Updates.
	writes("Update", func(s *gorm.DB) *gorm.DB { return s.Model(&customer{}).Where("credit > 0").Update("credit", 5) }),
	writes("Update of a row", func(s *gorm.DB) *gorm.DB { return s.Model(&customer{ID: 1}).Update("credit", 5) }),
	writes("Update of an alias", func(s *gorm.DB) *gorm.DB { return s.Table("customers c").Where("c.credit > ?", 0).Update("credit", 5) }),
	writes("Update of a table", func(s *gorm.DB) *gorm.DB { return s.Table("customers").Where("credit > ?", 0).Update("credit", 5) }),
	writes("Updates with a struct", func(s *gorm.DB) *gorm.DB { return s.Model(&customer{ID: 1}).Updates(customer{Name: "x"}) }),
	writes("Updates with a map", func(s *gorm.DB) *gorm.DB {
		return s.Model(&customer{ID: 1}).Updates(map[string]any{"credit": 0, "email": nil})
	}),
	writes("Updates of a table with a map", func(s *gorm.DB) *gorm.DB {
		return s.Table("customers").Where("id IN ?", []int{1, 2, 4}).Updates(map[string]any{"credit": 9})
	}),
	writes("Updates with Select", func(s *gorm.DB) *gorm.DB {
		return s.Model(&customer{ID: 1}).Select("Name", "Credit").Updates(customer{Name: "x"})
	}),
	writes(
		"Updates with Select of all",
		func(s *gorm.DB) *gorm.DB { return s.Model(&tag{ID: 1}).Select("*").Updates(tag{ID: 1, Name: "x"}) },
	),
	writes("Updates with Omit", func(s *gorm.DB) *gorm.DB {
		return s.Model(&customer{ID: 1}).Omit("Name").Updates(customer{Name: "x", Credit: 5})
	}),
	writes("UpdateColumn with an expression", func(s *gorm.DB) *gorm.DB {
		return s.Model(&customer{}).Where("id < 3").UpdateColumn("credit", gorm.Expr("credit * ? + ?", 2, 1))
	}),
	writes("Update with a query", func(s *gorm.DB) *gorm.DB {
		return s.Model(&customer{}).
			Where("id = 1").
			Update("credit", s.Model(&order{}).Select("SUM(total)").Where("orders.customer_id = customers.id"))
	}),
	writes("Update where a query", func(s *gorm.DB) *gorm.DB {
		return s.Model(&customer{}).Where("id IN (?)", s.Table("orders").Select("customer_id").Where("status = 'PAID'")).Update("credit", 5)
	}),
	writes("Update with Order and Limit", func(s *gorm.DB) *gorm.DB {
		return s.Model(&customer{}).Where("credit < 15").Limit(1).Order("id").Update("credit", 5)
	}),
	refuses("omit the clause", writes("Update with Order alone", func(s *gorm.DB) *gorm.DB {
		return s.Clauses(clause.GroupBy{}).Model(&customer{ID: 1}).Update("credit", 5)
	})),
	refuses(
		"WHERE conditions required",
		writes("Update without a condition", func(s *gorm.DB) *gorm.DB { return s.Model(&customer{}).Update("credit", 5) }),
	),
	writes("AllowGlobalUpdate", func(s *gorm.DB) *gorm.DB {
		return s.Session(&gorm.Session{AllowGlobalUpdate: true}).Model(&customer{}).Update("credit", 5)
	}),
	writes("AllowGlobalUpdate of a table", func(s *gorm.DB) *gorm.DB {
		return s.Session(&gorm.Session{AllowGlobalUpdate: true}).Table("customers").Update("credit", 5)
	}),
	writes("AllowGlobalUpdate of the soft deleted", func(s *gorm.DB) *gorm.DB {
		return s.Session(&gorm.Session{AllowGlobalUpdate: true}).Unscoped().Model(&order{}).UpdateColumn("deleted_at", nil)
	}),

	// Deletes.
	writes("Delete", func(s *gorm.DB) *gorm.DB { return s.Delete(&tag{ID: 1}) }),
	writes("Delete by key", func(s *gorm.DB) *gorm.DB { return s.Delete(&tag{}, []int{1, 2}) }),
	writes("Delete of another tenant's id", func(s *gorm.DB) *gorm.DB { return s.Delete(&customer{}, 4) }),
	writes("Delete where", func(s *gorm.DB) *gorm.DB { return s.Where("name LIKE ?", "%new").Delete(&tag{}) }),
	writes("Delete of rows", func(s *gorm.DB) *gorm.DB { return s.Delete([]tag{{ID: 1}, {ID: 3}}) }),
	writes("Delete of a table", func(s *gorm.DB) *gorm.DB { return s.Table("tags").Where("id > 1").Delete(nil) }),
	writes("Delete where a query", func(s *gorm.DB) *gorm.DB {
		return s.Where("id NOT IN (?)", s.Table("product_tags").Select("tag_id")).Delete(&tag{})
	}),
	writes("soft Delete", func(s *gorm.DB) *gorm.DB { return s.Delete(&order{}, "status = 'OPEN'") }),
	writes("Unscoped Delete", func(s *gorm.DB) *gorm.DB { return s.Unscoped().Delete(&order{}, "status = 'OPEN'") }),
	writes("Delete with Select of associations", func(s *gorm.DB) *gorm.DB { return s.Select("Orders", "Card").Delete(&customer{ID: 1}) }),
	writes("Delete with Select of many to many", func(s *gorm.DB) *gorm.DB { return s.Select("Tags", "Pictures").Delete(&product{ID: 1}) }),
	writes(
		"AllowGlobalUpdate Delete",
		func(s *gorm.DB) *gorm.DB { return s.Session(&gorm.Session{AllowGlobalUpdate: true}).Delete(&tag{}) },
	),
	writes(
		"AllowGlobalUpdate soft Delete",
		func(s *gorm.DB) *gorm.DB { return s.Session(&gorm.Session{AllowGlobalUpdate: true}).Delete(&order{}) },
	),
	writes(
		"restore of a soft deleted row",
		func(s *gorm.DB) *gorm.DB { return s.Unscoped().Model(&order{ID: 5}).Update("deleted_at", nil) },
	),
	writes("Exec", func(s *gorm.DB) *gorm.DB { return s.Exec("DELETE FROM tags WHERE tenant_id = ? AND id > ?", 1, 1) }),

	// Association mode.
	associates("Append has many", &customer{ID: 2}, "Orders",
		func(a *gorm.Association) error { return a.Append(&order{ID: 50, Status: "NEW"}) }),
	associates(
		"Append many to many",
		&product{ID: 3},
		"Tags",
		func(a *gorm.Association) error { return a.Append(&tag{ID: 1}, &tag{ID: 50, Name: "x"}) },
	),
	associates(
		"Append many to many of itself",
		&customer{ID: 3},
		"Friends",
		func(a *gorm.Association) error { return a.Append(&customer{ID: 1}) },
	),
	associates("Replace many to many", &product{ID: 1}, "Tags", func(a *gorm.Association) error { return a.Replace(&tag{ID: 3}) }),
	associates(
		"Replace has many",
		&customer{ID: 1},
		"Orders",
		func(a *gorm.Association) error { return a.Replace(&order{ID: 3, Status: "PAID"}) },
	),
	associates(
		"Replace has one",
		&customer{ID: 1},
		"Card",
		func(a *gorm.Association) error { return a.Replace(&card{ID: 50, Digits: "5"}) },
	),
	associates(
		"Replace belongs to",
		&order{ID: 1},
		"Customer",
		func(a *gorm.Association) error { return a.Replace(&customer{ID: 2, Name: "acme Bob"}) },
	),
	associates("Delete many to many", &product{ID: 1}, "Tags", func(a *gorm.Association) error { return a.Delete(&tag{ID: 1}) }),
	associates("Delete has many", &customer{ID: 1}, "Orders", func(a *gorm.Association) error { return a.Delete(&order{ID: 1}) }),
	associates(
		"Unscoped Delete has many",
		&customer{ID: 1},
		"Orders",
		func(a *gorm.Association) error { return a.Unscoped().Delete(&order{ID: 1}) },
	),
	associates("Clear many to many", &product{ID: 1}, "Tags", func(a *gorm.Association) error { return a.Clear() }),
	associates("Clear polymorphic rows", &product{ID: 1}, "Pictures", func(a *gorm.Association) error { return a.Unscoped().Clear() }),
	associates(
		"Append to rows",
		[]product{{ID: 1}, {ID: 3}},
		"Tags",
		func(a *gorm.Association) error { return a.Append(&tag{ID: 3}, &tag{ID: 2}) },
	),
	writes("FullSaveAssociations", func(s *gorm.DB) *gorm.DB {
		return s.Session(&gorm.Session{FullSaveAssociations: true}).
			Save(&customer{ID: 1, Name: "x", Orders: []order{{ID: 1, Status: "x", Total: 1}}, Card: &card{ID: 1, Digits: "9"}})
	}),
	writes("a nested transaction that fails", func(s *gorm.DB) *gorm.DB {
		_ = s.Transaction(func(s *gorm.DB) error { return joinErrors(s.Delete(&tag{ID: 1}).Error, errUndo) })
		return s.Delete(&tag{ID: 2})
	}),
	writes("SavePoint", func(s *gorm.DB) *gorm.DB {
		s.SavePoint("a")
		s.Delete(&tag{ID: 1})
		return s.RollbackTo("a")
	}),
}

// mode is a call of association mode.
func associates(name string, row any, association string, do func(*gorm.Association) error) call {
	return writes("Association "+name, func(s *gorm.DB) *gorm.DB {
		_ = s.AddError(do(s.Model(row).Association(association)))
		return s
	})
}
