package relay

import (
	"context"
	"fmt"
	"reflect"
	"slices"

	"gorm.io/gorm/schema"

	"rowhouse/tenancy"
)

// Types are all types of an application: the one list for opening the database, for finding nodes,
// and for tests.
type Types struct {
	all    []AnyType
	byName map[string]AnyType
	shared []any
}

// NewTypes returns the types of an application.
func NewTypes(all ...AnyType) *Types {
	types := &Types{all: all, byName: map[string]AnyType{}}
	for _, t := range all {
		types.byName[t.Name()] = t
	}
	return types
}

// AnyType is a Type of any row, for code that handles all types, such as tests.
type AnyType interface {
	Named
	// NewRow returns a pointer to an empty row.
	NewRow() any
	// NewFilter returns a pointer to an empty filter.
	NewFilter() any
	// Orders returns the values of the API's enum for its order.
	Orders() []string
	// OrdersBy returns the fields of the orders that are not by one field of the row.
	OrdersBy() []OrderFields
	// RenamedFrom returns the earlier name of the type, or "".
	RenamedFrom() string
	// Fields returns the fields with a column, references too, in the order of the struct.
	Fields() []Field
	// Uniques returns the fields whose values are unique together, and Indexes those with an index.
	Uniques() [][]string
	Indexes() [][]string
	// FieldIndex returns the index of a field with a column in the struct, as reflect.Value.FieldByIndex takes it.
	FieldIndex(name string) []int
	// IDOf returns the id of a row, given as a pointer.
	IDOf(row any) ID
	// NewSelection returns the Selection of some fields.
	NewSelection(fields []string) *Selection
	// IsVersioned reports whether the rows have a version.
	IsVersioned() bool
	// EnumValues returns the values of an enum of a field, in their order, or nil.
	EnumValues(reflect.Type) []string
	// Relations returns the relations of the type, in the order of their definition.
	Relations() []Relation
	// Topics returns the topics by which subscriptions follow the rows: see NewTopic.
	Topics() []TopicInfo
	// Schema returns GORM's schema of the rows.
	Schema() *schema.Schema
	// NodePage returns the rows of Type.Page.
	NodePage(ctx context.Context, db *tenancy.DB, args PageArgs, where any, by fmt.Stringer) ([]Node, error)

	findNodes(ctx context.Context, db *tenancy.DB, ids []ID) ([]Node, error)
	check()
}

// Relation describes a relation of a type.
type Relation struct {
	Name   string
	Target string // the name of the other type
	Many   bool
	// One states that at most one row of Target refers to the type, see NewHasOne. Many is true then.
	One bool
	// OnDelete is the effect of the deletion of the row of Target. It is empty if Many is true.
	OnDelete OnDelete
	// Within are the fields that both rows have with equal values. The foreign key includes their columns.
	Within []string
	// Column refers to Target, from the type's own table. If Many is true, it refers to the type
	// itself, from the table of Target or Link.
	Column string
	// Link is an empty row of the link table, or nil. TargetColumn is its column for Target.
	Link         any
	TargetColumn string
	// Load loads the other rows.
	Load AnyRelation
}

// TopicInfo describes a topic of a type.
type TopicInfo struct {
	Changes []Change
	// Column refers to the parent of the rows. It is empty for the topic of all rows.
	Column string
}

// WithShared adds empty rows of shared models, such as countries, which all tenants may read.
func (all *Types) WithShared(models ...any) *Types {
	all.shared = append(all.shared, models...)
	return all
}

// All returns the types in the order of NewTypes.
func (all *Types) All() []AnyType { return all.all }

// ByName returns the type with a name in GraphQL, or nil.
func (all *Types) ByName(name string) AnyType { return all.byName[name] }

// Names returns the names of the types in GraphQL.
func (all *Types) Names() []string {
	names := make([]string, len(all.all))
	for i, t := range all.all {
		names[i] = t.Name()
	}
	return names
}

