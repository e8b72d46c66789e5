package relay

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"

	"gorm.io/gorm/schema"
)

// Type describes a type of the API whose rows are in a table of tenants. Its GraphQL name is the
// name of T. Its methods read and change rows.
type Type[T any] struct {
	name       string
	baseRow    func(*T) *Row[T]
	node       func(*T) Node
	schema     *schema.Schema
	orderNames []string
	orders     map[string]*sorting // without those of OrderBy, until compileOrders
	compiled   sync.Once
	columns    []*column
	version    *column // or nil
	options    options
	hooks      Hooks[T]
	inputs     sync.Map // from the reflect.Type of an input to its *inputPlan
	// nested makes the new rows of the relations in an input of CreateFrom, by name.
	nested map[string]func() nestedRows
	// deletion is the column of SoftDeletion, or nil.
	deletion  *column
	referrers []referrer
	filter    *filterType
	parents   []parent[T]
	// joins make the joins of references, by the names of their relations.
	joins  map[string]func(of *Selection) *join[T]
	topics []*Topic[T]
}

// Option adds facts about a type beyond its struct: Fields, or the result of a function.
type Option interface{ applyTo(*options) }

type options struct {
	fields      Fields
	versioned   bool
	unique      [][]string
	index       [][]string
	orders      []OrderFields
	renamedFrom string
}

type optionFunc func(*options)

func (f optionFunc) applyTo(o *options) { f(o) }

// Versioned states that the rows have a column version, which counts the changes from 1. An update can
// expect a version in the field expectedVersion of its input.
func Versioned() Option { return optionFunc(func(o *options) { o.versioned = true }) }

// UniqueTogether states fields whose values are unique in the tenant together. Strings are compared by the
// collation of their columns, unlike the UniqueKey of a field that is unique alone.
func UniqueTogether(fields ...string) Option {
	return optionFunc(func(o *options) { o.unique = append(o.unique, fields) })
}

// Index states fields that have an index of the tenant.
func Index(fields ...string) Option {
	return optionFunc(func(o *options) { o.index = append(o.index, fields) })
}

// OrderFields are the fields of an order with a name, such as SERIES_NAME_VOLUME for series.name and volume.
type OrderFields struct {
	// Name is the name without a direction.
	Name string
	// Fields are names of fields, or of a reference and a field of its row.
	Fields []string
}

// OrderBy states the fields of an order, if it is not by one field of the row. A field of a row to which the
// row refers has the name of the reference ahead: series.name. Rows without a reference have NULL.
func OrderBy(name string, fields ...string) Option {
	return optionFunc(func(o *options) { o.orders = append(o.orders, OrderFields{name, fields}) })
}

// RenamedFrom states the earlier name of the type, until a migration has renamed the table.
func RenamedFrom(name string) Option { return optionFunc(func(o *options) { o.renamedFrom = name }) }

// NewType describes the rows of T, a struct that embeds Row[T]. F is the struct of its filter, or
// struct{}; orders are all values of the API's enum for its order.
//
// An order is the name of a field in capital letters, or a name of OrderBy, and _ASC, _DESC,
// _ASC_NULLS_LAST or _DESC_NULLS_FIRST. CREATED_AT_DESC, the default, orders by id. A field of the filter has the name
// of a field of T or of a relation; see StringFilter for fields, and NewBelongsTo and NewHasMany
// for relations. NewType panics if T or an order does not fit. If the filter does not fit, Types.Models
// panics: only then are all relations known.
func NewType[T, F any, E ~string, P rowPointer[T]](orders []E, facts ...Option) *Type[T] {
	var o options
	for _, option := range facts {
		option.applyTo(&o)
	}
	columns := newColumns(schemaOf[T](), o.fields)
	t := &Type[T]{
		name:    typeName[T](),
		baseRow: func(r *T) *Row[T] { return P(r).baseRow() },
		node:    func(r *T) Node { return P(r) },
		schema:  schemaOf[T](),
		orders:  map[string]*sorting{createdAtKey: {}},
		columns: columns,
		options: o,
		nested:  map[string]func() nestedRows{},
		joins:   map[string]func(*Selection) *join[T]{},
		filter: &filterType{
			t: reflect.TypeFor[F](), name: typeName[T](), schema: schemaOf[T](), columns: columns,
			references: map[string]string{"id": typeName[T]()},
		},
	}
	t.deletion = newDeletion(t.columns)
	if o.versioned {
		t.version = t.columnOf("version")
	}
	for _, name := range orders {
		t.addOrder(string(name))
	}
	return t
}

