package relay

import (
	"context"
	"fmt"
	"reflect"

	"rowhouse/tenancy"
)

// BelongsTo is a relation from each row of T to one row of U, or to none if its column can be NULL.
type BelongsTo[T, U any] struct {
	from *Type[T]
	to   *Type[U]
	name string
	reference[T]
	within []withinField
}

// NewBelongsTo returns the relation by the column with its name and the suffix _id, of type ID or
// *ID. onDelete is the effect of the other row's deletion; SetNull needs *ID. A field of T's filter
// with the relation's name, of the type of U's filter, follows it.
//
// A row and the row of its reference have equal values in the fields within, which both types have: an item
// and its milestone have one project. The foreign key includes them. It panics for an unknown field.
func NewBelongsTo[T, U any](from *Type[T], to *Type[U], name string, onDelete OnDelete, within ...string) *BelongsTo[T, U] {
	r := &BelongsTo[T, U]{from, to, name, referenceByName[T](name), newWithinFields(from, to, within)}
	if onDelete == SetNull && !r.nullable {
		panic(fmt.Sprintf("relay: the column %s of the model %s must have the type *ID for SetNull", r.column, from.schema.Name))
	}
	from.parents = append(from.parents, r.newParent(onDelete))
	from.joins[name] = r.newJoin
	from.filter.references[r.column] = to.name
	from.filter.relations = append(from.filter.relations, &relation{
		name: name, column: r.column, target: to.filter, onDelete: onDelete, within: within,
		load: AnyRelation{LoadOne: func(ctx context.Context, db *tenancy.DB, row any, of *Selection) (any, error) {
			return anyRow(r.load(ctx, db, row.(*T), of))
		}},
		whereSome: func(c *conditions, _ bool, filter reflect.Value, path ...any) {
			c.whereReference(true, new(U), to.filter, r.column, filter, path...)
		},
	})
	to.referrers = append(to.referrers, r.newReferrer(onDelete))
	return r
}

// Load returns the row to which r belongs, or nil for NULL. It loads the rows of r's whole batch. If
// the column can't be NULL, it fails with *NotFoundError when the row has been deleted since r was
// read.
func (b *BelongsTo[T, U]) Load(ctx context.Context, db *tenancy.DB, r *T) (*U, error) {
	return b.load(ctx, db, r, nil)
}

func (b *BelongsTo[T, U]) load(ctx context.Context, db *tenancy.DB, r *T, of *Selection) (*U, error) {
	id := b.readID(r)
	if id == nil {
		return nil, nil //nolint:nilnil // NULL is no failure
	}
	found, err := loadBatch(b.from.batchOf(r), referredKey{b, of}, func(rows []*T) (map[ID]*U, error) {
		ids := make([]ID, 0, len(rows))
		for _, r := range rows {
			if id := b.readID(r); id != nil {
				ids = append(ids, *id)
			}
		}
		return b.to.referredRows(ctx, db, ids, of)
	})
	u := found[*id]
	if err == nil && u == nil && !b.nullable {
		err = b.to.notFound()
	}
	return u, err
}

// referredKey is the key of the rows to which those of a batch refer.
type referredKey struct {
	relation any // a *BelongsTo
	of       *Selection
}

// GlobalID returns the global id of the row to which r belongs, which must not be NULL.
func (b *BelongsTo[T, U]) GlobalID(r *T) GlobalID { return b.to.GlobalID(*b.readID(r)) }
