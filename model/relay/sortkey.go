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

// sortKey is a value by which rows are ordered: a column of the row, or of a row to which it refers.
type sortKey struct {
	// path is the name in cursors: due_at, or series.name. Strings have it in backquotes, and enums have
	// their SQL, for cursors of earlier releases.
	path string
	// column is the name of the column, and index that of its field in the row.
	column string
	index  []int
	// related is the reference to the row with the column, or nil for the row itself.
	related *relatedRow
	// goType is the type of the column's values.
	goType reflect.Type
	// enum has the values of an enum that is stored by name, or nil.
	enum []string
	// unique columns have different values in all rows of a tenant, and no NULL. Then the order
	// does without the id, for which servers would sort.
	unique bool
	// nullable columns can be NULL.
	nullable bool
	// argument is the SQL of a value that is compared with the column: see argumentOf.
	argument string
	// convert returns a value other than NULL as a comparable value.
	convert func(reflect.Value) any
	// parse returns a value from its JSON.
	parse func([]byte) (any, error)
	// compare orders two values as the database does, neither of them nil. It is nil for strings
	// with a collation, which only the database can order.
	compare func(a, b any) int
}

// createdAtKey is the name of the order by id: newer rows have greater ids.
const createdAtKey = "CREATED_AT"

var errNotStorable = errors.New("the column can't store this value")

// newSortKey returns the sort key of a column, by its type in Go.
func newSortKey(c *column) *sortKey {
	f, enum := c.schema, c.Enum
	// The id must be compared too where values are unique by a key, and not by the column's collation.
	unique := c.Unique && c.KeyColumn() == "" && !c.Nullable
	kind := f.IndirectFieldType
	k := &sortKey{
		path: f.DBName, column: f.DBName, index: c.index, goType: kind, unique: unique, nullable: c.Nullable, argument: argumentOf(f),
	}
	switch {
	case enum != nil && !c.List:
		k.convert, k.parse, k.compare = enumValue(enum), parseJSON[int], compareWith(cmp.Compare[int])
		if !enum.IsRanked() {
			k.enum = enum.values
			k.path = k.qualify("")
		}
		return k
	case kind == reflect.TypeFor[JSON](): // a string that servers do not order
	case kind.Kind() == reflect.String:
		k.path, k.convert, k.parse = "`"+k.column+"`", stringValue, parseString(f)
		if isASCII(f) {
			k.compare = compareWith(strings.Compare)
		}
		return k
	}
	for _, of := range sortables {
		if of.goType == kind {
			k.convert, k.parse, k.compare = of.value, of.parse, of.compare
			return k
		}
	}
	panic(fmt.Sprintf("relay: the model %s can't be ordered by the column %s of type %s", f.Schema.Name, f.DBName, f.FieldType))
}

// qualify returns the SQL of the key in a query, given the name of the row's table, or "" if the query
// has no other table.
func (k *sortKey) qualify(table string) string {
	if k.related != nil {
		table = k.related.alias
	}
	if table == "" {
		return k.sql("`" + k.column + "`")
	}
	return k.sql("`" + table + "`.`" + k.column + "`")
}

// sql returns the SQL of the key, given that of its column.
func (k *sortKey) sql(column string) string {
	if k.enum == nil {
		return column
	}
	// No index has this order: the server sorts all rows of the connection.
	field := "FIELD(" + column + ", '" + strings.Join(k.enum, "', '") + "')"
	if k.nullable { // FIELD returns 0 for NULL
		return "IF(" + column + " IS NULL, NULL, " + field + ")"
	}
	return field
}

// valueOf returns the value of a field: nil for NULL, or a comparable value.
func (k *sortKey) valueOf(v reflect.Value) any {
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return nil
		}
		v = v.Elem()
	}
	return k.convert(v)
}

// limitAfter returns the condition for the rows after those with a value, or with the value and the
// condition same.
func (k *sortKey) limitAfter(sql string, value any, desc, nullsSwapped bool, same string, args []any) (string, []any) {
	than := " > " + k.argument
	if desc {
		than = " < " + k.argument
	}
	nullsAhead := desc != nullsSwapped
	switch {
	case k.unique:
		return sql + than, []any{value}
	case value == nil && nullsAhead:
		return sql + " IS NULL AND " + same, args
	case value == nil:
		return sql + " IS NOT NULL OR " + sql + " IS NULL AND " + same, args
	}
	after := sql + than
	if nullsAhead && k.nullable {
		after += " OR " + sql + " IS NULL"
	}
	return after + " OR " + sql + " = " + k.argument + " AND " + same, append([]any{value, value}, args...)
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
