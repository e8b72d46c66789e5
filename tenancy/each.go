package tenancy

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// maxArms bounds the arms of one statement, which keeps it well within what the guard
// and the server read at once.
const maxArms = 1000

// Each reads into dest, a pointer to a slice, what query finds for each key by itself,
// in one statement for up to 1,000 keys: a UNION ALL of arms, each of them the query
// with `column = key`, with its own order and limit. With the limit and an index on
// (tenant_id, column, order) each arm is a short range scan, which no window function
// is. Rows of different keys come in no order. query must come from For.
func Each[K any](query *gorm.DB, column string, keys []K, dest any) error {
	return UnionEach([]*gorm.DB{query}, column, keys, "", dest)
}

// UnionEach is Each with several queries for each key. If order is not empty, it is the
// ORDER BY of each statement's result, with the names of the result's columns. All rows of
// a key come from one statement, so they have this order.
func UnionEach[K any](queries []*gorm.DB, column string, keys []K, order string, dest any) error {
	all := reflect.ValueOf(dest).Elem()
	for some := range slices.Chunk(keys, maxArms/len(queries)) {
		part := reflect.New(all.Type())
		var arms []arm
		for _, query := range queries {
			rendered, err := renderArms(query, column, some, part.Interface())
			if err != nil {
				return err
			}
			arms = append(arms, rendered...)
		}
		if err := runUnion(queries[0], arms, order, part.Interface()); err != nil {
			return err
		}
		all.Set(reflect.AppendSlice(all, part.Elem()))
	}
	return nil
}

// Union reads the rows of a UNION ALL of queries into dest, a pointer to a slice. Each query
// has its own order and limit. Rows of different queries come in no order. The queries must
// come from For.
func Union(queries []*gorm.DB, dest any) error {
	arms := make([]arm, len(queries))
	for i, query := range queries {
		rendered := query.Session(&gorm.Session{DryRun: true}).Find(dest)
		if rendered.Error != nil {
			return rendered.Error
		}
		arms[i] = arm{rendered.Statement.SQL.String(), rendered.Statement.Vars}
	}
	return runUnion(queries[0], arms, "", dest)
}

// arm is a query of a UNION ALL.
type arm struct {
	sql  string
	vars []any
}

// renderArms returns an arm of the query for each key.
func renderArms[K any](query *gorm.DB, column string, keys []K, dest any) ([]arm, error) {
	rendered := query.Session(&gorm.Session{DryRun: true}).Where(clause.Eq{
		Column: clause.Column{Table: clause.CurrentTable, Name: column}, Value: placeholder{},
	}).Find(dest)
	if rendered.Error != nil {
		return nil, rendered.Error
	}
	at := slices.Index(rendered.Statement.Vars, any(placeholder{}))
	if at < 0 {
		return nil, fmt.Errorf("%w: Each lost its key", ErrScope)
	}
	sql := rendered.Statement.SQL.String()
	arms := make([]arm, len(keys))
	for i, key := range keys {
		arms[i] = arm{sql, slices.Clone(rendered.Statement.Vars)}
		arms[i].vars[at] = key
	}
	return arms, nil
}

// runUnion runs one statement of all arms.
func runUnion(query *gorm.DB, arms []arm, order string, dest any) error {
	var sql strings.Builder
	var vars []any
	for i, a := range arms {
		if i > 0 {
			sql.WriteString(" UNION ALL ")
		}
		sql.WriteString("(" + a.sql + ")")
		vars = append(vars, a.vars...)
	}
	if order != "" {
		sql.WriteString(" ORDER BY " + order)
	}
	all := query.Session(&gorm.Session{NewDB: true}).Model(dest)
	all.Statement.SQL.WriteString(sql.String())
	all.Statement.Vars = vars
	return all.Find(dest).Error
}

// placeholder stands for the key in the arm that the others are copied from.
type placeholder struct{}
