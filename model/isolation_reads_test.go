package model_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"rowhouse/tenancy"
)

// find reads the rows of a query.
func (a *attempt) find(q *gorm.DB) (any, error) {
	rows := a.rows()
	return rows, q.Find(rows).Error
}

// where reads the rows that match a condition.
func (a *attempt) where(condition any, args ...any) (any, error) {
	return a.find(a.s.Where(condition, args...))
}

// first reads one row.
func (a *attempt) first(read func(dest any, conditions ...any) *gorm.DB, conditions ...any) (any, error) {
	row := a.row()
	return row, read(row, conditions...).Error
}

// each reads the results of a query for the keys of rows.
func (a *attempt) each(q *gorm.DB, of ...any) (any, error) {
	keys := make([]any, len(of))
	for i, row := range of {
		keys[i] = a.value(row)
	}
	rows := a.rows()
	return rows, tenancy.UnionAllByKey([]*gorm.DB{q}, a.key, keys, "", rows)
}

// query returns an empty query of the model.
func (a *attempt) query() *gorm.DB { return a.s.Model(a.row()) }

func count(q *gorm.DB) (any, error) {
	var n int64
	err := q.Count(&n).Error
	return n, err
}

var errNoRow = errors.New("no row was returned")

// one reads the integer in a row, which GORM may refuse to return.
func one(row *sql.Row) (found any, err error) {
	if row == nil {
		return nil, errNoRow
	}
	var n int
	err = calmly(func() error { return row.Scan(&n) })
	return n, err
}

// calmly turns a panic into an error: in prepared statement mode, GORM's Row panics after a
// refusal.
func calmly(do func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: %v", errNoRow, p)
		}
	}()
	return do()
}

