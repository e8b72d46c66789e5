package relay

import (
	"context"
	"errors"
	"slices"

	"gorm.io/gorm"

	"rowhouse/tenancy"
)

// OnDelete is the effect of a row's deletion on the rows that refer to it.
type OnDelete string

// The effects of a deletion.
const (
	// Cascade deletes them too, by ON DELETE CASCADE of the foreign key.
	Cascade OnDelete = "CASCADE"
	// Restrict refuses the deletion with a *ConflictError.
	Restrict OnDelete = "RESTRICT"
	// SetNull clears the reference by a statement: SQL's SET NULL would clear tenant_id, too.
	SetNull OnDelete = "SET_NULL"
)

// deletedRows are rows that a mutation deletes: rows with known ids, or the rows of a cascade.
type deletedRows struct {
	ids []ID
	// query returns a query for the ids of the rows of a cascade. It is nil for known ids.
	query func() *gorm.DB
}

// where returns the condition that a column refers to one of the rows.
func (d deletedRows) where(column string) (condition string, arg any) {
	switch {
	case d.query != nil:
		return column + " IN (?)", d.query()
	case len(d.ids) == 1:
		return column + " = ?", d.ids[0]
	}
	return column + " IN ?", d.ids
}

// referrer is a relation from other rows to those of a type.
type referrer struct {
	of any // the *Type of the other rows
	// label is the relation for an error message: Item.assignee.
	label string
	// onDelete is empty for links.
	onDelete OnDelete
	within   []withinField
	// release clears the references to deleted rows, and publishes changes. It is nil for Restrict.
	release func(ctx context.Context, db *tenancy.DB, deleted deletedRows) error
	// refers reports whether a row refers to one of the deleted rows. It is nil for links.
	refers func(ctx context.Context, db *tenancy.DB, deleted deletedRows) (bool, error)
	// cascade returns the rows that are deleted too, and the referrers of their type. It is nil unless
	// onDelete is Cascade.
	cascade func(ctx context.Context, db *tenancy.DB, deleted deletedRows) (deletedRows, []referrer)
}

// newReferrer returns the relation as a deletion uses it.
func (b *BelongsTo[T, U]) newReferrer(onDelete OnDelete) referrer {
	r := referrer{of: b.from, label: b.from.name + "." + b.name, onDelete: onDelete, within: b.within}
	r.refers = func(ctx context.Context, db *tenancy.DB, deleted deletedRows) (bool, error) {
		condition, arg := deleted.where(b.column)
		return hasRow(withDeleted(db.For(ctx)).Model(new(T)).Where(condition, arg))
	}
	switch onDelete {
	case SetNull:
		r.release = b.clearReferences
	case Cascade:
		r.release = b.publishCascade
		r.cascade = func(ctx context.Context, db *tenancy.DB, deleted deletedRows) (deletedRows, []referrer) {
			return deletedRows{query: func() *gorm.DB {
				condition, arg := deleted.where(b.column)
				return withDeleted(db.For(ctx)).Model(new(T)).Select("id").Where(condition, arg)
			}}, b.from.referrers
		}
	}
	return r
}

// publishCascade publishes the deletion of rows of T with a reference to deleted rows. Subscriptions to
// the rows of one parent end with the parent, so their topic gets no event.
func (b *BelongsTo[T, U]) publishCascade(ctx context.Context, db *tenancy.DB, deleted deletedRows) error {
	for _, topic := range b.from.topics {
		if !slices.Contains(topic.changes, ChangeDeleted) || topic.parent != nil && topic.parent.column == b.column {
			continue
		}
		condition, arg := deleted.where(b.column)
		if err := topic.publishRows(ctx, db, ChangeDeleted, condition, arg); err != nil {
			return err
		}
	}
	return nil
}

// hasRow reports whether a query finds a row.
func hasRow(query *gorm.DB) (bool, error) {
	var ids []ID
	err := query.Limit(1).Pluck("id", &ids).Error
	return len(ids) > 0, err
}

const (
	// maxCleared bounds the rows of one statement that clears references.
	maxCleared = 1000
	// maxPlucked bounds the ids that are read into memory together.
	maxPlucked = 10 * maxCleared
)

