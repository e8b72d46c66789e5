package tenancy

import (
	"fmt"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// Each reads into dest what query finds for each key by itself, in one statement: a
// UNION ALL of arms, each of them the query with `column = key`, with its own order
// and limit. With the limit and an index on (tenant_id, column, order) each arm is
// a short range scan, which no window function is. Rows of different keys come in
// no order. query must come from For.
func Each[K any](query *gorm.DB, column string, keys []K, dest any) error {
	if len(keys) == 0 {
		return nil
	}
	arm := query.Session(&gorm.Session{DryRun: true}).Where(clause.Eq{
		Column: clause.Column{Table: clause.CurrentTable, Name: column}, Value: placeholder{},
	}).Find(dest)
	if arm.Error != nil {
		return arm.Error
	}
	at := -1
	for i, v := range arm.Statement.Vars {
		if v == any(placeholder{}) {
			at = i
		}
	}
	if at < 0 {
		return fmt.Errorf("%w: Each lost its key", ErrScope)
	}
	vars := make([]any, 0, len(keys)*len(arm.Statement.Vars))
	for i, key := range keys {
		vars = append(vars, arm.Statement.Vars...)
		vars[i*len(arm.Statement.Vars)+at] = key
	}
	union := query.Session(&gorm.Session{NewDB: true}).Model(dest)
	text := "(" + arm.Statement.SQL.String() + ")"
	union.Statement.SQL.WriteString(text + strings.Repeat(" UNION ALL "+text, len(keys)-1))
	union.Statement.Vars = vars
	return union.Find(dest).Error
}

// placeholder stands for the key in the arm that the others are copied from.
type placeholder struct{}
