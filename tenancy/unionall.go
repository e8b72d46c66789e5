package tenancy

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"gorm.io/gorm"
)

// maxArms bounds the arms of one statement, far below the limits of the guard and the server.
const maxArms = 1000

// UnionAllByKey runs each query once per key, with `column = key`, and appends the rows to dest,
// a pointer to a slice. One statement has up to 1,000 arms of a UNION ALL: one for each query and
// key, with the order and limit of the query. With a limit and an index on (tenant_id, column,
// order), each arm is a short range scan; a window function would read all rows of a key.
//
// If order is not empty, it is the ORDER BY of each statement's result, in the names of the
// result's columns; else rows of different keys have no order. All rows of a key come from one
// statement. Preloads of the first query read the associations of all rows. The queries must
// come from For.
func UnionAllByKey[K any](queries []*gorm.DB, column string, keys []K, order string, dest any) error {
	all := reflect.ValueOf(dest).Elem()
	if len(queries) == 0 {
		return nil
	}
	for chunk := range slices.Chunk(keys, max(1, maxArms/len(queries))) {
		part := reflect.New(all.Type())
		var arms []arm
		for _, query := range queries {
			rendered, err := renderArms(query, column, chunk, part.Interface())
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

// UnionAll runs all queries in one statement, and reads the rows into dest, a pointer to a slice.
// The statement is a UNION ALL of the queries, each with its own order and limit. If order is not
// empty, it is the ORDER BY of the result, in the names of its columns; else rows of different
// queries have no order. Preloads of the first query read the associations of all rows. The queries
// must come from For.
func UnionAll(queries []*gorm.DB, order string, dest any) error {
	if len(queries) == 0 {
		return nil
	}
	arms := make([]arm, len(queries))
	for i, query := range queries {
		var err error
		if arms[i], err = renderArm(query, dest); err != nil {
			return err
		}
	}
	return runUnion(queries[0], arms, order, dest)
}

// arm is a query of a UNION ALL.
type arm struct {
	sql  string
	vars []any
}

// renderArm returns the SQL that GORM builds for a query with a destination.
func renderArm(query *gorm.DB, dest any) (arm, error) {
	rendered := query.Session(&gorm.Session{DryRun: true}).Find(dest)
	return arm{rendered.Statement.SQL.String(), rendered.Statement.Vars}, rendered.Error
}

// renderArms returns an arm of the query for each key.
func renderArms[K any](query *gorm.DB, column string, keys []K, dest any) ([]arm, error) {
	rendered, err := renderArm(query.Session(&gorm.Session{}).Set(keyColumn, column), dest)
	if err != nil {
		return nil, err
	}
	at := slices.Index(rendered.vars, any(placeholder{}))
	if at < 0 {
		return nil, fmt.Errorf("%w: UnionAllByKey has no key", ErrScope)
	}
	arms := make([]arm, len(keys))
	for i, key := range keys {
		arms[i] = arm{rendered.sql, slices.Clone(rendered.vars)}
		arms[i].vars[at] = key
	}
	return arms, nil
}

// joinArms returns the UNION ALL of arms, in an order.
func joinArms(arms []arm, order string) (string, []any) {
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
	return sql.String(), vars
}

// runUnion runs one statement of all arms.
func runUnion(query *gorm.DB, arms []arm, order string, dest any) error {
	sql, vars := joinArms(arms, order)
	all := query.Session(&gorm.Session{NewDB: true}).Model(dest)
	all.Statement.SQL.WriteString(sql)
	all.Statement.Vars = vars
	all.Statement.Preloads, all.Statement.Joins = maps.Clone(query.Statement.Preloads), slices.Clone(query.Statement.Joins)
	return all.Find(dest).Error
}

// keyColumn is the setting of a query with the column of its key. The scope writes the
// condition outside of the query's own conditions, which an Or would extend to other keys.
const keyColumn = "tenancy:key_column"

// placeholder is the argument for the key in the rendered query.
type placeholder struct{}
