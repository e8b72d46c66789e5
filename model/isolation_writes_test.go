package model_test

import (
	"context"
	"maps"
	"slices"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"rowhouse/tenancy"
)

const (
	acmeID   tenancy.ID = 1
	globexID tenancy.ID = 2
)

// wrote returns an attack without a result.
func wrote(write func(a *attempt) *gorm.DB) func(*attempt) (any, error) {
	return func(a *attempt) (any, error) { return nil, write(a).Error }
}

// touched returns an attack whose result is the number of written rows.
func touched(write func(a *attempt) *gorm.DB) func(*attempt) (any, error) {
	return func(a *attempt) (any, error) {
		w := write(a)
		return w.RowsAffected, w.Error
	}
}

// isTheirs selects a row of globex by its key.
func (a *attempt) isTheirs() *gorm.DB {
	return a.query().Where(a.key+" = ?", a.value(a.theirs()))
}

// tenantColumn is an attack that gives its rows to globex by way of a column's name.
func tenantColumn(name string) attack {
	return attack{"Updates of " + name, refused, wrote(func(a *attempt) *gorm.DB {
		return a.query().Where("1 = 1").Updates(map[string]any{name: a.globexID})
	})}
}

// tenantKey is an attack that creates a row with another tenant under a name.
func tenantKey(name string) attack {
	return attack{"Create of a map with " + name, refused, wrote(func(a *attempt) *gorm.DB {
		return a.query().Create(plus(a.columns(a.fresh()), name, a.globexID))
	})}
}

// everything has conditions that match all rows.
func everything(name string, condition func(*attempt) *gorm.DB) []attack {
	return []attack{
		{"Delete with " + name, refused, wrote(func(a *attempt) *gorm.DB { return condition(a).Delete(a.row()) })},
		{"Updates with " + name, refused, wrote(func(a *attempt) *gorm.DB { return condition(a).Model(a.row()).Updates(a.change) })},
	}
}

