package relay

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"

	"github.com/99designs/gqlgen/graphql"

	"rowhouse/tenancy"
)

// UpdateFrom stores the fields that an input has, as CreateFrom reads it, in the row with the input's
// id. It fails with a *ConflictError if the input expects another version. Otherwise it equals Update.
func (t *Type[T]) UpdateFrom(ctx context.Context, db *tenancy.DB, input any) (*T, error) {
	var v Validation
	in := reflect.ValueOf(input).Elem()
	plan := t.planOf(in.Type())
	id := v.ID("id", *in.Field(plan.id).Addr().Interface().(*GlobalID), t) // it panics for an input without an id
	idErr := v.Err()
	values := reflect.ValueOf(new(T)).Elem()
	has := plan.readInto(&v, in, values)
	if err := v.Err(); err != nil && (idErr != nil || t.hooks.Validate == nil) {
		return nil, err
	}
	return t.updateRow(ctx, db, id, func(old, r *T) error {
		if plan.expectedVersion >= 0 {
			expected := in.Field(plan.expectedVersion).Addr().Interface().(*graphql.Omittable[*int]).Value()
			if err := t.checkVersion(old, expected); err != nil {
				return err
			}
		}
		row := reflect.ValueOf(r).Elem()
		for _, c := range has {
			c.of(row).Set(c.of(values))
		}
		if t.hooks.Validate == nil {
			return nil
		}
		t.detach(r) // the hook can change the values to which it points, unlike those of the input and of old
		all := Validation{errors: slices.Clone(v.errors)}
		t.hooks.Validate(&all, old, r)
		return all.Err()
	})
}

// checkVersion fails unless a row has the expected version, or expected is nil.
func (t *Type[T]) checkVersion(r *T, expected *int) error {
	if current := int(t.versionOf(r).Int()); expected != nil && *expected != current {
		return &ConflictError{Message: fmt.Sprintf("the %s is at version %d, not %d: read it again", t.noun(), current, *expected)}
	}
	return nil
}

// Update reads a row, and stores the columns that edit and the hooks have changed. It stores nothing if
// there are none. It fails like Create, and if a field changes that is immutable. If another mutation changes the row
// meanwhile, edit runs again. Inside Tx, and with hooks, the row is locked until the transaction ends. Statements of
// your own that change rows of a type with versions must increment the version.
func (t *Type[T]) Update(ctx context.Context, db *tenancy.DB, id ID, edit func(*T) error) (*T, error) {
	return t.updateRow(ctx, db, id, func(old, r *T) error {
		t.detach(old)
		return edit(r)
	})
}

// updateRow updates a row by two statements without a transaction, if it can, or else in a transaction that locks it.
func (t *Type[T]) updateRow(ctx context.Context, db *tenancy.DB, id ID, edit func(old, r *T) error) (*T, error) {
	if t.updatesByVersion() && !db.InTx(ctx) {
		r, err := t.updateVersion(ctx, db, id, edit)
		if !errors.Is(err, errLostRace) {
			return r, err
		}
	}
	return t.updateLocked(ctx, db, id, edit)
}

// updatesByVersion reports whether the version of a row shows that no other mutation has changed it since it was read.
// Hooks need a transaction. Rows that refer to this one within a field need its lock.
func (t *Type[T]) updatesByVersion() bool {
	return t.version != nil && t.hooks.BeforeUpdate == nil && t.hooks.AfterUpdate == nil && !t.writesMore() &&
		!slices.ContainsFunc(t.referrers, func(r referrer) bool { return len(r.within) > 0 })
}

