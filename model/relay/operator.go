package relay

import (
	"reflect"
	"strings"

	"gorm.io/gorm/schema"
)

// operand is a column with its name in a filter.
type operand struct {
	field  string // of the filter, in the API
	column *schema.Field
	of     string // the GraphQL type of the referenced row, or empty
	path   string // of SQL to a value inside JSON
}

// operators add the conditions of the fields of filters such as StringFilter, by the fields' names
// in Go. The value is a slice, or a pointer other than nil.
var operators = map[string]func(c *conditions, o operand, v reflect.Value){
	"Eq":         whereEqual,
	"In":         whereIn,
	"Contains":   func(c *conditions, o operand, v reflect.Value) { c.whereLike(o, "%", "%", v.Elem().String()) },
	"StartsWith": func(c *conditions, o operand, v reflect.Value) { c.whereLike(o, "", "%", v.Elem().String()) },
	"Lt":         whereCompared(" < "),
	"Lte":        whereCompared(" <= "),
	"Gt":         whereCompared(" > "),
	"Gte":        whereCompared(" >= "),
	"IsNull":     whereNull,
	"Has":        whereHas,
	"HasSome":    whereHasSome,
	"HasEvery":   whereHasEvery,
	"IsEmpty":    whereEmpty,
}

func whereEqual(c *conditions, o operand, v reflect.Value) {
	switch value := v.Elem().Interface().(type) {
	case string:
		c.whereLike(o, "", "", value)
	case GlobalID:
		c.addCondition(c.quoteColumn(o.column.DBName)+" = ?", c.decodeID(o, value, "eq"))
	default:
		c.addCondition(c.quoteColumn(o.column.DBName)+" = "+argumentOf(o.column), value)
	}
}

func whereIn(c *conditions, o operand, v reflect.Value) {
	c.checkEntries(v.Len(), o.field, "in")
	values := v.Interface()
	switch all := values.(type) {
	case []string:
		c.whereLike(o, "", "", all...)
		return
	case []GlobalID:
		ids := make([]ID, len(all))
		for i, g := range all {
			ids[i] = c.decodeID(o, g, "in", i)
		}
		values = ids
	case []Decimal:
		c.whereDecimalIn(o, all)
		return
	}
	if v.Len() == 0 {
		c.addCondition(noRow)
	} else {
		c.addCondition(c.quoteColumn(o.column.DBName)+" IN ?", values)
	}
}

// whereDecimalIn compares a column with decimal numbers, each of which is an argument of its own.
func (c *conditions) whereDecimalIn(o operand, all []Decimal) {
	if len(all) == 0 {
		c.addCondition(noRow)
		return
	}
	args := make([]any, len(all))
	for i, d := range all {
		args[i] = d
	}
	list := strings.Repeat(", "+compareDecimal, len(all))[2:]
	c.addCondition(c.quoteColumn(o.column.DBName)+" IN ("+list+")", args...)
}

// decodeID returns the id of a global id of the operand's type.
func (c *conditions) decodeID(o operand, g GlobalID, path ...any) ID {
	id, err := g.Decode(o.of)
	if err != nil {
		c.rejectField(err.Error(), append(Path{o.field}, path...)...)
	}
	return id
}

func whereCompared(than string) func(*conditions, operand, reflect.Value) {
	return func(c *conditions, o operand, v reflect.Value) {
		c.addCondition(c.quoteColumn(o.column.DBName)+than+argumentOf(o.column), v.Elem().Interface())
	}
}

func whereNull(c *conditions, o operand, v reflect.Value) {
	if v.Elem().Bool() {
		c.addCondition(c.quoteColumn(o.column.DBName) + " IS NULL")
	} else {
		c.addCondition(c.quoteColumn(o.column.DBName) + " IS NOT NULL")
	}
}

// whereLike compares a column with strings, between a prefix and a suffix of the LIKE pattern.
// Equality is LIKE without a wildcard, so eq implies startsWith, which implies contains. The
// operator = compares by other rules (ß = ss, and trailing spaces are ignored). No row matches a
// string unknown to the column's character set.
func (c *conditions) whereLike(o operand, prefix, suffix string, all ...string) {
	var sql []string
	var args []any
	for _, s := range all {
		if isStorable(o.column, s) {
			sql = append(sql, c.quoteColumn(o.column.DBName)+" LIKE ?")
			args = append(args, prefix+likeEscaper.Replace(normalize(s))+suffix)
		}
	}
	if len(sql) == 0 {
		sql = []string{noRow}
	}
	c.addCondition(strings.Join(sql, " OR "), args...)
}

// likeEscaper escapes the special characters of LIKE.
var likeEscaper = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)
