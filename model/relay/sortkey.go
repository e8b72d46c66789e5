package relay

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"

	"gorm.io/gorm/schema"
)

// sortKey is a value by which rows are ordered: a column, or an expression of one.
type sortKey struct {
	// expression is the SQL, or empty for the id alone.
	expression string
	// unique columns have different values in all rows of a tenant, and no NULL. Then the order
	// does without the id, for which servers would sort.
	unique bool
	// nullable columns can be NULL.
	nullable bool
	// value returns the value of a row, given as a pointer: nil for NULL, or a comparable value.
	value func(row any) any
	// parse returns a value from its JSON.
	parse func([]byte) (any, error)
	// compare orders two values as the database does, neither of them nil. It is nil for strings
	// with a collation, which only the database can order.
	compare func(a, b any) int
}

// createdAtKey is the name of the sort key of the id: newer rows have greater ids.
const createdAtKey = "CREATED_AT"

var errNotStorable = errors.New("the column can't store this value")

// newSortKey returns the sort key of a column, by its type in Go.
func newSortKey(c *column) *sortKey {
	f, enum := c.schema, c.Enum
	// The id must be compared too where values are unique by a key, and not by the column's collation.
	unique := c.Unique && c.KeyColumn() == "" && !c.Nullable
	k := &sortKey{expression: f.DBName, unique: unique, nullable: f.FieldType.Kind() == reflect.Pointer}
	read := fieldReader(f)
	switch kind := f.IndirectFieldType; {
	case kind == reflect.TypeFor[time.Time]():
		k.value, k.parse, k.compare = read(timeValue), parseTime, compareTimes
	case enum != nil:
		k.value, k.parse, k.compare = read(enumValue(enum)), parseJSON[int], compareInts
		if !enum.IsRanked() { // no index has this order: the server sorts all rows of the connection
			k.expression = "FIELD(`" + f.DBName + "`, '" + strings.Join(enum.values, "', '") + "')"
		}
	case kind.Kind() == reflect.String:
		k.expression = "`" + f.DBName + "`"
		k.value, k.parse = read(stringValue), parseString(f)
		if isASCII(f) {
			k.compare = func(a, b any) int { return strings.Compare(a.(string), b.(string)) }
		}
	case kind.Kind() == reflect.Int:
		k.value, k.parse, k.compare = read(intValue), parseJSON[int], compareInts
	default:
		panic(fmt.Sprintf("relay: the model %s can't be ordered by the column %s of type %s", f.Schema.Name, f.DBName, f.FieldType))
	}
	return k
}

// fieldReader returns a sortKey's value for a field, given the conversion of values other than
// NULL.
func fieldReader(f *schema.Field) func(func(reflect.Value) any) func(any) any {
	index := f.StructField.Index
	return func(convert func(reflect.Value) any) func(any) any {
		return func(row any) any {
			v := reflect.ValueOf(row).Elem().FieldByIndex(index)
			if v.Kind() == reflect.Pointer {
				if v.IsNil() {
					return nil
				}
				v = v.Elem()
			}
			return convert(v)
		}
	}
}

func stringValue(v reflect.Value) any { return v.String() }
func intValue(v reflect.Value) any    { return int(v.Int()) }
func timeValue(v reflect.Value) any   { return v.Addr().Interface().(*time.Time).UTC() }

func enumValue(enum *Enum) func(reflect.Value) any {
	return func(v reflect.Value) any { return enum.sortValue(v.String()) }
}

func compareInts(a, b any) int  { return cmp.Compare(a.(int), b.(int)) }
func compareTimes(a, b any) int { return a.(time.Time).Compare(b.(time.Time)) }

func parseJSON[V any](text []byte) (any, error) {
	var v *V
	if err := json.Unmarshal(text, &v); err != nil || v == nil {
		return nil, err
	}
	return *v, nil
}

// parseString returns a parser for strings of the column's character set.
func parseString(f *schema.Field) func([]byte) (any, error) {
	return func(text []byte) (any, error) {
		v, err := parseJSON[string](text)
		if s, ok := v.(string); ok && !isStorable(f, s) {
			return nil, errNotStorable
		}
		return v, err
	}
}

// parseTime reads a time in the range of DATETIME columns.
func parseTime(text []byte) (any, error) {
	v, err := parseJSON[time.Time](text)
	t, ok := v.(time.Time)
	if !ok {
		return v, err
	}
	t = t.UTC().Truncate(time.Microsecond) // a server would round it, even to the year 10000
	if t.Year() < 1000 || t.Year() > 9999 {
		return nil, errNotStorable
	}
	return t, nil
}
