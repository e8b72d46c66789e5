package guard_test

import (
	"database/sql/driver"
	"strings"
	"testing"

	"rowhouse/tenancy/guard"
)

func BenchmarkCheck(b *testing.B) {
	g := guard.New(tables)
	point := "SELECT * FROM `items` WHERE `items`.`tenant_id` = ? AND (`items`.`id` = ?) ORDER BY `items`.`id` LIMIT ?"
	arm := "(SELECT * FROM `comments` WHERE `comments`.`tenant_id` = ? AND (`comments`.`item_id` = ?) ORDER BY `comments`.`id` LIMIT ?)"
	for _, s := range []struct {
		name, sql string
		args      []driver.NamedValue
	}{
		{"point", point, named(1, "x", 2)},
		{"insert", "INSERT INTO `items` (`tenant_id`,`id`,`project_id`,`number`,`title`,`body`,`state`,`created_at`,`updated_at`,`version`) VALUES (?,?,?,?,?,?,?,?,?,?)", named(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)},
		{"union of 10", arm + strings.Repeat(" UNION ALL "+arm, 9), repeated(10, 1, "x", 3)},
		{"union of 100", arm + strings.Repeat(" UNION ALL "+arm, 99), repeated(100, 1, "x", 3)},
	} {
		b.Run(s.name+"/cached", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := g.Check(1, s.sql, s.args); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(s.name+"/new", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := guard.Prove(tables, s.sql); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

var tables = guard.Tables{"items": {Keyed: true}, "projects": {Keyed: true}, "labels": {Keyed: true}, "comments": {Keyed: true}, "notes": {}, "countries": {Shared: true}}

func named(values ...any) []driver.NamedValue {
	args := make([]driver.NamedValue, len(values))
	for i, v := range values {
		if n, ok := v.(int); ok {
			v = int64(n)
		}
		args[i] = driver.NamedValue{Ordinal: i + 1, Value: v}
	}
	return args
}

func repeated(n int, values ...any) []driver.NamedValue {
	var all []any
	for range n {
		all = append(all, values...)
	}
	return named(all...)
}
