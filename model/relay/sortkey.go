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
	// name is the expression in cursors. Cursors of earlier releases remain valid, so only strings have
	// quotation marks.
	name string
	// unique columns have different values in all rows of a tenant, and no NULL. Then the order
	// does without the id, for which servers would sort.
	unique bool
	// nullable columns can be NULL.
	nullable bool
	// argument is the SQL of a value that is compared with the expression: see argumentOf.
	argument string
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
	k := &sortKey{
		expression: "`" + f.DBName + "`", name: f.DBName, unique: unique, nullable: c.Nullable, argument: argumentOf(f),
	}
	read := fieldReader(f)
	kind := f.IndirectFieldType
	switch {
	case enum != nil && !c.List:
		k.value, k.parse, k.compare = read(enumValue(enum)), parseJSON[int], compareWith(cmp.Compare[int])
		if !enum.IsRanked() { // no index has this order: the server sorts all rows of the connection
			k.expression = "FIELD(`" + f.DBName + "`, '" + strings.Join(enum.values, "', '") + "')"
			if k.nullable { // FIELD returns 0 for NULL
				k.expression = "IF(`" + f.DBName + "` IS NULL, NULL, " + k.expression + ")"
			}
		}
		return k
	case kind == reflect.TypeFor[JSON](): // a string that servers do not order
	case kind.Kind() == reflect.String:
		k.name, k.value, k.parse = k.expression, read(stringValue), parseString(f)
		if isASCII(f) {
			k.compare = compareWith(strings.Compare)
		}
		return k
	}
	for _, of := range sortables {
		if of.goType == kind {
			k.value, k.parse, k.compare = read(of.value), of.parse, of.compare
			return k
		}
	}
	panic(fmt.Sprintf("relay: the model %s can't be ordered by the column %s of type %s", f.Schema.Name, f.DBName, f.FieldType))
}

// sortable has the functions of a sortKey for one Go type.
type sortable struct {
	goType  reflect.Type
	value   func(reflect.Value) any
	parse   func([]byte) (any, error)
	compare func(a, b any) int
}

// sortables are the types of columns with an order, other than strings and enums.
var sortables = []sortable{
	{reflect.TypeFor[time.Time](), timeValue, parseTime, compareWith(time.Time.Compare)},
	{reflect.TypeFor[Decimal](), decimalValue, parseDecimalValue, compareDecimals},
	newSortable(cmp.Compare[int]),
	newSortable(cmp.Compare[int64]),
	newSortable(cmp.Compare[float64]), // -0 equals 0, as in the database
	newSortable(compareBooleans),
	newSortable(Date.Compare),
	newSortable(UUID.Compare),
}

// newSortable is for types whose values are comparable and have an exact JSON.
func newSortable[V comparable](compare func(a, b V) int) sortable {
	value := func(v reflect.Value) any { return *v.Addr().Interface().(*V) }
	return sortable{reflect.TypeFor[V](), value, parseJSON[V], compareWith(compare)}
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
func timeValue(v reflect.Value) any   { return v.Addr().Interface().(*time.Time).UTC() }

func enumValue(enum *Enum) func(reflect.Value) any {
	return func(v reflect.Value) any { return enum.sortValue(v.String()) }
}

// decimalValue returns a number as a string: windows compare values with ==, and a Decimal has a pointer.
func decimalValue(v reflect.Value) any { return v.Addr().Interface().(*Decimal).String() }

func parseDecimalValue(text []byte) (any, error) {
	v, err := parseJSON[string](text)
	s, ok := v.(string)
	if !ok {
		return nil, err
	}
	d, err := ParseDecimal(s)
	return d.String(), err
}

func compareDecimals(a, b any) int {
	x, _ := ParseDecimal(a.(string))
	y, _ := ParseDecimal(b.(string))
	return x.Cmp(y)
}

func compareBooleans(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// compareWith returns the compare of a sortKey for values of V.
func compareWith[V any](compare func(a, b V) int) func(a, b any) int {
	return func(a, b any) int { return compare(a.(V), b.(V)) }
}

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
		if s, _ := v.(string); !isStorable(f, s) {
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
	if t.Year() < firstYear || t.Year() > lastYear {
		return nil, errNotStorable
	}
	return t, nil
}
