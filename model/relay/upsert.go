package relay

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"

	"rowhouse/tenancy"
)

// maxUpserts bounds the tries of an upsert that loses races against others with the same key.
const maxUpserts = 5

// errLostRace reports that another mutation has created, changed or deleted the row since it was read.
var errLostRace = errors.New("another mutation has changed the row")

// UpsertFrom creates a row as CreateFrom does, or changes the row with the same unique key as UpdateFrom
// does, and reports whether the row is new. The field by of the input has the key: the names of its fields in
// capital letters, as in PROJECT_NAME. They must not be null; a field that the input does not have is its default.
// Immutable fields and other defaults have no effect on an existing row. It fails with a *ConflictError if the row
// with the key is softly deleted: Restore it first.
func (t *Type[T]) UpsertFrom(ctx context.Context, db *tenancy.DB, input any) (r *T, created bool, err error) {
	u := t.newUpsert(input)
	if err := u.checkFields(); err != nil {
		return nil, false, err
	}
	for range maxUpserts {
		created = false
		err = db.Tx(ctx, func(ctx context.Context) (err error) {
			r, created, err = u.run(ctx, db)
			return err
		})
		if !errors.Is(err, errLostRace) {
			break
		}
	}
	if errors.Is(err, errLostRace) {
		err = &ConflictError{Message: "concurrent writes to this " + t.noun() + "; retry the mutation"}
	}
	if err != nil {
		return nil, false, err
	}
	t.newBatch(r)
	return r, created, nil
}

// upsert is an input of UpsertFrom.
type upsert[T any] struct {
	of     *Type[T]
	key    uniqueKey
	has    []*column
	values *T // of the columns has
	errors []FieldError
}

// newUpsert reads an input. It panics for a key that the type does not have.
func (t *Type[T]) newUpsert(input any) *upsert[T] {
	var v Validation
	in := reflect.ValueOf(input).Elem()
	plan := t.planOf(in.Type())
	u := &upsert[T]{of: t, key: t.keyByName(in.Field(plan.by).String()), values: new(T)}
	u.has = plan.readInto(&v, in, reflect.ValueOf(u.values).Elem())
	u.errors = v.errors
	u.completeKey(&v)
	u.errors = v.errors
	return u
}

// completeKey sets the defaults of the key's fields that the input does not have, and rejects null: no row has a
// key with NULL, so each upsert would create a row.
func (u *upsert[T]) completeKey(v *Validation) {
	row := reflect.ValueOf(u.values).Elem()
	for _, c := range u.key {
		switch value := c.of(row); {
		case c.Default != "" && !slices.Contains(u.has, c):
			c.value.store(c.value.parse(c.Default), value)
		case c.Nullable && value.IsNil() && !u.isInvalid(c):
			v.Add("must have a value, because the upsert is by this field", c.Name)
		}
	}
}

// isInvalid reports whether a field has a validation error.
func (u *upsert[T]) isInvalid(c *column) bool {
	return slices.ContainsFunc(u.errors, func(e FieldError) bool { return e.Path[0] == c.Name })
}

// keyByName returns the unique key with a name as in PROJECT_NAME. It panics if there is none.
func (t *Type[T]) keyByName(name string) uniqueKey {
	for _, key := range t.uniqueKeys(nil) {
		names := strings.Split(key.fieldNames(), " and ")
		for i := range names {
			names[i] = strings.ToUpper(columnName(names[i]))
		}
		if strings.Join(names, "_") == name {
			return key
		}
	}
	panic("relay: the type " + t.name + " has no unique key " + name)
}

// checkFields fails with the errors of the fields, unless Hooks.Validate can add others after a query for the
// row: then the fields of the key must be valid.
func (u *upsert[T]) checkFields() error {
	if u.of.hooks.Validate == nil || slices.ContainsFunc(u.key, u.isInvalid) {
		return (&Validation{errors: u.errors}).Err()
	}
	return nil
}

// run runs the upsert in a transaction.
func (u *upsert[T]) run(ctx context.Context, db *tenancy.DB) (r *T, created bool, err error) {
	t := u.of
	var found []*T
	if err := t.whereKey(withDeleted(locking(db.For(ctx))), u.key, u.values).Limit(1).Find(&found).Error; err != nil {
		return nil, false, err
	}
	switch {
	case len(found) == 0:
		r, err = u.create(ctx, db)
		return r, true, err
	case t.isDeleted(found[0]):
		return nil, false, t.deletedConflict(u.key)
	}
	return found[0], false, u.update(ctx, db, found[0])
}

// create stores a new row.
func (u *upsert[T]) create(ctx context.Context, db *tenancy.DB) (*T, error) {
	t, r := u.of, new(*u.values)
	t.detach(r)
	t.setDefaults(reflect.ValueOf(r).Elem(), u.has)
	if err := u.validate(nil, r); err != nil {
		return nil, err
	}
	rows := &newRows[T]{of: t}
	rows.add(r, nil)
	err := rows.store(ctx, db)
	var conflict *ConflictError
	if errors.As(err, &conflict) {
		other, findErr := t.findDuplicate(ctx, db, u.key, r)
		if findErr == nil && other != nil && !t.isDeleted(other) {
			return nil, errLostRace // the next try finds it
		}
	}
	return r, err
}

// update stores the changes of a locked row.
func (u *upsert[T]) update(ctx context.Context, db *tenancy.DB, r *T) error {
	t := u.of
	t.newBatch(r)
	old := *r
	row, values := reflect.ValueOf(r).Elem(), reflect.ValueOf(u.values).Elem()
	for _, c := range u.has {
		if !c.Immutable {
			c.of(row).Set(c.of(values))
		}
	}
	t.detach(r) // hooks can change the values to which it points, unlike those of the input and of old
	if err := u.validate(&old, r); err != nil {
		return err
	}
	return t.storeChanges(ctx, db, &old, r, ChangeUpdated)
}

// validate returns all validation errors.
func (u *upsert[T]) validate(old, r *T) error {
	v := Validation{errors: slices.Clone(u.errors)}
	if u.of.hooks.Validate != nil {
		u.of.hooks.Validate(&v, old, r)
	}
	return v.Err()
}
