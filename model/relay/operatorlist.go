package relay

import (
	"reflect"
	"strings"
)

// whereHas adds the condition that a list has a value.
func whereHas(c *conditions, o operand, v reflect.Value) {
	c.addCondition(c.listContains(o), encodeElement(v))
}

// whereHasSome adds the condition that a list has one of several values. MariaDB has JSON_OVERLAPS only
// since 10.9.
func whereHasSome(c *conditions, o operand, v reflect.Value) {
	c.checkEntries(v.Len(), o.field, "hasSome")
	if v.Len() == 0 {
		c.addCondition(noRow)
		return
	}
	args := make([]any, v.Len())
	for i := range args {
		args[i] = encodeElement(v.Index(i))
	}
	c.addCondition(strings.Repeat(" OR "+c.listContains(o), len(args))[len(" OR "):], args...)
}

// whereHasEvery adds the condition that a list has all of several values. Each list has all of none, so the filter of
// a mutation must have a value.
func whereHasEvery(c *conditions, o operand, v reflect.Value) {
	c.checkEntries(v.Len(), o.field, "hasEvery")
	if v.Len() == 0 {
		if c.isStrict {
			c.rejectField("must have at least one value", o.field, "hasEvery")
		}
		c.addCondition(c.quoteColumn(o.column.DBName) + " IS NOT NULL")
		return
	}
	c.addCondition(c.listContains(o), encodeElements(v))
}

// listContains returns the condition that a list contains the JSON of an argument. MariaDB takes floats for
// equal that differ by 1e-12.
func (c *conditions) listContains(o operand) string {
	return "JSON_CONTAINS(" + c.quoteColumn(o.column.DBName) + ", ?)"
}

// whereEmpty adds the condition that a list has no values, or has some. NULL fulfils neither.
func whereEmpty(c *conditions, o operand, v reflect.Value) {
	length := "JSON_LENGTH(" + c.quoteColumn(o.column.DBName) + ")"
	if v.Elem().Bool() {
		c.addCondition(length + " = 0")
	} else {
		c.addCondition(length + " > 0")
	}
}
