package tablediff

import (
	"fmt"
	"slices"
	"strings"

	"rowhouse/model/relay"
)

// EnumValue is a value of the enum in a column.
type EnumValue struct {
	Name        string
	RenamedFrom string // the earlier name, or ""
	Rank        string // the rank that rows have, or "" if they have the name
}

// enumValues returns the values of a field, or nil without an enum. Lists have names, whatever the ranks.
func enumValues(f relay.Field) (values []EnumValue, err error) {
	if f.Enum == nil {
		return nil, nil
	}
	for _, name := range f.Enum.Values() {
		v := EnumValue{Name: name, RenamedFrom: f.RenamedValues[name]}
		if f.Enum.IsRanked() && !f.List {
			rank, err := f.Enum.RankOf(name)
			if err != nil {
				return nil, err
			}
			v.Rank = fmt.Sprint(rank)
		}
		values = append(values, v)
	}
	return values, nil
}

// findValue returns the value with a name, or nil.
func (c Column) findValue(name string) *EnumValue {
	if i := slices.IndexFunc(c.Values, func(v EnumValue) bool { return v.Name == name }); i >= 0 {
		return &c.Values[i]
	}
	return nil
}

// isList reports whether the column has a list of values, in JSON.
func (c Column) isList() bool { return c.Type == "JSON" }

// planValues plans the values of an enum that are renamed or removed.
func (d *tableDiff) planValues(c Column) {
	recorded := d.findRecorded(c)
	switch {
	case recorded == "" && d.options.Enums != nil:
		d.checkNewEnum(c)
	case recorded == "" || d.hasOtherKind(c, recorded):
		return // changeColumn plans another kind of values
	}
	values := d.options.Enums[recorded]
	replaced := map[string]bool{}
	for _, v := range c.Values {
		if rank, found := values[v.Name]; found && rank != v.Rank {
			d.refuseRank(c, v, v.Name, rank)
		}
		rank, found := values[v.RenamedFrom]
		if !found || c.findValue(v.RenamedFrom) != nil {
			continue
		}
		replaced[v.RenamedFrom] = true
		_, both := values[v.Name]
		switch {
		case v.Rank != rank && !both:
			d.refuseRank(c, v, v.RenamedFrom, rank)
		case v.Rank == "" || v.Rank != rank:
			d.renameValue(c, EnumValue{Name: v.RenamedFrom, Rank: rank}, v, both)
		}
	}
	for _, name := range d.options.Enums.names(recorded) {
		if c.findValue(name) == nil && !replaced[name] {
			d.removeValue(c, EnumValue{Name: name, Rank: values[name]})
		}
	}
}

// findRecorded returns the key of a column in the recorded enums, by an earlier name too, or "".
func (d *tableDiff) findRecorded(c Column) string {
	for _, table := range []string{d.table.Name, d.table.RenamedFrom} {
		for _, column := range []string{c.Name, c.RenamedFrom} {
			if key := table + "." + column; d.options.Enums[key] != nil {
				return key
			}
		}
	}
	return ""
}

// hasOtherKind reports whether rows had lists, single names or ranks, and are to have another one of these.
func (d *tableDiff) hasOtherKind(c Column, recorded string) bool {
	source := findServerColumn(d.source, c.Name)
	if source == nil || strings.EqualFold(source.Type.Type, "json") != c.isList() {
		return true
	}
	for _, rank := range d.options.Enums[recorded] {
		if (rank == "") != (c.Values[0].Rank == "") {
			return true
		}
	}
	return false
}

// renameValue plans the new name of a value in rows, or another value instead of it.
func (d *tableDiff) renameValue(c Column, from, to EnumValue, both bool) {
	down := c.replaceSQL(d.table.Name, to, from)
	if both {
		down = "DO 0" // rows don't have their former value any more
	}
	d.addStatement(renameValues, c.replaceSQL(d.table.Name, from, to), down,
		fmt.Sprintf("%s.%s: a program of the release before writes %s, and one without %s can't read it",
			d.table.Name, c.Name, from.Name, to.Name))
}

// removeValue plans the end of a value. Rows must have another one before.
func (d *tableDiff) removeValue(c Column, v EnumValue) {
	object := d.table.Name + "." + c.Name + "." + v.Name
	if !d.chosen(d.options.Accept, object) {
		d.refuse(object, "the enum has no such value any more, and existing rows may have it, which the API can not return then",
			fmt.Sprintf("keep the value with @deprecated; or add @renamedFrom(name: %q) to the value that replaces it; or change the rows "+
				"by a migration of your own, such as %s, and add --accept %s, whose statement fails, and changes nothing, "+
				"if a row has the value",
				v.Name, c.exampleSQL(d.table.Name, v), object))
		return
	}
	d.addCheck(c.Name, c.hasSQL(v), object+" is no value any more: the statement fails if a row has it")
}

func (d *tableDiff) refuseRank(c Column, v EnumValue, earlier, rank string) {
	d.refuse(d.table.Name+"."+c.Name+"."+earlier,
		fmt.Sprintf("its rank changes from %s to %s, so existing rows would get another value", rank, v.Rank),
		fmt.Sprintf("write @rank(value: %s) as before; a rank never changes once rows can have it", rank))
}

// checkNewEnum plans an enum instead of other values.
func (d *tableDiff) checkNewEnum(c Column) {
	object := d.table.Name + "." + c.Name
	if !d.chosen(d.options.Accept, object) {
		d.refuse(object, "the field becomes an enum, and existing rows may have other values",
			fmt.Sprintf("change them by a migration of your own, and add --accept %s, whose statement fails, and changes nothing, "+
				"if a row has another value", object))
		return
	}
	d.addCheck(c.Name, c.otherSQL(), object+" becomes an enum: the statement fails if a row has another value")
}

// literal returns the value in SQL.
func (v EnumValue) literal() string {
	if v.Rank != "" {
		return v.Rank
	}
	return sqlString(v.Name)
}

// hasSQL returns the condition for rows with a value.
func (c Column) hasSQL(v EnumValue) string {
	if c.isList() {
		return fmt.Sprintf(`JSON_CONTAINS(%s, '"%s"')`, quote(c.Name), v.Name)
	}
	return quote(c.Name) + " = " + v.literal()
}

// otherSQL returns the condition for rows without a value of the enum.
func (c Column) otherSQL() string {
	var literals, names []string
	for _, v := range c.Values {
		literals, names = append(literals, v.literal()), append(names, `"`+v.Name+`"`)
	}
	if c.isList() {
		return fmt.Sprintf("NOT JSON_CONTAINS('[%s]', %s)", strings.Join(names, ", "), quote(c.Name))
	}
	return quote(c.Name) + " NOT IN (" + strings.Join(literals, ", ") + ")"
}

// replaceSQL returns the statement that replaces a value in all rows.
func (c Column) replaceSQL(table string, from, to EnumValue) string {
	value := to.literal()
	if c.isList() {
		value = fmt.Sprintf(`REPLACE(%s, '"%s"', '"%s"')`, quote(c.Name), from.Name, to.Name)
	}
	return fmt.Sprintf("UPDATE /*vt+ ALLOW_SCATTER */ %s SET %s = %s WHERE %s", quote(table), quote(c.Name), value, c.hasSQL(from))
}

// exampleSQL returns a statement for messages that replaces a value.
func (c Column) exampleSQL(table string, v EnumValue) string {
	return fmt.Sprintf("UPDATE %s SET %s = ? WHERE %s", quote(table), quote(c.Name), c.hasSQL(v))
}
