package relay

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"rowhouse/tenancy"
)

// withinField is a field within which rows refer to each other: a row and the row of its reference have equal
// values in it.
type withinField struct {
	name         string
	own, related *column
}

// newWithinFields returns the fields within which rows of T refer to rows of U. It panics for an unknown field,
// and for fields of different types.
func newWithinFields[T, U any](from *Type[T], to *Type[U], names []string) (fields []withinField) {
	for _, name := range names {
		f := withinField{name, from.columnByField(name), to.columnByField(name)}
		if f.own.schema.FieldType != f.related.schema.FieldType {
			panic(fmt.Sprintf("relay: the field %s of the types %s and %s must have one Go type", name, from.name, to.name))
		}
		fields = append(fields, f)
	}
	return fields
}

// checkWithin fails with an *InvalidError if a row refers to one with another value in a field of within, or
// with a *NotFoundError if it refers to a missing one. paths are those of the rows in an input. The foreign
// key includes the fields, so it refuses a concurrent change.
func (b *BelongsTo[T, U]) checkWithin(ctx context.Context, db *tenancy.DB, rows []*T, paths []Path) error {
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
			err = b.compareWithin(r, u)
		}
		if err != nil {
			return addPath(err, paths[i])
		}
	}
	return nil
}

// compareWithin fails if two rows differ in a field of within.
func (b *BelongsTo[T, U]) compareWithin(r *T, u *U) error {
	for _, f := range b.within {
		if !f.own.value.areEqual(f.own.of(reflect.ValueOf(r).Elem()), f.related.of(reflect.ValueOf(u).Elem())) {
			var v Validation
			v.Add(fmt.Sprintf("must be a %s with the same %s", b.to.noun(), f.name), b.name+"Id")
			return v.Err()
		}
	}
	return nil
}

// usesColumn reports whether isNew accepts a column of the foreign key: that of the reference or of within.
func (p parent[T]) usesColumn(isNew func(column string) bool) bool {
	return isNew(p.column) || slices.ContainsFunc(p.within, func(f withinField) bool { return isNew(f.own.Column) })
}

// checkReferrers fails with a *ConflictError if other rows refer to these within a field with a column that isNew
// accepts: the references would no longer have equal values.
func (t *Type[T]) checkReferrers(ctx context.Context, db *tenancy.DB, rows []*T, isNew func(column string) bool) error {
	for _, r := range t.referrers {
		at := slices.IndexFunc(r.within, func(f withinField) bool { return isNew(f.related.Column) })
		if at < 0 {
			continue
		}
		refers, err := r.refers(ctx, db, deletedRows{ids: t.IDs(rows)})
		if err != nil {
			return err
		}
		if refers {
			field := strings.TrimSuffix(r.within[at].name, "Id")
			return &ConflictError{Message: fmt.Sprintf("%s can't change: %s refers to this row and must have the same %[1]s",
				field, r.label)}
		}
	}
	return nil
}
