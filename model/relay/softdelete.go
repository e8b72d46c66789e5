package relay

import (
	"context"
	"reflect"
	"slices"
	"time"

	"gorm.io/gorm"

	"rowhouse/tenancy"
)

// SoftDeletion is the column deleted_at, for models with soft deletion. Delete sets the time of
// the deletion and keeps the row. Find, ByIDs, pages, filters, counts and db.For(ctx) leave such rows out.
//
// Other rows keep their references to a softly deleted row, and load it. A new reference to it fails with a
// *NotFoundError. A new row with one of its unique values fails with a *ConflictError. Restore undoes the
// deletion. Go code removes rows from the table:
//
//	db.For(ctx).Unscoped().Where("deleted_at < ?", before).Delete(&Book{})
type SoftDeletion struct{ DeletedAt gorm.DeletedAt }

// DeletionTime returns the time of the row's deletion, or nil.
func (d SoftDeletion) DeletionTime() *time.Time {
	if !d.DeletedAt.Valid {
		return nil
	}
	return new(d.DeletedAt.Time.UTC())
}

// newDeletion returns the column of softly deleted rows, or nil.
func newDeletion(columns []*column) *column {
	for _, c := range columns {
		if c.schema.IndirectFieldType == reflect.TypeFor[gorm.DeletedAt]() {
			c.Scalar, c.Nullable, c.Computed = ScalarDateTime, true, true
			return c
		}
	}
	return nil
}

// isDeleted reports whether a row is softly deleted.
func (t *Type[T]) isDeleted(r *T) bool {
	return t.deletion != nil && t.deletion.of(reflect.ValueOf(r).Elem()).Interface().(gorm.DeletedAt).Valid
}

// withDeleted returns a session for statements that find softly deleted rows, too.
func withDeleted(session *gorm.DB) *gorm.DB {
	return session.Unscoped() //nolint:forbidigo // tenancy adds the tenant's condition without GORM's scopes
}

// Restore undoes the soft deletion of the row with a global id, given in a field id, and returns the row. It
// calls BeforeUpdate and AfterUpdate. It changes nothing if the row is not deleted. It publishes the row as
// created.
func (t *Type[T]) Restore(ctx context.Context, db *tenancy.DB, g GlobalID) (*T, error) {
	var v Validation
	id := v.ID("id", g, t)
	if err := v.Err(); err != nil {
		return nil, err
	}
	var r *T
	err := db.Tx(ctx, func(ctx context.Context) (err error) {
		if r, err = t.take(ctx, db, shape[T]{hasDeleted: true, locks: true}, id); err != nil {
			return err
		}
		if !t.isDeleted(r) {
			return nil
		}
		old := *r
		t.deletion.of(reflect.ValueOf(r).Elem()).SetZero()
		if err := releaseRows(ctx, db, t.linkReferrers(), deletedRows{ids: []ID{id}}); err != nil {
			return err
		}
		return t.storeChanges(ctx, db, &old, r, ChangeCreated)
	})
	if err != nil {
		return nil, err
	}
	t.newBatch(r)
	return r, nil
}

// linkReferrers returns the relations by links to the type's rows. A soft deletion and Restore have an
// effect on these relations alone.
func (t *Type[T]) linkReferrers() []referrer {
	return slices.DeleteFunc(slices.Clone(t.referrers), func(r referrer) bool { return r.onDelete != "" })
}

// requireReferences fails with a *NotFoundError if one of the rows refers to a softly deleted one by a column
// that isNew accepts, and like checkWithin. A concurrent deletion may remain unseen, as if it came after the reference.
func (t *Type[T]) requireReferences(
	ctx context.Context, db *tenancy.DB, rows []*T, paths []Path, isNew func(column string) bool,
) error {
	for _, p := range t.parents {
		if len(p.within) > 0 && p.usesColumn(isNew) {
			if err := p.check(ctx, db, rows, paths); err != nil {
				return err
			}
			continue
		}
		if p.missing == nil || !isNew(p.column) {
			continue
		}
		var ids []ID
		for _, r := range rows {
			if id := p.readID(r); id != nil {
				ids = append(ids, *id)
			}
		}
		missing, err := p.missing(ctx, db, ids)
		if err != nil {
			return err
		}
		for i, r := range rows {
			if id := p.readID(r); id != nil && missing[*id] {
				return addPath(&NotFoundError{Type: p.to.Name()}, paths[i])
			}
		}
	}
	return nil
}

// missingOf returns the ids without a row, or with a softly deleted one.
func (t *Type[T]) missingOf(ctx context.Context, db *tenancy.DB, ids []ID) (map[ID]bool, error) {
	if len(ids) == 0 {
		return nil, nil //nolint:nilnil // an empty map
	}
	var found []ID
	if err := db.For(ctx).Model(new(T)).Where("id IN ?", ids).Pluck("id", &found).Error; err != nil {
		return nil, err
	}
	missing := map[ID]bool{}
	for _, id := range ids {
		if !slices.Contains(found, id) {
			missing[id] = true
		}
	}
	return missing, nil
}
