package relay

import (
	"context"
	"fmt"
	"reflect"

	"rowhouse/tenancy"
)

// HasOne is a relation from each row of T to the row of U that refers to it, or to none.
type HasOne[T, U any] struct {
	from *Type[T]
	to   *Type[U]
	reference[U]
}

// NewHasOne returns the inverse of a relation by a unique column. A field of U's filter with the
// relation's name, of the type of T's filter, follows it. It panics if the column is not unique.
func NewHasOne[T, U any](name string, inverse *BelongsTo[T, U]) *HasOne[U, T] {
	if c := inverse.from.columnOf(inverse.column); !c.Unique {
		panic(fmt.Sprintf("relay: the field %s of the type %s must be unique for NewHasOne", c.Name, inverse.from.name))
	}
	h := &HasOne[U, T]{inverse.to, inverse.from, inverse.reference}
	h.from.nested[name] = newChildRows(inverse)
	h.from.filter.relations = append(h.from.filter.relations, &relation{
		name: name, many: true, one: true, target: h.to.filter, column: h.column,
		load: AnyRelation{LoadOne: func(ctx context.Context, db *tenancy.DB, row any, of *Selection) (any, error) {
			return anyRow(h.load(ctx, db, row.(*U), of))
		}},
		whereSome: func(c *conditions, _ bool, filter reflect.Value, path ...any) {
			inner := c.newRelated(h.to.schema, h.to.filter.bindTo(filter), path...)
			c.whereRelated(true, new(T), h.column, "id", inner)
		},
	})
	return h
}

// Load returns the row that refers to r, or nil. It loads the rows of r's whole batch.
func (h *HasOne[T, U]) Load(ctx context.Context, db *tenancy.DB, r *T) (*U, error) {
	return h.load(ctx, db, r, nil)
}

func (h *HasOne[T, U]) load(ctx context.Context, db *tenancy.DB, r *T, of *Selection) (*U, error) {
	type rowsKey struct {
		relation *HasOne[T, U]
		of       *Selection
	}
	found, err := loadBatch(h.from.batchOf(r), rowsKey{h, of}, func(rows []*T) (map[ID]*U, error) {
		c := whereIDs(h.column, h.from.IDs(rows))
		s := shape[U]{columns: of.list("", []string{h.column}, nil), where: c.sql}
		read, err := h.to.newReading(len(rows)).read(ctx, db, s, c.args)
		if err != nil {
			return nil, err
		}
		all := rowsOf(read)
		h.to.newBatch(all...)
		byID := make(map[ID]*U, len(all))
		for _, u := range all {
			byID[*h.readID(u)] = u
		}
		return byID, nil
	})
	return found[h.from.rowID(r)], err
}
