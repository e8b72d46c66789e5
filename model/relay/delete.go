package relay

import (
	"context"
	"slices"

	"rowhouse/tenancy"
)

// Delete deletes the row with a global id, given in a field id, and returns it. It calls the hooks, and
// first applies the effects of NewBelongsTo on rows that refer to it. It fails with a *ConflictError
// if a relation with Restrict refers to it, or to a row that would be deleted too.
func (t *Type[T]) Delete(ctx context.Context, db *tenancy.DB, g GlobalID) (deleted *T, err error) {
	var v Validation
	id := v.ID("id", g, t)
	if err := v.Err(); err != nil {
		return nil, err
	}
	err = db.Tx(ctx, func(ctx context.Context) error {
		if deleted, err = t.lockRow(ctx, db, id); err != nil { // the lock prevents new references
			return err
		}
		return t.deleteRow(ctx, db, deleted)
	})
	if err != nil {
		return nil, err
	}
	return deleted, nil
}

func (t *Type[T]) deleteRow(ctx context.Context, db *tenancy.DB, r *T) error {
	if err := t.hooks.BeforeDelete.call(ctx, db, r); err != nil {
		return err
	}
	id := t.rowID(r)
	rows := deletedRows{id: id}
	referrers := t.referrers
	if hidesRows(t.schema) { // a softly deleted row stays, with the references to it
		referrers = slices.DeleteFunc(slices.Clone(referrers), func(r referrer) bool { return r.onDelete != "" })
	}
	if err := releaseRows(ctx, db, referrers, rows); err != nil {
		return err
	}
	t.Publish(ctx, db, ChangeDeleted, r)
	publishEnd(ctx, db, id)
	if err := db.For(ctx).Where("id = ?", id).Delete(new(T)).Error; err != nil {
		return t.explainRestriction(ctx, db, err, rows)
	}
	return t.hooks.AfterDelete.call(ctx, db, r)
}