// clearReferences sets the references to deleted rows to NULL, and publishes the updates. Each of its statements
// changes at most maxCleared rows, so that no number of rows exceeds the time limit of a statement.
func (b *BelongsTo[T, U]) clearReferences(ctx context.Context, db *tenancy.DB, deleted deletedRows) error {
	condition, arg := deleted.where(b.column)
	if err := b.from.publishUpdates(ctx, db, condition, arg); err != nil {
		return err
	}
	if deleted.query != nil {
		return b.clearCascade(ctx, db, deleted)
	}
	for {
		cleared, err := b.clearWhere(ctx, db, condition, arg)
		if err != nil || cleared < maxCleared {
			return err
		}
	}
}

// clearCascade clears the references to rows of a cascade. It reads the ids of the rows that refer to them
// first: MySQL does not update a table that a subquery reads. Cleared rows no longer match.
func (b *BelongsTo[T, U]) clearCascade(ctx context.Context, db *tenancy.DB, deleted deletedRows) error {
	for {
		var ids []ID
		condition, arg := deleted.where(b.column)
		err := withDeleted(db.For(ctx)).Model(new(T)).Where(condition, arg).Limit(maxPlucked).Pluck("id", &ids).Error
		if err != nil {
			return err
		}
		for some := range slices.Chunk(ids, maxCleared) {
			if _, err := b.clearWhere(ctx, db, "id IN ?", some); err != nil {
				return err
			}
		}
		if len(ids) < maxPlucked {
			return nil
		}
	}
}

// clearWhere clears the references of at most maxCleared rows with a condition, and returns their number.
func (b *BelongsTo[T, U]) clearWhere(ctx context.Context, db *tenancy.DB, condition string, arg any) (cleared int64, err error) {
	changes := map[string]any{b.column: nil}
	if b.from.version != nil {
		changes["version"] = gorm.Expr("version + 1")
	}
	update := withDeleted(db.For(ctx)).Model(new(T)).Where(condition, arg).Limit(maxCleared).Updates(changes)
	return update.RowsAffected, update.Error
}

// releaseRows calls release for all relations to deleted rows, and to rows of their cascades.
func releaseRows(ctx context.Context, db *tenancy.DB, all []referrer, deleted deletedRows) error {
	return walkReferrers(ctx, db, all, deleted, nil, func(r referrer, deleted deletedRows) error {
		if r.release == nil {
			return nil
		}
		return r.release(ctx, db, deleted)
	})
}

// walkReferrers calls visit for all relations to deleted rows, and to rows of their cascades. It
// enters a cascade of the same type once.
func walkReferrers(
	ctx context.Context, db *tenancy.DB, all []referrer, deleted deletedRows, entered []any, visit func(referrer, deletedRows) error,
) error {
	for _, r := range all {
		if err := visit(r, deleted); err != nil {
			return err
		}
		if r.cascade == nil || slices.Contains(entered, r.of) {
			continue
		}
		rows, referrers := r.cascade(ctx, db, deleted)
		if err := walkReferrers(ctx, db, referrers, rows, append(slices.Clip(entered), r.of), visit); err != nil {
			return err
		}
	}
	return nil
}

// explainRestriction turns the error of a foreign key into a *ConflictError that names the relation
// of a row that still refers to a deleted one.
func (t *Type[T]) explainRestriction(ctx context.Context, db *tenancy.DB, err error, deleted deletedRows) error {
	if !errors.Is(err, gorm.ErrForeignKeyViolated) {
		return err
	}
	label := "another row"
	found := errors.New("found")
	walkErr := walkReferrers(ctx, db, t.referrers, deleted, nil, func(r referrer, deleted deletedRows) error {
		if r.onDelete != Restrict {
			return nil
		}
		refers, err := r.refers(ctx, db, deleted)
		if refers {
			label, err = r.label, found
		}
		return err
	})
	if walkErr != nil && !errors.Is(walkErr, found) {
		return walkErr
	}
	if len(deleted.ids) > 1 {
		return &ConflictError{Message: "these rows can't be deleted: " + label + " refers to a " + t.noun()}
	}
	return &ConflictError{Message: "the " + t.noun() + " can't be deleted: " + label + " refers to it"}
}