// addOrder adds the sort key of an order of the API.
func (t *Type[T]) addOrder(name string) {
	t.orderNames = append(t.orderNames, name)
	key, _, _ := parseOrder(name)
	isDeclared := slices.ContainsFunc(t.options.orders, func(o OrderFields) bool { return o.Name == key })
	if t.orders[key] == nil && !isDeclared {
		c := t.columnOfOrder(key)
		c.Sortable = true
		t.orders[key] = newSorting(newSortKey(c))
	}
}

// columnOfOrder returns the column of a field in capital letters, as in DUE_AT. It panics if there is none.
func (t *Type[T]) columnOfOrder(key string) *column {
	for _, c := range t.columns {
		if strings.ToUpper(columnName(c.Name)) == key {
			return c
		}
	}
	return t.columnOf(strings.ToLower(key))
}

// compileOrders adds the orders of OrderBy, once all references are known. It panics for an unknown field.
func (t *Type[T]) compileOrders() {
	t.compiled.Do(func() {
		for _, o := range t.options.orders {
			keys := make([]*sortKey, len(o.Fields))
			for i, field := range o.Fields {
				keys[i] = t.newKey(field)
			}
			t.orders[o.Name] = newSorting(keys...)
		}
	})
}

// columnOf returns a column. It panics if there is none.
func (t *Type[T]) columnOf(name string) *column {
	for _, c := range t.columns {
		if c.Column == name {
			return c
		}
	}
	panic(fmt.Sprintf("relay: the model %s has no column %s", t.schema.Name, name))
}

// hasField reports whether a field has a column.
func (t *Type[T]) hasField(name string) bool {
	return slices.ContainsFunc(t.columns, func(c *column) bool { return c.Name == name })
}

// columnByField returns the column of a field, or of a relation. It panics if there is none.
func (t *Type[T]) columnByField(name string) *column { return t.filter.columnByField(name) }

// Name returns the name of the type in GraphQL.
func (t *Type[T]) Name() string { return t.name }

// GlobalID returns the global id of the row with this id.
func (t *Type[T]) GlobalID(id ID) GlobalID { return NewGlobalID(t.name, id) }

func (t *Type[T]) rowID(r *T) ID { return t.baseRow(r).ID }

// IDs returns the ids of rows.
func (t *Type[T]) IDs(rows []*T) []ID {
	ids := make([]ID, len(rows))
	for i, r := range rows {
		ids[i] = t.rowID(r)
	}
	return ids
}

// newBatch makes rows one batch.
func (t *Type[T]) newBatch(rows ...*T) *batch[T] {
	b := &batch[T]{rows: rows}
	for _, r := range rows {
		t.baseRow(r).setBatch(b)
	}
	return b
}

// batchOf returns the batch of a row, which a hook may have as the first to load a relation.
func (t *Type[T]) batchOf(r *T) *batch[T] {
	base := t.baseRow(r)
	if base.batch == nil {
		t.newBatch(r)
	}
	return base.batch
}

// orderOf returns the order of a value of the API's enum, or the newest first for nil.
func (t *Type[T]) orderOf(by fmt.Stringer) order {
	if by == nil || reflect.ValueOf(by).Kind() == reflect.Pointer && reflect.ValueOf(by).IsNil() {
		return order{sorting: t.orders[createdAtKey], desc: true}
	}
	t.compileOrders()
	key, desc, nullsSwapped := parseOrder(by.String())
	k, ok := t.orders[key]
	if !ok {
		panic(fmt.Sprintf("relay: the type %s has no order %s: pass it to NewType", t.name, by))
	}
	return order{k, desc, nullsSwapped}
}
