package model

import "strings"

// text adds what a filter asks of a column with strings.
func (c *conditions) text(field, column string, f *StringFilter) {
	if f == nil {
		return
	}
	if s := f.Eq.Value(); s != nil {
		c.like(column, "", "", *s)
	}
	if all := f.In.Value(); all != nil {
		c.bounded(len(all), field, "in")
		c.like(column, "", "", all...)
	}
	if s := f.Contains.Value(); s != nil {
		c.like(column, "%", "%", *s)
	}
	if s := f.StartsWith.Value(); s != nil {
		c.like(column, "", "%", *s)
	}
	c.null(column, f.IsNull.Value())
}

// like adds that the column has one of the strings, between two parts of a LIKE pattern.
// Equality is LIKE without a wildcard, so that eq implies startsWith, which implies
// contains: the operator = compares whole strings, by rules of its own (ß = ss, and
// spaces at the end don't count). No row has a string that the column can't store.
func (c *conditions) like(column, before, after string, all ...string) {
	var sql []string
	var args []any
	for _, s := range all {
		if storable(c.schema, column, s) {
			sql = append(sql, c.column(column)+" LIKE ?")
			args = append(args, before+escaped.Replace(normalize(s))+after)
		}
	}
	if len(sql) == 0 {
		sql = []string{"FALSE"}
	}
	c.add(strings.Join(sql, " OR "), args...)
}

// escaped takes the meaning from what has one in LIKE.
var escaped = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)