var reads = []attack{
	{"Find", 2, func(a *attempt) (any, error) { return a.find(a.s) }},
	{"Find with an OR", 2, func(a *attempt) (any, error) {
		rows := a.rows()
		return rows, a.s.Find(rows, "1=1 OR 1=1").Error
	}},
	{"a lone Or", 2, func(a *attempt) (any, error) { return a.find(a.s.Or("1 = 1")) }},
	{
		"a lone Or for the other tenant",
		refused,
		func(a *attempt) (any, error) { return a.find(a.s.Or(map[string]any{"tenant_id": a.globexID})) },
	},
	{"an Or after a Where", 2, func(a *attempt) (any, error) { return a.find(a.s.Where("1 = 0").Or("1 = 1")) }},
	{"an Or for the other tenant", 2, func(a *attempt) (any, error) { return a.find(a.s.Where("1 = 1").Or("tenant_id = ?", a.globexID)) }},
	{"OR in capitals", 2, func(a *attempt) (any, error) { return a.where("1=1 OR 1=1") }},
	{"or after a tab", 2, func(a *attempt) (any, error) { return a.where(a.key+" = ?\tor 1=1", a.value(a.ours())) }},
	{"OR on a line of its own", 2, func(a *attempt) (any, error) { return a.where("1=0\nOR\n1=1") }},
	{"OR between comments", 2, func(a *attempt) (any, error) { return a.where("1=0/**/OR/**/1=1") }},
	{"OR as ||", 2, func(a *attempt) (any, error) { return a.where("1=0 || 1=1") }},
	{"OR as XOR", 2, func(a *attempt) (any, error) { return a.where("1=0 XOR 1=1") }},
	{
		"a named OR that GORM takes for a variable",
		refused,
		func(a *attempt) (any, error) { return a.where("1=@no\tOR 1=1", map[string]any{"no": 0}) },
	},
	{"a comment at the end", refused, func(a *attempt) (any, error) { return a.where("1=1 OR 1=1 -- ") }},
	{"a comment to the end of the line", refused, func(a *attempt) (any, error) { return a.where("1=1 OR 1=1 # ") }},
	{"a comment that is never closed", refused, func(a *attempt) (any, error) { return a.where("1=1 OR 1=1 /*") }},
	{"two statements", refused, func(a *attempt) (any, error) { return a.where("1=1; SELECT 1") }},
	{"Not", 2, func(a *attempt) (any, error) { return a.find(a.s.Not("1 = 0")) }},
	{"Not of the own tenant", 0, func(a *attempt) (any, error) { return a.find(a.s.Not("tenant_id = ?", a.acmeID)) }},
	{"a group of conditions", 2, func(a *attempt) (any, error) { return a.where(a.s.Where("1 = 0").Or("1 = 1")) }},
	{"a group of one Or", 2, func(a *attempt) (any, error) { return a.where(a.s.Or("1 = 1")) }},
	{"clause.Or", 2, func(a *attempt) (any, error) { return a.find(a.s.Clauses(clause.Or(clause.Expr{SQL: "1=1"}))) }},
	{"clause.Where", 2, func(a *attempt) (any, error) { return a.find(a.s.Clauses(clause.Where{})) }},
	{"Scopes", 2, func(a *attempt) (any, error) {
		return a.find(a.s.Scopes(func(s *gorm.DB) *gorm.DB { return s.Or("1 = 1") }))
	}},
	{"their ids", 0, func(a *attempt) (any, error) { return a.where(a.key+" IN ?", []any{a.value(a.theirs())}) }},
	{"their row as a condition", refused, func(a *attempt) (any, error) { return a.where(a.theirs()) }},
	{"their row as a condition, without its tenant", 0, func(a *attempt) (any, error) { return a.where(a.of(0, a.theirs())) }},
	{"First", 1, func(a *attempt) (any, error) { return a.first(a.s.First) }},
	{"Last", 1, func(a *attempt) (any, error) { return a.first(a.s.Last) }},
	{"Take", 1, func(a *attempt) (any, error) { return a.first(a.s.Take, "1=1 OR 1=1") }},
	{"Take of theirs", refused, func(a *attempt) (any, error) { return a.first(a.s.Take, a.key+" = ?", a.value(a.theirs())) }},
	{"First into their row", refused, func(a *attempt) (any, error) { return nil, a.s.First(a.theirs()).Error }},
	{"FirstOrInit", 1, func(a *attempt) (any, error) { return a.first(a.s.FirstOrInit, "1=1 OR 1=1") }},
	{"Count", 2, func(a *attempt) (any, error) { return count(a.query()) }},
	{"Count with an Or", 2, func(a *attempt) (any, error) { return count(a.query().Or("1 = 1")) }},
	{"Count of distinct ids", 2, func(a *attempt) (any, error) { return count(a.query().Distinct(a.key).Or("1 = 1")) }},
	{"Count of theirs", 0, func(a *attempt) (any, error) { return count(a.query().Where(a.sql("tenant_id <> {us}"))) }},
	{"Pluck", 2, func(a *attempt) (any, error) {
		var ids []string
		err := a.query().Or("1=1").Pluck(a.key, &ids).Error
		return ids, err
	}},
	{"Rows", 2, func(a *attempt) (any, error) { return a.all(a.query().Or("1 = 1").Rows()) }},
	{"Row", 2, func(a *attempt) (any, error) { return one(a.query().Select("COUNT(*)").Or("1 = 1").Row()) }},
	{"Scan into a smaller struct", 2, func(a *attempt) (any, error) {
		var found []struct{ TenantID tenancy.ID }
		err := a.query().Or("1 = 1").Scan(&found).Error
		return found, err
	}},
	{"Find into a smaller struct", 2, func(a *attempt) (any, error) {
		var found []struct{ TenantID tenancy.ID }
		err := a.query().Or("1 = 1").Find(&found).Error
		return found, err
	}},
	{"Find into maps", 2, func(a *attempt) (any, error) {
		var m []map[string]any
		err := a.query().Or("1=1").Find(&m).Error
		return m, err
	}},
	{"FindInBatches", 2, func(a *attempt) (any, error) {
		rows, n := a.rows(), 0
		err := a.s.Where("1=0").Or("1=1").FindInBatches(rows, 1, func(*gorm.DB, int) error {
			if n++; a.isSecret(rows) {
				return errors.New("another tenant's row")
			}
			return nil
		}).Error
		// A link has no key of one column, which batches need.
		if a.key != "id" && errors.Is(err, gorm.ErrPrimaryKeyRequired) && n == 1 {
			return 2, nil
		}
		return n, err
	}},
	{"Group and Having", 2, func(a *attempt) (any, error) {
		return a.find(a.s.Select(a.key).Group(a.key).Having("1=1 OR 1=1").Order(a.key).Limit(9).Offset(0))
	}},
	{"FOR UPDATE", 2, func(a *attempt) (any, error) {
		return a.find(a.s.Clauses(clause.Locking{Strength: clause.LockingStrengthUpdate}).Or("1 = 1"))
	}},
	{"FOR UPDATE OF", refused, func(a *attempt) (any, error) {
		return a.find(a.s.Clauses(clause.Locking{Strength: "UPDATE", Table: clause.Table{Name: "tenants"}, Options: "NOWAIT"}))
	}},
	{"a subquery", 2, func(a *attempt) (any, error) {
		return a.where(a.key+" IN (?)", a.query().Select(a.key).Or("1 = 1"))
	}},
	{"a subquery for the other tenant", refused, func(a *attempt) (any, error) {
		return a.where("EXISTS (?)", a.query().Select("1").Where(a.sql("tenant_id = {them}")))
	}},
	{"a subquery without tenant", refused, func(a *attempt) (any, error) {
		return a.where(a.key+" IN (?)", a.d.For(context.Background()).Model(a.row()).Select(a.key))
	}},
	{"a subquery with another context", refused, func(a *attempt) (any, error) {
		return a.where(a.key+" IN (?)", a.query().Select(a.key).WithContext(a.d.Globex))
	}},
	{"a subquery of a table", 2, func(a *attempt) (any, error) {
		return a.where(a.key+" IN (?)", a.s.Table(a.schema.Table).Select(a.key))
	}},
	{"a generic subquery", 2, func(a *attempt) (any, error) {
		return a.where(a.key+" IN (?)", gorm.G[struct{ TenantID int }](a.s).Table(a.schema.Table).Select(a.key))
	}},
	{"Unscoped", 2, func(a *attempt) (any, error) { return a.find(a.s.Unscoped().Or("1 = 1")) }},
	{"Session with NewDB", 2, func(a *attempt) (any, error) { return a.find(a.s.Session(&gorm.Session{NewDB: true}).Or("1 = 1")) }},
	{
		"Session with PrepareStmt",
		2,
		func(a *attempt) (any, error) { return a.find(a.s.Session(&gorm.Session{PrepareStmt: true}).Or("1=1")) },
	},
	{"Session with DryRun", 0, func(a *attempt) (any, error) { return a.find(a.s.Session(&gorm.Session{DryRun: true})) }},
	{"Debug", 2, func(a *attempt) (any, error) { return a.find(a.s.Debug().Or("1 = 1")) }},
	{"a generic Or", 2, func(a *attempt) (any, error) { return a.genericFind(a.ctx, a.s) }},
	{"a generic query in another context", refused, func(a *attempt) (any, error) { return a.genericFind(a.d.Globex, a.s) }},
	{"a generic query without tenant", refused, func(a *attempt) (any, error) { return a.genericFind(context.Background(), a.s) }},
	{"Each", 1, func(a *attempt) (any, error) { return a.each(a.s, a.ours()) }},
	{"Each of theirs", 0, func(a *attempt) (any, error) { return a.each(a.s, a.theirs()) }},
	{"Each with an Or", 1, func(a *attempt) (any, error) { return a.each(a.s.Or("1 = 1"), a.ours(), a.theirs()) }},
	{"Each of Raw", refused, func(a *attempt) (any, error) { return a.each(a.s.Raw("SELECT * FROM "+a.schema.Table), a.theirs()) }},
	{"Each of a table", refused, func(a *attempt) (any, error) { return a.each(a.s.Table("tenants"), a.theirs()) }},
	{"Each in another context", refused, func(a *attempt) (any, error) { return a.each(a.s.WithContext(a.d.Globex), a.theirs()) }},
	{"WithContext of another", refused, func(a *attempt) (any, error) { return a.find(a.s.WithContext(a.d.Globex)) }},
	{"WithContext without a tenant", refused, func(a *attempt) (any, error) { return a.find(a.s.WithContext(context.Background())) }},
	{"NewDB in another context", refused, func(a *attempt) (any, error) {
		return a.find(a.s.Session(&gorm.Session{NewDB: true, Context: a.d.Globex}))
	}},
	{"Table of another model", refused, func(a *attempt) (any, error) { return count(a.query().Table("goose_db_version")) }},
	{"Table of the directory", refused, func(a *attempt) (any, error) { return a.find(a.s.Table("tenants")) }},
	{"Table into a map", 2, func(a *attempt) (any, error) {
		var found []map[string]any
		err := a.s.Table(a.schema.Table).Find(&found).Error
		return found, err
	}},
	{"Table with an alias", 2, func(a *attempt) (any, error) { return a.find(a.s.Table(a.schema.Table + " AS x")) }},
	{"Table with the table's name as alias", refused, func(a *attempt) (any, error) {
		return a.find(a.s.Table(a.sql("(SELECT {us} AS tenant_id, x.name FROM items x) AS {table}")))
	}},
	{"Table of a subquery", 2, func(a *attempt) (any, error) { return a.find(a.s.Table("(?) AS u", a.query())) }},
	{"Table in another database", refused, func(a *attempt) (any, error) { return a.find(a.s.Table("mysql." + a.schema.Table)) }},
	{"Statement.Table", refused, func(a *attempt) (any, error) {
		q := a.query()
		q.Statement.Table = "tenants"
		return a.find(q)
	}},
	{"a FROM of one's own", 4, func(a *attempt) (any, error) {
		return a.find(a.s.Clauses(clause.From{Tables: []clause.Table{{Name: a.schema.Table}, {Name: a.schema.Table, Alias: "x"}}}))
	}},
	{"a FROM with a join", 4, func(a *attempt) (any, error) {
		return a.find(a.s.Clauses(clause.From{Joins: []clause.Join{{Table: clause.Table{Name: "items", Alias: "x"}}}}))
	}},
	{"a FROM of another kind", refused, func(a *attempt) (any, error) {
		return a.find(a.s.Clauses(strange{"FROM", clause.Clause{Expression: clause.Expr{SQL: "tenants"}}}))
	}},
	{"a FROM with more behind it", refused, func(a *attempt) (any, error) {
		return a.find(
			a.s.Clauses(strange{"FROM", clause.Clause{Expression: clause.From{}, AfterExpression: clause.Expr{SQL: "JOIN items x"}}}),
		)
	}},
	{"a WHERE that builds itself", refused, func(a *attempt) (any, error) {
		return a.find(a.s.Clauses(strange{"WHERE", clause.Clause{Expression: clause.Where{}, Builder: writeNothing}}))
	}},
	{
		"a value for another placeholder",
		refused,
		func(a *attempt) (any, error) { return a.find(a.s.Select("*", a.globexID).Where("1 = ?")) },
	},
	{"a value for another placeholder, in a subquery", refused, func(a *attempt) (any, error) {
		return a.where("EXISTS (?) AND 1 = ?", a.query().Select("1", a.globexID))
	}},
	{"a value for another placeholder, by its name", refused, func(a *attempt) (any, error) {
		return a.find(a.s.Select("COALESCE(?) AS "+a.key, sql.Named("x", a.globexID)).Where("1 = ?"))
	}},
	{"a value for a question mark in a text", refused, func(a *attempt) (any, error) {
		return a.find(a.s.Select("*, '?' AS x", a.globexID).Clauses(clause.OrderBy{Expression: clause.Expr{SQL: "?"}}))
	}},
	{"a statement built without WHERE", refused, func(a *attempt) (any, error) {
		q := a.query()
		q.Statement.BuildClauses = []string{"SELECT", "FROM"}
		return a.find(q)
	}},
}

// strange is a clause written by the attacker.
type strange struct {
	name   string
	clause clause.Clause
}

func (s strange) Name() string                 { return s.name }
func (strange) Build(clause.Builder)           {}
func (s strange) MergeClause(c *clause.Clause) { *c = s.clause; c.Name = s.name }

// writeNothing is a clause builder.
func writeNothing(clause.Clause, clause.Builder) {}
