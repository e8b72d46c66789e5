package relay

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"rowhouse/tenancy"
)

// sharedField is a field that a row and the row of a reference have with equal values.
type sharedField struct {
	name         string
	own, related *column
}

// shareFields returns the fields that rows share with the rows of a reference. It panics for an unknown
// field, and for fields of different types.
func shareFields[T, U any](from *Type[T], to *Type[U], names []string) (shared []sharedField) {
	for _, name := range names {
		f := sharedField{name, from.columnByField(name), to.columnByField(name)}
		if f.own.schema.FieldType != f.related.schema.FieldType {
			panic(fmt.Sprintf("relay: the field %s of the types %s and %s must have one Go type", name, from.name, to.name))
		}
		shared = append(shared, f)
	}
	return shared
}

// checkShared fails with an *InvalidError if a row refers to one with another value in a shared field, or
// with a *NotFoundError if it refers to a missing one. paths are those of the rows in an input. The foreign
// key includes the fields, so it refuses a concurrent change.
func (b *BelongsTo[T, U]) checkShared(ctx context.Context, db *tenancy.DB, rows []*T, paths []Path) error {
	var ids []ID
	for _, r := range rows {
		if id := b.readID(r); id != nil {
			ids = append(ids, *id)
		}
	}
	found, err := b.to.ByIDs(ctx, db, ids)
	if err != nil {
		return err
	}
	for i, r := range rows {
		id := b.readID(r)
		if id == nil {
			continue
		}
		err := b.to.notFound()
		if u := found[*id]; u != nil {
			err = b.compareShared(r, u)
		}
		if err != nil {
			return addPath(err, paths[i])
		}
	}
	return nil
}

// compareShared fails if two rows differ in a shared field.
func (b *BelongsTo[T, U]) compareShared(r *T, u *U) error {
	for _, f := range b.within {
		if !f.own.value.areEqual(f.own.of(reflect.ValueOf(r).Elem()), f.related.of(reflect.ValueOf(u).Elem())) {
			var v Validation
			v.Add(fmt.Sprintf("must be a %s with the same %s", b.to.noun(), f.name), b.name+"Id")
			return v.Err()
		}
	}
	return nil
}

// sharesColumn reports whether isNew accepts a column of the reference or of a field that it shares.
func (p parent[T]) sharesColumn(isNew func(column string) bool) bool {
	return isNew(p.column) || slices.ContainsFunc(p.shared, func(f sharedField) bool { return isNew(f.own.Column) })
}

// requireShared fails with a *ConflictError if a column that isNew accepts is shared with other rows, which
// refer to one of these.
func (t *Type[T]) requireShared(ctx context.Context, db *tenancy.DB, rows []*T, isNew func(column string) bool) error {
	for _, r := range t.referrers {
		at := slices.IndexFunc(r.shared, func(f sharedField) bool { return isNew(f.related.Column) })
		if at < 0 {
			continue
		}
		refers, err := r.refers(ctx, db, deletedRows{ids: t.IDs(rows)})
		if err != nil {
			return err
		}
		if refers {
			return &ConflictError{Message: fmt.Sprintf("the %s can't have another %s: %s refers to it",
				t.noun(), strings.TrimSuffix(r.shared[at].name, "Id"), r.label)}
		}
	}
	return nil
}
