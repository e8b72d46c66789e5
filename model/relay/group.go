package relay

import (
	"cmp"
	"context"
	"fmt"
	"reflect"
	"slices"

	"rowhouse/tenancy"
)

// Groups counts the rows of a relation to many rows by one of their columns, and computes aggregates of
// their numbers. G is a struct with an embedded Batch, the relation's column, a nullable field for each
// column of a grouping, Count, and a field such as IntAggregate for each field of numbers.
type Groups[T, G any, E comparable] struct {
	from    *Type[T]
	model   any
	parent  string
	columns map[E]string
	numbers []*column
	read    reference[G]
	count   func(*G) int
	batch   func([]*G)
}

// NewGroups returns the counts of a relation of NewHasMany. columns are the columns of R by the values
// of the API's enum for them, and numbers the names of fields of R with numbers. It panics if G lacks a
// field.
func NewGroups[G, T, U any, E comparable, P batched[G]](
	relation *ToMany[T, U, U], columns map[E]string, numbers ...string,
) *Groups[T, G, E] {
	s := schemaOf[G]()
	count := columnOf(s, "count")
	for _, c := range columns {
		columnOf(s, c)
		columnOf(relation.to.schema, c)
	}
	g := &Groups[T, G, E]{
		from: relation.from, model: new(U), parent: relation.parent, columns: columns, read: newReference[G](relation.parent),
		count: func(g *G) int { return int(reflect.ValueOf(g).Elem().FieldByIndex(count.StructField.Index).Int()) },
		batch: func(all []*G) { NewBatch[G, P](all) },
	}
	for _, name := range numbers {
		g.numbers = append(g.numbers, checkNumber[G](relation.to.columnByField(name)))
	}
	return g
}

// checkNumber panics unless G has a field with the aggregates of a column.
func checkNumber[G any](c *column) *column {
	field, ok := reflect.TypeFor[G]().FieldByName(c.schema.Name)
	if !ok || aggregateTypes[field.Type] != c.schema.IndirectFieldType {
		panic(fmt.Sprintf("relay: the group %s has no field %s with aggregates of %s",
			reflect.TypeFor[G](), c.schema.Name, c.schema.FieldType))
	}
	columnOf(schemaOf[G](), c.Column+"_sum")
	return c
}

// Load returns the groups of r's rows, the greatest count first. selected has the names of the fields of
// numbers whose aggregates are computed; other names have no effect. It reads the groups of r's whole batch in
// one statement.
func (g *Groups[T, G, E]) Load(ctx context.Context, db *tenancy.DB, r *T, by E, selected ...string) ([]*G, error) {
	type groupsKey struct {
		groups  *Groups[T, G, E]
		by      E
		numbers string
	}
	aggregates := ""
	for _, c := range g.numbers {
		if slices.Contains(selected, c.Name) {
			aggregates += ", " + selectAggregates(c.Column)
		}
	}
	groups, err := loadBatch(g.from.batchOf(r), groupsKey{g, by, aggregates}, func(rows []*T) (map[ID][]*G, error) {
		return g.readGroups(ctx, db, rows, g.columns[by], aggregates)
	})
	return append([]*G{}, groups[g.from.rowID(r)]...), err
}

func (g *Groups[T, G, E]) readGroups(
	ctx context.Context, db *tenancy.DB, parents []*T, column, aggregates string,
) (map[ID][]*G, error) {
	var all []*G
	err := db.For(ctx).Model(g.model).Select("`"+g.parent+"`, `"+column+"`, COUNT(*) AS `count`"+aggregates).
		Where("`"+g.parent+"` IN ?", g.from.IDs(parents)).
		Group(g.parent).Group(column).Order("`" + column + "`").Scan(&all).Error
	g.batch(all)
	slices.SortStableFunc(all, func(a, b *G) int { return cmp.Compare(g.count(b), g.count(a)) })
	byParent := map[ID][]*G{}
	for _, group := range all {
		id := *g.read.readID(group)
		byParent[id] = append(byParent[id], group)
	}
	return byParent, err
}

// NewGroupReference returns a function that loads the row to which a group of NewGroups refers, or nil
// for NULL, by the field with a name and the suffix ID. It loads the rows of the group's whole batch.
func NewGroupReference[G, U any, P batched[G]](to *Type[U], name string) func(context.Context, *tenancy.DB, *G) (*U, error) {
	column := referenceByName[G](name)
	return func(ctx context.Context, db *tenancy.DB, g *G) (*U, error) {
		id := column.readID(g)
		if id == nil {
			return nil, nil
		}
		found, err := LoadBatch(P(g), any(to.name+name), func(groups []*G) (map[ID]*U, error) {
			var ids []ID
			for _, g := range groups {
				if id := column.readID(g); id != nil {
					ids = append(ids, *id)
				}
			}
			return to.referredRows(ctx, db, ids, nil)
		})
		return found[*id], err
	}
}
