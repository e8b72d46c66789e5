package relay

import (
	"context"
	"database/sql/driver"
	"math/bits"
	"reflect"
	"strings"

	"gorm.io/gorm"

	"rowhouse/tenancy"
)

// shape is the SQL of a SELECT of rows of R, without the tenant's conditions and the arguments. It is a tenancy.Shape.
type shape[R any] struct {
	// columns is the list of columns, or "" for all.
	columns string
	hint    string // the index hint of the table, or ""
	joins   string
	where   string
	// arms are one query, or the two of a UNION ALL.
	arms [2]queryArm
	// keyColumn is the column of the keys of a UNION ALL with an arm for each of them.
	keyColumn string
	keys      int
	// unionOrder is the order of a UNION ALL, or "".
	unionOrder string
	groupBy    string
	limit      int // or 0
	hasDeleted bool
	locks      bool
}

// queryArm has the parts that differ between the queries of a UNION ALL.
type queryArm struct{ where, orderBy string }

// Build implements tenancy.Shape. The last of args are the keys.
func (s shape[R]) Build(session *gorm.DB, args []any) tenancy.Select {
	conditions, keys := args[:len(args)-s.keys], args[len(args)-s.keys:]
	query := session.Model(new(R))
	if s.hasDeleted {
		query = withDeleted(query)
	}
	if s.locks {
		query = locking(query)
	}
	if s.columns != "" {
		query = query.Select(s.columns)
	}
	if s.hint != "" {
		query = query.Joins(s.hint) // it follows the name of the table, like a JOIN
	}
	if s.joins != "" {
		query = query.Joins(s.joins)
	}
	if s.where != "" {
		query = query.Where(s.where, conditions...)
	}
	if s.groupBy != "" {
		query = query.Group(s.groupBy)
	}
	if s.limit > 0 {
		query = query.Limit(s.limit)
	}
	result := tenancy.Select{Column: s.keyColumn, Keys: keys, Order: s.unionOrder}
	query = query.Session(&gorm.Session{})
	for i, arm := range s.arms {
		if i > 0 && arm == (queryArm{}) {
			break
		}
		each := query
		if arm.where != "" {
			each = each.Where(arm.where)
		}
		if arm.orderBy != "" {
			each = each.Order(arm.orderBy)
		}
		result.Queries = append(result.Queries, each)
	}
	return result
}

// withHint returns the shape with a hint for the indexes that have a column of its conditions or its order after tenant_id.
func (s shape[R]) withHint(db *tenancy.DB, table string) shape[R] {
	s.hint = db.UseIndexes(table, s.where+s.arms[0].where+s.arms[0].orderBy+"`"+s.keyColumn+"`")
	return s
}

// condition is SQL with its arguments.
type condition struct {
	sql  string
	args []any
}

// and returns the condition that both hold.
func (c condition) and(sql string, args ...any) condition {
	switch {
	case sql == "":
		return c
	case c.sql == "":
		return condition{sql, args}
	}
	return condition{"(" + c.sql + ") AND (" + sql + ")", append(c.args[:len(c.args):len(c.args)], args...)}
}

// whereIDs returns the condition that a column, given as SQL, has one of some ids, at least one. The list is padded to a
// power of two, so that few statements differ and connections keep them prepared.
func whereIDs(column string, ids []ID) condition {
	args := paddedList(ids)
	return condition{column + " IN (?" + strings.Repeat(",?", len(args)-1) + ")", args}
}

// newCondition returns a condition whose arguments are values of columns. It renders the queries and the conditions on
// related rows among args, and makes each value of a list an argument.
func newCondition(sql string, args []any) (condition, error) {
	c := condition{args: make([]any, 0, len(args))}
	var text strings.Builder
	for _, arg := range args {
		at := strings.IndexByte(sql, '?')
		text.WriteString(sql[:at])
		sql = sql[at+1:]
		if err := c.addArgument(&text, arg); err != nil {
			return c, err
		}
	}
	text.WriteString(sql)
	c.sql = text.String()
	return c, nil
}

func (c *condition) addArgument(text *strings.Builder, arg any) error {
	switch arg := arg.(type) {
	case *gorm.DB:
		sql, vars, err := tenancy.Render(arg)
		text.WriteString(sql)
		c.args = append(c.args, vars...)
		return err
	case *relatedRows:
		related, err := arg.render()
		text.WriteString(related.sql)
		c.args = append(c.args, related.args...)
		return err
	}
	list := paddedList(arg)
	if list == nil {
		text.WriteByte('?')
		c.args = append(c.args, arg)
		return nil
	}
	text.WriteString("(?" + strings.Repeat(",?", len(list)-1) + ")")
	c.args = append(c.args, list...)
	return nil
}

// paddedList returns the values of a list that is not empty, or nil for another argument. It repeats the last value up
// to a power of two, so that few statements differ.
func paddedList(arg any) []any {
	list := reflect.ValueOf(arg)
	if _, isValue := arg.(driver.Valuer); isValue || list.Kind() != reflect.Slice || list.Type().Elem().Kind() == reflect.Uint8 {
		return nil
	}
	all := make([]any, paddedLength(list.Len()))
	for i := range all {
		all[i] = list.Index(min(i, list.Len()-1)).Interface()
	}
	return all
}

// paddedLength returns the smallest power of two that is not less than n, or n if that is above 1024.
func paddedLength(n int) int {
	if n <= 1 || n > 1024 {
		return n
	}
	return 1 << bits.Len(uint(n-1))
}

// readNumber returns the only column of the only row of a statement.
func readNumber(ctx context.Context, db *tenancy.DB, s tenancy.Shape, args []any) (n int, err error) {
	rows, err := db.Query(ctx, s, args)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	for rows.Next() {
		if err := rows.Scan(&n); err != nil {
			return 0, err
		}
	}
	return n, rows.Err()
}
