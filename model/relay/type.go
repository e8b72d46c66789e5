package relay

import (
	"fmt"
	"reflect"
	"strings"

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
	orders     map[string]*sortKey
	enums      map[reflect.Type][]string
	uniques    map[string]bool
	filter     *filterType
	parents    []parent[T]
	topics     []*Topic[T]
}

// Option adds a fact about a type beyond its struct.
type Option func(*options)

type options struct {
	unique map[string]bool
	enums  map[reflect.Type][]string
}

// Unique states the columns with unique values in each tenant, by their collation, and NOT NULL.
// Orders by them need no further column.
func Unique(columns ...string) Option {
	return func(o *options) {
		for _, c := range columns {
			o.unique[c] = true
		}
	}
}

// Enum states all values of an enum, in their order. Columns of its type are ordered by it. An enum
// with a method Value stores its position, see RankValue; any other stores its name.
func Enum[E ~string](all []E) Option {
	return func(o *options) {
		names := make([]string, len(all))
		for i, e := range all {
			names[i] = string(e)
		}
		o.enums[reflect.TypeFor[E]()] = names
	}
}

// NewType describes the rows of T, a struct that embeds Row[T]. F is the struct of its filter, or
// struct{}; orders are all values of the API's enum for its order.
//
// An order is the name of a column in capital letters and _ASC, _DESC, _ASC_NULLS_LAST or
// _DESC_NULLS_FIRST. CREATED_AT_DESC, the default, orders by id. A field of the filter has the name
// of a field of T or of a relation; see StringFilter for fields, and NewBelongsTo and NewHasMany
// for relations. NewType panics if T or an order does not fit. If the filter does not fit, Types.Models
// panics: only then are all relations known.
func NewType[T, F any, E ~string, P rowPointer[T]](orders []E, facts ...Option) *Type[T] {
	o := options{map[string]bool{}, map[reflect.Type][]string{}}
	for _, add := range facts {
		add(&o)
	}
	t := &Type[T]{
		name:    typeName[T](),
		baseRow: func(r *T) *Row[T] { return P(r).baseRow() },
		node:    func(r *T) Node { return P(r) },
		schema:  schemaOf[T](),
		orders:  map[string]*sortKey{createdAtKey: {}},
		enums:   o.enums,
		uniques: o.unique,
		filter: &filterType{
			t: reflect.TypeFor[F](), name: typeName[T](), schema: schemaOf[T](), references: map[string]string{"id": typeName[T]()},
		},
	}
	for _, name := range orders {
		t.addOrder(string(name))
	}
	return t
}

// addOrder adds the sort key of an order of the API.
func (t *Type[T]) addOrder(name string) {
	t.orderNames = append(t.orderNames, name)
	key, _, nullsSwapped := parseOrder(name)
	if t.orders[key] == nil {
		f := columnOf(t.schema, strings.ToLower(key))
		t.orders[key] = newSortKey(f, t.uniques[f.DBName], t.enums[f.IndirectFieldType])
	}
	if nullsSwapped && t.orders[key].compare == nil { // rows of two queries are sorted by compare
		panic(fmt.Sprintf("relay: the model %s can't be ordered by %s: only the server can sort these strings", t.name, name))
	}
}

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
func (t *Type[T]) newBatch(rows ...*T) {
	b := &batch[T]{rows: rows, loads: map[any]*load{}}
	for _, r := range rows {
		t.baseRow(r).setBatch(b)
	}
}

// orderOf returns the order of a value of the API's enum, or the newest first for nil.
func (t *Type[T]) orderOf(by fmt.Stringer) order {
	if by == nil || reflect.ValueOf(by).Kind() == reflect.Pointer && reflect.ValueOf(by).IsNil() {
		return order{sortKey: t.orders[createdAtKey], desc: true}
	}
	key, desc, nullsSwapped := parseOrder(by.String())
	k, ok := t.orders[key]
	if !ok {
		panic(fmt.Sprintf("relay: the type %s has no order %s: pass it to NewType", t.name, by))
	}
	return order{k, desc, nullsSwapped}
}
