package relay

import (
	"context"

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
		return t.deleteRows(ctx, db, []*T{deleted})
	})
	if err != nil {
		return nil, err
	}
	return deleted, nil
}

// DeleteMany deletes the rows that match a filter: a pointer to the filter struct of NewType. It returns them
// in the order of their ids. It fails if more than 100 rows match, before it changes a row. Otherwise it equals
// Delete for each row.
//
// A filter of a mutation is strict, and each filter inside it: null, an empty filter such as {} or {title: {}},
// and an empty list of and or or are errors. GraphQL drops fields with unset variables, so a client that
// forgets a variable would change all rows. The filter {id: {isNull: false}} matches all rows. Filters of Page
// ignore null and empty filters.
func (t *Type[T]) DeleteMany(ctx context.Context, db *tenancy.DB, where any) ([]*T, error) {
	var deleted []*T
	err := db.Tx(ctx, func(ctx context.Context) (err error) {
		if deleted, err = t.lockMatches(ctx, db, where); err != nil || len(deleted) == 0 {
			return err
		}
		return t.deleteRows(ctx, db, deleted)
	})
	if err != nil {
		return nil, err
	}
	return deleted, nil
}

// deleteRows deletes locked rows with their hooks.
func (t *Type[T]) deleteRows(ctx context.Context, db *tenancy.DB, rows []*T) error {
	for _, r := range rows {
		if err := t.hooks.BeforeDelete.call(ctx, db, r); err != nil {
			return err
		}
	}
	deleted := deletedRows{ids: t.IDs(rows)}
	referrers := t.referrers
	if hidesRows(t.schema) { // a softly deleted row stays, with the references to it
		referrers = t.linkReferrers()
	} else if err := t.clearMutualReferences(ctx, db, deleted.ids); err != nil {
		return err
	}
	if err := releaseRows(ctx, db, referrers, deleted); err != nil {
		return err
	}
	condition, arg := deleted.where("id")
	if err := db.For(ctx).Where(condition, arg).Delete(new(T)).Error; err != nil {
		return t.explainRestriction(ctx, db, err, deleted)
	}
	t.publishRowChanges(ctx, db, ChangeDeleted, rows)
	for _, r := range rows {
		publishEnd(ctx, db, t.rowID(r))
		if err := t.hooks.AfterDelete.call(ctx, db, r); err != nil {
			return err
		}
	}
	return nil
}

// clearMutualReferences clears the references of rows to each other by relations with Restrict: a server would
// check them before it has deleted the last row.
func (t *Type[T]) clearMutualReferences(ctx context.Context, db *tenancy.DB, ids []ID) error {
	for _, p := range t.parents {
		if len(ids) == 1 || p.onDelete != Restrict || !p.nullable || p.to != Named(t) {
			continue
		}
		err := db.For(ctx).Model(new(T)).Where("id IN ? AND "+p.column+" IN ?", ids, ids).UpdateColumn(p.column, nil).Error
		if err != nil {
			return err
		}
	}
	return nil
}
