package tenancy_test

import (
	"context"
	"errors"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

func joinErrors(all ...error) error { return errors.Join(all...) }

// lists is a call of the generic interface that lists rows.
func lists[T any](name string, query func(ctx context.Context, s *gorm.DB) ([]T, error)) call {
	return scans(name, func(s *gorm.DB, all *[]T) (err error) {
		*all, err = query(s.Statement.Context, s)
		return err
	})
}

// changes is a call of the generic interface that changes rows.
func changes(name string, change func(ctx context.Context, s *gorm.DB) (int, error)) call {
	return scans(name, func(s *gorm.DB, n *int) (err error) {
		*n, err = change(s.Statement.Context, s)
		return err
	})
}

func byID(p gorm.PreloadBuilder) error { p.Order("id"); return nil }

// plainGenerics are calls of the generic interface.
var plainGenerics = []call{
	lists("G Find", func(ctx context.Context, s *gorm.DB) ([]tag, error) { return gorm.G[tag](s).Order("id").Find(ctx) }),
	lists("G Where", func(ctx context.Context, s *gorm.DB) ([]customer, error) {
		return gorm.G[customer](s).Where("credit > ?", 5).Or("id = ?", 4).Order("id").Find(ctx)
	}),
	scans("G First", func(s *gorm.DB, c *customer) (err error) {
		*c, err = gorm.G[customer](s).Where("id = ?", 2).First(s.Statement.Context)
		return err
	}),
	scans("G Count", func(s *gorm.DB, n *int64) (err error) {
		*n, err = gorm.G[order](s).Where("total > ?", 10).Count(s.Statement.Context, "*")
		return err
	}),
	scans("G Scan", func(s *gorm.DB, all *[]sum) error {
		return gorm.G[order](s).Select("status, SUM(total) AS total").Group("status").Order("status").Scan(s.Statement.Context, all)
	}),
	lists("G Raw", func(ctx context.Context, s *gorm.DB) ([]tag, error) {
		return gorm.G[tag](s).Raw("SELECT * FROM tags WHERE tenant_id = ? AND id > ? ORDER BY id", 1, 1).Find(ctx)
	}),
	lists("G Table with an alias", func(ctx context.Context, s *gorm.DB) ([]tag, error) {
		return gorm.G[tag](s).Table("tags AS t").Where("t.id > 1").Order("t.id").Find(ctx)
	}),
	lists("G subquery of G", func(ctx context.Context, s *gorm.DB) ([]customer, error) {
		return gorm.G[customer](s).Where("id IN (?)", gorm.G[order](s).Select("customer_id")).Order("id").Find(ctx)
	}),
	lists("G subquery of G with conditions", func(ctx context.Context, s *gorm.DB) ([]customer, error) {
		paid := gorm.G[order](s).Select("customer_id").Where("status = ? AND total > ?", "PAID", 100)
		return gorm.G[customer](s).Where("credit >= ? AND id IN (?) AND name <> ?", 1, paid, "x").Order("id").Find(ctx)
	}),
	lists("G NOT IN of G in G", func(ctx context.Context, s *gorm.DB) ([]product, error) {
		lines := gorm.G[line](s).Select("product_id").Where("order_id IN (?)", gorm.G[order](s).Select("id").Where("status = ?", "OPEN"))
		return gorm.G[product](s).Where("id NOT IN (?)", lines).Order("id").Find(ctx)
	}),
	finds[customer]("a subquery of G in a session", func(s *gorm.DB) *gorm.DB {
		return s.Where("id IN (?)", gorm.G[order](s).Select("customer_id").Where("total > ?", 100)).Order("id")
	}),
	lists("a subquery of a session in G", func(ctx context.Context, s *gorm.DB) ([]customer, error) {
		return gorm.G[customer](s).Where("id IN (?)", s.Model(&order{}).Select("customer_id")).Order("id").Find(ctx)
	}),
	lists("G derived table of G", func(ctx context.Context, s *gorm.DB) ([]tag, error) {
		return gorm.G[tag](s).Table("(?) AS t", gorm.G[tag](s).Where("id > ?", 1)).Order("t.id").Find(ctx)
	}),
	lists("G subquery of Raw", func(ctx context.Context, s *gorm.DB) ([]tag, error) {
		return gorm.G[tag](
			s,
		).Where("id IN (?)", s.Raw("SELECT tag_id FROM product_tags WHERE tenant_id = ? AND product_id = ?", 1, 1)).
			Order("id").
			Find(ctx)
	}),
	lists("G Joins", func(ctx context.Context, s *gorm.DB) ([]order, error) {
		return gorm.G[order](s).Joins(clause.Has("Customer"), nil).Order("orders.id").Find(ctx)
	}),
	lists("G left Joins", func(ctx context.Context, s *gorm.DB) ([]order, error) {
		return gorm.G[order](s).Joins(clause.LeftJoin.Association("Customer"), func(on gorm.JoinBuilder, to, _ clause.Table) error {
			on.Where("?.credit = ?", to, 10)
			return nil
		}).Order("orders.id").Find(ctx)
	}),
	scans("G right Joins", func(s *gorm.DB, all *[]map[string]any) error {
		return gorm.G[order](
			s,
		).Joins(clause.RightJoin.Association("Customer"), nil).
			Select("orders.id, `Customer`.name").
			Order("`Customer`.id, orders.id").
			Scan(s.Statement.Context, all)
	}),
	lists("G Joins of a query", func(ctx context.Context, s *gorm.DB) ([]order, error) {
		rich := gorm.G[customer](s).Select("id, name, credit").Where("credit > ?", 5)
		return gorm.G[order](
			s,
		).Joins(clause.LeftJoin.AssociationFrom("Customer", rich).As("c"), func(on gorm.JoinBuilder, to, from clause.Table) error {
			on.Where("?.id = ?.customer_id", to, from)
			return nil
		}).
			Order("orders.id").
			Find(ctx)
	}),
	lists("G Preload", func(ctx context.Context, s *gorm.DB) ([]customer, error) {
		return gorm.G[customer](s).Preload("Orders", byID).Preload("Country", nil).Order("id").Find(ctx)
	}),
	lists("G Preload of many to many", func(ctx context.Context, s *gorm.DB) ([]product, error) {
		return gorm.G[product](s).Preload("Tags", byID).Preload("Origins", nil).Order("id").Find(ctx)
	}),
	lists("G Preload with LimitPerRecord", func(ctx context.Context, s *gorm.DB) ([]customer, error) {
		return gorm.G[customer](s).Preload("Orders", func(p gorm.PreloadBuilder) error {
			p.Order("id").LimitPerRecord(1)
			return nil
		}).Order("id").Find(ctx)
	}),
	lists("G nested Preload with LimitPerRecord", func(ctx context.Context, s *gorm.DB) ([]order, error) {
		return gorm.G[order](s).Preload("Customer.Orders", func(p gorm.PreloadBuilder) error {
			p.Select("id", "customer_id", "total").Where("total > ?", 1).Order("total DESC").LimitPerRecord(1)
			return nil
		}).Order("id").Find(ctx)
	}),
	changes("G Create", func(ctx context.Context, s *gorm.DB) (int, error) {
		return 1, gorm.G[tag](s).Create(ctx, &tag{ID: 50, Name: "x"})
	}),
	changes("G Create with OnConflict", func(ctx context.Context, s *gorm.DB) (int, error) {
		return 1, gorm.G[tag](s, clause.OnConflict{UpdateAll: true}).Create(ctx, &tag{ID: 1, Name: "x"})
	}),
	changes("G CreateInBatches", func(ctx context.Context, s *gorm.DB) (int, error) {
		return 1, gorm.G[tag](s).CreateInBatches(ctx, &[]tag{{
			ID: 50,
		}, {
			ID: 51,
		}, {
			ID: 52,
		}}, 2)
	}),
	changes("G Update", func(ctx context.Context, s *gorm.DB) (int, error) {
		return gorm.G[customer](s).Where("credit > ?", 0).Update(ctx, "credit", 5)
	}),
	changes("G Updates", func(ctx context.Context, s *gorm.DB) (int, error) {
		return gorm.G[customer](s).Where("id = ?", 1).Updates(ctx, customer{Name: "x"})
	}),
	changes("G Update where G", func(ctx context.Context, s *gorm.DB) (int, error) {
		return gorm.G[customer](
			s,
		).Where("id IN (?)", gorm.G[order](s).Select("customer_id").Where("status = ?", "PAID")).
			Update(ctx, "credit", 5)
	}),
	changes("G Delete", func(ctx context.Context, s *gorm.DB) (int, error) {
		return gorm.G[tag](s).Where("id > ?", 1).Delete(ctx)
	}),
	changes("G Set", func(ctx context.Context, s *gorm.DB) (int, error) {
		return gorm.G[customer](s).Where("id = ?", 1).Set(clause.Assignment{Column: clause.Column{Name: "credit"}, Value: 3}).Update(ctx)
	}),
	changes("G Exec", func(ctx context.Context, s *gorm.DB) (int, error) {
		return 1, gorm.G[tag](s).Exec(ctx, "DELETE FROM tags WHERE tenant_id = ? AND id = ?", 1, 1)
	}),
}