// Models returns an empty row of every model of tenants, those of links too, for
// tenancy.Open. It panics if a filter does not fit its type.
func (all *Types) Models() []any {
	var models []any
	for _, t := range all.all {
		t.check()
		models = append(models, t.NewRow())
	}
	for _, t := range all.all {
		for _, r := range t.Relations() {
			isLink := func(m any) bool { return reflect.TypeOf(m) == reflect.TypeOf(r.Link) }
			if r.Link != nil && !slices.ContainsFunc(models, isLink) {
				models = append(models, r.Link)
			}
		}
	}
	return models
}

// Shared returns an empty row of every shared model, for tenancy.Options.
func (all *Types) Shared() []any { return all.shared }

// NewRow implements AnyType.
func (t *Type[T]) NewRow() any { return new(T) }

// NewFilter implements AnyType.
func (t *Type[T]) NewFilter() any { return reflect.New(t.filter.t).Interface() }

// Orders implements AnyType.
func (t *Type[T]) Orders() []string { return slices.Clone(t.orderNames) }

// OrdersBy implements AnyType.
func (t *Type[T]) OrdersBy() []OrderFields { return t.options.orders }

// EnumValues implements AnyType.
func (t *Type[T]) EnumValues(enum reflect.Type) []string {
	for _, c := range t.columns {
		if c.Enum != nil && c.Enum.goType == enum {
			return c.Enum.Values()
		}
	}
	return nil
}

// RenamedFrom implements AnyType.
func (t *Type[T]) RenamedFrom() string { return t.options.renamedFrom }

// Fields implements AnyType.
func (t *Type[T]) Fields() []Field {
	all := make([]Field, len(t.columns))
	for i, c := range t.columns {
		all[i] = c.Field
	}
	return all
}

// FieldIndex implements AnyType.
func (t *Type[T]) FieldIndex(name string) []int { return t.columnByField(name).index }

// IDOf implements AnyType.
func (t *Type[T]) IDOf(row any) ID { return t.rowID(row.(*T)) }

// Uniques implements AnyType.
func (t *Type[T]) Uniques() [][]string { return t.options.unique }

// Indexes implements AnyType.
func (t *Type[T]) Indexes() [][]string { return t.options.index }

// IsVersioned implements AnyType.
func (t *Type[T]) IsVersioned() bool { return t.version != nil }

// Schema implements AnyType.
func (t *Type[T]) Schema() *schema.Schema { return t.schema }

// Topics implements AnyType.
func (t *Type[T]) Topics() []TopicInfo {
	all := make([]TopicInfo, len(t.topics))
	for i, topic := range t.topics {
		all[i].Changes = topic.changes
		if topic.parent != nil {
			all[i].Column = topic.parent.column
		}
	}
	return all
}

// Relations implements AnyType.
func (t *Type[T]) Relations() []Relation {
	all := make([]Relation, len(t.filter.relations))
	for i, r := range t.filter.relations {
		all[i] = Relation{r.name, r.target.name, r.many, r.one, r.onDelete, r.within, r.column, r.link, r.targetColumn, r.load}
	}
	return all
}

// NodePage implements AnyType.
func (t *Type[T]) NodePage(ctx context.Context, db *tenancy.DB, args PageArgs, where any, by fmt.Stringer) ([]Node, error) {
	page, err := t.Page(ctx, db, args, where, by)
	if err != nil {
		return nil, err
	}
	nodes := make([]Node, len(page.Nodes))
	for i, r := range page.Nodes {
		nodes[i] = t.node(r)
	}
	return nodes, nil
}

func (t *Type[T]) findNodes(ctx context.Context, db *tenancy.DB, ids []ID) ([]Node, error) {
	found, err := t.ByIDs(ctx, db, ids)
	nodes := make([]Node, 0, len(found))
	for _, r := range found {
		nodes = append(nodes, t.node(r))
	}
	return nodes, err
}

// check compiles the filter and the orders.
func (t *Type[T]) check() {
	t.filter.compileFields()
	t.compileOrders()
}
