package relay

import (
	"context"
	"fmt"
	"reflect"
	"slices"

	"github.com/99designs/gqlgen/graphql"

	"rowhouse/tenancy"
)

// CreateFrom stores a new row with the values of an input: a pointer to a struct whose fields have the
// names of the type's fields in their json tags. It checks all rules of the fields and of
// Hooks.Validate before it fails with an *InvalidError. Each of set then adds values that the input
// does not have. CreateFrom panics for a struct that does not fit. Otherwise it equals Create.
func (t *Type[T]) CreateFrom(ctx context.Context, db *tenancy.DB, input any, set ...func(*T)) (*T, error) {
	var v Validation
	r := new(T)
	row := reflect.ValueOf(r).Elem()
	has := t.planOf(input).readInto(&v, reflect.ValueOf(input).Elem(), row)
	for _, c := range t.columns {
		if c.defaultValue != nil && !slices.Contains(has, c) {
			c.value.store(c.defaultValue, c.of(row))
		}
	}
	for _, add := range set {
		add(r)
	}
	if t.hooks.Validate != nil {
		t.hooks.Validate(&v, nil, r)
	}
	if err := v.Err(); err != nil {
		return nil, err
	}
	return t.Create(ctx, db, r)
}

// Create stores a new row, and gives it an id if it has none. It calls the hooks, and fails with a
// *ConflictError if another row has a value that must be unique, and with a *NotFoundError if the
// row refers to a missing one.
func (t *Type[T]) Create(ctx context.Context, db *tenancy.DB, r *T) (*T, error) {
	if base := t.baseRow(r); base.ID == (ID{}) {
		base.ID = NewID()
	}
	if t.options.versioned {
		t.version(r).SetInt(1)
	}
	given := *r
	// A single statement can lose a race too, and Tx retries it.
	err := db.Tx(ctx, func(ctx context.Context) error {
		*r = given
		if err := t.callHook(ctx, db, t.hooks.BeforeCreate, r); err != nil {
			return err
		}
		t.setUniqueKeys(r)
		t.Publish(ctx, db, ChangeCreated, r)
		if err := db.For(ctx).Create(r).Error; err != nil {
			return t.explainFailure(ctx, db, err, r, nil)
		}
		return t.callHook(ctx, db, t.hooks.AfterCreate, r)
	})
	if err != nil {
		return nil, err
	}
	t.newBatch(r)
	return r, nil
}

// callHook calls a hook, if there is one, with a row that can load its relations.
func (t *Type[T]) callHook(ctx context.Context, db *tenancy.DB, hook func(context.Context, *tenancy.DB, *T) error, r *T) error {
	if hook == nil {
		return nil
	}
	t.newBatch(r)
	return hook(ctx, db, r)
}

// version returns the field of a row's version.
func (t *Type[T]) version(r *T) reflect.Value {
	return t.columnOf("version").of(reflect.ValueOf(r).Elem())
}

// setUniqueKeys computes the columns of UniqueKeys.
func (t *Type[T]) setUniqueKeys(r *T) {
	row := reflect.ValueOf(r).Elem()
	for _, c := range t.columns {
		if c.keyIndex != nil {
			row.FieldByIndex(c.keyIndex).Set(reflect.ValueOf(c.uniqueKey(row)))
		}
	}
}

// uniqueKey returns the UniqueKey of a row's string, or nil for NULL.
func (c *column) uniqueKey(row reflect.Value) []byte {
	v := c.of(row)
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return nil
		}
		v = v.Elem()
	}
	return UniqueKey(v.String())
}

// UpdateFrom stores the fields that an input has, as CreateFrom reads it, in the row with the input's
// id. It fails with a *ConflictError if the input expects another version. Otherwise it equals Update.
func (t *Type[T]) UpdateFrom(ctx context.Context, db *tenancy.DB, input any) (*T, error) {
	var v Validation
	plan, in := t.planOf(input), reflect.ValueOf(input).Elem()
	id, idErr := ID{}, error(nil)
	if plan.id >= 0 {
		id = v.ID("id", *in.Field(plan.id).Addr().Interface().(*GlobalID), t)
		idErr = v.Err()
	}
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
		all := Validation{slices.Clone(v.errors)}
		if t.hooks.Validate != nil {
			t.hooks.Validate(&all, old, r)
		}
		return all.Err()
	})
}

// checkVersion fails unless a row has the expected version, or expected is nil.
func (t *Type[T]) checkVersion(r *T, expected *int) error {
	if current := int(t.version(r).Int()); expected != nil && *expected != current {
		return &ConflictError{Message: fmt.Sprintf("the %s is at version %d, not %d: read it again", t.noun(), current, *expected)}
	}
	return nil
}

// Update locks a row, and stores the columns that edit and the hooks have changed. It stores nothing if
// there are none. It fails like Create, and if a field changes that is immutable.
func (t *Type[T]) Update(ctx context.Context, db *tenancy.DB, id ID, edit func(*T) error) (*T, error) {
	return t.updateRow(ctx, db, id, func(_, r *T) error { return edit(r) })
}

func (t *Type[T]) updateRow(ctx context.Context, db *tenancy.DB, id ID, edit func(old, r *T) error) (*T, error) {
	var r *T
	err := db.Tx(ctx, func(ctx context.Context) (err error) {
		if r, err = t.lockRow(ctx, db, id); err != nil {
			return err
		}
		old := *r
		if err := edit(&old, r); err != nil {
			return err
		}
		return t.storeChanges(ctx, db, &old, r)
	})
	if err != nil {
		return nil, err
	}
	if t.hooks.BeforeUpdate != nil || t.hooks.AfterUpdate != nil {
		t.newBatch(r) // relations that a hook has loaded may be those of former references
	}
	return r, nil
}

// storeChanges calls the hooks and stores the columns in which two states of a row differ.
func (t *Type[T]) storeChanges(ctx context.Context, db *tenancy.DB, old, r *T) error {
	if hook := t.hooks.BeforeUpdate; hook != nil {
		t.newBatch(old)
		if err := hook(ctx, db, old, r); err != nil {
			return err
		}
	}
	changed, err := t.changedColumns(old, r)
	if err != nil || len(changed) == 0 {
		return err
	}
	t.Publish(ctx, db, ChangeUpdated, r)
	if err := db.For(ctx).Model(r).Updates(changed).Error; err != nil {
		return t.explainFailure(ctx, db, err, r, changed)
	}
	if hook := t.hooks.AfterUpdate; hook != nil {
		t.newBatch(r)
		return hook(ctx, db, old, r)
	}
	return nil
}

// changedColumns returns the new values of the columns in which two states of a row differ, with those
// that follow from them: UniqueKeys and the version.
func (t *Type[T]) changedColumns(old, r *T) (map[string]any, error) {
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
		changed[c.Column] = c.of(after).Interface()
		if c.keyIndex != nil {
			key := c.uniqueKey(after)
			after.FieldByIndex(c.keyIndex).Set(reflect.ValueOf(key))
			changed[c.KeyColumn()] = key
		}
	}
	if t.options.versioned && len(changed) > 0 {
		t.version(r).SetInt(t.version(old).Int() + 1)
		changed["version"] = t.version(r).Interface()
	}
	return changed, nil
}