// updateVersion updates a row if it has the version that it had when it was read, or fails with errLostRace. The UPDATE
// is atomic on its own, so BEGIN, COMMIT and a lock are not needed.
func (t *Type[T]) updateVersion(ctx context.Context, db *tenancy.DB, id ID, edit func(old, r *T) error) (*T, error) {
	var r *T
	err := db.Once(ctx, func(ctx context.Context) (err error) {
		if r, err = t.Find(ctx, db, id); err != nil {
			return err
		}
		old := *r
		if err := edit(&old, r); err != nil {
			return err
		}
		changed, err := t.changedColumns(ctx, &old, r)
		if err != nil || len(changed) == 0 {
			return err
		}
		if err := t.requireReferences(ctx, db, []*T{r}, []Path{nil}, isKeyOf(changed)); err != nil {
			return err
		}
		updated := db.For(ctx).Model(r).Where("version = ?", t.versionOf(&old).Interface()).Updates(changed)
		switch {
		case updated.Error != nil:
			return t.explainFailure(ctx, db, updated.Error, r, changed)
		case updated.RowsAffected == 0: // the driver counts the rows that match
			return errLostRace
		}
		t.Publish(ctx, db, ChangeUpdated, r)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return r, nil
}

// updateLocked locks a row and updates it in one transaction. The round trips of BEGIN and COMMIT keep the lock from
// the read to the UPDATE, so that hooks and concurrent mutations see no state between.
func (t *Type[T]) updateLocked(ctx context.Context, db *tenancy.DB, id ID, edit func(old, r *T) error) (*T, error) {
	var r *T
	err := db.Tx(ctx, func(ctx context.Context) (err error) {
		if r, err = t.lockRow(ctx, db, id); err != nil {
			return err
		}
		old := *r
		if err := edit(&old, r); err != nil {
			return err
		}
		return t.storeChanges(ctx, db, &old, r, ChangeUpdated)
	})
	if err != nil {
		return nil, err
	}
	if t.hooks.BeforeUpdate != nil || t.hooks.AfterUpdate != nil {
		t.newBatch(r) // relations that a hook has loaded may be those of former references
	}
	return r, nil
}

// storeChanges calls the hooks, stores the columns in which two states of a row differ, and publishes change.
func (t *Type[T]) storeChanges(ctx context.Context, db *tenancy.DB, old, r *T, change Change) error {
	if hook := t.hooks.BeforeUpdate; hook != nil {
		t.baseRow(old).batch = nil
		t.detach(old)
		t.detach(r) // the input has the same values, for a transaction that runs again
		if err := hook(ctx, db, old, r); err != nil {
			return err
		}
	}
	changed, err := t.changedColumns(ctx, old, r)
	if err != nil || len(changed) == 0 {
		return err
	}
	if err := t.requireReferences(ctx, db, []*T{r}, []Path{nil}, isKeyOf(changed)); err != nil {
		return err
	}
	if err := t.checkReferrers(ctx, db, []*T{r}, isKeyOf(changed)); err != nil {
		return err
	}
	t.Publish(ctx, db, change, r)
	if err := withDeleted(db.For(ctx)).Model(r).Updates(changed).Error; err != nil {
		return t.explainFailure(ctx, db, err, r, changed)
	}
	if hook := t.hooks.AfterUpdate; hook != nil {
		t.baseRow(r).batch = nil
		return hook(ctx, db, old, r)
	}
	return nil
}

// isKeyOf returns a function that reports whether a map has a key.
func isKeyOf(changed map[string]any) func(string) bool {
	return func(column string) bool { _, ok := changed[column]; return ok }
}

// changedColumns returns the new values of the columns in which two states of a row differ, with those
// that follow from them: UniqueKeys and the version.
func (t *Type[T]) changedColumns(ctx context.Context, old, r *T) (map[string]any, error) {
	if t.rowID(old) != t.rowID(r) {
		return nil, fmt.Errorf("an update of the type %s changes the id of a row", t.name)
	}
	changed := map[string]any{}
	before, after := reflect.ValueOf(old).Elem(), reflect.ValueOf(r).Elem()
	for _, c := range t.columns {
		if c.automatic || c.value.areEqual(c.of(before), c.of(after)) {
			continue
		}
		if c.Immutable {
			return nil, fmt.Errorf("an update changes %s.%s, which is immutable", t.name, c.Name)
		}
		changed[c.Column] = c.stored(ctx, after)
		if c.keyIndex != nil {
			key := c.uniqueKey(after)
			after.FieldByIndex(c.keyIndex).Set(reflect.ValueOf(key))
			changed[c.KeyColumn()] = key
		}
	}
	if t.version != nil && len(changed) > 0 {
		t.versionOf(r).SetInt(t.versionOf(old).Int() + 1)
		changed["version"] = t.versionOf(r).Interface()
	}
	return changed, nil
}
