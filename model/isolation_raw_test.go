package model_test

import (
	"database/sql"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// raw starts a statement with SQL.
func (a *attempt) raw(sql string, args []any) *gorm.DB { return a.s.Raw(sql, args...) }

// all reads rows, or none, and returns their number.
func (a *attempt) all(rows *sql.Rows, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	n := 0
	for rows.Next() {
		n++
		row := a.row()
		if err := a.s.ScanRows(rows, row); err != nil || a.isSecret(row) {
			return row, err
		}
	}
	return n, rows.Err()
}

// reader is a way to read with SQL.
type reader struct {
	name string
	read func(a *attempt, sql string, args []any) (any, error)
}

// readers pass SQL to a session.
var readers = []reader{
	{"Raw and Find", func(a *attempt, sql string, args []any) (any, error) { return a.find(a.raw(sql, args)) }},
	{"Raw and Scan", func(a *attempt, sql string, args []any) (any, error) {
		rows := a.rows()
		return rows, a.raw(sql, args).Scan(rows).Error
	}},
	{"Raw and Find of the model", func(a *attempt, sql string, args []any) (any, error) {
		return a.find(a.query().Raw(sql, args...).Where("1=1").Limit(9))
	}},
	{"Raw and Scan into maps", func(a *attempt, sql string, args []any) (any, error) {
		var rows []map[string]any
		return &rows, a.raw(sql, args).Scan(&rows).Error
	}},
	{"Raw and Rows", func(a *attempt, sql string, args []any) (any, error) { return a.all(a.raw(sql, args).Rows()) }},
	{"Raw and Row", func(a *attempt, sql string, args []any) (any, error) {
		return one(a.raw("SELECT COUNT(*) FROM ("+sql+") x", args).Row())
	}},
	{"Raw and Count", func(a *attempt, sql string, args []any) (any, error) {
		return count(a.query().Raw("SELECT COUNT(*) FROM ("+sql+") x", args...))
	}},
	{"a prepared Raw", func(a *attempt, sql string, args []any) (any, error) {
		return a.find(a.s.Session(&gorm.Session{PrepareStmt: true}).Raw(sql, args...))
	}},
	{"a generic Raw", func(a *attempt, sql string, args []any) (any, error) { return a.genericRaw(a.ctx, a.s, sql, args...) }},
	{"a query of Raw", func(a *attempt, sql string, args []any) (any, error) {
		return a.where(a.sql("{key} IN (SELECT {key} FROM (?) x)"), a.raw(sql, args))
	}},
	{"an expression", func(a *attempt, sql string, args []any) (any, error) {
		return a.where(clause.Expr{SQL: a.sql("{key} IN (SELECT {key} FROM (") + sql + ") x)", Vars: args})
	}},
	{"an expression as a value", func(a *attempt, sql string, args []any) (any, error) {
		return a.where(a.key+" IN ?", gorm.Expr(a.sql("(SELECT {key} FROM (")+sql+") x)", args...))
	}},
	{"a table of Raw", func(a *attempt, sql string, args []any) (any, error) {
		return a.find(a.s.Table("(?) AS x", a.raw(sql, args)))
	}},
	{"a table of an expression, into maps", func(a *attempt, sql string, args []any) (any, error) {
		var rows []map[string]any
		return &rows, a.s.Table("(?) AS x", gorm.Expr(sql, args...)).Find(&rows).Error
	}},
	{"a join of Raw", func(a *attempt, sql string, args []any) (any, error) {
		return a.find(a.s.Joins(a.sql("JOIN (?) x ON x.{key} = {table}.{key}"), a.raw(sql, args)))
	}},
	{"Select of Raw", func(a *attempt, sql string, args []any) (any, error) {
		return a.find(a.s.Select("*, (SELECT COUNT(*) FROM (?) x) AS n", a.raw(sql, args)))
	}},
	{"Order of an expression", func(a *attempt, sql string, args []any) (any, error) {
		return a.find(a.s.Order(clause.OrderBy{Expression: clause.Expr{SQL: "(SELECT COUNT(*) FROM (" + sql + ") x)", Vars: args}}))
	}},
	{"Having of Raw", func(a *attempt, sql string, args []any) (any, error) {
		return a.find(a.s.Select(a.key).Group(a.key).Having("EXISTS (?)", a.raw(sql, args)))
	}},
	{"a group of an expression", func(a *attempt, sql string, args []any) (any, error) {
		group := a.sql("{key}, (SELECT COUNT(*) FROM (") + sql + ") x)"
		return a.find(a.s.Select(a.key).Clauses(strange{"GROUP BY", clause.Clause{Expression: clause.Expr{SQL: group, Vars: args}}}))
	}},
}

// runner is a way to write with SQL.
type runner struct {
	name string
	run  func(a *attempt, sql string, args []any) error
}

// runners pass SQL to a session.
var runners = []runner{
	{"Exec", func(a *attempt, sql string, args []any) error { return a.s.Exec(sql, args...).Error }},
	{"a prepared Exec", func(a *attempt, sql string, args []any) error {
		return a.s.Session(&gorm.Session{PrepareStmt: true}).Exec(sql, args...).Error
	}},
	{"a generic Exec", func(a *attempt, sql string, args []any) error { return a.genericExec(a.ctx, a.s, sql, args...) }},
	{"Raw and Scan", func(a *attempt, sql string, args []any) error { return a.raw(sql, args).Scan(a.rows()).Error }},
	{"Raw and Rows", func(a *attempt, sql string, args []any) error {
		_, err := a.all(a.raw(sql, args).Rows())
		return err
	}},
	{"Raw and Delete", func(a *attempt, sql string, args []any) error {
		return a.raw(sql, args).Where("1=1").Delete(a.row()).Error
	}},
	{"Raw and Updates", func(a *attempt, sql string, args []any) error {
		return a.query().Where("1=1").Raw(sql, args...).Updates(a.change).Error
	}},
	{"Raw and Create", func(a *attempt, sql string, args []any) error { return a.raw(sql, args).Create(a.fresh()).Error }},
	{"Exec inside a transaction", func(a *attempt, sql string, args []any) error {
		return a.s.Transaction(func(s *gorm.DB) error { return s.Exec(sql, args...).Error })
	}},
}

// read and run return attacks with statements.
func read(readers []reader, texts []statement) (attacks []attack) {
	for _, r := range readers {
		for _, t := range texts {
			attacks = append(attacks, attack{r.name + ", " + t.name, t.want, func(a *attempt) (any, error) {
				return r.read(a, a.sql(t.sql), a.args(t.args))
			}})
		}
	}
	return attacks
}

func run(runners []runner, texts []statement) (attacks []attack) {
	for _, r := range runners {
		for _, t := range texts {
			attacks = append(attacks, attack{r.name + ", " + t.name, t.want, func(a *attempt) (any, error) {
				return 0, r.run(a, a.sql(t.sql), a.args(t.args))
			}})
		}
	}
	return attacks
}

// raws are attacks with some statements in every way into a session, and with all others in one.
var (
	raws  = concat(read(readers, few), run(runners, fewWrites))
	texts = concat(read(readers[:1], selects), run(runners[:1], execs))
)