var writes = concat([]attack{
	{"Create", changes, wrote(func(a *attempt) *gorm.DB { return a.s.Create(a.fresh()) })},
	{"Create of one's own", changes, wrote(func(a *attempt) *gorm.DB { return a.s.Create(a.of(a.acmeID, a.fresh())) })},
	{"Create of a slice", changes, wrote(func(a *attempt) *gorm.DB { return a.s.Create(a.slice(a.fresh(), a.other())) })},
	{"CreateInBatches", changes, wrote(func(a *attempt) *gorm.DB { return a.s.CreateInBatches(a.slice(a.fresh(), a.other()), 1) })},
	{"Create of a map", changes, wrote(func(a *attempt) *gorm.DB { return a.query().Create(a.columns(a.fresh())) })},
	{"Create of maps", changes, wrote(func(a *attempt) *gorm.DB {
		return a.query().Create([]map[string]any{a.columns(a.fresh()), a.columns(a.other())})
	})},
	{"Create without the tenant", changes, wrote(func(a *attempt) *gorm.DB { return a.s.Omit("TenantID").Create(a.fresh()) })},
	{"Create of theirs without the tenant", harmless, wrote(func(a *attempt) *gorm.DB { return a.s.Omit("TenantID").Create(a.theirs()) })},
	{"Create of the key alone", refused, wrote(func(a *attempt) *gorm.DB { return a.s.Select(a.key).Create(a.of(a.globexID, a.fresh())) })},
	{"Create with their id", changes, wrote(func(a *attempt) *gorm.DB { return a.s.Create(a.taken()) })},
	{"Create of theirs", refused, wrote(func(a *attempt) *gorm.DB { return a.s.Create(a.theirs()) })},
	{"Create for them", refused, wrote(func(a *attempt) *gorm.DB { return a.s.Create(a.of(a.globexID, a.fresh())) })},
	{"Create of a slice, one for them", refused, wrote(func(a *attempt) *gorm.DB {
		return a.s.Session(&gorm.Session{}).Create(a.slice(a.of(a.globexID, a.other()), a.fresh()))
	})},
	{"Create of maps, one for them", refused, wrote(func(a *attempt) *gorm.DB {
		own, their := plus(a.columns(a.fresh()), "tenant_id", a.acmeID), plus(a.columns(a.other()), "tenant_id", a.globexID)
		return a.query().Create([]map[string]any{their, own})
	})},
	{"Create of a map with an expression", refused, wrote(func(a *attempt) *gorm.DB {
		return a.query().Create(plus(a.columns(a.fresh()), "tenant_id", gorm.Expr(a.sql("{them}"))))
	})},
	tenantKey("tenant_id"), tenantKey("TenantID"), tenantKey("TENANT_ID"), tenantKey("`tenant_id`"), tenantKey("tenant_id "),
	{"Create into another table", refused, wrote(func(a *attempt) *gorm.DB {
		return a.s.Clauses(clause.Insert{Table: clause.Table{Name: "tenants"}}).Create(a.fresh())
	})},
	{"Create with a modifier", refused, wrote(func(a *attempt) *gorm.DB {
		return a.s.Clauses(clause.Insert{Modifier: "INTO tenants (slug, name, created_at) VALUES ('x', 'x', NOW()) -- "}).Create(a.fresh())
	})},
	{"Create with VALUES of one's own", changes, wrote(func(a *attempt) *gorm.DB {
		return a.s.Clauses(clause.Values{Columns: []clause.Column{{Name: "tenant_id"}}, Values: [][]any{{a.globexID}}}).Create(a.fresh())
	})},
	{"an upsert of one's own", changes, wrote(func(a *attempt) *gorm.DB {
		return a.s.Clauses(clause.OnConflict{UpdateAll: true}).Create(a.changed(a.ours()))
	})},
	{"an upsert that does nothing", harmless, wrote(func(a *attempt) *gorm.DB {
		return a.s.Clauses(clause.OnConflict{DoNothing: true}).Create(a.changed(a.ours()))
	})},
	{"an upsert with their id", changes, wrote(func(a *attempt) *gorm.DB {
		return a.s.Clauses(clause.OnConflict{UpdateAll: true}).Create(a.taken())
	})},
	{"an upsert of theirs", refused, wrote(func(a *attempt) *gorm.DB {
		return a.s.Clauses(clause.OnConflict{UpdateAll: true}).Create(a.changed(a.theirs()))
	})},
	{"an upsert that gives away", refused, wrote(func(a *attempt) *gorm.DB {
		return a.s.Clauses(clause.OnConflict{DoUpdates: clause.Assignments(map[string]any{"tenant_id": a.globexID})}).Create(a.ours())
	})},
	{"an upsert that gives away behind a value", refused, wrote(func(a *attempt) *gorm.DB {
		set := map[string]any{a.key: gorm.Expr(a.sql("{key}, tenant_id = {them}"))}
		return a.s.Clauses(clause.OnConflict{DoUpdates: clause.Assignments(set)}).
			Create(a.ours())
	})},
	{"Save", changes, wrote(func(a *attempt) *gorm.DB { return a.s.Save(a.changed(a.ours())) })},
	{"Save of a new row", changes, wrote(func(a *attempt) *gorm.DB { return a.s.Save(a.fresh()) })},
	{"Save with their id", changes, wrote(func(a *attempt) *gorm.DB { return a.s.Save(a.taken()) })},
	{"Save of theirs", refused, wrote(func(a *attempt) *gorm.DB { return a.s.Save(a.changed(a.theirs())) })},
	{"Save of theirs without its tenant", harmless, wrote(func(a *attempt) *gorm.DB { return a.s.Save(a.of(0, a.changed(a.theirs()))) })},
	{"Save of a slice of theirs", refused, wrote(func(a *attempt) *gorm.DB { return a.s.Save(a.slice(a.changed(a.theirs()))) })},
	{
		"FirstOrCreate of what is there",
		1,
		func(a *attempt) (any, error) { return a.first(a.s.FirstOrCreate, a.key+" = ?", a.value(a.ours())) },
	},
	{"FirstOrCreate", changes, wrote(func(a *attempt) *gorm.DB { return a.s.Where(a.of(a.acmeID, a.fresh())).FirstOrCreate(a.row()) })},
	{"FirstOrCreate of theirs", refused, wrote(func(a *attempt) *gorm.DB { return a.s.Where(a.theirs()).FirstOrCreate(a.row()) })},
	{"FirstOrCreate for them", refused, wrote(func(a *attempt) *gorm.DB {
		return a.s.Where(a.fresh()).Attrs(map[string]any{"tenant_id": a.globexID}).FirstOrCreate(a.row())
	})},
	{"FirstOrCreate that gives away", refused, wrote(func(a *attempt) *gorm.DB {
		return a.s.Where(a.ours()).Assign(map[string]any{"tenant_id": a.globexID}).FirstOrCreate(a.row())
	})},

	{"Updates", changes, wrote(func(a *attempt) *gorm.DB { return a.s.Model(a.ours()).Updates(a.change) })},
	{
		"Updates with a struct",
		changes,
		wrote(func(a *attempt) *gorm.DB { return a.query().Where("1 = 1").Updates(a.of(a.acmeID, a.changed(a.row()))) }),
	},
	{"Updates with a lone Or", changes, wrote(func(a *attempt) *gorm.DB { return a.query().Or("1 = 1").Updates(a.change) })},
	{
		"UpdateColumns with a tab and an OR",
		changes,
		wrote(func(a *attempt) *gorm.DB { return a.query().Where("1=0\tOR 1=1").UpdateColumns(a.change) }),
	},
	{"Updates with a comment", refused, wrote(func(a *attempt) *gorm.DB { return a.query().Where("1=1 -- ").Updates(a.change) })},
	{"Updates of theirs", 0, touched(func(a *attempt) *gorm.DB { return a.isTheirs().Updates(a.change) })},
	{"Updates of their row", 0, touched(func(a *attempt) *gorm.DB { return a.s.Model(a.theirs()).Updates(a.change) })},
	{
		"Updates where the tenant is theirs",
		refused,
		touched(func(a *attempt) *gorm.DB { return a.query().Where(a.sql("tenant_id = {them}")).Updates(a.change) }),
	},
	{"Updates built without WHERE", refused, wrote(func(a *attempt) *gorm.DB {
		q := a.query().Where("1 = 1")
		q.Statement.BuildClauses = []string{"UPDATE", "SET"}
		return q.Updates(a.change)
	})},
	tenantColumn("tenant_id"), tenantColumn("TenantID"), tenantColumn("TENANT_ID"), tenantColumn("`tenant_id`"),
	tenantColumn(" tenant_id"), tenantColumn("tenantid"), tenantColumn("items.tenant_id"), tenantColumn("x.tenant_id"),
	{"Update of the tenant", refused, wrote(func(a *attempt) *gorm.DB { return a.s.Model(a.ours()).Update("tenant_id", a.globexID) })},
	{
		"Update of the tenant to a number",
		refused,
		wrote(func(a *attempt) *gorm.DB { return a.s.Model(a.ours()).Update("tenant_id", int(a.globexID)) }),
	},
	{
		"Update of the tenant to an expression",
		refused,
		wrote(func(a *attempt) *gorm.DB { return a.s.Model(a.ours()).Update("tenant_id", gorm.Expr(a.sql("{them}"))) }),
	},
	{"Update of the tenant behind a value", refused, wrote(func(a *attempt) *gorm.DB {
		return a.s.Model(a.ours()).Update(a.key, gorm.Expr(a.sql("{key}, tenant_id = {them}")))
	})},
	{
		"UpdateColumn of the tenant",
		refused,
		wrote(func(a *attempt) *gorm.DB { return a.s.Model(a.ours()).UpdateColumn("tenant_id", a.globexID) }),
	},
	{
		"Updates with a struct of theirs",
		refused,
		wrote(func(a *attempt) *gorm.DB { return a.s.Model(a.ours()).Updates(a.of(a.globexID, a.row())) }),
	},
	{
		"Updates with all of theirs",
		refused,
		wrote(func(a *attempt) *gorm.DB { return a.query().Where("1=1").Select("*").Updates(a.theirs()) }),
	},
	{"SET of one's own", refused, wrote(func(a *attempt) *gorm.DB {
		return a.query().Where("1=1").Clauses(clause.Assignments(map[string]any{"tenant_id": a.globexID})).Updates(a.change)
	})},
	{"SET of a raw column that changes nothing", 0, wrote(func(a *attempt) *gorm.DB {
		set := clause.Set{{Column: clause.Column{Name: "tenant_id", Raw: true}, Value: a.acmeID}}
		return a.query().Where("1=1").Clauses(set).Updates(a.change)
	})},
	{"SET that builds itself", refused, wrote(func(a *attempt) *gorm.DB {
		set := strange{
			"SET",
			clause.Clause{
				Expression: clause.Set{},
				Builder:    func(_ clause.Clause, b clause.Builder) { _, _ = b.WriteString(a.sql("SET tenant_id = {them}")) },
			},
		}
		return a.query().Where("1=1").Clauses(set).Updates(a.change)
	})},
	{"Updates with a value for another placeholder", refused, wrote(func(a *attempt) *gorm.DB {
		return a.query().Where("1 = ?").Updates(map[string]any{a.key: gorm.Expr(a.key, a.globexID)})
	})},
	{"Create with a value for another placeholder", refused, wrote(func(a *attempt) *gorm.DB {
		value := clause.Assignments(map[string]any{a.key: gorm.Expr(a.key, a.globexID)})
		return a.query().Clauses(clause.OnConflict{DoUpdates: value}).Create(plus(a.columns(a.fresh()), a.key, gorm.Expr("?")))
	})},
	{"Create of maps with a value for another placeholder", refused, wrote(func(a *attempt) *gorm.DB {
		less, more := a.columns(a.fresh()), a.columns(a.other())
		first := slices.Min(slices.Collect(maps.Keys(more)))
		less[a.key] = gorm.Expr("?")
		more[first] = gorm.Expr(literal(more[first]), a.globexID)
		return a.query().Create([]map[string]any{less, more})
	})},
	{"UPDATE of another table", refused, wrote(func(a *attempt) *gorm.DB {
		return a.query().Where("1=1").Clauses(clause.Update{Table: clause.Table{Name: "tenants", Alias: a.schema.Table}}).Updates(a.change)
	})},
	{"UPDATE with a modifier", refused, wrote(func(a *attempt) *gorm.DB {
		u := clause.Update{Modifier: a.sql("{table} AS x JOIN (SELECT {us} AS tenant_id)")}
		return a.query().Where("1=1").Clauses(u).Updates(a.change)
	})},
	{"a generic update", changes, func(a *attempt) (any, error) {
		column := slices.Min(slices.Collect(maps.Keys(a.change)))
		return nil, a.genericUpdate(a.ctx, a.s, column, a.change[column])
	}},
	{
		"a generic update of the tenant",
		refused,
		func(a *attempt) (any, error) { return nil, a.genericUpdate(a.ctx, a.s, "tenant_id", a.globexID) },
	},
	{
		"a generic update without tenant",
		refused,
		func(a *attempt) (any, error) { return nil, a.genericUpdate(context.Background(), a.s, a.key, 2) },
	},

	{"Delete", changes, wrote(func(a *attempt) *gorm.DB { return a.s.Delete(a.ours()) })},
	{"Delete with a condition", changes, wrote(func(a *attempt) *gorm.DB { return a.s.Where("1 = 1").Delete(a.row()) })},
	{"Delete with a lone Or", changes, wrote(func(a *attempt) *gorm.DB { return a.s.Or("1 = 1").Delete(a.row()) })},
	{"Delete with an OR", changes, wrote(func(a *attempt) *gorm.DB { return a.s.Delete(a.row(), "1=0\tOR 1=1") })},
	{"Delete with a comment", refused, wrote(func(a *attempt) *gorm.DB { return a.s.Delete(a.row(), "1=1 OR 1=1 -- ") })},
	{"Delete of their row", 0, touched(func(a *attempt) *gorm.DB { return a.s.Delete(a.theirs()) })},
	{"Delete of their rows", 0, touched(func(a *attempt) *gorm.DB { return a.s.Delete(a.slice(a.theirs())) })},
	{
		"Delete where the tenant is theirs",
		refused,
		touched(func(a *attempt) *gorm.DB { return a.s.Unscoped().Delete(a.row(), a.sql("tenant_id = {them}")) }),
	},
	{"Delete built without WHERE", refused, wrote(func(a *attempt) *gorm.DB {
		q := a.query().Where("1 = 1")
		q.Statement.BuildClauses = []string{"DELETE", "FROM"}
		return q.Delete(a.row())
	})},
	{"Delete with a FROM of one's own", changes, wrote(func(a *attempt) *gorm.DB {
		from := clause.From{Tables: []clause.Table{{Raw: true, Name: a.sql("x USING {table} x JOIN (SELECT {us} AS tenant_id) {table}")}}}
		return a.s.Where("1=1").Clauses(from).Delete(a.row())
	})},
	{"Delete with a modifier", refused, wrote(func(a *attempt) *gorm.DB {
		return a.s.Where("1=1").Clauses(clause.Delete{Modifier: "FROM " + a.schema.Table + " -- "}).Delete(a.row())
	})},
	{"a generic delete of nothing", refused, func(a *attempt) (any, error) { return nil, a.genericDelete(a.ctx, a.s, "") }},
	{"a generic delete", changes, func(a *attempt) (any, error) { return nil, a.genericDelete(a.ctx, a.s, "1=0 OR 1=1") }},
	{"Delete with AllowGlobalUpdate", changes, wrote(func(a *attempt) *gorm.DB {
		return a.s.Session(&gorm.Session{AllowGlobalUpdate: true}).Delete(a.row())
	})},
	{"Updates with AllowGlobalUpdate", changes, wrote(func(a *attempt) *gorm.DB {
		return a.s.Session(&gorm.Session{AllowGlobalUpdate: true}).Model(a.row()).Updates(a.change)
	})},
	{"AllowGlobalUpdate and a condition", changes, wrote(func(a *attempt) *gorm.DB {
		return a.s.Session(&gorm.Session{AllowGlobalUpdate: true}).Delete(a.row(), "1 = 1")
	})},
},
	everything("no condition", func(a *attempt) *gorm.DB { return a.s }),
	everything("an empty string", func(a *attempt) *gorm.DB { return a.s.Where("") }),
	everything("an empty map", func(a *attempt) *gorm.DB { return a.s.Where(map[string]any{}) }),
	everything("an empty row", func(a *attempt) *gorm.DB { return a.s.Where(a.row()) }),
	everything("an empty Where", func(a *attempt) *gorm.DB { return a.s.Clauses(clause.Where{}) }),
	everything("an empty group", func(a *attempt) *gorm.DB { return a.s.Where(a.s.Where("")) }),
	everything("a limit", func(a *attempt) *gorm.DB { return a.s.Order(a.key).Limit(1) }),
	everything("Unscoped", func(a *attempt) *gorm.DB { return a.s.Unscoped() }),
)

func concat(lists ...[]attack) (all []attack) {
	for _, list := range lists {
		all = append(all, list...)
	}
	return all
}
