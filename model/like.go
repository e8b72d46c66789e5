package model

import "strings"

// text adds the conditions of a filter for a string column.
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

// like adds the condition that the column matches one of the strings, between a prefix and a suffix
// of the LIKE pattern. Equality is LIKE without a wildcard, so that eq implies startsWith, which
// implies contains. The operator = compares by other rules (ß = ss, and trailing spaces are
// ignored). No row has a string that the column can't store.
func (c *conditions) like(column, before, after string, all ...string) {
	var sql []string
	var args []any
	for _, s := range all {
		if isStorable(c.schema, column, s) {
			sql = append(sql, c.column(column)+" LIKE ?")
			args = append(args, before+escaped.Replace(normalize(s))+after)
		}
	}
	if len(sql) == 0 {
		sql = []string{"FALSE"}
	}
	c.add(strings.Join(sql, " OR "), args...)
}

// escaped escapes the special characters of LIKE.
var escaped = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)
