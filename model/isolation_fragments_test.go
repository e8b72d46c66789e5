package model_test

import (
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// part is an attack with SQL as a part of a statement that GORM builds.
func part(name string, want verdict, query func(a *attempt) *gorm.DB) attack {
	return attack{name, want, func(a *attempt) (any, error) { return a.find(query(a)) }}
}

// fragments are attacks with parts of statements written by the attacker.
var fragments = []attack{
	part("Where with brackets of one's own", fenced, func(a *attempt) *gorm.DB { return a.s.Where("1=1) OR (1=1") }),
	part("Where with brackets that add nothing", 2, func(a *attempt) *gorm.DB { return a.s.Where("1=1) AND (1=1") }),
	part("Not with brackets that GORM closes", 2, func(a *attempt) *gorm.DB { return a.s.Not("1=1) OR (1=1") }),
	part("Or with brackets that GORM closes", 2, func(a *attempt) *gorm.DB { return a.s.Where("1=1").Or("1=1) OR (1=1") }),
	part(
		"clause.Expr with brackets of one's own",
		fenced,
		func(a *attempt) *gorm.DB { return a.s.Where(clause.Expr{SQL: "1=1) OR (1=1"}) },
	),
	part("Where with a bracket and a comment", fenced, func(a *attempt) *gorm.DB { return a.s.Where("1=1) OR 1=1 -- ") }),
	part("Where with an open text", fenced, func(a *attempt) *gorm.DB { return a.s.Where("1=1 OR '") }),
	part("Where with UNION", fenced, func(a *attempt) *gorm.DB { return a.s.Where(a.sql("1=0 UNION SELECT * FROM {table}")) }),
	part(
		"Where with brackets and UNION",
		fenced,
		func(a *attempt) *gorm.DB { return a.s.Where(a.sql("1=0) UNION SELECT * FROM {table} WHERE (1=1")) },
	),
	part("Where with a UNION that is bound", 2, func(a *attempt) *gorm.DB {
		return a.s.Select(a.sql("{columns}")).Where(a.sql("1=0) UNION SELECT {columns} FROM {table} WHERE (tenant_id = {us}"))
	}),
	part("Where with a query", fenced, func(a *attempt) *gorm.DB { return a.s.Where(a.sql("{key} IN (SELECT {key} FROM {table})")) }),
	part("Where with a query that is bound", 2, func(a *attempt) *gorm.DB {
		return a.s.Where(a.sql("{key} IN (SELECT y.{key} FROM {table} y WHERE y.tenant_id = {us})"))
	}),
	part("Where with a query that is bound by the table around it", fenced, func(a *attempt) *gorm.DB {
		return a.s.Where(a.sql("{key} IN (SELECT y.{key} FROM {table} y WHERE y.tenant_id = {table}.tenant_id)"))
	}),
	part("Where with a query for the other tenant", fenced, func(a *attempt) *gorm.DB {
		return a.s.Where(a.sql("EXISTS (SELECT 1 FROM {table} y WHERE y.tenant_id = ?)"), a.globexID)
	}),

	part("Select with a query", fenced, func(a *attempt) *gorm.DB { return a.s.Select(a.sql("*, (SELECT COUNT(*) FROM {table}) AS n")) }),
	part("Select with a query that is bound", 2, func(a *attempt) *gorm.DB {
		return a.s.Select(a.sql("*, (SELECT COUNT(*) FROM {table} y WHERE y.tenant_id = ?) AS n"), a.acmeID)
	}),
	part("Select with a FROM", fenced, func(a *attempt) *gorm.DB { return a.s.Select(a.sql("* FROM {table} -- ")) }),
	part("Select with UNION", fenced, func(a *attempt) *gorm.DB { return a.s.Select(a.sql("* FROM {table} UNION SELECT *")) }),
	part("Select with a variable", fenced, func(a *attempt) *gorm.DB { return a.s.Select("*, @x := 1") }),
	part("Select into a file", fenced, func(a *attempt) *gorm.DB { return a.s.Select("* INTO OUTFILE '/tmp/rowhouse-isolation'") }),
	part("clause.Select with a query", fenced, func(a *attempt) *gorm.DB {
		return a.s.Clauses(clause.Select{Expression: clause.Expr{SQL: a.sql("*, (SELECT COUNT(*) FROM {table})")}})
	}),
	part(
		"Distinct with a query",
		fenced,
		func(a *attempt) *gorm.DB { return a.s.Distinct(a.sql("(SELECT MAX({key}) FROM {table}) AS {key}")) },
	),
	{"Count with a query", fenced, func(a *attempt) (any, error) {
		return count(a.query().Select(a.sql("count((SELECT COUNT(*) FROM {table}))")))
	}},
	{"Pluck of a query", fenced, func(a *attempt) (any, error) {
		var found []string
		return found, a.query().Pluck(a.sql("(SELECT MAX({key}) FROM {table})"), &found).Error
	}},

	part("Order with a query", fenced, func(a *attempt) *gorm.DB { return a.s.Order(a.sql("(SELECT COUNT(*) FROM {table})")) }),
	part("Order with a query that is bound", 2, func(a *attempt) *gorm.DB {
		return a.s.Order(a.sql("(SELECT COUNT(*) FROM {table} y WHERE y.tenant_id = {us})"))
	}),
	part("Order with UNION", fenced, func(a *attempt) *gorm.DB { return a.s.Order(a.sql("1 UNION SELECT * FROM {table}")) }),
	part(
		"Order with a LIMIT and UNION",
		fenced,
		func(a *attempt) *gorm.DB { return a.s.Order(a.sql("1 LIMIT 1) UNION (SELECT * FROM {table}")) },
	),
	part("Order with a procedure", fenced, func(a *attempt) *gorm.DB { return a.s.Order("1 PROCEDURE ANALYSE()") }),
	part(
		"Group with a query",
		fenced,
		func(a *attempt) *gorm.DB { return a.s.Select(a.key).Group(a.sql("(SELECT COUNT(*) FROM {table})")) },
	),
	part("Group with UNION", fenced, func(a *attempt) *gorm.DB {
		return a.s.Select(a.key).Group(a.sql("{key} UNION SELECT {key} FROM {table}"))
	}),
	part("Group with a UNION that is bound", 2, func(a *attempt) *gorm.DB {
		return a.s.Select(a.key).Group(a.sql("{key} UNION SELECT {key} FROM {table} WHERE tenant_id = {us}"))
	}),
	part("Having with a query", fenced, func(a *attempt) *gorm.DB {
		return a.s.Select(a.key).Group(a.key).Having(a.sql("(SELECT COUNT(*) FROM {table}) > 0"))
	}),
	part("Having with UNION", fenced, func(a *attempt) *gorm.DB {
		return a.s.Select(a.key).Group(a.key).Having(a.sql("1=1 UNION SELECT {key} FROM {table}"))
	}),

	part("a raw join by the tenant", 2, func(a *attempt) *gorm.DB {
		return a.s.Joins(a.sql("JOIN {table} y ON y.tenant_id = {table}.tenant_id AND y.{key} = {table}.{key}"))
	}),
	part("a raw join with an argument", 2, func(a *attempt) *gorm.DB {
		return a.s.Joins(a.sql("LEFT JOIN {table} y ON y.tenant_id = ? AND y.{key} = {table}.{key}"), a.acmeID)
	}),
	part("a raw join that names no tenant", 4, func(a *attempt) *gorm.DB { return a.s.Joins("JOIN items y ON 1 = 1").Select("y.*") }),
	part("a raw join for the other tenant", fenced, func(a *attempt) *gorm.DB {
		return a.s.Joins(a.sql("JOIN {table} y ON y.tenant_id = ?"), a.globexID).Select("y.*")
	}),
	part("a raw join with an OR", 4, func(a *attempt) *gorm.DB {
		return a.s.Joins(a.sql("JOIN {table} y ON y.tenant_id = ? OR 1=1"), a.acmeID).Select("y.*")
	}),
	part("a raw join that binds the wrong side", fenced, func(a *attempt) *gorm.DB {
		return a.s.Joins(a.sql("LEFT JOIN {table} y ON {table}.tenant_id = ?"), a.acmeID).Select("y.*")
	}),
	part("a raw join of the directory", fenced, func(a *attempt) *gorm.DB {
		return a.s.Joins(a.sql("JOIN tenants y ON y.id = {table}.tenant_id"))
	}),
	part("a raw join with a query", 2, func(a *attempt) *gorm.DB {
		return a.s.Joins(a.sql("JOIN (?) y ON y.{key} = {table}.{key}"), a.query())
	}),
	part("a raw join with a query of a table", 2, func(a *attempt) *gorm.DB {
		return a.s.Joins(a.sql("JOIN (?) y ON y.{key} = {table}.{key}"), a.s.Table(a.schema.Table))
	}),
	part("a raw join with a WHERE and a comment", fenced, func(a *attempt) *gorm.DB { return a.s.Joins("WHERE 1=1 -- ") }),

	part("Table", 2, func(a *attempt) *gorm.DB { return a.s.Table(a.schema.Table) }),
	part("Table with a list", 4, func(a *attempt) *gorm.DB { return a.s.Table(a.sql("{table}, {table} AS x")).Select("x.*") }),
	part("Table with a list, the first called like it", fenced, func(a *attempt) *gorm.DB {
		return a.s.Table(a.sql("(SELECT {us} AS tenant_id) AS x, {table}")).Select("{table}.*")
	}),
	part("Table with a WHERE", fenced, func(a *attempt) *gorm.DB { return a.s.Table(a.sql("{table} WHERE 1=1 -- ")) }),
	part("Table with UNION", fenced, func(a *attempt) *gorm.DB { return a.s.Table(a.sql("{table} UNION SELECT * FROM {table}")) }),
	part("Table of a query of a table", 2, func(a *attempt) *gorm.DB { return a.s.Table("(?) AS x", a.s.Table(a.schema.Table)) }),
	part(
		"Table of another's query",
		fenced,
		func(a *attempt) *gorm.DB { return a.s.Table("(?) AS x", a.d.For(a.d.Globex).Model(a.row())) },
	),
	{"Table into a map, bound", 2, func(a *attempt) (any, error) {
		var found []map[string]any
		return &found, a.s.Table(a.schema.Table).Where("tenant_id = ?", a.acmeID).Find(&found).Error
	}},
	{"Table into a map, for the other tenant", fenced, func(a *attempt) (any, error) {
		var found []map[string]any
		return &found, a.s.Table(a.schema.Table).Where("tenant_id = ?", a.globexID).Find(&found).Error
	}},
	{"Table and Count", 2, func(a *attempt) (any, error) { return count(a.s.Table(a.schema.Table)) }},
	{"Table and Count, bound", 2, func(a *attempt) (any, error) {
		return count(a.s.Table(a.schema.Table).Where("tenant_id = ?", a.acmeID))
	}},
	{"Table and Updates", changes, wrote(func(a *attempt) *gorm.DB { return a.s.Table(a.schema.Table).Where("1=1").Updates(a.change) })},
	{"Table and Updates, bound", changes, wrote(func(a *attempt) *gorm.DB {
		return a.s.Table(a.schema.Table).Where("tenant_id = ?", a.acmeID).Updates(a.change)
	})},
	{
		"Table and Create of a map",
		changes,
		wrote(func(a *attempt) *gorm.DB { return a.s.Table(a.schema.Table).Create(a.columns(a.fresh())) }),
	},
	{"Table and Create of a map, bound", changes, wrote(func(a *attempt) *gorm.DB {
		return a.s.Table(a.schema.Table).Create(plus(a.columns(a.fresh()), "tenant_id", a.acmeID))
	})},

	part("a query of another's session", fenced, func(a *attempt) *gorm.DB {
		return a.s.Where(a.key+" IN (?)", a.d.For(a.d.Globex).Model(a.row()).Select(a.key))
	}),
	part("a query of a table, bound", 2, func(a *attempt) *gorm.DB {
		return a.s.Where(a.key+" IN (?)", a.s.Table(a.schema.Table).Select(a.key).Where("tenant_id = ?", a.acmeID))
	}),
	{"Updates with a query as a value", changes, wrote(func(a *attempt) *gorm.DB {
		return a.valued(a.sql("(SELECT {value} FROM (?) x LIMIT 1)"), a.query())
	})},
	{
		"Updates with a text as a value",
		fenced,
		wrote(func(a *attempt) *gorm.DB { return a.valued(a.sql("(SELECT MAX({column}) FROM {table})")) }),
	},
	{"Updates with Raw as a value", fenced, wrote(func(a *attempt) *gorm.DB {
		return a.valued("(?)", a.s.Raw(a.sql("SELECT MAX(x.{column}) FROM (SELECT * FROM {table}) x")))
	})},
	{"Updates with a table as a value", harmless, wrote(func(a *attempt) *gorm.DB {
		return a.valued("(?)", a.s.Table(a.sql("{table} x")).Select(a.sql("MAX({column})")))
	})},
	{"Updates with another's query as a value", fenced, wrote(func(a *attempt) *gorm.DB {
		return a.valued(a.sql("(SELECT MAX({column}) FROM (?) x)"), a.d.For(a.d.Globex).Model(a.row()))
	})},
	{"Updates with a query in another context as a value", fenced, wrote(func(a *attempt) *gorm.DB {
		return a.valued(a.sql("(SELECT MAX({column}) FROM (?) x)"), a.query().WithContext(a.d.Globex))
	})},
	{
		"Updates with brackets of one's own",
		fenced,
		wrote(func(a *attempt) *gorm.DB { return a.query().Where("1=1) OR (1=1").Updates(a.change) }),
	},
	{"Updates with a join", fenced, wrote(func(a *attempt) *gorm.DB {
		return a.query().
			Where("1=1").
			Clauses(clause.Update{Table: clause.Table{Name: a.sql("{table} JOIN {table} y"), Raw: true}}).
			Updates(a.change)
	})},
	{"Create with a query as a value", fenced, wrote(func(a *attempt) *gorm.DB {
		value := gorm.Expr(a.sql("(SELECT MAX(x.{column}) FROM {table} x)"))
		return a.query().Create(plus(a.columns(a.fresh()), a.sql("{column}"), value))
	})},
	{"Delete with brackets of one's own", fenced, wrote(func(a *attempt) *gorm.DB { return a.s.Delete(a.row(), "1=1) OR (1=1") })},
	{
		"Delete with a bracket and a comment",
		fenced,
		wrote(func(a *attempt) *gorm.DB { return a.s.Where("1=1) OR 1=1 -- ").Delete(a.row()) }),
	},
	{"Delete with an order and a query", fenced, wrote(func(a *attempt) *gorm.DB {
		return a.s.Where(a.sql("{key} IN (SELECT {key} FROM (SELECT * FROM {table}) x)")).Delete(a.row())
	})},

	part("a lock with more behind it", fenced, func(a *attempt) *gorm.DB {
		return a.s.Clauses(clause.Locking{Strength: "UPDATE", Options: "INTO OUTFILE '/tmp/rowhouse-isolation'"})
	}),
	part("a lock with UNION", fenced, func(a *attempt) *gorm.DB {
		return a.s.Clauses(clause.Locking{Strength: a.sql("UPDATE UNION SELECT * FROM {table}")})
	}),
}

// valued updates a column of all rows to an expression.
func (a *attempt) valued(sql string, args ...any) *gorm.DB {
	return a.query().Where("1=1").Updates(map[string]any{a.sql("{column}"): gorm.Expr(sql, args...)})
}
