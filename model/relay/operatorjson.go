package relay

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// maxPath bounds the keys of a path in a JSON value.
	maxPath = 8
	// maxPathKey bounds each key, in characters.
	maxPathKey = 100
)

// jsonOperators are the operators of a JSONFilter. The path is an argument of SQL as the values are.
var jsonOperators = map[string]func(c *conditions, o operand, v reflect.Value){
	"Eq":       whereJSONEqual,
	"Contains": whereJSONContains,
	"IsNull":   whereJSONNull,
}

// whereJSONEqual adds the condition that a value in JSON equals a string, a number or a boolean.
func whereJSONEqual(c *conditions, o operand, v reflect.Value) {
	value := *v.Interface().(*JSON)
	if value == "" || strings.ContainsRune("{[n", rune(value[0])) {
		c.rejectField("must be a string, a number or a boolean; contains compares lists and objects", o.field, "eq")
		return
	}
	at := "JSON_EXTRACT(" + c.quoteColumn(o.column.DBName) + ", ?)"
	// JSON_CONTAINS is true for a list with the value, too.
	equal := c.jsonContains(o) + " AND JSON_TYPE(" + at + ") <> 'ARRAY'"
	args := []any{string(value), o.path, o.path}
	// MariaDB's JSON_CONTAINS takes numbers for equal that differ by 1e-12.
	if n, err := strconv.ParseFloat(string(value), 64); err == nil {
		equal = "CASE WHEN " + equal + " THEN JSON_UNQUOTE(" + at + ") + 0e0 = ? END"
		args = append(args, o.path, n)
	}
	c.addCondition(equal, args...)
}

// whereJSONContains adds the condition that a value in JSON contains another.
func whereJSONContains(c *conditions, o operand, v reflect.Value) {
	value := *v.Interface().(*JSON)
	c.checkJSONValues(o, value)
	c.addCondition(c.jsonContains(o), string(value), o.path)
}

// jsonContains returns the condition that a value in JSON contains an argument, before that of the path.
func (c *conditions) jsonContains(o operand) string {
	return "JSON_CONTAINS(" + c.quoteColumn(o.column.DBName) + ", ?, ?)"
}

// whereJSONNull adds the condition that a value in JSON is null or missing, or is neither.
func whereJSONNull(c *conditions, o operand, v reflect.Value) {
	jsonType := "JSON_TYPE(JSON_EXTRACT(" + c.quoteColumn(o.column.DBName) + ", ?))"
	if v.Elem().Bool() {
		c.addCondition("COALESCE("+jsonType+", 'NULL') = 'NULL'", o.path)
	} else {
		c.addCondition(jsonType+" <> 'NULL'", o.path)
	}
}

// checkJSONValues rejects JSON with too many values. A server compares each with all of a list in a row.
func (c *conditions) checkJSONValues(o operand, value JSON) {
	var v any
	if err := value.Decode(&v); err != nil || countValues(v) > maxIn {
		c.rejectField(fmt.Sprintf("must have at most %d values", maxIn), o.field, "contains")
	}
}

// countValues counts the values inside a JSON value, with itself.
func countValues(v any) int {
	n := 1
	switch v := v.(type) {
	case []any:
		for _, element := range v {
			n += countValues(element)
		}
	case map[string]any:
		for _, member := range v {
			n += countValues(member)
		}
	}
	return n
}

// readPath returns the path of SQL to the keys of nested objects. It rejects keys that both products do not
// find.
func (c *conditions) readPath(o operand, keys []string) string {
	if len(keys) > maxPath {
		c.rejectField(fmt.Sprintf("must have at most %d keys", maxPath), o.field, "path")
	}
	path := "$"
	for i, key := range keys[:min(len(keys), maxPath)] {
		if !isPathKey(key) {
			c.rejectField(fmt.Sprintf("must have at most %d characters, no quotation mark, backslash or control character, "+
				"and no hyphen at the beginning", maxPathKey), o.field, "path", i)
		}
		path += `."` + key + `"`
	}
	return path
}

// isPathKey reports whether both products find a key by its text between quotation marks. MariaDB reads
// no escapes there, and no hyphen at the beginning.
func isPathKey(key string) bool {
	isSpecial := func(r rune) bool {
		return r == '"' || r == '\\' || unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp)
	}
	return utf8.ValidString(key) && utf8.RuneCountInString(key) <= maxPathKey &&
		!strings.HasPrefix(key, "-") && !strings.ContainsFunc(key, isSpecial)
}
