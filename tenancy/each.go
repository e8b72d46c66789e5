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
	all := reflect.ValueOf(dest).Elem()
	for some := range slices.Chunk(keys, maxArms) {
		part := reflect.New(all.Type())
		if err := union(query, column, some, part.Interface()); err != nil {
			return err
		}
		all.Set(reflect.AppendSlice(all, part.Elem()))
	}
	return nil
}

// union runs one statement with an arm for each key.
func union[K any](query *gorm.DB, column string, keys []K, dest any) error {
	arm := query.Session(&gorm.Session{DryRun: true}).Where(clause.Eq{
		Column: clause.Column{Table: clause.CurrentTable, Name: column}, Value: placeholder{},
	}).Find(dest)
	if arm.Error != nil {
		return arm.Error
	}
	at := slices.Index(arm.Statement.Vars, any(placeholder{}))
	if at < 0 {
		return fmt.Errorf("%w: Each lost its key", ErrScope)
	}
	vars := make([]any, 0, len(keys)*len(arm.Statement.Vars))
	for i, key := range keys {
		vars = append(vars, arm.Statement.Vars...)
		vars[i*len(arm.Statement.Vars)+at] = key
	}
	arms := query.Session(&gorm.Session{NewDB: true}).Model(dest)
	text := "(" + arm.Statement.SQL.String() + ")"
	arms.Statement.SQL.WriteString(text + strings.Repeat(" UNION ALL "+text, len(keys)-1))
	arms.Statement.Vars = vars
	return arms.Find(dest).Error
}

// placeholder stands for the key in the arm that the others are copied from.
type placeholder struct{}
